//! Kinds of tokens.

use serde::{Deserialize, Serialize};

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum TokenKind {
    /// Meta's token of an hour or two, straight from the code.
    Short,
    /// Meta's token of sixty days.
    Long,
    /// A Facebook Page's token.
    Page,
    /// A business's system user.
    SystemUser,
    /// Without stated expiry (legacy platform).
    Permanent,
    /// An RFC 6750 bearer token of a standard server.
    Bearer,
    /// The app's own, of no account: never one that a login gives.
    App,
}

impl TokenKind {
    /// The stable name: `short`, `long`, `page`, `system_user`, `permanent`, `bearer`, `app`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Short => "short",
            Self::Long => "long",
            Self::Page => "page",
            Self::SystemUser => "system_user",
            Self::Permanent => "permanent",
            Self::Bearer => "bearer",
            Self::App => "app",
        }
    }

    /// The kind of that stable name.
    pub fn by_name(name: &str) -> Option<Self> {
        const ALL: [TokenKind; 7] = [
            TokenKind::Short,
            TokenKind::Long,
            TokenKind::Page,
            TokenKind::SystemUser,
            TokenKind::Permanent,
            TokenKind::Bearer,
            TokenKind::App,
        ];
        ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}
