//! The control API: the words of [`crate::Sandbox`] over HTTP, for tests in other languages.
//!
//! Every call carries the run's token in `X-Shutterkey-Control` and never comes from a web page: a request with an
//! `Origin` is refused. Bodies and answers are JSON; a call that does not work answers 422 with `{"error": "…"}`.
//!
//! | call | body | answer |
//! |---|---|---|
//! | `POST /control/person` | `username`, `account_type`? (`Business`, `Media_Creator`, `Personal`) | the person, added if new |
//! | `GET /control/people` | | all people |
//! | `POST /control/app` | [`AppSpec`] | `client_id`, `client_secret`, `authorize_url`, `token_url`, … |
//! | `POST /control/approve` | `url`, `person`?, `untick`?, `deny`? | `redirect_url` |
//! | `POST /control/mint_token` | `product`, `person`, `age_seconds`?, `client_id`? | `access_token`, `issued_at`, `expires_at`, … |
//! | `POST /control/expire` | `person`, `product`? | `tokens`: how many ended by time |
//! | `POST /control/invalidate` | `person`, `product`?, `why` ([`crate::Ended`]) | `tokens`: how many died |
//! | `POST /control/clear_checkpoint` | `person`, `product`? | `tokens`: how many live again |
//! | `POST /control/page` | [`crate::PageSpec`] | the Facebook Page |
//! | `GET /control/pages` | | all Facebook Pages |
//! | `POST /control/remove_pages` | `person` | `{}` |
//! | `GET /control/clock` | | `now` (seconds since 1970), `frozen` |
//! | `POST /control/clock/advance` | `seconds` | as above |
//! | `POST /control/clock/set` | `now` | as above |
//! | `POST /control/clock/freeze`, `…/unfreeze` | | as above |
//! | `POST /control/fault` | [`Fault`] | `{}` |
//! | `GET /control/behaviour`, `POST` | switches to change, `profile` first | [`crate::Behaviour`] |
//! | `GET /control/calls` | | [`crate::Call`]s, oldest first |
//! | `GET /control/world` | | the world, to keep |
//! | `POST /control/reset` | | `{}` |

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use shutterkey::{Clock, Timestamp};

use crate::apps::{self, AppSpec};
use crate::browser::{self, Approval};
use crate::error::SandboxError;
use crate::fault::Fault;
use crate::http;
use crate::lives::{self, PageSpec, Whose};
use crate::site::Shared;
use crate::world::{AccountType, Ended, Product};

const HEADER: &str = "x-shutterkey-control";

type Answer = Result<Value, Refusal>;

pub(crate) fn routes(shared: Arc<Shared>) -> Router<Arc<Shared>> {
    Router::new()
        .route("/control/person", post(person))
        .route("/control/people", get(people))
        .route("/control/app", post(app))
        .route("/control/approve", post(approve))
        .route("/control/mint_token", post(mint_token))
        .route("/control/expire", post(expire))
        .route("/control/invalidate", post(invalidate))
        .route("/control/clear_checkpoint", post(clear_checkpoint))
        .route("/control/page", post(page))
        .route("/control/pages", get(pages))
        .route("/control/remove_pages", post(remove_pages))
        .route("/control/clock", get(clock))
        .route("/control/clock/{action}", post(move_clock))
        .route("/control/fault", post(fault))
        .route("/control/behaviour", get(behaviour).post(set_behaviour))
        .route("/control/calls", get(calls))
        .route("/control/world", get(world))
        .route("/control/reset", post(reset))
        .route_layer(middleware::from_fn_with_state(shared, only_with_token))
}

/// Stands before every control route.
async fn only_with_token(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let sent = request
        .headers()
        .get(HEADER)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    if !shared.control_token.matches(sent) {
        return refuse(
            StatusCode::UNAUTHORIZED,
            "the header X-Shutterkey-Control must carry this run's control token",
        );
    }
    if request.headers().contains_key(header::ORIGIN) {
        return refuse(StatusCode::FORBIDDEN, "web pages cannot use the control API");
    }
    next.run(request).await
}

fn refuse(status: StatusCode, message: &str) -> Response {
    http::json(status, json!({"error": message}))
}

/// A control call that did not work; the body is `{"error": "…"}` with status 422.
struct Refusal(String);

impl From<SandboxError> for Refusal {
    fn from(error: SandboxError) -> Self {
        Self(error.to_string())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        refuse(StatusCode::UNPROCESSABLE_ENTITY, &self.0)
    }
}

fn answer(result: Answer) -> Response {
    match result {
        Ok(value) => http::json(StatusCode::OK, value),
        Err(refusal) => refusal.into_response(),
    }
}

fn read<T: DeserializeOwned>(body: &Bytes) -> Result<T, Refusal> {
    let body: &[u8] = if body.is_empty() { b"{}" } else { body };
    serde_json::from_slice(body).map_err(|error| Refusal(format!("the body cannot be read: {error}")))
}

fn shown(value: impl serde::Serialize) -> Answer {
    serde_json::to_value(value).map_err(|error| Refusal(error.to_string()))
}

#[derive(Deserialize)]
struct PersonAsk {
    username: String,
    #[serde(default = "business")]
    account_type: AccountType,
}

fn business() -> AccountType {
    AccountType::Business
}

async fn person(State(shared): State<Arc<Shared>>, body: Bytes) -> Response {
    answer(
        read(&body)
            .and_then(|ask: PersonAsk| shown(apps::person(&mut shared.world(), &ask.username, ask.account_type)?)),
    )
}

async fn people(State(shared): State<Arc<Shared>>) -> Response {
    answer(shown(&shared.world().people))
}

async fn app(State(shared): State<Arc<Shared>>, body: Bytes) -> Response {
    answer(read(&body).and_then(|spec: AppSpec| {
        let app = apps::register(&mut shared.world(), &shared.origin, &spec)?;
        Ok(json!({
            "product": app.product,
            "client_id": app.client_id,
            "client_secret": app.client_secret.as_ref().map(|secret| secret.reveal()),
            "meta_app_id": app.meta_app_id,
            "config_ids": app.config_ids,
            "redirect_uris": app.redirect_uris,
            "authorize_url": app.authorize_url,
            "token_url": app.token_url,
        }))
    }))
}

#[derive(Deserialize)]
struct ApproveAsk {
    url: String,
    #[serde(flatten)]
    approval: Approval,
}

async fn approve(State(shared): State<Arc<Shared>>, body: Bytes) -> Response {
    let ask: ApproveAsk = match read(&body) {
        Ok(ask) => ask,
        Err(refusal) => return refusal.into_response(),
    };
    let walked = browser::approve(&shared, &ask.url, &ask.approval).await;
    answer(
        walked
            .map(|redirect| json!({"redirect_url": redirect}))
            .map_err(Refusal::from),
    )
}

#[derive(Deserialize)]
struct MintAsk {
    product: Product,
    person: String,
    #[serde(default)]
    client_id: Option<String>,
    #[serde(default)]
    age_seconds: i64,
}

async fn mint_token(State(shared): State<Arc<Shared>>, body: Bytes) -> Response {
    answer(read(&body).and_then(|ask: MintAsk| {
        let at = shared.clock.now().plus(-ask.age_seconds);
        let id = ask.client_id.as_deref();
        let token = apps::mint(&mut shared.world(), &shared.origin, ask.product, id, &ask.person, at)?;
        Ok(json!({
            "client_id": token.client_id,
            "access_token": token.access_token.reveal(),
            "refresh_token": token.refresh_token.as_ref().map(|secret| secret.reveal()),
            "username": token.username,
            "user_id": token.user_id,
            "issued_at": token.issued_at,
            "expires_at": token.expires_at,
        }))
    }))
}

async fn expire(State(shared): State<Arc<Shared>>, body: Bytes) -> Response {
    answer(read(&body).and_then(|whose: Whose| {
        let now = shared.clock.now();
        Ok(json!({"tokens": lives::expire(&mut shared.world(), &whose, now)?}))
    }))
}

#[derive(Deserialize)]
struct InvalidateAsk {
    why: Ended,
    person: String,
    #[serde(default)]
    product: Option<Product>,
}

async fn invalidate(State(shared): State<Arc<Shared>>, body: Bytes) -> Response {
    answer(read(&body).and_then(|ask: InvalidateAsk| {
        let whose = Whose {
            person: ask.person,
            product: ask.product,
        };
        Ok(json!({"tokens": lives::invalidate(&mut shared.world(), &whose, ask.why)?}))
    }))
}

async fn clear_checkpoint(State(shared): State<Arc<Shared>>, body: Bytes) -> Response {
    answer(
        read(&body)
            .and_then(|whose: Whose| Ok(json!({"tokens": lives::clear_checkpoint(&mut shared.world(), &whose)?}))),
    )
}

async fn page(State(shared): State<Arc<Shared>>, body: Bytes) -> Response {
    answer(read(&body).and_then(|spec: PageSpec| shown(lives::add_page(&mut shared.world(), &spec)?)))
}

async fn pages(State(shared): State<Arc<Shared>>) -> Response {
    answer(shown(&shared.world().social.pages))
}

async fn remove_pages(State(shared): State<Arc<Shared>>, body: Bytes) -> Response {
    answer(read(&body).and_then(|whose: Whose| {
        lives::remove_pages(&mut shared.world(), &whose.person)?;
        Ok(json!({}))
    }))
}

fn shown_clock(shared: &Shared) -> Answer {
    Ok(json!({"now": shared.clock.now(), "frozen": shared.clock.is_frozen()}))
}

async fn clock(State(shared): State<Arc<Shared>>) -> Response {
    answer(shown_clock(&shared))
}

#[derive(Deserialize)]
struct ClockAsk {
    #[serde(default)]
    seconds: Option<i64>,
    #[serde(default)]
    now: Option<Timestamp>,
}

async fn move_clock(
    State(shared): State<Arc<Shared>>,
    axum::extract::Path(action): axum::extract::Path<String>,
    body: Bytes,
) -> Response {
    answer(read(&body).and_then(|ask: ClockAsk| {
        match (action.as_str(), ask.seconds, ask.now) {
            ("advance", Some(seconds), None) => shared.clock.advance(seconds),
            ("set", None, Some(now)) => shared.clock.set(now),
            ("freeze", None, None) => shared.clock.freeze(),
            ("unfreeze", None, None) => shared.clock.unfreeze(),
            _ => {
                let ways = "advance {\"seconds\": n}, set {\"now\": n}, freeze, unfreeze";
                return Err(Refusal(format!("the clock knows: {ways}")));
            }
        }
        shown_clock(&shared)
    }))
}

async fn fault(State(shared): State<Arc<Shared>>, body: Bytes) -> Response {
    answer(read(&body).map(|fault: Fault| {
        shared.faults().add(fault);
        json!({})
    }))
}

async fn behaviour(State(shared): State<Arc<Shared>>) -> Response {
    answer(shown(&shared.world().behaviour))
}

/// Changes the switches that are named and leaves the others; `profile` sets all of them first.
async fn set_behaviour(State(shared): State<Arc<Shared>>, body: Bytes) -> Response {
    answer(read(&body).and_then(|changes: serde_json::Map<String, Value>| {
        let mut world = shared.world();
        world.behaviour = world.behaviour.changed(changes)?;
        shown(&world.behaviour)
    }))
}

async fn calls(State(shared): State<Arc<Shared>>) -> Response {
    answer(shown(shared.journal().calls()))
}

async fn world(State(shared): State<Arc<Shared>>) -> Response {
    match apps::save(&shared) {
        Ok(json) => ([(header::CONTENT_TYPE, "application/json")], json).into_response(),
        Err(error) => Refusal::from(error).into_response(),
    }
}

async fn reset(State(shared): State<Arc<Shared>>) -> Response {
    apps::reset(&shared);
    answer(Ok(json!({})))
}
