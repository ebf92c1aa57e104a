//! A web app that connects accounts: a start route, a callback, and the cookie that holds pending logins.
//!
//! It serves itself on a free port and walks its own routes against a sandbox, so that it runs without anybody.

use std::sync::Arc;

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use shutterkey::{
    AuthorizeOptions, Client, ClientConfig, Error, HttpRequest, HttpTransport, Keeper, MemoryStore, Method, PendingJar,
    Provider, SealKeys, Transport,
};
use shutterkey_sandbox::{AppSpec, Approval, Product, Sandbox};

struct App {
    keeper: Keeper,
    keys: SealKeys,
}

/// Begins a login. A POST: another site must not be able to begin one by a link.
async fn start(State(app): State<Arc<App>>, headers: HeaderMap) -> Result<Response, Refused> {
    let login = app.keeper.authorize(AuthorizeOptions::new().return_to("/settings"))?;
    let mut jar = jar(&app, &headers);
    jar.add(login.pending);
    let cookie = jar.to_set_cookie(&app.keys, app.keeper.client().now())?;
    Ok((
        StatusCode::SEE_OTHER,
        [(header::SET_COOKIE, cookie), (header::LOCATION, login.url)],
    )
        .into_response())
}

/// The registered redirect URI. Its own query is all that is needed; the Host header is never trusted.
async fn callback(
    State(app): State<Arc<App>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    let query = query.unwrap_or_default();
    let now = app.keeper.client().now();
    let mut jar = jar(&app, &headers);
    let pending = jar.find(&query)?.clone();
    let grant = pending.accept_query(&query, now, None)?;
    let connection = app.keeper.complete_grant(&pending, grant, None).await?;
    jar.remove(&pending.handle());
    let cookie = jar.to_set_cookie(&app.keys, now)?;
    println!("connected account {}", connection.account.user_id);
    let to = connection.return_to.unwrap_or_else(|| "/".to_owned());
    Ok((
        StatusCode::SEE_OTHER,
        [(header::SET_COOKIE, cookie), (header::LOCATION, to)],
    )
        .into_response())
}

fn jar(app: &App, headers: &HeaderMap) -> PendingJar {
    let cookie = headers.get(header::COOKIE).and_then(|value| value.to_str().ok());
    // Over https the last argument is true, and the cookie gets its __Host- name.
    PendingJar::from_cookie(cookie, &app.keys, app.keeper.client().now(), false)
}

/// What went wrong, for the person: the message and what to do. Both are plain text.
struct Refused(Error);

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (
            StatusCode::BAD_REQUEST,
            format!("{}\n{}\n", self.0.message(), self.0.hint()),
        )
            .into_response()
    }
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
    let app = Arc::new(App {
        keeper: Keeper::new(client, Arc::new(MemoryStore::new())),
        keys: SealKeys::generate()?,
    });
    let routes = Router::new()
        .route("/ig/start", post(start))
        .route("/ig/callback", get(callback))
        .with_state(app);
    tokio::spawn(async move { axum::serve(listener, routes).await });

    // The walk of one person: press the button, approve at the platform, come back.
    let browser = HttpTransport::new();
    let started = browser
        .send(&HttpRequest::new(Method::Post, format!("{site}/ig/start")))
        .await?;
    let authorize_url = started.header("location").unwrap_or_default();
    let cookie = started
        .header("set-cookie")
        .and_then(|cookie| cookie.split(';').next())
        .unwrap_or_default();
    let redirect_url = sandbox.approve(authorize_url, &Approval::by("studio")).await?;
    let back = redirect_url.split('#').next().unwrap_or_default();
    let done = browser
        .send(&HttpRequest::new(Method::Get, back).header("cookie", cookie))
        .await?;
    println!(
        "HTTP {}, on to {}",
        done.status(),
        done.header("location").unwrap_or("nowhere")
    );

    // A page that is loaded again does not complete the login again.
    let again = browser
        .send(&HttpRequest::new(Method::Get, back).header("cookie", cookie))
        .await?;
    println!(
        "HTTP {}: {}",
        again.status(),
        String::from_utf8_lossy(again.body()).lines().next().unwrap_or_default()
    );
    Ok(())
}
