//! Whose token it is.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorCode, Result, is_unprintable};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Box<str>);

        impl $name {
            /// Takes an id as the provider wrote it: 1 to 255 printable ASCII characters without spaces.
            ///
            /// # Errors
            /// `account.name`.
            pub fn parse(text: &str) -> Result<Self> {
                text.to_owned().try_into()
            }

            /// The id, exact: never a number, since Instagram's are above 2^53.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        /// As [`Self::parse`], for a text that is owned already.
        impl TryFrom<String> for $name {
            type Error = Error;

            fn try_from(text: String) -> Result<Self> {
                if text.is_empty() || text.len() > 255 || !text.bytes().all(|b| matches!(b, 0x21..=0x7e)) {
                    return Err(Error::with_detail(ErrorCode::AccountName, "An id has 1 to 255 printable characters without spaces."));
                }
                Ok(Self(text.into()))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id! {
    /// The account's own id: for Instagram the professional account id, the same in webhooks and for publishing
    /// (`/me` field `user_id`).
    UserId
}
id! {
    /// The id that one app sees (`/me` field `id`); deauthorize and data-deletion callbacks carry this one.
    AppScopedId
}

/// Names an account in a store: provider, app and user, in that order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AccountKey {
    /// The provider's stable name.
    pub provider: String,
    /// The app (client id) that the token belongs to.
    pub app_id: String,
    /// The account.
    pub user_id: UserId,
}

impl fmt::Display for AccountKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.provider, self.app_id, self.user_id)
    }
}

/// An account as the provider describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Account {
    /// Its own id.
    pub user_id: UserId,
    /// The app-scoped id, where it is another one.
    pub app_scoped_id: Option<AppScopedId>,
    /// Its user name, without `@`.
    pub username: Option<String>,
    /// The name it shows.
    pub name: Option<String>,
    /// `Business`, `Media_Creator`, … in the provider's own spelling.
    pub account_type: Option<String>,
}

impl Account {
    /// An account of which only the id is known.
    pub fn new(user_id: UserId) -> Self {
        Self {
            user_id,
            app_scoped_id: None,
            username: None,
            name: None,
            account_type: None,
        }
    }
}

/// A name of the caller's own for an account, such as `me`. Kept beside the account's key.
///
/// # Errors
/// `account.name` unless it has 1 to 128 characters, none of them control, bidirectional or zero-width ones.
pub fn check_alias(name: &str) -> Result<()> {
    if name.is_empty() || name.chars().count() > 128 || name.chars().any(is_unprintable) {
        return Err(Error::new(ErrorCode::AccountName));
    }
    Ok(())
}
