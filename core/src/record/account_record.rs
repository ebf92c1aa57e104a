//! One account's record.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::{RecordBytes, SEALED_MARK};
use crate::account::{Account, AccountKey, AppScopedId, UserId};
use crate::clock::Timestamp;
use crate::error::{Error, ErrorCode, Result};
use crate::protocol::token::{Expiry, NoRefresh, Refreshable, Token, TokenKind, Validity};
use crate::provider::Provider;
use crate::scope::ScopeSet;

/// How long before its end an account is at risk, at most, in seconds: two weeks are time to ask a person for a login.
pub(crate) const RISK: i64 = 14 * 86_400;

/// An account, its token, and how it stands.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AccountRecord {
    /// The account.
    pub account: Account,
    /// Its token.
    pub token: Token,
    /// How it stands.
    pub standing: Standing,
    /// Where it came from, and so the only place that its token may go to.
    pub(crate) provenance: Provenance,
    /// No refresh is tried before this moment: the provider refused a token that lives (too young), or asked for patience.
    pub(crate) not_before: Option<Timestamp>,
    /// Since when it is told that the token nears its end and nothing has kept it alive.
    pub(crate) at_risk_since: Option<Timestamp>,
    /// Members of a later release.
    unknown: Map<String, Value>,
}

/// Provider, origin and app of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Provenance {
    pub(crate) provider: String,
    pub(crate) origin: String,
    pub(crate) app_id: String,
}

/// What is remembered about an account beside its token.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Standing {
    /// Nothing stands in the way.
    Good,
    /// The token is dead for the reason that the code names.
    NeedsLogin {
        /// The code of the error that told so, such as `token.invalidated`.
        reason: String,
        /// Since when that is known.
        since: Timestamp,
    },
    /// The person has to do something; then the same token works again.
    Blocked {
        /// The code of the error that told so.
        reason: String,
        /// When it is worth asking again.
        recheck: Timestamp,
    },
}

/// How an account is, for people and programs.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AccountState {
    /// It has a live token that is kept alive.
    Live,
    /// It has a live token that cannot be kept alive beyond this moment.
    LoginNeededBy(Timestamp),
    /// Only a new login helps.
    NeedsLogin {
        /// Why, as the code of an error.
        reason: String,
    },
    /// The person has to do something first.
    Blocked {
        /// Why, as the code of an error.
        reason: String,
        /// When it is worth asking again.
        recheck: Timestamp,
    },
}

impl fmt::Display for AccountState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Live => f.write_str("live"),
            Self::LoginNeededBy(by) => write!(f, "login needed by {by}"),
            Self::NeedsLogin { reason } => write!(f, "needs login ({reason})"),
            Self::Blocked { reason, recheck } => write!(f, "blocked ({reason}) until about {recheck}"),
        }
    }
}

impl AccountRecord {
    pub(crate) fn new(account: Account, token: Token, provenance: Provenance) -> Self {
        Self {
            account,
            token,
            standing: Standing::Good,
            provenance,
            not_before: None,
            at_risk_since: None,
            unknown: Map::new(),
        }
    }

    /// The account's key.
    pub fn key(&self) -> AccountKey {
        AccountKey {
            provider: self.provenance.provider.clone(),
            app_id: self.provenance.app_id.clone(),
            user_id: self.account.user_id.clone(),
        }
    }

    /// Where its token may be sent.
    pub fn origin(&self) -> &str {
        &self.provenance.origin
    }

    /// How the account is at `now`.
    pub fn state(&self, now: Timestamp) -> AccountState {
        match &self.standing {
            Standing::NeedsLogin { reason, .. } if !self.is_misjudged(now) => {
                AccountState::NeedsLogin { reason: reason.clone() }
            }
            Standing::Blocked { reason, recheck } => AccountState::Blocked {
                reason: reason.clone(),
                recheck: *recheck,
            },
            _ => match (self.token.validity(now), self.token.refreshable(now)) {
                (Validity::Expired, Refreshable::Impossible(_)) => AccountState::NeedsLogin {
                    reason: ErrorCode::TokenExpired.as_str().to_owned(),
                },
                (Validity::Live { until: Some(until) }, Refreshable::Impossible(why))
                    if why != NoRefresh::NeverExpires =>
                {
                    AccountState::LoginNeededBy(until)
                }
                _ => AccountState::Live,
            },
        }
    }

    /// A number that differs between accounts and is the same everywhere: it shifts their schedules apart.
    pub(crate) fn spread(&self) -> u64 {
        spread_of(&self.provenance.app_id, self.account.user_id.as_str())
    }

    /// When its token should be refreshed, or a blocked account be asked for again.
    pub fn due_at(&self) -> Option<Timestamp> {
        match &self.standing {
            Standing::NeedsLogin { .. } => None,
            Standing::Blocked { recheck, .. } => Some(*recheck),
            Standing::Good => {
                let due = self.token.due_at(self.spread())?;
                Some(self.not_before.map_or(due, |not_before| due.max(not_before)))
            }
        }
    }

    /// When it ends unless something is done: the token's end, or that of its access to data, whichever comes first. `None`
    /// where nothing ends by time: a token that a refresh token replaces, or one without an end.
    pub fn ends_at(&self) -> Option<Timestamp> {
        let expiry = match self.token.expiry() {
            Expiry::At(end) if self.token.refresh_token().is_none() => Some(end),
            _ => None,
        };
        expiry.into_iter().chain(self.token.data_access_until()).min()
    }

    /// From when an account that still has this token is at risk: two weeks before it [ends](Self::ends_at), or in the last
    /// quarter of a shorter life. A refresh is due long before that, so whoever gets here was not refreshed, or cannot be.
    pub fn at_risk_from(&self) -> Option<Timestamp> {
        let end = self.ends_at()?;
        let life = self
            .token
            .issued_at()
            .map_or(RISK * 4, |issued| end.since(issued).max(0));
        Some(end.plus(-RISK.min(life / 4)))
    }

    /// Remembers from now on that the account is at risk, and until when its token lives; `None` where it is not, or where
    /// that is known.
    pub(crate) fn note_risk(&mut self, now: Timestamp) -> Option<Timestamp> {
        if !self.is_newly_at_risk(now) {
            return None;
        }
        self.at_risk_since = Some(now);
        self.ends_at()
    }

    pub(crate) fn is_newly_at_risk(&self, now: Timestamp) -> bool {
        self.at_risk_since.is_none() && self.at_risk_from().is_some_and(|from| now >= from)
    }

    /// When the keeper wants to see it again: when something is due, when it comes to be at risk, and when its token ends.
    pub fn look_at(&self) -> Option<Timestamp> {
        if self.standing != Standing::Good {
            return self.due_at();
        }
        let risk = match self.at_risk_since {
            None => self.at_risk_from(),
            // What can be refreshed has a moment for that. Of what cannot, the end is left to be seen.
            Some(_) if self.token.is_renewable() => None,
            Some(_) => match self.token.expiry() {
                Expiry::At(end) => Some(end),
                Expiry::Never | Expiry::Unknown => None,
            },
        };
        self.due_at().into_iter().chain(risk).min()
    }

    /// Whether it says that the token has ended, and it has not: a clock said so that has been set back since.
    pub(crate) fn is_misjudged(&self, now: Timestamp) -> bool {
        match (&self.standing, self.token.expiry()) {
            (Standing::NeedsLogin { reason, since }, Expiry::At(end)) => {
                reason == ErrorCode::TokenExpired.as_str() && *since >= end && now < end
            }
            _ => false,
        }
    }

    /// Takes back what a wrong clock said; answers whether there was something.
    pub(crate) fn put_right(&mut self, now: Timestamp) -> bool {
        let misjudged = self.is_misjudged(now);
        if misjudged {
            self.standing = Standing::Good;
        }
        misjudged
    }

    /// The record with another token; what was remembered about the old one goes.
    #[must_use]
    pub(crate) fn with_token(mut self, token: Token) -> Self {
        self.token = token;
        self.standing = Standing::Good;
        self.not_before = None;
        self.at_risk_since = None;
        self
    }

    /// The record with everything that a login brought. The token may come from another origin than the old one did: it
    /// goes where it came from.
    #[must_use]
    pub(crate) fn reconnected(self, login: Self) -> Self {
        let mut record = self.with_token(login.token);
        record.account = login.account;
        record.provenance = login.provenance;
        record
    }

    /// Refuses a record that another app or another origin's provider made: its token would go to a stranger.
    pub(crate) fn check_provenance(&self, expected: &Provenance) -> Result<()> {
        if self.provenance == *expected {
            return Ok(());
        }
        Err(Error::with_detail(
            ErrorCode::ConfigSandboxCredentials,
            format!(
                "The stored token belongs to app {} at {} and is not sent anywhere else.",
                self.provenance.app_id, self.provenance.origin
            ),
        ))
    }

    /// The record as a store keeps it.
    pub(crate) fn encode(&self) -> RecordBytes {
        let wire = Wire {
            v: 1,
            kind: "account".to_owned(),
            provider: self.provenance.provider.clone(),
            origin: self.provenance.origin.clone(),
            app_id: self.provenance.app_id.clone(),
            user_id: self.account.user_id.clone(),
            app_scoped_id: self.account.app_scoped_id.clone(),
            username: self.account.username.clone(),
            name: self.account.name.clone(),
            account_type: self.account.account_type.clone(),
            token: TokenWire::from(&self.token),
            standing: match &self.standing {
                Standing::Good => StandingWire::Good,
                Standing::NeedsLogin { reason, since } => StandingWire::NeedsLogin {
                    reason: reason.clone(),
                    since: *since,
                },
                Standing::Blocked { reason, recheck } => StandingWire::Blocked {
                    reason: reason.clone(),
                    recheck: *recheck,
                },
            },
            not_before: self.not_before,
            at_risk_since: self.at_risk_since,
            unknown: self.unknown.clone(),
        };
        RecordBytes {
            bytes: Zeroizing::new(serde_json::to_vec(&wire).unwrap_or_default()),
            due_at: self.look_at(),
            forget_at: None,
        }
    }

    /// Reads a record. The rules of renewal come from `provider`, not from the store.
    ///
    /// # Errors
    /// `store.corrupt`.
    pub fn decode(provider: &Provider, bytes: &[u8]) -> Result<Self> {
        let wire: Wire = parse(bytes, "account")?;
        let token = wire.token.into_token(provider)?;
        Ok(Self {
            account: Account {
                user_id: wire.user_id,
                app_scoped_id: wire.app_scoped_id,
                username: wire.username,
                name: wire.name,
                account_type: wire.account_type,
            },
            token,
            standing: match wire.standing {
                StandingWire::Good => Standing::Good,
                StandingWire::NeedsLogin { reason, since } => Standing::NeedsLogin { reason, since },
                StandingWire::Blocked { reason, recheck } => Standing::Blocked { reason, recheck },
            },
            provenance: Provenance {
                provider: wire.provider,
                origin: wire.origin,
                app_id: wire.app_id,
            },
            not_before: wire.not_before,
            at_risk_since: wire.at_risk_since,
            unknown: wire.unknown,
        })
    }

    /// Which provider and origin a stored record names, without reading it whole.
    ///
    /// # Errors
    /// `store.corrupt`.
    pub fn peek_origin(bytes: &[u8]) -> Result<(String, String)> {
        let wire: Wire = parse(bytes, "account")?;
        Ok((wire.provider, wire.origin))
    }
}

impl Provenance {
    pub(crate) fn of(config: &crate::config::ClientConfig) -> Self {
        Self {
            provider: config.provider().id().to_owned(),
            origin: config.provider().origin().to_owned(),
            app_id: config.client_id().to_owned(),
        }
    }
}

/// FNV-1a: stable over releases and machines, which std's hasher is not.
pub(crate) fn spread_of(app_id: &str, user_id: &str) -> u64 {
    app_id
        .bytes()
        .chain([0])
        .chain(user_id.bytes())
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        })
}

/// Reads JSON of a known kind and version.
pub(super) fn parse<T: for<'a> Deserialize<'a>>(bytes: &[u8], kind: &str) -> Result<T> {
    #[derive(Deserialize)]
    struct Head {
        v: u64,
        kind: String,
    }
    if bytes.starts_with(SEALED_MARK) {
        return Err(Error::with_detail(
            ErrorCode::StoreSealInvalid,
            "A stored record is sealed, and the store was opened without a sealing key.",
        ));
    }
    let corrupt = |why: String| Error::with_detail(ErrorCode::StoreCorrupt, why);
    let head: Head =
        serde_json::from_slice(bytes).map_err(|_| corrupt("A stored record is not one of shutterkey's.".to_owned()))?;
    if head.v != 1 || head.kind != kind {
        return Err(corrupt(format!(
            "A stored record is a {} of version {}, not a {kind} of version 1.",
            head.kind, head.v
        )));
    }
    serde_json::from_slice(bytes).map_err(|_| corrupt(format!("A stored {kind} record lacks what it must have.")))
}

#[derive(Serialize, Deserialize)]
struct Wire {
    v: u64,
    kind: String,
    provider: String,
    origin: String,
    app_id: String,
    user_id: UserId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    app_scoped_id: Option<AppScopedId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    username: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    account_type: Option<String>,
    token: TokenWire,
    standing: StandingWire,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    not_before: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    at_risk_since: Option<Timestamp>,
    #[serde(flatten)]
    unknown: Map<String, Value>,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
enum StandingWire {
    Good,
    NeedsLogin { reason: String, since: Timestamp },
    Blocked { reason: String, recheck: Timestamp },
}

/// A token as a record holds it.
#[derive(Serialize, Deserialize)]
pub(super) struct TokenWire {
    value: Zeroizing<String>,
    kind: TokenKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    scopes: Option<ScopeSet>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    issued_at: Option<Timestamp>,
    expiry: Expiry,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    data_access_until: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refresh_token: Option<Zeroizing<String>>,
}

impl From<&Token> for TokenWire {
    fn from(token: &Token) -> Self {
        Self {
            value: Zeroizing::new(token.reveal().to_owned()),
            kind: token.kind(),
            scopes: token.scopes().cloned(),
            issued_at: token.issued_at(),
            expiry: token.expiry(),
            data_access_until: token.data_access_until(),
            refresh_token: token
                .refresh_token()
                .map(|secret| Zeroizing::new(secret.reveal().to_owned())),
        }
    }
}

impl TokenWire {
    pub(super) fn into_token(self, provider: &Provider) -> Result<Token> {
        Token::builder(provider, self.value.as_str(), self.kind)
            .scopes(self.scopes)
            .issued_at(self.issued_at)
            .expiry(self.expiry)
            .data_access_until(self.data_access_until)
            .refresh_token(self.refresh_token.map(|text| text.as_str().into()))
            .build()
            .map_err(|_| Error::with_detail(ErrorCode::StoreCorrupt, "A stored token is not one."))
    }
}
