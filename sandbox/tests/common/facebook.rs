//! What the Facebook tests share.

use serde_json::Value;
use shutterkey_sandbox::{AppCredentials, AppSpec, Approval, Product, Sandbox};

use super::{encode, get, parameter};

pub(crate) const CALLBACK: &str = "https://localhost/fb";
pub(crate) const SCOPES: &str = "instagram_basic,pages_show_list,business_management";

pub(crate) async fn start() -> (Sandbox, AppCredentials) {
    let sandbox = Sandbox::start().await.unwrap();
    let app = sandbox
        .app(&AppSpec::new(Product::Facebook).redirect_uri(CALLBACK))
        .unwrap();
    (sandbox, app)
}

/// The dialog's URL, with these parameters in place of its own; an empty one is left out.
pub(crate) fn dialog(app: &AppCredentials, changes: &[(&str, &str)]) -> String {
    let mut all = vec![
        ("client_id", app.client_id.as_str()),
        ("redirect_uri", CALLBACK),
        ("scope", SCOPES),
        ("state", "s1"),
    ];
    for (name, value) in changes {
        all.retain(|(known, _)| known != name);
        if !value.is_empty() {
            all.push((name, value));
        }
    }
    format!("{}?{}", app.authorize_url, encode(&all))
}

pub(crate) async fn exchange(sandbox: &Sandbox, app: &AppCredentials, code: &str) -> super::Answer {
    let fields = [
        ("client_id", app.client_id.as_str()),
        ("client_secret", app.client_secret.as_ref().unwrap().reveal()),
        ("redirect_uri", CALLBACK),
        ("code", code),
    ];
    get(
        sandbox,
        &format!("/facebook/v26.0/oauth/access_token?{}", encode(&fields)),
    )
    .await
}

/// A short-lived token by the whole way.
pub(crate) async fn token(sandbox: &Sandbox, app: &AppCredentials, approval: &Approval) -> String {
    let redirect = sandbox.approve(&dialog(app, &[]), approval).await.unwrap();
    let answer = exchange(sandbox, app, &parameter(&redirect, "code").unwrap()).await;
    answer.json()["access_token"].as_str().unwrap().to_owned()
}

/// A Graph call with a token.
pub(crate) async fn graph(sandbox: &Sandbox, path: &str, token: &str, more: &[(&str, &str)]) -> super::Answer {
    let mut fields = vec![("access_token", token)];
    fields.extend_from_slice(more);
    get(sandbox, &format!("/facebook/v26.0/{path}?{}", encode(&fields))).await
}

pub(crate) fn app_token(app: &AppCredentials) -> String {
    format!("{}|{}", app.client_id, app.client_secret.as_ref().unwrap().reveal())
}

pub(crate) async fn debug(sandbox: &Sandbox, app: &AppCredentials, input: &str) -> Value {
    let answer = graph(sandbox, "debug_token", &app_token(app), &[("input_token", input)]).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()["data"].clone()
}
