//! A token and its life: what it is, until when it lives, when it can be refreshed.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::error::{Error, ErrorCode, Result};
pub use crate::provider::TokenKind;
use crate::provider::{Provider, Refresh};
use crate::scope::ScopeSet;
use crate::secret::Secret;

/// The longest token that is taken, in bytes. Meta asks for storage of variable length; JWTs can be long.
pub const TOKEN_CAP: usize = 8 << 10;

/// An access token. Cloning is cheap; the value is wiped with the last clone.
///
/// The value comes out by [`Token::reveal`] alone. There is no `Display`: a token is never part of a text by accident.
#[derive(Clone)]
pub struct Token(Arc<TokenData>);

#[derive(Clone, Debug)]
struct TokenData {
    value: Secret,
    kind: TokenKind,
    scopes: Option<ScopeSet>,
    issued_at: Option<Timestamp>,
    expiry: Expiry,
    data_access_until: Option<Timestamp>,
    refresh_token: Option<Secret>,
    rule: RefreshRule,
}

/// When a token stops working by time alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expiry {
    /// At this moment.
    At(Timestamp),
    /// Not by time.
    Never,
    /// The provider did not say. One refresh tells.
    Unknown,
}

/// Whether a token works at a moment, as far as time can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Validity {
    /// It works; until when, if that is known.
    Live {
        /// `None`: not limited by time, or not known.
        until: Option<Timestamp>,
    },
    /// It does not, for ever.
    Expired,
}

/// Whether a token can be refreshed at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refreshable {
    /// From this moment on.
    NotBefore(Timestamp),
    /// Yes.
    Now,
    /// No, and waiting does not change it.
    Impossible(NoRefresh),
}

/// Why a token cannot be refreshed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NoRefresh {
    /// It has expired; only a new login helps.
    Expired,
    /// It is short-lived: make it long-lived first.
    ShortLived,
    /// It does not expire by time.
    NeverExpires,
    /// The provider has no refresh.
    NotOffered,
    /// The server gave no refresh token with it.
    NoRefreshToken,
}

impl NoRefresh {
    /// The stable name: `expired`, `short_lived`, `never_expires`, `not_offered`, `no_refresh_token`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::ShortLived => "short_lived",
            Self::NeverExpires => "never_expires",
            Self::NotOffered => "not_offered",
            Self::NoRefreshToken => "no_refresh_token",
        }
    }
}

/// How tokens of a provider are renewed, in so far as one token needs to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum RefreshRule {
    LongLived { from_age: i64 },
    RefreshToken,
    NotOffered,
}

/// Collects what is known about a token.
#[derive(Clone, Debug)]
#[must_use = "a token is made by build()"]
pub struct TokenBuilder(TokenData);

impl TokenBuilder {
    /// What was granted. Unknown by default.
    pub fn scopes(mut self, scopes: Option<ScopeSet>) -> Self {
        self.0.scopes = scopes;
        self
    }

    /// When it was issued. Unknown by default.
    pub fn issued_at(mut self, at: Option<Timestamp>) -> Self {
        self.0.issued_at = at;
        self
    }

    /// When it expires. Unknown by default.
    pub fn expiry(mut self, expiry: Expiry) -> Self {
        self.0.expiry = expiry;
        self
    }

    /// Until when data may be read (Facebook's 90 days without activity).
    pub fn data_access_until(mut self, until: Option<Timestamp>) -> Self {
        self.0.data_access_until = until;
        self
    }

    /// The refresh token (RFC 6749 1.5).
    pub fn refresh_token(mut self, refresh_token: Option<Secret>) -> Self {
        self.0.refresh_token = refresh_token;
        self
    }

    /// Checks the value and makes the token.
    ///
    /// # Errors
    /// `token.malformed` for a value that could not stand in a header or a URL: empty, longer than 8 KiB, or with
    /// characters other than visible ASCII.
    pub fn build(self) -> Result<Token> {
        let Self(data) = self;
        let well_formed =
            is_token_text(data.value.reveal()) && data.refresh_token.as_ref().is_none_or(|t| is_token_text(t.reveal()));
        if !well_formed {
            return Err(Error::new(ErrorCode::TokenMalformed));
        }
        Ok(Token(Arc::new(data)))
    }
}

/// RFC 6749 App. A.12 without the space: what can stand in a header and, escaped, in a query.
pub(crate) fn is_token_text(text: &str) -> bool {
    // No branch in the loop, so that it runs over many bytes at once.
    let strange = |text: &str| {
        text.bytes()
            .fold(0, |found, b| found | u8::from(!matches!(b, 0x21..=0x7e)))
    };
    (1..=TOKEN_CAP).contains(&text.len()) && strange(text) == 0
}

impl Token {
    /// Begins a token of a provider.
    pub fn builder(provider: &Provider, value: impl Into<Secret>, kind: TokenKind) -> TokenBuilder {
        let data = provider.data();
        let rule = match data.refresh {
            Refresh::LongLived { .. } => RefreshRule::LongLived {
                from_age: data.lifetimes.refresh_from,
            },
            Refresh::RefreshToken => RefreshRule::RefreshToken,
            Refresh::None(_) => RefreshRule::NotOffered,
        };
        TokenBuilder(TokenData {
            value: value.into(),
            kind,
            scopes: None,
            issued_at: None,
            expiry: Expiry::Unknown,
            data_access_until: None,
            refresh_token: None,
            rule,
        })
    }

    /// The value. Each call is a place where it can leave: for the request to the provider alone.
    pub fn reveal(&self) -> &str {
        self.0.value.reveal()
    }

    /// The token as a query parameter (RFC 6750 2.3): its name and value, for APIs such as Meta's that take it there.
    pub fn query_parameter(&self) -> (&'static str, &str) {
        ("access_token", self.reveal())
    }

    /// The token as the value of the header `Authorization` (RFC 6750 2.1).
    pub fn authorization(&self) -> Secret {
        Secret::new(format!("Bearer {}", self.reveal()))
    }

    /// What it is.
    pub fn kind(&self) -> TokenKind {
        self.0.kind
    }

    /// What was granted; `None` when the provider did not say.
    pub fn scopes(&self) -> Option<&ScopeSet> {
        self.0.scopes.as_ref()
    }

    /// When it was issued, if that is known.
    pub fn issued_at(&self) -> Option<Timestamp> {
        self.0.issued_at
    }

    /// When it expires.
    pub fn expiry(&self) -> Expiry {
        self.0.expiry
    }

    /// Until when data may be read, where there is such a limit.
    pub fn data_access_until(&self) -> Option<Timestamp> {
        self.0.data_access_until
    }

    /// The refresh token, where there is one.
    pub fn refresh_token(&self) -> Option<&Secret> {
        self.0.refresh_token.as_ref()
    }

    /// Whether it works at `now`, as far as time can tell. The moment of expiry itself is too late.
    pub fn validity(&self, now: Timestamp) -> Validity {
        match self.0.expiry {
            Expiry::At(end) if now >= end => Validity::Expired,
            Expiry::At(end) => Validity::Live { until: Some(end) },
            Expiry::Never | Expiry::Unknown => Validity::Live { until: None },
        }
    }

    /// Whether it can be refreshed at `now`: for Instagram and Threads from an age of 24 hours until it expires (fact
    /// sheet 1.5); with a refresh token at any time, even after expiry.
    ///
    /// A token whose issue time lies in the future (a clock was set back) counts as issued now.
    pub fn refreshable(&self, now: Timestamp) -> Refreshable {
        match self.0.rule {
            RefreshRule::NotOffered if self.0.expiry == Expiry::Never => {
                Refreshable::Impossible(NoRefresh::NeverExpires)
            }
            RefreshRule::NotOffered => Refreshable::Impossible(NoRefresh::NotOffered),
            RefreshRule::RefreshToken if self.0.refresh_token.is_none() => {
                Refreshable::Impossible(NoRefresh::NoRefreshToken)
            }
            RefreshRule::RefreshToken => Refreshable::Now,
            RefreshRule::LongLived { .. } if self.validity(now) == Validity::Expired => {
                Refreshable::Impossible(NoRefresh::Expired)
            }
            RefreshRule::LongLived { .. } if self.0.kind == TokenKind::Short => {
                Refreshable::Impossible(NoRefresh::ShortLived)
            }
            RefreshRule::LongLived { from_age } => {
                // Unknown age: asking tells, and a refusal for youth does no harm.
                let from = self.0.issued_at.map_or(now, |issued| issued.min(now).plus(from_age));
                if now >= from {
                    Refreshable::Now
                } else {
                    Refreshable::NotBefore(from)
                }
            }
        }
    }

    /// When a refresh should be made: at half of a long life, five minutes before the end of a short one, shifted by
    /// up to a twentieth of the life so that tokens issued together are not refreshed together.
    ///
    /// `spread` picks the shift; use a hash of the account, so that every process computes the same moment. `None` when
    /// there is nothing to refresh by time.
    pub fn due_at(&self, spread: u64) -> Option<Timestamp> {
        if !self.is_renewable() {
            return None;
        }
        let Expiry::At(end) = self.0.expiry else {
            // Unknown expiry: due at once, since one refresh tells.
            let unknown = self.0.expiry == Expiry::Unknown && self.refreshable(Timestamp::MAX) == Refreshable::Now;
            return unknown.then(|| {
                self.0
                    .issued_at
                    .unwrap_or(Timestamp::from_seconds(0))
                    .plus(self.refresh_age())
            });
        };
        let issued = self.0.issued_at.unwrap_or_else(|| end.plus(-LONG_LIFE));
        let life = end.since(issued).max(0);
        let planned = if life > 2 * 86_400 {
            life / 2
        } else {
            life - LEEWAY.min(life / 2)
        };
        let range = (life / 20).max(1);
        let shift = i64::try_from(spread % u64::try_from(range).unwrap_or(1)).unwrap_or(0);
        // Earlier than planned, never later: the leeway is a promise.
        let due = issued.plus((planned - shift).max(self.refresh_age()));
        Some(due.min(end))
    }

    /// From when a caller should wait for a refresh instead of taking the live token: five minutes before the end, or
    /// in the last tenth of a shorter life. `None` for a token that cannot be refreshed.
    pub fn urgent_at(&self) -> Option<Timestamp> {
        if !self.is_renewable() {
            return None;
        }
        let Expiry::At(end) = self.0.expiry else { return None };
        let life = self.0.issued_at.map_or(LONG_LIFE, |issued| end.since(issued).max(0));
        Some(end.plus(-LEEWAY.min(life / 10)))
    }

    /// Whether it could be refreshed at some moment of its life.
    pub(crate) fn is_renewable(&self) -> bool {
        let young = self.0.issued_at.unwrap_or(Timestamp::from_seconds(0));
        !matches!(self.refreshable(young), Refreshable::Impossible(why) if why != NoRefresh::Expired)
    }

    fn refresh_age(&self) -> i64 {
        match self.0.rule {
            RefreshRule::LongLived { from_age } => from_age,
            _ => 0,
        }
    }

    /// A builder with everything but the value: what a refresh does not say stays as it was.
    pub(crate) fn renewed(&self, value: Secret) -> TokenBuilder {
        TokenBuilder(TokenData {
            value,
            ..(*self.0).clone()
        })
    }
}

/// Five minutes, in seconds: long enough for retries, short beside an hour.
const LEEWAY: i64 = 300;

/// Sixty days, in seconds: what Meta's long-lived tokens have (fact sheet 1.4).
pub(crate) const LONG_LIFE: i64 = 60 * 86_400;

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token")
            .field("value", &self.0.value)
            .field("kind", &self.0.kind)
            .field("scopes", &self.0.scopes)
            .field("issued_at", &self.0.issued_at)
            .field("expiry", &self.0.expiry)
            .finish_non_exhaustive()
    }
}
