//! Why Instagram accounts are missing from a list: the question that an empty answer leaves open (fact sheet 6, no. 15).

use std::borrow::Cow;

use crate::protocol::answer::Permissions;

/// Without these no Page is listed, and no account behind it shown (fact sheet 1.8, 2.1).
const NEEDED: [&str; 2] = ["pages_show_list", "instagram_basic"];

/// Without this the Pages that a business portfolio owns are left out (fact sheet 2.5).
const PORTFOLIO: &str = "business_management";

/// Why Instagram accounts are missing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MissingAccounts {
    /// The login never asked for this permission.
    MissingPermission(&'static str),
    /// The person declined this permission, or took it back.
    DeclinedPermission(&'static str),
    /// This permission lapsed: it was not used for 90 days.
    ExpiredPermission(&'static str),
    /// Pages that a business portfolio owns are left out, since `business_management` is not granted.
    PortfolioPages,
    /// The person manages no Page, or selected none in the login dialog.
    NoPages,
    /// There are Pages, and none of them has a professional account linked.
    NotLinked {
        /// How many there are.
        pages: usize,
    },
}

impl MissingAccounts {
    /// Why there are no accounts behind this many Pages.
    pub(super) fn of(permissions: &Permissions, pages: usize) -> Self {
        let portfolio = || Self::portfolio(permissions).filter(|_| pages == 0);
        Self::lacking(permissions).or_else(portfolio).unwrap_or(match pages {
            0 => Self::NoPages,
            pages => Self::NotLinked { pages },
        })
    }

    /// The first of the needed permissions that is not granted.
    pub(super) fn lacking(permissions: &Permissions) -> Option<Self> {
        let name = NEEDED.into_iter().find(|name| !permissions.granted.contains(name))?;
        Some(if permissions.declined.contains(name) {
            Self::DeclinedPermission(name)
        } else if permissions.expired.contains(name) {
            Self::ExpiredPermission(name)
        } else {
            Self::MissingPermission(name)
        })
    }

    /// That Pages of a portfolio are left out.
    pub(super) fn portfolio(permissions: &Permissions) -> Option<Self> {
        (!permissions.granted.contains(PORTFOLIO)).then_some(Self::PortfolioPages)
    }

    /// The stable name: `missing_permission`, `declined_permission`, `expired_permission`, `portfolio_pages`, `no_pages`,
    /// `not_linked`.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::MissingPermission(_) => "missing_permission",
            Self::DeclinedPermission(_) => "declined_permission",
            Self::ExpiredPermission(_) => "expired_permission",
            Self::PortfolioPages => "portfolio_pages",
            Self::NoPages => "no_pages",
            Self::NotLinked { .. } => "not_linked",
        }
    }

    /// The permission that it is about.
    pub const fn permission(&self) -> Option<&'static str> {
        match self {
            Self::MissingPermission(name) | Self::DeclinedPermission(name) | Self::ExpiredPermission(name) => {
                Some(name)
            }
            Self::PortfolioPages => Some(PORTFOLIO),
            Self::NoPages | Self::NotLinked { .. } => None,
        }
    }

    /// What is the matter, in a sentence.
    pub fn message(&self) -> Cow<'static, str> {
        match self {
            Self::MissingPermission(name) => format!("The login did not ask for {name}.").into(),
            Self::DeclinedPermission(name) => format!("The person did not grant {name}.").into(),
            Self::ExpiredPermission(name) => {
                format!("The permission {name} has expired, since it was not used.").into()
            }
            Self::PortfolioPages => {
                "Pages that a business portfolio owns are left out, since business_management is not granted.".into()
            }
            Self::NoPages => "The person manages no Facebook Page, or selected none in the login dialog.".into(),
            Self::NotLinked { pages: 1 } => {
                "The one Page that is visible has no professional Instagram account linked.".into()
            }
            Self::NotLinked { pages } => {
                format!("Of the {pages} Pages that are visible, none has a professional Instagram account linked.")
                    .into()
            }
        }
    }

    /// What to do about it.
    pub const fn hint(&self) -> &'static str {
        match self {
            Self::MissingPermission(_) => {
                "Add it to the scopes, or to the Login configuration, and log in again. The permission must also be added to the app's use case."
            }
            Self::DeclinedPermission(_) => {
                "Say what it is for, and ask again: a login with auth_type=rerequest shows declined permissions once more."
            }
            Self::ExpiredPermission(_) => "Log in again; Meta takes back permissions that were not used for 90 days.",
            Self::PortfolioPages => {
                "Add business_management to the scopes, or to the Login configuration, and log in again."
            }
            Self::NoPages => {
                "Instagram accounts are reached through a Page here: log in again and select the Page in the dialog. The person needs a role on it. Instagram Login needs no Page."
            }
            Self::NotLinked { .. } => {
                "Make the Instagram account a professional one (Business or Creator) and link it to the Page, in the Page's settings. Instagram Login needs no Page."
            }
        }
    }
}
