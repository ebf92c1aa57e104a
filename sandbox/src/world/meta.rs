//! What Meta's products of today remember: Instagram Login, Threads and Facebook Login, each with one of these.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use serde::{Deserialize, Serialize};
use shutterkey::Timestamp;

use super::kept::{Kept, Valued};

/// One day in seconds: the age at which a long-lived token can be refreshed.
pub(crate) const DAY: i64 = 86_400;
/// Life of a code, and of a short-lived token of Instagram Login and Threads.
pub(crate) const SHORT_LIFE: i64 = 3_600;
/// Life of a short-lived token of Facebook Login: "one to two hours" (fact sheet, section 0).
pub(crate) const FACEBOOK_SHORT_LIFE: i64 = 5_400;
/// Life of a long-lived token.
pub(crate) const LONG_LIFE: i64 = 60 * DAY;

#[derive(Clone, Default, Serialize, Deserialize)]
pub(crate) struct MetaWorld {
    pub(crate) apps: Vec<MetaApp>,
    pub(crate) codes: Kept<MetaCode>,
    /// By their value: a fleet has thousands, and every call looks one up.
    pub(crate) tokens: BTreeMap<String, MetaToken>,
    /// The newest tokens of each person and app, oldest first: what a person who logs in all day leaves behind is forgotten.
    #[serde(skip)]
    newest: HashMap<(String, String), VecDeque<String>>,
}

/// How many tokens of one person and app are remembered.
const TOKENS_EACH: usize = 64;

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct MetaApp {
    /// The Meta app id; Instagram Login and Threads have an id of their own beside it.
    pub(crate) meta_app_id: String,
    /// The `client_id`: the Instagram, Threads or (Facebook Login) Meta app id.
    pub(crate) app_id: String,
    pub(crate) app_secret: String,
    pub(crate) owner: String,
    pub(crate) name: String,
    pub(crate) redirect_uris: Vec<String>,
    /// The sandbox's own switch: the real platform refuses http, Facebook's once an app is live.
    pub(crate) allow_loopback_http: bool,
    /// In development only the owner and accepted testers can authorize.
    pub(crate) live: bool,
    pub(crate) testers: Vec<Tester>,
    pub(crate) deauthorize_url: String,
    pub(crate) deletion_url: String,
    /// Facebook Login: *Require App Secret* is on.
    #[serde(default)]
    pub(crate) require_proof: bool,
    /// Facebook Login for Business: saved configurations.
    #[serde(default)]
    pub(crate) configurations: Vec<Configuration>,
    /// Where webhooks go, once the address has answered its challenge.
    #[serde(default)]
    pub(crate) webhook: Option<Webhook>,
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Webhook {
    pub(crate) url: String,
    pub(crate) fields: Vec<String>,
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Tester {
    pub(crate) username: String,
    pub(crate) accepted: bool,
}

/// A saved Login configuration: what a `config_id` stands for (fact sheet 2.1).
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Configuration {
    pub(crate) config_id: String,
    pub(crate) name: String,
    /// A Business Integration System User token instead of the person's own.
    pub(crate) system_user: bool,
    pub(crate) permissions: Vec<String>,
}

impl MetaApp {
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
pub(crate) struct MetaCode {
    pub(crate) code: String,
    pub(crate) app_id: String,
    pub(crate) username: String,
    pub(crate) redirect_uri: String,
    pub(crate) permissions: Vec<String>,
    pub(crate) issued_at: Timestamp,
    pub(crate) used: bool,
    /// Facebook Login: it becomes a system user's token.
    #[serde(default)]
    pub(crate) system_user: bool,
}

impl Valued for MetaCode {
    const LIMIT: usize = 10_000;

    fn value(&self) -> &str {
        &self.code
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum MetaKind {
    Short,
    Long,
    /// Facebook Login: of a Page.
    Page,
    /// Facebook Login for Business: of a system user.
    SystemUser,
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct MetaToken {
    pub(crate) app_id: String,
    pub(crate) username: String,
    pub(crate) kind: MetaKind,
    pub(crate) permissions: Vec<String>,
    pub(crate) issued_at: Timestamp,
    /// `None`: never by time.
    pub(crate) expires_at: Option<Timestamp>,
    /// Why it died before its time.
    #[serde(default)]
    pub(crate) ended: Option<Ended>,
    /// Of a Page's token: the Page.
    #[serde(default)]
    pub(crate) page: Option<String>,
    /// How worlds were written that knew one reason alone.
    #[serde(default, rename = "removed", skip_serializing)]
    was_removed: bool,
}

/// Why a token stopped working before its time (fact sheet 5.4, the subcodes of 190).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Ended {
    /// The person removed the app (458).
    AppRemoved,
    /// The account is at a checkpoint, which the person can clear (459).
    Checkpoint,
    /// The password was changed, or the session was invalidated for security (460).
    PasswordChanged,
    /// The account is not confirmed (464).
    Unconfirmed,
    /// The token became invalid, without a better reason (467).
    Invalid,
    /// Of a Page's token: the person lost their role on the Page (492).
    RoleLost,
}

impl MetaToken {
    pub(crate) fn new(app_id: &str, username: &str, kind: MetaKind, permissions: Vec<String>, now: Timestamp) -> Self {
        let life = match kind {
            MetaKind::Short => Some(SHORT_LIFE),
            MetaKind::Long => Some(LONG_LIFE),
            MetaKind::Page | MetaKind::SystemUser => None,
        };
        Self {
            app_id: app_id.to_owned(),
            username: username.to_owned(),
            kind,
            permissions,
            issued_at: now,
            expires_at: life.map(|life| now.plus(life)),
            ended: None,
            page: None,
            was_removed: false,
        }
    }

    /// As [`Self::new`], with the life that Facebook Login gives.
    pub(crate) fn short_of_facebook(app_id: &str, username: &str, permissions: Vec<String>, now: Timestamp) -> Self {
        let mut token = Self::new(app_id, username, MetaKind::Short, permissions, now);
        token.expires_at = Some(now.plus(FACEBOOK_SHORT_LIFE));
        token
    }

    /// Whether its time is over.
    pub(crate) fn is_expired(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|at| now >= at)
    }
}

impl MetaWorld {
    pub(crate) fn app(&self, app_id: &str) -> Option<&MetaApp> {
        self.apps.iter().find(|app| app.app_id == app_id)
    }

    pub(crate) fn app_mut(&mut self, app_id: &str) -> Option<&mut MetaApp> {
        self.apps.iter_mut().find(|app| app.app_id == app_id)
    }

    pub(crate) fn token(&self, value: &str) -> Option<&MetaToken> {
        self.tokens.get(value)
    }

    /// Remembers a token, unless it is there already; a Page's token is asked for again and again.
    pub(crate) fn keep(&mut self, value: &str, token: MetaToken) {
        let holder = (token.app_id.clone(), token.username.clone());
        if self.tokens.contains_key(value) {
            return;
        }
        self.tokens.insert(value.to_owned(), token);
        let newest = self.newest.entry(holder).or_default();
        newest.push_back(value.to_owned());
        if newest.len() > TOKENS_EACH
            && let Some(oldest) = newest.pop_front()
        {
            self.tokens.remove(&oldest);
        }
    }

    pub(crate) fn code(&self, value: &str) -> Option<&MetaCode> {
        self.codes.get(value)
    }

    pub(crate) fn delete_app(&mut self, app_id: &str) {
        self.apps.retain(|app| app.app_id != app_id);
        self.codes.retain(|code| code.app_id != app_id);
        self.tokens.retain(|_, token| token.app_id != app_id);
        self.newest.retain(|(app, _), _| app != app_id);
    }

    /// A person removes an app: its tokens answer 190/458 from now on. Answers how many lived.
    pub(crate) fn remove(&mut self, app_id: &str, username: &str) -> usize {
        let mut lived = 0;
        for token in self.tokens.values_mut() {
            if token.app_id == app_id && token.username == username {
                lived += usize::from(token.ended.is_none());
                token.ended = Some(Ended::AppRemoved);
            }
        }
        self.codes
            .retain(|code| code.app_id != app_id || code.username != username);
        lived
    }

    /// The apps that have a living token of this person.
    pub(crate) fn apps_of(&self, username: &str) -> BTreeSet<String> {
        let mine = self
            .tokens
            .values()
            .filter(|t| t.username == username && t.ended.is_none());
        mine.map(|token| token.app_id.clone()).collect()
    }

    /// Ends the tokens of a person that are not ended yet; answers how many.
    pub(crate) fn end(&mut self, username: &str, why: Ended) -> usize {
        let mine = self.tokens.values_mut().filter(|token| {
            let fits = why != Ended::RoleLost || token.kind == MetaKind::Page;
            token.username == username && token.ended.is_none() && fits
        });
        mine.map(|token| token.ended = Some(why)).count()
    }

    /// A person clears a checkpoint: the same tokens live again. Answers how many.
    pub(crate) fn clear_checkpoint(&mut self, username: &str) -> usize {
        let stopped = self
            .tokens
            .values_mut()
            .filter(|token| token.username == username && token.ended == Some(Ended::Checkpoint));
        stopped.map(|token| token.ended = None).count()
    }

    /// The tokens of a person end now by time; answers how many.
    pub(crate) fn expire(&mut self, username: &str, now: Timestamp) -> usize {
        let mine = self
            .tokens
            .values_mut()
            .filter(|token| token.username == username && !token.is_expired(now));
        mine.map(|token| token.expires_at = Some(now)).count()
    }

    /// Takes over what older worlds said in another way.
    pub(super) fn migrate(&mut self) {
        for token in self.tokens.values_mut().filter(|token| token.was_removed) {
            token.ended = Some(Ended::AppRemoved);
        }
        let mut all: Vec<(&String, &MetaToken)> = self.tokens.iter().collect();
        all.sort_by_key(|(_, token)| token.issued_at);
        for (value, token) in all {
            let holder = (token.app_id.clone(), token.username.clone());
            self.newest.entry(holder).or_default().push_back(value.clone());
        }
    }
}
