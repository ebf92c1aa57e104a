//! A page that a person hosts, whose address is the registered redirect URI, and that hands the answer on.
//!
//! For providers that refuse http, localhost and apps' own schemes, where no tunnel is at hand. The page is one static
//! file: it loads nothing and sends nothing; what it does, its one script does when the person presses a button.

use super::page::{MARK, OPEN, STYLE};
use crate::config::{RedirectKind, RedirectUri};
use crate::error::{Error, ErrorCode, Result};
use crate::html::{csp_source, escape};

const RELAY_STYLE: &str = include_str!("page/relay.css");
const SCRIPT: &str = include_str!("page/relay.js");

/// Where a relay page hands the answer to.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RelayTo {
    /// A [`LoopbackListener::bind_forwarded`](crate::LoopbackListener::bind_forwarded) at this port of the person's machine.
    Machine(u16),
    /// An app, by its own scheme.
    App(RedirectUri),
}

/// The page, whole: put it at the address that is registered.
///
/// The answer leaves the address bar and the history at once, a fragment never leaves the browser, and the page refuses to
/// work inside another one. Its Content-Security-Policy allows the one style and the one script by their hashes.
///
/// # Errors
/// `config.invalid` for port 0; `config.redirect_uri` for an app's address that is not of its own scheme.
pub fn relay_page(to: &RelayTo) -> Result<String> {
    let (attribute, value, button) = match to {
        RelayTo::Machine(0) => {
            return Err(Error::with_detail(
                ErrorCode::ConfigInvalid,
                "The port of a relay page is 0, which no browser can go to.",
            ));
        }
        RelayTo::Machine(port) => ("local", format!("http://127.0.0.1:{port}"), "Hand it to this machine"),
        RelayTo::App(uri) if uri.kind() == RedirectKind::CustomScheme && !uri.as_str().contains('?') => {
            ("app", uri.as_str().to_owned(), "Hand it to the app")
        }
        RelayTo::App(uri) => {
            return Err(Error::with_detail(
                ErrorCode::ConfigRedirectUri,
                format!("A relay page hands on to an app by the app's own scheme and without a query, not to {uri}."),
            ));
        }
    };
    let style = format!("{STYLE}{RELAY_STYLE}");
    let policy = format!(
        "default-src 'none'; style-src '{}'; script-src '{}'; base-uri 'none'; form-action 'none'",
        csp_source(&style),
        csp_source(SCRIPT)
    );
    let value = escape(&value);
    Ok(format!(
        "<!doctype html>\n<html lang=\"en\" data-{attribute}=\"{value}\"><head><meta charset=\"utf-8\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <meta name=\"robots\" content=\"noindex\"><meta name=\"referrer\" content=\"no-referrer\">\
         <title>Handing on a login · shutterkey</title><style>{style}</style></head>\
         <body><main>{MARK}{OPEN}<h1 id=\"title\">One moment</h1>\
         <p id=\"words\" role=\"status\">This page hands on the answer of a login.</p>\
         <noscript><p>That takes JavaScript, which is switched off. Copy the whole address from the address bar and paste it \
         into the terminal instead.</p></noscript>\
         <template><button id=\"hand\" type=\"button\">{button}</button>\
         <button id=\"copy\" type=\"button\">Copy the answer</button> <span id=\"copied\" role=\"status\"></span>\
         <textarea id=\"answer\" rows=\"4\" readonly aria-label=\"The answer, to be copied\"></textarea>\
         <p class=\"soft\">It works once, for whoever began the login. Give it to nobody else.</p></template>\
         <footer><span>shutterkey</span></footer></main><script>{SCRIPT}</script></body></html>\n"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn between<'a>(page: &'a str, begin: &str, end: &str) -> &'a str {
        let (_, rest) = page.split_once(begin).unwrap();
        rest.split_once(end).unwrap().0
    }

    #[test]
    fn style_and_script_are_allowed_by_their_hashes_and_nothing_else_is() {
        let page = relay_page(&RelayTo::Machine(8911)).unwrap();
        let policy = between(&page, "Content-Security-Policy\" content=\"", "\"");
        let (style, script) = (
            between(&page, "<style>", "</style>"),
            between(&page, "<script>", "</script>"),
        );
        assert!(
            policy.contains(&format!("style-src '{}'", csp_source(style))),
            "{policy}"
        );
        assert!(
            policy.contains(&format!("script-src '{}'", csp_source(script))),
            "{policy}"
        );
        assert!(
            policy.starts_with("default-src 'none'") && !policy.contains("unsafe"),
            "{policy}"
        );
        // The policy comes before anything that it has to hold for.
        assert!(page.find("Content-Security-Policy").unwrap() < page.find("<style>").unwrap());
    }

    #[test]
    fn it_loads_nothing_and_sends_nothing_by_itself() {
        let page = relay_page(&RelayTo::Machine(8911)).unwrap();
        for word in [
            "src=",
            "href=",
            "fetch",
            "XMLHttpRequest",
            "sendBeacon",
            "<form",
            "innerHTML",
            "localStorage",
        ] {
            assert!(!page.replace("script-src", "").contains(word), "{word}");
        }
        assert_eq!(SCRIPT.matches("location.assign").count(), 1);
        let (clicked, left) = (
            SCRIPT.find("\"click\"").unwrap(),
            SCRIPT.find("location.assign").unwrap(),
        );
        assert!(clicked < left);
        let stripped = SCRIPT.find("history.replaceState").unwrap();
        assert!(stripped < SCRIPT.find("text.value").unwrap());
    }

    #[test]
    fn it_leads_to_a_port_of_this_machine_or_to_an_app_and_nowhere_else() {
        let page = relay_page(&RelayTo::Machine(9000)).unwrap();
        assert!(page.contains("data-local=\"http://127.0.0.1:9000\""), "{page}");
        let app = |uri: &str| relay_page(&RelayTo::App(RedirectUri::parse(uri).unwrap()));
        assert!(
            app("com.example.app:/callback")
                .unwrap()
                .contains("data-app=\"com.example.app:/callback\"")
        );
        for refused in [
            "https://app.example/callback",
            "http://localhost/",
            "com.example.app:/callback?x=1",
        ] {
            assert_eq!(
                app(refused).unwrap_err().code(),
                ErrorCode::ConfigRedirectUri,
                "{refused}"
            );
        }
        assert!(relay_page(&RelayTo::Machine(0)).is_err());
    }
}
