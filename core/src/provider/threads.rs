//! Threads API (fact sheet 3). Its hosts are moving from threads.net to threads.com; each call uses the documented one.

use std::borrow::Cow;

use super::{
    Accounts, AppToken, ClientAuth, Exchange, Extend, Identify, Inspect, Lifetimes, ProviderData, Refresh,
    ResponseType, TokenKind, known,
};
use crate::config::{ClientIdKind, RedirectRules};
use crate::scope::ScopeTable;

/// How tokens begin that a sandbox made.
pub(super) const SANDBOX_MARK: &str = "THAASANDBOX";

pub(super) const SCOPES: ScopeTable = ScopeTable {
    base: Some("threads_basic"),
    known: &[
        "threads_basic",
        "threads_content_publish",
        "threads_read_replies",
        "threads_manage_replies",
        "threads_manage_insights",
        "threads_keyword_search",
        "threads_manage_mentions",
        "threads_delete",
        "threads_location_tagging",
        "threads_profile_discovery",
        "threads_share_to_instagram",
    ],
    retired: &[],
    open: false,
};

pub(super) fn data() -> ProviderData {
    ProviderData {
        id: "threads".into(),
        name: "Threads".into(),
        origin: "https://threads.com".to_owned(),
        sandbox: false,
        authorize: known("https://threads.com/oauth/authorize"),
        token: known("https://graph.threads.com/oauth/access_token"),
        exchange: Exchange {
            post: true,
            auth: ClientAuth::SecretInBody,
            kind: TokenKind::Short,
        },
        extend: known("https://graph.threads.net/access_token").map(|endpoint| Extend {
            endpoint,
            grant_type: "th_exchange_token",
            token_parameter: "access_token",
            sends_client_id: false,
        }),
        refresh: match known("https://graph.threads.net/refresh_access_token") {
            Some(endpoint) => Refresh::LongLived {
                endpoint,
                grant_type: "th_refresh_token",
            },
            None => Refresh::None("log in again"),
        },
        identify: known("https://graph.threads.net/v1.0/me").map(|endpoint| Identify {
            endpoint,
            fields: Some("id,username,name"),
            token_in_query: true,
            user_id: "id",
            app_scoped_id: None,
        }),
        revoke: None,
        secret_proof: false,
        app_token: known("https://graph.threads.com/oauth/access_token").map(|endpoint| AppToken {
            endpoint,
            prefix: "TH|",
        }),
        inspect: match known("https://graph.threads.com/v1.0/debug_token") {
            Some(endpoint) => Inspect::DebugToken(endpoint),
            None => Inspect::None("ask /me whether the token lives"),
        },
        permissions: None,
        accounts: Accounts::None(
            "its tokens are for Threads profiles; Instagram accounts take Instagram Login or Facebook Login for Business",
        ),
        issuer: None,
        iss_promised: false,
        response_types: Cow::Borrowed(&[ResponseType::Code]),
        pkce: false,
        scope_joiner: ',',
        scopes: SCOPES,
        authorize_extra: &[],
        force_reauth: false,
        redirect_rules: RedirectRules {
            loopback_http: false,
            any_http: false,
            custom_scheme: false,
        },
        client_id: ClientIdKind::ThreadsApp,
        lifetimes: Lifetimes {
            short: Some(3_600),
            refresh_from: 86_400,
        },
        sandbox_mark: Some(SANDBOX_MARK),
    }
}
