//! What a token is, which Instagram accounts it leads to, and what was granted: plain values, and the requests for them.

use napi::bindgen_prelude::{ClassInstance, Either};
use napi_derive::napi;
use shutterkey::protocol::{answer, request};
use shutterkey::{Expiry, operation};

use crate::account::AccountParts;
use crate::config::ClientConfig;
use crate::failure::{Failure, outcome};
use crate::options::ApiAnswer;
use crate::protocol::RequestParts;
use crate::provider::Provider;
use crate::time::{moment, seconds};
use crate::token::{read, wire};

/// `at` with a moment, `never` or `unknown`.
#[napi(object, object_from_js = false)]
pub struct ExpiryParts {
    pub kind: &'static str,
    pub at: Option<f64>,
}

impl From<Expiry> for ExpiryParts {
    fn from(expiry: Expiry) -> Self {
        let (kind, at) = match expiry {
            Expiry::At(at) => ("at", Some(seconds(at))),
            Expiry::Never => ("never", None),
            Expiry::Unknown => ("unknown", None),
        };
        Self { kind, at }
    }
}

/// What the platform says about a token.
#[napi(object, object_from_js = false)]
pub struct InspectionParts {
    pub is_valid: bool,
    pub app_id: Option<String>,
    pub application: Option<String>,
    pub kind: Option<String>,
    pub user_id: Option<String>,
    pub profile_id: Option<String>,
    pub scopes: Vec<String>,
    pub granular_scopes: Vec<GranularParts>,
    pub issued_at: Option<f64>,
    pub expiry: ExpiryParts,
    pub data_access: ExpiryParts,
    pub error: Option<Failure>,
}

/// A permission, and what it was granted for.
#[napi(object, object_from_js = false)]
pub struct GranularParts {
    pub scope: String,
    pub target_ids: Option<Vec<String>>,
}

impl From<answer::TokenInspection> for InspectionParts {
    fn from(inspection: answer::TokenInspection) -> Self {
        let granular = |granular: answer::GranularScope| GranularParts {
            scope: granular.scope,
            target_ids: granular.target_ids,
        };
        Self {
            is_valid: inspection.is_valid,
            app_id: inspection.app_id,
            application: inspection.application,
            kind: inspection.kind.map(|kind| kind.as_str().to_owned()),
            user_id: inspection.user_id.map(|id| id.as_str().to_owned()),
            profile_id: inspection.profile_id,
            scopes: inspection.scopes.iter().map(str::to_owned).collect(),
            granular_scopes: inspection.granular_scopes.into_iter().map(granular).collect(),
            issued_at: inspection.issued_at.map(seconds),
            expiry: inspection.expiry.into(),
            data_access: inspection.data_access.into(),
            error: inspection.error.map(Into::into),
        }
    }
}

/// What became of each permission.
#[napi(object, object_from_js = false)]
pub struct PermissionsParts {
    pub granted: Vec<String>,
    pub declined: Vec<String>,
    pub expired: Vec<String>,
}

impl From<answer::Permissions> for PermissionsParts {
    fn from(permissions: answer::Permissions) -> Self {
        let names = |scopes: &shutterkey::ScopeSet| scopes.iter().map(str::to_owned).collect();
        Self {
            granted: names(&permissions.granted),
            declined: names(&permissions.declined),
            expired: names(&permissions.expired),
        }
    }
}

/// The Instagram accounts that a token leads to.
#[napi(object, object_from_js = false)]
pub struct InstagramAccountsParts {
    pub accounts: Vec<InstagramAccountParts>,
    pub unlinked: Vec<PageParts>,
    pub reason: Option<MissingParts>,
    pub note: Option<MissingParts>,
}

/// A professional Instagram account, and how it is reached.
#[napi(object, object_from_js = false)]
pub struct InstagramAccountParts {
    pub account: AccountParts,
    pub page: Option<PageParts>,
}

/// A Facebook Page.
#[napi(object, object_from_js = false)]
pub struct PageParts {
    pub id: String,
    pub name: Option<String>,
    pub token: Option<String>,
}

/// Why Instagram accounts are missing.
#[napi(object, object_from_js = false)]
pub struct MissingParts {
    pub kind: &'static str,
    pub permission: Option<&'static str>,
    pub pages: Option<u32>,
    pub message: String,
    pub hint: &'static str,
}

impl From<operation::InstagramAccounts> for InstagramAccountsParts {
    fn from(found: operation::InstagramAccounts) -> Self {
        let account = |found: operation::InstagramAccount| InstagramAccountParts {
            account: (&found.account).into(),
            page: found.page.map(Into::into),
        };
        Self {
            accounts: found.accounts.into_iter().map(account).collect(),
            unlinked: found.unlinked.into_iter().map(Into::into).collect(),
            reason: found.reason.map(Into::into),
            note: found.note.map(Into::into),
        }
    }
}

impl From<answer::FacebookPage> for PageParts {
    fn from(page: answer::FacebookPage) -> Self {
        Self {
            id: page.id,
            name: page.name,
            token: page.token.as_ref().map(wire),
        }
    }
}

impl From<operation::MissingAccounts> for MissingParts {
    fn from(missing: operation::MissingAccounts) -> Self {
        Self {
            kind: missing.as_str(),
            permission: missing.permission(),
            pages: match missing {
                operation::MissingAccounts::NotLinked { pages } => Some(u32::try_from(pages).unwrap_or(u32::MAX)),
                _ => None,
            },
            message: missing.message().into_owned(),
            hint: missing.hint(),
        }
    }
}

/// A part of the person's list of Pages.
#[napi(object, object_from_js = false)]
pub struct PagesAnswerParts {
    pub pages: Vec<ListedPageParts>,
    pub after: Option<String>,
}

/// A Page of that list.
#[napi(object, object_from_js = false)]
pub struct ListedPageParts {
    pub page: PageParts,
    pub account: Option<AccountParts>,
}

/// What a token is.
#[napi]
pub fn build_inspect_request(
    config: ClassInstance<'_, ClientConfig>,
    token: String,
    inspector: Option<String>,
) -> Either<RequestParts, Failure> {
    let built = || {
        let provider = config.0.provider();
        let inspector = inspector.as_deref().map(|text| read(provider, text)).transpose()?;
        request::build_inspect_request(&config.0, &read(provider, &token)?, inspector.as_ref())
    };
    outcome(built().map(Into::into))
}

/// The app's own token.
#[napi]
pub fn build_app_token_request(config: ClassInstance<'_, ClientConfig>) -> Either<RequestParts, Failure> {
    outcome(request::build_app_token_request(&config.0).map(Into::into))
}

/// The person's Facebook Pages.
#[napi]
pub fn build_accounts_request(
    config: ClassInstance<'_, ClientConfig>,
    token: String,
    after: Option<String>,
) -> Either<RequestParts, Failure> {
    let built = || {
        let token = read(config.0.provider(), &token)?;
        request::build_accounts_request(&config.0, &token, after.as_deref())
    };
    outcome(built().map(Into::into))
}

/// Takes one permission back.
#[napi]
pub fn build_revoke_permission_request(
    config: ClassInstance<'_, ClientConfig>,
    token: String,
    permission: String,
) -> Either<RequestParts, Failure> {
    let built = || {
        let token = read(config.0.provider(), &token)?;
        request::build_revoke_permission_request(&config.0, &token, &permission)
    };
    outcome(built().map(Into::into))
}

/// Reads what a token is.
#[napi]
pub fn parse_inspect_response(answer: ApiAnswer, now: f64) -> Either<InspectionParts, Failure> {
    outcome(answer::parse_inspect_response(&answer.read(), moment(now)).map(Into::into))
}

/// Reads the app's own token.
#[napi]
pub fn parse_app_token_response(
    provider: ClassInstance<'_, Provider>,
    answer: ApiAnswer,
    now: f64,
) -> Either<String, Failure> {
    let parsed = answer::parse_app_token_response(&provider.0, &answer.read(), moment(now));
    outcome(parsed.map(|token| wire(&token)))
}

/// Reads a part of the list of Pages.
#[napi]
pub fn parse_accounts_response(
    provider: ClassInstance<'_, Provider>,
    token: String,
    answer: ApiAnswer,
    now: f64,
) -> Either<PagesAnswerParts, Failure> {
    let parsed = || {
        let token = read(&provider.0, &token)?;
        answer::parse_accounts_response(&provider.0, &token, &answer.read(), moment(now))
    };
    let listed = |listed: answer::ListedPage| ListedPageParts {
        page: listed.page.into(),
        account: listed.account.as_ref().map(Into::into),
    };
    outcome(parsed().map(|part| PagesAnswerParts {
        pages: part.pages.into_iter().map(listed).collect(),
        after: part.after,
    }))
}

/// Reads the list of permissions.
#[napi]
pub fn parse_permissions_response(answer: ApiAnswer, now: f64) -> Either<PermissionsParts, Failure> {
    outcome(answer::parse_permissions_response(&answer.read(), moment(now)).map(Into::into))
}
