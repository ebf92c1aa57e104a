//! Instagram API with Facebook Login for Business (fact sheet 2).

use std::borrow::Cow;

use super::{
    Accounts, AppToken, ClientAuth, Exchange, Extend, Identify, Inspect, Lifetimes, ProviderData, Refresh,
    ResponseType, Revoke, TokenKind, known,
};
use crate::config::{ClientIdKind, RedirectRules};
use crate::scope::ScopeTable;

/// How tokens begin that a sandbox made.
pub(super) const SANDBOX_MARK: &str = "EAASANDBOX";

pub(super) const SCOPES: ScopeTable = ScopeTable {
    // A saved Login configuration (`config_id`) takes the place of scopes, so none is mandatory.
    base: None,
    known: &[
        "instagram_basic",
        "instagram_content_publish",
        "instagram_manage_comments",
        "instagram_manage_insights",
        "instagram_manage_messages",
        "instagram_manage_contents",
        "instagram_manage_engagement",
        "instagram_manage_events",
        "instagram_manage_upcoming_events",
        "instagram_shopping_tag_products",
        "instagram_branded_content_ads_brand",
        "instagram_branded_content_brand",
        "instagram_branded_content_creator",
        "instagram_creator_marketplace_discovery",
        "instagram_creator_marketplace_messaging",
        "pages_show_list",
        "pages_read_engagement",
        "pages_manage_metadata",
        "business_management",
        "ads_management",
        "ads_read",
        "email",
        "public_profile",
    ],
    retired: &[
        ("user_profile", "instagram_basic"),
        ("user_media", "instagram_basic"),
        ("basic", "instagram_basic"),
    ],
    open: false,
};

pub(super) fn data() -> ProviderData {
    ProviderData {
        id: "facebook".into(),
        name: "Facebook Login for Business".into(),
        origin: "https://www.facebook.com".to_owned(),
        sandbox: false,
        authorize: known("https://www.facebook.com/v26.0/dialog/oauth"),
        token: known("https://graph.facebook.com/v26.0/oauth/access_token"),
        exchange: Exchange {
            post: false,
            auth: ClientAuth::SecretInBody,
            kind: TokenKind::Short,
        },
        extend: known("https://graph.facebook.com/v26.0/oauth/access_token").map(|endpoint| Extend {
            endpoint,
            grant_type: "fb_exchange_token",
            token_parameter: "fb_exchange_token",
            sends_client_id: true,
        }),
        refresh: Refresh::None("Facebook Login has no refresh: log in again before the token's 60 days are over"),
        identify: known("https://graph.facebook.com/v26.0/me").map(|endpoint| Identify {
            endpoint,
            fields: Some("id,name"),
            token_in_query: true,
            user_id: "id",
            app_scoped_id: None,
        }),
        revoke: known("https://graph.facebook.com/v26.0").map(Revoke::DeletePermissions),
        secret_proof: true,
        app_token: known("https://graph.facebook.com/oauth/access_token")
            .map(|endpoint| AppToken { endpoint, prefix: "" }),
        inspect: match known("https://graph.facebook.com/debug_token") {
            Some(endpoint) => Inspect::DebugToken(endpoint),
            None => Inspect::None("ask /me whether the token lives"),
        },
        permissions: known("https://graph.facebook.com/v26.0"),
        accounts: match known("https://graph.facebook.com/v26.0/me/accounts") {
            Some(endpoint) => Accounts::Pages(endpoint),
            None => Accounts::None("it lists no Pages"),
        },
        issuer: None,
        iss_promised: false,
        response_types: Cow::Borrowed(&[ResponseType::Code, ResponseType::Token]),
        // Documented for the OpenID variant alone, which yields no Instagram permission.
        pkce: false,
        scope_joiner: ',',
        scopes: SCOPES,
        authorize_extra: &[],
        force_reauth: false,
        redirect_rules: RedirectRules {
            loopback_http: true,
            any_http: false,
            custom_scheme: false,
        },
        client_id: ClientIdKind::MetaApp,
        lifetimes: Lifetimes {
            short: Some(3_600),
            refresh_from: 0,
        },
        sandbox_mark: Some(SANDBOX_MARK),
    }
}
