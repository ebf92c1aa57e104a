//! The address that a login begins at: is everything in it that has to be, and nothing that must not.

use url::Url;

use super::{Context, Explanation, Finding, What, client_id, redirect_uri, scopes, state, versions};
use crate::config::ClientIdKind;
use crate::error::printable;
use crate::provider::{Provider, ResponseType};

pub(super) fn explain(url: &Url, context: &Context) -> Explanation {
    let pairs: Vec<(String, String)> = url
        .query_pairs()
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    let request = Request { url, pairs };
    let provider = request.provider(context);
    let name = provider.as_ref().map_or("a server", Provider::name);
    let mut explanation = Explanation::new(
        What::AuthorizeUrl,
        format!("The address that a login of {name} begins at"),
    );
    explanation.fact("host", url.host_str().unwrap_or_default());
    request.check_host(&mut explanation, provider.as_ref(), context);
    request.check_leaks(&mut explanation);
    request.check_client_id(&mut explanation, provider.as_ref(), context);
    request.check_redirect_uri(&mut explanation, provider.as_ref(), context);
    request.check_response_type(&mut explanation, provider.as_ref());
    request.check_scopes(&mut explanation, provider.as_ref());
    if let Some(finding) = state::check(request.get("state")) {
        explanation.find(finding);
    }
    request.check_extras(&mut explanation, provider.as_ref());
    if explanation.worst().is_none_or(|worst| worst == super::Severity::Note) {
        explanation.next("Nothing is wrong that can be seen from here: open it in a browser.");
    }
    explanation
}

struct Request<'a> {
    url: &'a Url,
    pairs: Vec<(String, String)>,
}

impl Request<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        self.pairs
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// Whose address it is.
    fn provider(&self, context: &Context) -> Option<Provider> {
        let host = self.url.host_str().unwrap_or_default();
        let bare = host
            .trim_start_matches("www.")
            .trim_start_matches("m.")
            .trim_start_matches("web.");
        match bare {
            "instagram.com" | "api.instagram.com" => {
                let legacy = self
                    .get("client_id")
                    .is_some_and(|id| ClientIdKind::Legacy.check(id).is_ok());
                return Some(if legacy {
                    Provider::legacy()
                } else {
                    Provider::instagram()
                });
            }
            "facebook.com" | "business.facebook.com" => return Some(Provider::facebook()),
            "threads.com" | "threads.net" => return Some(Provider::threads()),
            _ => {}
        }
        let origin = self.url.origin().ascii_serialization();
        if matches!(host, "localhost" | "127.0.0.1" | "[::1]") {
            let product = self.url.path_segments().and_then(|mut segments| segments.next())?;
            return Provider::in_sandbox(product, &origin, None).ok();
        }
        let configured = context.provider.as_ref()?;
        let own = configured.data().authorize.as_ref()?.origin();
        (own == origin).then(|| configured.clone())
    }

    fn check_host(&self, explanation: &mut Explanation, provider: Option<&Provider>, context: &Context) {
        let sandbox = provider.is_some_and(Provider::is_sandbox);
        if self.url.scheme() != "https" && !sandbox {
            explanation.find(Finding::problem(
                "config.insecure_endpoint",
                "The address is not https.",
                "Use https: what is in it can otherwise be read and changed on the way.",
            ));
        }
        if provider.is_some_and(|known| known.id() == "legacy" && !known.is_sandbox()) {
            explanation.find(
                Finding::problem(
                    "authorize.platform_ended",
                    "The client id is one of the Instagram platform of 2010 to 2020, which was switched off on 2020-06-29.",
                    "Make an app in today's App Dashboard and log in with its Instagram app ID; `shutterkey sandbox` plays the old platform.",
                )
                .pain(24),
            );
        }
        if let Some(finding) = versions::check(self.url.as_str(), context.now) {
            explanation.find(finding);
        }
    }

    /// What must never be in the address of a page.
    fn check_leaks(&self, explanation: &mut Explanation) {
        if self.get("client_secret").is_some() {
            explanation.find(
                Finding::problem(
                    "authorize.secret_in_address",
                    "The app secret is in the address, where the person, the browser's history and logs see it.",
                    "Take it out and reset the secret in the App Dashboard: it belongs into the exchange alone, on a server.",
                )
                .pain(21),
            );
        }
        let repeated = self
            .pairs
            .iter()
            .enumerate()
            .find(|(index, (name, _))| self.pairs.iter().take(*index).any(|(earlier, _)| earlier == name));
        if let Some((_, (name, _))) = repeated {
            explanation.find(Finding::problem(
                "authorize.duplicate_parameter",
                format!(
                    "The parameter {} occurs more than once (RFC 6749 3.1).",
                    printable(name)
                ),
                "Leave one.",
            ));
        }
    }

    fn check_client_id(&self, explanation: &mut Explanation, provider: Option<&Provider>, context: &Context) {
        let Some(id) = self.get("client_id").filter(|id| !id.is_empty()) else {
            return explanation.find(
                Finding::problem(
                    "config.client_id",
                    "There is no client id.",
                    "Add client_id with the app's id.",
                )
                .pain(3),
            );
        };
        explanation.fact("client id", printable(id));
        if let Some(provider) = provider {
            for finding in client_id::check(provider, id) {
                explanation.find(finding);
            }
        }
        if context.client_id.as_deref().is_some_and(|own| own != id) {
            explanation.find(Finding::note(
                "authorize.other_client",
                "The client id is another one than the configured.",
                "Check which app this login is meant for.",
            ));
        }
    }

    fn check_redirect_uri(&self, explanation: &mut Explanation, provider: Option<&Provider>, context: &Context) {
        let Some(text) = self.get("redirect_uri").filter(|text| !text.is_empty()) else {
            return explanation.find(
                Finding::problem(
                    "config.redirect_uri",
                    "There is no redirect URI.",
                    "Add redirect_uri, exactly as it is registered.",
                )
                .pain(1),
            );
        };
        let (uri, findings) = redirect_uri::check(text, provider);
        match &uri {
            Some(uri) => redirect_uri::facts(explanation, uri),
            None => explanation.fact("redirect URI", printable(text)),
        }
        for finding in findings {
            explanation.find(finding);
        }
        let configured = context.redirect_uri.as_ref().map(crate::RedirectUri::as_str);
        if configured.is_some_and(|own| own != text) {
            explanation.find(
                Finding::warning(
                    "authorize.other_redirect_uri",
                    format!(
                        "The redirect URI is another one than the configured {}.",
                        printable(configured.unwrap_or_default())
                    ),
                    "The exchange has to send the very same characters as the authorize URL: configure one and use it for both.",
                )
                .pain(2),
            );
        }
    }

    fn check_response_type(&self, explanation: &mut Explanation, provider: Option<&Provider>) {
        let code = "authorize.response_type";
        let Some(asked) = self.get("response_type").filter(|text| !text.is_empty()) else {
            // Facebook's dialog takes `code` when nothing is asked for (fact sheet 2.1).
            if provider.is_none_or(|known| known.id() != "facebook") {
                explanation.find(Finding::problem(
                    code,
                    "There is no response type.",
                    "Add response_type=code.",
                ));
            }
            return;
        };
        explanation.fact("response type", printable(asked));
        let Some(provider) = provider else { return };
        let offered = &provider.data().response_types;
        let fits = asked.split(' ').all(|word| match word {
            "code" => offered.contains(&ResponseType::Code),
            "token" => offered.contains(&ResponseType::Token),
            "granted_scopes" => provider.id() == "facebook",
            _ => false,
        });
        if !fits {
            explanation.find(
                Finding::problem(
                    code,
                    format!("{} does not answer with \"{}\".", provider.name(), printable(asked)),
                    "Use response_type=code: there is no implicit flow, and the code is exchanged on a server.",
                )
                .pain(24),
            );
        } else if asked.split(' ').any(|word| word == "token") {
            explanation.find(Finding::note(
                "authorize.implicit",
                "The token will stand in the address itself, where histories and scripts of the page see it (RFC 9700 2.1.2 advises against it).",
                "Use response_type=code where there is a server.",
            ));
        }
    }

    fn check_scopes(&self, explanation: &mut Explanation, provider: Option<&Provider>) {
        let asked = self.get("scope").unwrap_or_default();
        let names: Vec<&str> = asked.split([',', ' ']).filter(|name| !name.is_empty()).collect();
        if !names.is_empty() {
            explanation.fact("scopes", printable(&names.join(" ")));
        }
        let Some(provider) = provider else { return };
        let configured = self.get("config_id").is_some();
        if provider.id() == "facebook" && configured && !names.is_empty() {
            explanation.find(Finding::note(
                "authorize.scope_and_configuration",
                "Scopes stand beside config_id, whose saved configuration names the permissions already.",
                "Leave scope out: Meta discourages both, and refuses them for system users.",
            ));
        }
        if provider.id() == "legacy" && self.get("scope") == Some("") {
            explanation.find(
                Finding::problem(
                    "provider.invalid_scope",
                    "The scope is empty, which the old platform refuses.",
                    "Leave scope out, or ask for basic.",
                )
                .pain(12),
            );
        }
        for finding in scopes::check(provider, names, false) {
            explanation.find(finding);
        }
    }

    fn check_extras(&self, explanation: &mut Explanation, provider: Option<&Provider>) {
        let of = |id: &str| provider.is_some_and(|known| known.id() == id);
        if of("instagram") && self.get("force_authentication").is_some() {
            explanation.find(Finding::warning(
                "authorize.deprecated_parameter",
                "force_authentication was deprecated on 2025-06-14.",
                "Use force_reauth=true.",
            ));
        }
        if of("instagram") && self.get("force_reauth").is_none() {
            explanation.find(
                Finding::note(
                    "authorize.force_reauth",
                    "Without force_reauth=true the Instagram app may take over the browser on a phone, or a session that is there decides who logs in.",
                    "Add force_reauth=true on mobile, and open the system browser, not a web view.",
                )
                .pain(16),
            );
        }
        let challenge = self.get("code_challenge");
        match (challenge, self.get("code_challenge_method")) {
            (None, _) if of("standard") => explanation.find(Finding::warning(
                "authorize.pkce_missing",
                "There is no PKCE challenge (RFC 7636), which RFC 9700 2.1.1 wants of every client.",
                "Send code_challenge with code_challenge_method=S256.",
            )),
            (Some(_), method) if method != Some("S256") => explanation.find(Finding::warning(
                "authorize.pkce_plain",
                "The PKCE challenge is not S256: who sees the address can answer it.",
                "Send code_challenge_method=S256.",
            )),
            (Some(_), _) if of("instagram") || of("threads") => explanation.find(Finding::note(
                "authorize.pkce_ignored",
                "This product documents no PKCE; the challenge protects nothing here.",
                "The state and the app secret do; keep both.",
            )),
            _ => {}
        }
    }
}
