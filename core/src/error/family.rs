//! The families of errors.

use std::fmt;

/// What part of the job an error belongs to. Each language has one class or case per family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Family {
    /// The client's configuration is wrong or incomplete.
    Config,
    /// The authorization response (the redirect) was refused.
    Redirect,
    /// The person, or the platform on their behalf, did not grant what was asked.
    Denied,
    /// The provider refused a request, or answered something that cannot be used.
    Provider,
    /// The provider could not be reached, or its answer did not arrive whole.
    Network,
    /// The provider asks for patience.
    Throttled,
    /// The token cannot do what was asked of it.
    Token,
    /// The account, not the token, is what stands in the way.
    Account,
    /// The place where tokens are kept failed or refused.
    Store,
    /// A driver or shutterkey itself broke its own contract.
    Internal,
}

impl Family {
    /// All families, in the order of the catalogue.
    pub const ALL: [Self; 10] = [
        Self::Config,
        Self::Redirect,
        Self::Denied,
        Self::Provider,
        Self::Network,
        Self::Throttled,
        Self::Token,
        Self::Account,
        Self::Store,
        Self::Internal,
    ];

    /// The stable name, also the first part of each of its codes.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::Redirect => "redirect",
            Self::Denied => "denied",
            Self::Provider => "provider",
            Self::Network => "network",
            Self::Throttled => "throttled",
            Self::Token => "token",
            Self::Account => "account",
            Self::Store => "store",
            Self::Internal => "internal",
        }
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
