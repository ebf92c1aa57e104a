//! What Meta's Graph APIs say about a token beyond whose it is.

use napi_derive::napi;
use shutterkey::{Expiry, InstagramAccounts, MissingAccounts, Permissions, TokenInspection};

use crate::account::AccountParts;
use crate::failure::Failure;
use crate::time::seconds;
use crate::token;

/// The answer to one of these questions.
#[napi(object, object_from_js = false)]
#[derive(Default)]
pub struct GraphParts {
    pub inspection: Option<InspectionParts>,
    pub accounts: Option<AccountsParts>,
    pub permissions: Option<PermissionsParts>,
    /// The app's own token.
    pub token: Option<String>,
}

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
    pub expiry: &'static str,
    pub expires_at: Option<f64>,
    pub data_access: &'static str,
    pub data_access_until: Option<f64>,
    pub error: Option<Failure>,
}

#[napi(object, object_from_js = false)]
pub struct GranularParts {
    pub scope: String,
    pub target_ids: Option<Vec<String>>,
}

#[napi(object, object_from_js = false)]
pub struct AccountsParts {
    pub accounts: Vec<FoundParts>,
    pub unlinked: Vec<PageParts>,
    pub reason: Option<MissingParts>,
    pub note: Option<MissingParts>,
}

#[napi(object, object_from_js = false)]
pub struct FoundParts {
    pub account: AccountParts,
    pub page: Option<PageParts>,
}

#[napi(object, object_from_js = false)]
pub struct PageParts {
    pub id: String,
    pub name: Option<String>,
    pub token: Option<String>,
}

#[napi(object, object_from_js = false)]
pub struct MissingParts {
    pub kind: &'static str,
    pub permission: Option<&'static str>,
    pub pages: Option<u32>,
    pub message: String,
    pub hint: &'static str,
}

#[napi(object, object_from_js = false)]
pub struct PermissionsParts {
    pub granted: Vec<String>,
    pub declined: Vec<String>,
    pub expired: Vec<String>,
}

fn names(scopes: &shutterkey::ScopeSet) -> Vec<String> {
    scopes.iter().map(str::to_owned).collect()
}

fn expiry(expiry: Expiry) -> (&'static str, Option<f64>) {
    match expiry {
        Expiry::At(at) => ("at", Some(seconds(at))),
        Expiry::Never => ("never", None),
        Expiry::Unknown => ("unknown", None),
    }
}

impl From<TokenInspection> for GraphParts {
    fn from(inspection: TokenInspection) -> Self {
        let (expiry_kind, expires_at) = expiry(inspection.expiry);
        let (data_access, data_access_until) = expiry(inspection.data_access);
        let granular = inspection.granular_scopes.into_iter().map(|granular| GranularParts {
            scope: granular.scope,
            target_ids: granular.target_ids,
        });
        Self {
            inspection: Some(InspectionParts {
                is_valid: inspection.is_valid,
                app_id: inspection.app_id,
                application: inspection.application,
                kind: inspection.kind.map(|kind| kind.as_str().to_owned()),
                user_id: inspection.user_id.map(|id| id.as_str().to_owned()),
                profile_id: inspection.profile_id,
                scopes: names(&inspection.scopes),
                granular_scopes: granular.collect(),
                issued_at: inspection.issued_at.map(seconds),
                expiry: expiry_kind,
                expires_at,
                data_access,
                data_access_until,
                error: inspection.error.map(Into::into),
            }),
            ..Self::default()
        }
    }
}

fn page(page: shutterkey::FacebookPage) -> PageParts {
    PageParts {
        id: page.id,
        name: page.name,
        token: page.token.as_ref().map(token::wire),
    }
}

fn missing(missing: MissingAccounts) -> MissingParts {
    MissingParts {
        kind: missing.as_str(),
        permission: missing.permission(),
        pages: match missing {
            MissingAccounts::NotLinked { pages } => u32::try_from(pages).ok(),
            _ => None,
        },
        message: missing.message().into_owned(),
        hint: missing.hint(),
    }
}

impl From<InstagramAccounts> for GraphParts {
    fn from(found: InstagramAccounts) -> Self {
        let accounts = found.accounts.into_iter().map(|found| FoundParts {
            account: (&found.account).into(),
            page: found.page.map(page),
        });
        Self {
            accounts: Some(AccountsParts {
                accounts: accounts.collect(),
                unlinked: found.unlinked.into_iter().map(page).collect(),
                reason: found.reason.map(missing),
                note: found.note.map(missing),
            }),
            ..Self::default()
        }
    }
}

impl From<Permissions> for GraphParts {
    fn from(permissions: Permissions) -> Self {
        Self {
            permissions: Some(PermissionsParts {
                granted: names(&permissions.granted),
                declined: names(&permissions.declined),
                expired: names(&permissions.expired),
            }),
            ..Self::default()
        }
    }
}

impl From<shutterkey::Token> for GraphParts {
    fn from(own: shutterkey::Token) -> Self {
        Self {
            token: Some(token::wire(&own)),
            ..Self::default()
        }
    }
}
