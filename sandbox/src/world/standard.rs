//! What the RFC 6749 server remembers.

use serde::{Deserialize, Serialize};
use shutterkey::Timestamp;

use super::kept::{Kept, Valued};

#[derive(Clone, Default, Serialize, Deserialize)]
pub(crate) struct StdWorld {
    pub(crate) clients: Vec<StdClient>,
    pub(crate) codes: Kept<StdCode>,
    pub(crate) grants: Kept<StdGrant>,
    pub(crate) tokens: Kept<StdToken>,
    pub(crate) refreshes: Kept<StdRefresh>,
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct StdClient {
    pub(crate) client_id: String,
    /// Absent for a public client.
    pub(crate) client_secret: Option<String>,
    pub(crate) owner: String,
    pub(crate) name: String,
    pub(crate) redirect_uris: Vec<String>,
    /// PKCE is demanded, which is the default.
    pub(crate) require_pkce: bool,
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct StdCode {
    pub(crate) code: String,
    pub(crate) client_id: String,
    pub(crate) username: String,
    /// As sent in the authorization request; absent when it was left out there.
    pub(crate) redirect_uri: Option<String>,
    pub(crate) scopes: Vec<String>,
    pub(crate) challenge: Option<String>,
    pub(crate) issued_at: Timestamp,
    /// The grant made from this code, once it was used.
    pub(crate) grant: Option<String>,
}

/// What a person allowed a client, and the family of tokens that came of it.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct StdGrant {
    pub(crate) id: String,
    pub(crate) client_id: String,
    pub(crate) username: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) revoked: bool,
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct StdToken {
    pub(crate) token: String,
    pub(crate) grant: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) expires_at: Timestamp,
    pub(crate) revoked: bool,
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct StdRefresh {
    pub(crate) token: String,
    pub(crate) grant: String,
    /// Already exchanged for a newer one; seeing it again revokes the whole grant (RFC 9700 4.14.2).
    pub(crate) used: bool,
}

impl Valued for StdCode {
    const LIMIT: usize = 10_000;

    fn value(&self) -> &str {
        &self.code
    }
}

impl Valued for StdGrant {
    const LIMIT: usize = 1_000_000;

    fn value(&self) -> &str {
        &self.id
    }
}

impl Valued for StdToken {
    const LIMIT: usize = 1_000_000;

    fn value(&self) -> &str {
        &self.token
    }
}

impl Valued for StdRefresh {
    const LIMIT: usize = 1_000_000;

    fn value(&self) -> &str {
        &self.token
    }
}

impl StdWorld {
    pub(crate) fn client(&self, client_id: &str) -> Option<&StdClient> {
        self.clients.iter().find(|client| client.client_id == client_id)
    }

    pub(crate) fn client_mut(&mut self, client_id: &str) -> Option<&mut StdClient> {
        self.clients.iter_mut().find(|client| client.client_id == client_id)
    }

    /// The grant with this id, unless it was revoked.
    pub(crate) fn live_grant(&self, id: &str) -> Option<&StdGrant> {
        self.grants.get(id).filter(|grant| !grant.revoked)
    }

    /// Person and client of a token, a refresh token or a code.
    pub(crate) fn holder(&self, value: &str) -> Option<(String, String)> {
        if let Some(code) = self.codes.get(value) {
            return Some((code.username.clone(), code.client_id.clone()));
        }
        let access = self.tokens.get(value).map(|token| &token.grant);
        let refresh = self.refreshes.get(value).map(|token| &token.grant);
        let id = access.or(refresh)?;
        let grant = self.grants.get(id)?;
        Some((grant.username.clone(), grant.client_id.clone()))
    }

    pub(crate) fn revoke_grant(&mut self, id: &str) {
        if let Some(grant) = self.grants.get_mut(id) {
            grant.revoked = true;
        }
    }

    /// The access tokens of a person end now by time; answers how many.
    pub(crate) fn expire(&mut self, username: &str, now: Timestamp) -> usize {
        let grants: Vec<&str> = self
            .grants
            .iter()
            .filter(|grant| grant.username == username)
            .map(|grant| grant.id.as_str())
            .collect();
        let mine = self
            .tokens
            .values_mut()
            .filter(|token| grants.contains(&token.grant.as_str()) && token.expires_at > now);
        mine.map(|token| token.expires_at = now).count()
    }

    /// What a person allowed ends, whichever client has it; answers how many grants.
    pub(crate) fn end(&mut self, username: &str) -> usize {
        let mine = self
            .grants
            .values_mut()
            .filter(|g| g.username == username && !g.revoked);
        mine.map(|grant| grant.revoked = true).count()
    }

    /// A person ends what they allowed a client.
    pub(crate) fn revoke(&mut self, client_id: &str, username: &str) {
        for grant in self
            .grants
            .values_mut()
            .filter(|g| g.client_id == client_id && g.username == username)
        {
            grant.revoked = true;
        }
        self.codes
            .retain(|code| code.client_id != client_id || code.username != username);
    }

    pub(crate) fn delete_client(&mut self, client_id: &str) {
        let gone: Vec<String> = self
            .grants
            .iter()
            .filter(|g| g.client_id == client_id)
            .map(|g| g.id.clone())
            .collect();
        self.clients.retain(|client| client.client_id != client_id);
        self.codes.retain(|code| code.client_id != client_id);
        self.grants.retain(|grant| grant.client_id != client_id);
        self.tokens.retain(|token| !gone.contains(&token.grant));
        self.refreshes.retain(|refresh| !gone.contains(&refresh.grant));
    }
}
