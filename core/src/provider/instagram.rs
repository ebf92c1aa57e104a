//! Instagram API with Instagram Login (fact sheet 1).

use std::borrow::Cow;

use super::{
    Accounts, ClientAuth, Exchange, Extend, Identify, Inspect, Lifetimes, ProviderData, Refresh, ResponseType,
    TokenKind, known,
};
use crate::config::{ClientIdKind, RedirectRules};
use crate::scope::ScopeTable;

/// How tokens begin that a sandbox made.
pub(super) const SANDBOX_MARK: &str = "IGAASANDBOX";

pub(super) const SCOPES: ScopeTable = ScopeTable {
    base: Some("instagram_business_basic"),
    known: &[
        "instagram_business_basic",
        "instagram_business_content_publish",
        "instagram_business_manage_comments",
        "instagram_business_manage_messages",
        "instagram_business_manage_insights",
    ],
    // The short names died on 2025-01-27, Basic Display's on 2024-12-04, the legacy platform's on 2020-06-29.
    retired: &[
        ("business_basic", "instagram_business_basic"),
        ("business_content_publish", "instagram_business_content_publish"),
        ("business_manage_comments", "instagram_business_manage_comments"),
        ("business_manage_messages", "instagram_business_manage_messages"),
        ("user_profile", "instagram_business_basic"),
        ("user_media", "instagram_business_basic"),
        ("basic", "instagram_business_basic"),
        ("public_content", "instagram_business_basic (own media only)"),
        ("comments", "instagram_business_manage_comments"),
    ],
    open: false,
};

pub(super) fn data() -> ProviderData {
    ProviderData {
        id: "instagram".into(),
        name: "Instagram Login".into(),
        origin: "https://www.instagram.com".to_owned(),
        sandbox: false,
        authorize: known("https://www.instagram.com/oauth/authorize"),
        token: known("https://api.instagram.com/oauth/access_token"),
        exchange: Exchange {
            post: true,
            auth: ClientAuth::SecretInBody,
            kind: TokenKind::Short,
        },
        extend: known("https://graph.instagram.com/access_token").map(|endpoint| Extend {
            endpoint,
            grant_type: "ig_exchange_token",
            token_parameter: "access_token",
            sends_client_id: false,
        }),
        refresh: match known("https://graph.instagram.com/refresh_access_token") {
            Some(endpoint) => Refresh::LongLived {
                endpoint,
                grant_type: "ig_refresh_token",
            },
            None => Refresh::None("log in again"),
        },
        identify: known("https://graph.instagram.com/v26.0/me").map(|endpoint| Identify {
            endpoint,
            fields: Some("id,user_id,username,name,account_type"),
            token_in_query: true,
            user_id: "user_id",
            app_scoped_id: Some("id"),
        }),
        revoke: None,
        secret_proof: false,
        app_token: None,
        inspect: Inspect::None("it documents no debug_token; /me tells whether the token lives and whose it is"),
        permissions: None,
        accounts: Accounts::Own,
        issuer: None,
        iss_promised: false,
        response_types: Cow::Borrowed(&[ResponseType::Code]),
        pkce: false,
        scope_joiner: ',',
        scopes: SCOPES,
        authorize_extra: &[],
        force_reauth: true,
        redirect_rules: RedirectRules {
            loopback_http: false,
            any_http: false,
            custom_scheme: false,
        },
        client_id: ClientIdKind::InstagramApp,
        lifetimes: Lifetimes {
            short: Some(3_600),
            refresh_from: 86_400,
        },
        sandbox_mark: Some(SANDBOX_MARK),
    }
}
