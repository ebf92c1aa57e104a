//! How the answer of a login comes back to a terminal.

use crate::config::{ClientConfig, RedirectKind};
use crate::config::{Parts, is_loopback_host};

/// How the answer of a login comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LoginMode {
    /// A listener on this machine takes the redirect.
    Loopback,
    /// The browser ends on a page that does not load; the person pastes its address.
    Paste,
    /// The answer arrives somewhere else: behind a tunnel, at a relay page, at a server or in an app. The person pastes
    /// the address from there, unless whatever is there hands it on.
    External,
}

impl LoginMode {
    /// The stable name: `loopback`, `paste`, `external`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Loopback => "loopback",
            Self::Paste => "paste",
            Self::External => "external",
        }
    }
}

/// What a login has beside its redirect URI, for the answer to come back by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reach {
    /// Nothing.
    #[default]
    Alone,
    /// A certificate for a redirect URI that is https on this machine: [`LoopbackListener::bind_tls`].
    ///
    /// [`LoopbackListener::bind_tls`]: crate::LoopbackListener::bind_tls
    Certificate,
    /// A tunnel or a relay page that hands the answer on to this machine: [`LoopbackListener::bind_forwarded`].
    ///
    /// [`LoopbackListener::bind_forwarded`]: crate::LoopbackListener::bind_forwarded
    Forwarded,
}

/// Chooses how the answer of this client's logins comes back, with a sentence for people that says why.
///
/// It follows from the redirect URI, which a configuration has checked against what the provider allows.
pub fn choose_mode(config: &ClientConfig) -> (LoginMode, String) {
    choose_mode_with(config, Reach::Alone)
}

/// As [`choose_mode`], where more than the redirect URI is at hand.
pub fn choose_mode_with(config: &ClientConfig, reach: Reach) -> (LoginMode, String) {
    let redirect_uri = config.redirect_uri();
    let name = config.provider().name();
    let host = Parts::split(redirect_uri.as_str()).map_or("", |parts| parts.host());
    match (redirect_uri.kind(), reach) {
        (RedirectKind::Https, Reach::Certificate) => {
            return (
                LoginMode::Loopback,
                format!(
                    "The redirect URI {redirect_uri} is on this machine, and there is a certificate for it, so the answer comes straight back."
                ),
            );
        }
        (RedirectKind::Https | RedirectKind::Http | RedirectKind::LoopbackHttp, Reach::Forwarded) => {
            return (
                LoginMode::Loopback,
                format!("The answer goes to {host}, from where it is forwarded to this machine."),
            );
        }
        _ => {}
    }
    match redirect_uri.kind() {
        RedirectKind::LoopbackHttp => (
            LoginMode::Loopback,
            format!("The redirect URI {redirect_uri} is on this machine, so the answer comes straight back."),
        ),
        RedirectKind::Https if is_loopback_host(host) => {
            let why = if config.provider().data().redirect_rules.loopback_http {
                "is https, which nothing on this machine answers without a certificate"
            } else {
                "is https because the provider refuses http, even on localhost; nothing here answers it"
            };
            (
                LoginMode::Paste,
                format!(
                    "{name}: the redirect URI {redirect_uri} {why}. The browser will end on a page that does not load: copy its address and paste it here."
                ),
            )
        }
        RedirectKind::CustomScheme => (
            LoginMode::External,
            format!(
                "The redirect URI {redirect_uri} opens an app; the answer goes there. Paste the address here if you can copy it."
            ),
        ),
        RedirectKind::Https | RedirectKind::Http => (
            LoginMode::External,
            format!(
                "The redirect URI {redirect_uri} is not on this machine; the answer goes to {host}. Copy the address of the page you end on and paste it here, before that page uses the code up."
            ),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{InstagramAppId, ThreadsAppId};
    use crate::provider::Provider;

    fn instagram(redirect_uri: &str) -> ClientConfig {
        let app_id = InstagramAppId::parse("17841400000000001").unwrap();
        ClientConfig::instagram(&app_id)
            .redirect_uri(redirect_uri)
            .build()
            .unwrap()
    }

    #[test]
    fn https_on_localhost_is_pasted_and_the_reason_says_that_http_is_refused() {
        let (mode, reason) = choose_mode(&instagram("https://localhost/"));
        assert_eq!(mode, LoginMode::Paste);
        assert!(reason.contains("refuses http, even on localhost"), "{reason}");
        let app_id = ThreadsAppId::parse("17841400000000001").unwrap();
        let threads = ClientConfig::threads(&app_id).redirect_uri("https://localhost/callback");
        assert_eq!(choose_mode(&threads.build().unwrap()).0, LoginMode::Paste);
    }

    #[test]
    fn http_on_this_machine_is_listened_for_where_the_provider_allows_it() {
        let facebook = ClientConfig::builder(Provider::facebook(), "100000000000001")
            .redirect_uri("http://localhost:8910/callback")
            .build()
            .unwrap();
        assert_eq!(choose_mode(&facebook).0, LoginMode::Loopback);
        let refused = ClientConfig::builder(Provider::instagram(), "17841400000000001")
            .redirect_uri("http://localhost:8910/callback")
            .build();
        assert_eq!(refused.unwrap_err().code().as_str(), "config.redirect_uri");
    }

    #[test]
    fn an_address_elsewhere_is_external_and_the_reason_names_the_host() {
        let (mode, reason) = choose_mode(&instagram("https://app.example/callback"));
        assert_eq!(mode, LoginMode::External);
        assert!(reason.contains("app.example"), "{reason}");
    }

    #[test]
    fn a_certificate_or_something_that_forwards_brings_the_answer_straight_back() {
        let local = instagram("https://localhost:8443/callback");
        let (mode, reason) = choose_mode_with(&local, Reach::Certificate);
        assert_eq!(mode, LoginMode::Loopback);
        assert!(reason.contains("certificate"), "{reason}");
        let tunnel = instagram("https://name.tunnel.example/callback");
        let (mode, reason) = choose_mode_with(&tunnel, Reach::Forwarded);
        assert_eq!(mode, LoginMode::Loopback);
        assert!(reason.contains("name.tunnel.example"), "{reason}");
        assert_eq!(choose_mode_with(&tunnel, Reach::Alone).0, LoginMode::External);
    }

    #[test]
    fn a_sandbox_takes_the_loopback_for_every_product() {
        let sandbox = Provider::instagram().at_sandbox("http://127.0.0.1:8910", None).unwrap();
        let config = ClientConfig::builder(sandbox, "17841400000000001")
            .redirect_uri("http://127.0.0.1:8911/callback")
            .build()
            .unwrap();
        assert_eq!(choose_mode(&config).0, LoginMode::Loopback);
    }
}
