//! Steps of a login at the `legacy` product.
#![allow(dead_code, reason = "each test file uses its own part")]

use shutterkey_sandbox::{AppCredentials, AppSpec, Approval, Product, Sandbox};

use super::{encode, parameter};

pub(crate) const CALLBACK: &str = "http://localhost";

pub(crate) async fn with_app(spec: AppSpec) -> (Sandbox, AppCredentials) {
    let sandbox = Sandbox::start().await.unwrap();
    let app = sandbox.app(&spec).unwrap();
    (sandbox, app)
}

pub(crate) fn implicit() -> AppSpec {
    AppSpec::new(Product::Legacy)
        .redirect_uri(CALLBACK)
        .allow_implicit(true)
}

pub(crate) fn authorize(app: &AppCredentials, more: &[(&str, &str)]) -> String {
    let mut pairs = vec![("client_id", app.client_id.as_str()), ("redirect_uri", CALLBACK)];
    pairs.extend_from_slice(more);
    format!("{}?{}", app.authorize_url, encode(&pairs))
}

pub(crate) fn path(url: &str) -> &str {
    &url[url.find("/legacy").unwrap()..]
}

pub(crate) async fn token(sandbox: &Sandbox, app: &AppCredentials, scope: &str) -> String {
    let url = authorize(app, &[("response_type", "token"), ("scope", scope)]);
    let redirect = sandbox.approve(&url, &Approval::by("studio")).await.unwrap();
    parameter(&redirect, "access_token").unwrap()
}

pub(crate) async fn code(sandbox: &Sandbox, app: &AppCredentials) -> String {
    let redirect = sandbox
        .approve(&authorize(app, &[("response_type", "code")]), &Approval::by("studio"))
        .await
        .unwrap();
    parameter(&redirect, "code").unwrap()
}

pub(crate) fn exchange_fields<'a>(app: &'a AppCredentials, code: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("client_id", &app.client_id),
        ("client_secret", app.client_secret.as_ref().unwrap().reveal()),
        ("grant_type", "authorization_code"),
        ("redirect_uri", CALLBACK),
        ("code", code),
    ]
}
