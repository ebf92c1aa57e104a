//! The Instagram platform of 2010 to 2020 (fact sheet 4.2). Switched off on 2020-06-29: it lives in the sandbox.

use std::borrow::Cow;

use super::{
    Accounts, ClientAuth, Exchange, Identify, Inspect, Lifetimes, ProviderData, Refresh, ResponseType, TokenKind,
};
use crate::config::{ClientIdKind, Endpoint, RedirectRules};
use crate::error::Result;
use crate::scope::ScopeTable;

pub(super) const SCOPES: ScopeTable = ScopeTable {
    base: None,
    known: &[
        "basic",
        "public_content",
        "follower_list",
        "comments",
        "relationships",
        "likes",
    ],
    retired: &[],
    open: false,
};

pub(super) fn data() -> ProviderData {
    ProviderData {
        id: "legacy".into(),
        name: "Instagram (legacy platform)".into(),
        origin: "https://api.instagram.com/legacy".to_owned(),
        sandbox: false,
        // No endpoint until a sandbox gives it some: nothing may be sent to the old hosts.
        authorize: None,
        token: None,
        exchange: Exchange {
            post: true,
            auth: ClientAuth::SecretInBody,
            kind: TokenKind::Permanent,
        },
        extend: None,
        refresh: Refresh::None("legacy tokens have no stated expiry and are not refreshed"),
        identify: None,
        revoke: None,
        secret_proof: false,
        app_token: None,
        inspect: Inspect::None("it had no such call; /users/self tells whether the token lives and whose it is"),
        permissions: None,
        accounts: Accounts::None("its tokens are one account's own, and identify tells whose"),
        issuer: None,
        iss_promised: false,
        response_types: Cow::Borrowed(&[ResponseType::Code, ResponseType::Token]),
        pkce: false,
        scope_joiner: ' ',
        scopes: SCOPES,
        authorize_extra: &[],
        force_reauth: false,
        redirect_rules: RedirectRules {
            loopback_http: true,
            any_http: true,
            custom_scheme: false,
        },
        client_id: ClientIdKind::Legacy,
        lifetimes: Lifetimes {
            short: None,
            refresh_from: 0,
        },
        sandbox_mark: None,
    }
}

/// Gives the platform its paths below a sandbox.
pub(super) fn place(data: &mut ProviderData, base: &str) -> Result<()> {
    data.authorize = Some(Endpoint::of_sandbox(&format!("{base}/oauth/authorize/"))?);
    data.token = Some(Endpoint::of_sandbox(&format!("{base}/oauth/access_token"))?);
    data.identify = Some(Identify {
        endpoint: Endpoint::of_sandbox(&format!("{base}/v1/users/self/"))?,
        fields: None,
        token_in_query: true,
        user_id: "id",
        app_scoped_id: None,
    });
    Ok(())
}
