//! Tokens.

use std::sync::Arc;

use shutterkey::{Expiry, Refreshable, ScopeSet, Token, TokenKind, Validity};

use crate::failure::{Failure, misuse};
use crate::provider::NativeProvider;
use crate::{moment, names};

/// An access token.
#[derive(Debug, uniffi::Object)]
pub struct NativeToken(pub(crate) Token);

/// When a token stops working by time alone.
#[derive(Clone, Debug, uniffi::Enum)]
pub enum ExpiryParts {
    /// At a moment.
    At {
        /// The moment.
        moment: i64,
    },
    /// Not by time.
    Never,
    /// The provider did not say.
    Unknown,
}

/// What is known of a token beside its value.
#[derive(Clone, Debug, uniffi::Record)]
pub struct TokenParts {
    /// `short`, `long`, `page`, `system_user`, `permanent`, `bearer`.
    pub kind: String,
    /// What was granted, where that is known.
    pub scopes: Option<Vec<String>>,
    /// When it was issued.
    pub issued_at: Option<i64>,
    /// When it stops working.
    pub expiry: ExpiryParts,
    /// Until when data may be read.
    pub data_access_until: Option<i64>,
}

/// Whether a token works.
#[derive(Clone, Debug, uniffi::Enum)]
pub enum ValidityParts {
    /// It does; until when, if that is known.
    Live {
        /// Until when.
        until: Option<i64>,
    },
    /// It does not, for ever.
    Expired,
}

/// Whether a token can be refreshed.
#[derive(Clone, Debug, uniffi::Enum)]
pub enum RefreshableParts {
    /// Yes.
    Now,
    /// From a moment on.
    NotBefore {
        /// The moment.
        moment: i64,
    },
    /// No, and waiting does not change it.
    Impossible {
        /// Why.
        reason: String,
    },
}

pub(crate) fn expiry(parts: &ExpiryParts) -> Expiry {
    match parts {
        ExpiryParts::At { moment: at } => Expiry::At(moment(*at)),
        ExpiryParts::Never => Expiry::Never,
        ExpiryParts::Unknown => Expiry::Unknown,
    }
}

pub(crate) fn kind(name: &str) -> shutterkey::Result<TokenKind> {
    TokenKind::by_name(name).ok_or_else(|| misuse("A token is short, long, page, system_user, permanent or bearer."))
}

impl NativeToken {
    pub(crate) fn wrap(token: Token) -> Arc<Self> {
        Arc::new(Self(token))
    }
}

#[uniffi::export]
impl NativeToken {
    /// A token whose value the caller has.
    #[uniffi::constructor]
    pub fn new(
        provider: &NativeProvider,
        value: String,
        parts: TokenParts,
        refresh_token: Option<String>,
    ) -> Result<Arc<Self>, Failure> {
        let token = Token::builder(&provider.0, value, kind(&parts.kind)?)
            .scopes(parts.scopes.map(ScopeSet::new).transpose()?)
            .issued_at(parts.issued_at.map(moment))
            .expiry(expiry(&parts.expiry))
            .data_access_until(parts.data_access_until.map(moment))
            .refresh_token(refresh_token.map(Into::into))
            .build()?;
        Ok(Self::wrap(token))
    }

    /// The value.
    pub fn reveal(&self) -> String {
        self.0.reveal().to_owned()
    }

    /// The refresh token's value, where there is one.
    pub fn reveal_refresh_token(&self) -> Option<String> {
        self.0.refresh_token().map(|token| token.reveal().to_owned())
    }

    /// What is known of it.
    pub fn described(&self) -> TokenParts {
        TokenParts {
            kind: self.0.kind().as_str().to_owned(),
            scopes: self.0.scopes().map(names),
            issued_at: self.0.issued_at().map(shutterkey::Timestamp::seconds),
            expiry: match self.0.expiry() {
                Expiry::At(at) => ExpiryParts::At { moment: at.seconds() },
                Expiry::Never => ExpiryParts::Never,
                Expiry::Unknown => ExpiryParts::Unknown,
            },
            data_access_until: self.0.data_access_until().map(shutterkey::Timestamp::seconds),
        }
    }

    /// Whether it works, as far as time can tell.
    pub fn validity(&self, now: i64) -> ValidityParts {
        match self.0.validity(moment(now)) {
            Validity::Live { until } => ValidityParts::Live {
                until: until.map(shutterkey::Timestamp::seconds),
            },
            Validity::Expired => ValidityParts::Expired,
        }
    }

    /// Whether it can be refreshed.
    pub fn refreshable(&self, now: i64) -> RefreshableParts {
        match self.0.refreshable(moment(now)) {
            Refreshable::Now => RefreshableParts::Now,
            Refreshable::NotBefore(at) => RefreshableParts::NotBefore { moment: at.seconds() },
            Refreshable::Impossible(reason) => RefreshableParts::Impossible {
                reason: reason.as_str().to_owned(),
            },
        }
    }
}
