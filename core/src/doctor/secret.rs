//! The app secret, by the look of it.

use crate::error::ErrorCode;
use crate::explain::Finding;
use crate::provider::{ClientAuth, Provider, TokenShape};
use crate::secret::Secret;

/// What is to be said of a secret. It is not repeated.
pub(super) fn check(provider: &Provider, client_id: Option<&str>, secret: &Secret) -> Vec<Finding> {
    let text = secret.reveal();
    let meta = matches!(provider.data().exchange.auth, ClientAuth::SecretInBody);
    let again =
        "Copy it again: the secret of the same product, from the page that has its app id, without spaces or quotes.";
    let problem = |says: &'static str| Finding::problem("config.client_secret", says, again).pain(3);
    let mut findings = Vec::new();
    if text.trim() != text || text.contains(char::is_whitespace) {
        findings.push(problem("The app secret has spaces or line breaks."));
    } else if text.starts_with(['"', '\'', '`']) || text.ends_with(['"', '\'', '`']) {
        findings.push(problem("The app secret has quotes around it."));
    } else if client_id == Some(text) {
        findings.push(problem("The app secret is the client id."));
    } else if meta && !matches!(TokenShape::of(text), TokenShape::Opaque) {
        findings.push(problem("The app secret is a token by its shape."));
    } else if meta && text.len() >= 5 && text.bytes().all(|b| b.is_ascii_digit()) {
        findings.push(problem("The app secret is all digits, as app ids are."));
    } else if meta && !provider.is_sandbox() && !is_hex_32(text) {
        findings.push(
            Finding::note(
                "config.client_secret_shape",
                "The app secret is not 32 hexadecimal digits, which Meta's secrets have been.",
                "If the provider refuses it, copy it again.",
            )
            .pain(3),
        );
    }
    findings
}

/// A secret is needed, and there is none.
pub(super) fn missing(provider: &Provider) -> Option<Finding> {
    let needed = matches!(provider.data().exchange.auth, ClientAuth::SecretInBody);
    needed.then(|| {
        Finding::warning(
            ErrorCode::ConfigSecretMissing.as_str(),
            "There is no app secret: a login cannot be completed without it. Importing and refreshing tokens need none.",
            ErrorCode::ConfigSecretMissing.hint(),
        )
    })
}

fn is_hex_32(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit())
}
