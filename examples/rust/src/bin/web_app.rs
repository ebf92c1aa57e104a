//! A web app that connects accounts: a start route, a callback, and the cookie that holds pending logins.
//!
//! It serves itself on a free port and walks its own routes against a sandbox, so that it runs without anybody.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use shutterkey::web::{self, Routes};
use shutterkey::{
    AuthorizeOptions, Client, ClientConfig, HttpRequest, HttpTransport, Keeper, MemoryStore, Provider, SealKeys, Site,
    Transport,
};
use shutterkey_sandbox::{AppSpec, Approval, Product, Sandbox};

struct App {
    keeper: Keeper,
    site: Site,
}

/// Begins a login; a request of another site's is refused.
async fn start(
    State(app): State<Arc<App>>,
    method: Method,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let headers = copied(&headers);
    let query = query.unwrap_or_default();
    let request = web::Request {
        method: method.as_str(),
        query: &query,
        headers: &headers,
        body: &body,
    };
    sent(
        app.site
            .start(&request, AuthorizeOptions::new().return_to("/settings"))
            .response,
    )
}

/// The registered redirect URI. Its own query is all that is needed; the Host header is never trusted.
async fn callback(State(app): State<Arc<App>>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let headers = copied(&headers);
    let query = query.unwrap_or_default();
    let request = web::Request {
        method: "GET",
        query: &query,
        headers: &headers,
        body: b"",
    };
    let served = app.site.callback(&app.keeper, &request, None, None).await;
    if let Some(connection) = &served.connection {
        println!("connected account {}", connection.account.user_id);
    }
    sent(served.response)
}

fn copied(headers: &HeaderMap) -> Vec<(&str, &str)> {
    headers
        .iter()
        .filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)))
        .collect()
}

fn sent(response: web::Response) -> Response {
    let status = StatusCode::from_u16(response.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut sent = (status, response.body).into_response();
    for (name, value) in response.headers {
        if let Ok(value) = value.parse() {
            sent.headers_mut().insert(name, value);
        }
    }
    sent
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let site = format!("http://{}", listener.local_addr()?);
    let redirect_uri = format!("{site}/ig/callback");

    let sandbox = Sandbox::start().await?;
    let spec = AppSpec::new(Product::Instagram)
        .redirect_uri(&redirect_uri)
        .allow_loopback_http(true);
    let credentials = sandbox.app(&spec)?;
    let provider = Provider::in_sandbox("instagram", sandbox.base_url(), None)?;
    let mut config = ClientConfig::builder(provider, &*credentials.client_id).redirect_uri(&redirect_uri);
    if let Some(secret) = credentials.client_secret {
        config = config.client_secret(secret);
    }
    let client = Client::new(config.build()?).with_clock(Arc::new(sandbox.clock()));
    let routes = Routes::builder(client.config().clone(), Arc::new(SealKeys::generate()?)).build()?;
    let app = Arc::new(App {
        site: Site::new(routes, Arc::clone(client.clock())),
        keeper: Keeper::new(client, Arc::new(MemoryStore::new())),
    });
    let routes = Router::new()
        .route("/ig/start", post(start))
        .route("/ig/callback", get(callback))
        .with_state(app);
    tokio::spawn(async move { axum::serve(listener, routes).await });

    // The walk of one person: press the button, approve at the platform, come back.
    let browser = HttpTransport::new();
    let started = browser
        .send(&HttpRequest::new(shutterkey::Method::Post, format!("{site}/ig/start")).header("origin", site.as_str()))
        .await?;
    let authorize_url = started.header("location").unwrap_or_default();
    let cookie = started
        .header("set-cookie")
        .and_then(|cookie| cookie.split(';').next())
        .unwrap_or_default();
    let redirect_url = sandbox.approve(authorize_url, &Approval::by("studio")).await?;
    let back = redirect_url.split('#').next().unwrap_or_default();
    let done = browser
        .send(&HttpRequest::new(shutterkey::Method::Get, back).header("cookie", cookie))
        .await?;
    println!(
        "HTTP {}, on to {}",
        done.status(),
        done.header("location").unwrap_or("nowhere")
    );

    // A page that is loaded again does not complete the login again.
    let again = browser
        .send(&HttpRequest::new(shutterkey::Method::Get, back).header("cookie", cookie))
        .await?;
    println!("HTTP {} for the same address again", again.status());

    // A button on another site begins nothing.
    let foreign = browser
        .send(
            &HttpRequest::new(shutterkey::Method::Post, format!("{site}/ig/start"))
                .header("origin", "https://evil.example"),
        )
        .await?;
    println!("HTTP {} for another site's button", foreign.status());
    Ok(())
}
