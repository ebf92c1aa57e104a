//! The control API: the words of [`crate::Sandbox`] over HTTP, for tests in other languages, for scripts and for `curl`.
//!
//! Every call carries the run's token in `X-Shutterkey-Control` and never comes from a web page: a request with an
//! `Origin` is refused. Bodies and answers are JSON; a call that does not work answers 422 with `{"error": "…"}`. `GET
//! /control` lists all calls with what they take and answer.

mod callbacks;
mod clock;
mod faults;
mod journal;
mod people;
mod scenario;
mod tokens;
mod usage;
mod words;
mod world;

use std::pin::Pin;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, get, on};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::error::SandboxError;
use crate::http::{self, Params};
use crate::site::Shared;

const HEADER: &str = "x-shutterkey-control";

/// What a call answers.
type Answer = Result<Value, Refusal>;
type Later = Pin<Box<dyn Future<Output = Answer> + Send>>;

/// One call.
struct Word {
    get: bool,
    /// Below `/control/`.
    path: &'static str,
    /// What its body holds, for people; a `?` stands behind what may be left out.
    takes: &'static str,
    answers: &'static str,
    act: Act,
}

#[derive(Clone, Copy)]
enum Act {
    Now(fn(&Shared, &[u8]) -> Answer),
    Later(fn(Arc<Shared>, Vec<u8>) -> Later),
}

impl Word {
    async fn run(&self, shared: &Arc<Shared>, body: &[u8]) -> Answer {
        match self.act {
            Act::Now(act) => act(shared, body),
            Act::Later(act) => act(shared.clone(), body.to_vec()).await,
        }
    }
}

pub(crate) fn routes(shared: Arc<Shared>) -> Router<Arc<Shared>> {
    let router = Router::new().route("/control", get(index));
    words::WORDS
        .iter()
        .fold(router, |router, word| {
            let verb = if word.get {
                MethodFilter::GET
            } else {
                MethodFilter::POST
            };
            let handle = move |State(shared): State<Arc<Shared>>, request: Request| async move {
                match body_of(word, request).await {
                    Ok(body) => answer(word.run(&shared, &body).await),
                    Err(refusal) => refusal.into_response(),
                }
            };
            router.route(&format!("/control/{}", word.path), on(verb, handle))
        })
        .route_layer(middleware::from_fn_with_state(shared, only_with_token))
}

/// The body; of a GET the query, as an object of texts.
async fn body_of(word: &Word, request: Request) -> Result<Bytes, Refusal> {
    let (parts, body) = request.into_parts();
    if word.get {
        let query = Params::parse(parts.uri.query().unwrap_or_default().as_bytes());
        let fields = query
            .pairs()
            .iter()
            .map(|(name, value)| (name.clone(), value.as_str().into()));
        return Ok(Value::Object(Map::from_iter(fields)).to_string().into());
    }
    let limit = http::CONTROL_BODY_LIMIT;
    match tokio::time::timeout(http::BODY_TIMEOUT, axum::body::to_bytes(body, limit)).await {
        Ok(Ok(body)) => Ok(body),
        _ => Err(Refusal("the body is broken, too large, or took too long".to_owned())),
    }
}

/// One call by its path, as the packages of other languages make it.
pub(crate) fn call(shared: &Shared, path: &str, body: &str) -> Result<String, SandboxError> {
    let Act::Now(act) = word_of(path, body)?.act else {
        return Err(SandboxError::Control(format!(
            "{path:?} takes time: call it over HTTP, as GET /control describes"
        )));
    };
    act(shared, body.as_bytes())
        .map(|value| value.to_string())
        .map_err(|refusal| SandboxError::Control(refusal.0))
}

/// One call by its path, which may take time.
pub(crate) async fn call_later(shared: Arc<Shared>, path: String, body: String) -> Result<String, SandboxError> {
    let answer = word_of(&path, &body)?.run(&shared, body.as_bytes()).await;
    answer
        .map(|value| value.to_string())
        .map_err(|refusal| SandboxError::Control(refusal.0))
}

fn word_of(path: &str, body: &str) -> Result<&'static Word, SandboxError> {
    let both = || words::WORDS.iter().filter(|word| word.path == path);
    // Some paths are read with GET and changed with POST; a body tells which is meant.
    let word = both()
        .find(|word| word.get == body.is_empty())
        .or_else(|| both().next());
    word.ok_or_else(|| SandboxError::Control(format!("there is no call {path:?}")))
}

/// `GET /control`
async fn index() -> Response {
    let calls: Vec<Value> = words::WORDS
        .iter()
        .map(|word| {
            let method = if word.get { "GET" } else { "POST" };
            let path = format!("/control/{}", word.path);
            json!({"method": method, "path": path, "takes": word.takes, "answers": word.answers})
        })
        .collect();
    http::json(StatusCode::OK, json!({ "calls": calls }))
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

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    let body: &[u8] = if body.is_empty() { b"{}" } else { body };
    let mut reader = serde_json::Deserializer::from_slice(body);
    let unreadable = |at: String, error: serde_json::Error| Refusal(format!("the body cannot be read{at}: {error}"));
    let read = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let at = match error.path().to_string() {
            top if top == "." => String::new(),
            place => format!(" at {place}"),
        };
        unreadable(at, error.into_inner())
    })?;
    reader.end().map_err(|error| unreadable(String::new(), error))?;
    Ok(read)
}

fn shown(value: impl serde::Serialize) -> Answer {
    serde_json::to_value(value).map_err(|error| Refusal(error.to_string()))
}
