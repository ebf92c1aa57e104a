//! Results in the neutral form of the files.

use std::fmt::Debug;

use serde_json::{Map, Value, json};
use shutterkey::operation::Kept;
use shutterkey::{
    Account, AccountState, Connection, Error, Expiry, FacebookPage, HttpRequest, InstagramAccounts, MissingAccounts,
    PendingAuthorization, Permissions, Provider, Refreshable, Retry, ScopeSet, Token, TokenInspection, Validity,
};

/// What a case came to, and everything of it that prints.
pub(crate) struct Outcome {
    pub(crate) result: Value,
    pub(crate) printed: String,
}

impl Outcome {
    /// From a result whose value is shown by `show`.
    pub(crate) fn of<T: Debug>(result: Result<T, Error>, show: impl FnOnce(&T) -> Value) -> Self {
        match result {
            Ok(value) => Self {
                result: json!({ "ok": show(&value) }),
                printed: format!("{value:?} {value:#?}"),
            },
            Err(error) => Self {
                printed: printed(&error),
                result: json!({ "error": self::error(&error) }),
            },
        }
    }

    pub(crate) fn also_printing(mut self, text: &str) -> Self {
        self.printed.push_str(text);
        self
    }
}

/// Every way to print an error.
pub(crate) fn printed(error: &Error) -> String {
    format!("{error} {error:?} {error:#?} {} {:?}", error.hint(), error.reason())
}

pub(crate) fn error(error: &Error) -> Value {
    let mut shown = Map::new();
    shown.insert("family".into(), error.family().as_str().into());
    shown.insert("code".into(), error.code().as_str().into());
    shown.insert("retry".into(), error.retry().as_str().into());
    shown.insert("resumable".into(), error.resumable().is_some().into());
    match error.retry() {
        Retry::After(moment) => shown.insert("after".into(), moment.seconds().into()),
        Retry::UserAction(address) => shown.insert("address".into(), address.into()),
        _ => None,
    };
    if let Some(reason) = error.reason() {
        shown.insert("reason".into(), reason.into());
    }
    if let Some(provider) = error.provider() {
        let mut said = Map::new();
        put(&mut said, "status", provider.status);
        put(&mut said, "kind", provider.kind.as_deref());
        put(&mut said, "code", provider.code);
        put(&mut said, "subcode", provider.subcode);
        put(&mut said, "said", provider.said.as_deref());
        put(&mut said, "trace_id", provider.trace_id.as_deref());
        put(&mut said, "is_transient", provider.is_transient.then_some(true));
        shown.insert("provider".into(), said.into());
    }
    shown.insert("message".into(), error.message().into());
    shown.into()
}

fn put(into: &mut Map<String, Value>, name: &str, value: Option<impl Into<Value>>) {
    if let Some(value) = value {
        into.insert(name.into(), value.into());
    }
}

pub(crate) fn scopes(scopes: &ScopeSet) -> Value {
    scopes.iter().collect()
}

pub(crate) fn token(token: &Token) -> Value {
    let mut shown = Map::new();
    shown.insert("value".into(), token.reveal().into());
    shown.insert("kind".into(), token.kind().as_str().into());
    put(&mut shown, "scopes", token.scopes().map(scopes));
    put(&mut shown, "issued_at", token.issued_at().map(|at| at.seconds()));
    shown.insert("expiry".into(), expiry(token.expiry()));
    put(
        &mut shown,
        "data_access_until",
        token.data_access_until().map(|at| at.seconds()),
    );
    put(
        &mut shown,
        "refresh_token",
        token.refresh_token().map(|secret| secret.reveal()),
    );
    shown.into()
}

fn expiry(expiry: Expiry) -> Value {
    match expiry {
        Expiry::At(at) => json!({ "at": at.seconds() }),
        Expiry::Never => "never".into(),
        Expiry::Unknown => "unknown".into(),
    }
}

pub(crate) fn inspection(inspection: &TokenInspection) -> Value {
    let mut shown = Map::new();
    shown.insert("is_valid".into(), inspection.is_valid.into());
    put(&mut shown, "app_id", inspection.app_id.as_deref());
    put(&mut shown, "application", inspection.application.as_deref());
    put(&mut shown, "kind", inspection.kind.as_ref().map(|kind| kind.as_str()));
    put(&mut shown, "user_id", inspection.user_id.as_ref().map(|id| id.as_str()));
    put(&mut shown, "profile_id", inspection.profile_id.as_deref());
    shown.insert("scopes".into(), scopes(&inspection.scopes));
    let granular = inspection.granular_scopes.iter().map(|granular| {
        let mut shown = Map::new();
        shown.insert("scope".into(), granular.scope.as_str().into());
        put(&mut shown, "target_ids", granular.target_ids.clone());
        Value::from(shown)
    });
    shown.insert("granular_scopes".into(), granular.collect());
    put(&mut shown, "issued_at", inspection.issued_at.map(|at| at.seconds()));
    shown.insert("expiry".into(), expiry(inspection.expiry));
    shown.insert("data_access".into(), expiry(inspection.data_access));
    if let Some(error) = &inspection.error {
        let mut error = self::error(error);
        // The sentences of errors are not compared in every case.
        error.as_object_mut().unwrap().remove("message");
        shown.insert("error".into(), error);
    }
    shown.into()
}

pub(crate) fn permissions(permissions: &Permissions) -> Value {
    json!({
        "granted": scopes(&permissions.granted),
        "declined": scopes(&permissions.declined),
        "expired": scopes(&permissions.expired),
    })
}

pub(crate) fn instagram_accounts(found: &InstagramAccounts) -> Value {
    let accounts = found.accounts.iter().map(|found| {
        let mut shown = Map::new();
        shown.insert("account".into(), account(&found.account));
        put(&mut shown, "page", found.page.as_ref().map(page));
        Value::from(shown)
    });
    let mut shown = Map::new();
    shown.insert("accounts".into(), accounts.collect());
    shown.insert("unlinked".into(), found.unlinked.iter().map(page).collect());
    put(&mut shown, "reason", found.reason.as_ref().map(missing));
    put(&mut shown, "note", found.note.as_ref().map(missing));
    shown.into()
}

fn page(page: &FacebookPage) -> Value {
    let mut shown = Map::new();
    shown.insert("id".into(), page.id.as_str().into());
    put(&mut shown, "name", page.name.as_deref());
    put(&mut shown, "token", page.token.as_ref().map(token));
    shown.into()
}

fn missing(missing: &MissingAccounts) -> Value {
    let mut shown = Map::new();
    shown.insert("kind".into(), missing.as_str().into());
    put(&mut shown, "permission", missing.permission());
    if let MissingAccounts::NotLinked { pages } = missing {
        shown.insert("pages".into(), (*pages).into());
    }
    shown.insert("message".into(), missing.message().into());
    shown.into()
}

pub(crate) fn life(token: &Token, now: shutterkey::Timestamp) -> Value {
    let validity = match token.validity(now) {
        Validity::Live { until: Some(until) } => json!({ "live_until": until.seconds() }),
        Validity::Live { until: None } => "live".into(),
        Validity::Expired => "expired".into(),
    };
    let refresh = match token.refreshable(now) {
        Refreshable::Now => "now".into(),
        Refreshable::NotBefore(at) => json!({ "not_before": at.seconds() }),
        Refreshable::Impossible(why) => json!({ "impossible": why.as_str() }),
    };
    json!({ "validity": validity, "refresh": refresh })
}

pub(crate) fn account(account: &Account) -> Value {
    let mut shown = Map::new();
    shown.insert("user_id".into(), account.user_id.as_str().into());
    put(
        &mut shown,
        "app_scoped_id",
        account.app_scoped_id.as_ref().map(|id| id.as_str()),
    );
    put(&mut shown, "username", account.username.as_deref());
    put(&mut shown, "name", account.name.as_deref());
    put(&mut shown, "account_type", account.account_type.as_deref());
    shown.into()
}

pub(crate) fn pending(pending: &PendingAuthorization) -> Value {
    let mut shown = Map::new();
    shown.insert("provider".into(), pending.provider().into());
    shown.insert("redirect_uri".into(), pending.redirect_uri().as_str().into());
    shown.insert("response_type".into(), pending.response_type().as_str().into());
    shown.insert("created_at".into(), pending.created_at().seconds().into());
    shown.insert("expires_at".into(), pending.expires_at().seconds().into());
    shown.insert("handle".into(), pending.handle().into());
    put(
        &mut shown,
        "context",
        pending
            .context()
            .map(|bytes| String::from_utf8(bytes.to_vec()).unwrap()),
    );
    put(&mut shown, "return_to", pending.return_to());
    put(
        &mut shown,
        "expect_account",
        pending.expected_account().map(|id| id.as_str()),
    );
    shown.into()
}

pub(crate) fn request(request: &HttpRequest) -> Value {
    let headers: Map<_, _> = request
        .headers()
        .map(|(name, value)| (name.to_owned(), value.into()))
        .collect();
    let mut shown = Map::new();
    shown.insert("method".into(), request.method().as_str().into());
    shown.insert("url".into(), request.url().into());
    shown.insert("headers".into(), headers.into());
    put(&mut shown, "body", request.body());
    shown.insert("replay_safe".into(), request.is_replay_safe().into());
    shown.into()
}

pub(crate) fn provider(provider: &Provider) -> Value {
    let data = provider.data();
    let mut shown = Map::new();
    shown.insert("origin".into(), provider.origin().into());
    put(&mut shown, "authorize", data.authorize.as_ref().map(|url| url.as_str()));
    put(&mut shown, "token", data.token.as_ref().map(|url| url.as_str()));
    if let Some(shutterkey::provider::Revoke::Endpoint(url)) = &data.revoke {
        shown.insert("revoke".into(), url.as_str().into());
    }
    put(&mut shown, "issuer", data.issuer.as_deref());
    shown.insert("iss_promised".into(), data.iss_promised.into());
    shown.insert("pkce".into(), data.pkce.into());
    let in_body = data.exchange.auth == shutterkey::provider::ClientAuth::PostOrPublic;
    shown.insert("secret_in_body".into(), in_body.into());
    shown.into()
}

pub(crate) fn connection(connection: &Connection) -> Value {
    let mut shown = Map::new();
    shown.insert("key".into(), connection.key.to_string().into());
    shown.insert("account".into(), account(&connection.account));
    shown.insert("token".into(), token(&connection.token));
    shown.insert("missing_scopes".into(), scopes(&connection.missing_scopes));
    put(
        &mut shown,
        "context",
        connection
            .context
            .as_ref()
            .map(|bytes| String::from_utf8(bytes.clone()).unwrap()),
    );
    put(&mut shown, "return_to", connection.return_to.as_deref());
    shown.into()
}

pub(crate) fn kept(kept: &Kept, now: shutterkey::Timestamp) -> Value {
    let mut shown = Map::new();
    shown.insert("token".into(), kept.record.token.reveal().into());
    shown.insert("state".into(), state(&kept.record.state(now)));
    shown.insert("refreshed".into(), kept.refreshed.into());
    shown.insert("stalled".into(), kept.stalled.into());
    put(&mut shown, "at_risk", kept.at_risk.map(shutterkey::Timestamp::seconds));
    put(
        &mut shown,
        "problem",
        kept.problem.as_ref().map(|problem| problem.code().as_str()),
    );
    shown.into()
}

pub(crate) fn state(state: &AccountState) -> Value {
    match state {
        AccountState::Live => "live".into(),
        AccountState::LoginNeededBy(at) => json!({ "login_needed_by": at.seconds() }),
        AccountState::NeedsLogin { reason } => json!({ "needs_login": reason }),
        AccountState::Blocked { reason, recheck } => json!({ "blocked": reason, "recheck": recheck.seconds() }),
        _ => Value::Null,
    }
}

/// How a result differs from the stated one: a value must be equal; of an error, the stated members must be.
pub(crate) fn disagreement(stated: &Value, found: &Value) -> Option<String> {
    let agree = match (stated.get("error"), found.get("error")) {
        (Some(stated), Some(found)) => contains(found, stated),
        _ => stated == found,
    };
    (!agree).then(|| format!("\n  stated {stated}\n  found  {found}"))
}

/// Whether every member of `part` is in `whole`, at every depth of objects.
pub(crate) fn contains(whole: &Value, part: &Value) -> bool {
    match (whole, part) {
        (Value::Object(whole), Value::Object(part)) => part
            .iter()
            .all(|(name, part)| whole.get(name).is_some_and(|whole| contains(whole, part))),
        _ => whole == part,
    }
}
