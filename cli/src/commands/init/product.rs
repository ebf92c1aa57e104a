//! What each product calls things, and where its dashboard has them (fact sheet 1.1, 2.1, 2.7, 3, 4.2).

use crate::args::ProviderName;

/// What people meet in a product's dashboard.
pub(super) struct Product {
    /// What the client id is called there.
    pub(super) app_id: &'static str,
    /// Where that is.
    pub(super) app_id_at: &'static str,
    /// What the secret is called there.
    pub(super) secret: &'static str,
    /// Where the redirect URI is entered.
    pub(super) redirect_at: &'static str,
    /// What that field is called.
    pub(super) redirect_field: &'static str,
    /// A redirect URI that works from a terminal.
    pub(super) redirect_uri: &'static str,
    /// Why that one.
    pub(super) why: &'static str,
    /// What is asked for unless something else is said.
    pub(super) scopes: &'static [&'static str],
    /// Who can log in before the app has been reviewed.
    pub(super) who: Option<&'static str>,
}

pub(super) const fn of(provider: ProviderName) -> Product {
    match provider {
        ProviderName::Instagram => Product {
            app_id: "Instagram app ID",
            app_id_at: "App Dashboard > Instagram > API setup with Instagram login > Business login settings. It is not the Meta app ID at the top of the dashboard.",
            secret: "Instagram app secret",
            redirect_at: "App Dashboard > Instagram > API setup with Instagram login > Business login settings",
            redirect_field: "OAuth redirect URIs",
            redirect_uri: "https://localhost/",
            why: "Instagram refuses http, even on localhost. https://localhost/ ends on a page that does not load, whose address you paste into the terminal; with a certificate (--tls-cert) or a tunnel (--listen) the answer comes back by itself.",
            scopes: &["instagram_business_basic"],
            who: Some(
                "App Dashboard > App roles > Roles: until the app has been reviewed, add the account as Instagram Tester, and accept in Instagram under Settings > Apps and websites > Tester invites.",
            ),
        },
        ProviderName::Facebook => Product {
            app_id: "App ID",
            app_id_at: "App Dashboard > App settings > Basic, also at the top of the dashboard.",
            secret: "App secret",
            redirect_at: "App Dashboard > Facebook Login for Business > Settings > Client OAuth settings",
            redirect_field: "Valid OAuth Redirect URIs",
            redirect_uri: "http://localhost:8911/callback",
            why: "http on localhost is taken while the app is in development mode, without being entered anywhere. A live app takes https only.",
            scopes: &["instagram_basic", "pages_show_list", "business_management"],
            who: Some(
                "The person needs a Page with a linked professional Instagram account; while the app is in development mode, also a role on it: App Dashboard > App roles > Roles.",
            ),
        },
        ProviderName::Threads => Product {
            app_id: "Threads app ID",
            app_id_at: "App Dashboard > App settings > Basic. It is not the Meta app ID.",
            secret: "Threads app secret",
            redirect_at: "App Dashboard > Use cases > Access the Threads API > Settings",
            redirect_field: "Redirect callback URLs",
            redirect_uri: "https://localhost/",
            why: "Threads takes https. https://localhost/ ends on a page that does not load, whose address you paste into the terminal; with a certificate (--tls-cert) or a tunnel (--listen) the answer comes back by itself.",
            scopes: &["threads_basic"],
            who: Some(
                "App Dashboard > App roles > Roles: until the app has been reviewed, add the account as Threads Tester, and accept in the account's own settings.",
            ),
        },
        ProviderName::Legacy => Product {
            app_id: "CLIENT ID",
            app_id_at: "Manage Clients, on the sandbox's pages below /legacy/developer/: 32 hexadecimal digits.",
            secret: "CLIENT SECRET",
            redirect_at: "Manage Clients > Manage > Details, in the sandbox",
            redirect_field: "Valid redirect URIs",
            redirect_uri: "http://localhost:8911/callback",
            why: "The old platform took http on localhost, so the answer comes straight back.",
            scopes: &["basic"],
            who: None,
        },
        ProviderName::Standard => Product {
            app_id: "client id",
            app_id_at: "Your server gives it when you register a client.",
            secret: "client secret",
            redirect_at: "Your server's settings of this client",
            redirect_field: "redirect URIs",
            redirect_uri: "http://127.0.0.1:8911/callback",
            why: "RFC 8252 has native programs listen on a loopback address, so the answer comes straight back.",
            scopes: &[],
            who: None,
        },
    }
}
