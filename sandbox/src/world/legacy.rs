//! What the platform of the 2010s remembers.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use shutterkey::Timestamp;

use super::kept::{Kept, Valued};

#[derive(Clone, Default, Serialize, Deserialize)]
pub(crate) struct LegacyWorld {
    /// Usernames that signed up as developers.
    pub(crate) developers: BTreeSet<String>,
    pub(crate) clients: Vec<LegacyClient>,
    pub(crate) codes: Kept<LegacyCode>,
    pub(crate) tokens: Kept<LegacyToken>,
    /// Calls per token in its present hour; not worth keeping.
    #[serde(skip)]
    pub(crate) calls: BTreeMap<String, (Timestamp, u32)>,
}

/// One registered client (fact sheet 4.2.1).
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct LegacyClient {
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    pub(crate) owner: String,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) company: String,
    pub(crate) website: String,
    pub(crate) redirect_uris: Vec<String>,
    pub(crate) privacy_policy: String,
    pub(crate) contact_email: String,
    pub(crate) disable_implicit: bool,
    pub(crate) enforce_signed: bool,
    /// "Sandbox Mode" lets only the owner and the invited authorize; a live client has no such limit.
    pub(crate) live: bool,
    pub(crate) sandbox_users: BTreeSet<String>,
}

impl LegacyClient {
    pub(crate) fn admits(&self, username: &str) -> bool {
        self.live || self.owner == username || self.sandbox_users.contains(username)
    }

    /// Calls per hour and token (fact sheet 4.2.6).
    pub(crate) fn hourly_limit(&self) -> u32 {
        if self.live { 5_000 } else { 500 }
    }
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct LegacyCode {
    pub(crate) code: String,
    pub(crate) client_id: String,
    pub(crate) username: String,
    pub(crate) redirect_uri: String,
    pub(crate) issued_at: Timestamp,
    pub(crate) used: bool,
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct LegacyToken {
    pub(crate) token: String,
    pub(crate) client_id: String,
    pub(crate) username: String,
    pub(crate) scopes: BTreeSet<String>,
    pub(crate) issued_at: Timestamp,
    pub(crate) revoked: bool,
}

impl Valued for LegacyCode {
    const LIMIT: usize = 10_000;

    fn value(&self) -> &str {
        &self.code
    }
}

impl Valued for LegacyToken {
    const LIMIT: usize = 1_000_000;

    fn value(&self) -> &str {
        &self.token
    }
}

impl LegacyWorld {
    pub(crate) fn client(&self, client_id: &str) -> Option<&LegacyClient> {
        self.clients.iter().find(|client| client.client_id == client_id)
    }

    pub(crate) fn client_mut(&mut self, client_id: &str) -> Option<&mut LegacyClient> {
        self.clients.iter_mut().find(|client| client.client_id == client_id)
    }

    /// The token with this value, if it was not revoked.
    pub(crate) fn live_token(&self, value: &str) -> Option<&LegacyToken> {
        self.tokens.get(value).filter(|token| !token.revoked)
    }

    /// Person and client of a token or a code.
    pub(crate) fn holder(&self, value: &str) -> Option<(String, String)> {
        let token = self.tokens.get(value);
        let code = || self.codes.get(value);
        token
            .map(|token| (token.username.clone(), token.client_id.clone()))
            .or_else(|| code().map(|code| (code.username.clone(), code.client_id.clone())))
    }

    /// Removes a client and all that it was given.
    pub(crate) fn delete_client(&mut self, client_id: &str) {
        self.clients.retain(|client| client.client_id != client_id);
        self.codes.retain(|code| code.client_id != client_id);
        self.tokens.retain(|token| token.client_id != client_id);
    }

    /// A person's tokens die, whichever client has them; answers how many.
    pub(crate) fn end(&mut self, username: &str) -> usize {
        let mine = self
            .tokens
            .values_mut()
            .filter(|t| t.username == username && !t.revoked);
        mine.map(|token| token.revoked = true).count()
    }

    /// Ends a person's authorization of a client: its token is dead from now on, and codes in flight as well.
    pub(crate) fn revoke(&mut self, client_id: &str, username: &str) {
        for token in self
            .tokens
            .values_mut()
            .filter(|t| t.client_id == client_id && t.username == username)
        {
            token.revoked = true;
        }
        self.codes
            .retain(|code| code.client_id != client_id || code.username != username);
    }
}
