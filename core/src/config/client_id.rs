//! Client ids: each product has its own, and using another product's is the classic mistake.

use std::fmt;

use crate::error::{Error, ErrorCode, Result};

/// The shape of a product's client ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClientIdKind {
    /// Instagram app ID: digits.
    InstagramApp,
    /// Meta app ID: digits.
    MetaApp,
    /// Threads app ID: digits.
    ThreadsApp,
    /// Legacy CLIENT ID: 32 lower-case hexadecimal digits.
    Legacy,
    /// Any printable ASCII (RFC 6749 App. A.1).
    Any,
}

impl ClientIdKind {
    /// An id of this shape that is nobody's. A token that was made elsewhere is kept under it when its app is not known:
    /// using and refreshing it needs no app id.
    pub const fn unknown_app(self) -> &'static str {
        match self {
            Self::Legacy => "00000000000000000000000000000000",
            _ => "00000",
        }
    }

    /// Whether an id is one that [`Self::unknown_app`] gives.
    pub fn is_unknown_app(id: &str) -> bool {
        id == Self::Legacy.unknown_app() || id == Self::Any.unknown_app()
    }

    /// Checks an id against the product's shape.
    ///
    /// # Errors
    /// `config.client_id`, naming the id that is wanted.
    pub(crate) fn check(self, id: &str) -> Result<()> {
        let (fits, wanted) = match self {
            Self::InstagramApp => (is_app_id(id), "the Instagram app ID, which is all digits"),
            Self::MetaApp => (is_app_id(id), "the Meta app ID, which is all digits"),
            Self::ThreadsApp => (is_app_id(id), "the Threads app ID, which is all digits"),
            Self::Legacy => (
                id.len() == 32 && id.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')),
                "the CLIENT ID of 32 hexadecimal digits",
            ),
            Self::Any => (
                !id.is_empty() && id.len() <= 512 && id.bytes().all(|b| matches!(b, 0x20..=0x7e)),
                "a client id of printable ASCII characters",
            ),
        };
        if fits {
            return Ok(());
        }
        Err(Error::with_detail(
            ErrorCode::ConfigClientId,
            format!("This provider takes {wanted}."),
        ))
    }
}

fn is_app_id(id: &str) -> bool {
    (5..=20).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_digit())
}

macro_rules! app_id {
    ($(#[$doc:meta])* $name:ident, $kind:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name(Box<str>);

        impl $name {
            /// Checks the shape of the id.
            ///
            /// # Errors
            /// `config.client_id`.
            pub fn parse(id: &str) -> Result<Self> {
                ClientIdKind::$kind.check(id).map(|()| Self(id.into()))
            }

            /// The id.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

app_id! {
    /// The Instagram app ID: App Dashboard > Instagram > API setup with Instagram login > Business login settings.
    /// Not the Meta app ID at the top of the dashboard.
    InstagramAppId, InstagramApp
}
app_id! {
    /// The Meta app ID, at the top of the App Dashboard: for Facebook Login for Business.
    MetaAppId, MetaApp
}
app_id! {
    /// The Threads app ID: App settings > Basic.
    ThreadsAppId, ThreadsApp
}
app_id! {
    /// A CLIENT ID of the legacy platform: 32 hexadecimal digits.
    LegacyClientId, Legacy
}
