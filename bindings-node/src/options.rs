//! What callers say about one login, and about a token that was made elsewhere.

use napi::bindgen_prelude::Uint8Array;
use napi_derive::napi;
use shutterkey::keeper::ImportToken;
use shutterkey::protocol::request::HttpResponse;
use shutterkey::{Error, ErrorCode, Expiry, Result, ScopeSet, TokenKind, UserId};

use crate::time::moment;

/// The options of `authorize`.
#[napi(object, object_to_js = false)]
pub struct LoginOptions {
    pub required_scopes: Option<Vec<String>>,
    pub optional_scopes: Option<Vec<String>>,
    pub expect_account: Option<String>,
    pub context: Option<Uint8Array>,
    pub return_to: Option<String>,
    pub session: Option<String>,
    pub ttl: Option<f64>,
    pub force_reauth: Option<bool>,
    /// Names and values, in turn.
    pub extra: Option<Vec<(String, String)>>,
}

impl LoginOptions {
    pub(crate) fn read(given: Option<Self>) -> Result<shutterkey::AuthorizeOptions> {
        let mut options = shutterkey::AuthorizeOptions::new();
        let Some(given) = given else { return Ok(options) };
        if let Some(names) = given.required_scopes {
            options = options.required_scopes(ScopeSet::new(names)?);
        }
        if let Some(names) = given.optional_scopes {
            options = options.optional_scopes(ScopeSet::new(names)?);
        }
        if let Some(id) = given.expect_account {
            options = options.expect_account(UserId::parse(&id)?);
        }
        if let Some(context) = given.context {
            options = options.context(context.to_vec());
        }
        if let Some(path) = given.return_to {
            options = options.return_to(path);
        }
        if let Some(session) = given.session {
            options = options.session(&session);
        }
        if let Some(ttl) = given.ttl {
            options = options.ttl(moment(ttl).seconds());
        }
        if given.force_reauth == Some(true) {
            options = options.force_reauth();
        }
        for (name, value) in given.extra.unwrap_or_default() {
            options = options.extra(name, value);
        }
        Ok(options)
    }
}

/// A token that was made elsewhere.
#[napi(object, object_to_js = false)]
pub struct Import {
    pub token: String,
    pub name: Option<String>,
    pub kind: Option<String>,
    pub expires_at: Option<f64>,
    pub from_device: Option<bool>,
}

impl Import {
    pub(crate) fn read(self) -> Result<ImportToken> {
        let mut import = ImportToken::new(self.token);
        import.alias = self.name;
        import.from_device = self.from_device == Some(true);
        import.expiry = self.expires_at.map(|at| Expiry::At(moment(at)));
        import.kind = self.kind.as_deref().map(kind).transpose()?;
        Ok(import)
    }
}

pub(crate) fn kind(name: &str) -> Result<TokenKind> {
    TokenKind::by_name(name).ok_or_else(|| {
        let what = "A token is short, long, page, system_user, permanent, bearer or app.";
        Error::with_detail(ErrorCode::ConfigInvalid, what)
    })
}

/// What an API answered.
#[napi(object, object_to_js = false)]
pub struct ApiAnswer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Uint8Array,
}

impl ApiAnswer {
    pub(crate) fn read(self) -> HttpResponse {
        HttpResponse::new(self.status, self.headers, self.body.to_vec())
    }
}
