//! Which values of a request are secrets.

use super::HttpRequest;
use crate::secret::Secret;

/// Parameters whose values everybody may know.
const PUBLIC_PARAMETERS: [&str; 5] = ["client_id", "redirect_uri", "grant_type", "fields", "token_type_hint"];

const PUBLIC_HEADERS: [&str; 2] = ["accept", "content-type"];

pub(super) fn of(request: &HttpRequest) -> Vec<Secret> {
    let query = request.url().split_once('?').map(|(_, query)| query);
    let pairs = query.into_iter().chain(request.body()).flat_map(|form| form.split('&'));
    let mut secrets = Vec::new();
    for pair in pairs {
        let (name, sent) = pair.split_once('=').unwrap_or(("", pair));
        if PUBLIC_PARAMETERS.contains(&name) {
            continue;
        }
        let value = Secret::new(
            url::form_urlencoded::parse(pair.as_bytes())
                .map(|(_, value)| value)
                .collect::<String>(),
        );
        if value.reveal() != sent {
            secrets.push(Secret::from(sent));
        }
        // An app's token may be its id and its secret with a line between: the secret alone must not be quoted either.
        let inner = value.reveal().rsplit_once('|').map(|(_, last)| Secret::from(last));
        secrets.push(value);
        secrets.extend(inner);
    }
    for (name, value) in request.headers() {
        if !PUBLIC_HEADERS.contains(&name) {
            // `Basic …`, `Bearer …`: the credentials alone.
            let credentials = value.split_once(' ').map_or(value, |(_, credentials)| credentials);
            secrets.push(Secret::from(credentials));
        }
    }
    secrets.retain(|secret| !secret.reveal().is_empty());
    secrets
}

#[cfg(test)]
mod tests {
    use super::super::{HttpRequest, Method};

    fn values(request: &HttpRequest) -> Vec<String> {
        let secrets = request.secret_values();
        secrets.iter().map(|secret| secret.reveal().to_owned()).collect()
    }

    #[test]
    fn tokens_in_a_query_are_secrets_and_the_grant_type_is_not() {
        let url = "https://graph.instagram.com/x?grant_type=ig_refresh_token&access_token=IGAA-canary";
        assert_eq!(values(&HttpRequest::new(Method::Get, url)), ["IGAA-canary"]);
    }

    #[test]
    fn a_value_is_secret_as_it_is_and_as_it_is_sent() {
        let request = HttpRequest::new(Method::Post, "https://api.instagram.com/oauth/access_token")
            .form("client_id=123&code=a%2Fb&redirect_uri=https%3A%2F%2Flocalhost%2F");
        assert_eq!(values(&request), ["a%2Fb", "a/b"]);
    }

    #[test]
    fn the_app_secret_inside_of_an_app_token_is_a_secret_of_its_own() {
        let url = "https://graph.threads.com/v1.0/debug_token?access_token=TH%7C123%7Capp-secret-canary";
        assert_eq!(
            values(&HttpRequest::new(Method::Get, url)),
            [
                "TH%7C123%7Capp-secret-canary",
                "TH|123|app-secret-canary",
                "app-secret-canary"
            ]
        );
    }

    #[test]
    fn credentials_of_a_header_are_secrets_without_their_scheme() {
        let request = HttpRequest::new(Method::Get, "https://example.com/me")
            .header("accept", "application/json")
            .header("authorization", "Bearer canary");
        assert_eq!(values(&request), ["canary"]);
    }
}
