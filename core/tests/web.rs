//! What the routes of a site answer to what comes up behind them; tests/vectors/web.json has the requests.

use std::sync::Arc;

use shutterkey::web::{Request, Response, Route, Routes};
use shutterkey::{
    AuthorizeOptions, ClientConfig, Entropy, Error, ErrorCode, InstagramAppId, PendingJar, Retry, SealKeys, Timestamp,
};

const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

struct Browser {
    routes: Routes,
    keys: SealKeys,
    cookie: String,
    query: String,
}

impl Browser {
    /// A browser that has begun a login and comes back from the provider.
    fn coming_back() -> Self {
        let keys = SealKeys::generate().unwrap();
        let config = ClientConfig::instagram(&InstagramAppId::parse("990602627938098").unwrap())
            .client_secret("instagram-secret-canary-1")
            .redirect_uri("https://app.example/instagram/callback")
            .build()
            .unwrap();
        let routes = Routes::builder(config, Arc::new(keys.clone())).build().unwrap();
        let begin = Request {
            method: "POST",
            query: "return_to=/settings",
            headers: &[],
            body: b"",
        };
        let response = routes
            .start(&begin, AuthorizeOptions::new(), NOW, Entropy::from_os().unwrap())
            .unwrap();
        let (_, state) = response.header("location").unwrap().split_once("state=").unwrap();
        Self {
            cookie: response
                .header("set-cookie")
                .unwrap()
                .split(';')
                .next()
                .unwrap()
                .to_owned(),
            query: format!("code=AQD-code-canary&state={state}"),
            routes,
            keys,
        }
    }

    fn after(&self, error: &Error) -> Response {
        let headers = [("cookie", self.cookie.as_str())];
        let request = Request {
            method: "GET",
            query: &self.query,
            headers: &headers,
            body: b"",
        };
        self.routes.callback(&request, None, NOW).unwrap();
        self.routes.failed(Route::Callback, &request, error, NOW)
    }

    fn logins_after(&self, error: &Error) -> usize {
        let response = self.after(error);
        let cookie = response.header("set-cookie").unwrap_or(&self.cookie);
        PendingJar::from_cookie(cookie.split(';').next(), &self.keys, NOW, true).len()
    }
}

#[test]
fn a_login_whose_code_was_not_sent_may_be_completed_by_loading_the_page_again() {
    let browser = Browser::coming_back();
    for code in [
        ErrorCode::Offline,
        ErrorCode::Dns,
        ErrorCode::StoreUnavailable,
        ErrorCode::ConfigSecretMissing,
        ErrorCode::RedirectSessionMismatch,
    ] {
        assert_eq!(browser.logins_after(&Error::new(code)), 1, "{code}");
    }
}

#[test]
fn a_login_that_is_at_an_end_leaves_the_cookie() {
    let browser = Browser::coming_back();
    for code in [
        ErrorCode::DeniedByUser,
        ErrorCode::DeniedScope,
        ErrorCode::CodeUsed,
        ErrorCode::CodeExpired,
        ErrorCode::Timeout,
        ErrorCode::Reset,
        ErrorCode::AccountMismatch,
        ErrorCode::RedirectStateUsed,
    ] {
        assert_eq!(browser.logins_after(&Error::new(code)), 0, "{code}");
    }
}

#[test]
fn a_failed_login_leads_back_to_where_it_came_from() {
    let response = Browser::coming_back().after(&Error::new(ErrorCode::DeniedByUser));
    assert!(response.body.contains("<a href=\"/settings\">"), "{}", response.body);
}

#[test]
fn a_checkpoint_leads_to_the_platform() {
    let response = Browser::coming_back().after(&Error::new(ErrorCode::AccountCheckpoint));
    assert_eq!(response.status, 409);
    assert!(
        response.body.contains("<a href=\"https://www.instagram.com/\">"),
        "{}",
        response.body
    );
}

#[test]
fn particulars_of_the_site_itself_are_not_shown_to_visitors() {
    let browser = Browser::coming_back();
    let error = Error::with_detail(ErrorCode::StoreRefused, "/srv/canary/accounts is a symbolic link");
    for route in Route::ALL {
        let request = Request {
            method: "POST",
            query: "",
            headers: &[],
            body: b"",
        };
        let response = browser.routes.failed(route, &request, &error, NOW);
        assert_eq!(response.status, 503);
        assert!(!response.body.contains("canary"), "{}", response.body);
        assert!(response.body.contains("store.refused"), "{}", response.body);
    }
}

#[test]
fn markup_in_an_error_is_text_on_the_page() {
    let error = Error::with_detail(ErrorCode::DeniedByProvider, "<script>alert('x')</script>");
    let response = Browser::coming_back().after(&error);
    assert!(!response.body.contains("<script"), "{}", response.body);
    assert!(response.body.contains("&#60;script&#62;"), "{}", response.body);
}

#[test]
fn a_throttled_login_says_how_long_to_wait() {
    let error = Error::new(ErrorCode::ThrottledApp).retrying(Retry::After(NOW.plus(90)));
    let response = Browser::coming_back().after(&error);
    assert_eq!((response.status, response.header("retry-after")), (503, Some("90")));
}

#[test]
fn requests_and_responses_print_neither_query_nor_cookie() {
    let browser = Browser::coming_back();
    let headers = [("cookie", browser.cookie.as_str())];
    let request = Request {
        method: "GET",
        query: &browser.query,
        headers: &headers,
        body: b"body-canary",
    };
    let accepted = browser.routes.callback(&request, None, NOW).unwrap();
    let response = browser.routes.connected(&request, NOW);
    let printed = format!("{request:?} {response:?} {accepted:?} {:?}", browser.routes);
    let state = browser.query.rsplit('=').next().unwrap();
    for secret in [state, "canary", "__Host-"] {
        assert!(!printed.contains(secret), "{printed}");
    }
}

#[test]
fn each_route_has_the_address_that_the_dashboard_is_told() {
    let routes = Browser::coming_back().routes;
    let urls = Route::ALL.map(|route| routes.url(route));
    assert_eq!(
        urls,
        [
            "https://app.example/instagram/start",
            "https://app.example/instagram/callback",
            "https://app.example/instagram/deauthorize",
            "https://app.example/instagram/data-deletion",
            "https://app.example/instagram/webhook",
            "https://app.example/instagram/handover-start",
            "https://app.example/instagram/handover-finish",
        ]
    );
}
