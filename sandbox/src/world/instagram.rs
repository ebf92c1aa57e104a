//! What today's Instagram Login remembers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use shutterkey::Timestamp;

/// One day in seconds: the age at which a long-lived token can be refreshed.
pub(crate) const DAY: i64 = 86_400;
/// Life of a code and of a short-lived token.
pub(crate) const SHORT_LIFE: i64 = 3_600;
/// Life of a long-lived token.
pub(crate) const LONG_LIFE: i64 = 60 * DAY;

#[derive(Clone, Default, Serialize, Deserialize)]
pub(crate) struct IgWorld {
    pub(crate) apps: Vec<IgApp>,
    pub(crate) codes: Vec<IgCode>,
    /// By their value: a fleet has thousands, and every call looks one up.
    pub(crate) tokens: BTreeMap<String, IgToken>,
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct IgApp {
    /// The Meta app id, which is *not* what Instagram Login wants.
    pub(crate) meta_app_id: String,
    /// The Instagram app id: the `client_id`.
    pub(crate) app_id: String,
    pub(crate) app_secret: String,
    pub(crate) owner: String,
    pub(crate) name: String,
    pub(crate) redirect_uris: Vec<String>,
    /// The sandbox's own switch: the real platform refuses http.
    pub(crate) allow_loopback_http: bool,
    /// In development only the owner and accepted testers can authorize.
    pub(crate) live: bool,
    pub(crate) testers: Vec<Tester>,
    pub(crate) deauthorize_url: String,
    pub(crate) deletion_url: String,
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Tester {
    pub(crate) username: String,
    pub(crate) accepted: bool,
}

impl IgApp {
    /// Whether the person has a role on the app.
    pub(crate) fn has_role(&self, username: &str) -> bool {
        self.owner == username
            || self
                .testers
                .iter()
                .any(|tester| tester.accepted && tester.username == username)
    }

    pub(crate) fn admits(&self, username: &str) -> bool {
        self.live || self.has_role(username)
    }
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct IgCode {
    pub(crate) code: String,
    pub(crate) app_id: String,
    pub(crate) username: String,
    pub(crate) redirect_uri: String,
    pub(crate) permissions: Vec<String>,
    pub(crate) issued_at: Timestamp,
    pub(crate) used: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum IgKind {
    Short,
    Long,
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct IgToken {
    pub(crate) app_id: String,
    pub(crate) username: String,
    pub(crate) kind: IgKind,
    pub(crate) permissions: Vec<String>,
    pub(crate) issued_at: Timestamp,
    pub(crate) expires_at: Timestamp,
    /// The person removed the app: every call answers 190/458.
    pub(crate) removed: bool,
}

impl IgWorld {
    pub(crate) fn app(&self, app_id: &str) -> Option<&IgApp> {
        self.apps.iter().find(|app| app.app_id == app_id)
    }

    pub(crate) fn app_mut(&mut self, app_id: &str) -> Option<&mut IgApp> {
        self.apps.iter_mut().find(|app| app.app_id == app_id)
    }

    pub(crate) fn token(&self, value: &str) -> Option<&IgToken> {
        self.tokens.get(value)
    }

    pub(crate) fn delete_app(&mut self, app_id: &str) {
        self.apps.retain(|app| app.app_id != app_id);
        self.codes.retain(|code| code.app_id != app_id);
        self.tokens.retain(|_, token| token.app_id != app_id);
    }

    /// A person removes an app: its tokens answer 190/458 from now on.
    pub(crate) fn remove(&mut self, app_id: &str, username: &str) {
        for token in self
            .tokens
            .values_mut()
            .filter(|t| t.app_id == app_id && t.username == username)
        {
            token.removed = true;
        }
        self.codes
            .retain(|code| code.app_id != app_id || code.username != username);
    }
}
