//! The routes of a web site, request by request.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value, json};
use shutterkey::web::{Request, Response, Route, Routes, Webhook};
use shutterkey::{AuthorizeOptions, Entropy, Error, Grant, HandoverStart, PendingJar, SealKeys, Timestamp};

use crate::define::World;
use crate::show::Outcome;
use crate::text::{Bytes, Text};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Site {
    client: String,
    keys: String,
    now: i64,
    #[serde(default)]
    settings: Settings,
    requests: Vec<Turn>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Settings {
    origin: Option<String>,
    trusted_origins: Vec<String>,
    prefix: Option<String>,
    home: Option<String>,
    app_redirect_uri: Option<String>,
    app_secrets: Vec<String>,
    verify_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Turn {
    route: String,
    method: String,
    #[serde(default)]
    query: Option<Text>,
    #[serde(default)]
    headers: Vec<(String, Text)>,
    body: Option<Bytes>,
    /// Whose cookie goes with it.
    #[serde(default = "first_browser")]
    browser: String,
    client: Option<String>,
    keys: Option<String>,
    now: Option<i64>,
    session: Option<String>,
    context: Option<String>,
    /// What a login that is begun is called: `{name}` in a later query is its state.
    #[serde(default = "state", rename = "as")]
    name: String,
    /// Repeats the request.
    #[serde(default = "once")]
    times: usize,
    /// The error that a request other than the last one answers.
    answers: Option<String>,
}

fn first_browser() -> String {
    "first".to_owned()
}

fn state() -> String {
    "state".to_owned()
}

fn once() -> usize {
    1
}

/// What is carried from one request to the next.
#[derive(Default)]
struct Memory {
    /// By browser: the whole `Cookie` header.
    cookies: BTreeMap<String, String>,
    /// By name of the login; of one that an app shares, the handle as well, by the name and `-handle`.
    states: BTreeMap<String, String>,
    printed: String,
}

impl Memory {
    /// Puts states and handles where a text names them.
    fn fill(&self, text: &str) -> String {
        self.states.iter().fold(text.to_owned(), |text, (name, state)| {
            text.replace(&format!("{{{name}}}"), state)
        })
    }
}

pub(crate) fn web(world: &World<'_>, input: Value) -> Outcome {
    let site: Site = serde_json::from_value(input).unwrap();
    let mut memory = Memory::default();
    let mut last = Ok(Value::Null);
    for (at, turn) in site.requests.iter().enumerate() {
        for _ in 0..turn.times {
            last = serve(world, &site, turn, &mut memory);
        }
        let Ok(shown) = &last else { break };
        if at + 1 < site.requests.len() {
            let answered = shown.get("error").and_then(Value::as_str);
            assert_eq!(answered, turn.answers.as_deref(), "request {at}");
        }
    }
    // What the value shows is what a case states; what nothing may print are the responses and the requests.
    Outcome {
        result: Outcome::of(last, Value::clone).result,
        printed: memory.printed,
    }
}

/// One request and its response, as an adapter would do it. Whatever the result, there is a response; building the routes is
/// what can fail.
fn serve(world: &World<'_>, site: &Site, turn: &Turn, memory: &mut Memory) -> Result<Value, Error> {
    let routes = build(world, site, turn)?;
    let now = Timestamp::from_seconds(turn.now.unwrap_or(site.now));
    let mut headers: Vec<(String, String)> = turn
        .headers
        .iter()
        .map(|(name, value)| (name.clone(), value.build()))
        .collect();
    if let Some(cookie) = memory.cookies.get(&turn.browser) {
        headers.push(("Cookie".to_owned(), cookie.clone()));
    }
    let headers: Vec<_> = headers.iter().map(|(name, value)| (&**name, &**value)).collect();
    let query = memory.fill(&turn.query.as_ref().map(Text::build).unwrap_or_default());
    let mut body = turn.body.as_ref().map(Bytes::build).unwrap_or_default();
    if let Ok(text) = std::str::from_utf8(&body) {
        body = memory.fill(text).into_bytes();
    }
    let request = Request {
        method: &turn.method,
        query: &query,
        headers: &headers,
        body: &body,
    };
    let route = *Route::ALL.iter().find(|route| route.as_str() == turn.route).unwrap();

    let mut shown = Map::new();
    let answered = answer(&routes, route, &request, turn, now, &mut shown);
    let response = answered.unwrap_or_else(|error| {
        shown.insert("error".into(), error.code().as_str().into());
        routes.failed(route, &request, &error, now)
    });
    memory
        .printed
        .push_str(&format!("{routes:?} {request:?} {response:?} {}", response.body));
    if route == Route::Start && response.status == 303 {
        let (_, state) = response.header("location").unwrap().split_once("state=").unwrap();
        let state = state.split('&').next().unwrap();
        memory.states.insert(turn.name.clone(), state.to_owned());
    }
    if route == Route::HandoverStart && response.status == 200 {
        let begun = HandoverStart::parse(&response.body)?;
        let handle = serde_json::from_str::<Value>(&response.body).unwrap()["handle"].clone();
        let (address, query) = begun.url().split_once('?').unwrap();
        let pairs: Vec<_> = query.split('&').map(|pair| pair.split_once('=').unwrap()).collect();
        let state = pairs.iter().find(|(name, _)| *name == "state").unwrap().1;
        memory.states.insert(turn.name.clone(), state.to_owned());
        memory
            .states
            .insert(format!("{}-handle", turn.name), handle.as_str().unwrap().to_owned());
        shown.insert("url".into(), address.into());
        shown.insert("redirect_uri".into(), begun.redirect_uri().as_str().into());
        shown.insert("expires_at".into(), begun.expires_at().seconds().into());
        let names: Vec<_> = pairs.iter().map(|(name, _)| *name).collect();
        shown.insert("parameters".into(), names.into());
    }
    show(&response, route, &mut shown);
    if let Some(set) = response.header("set-cookie") {
        let (pair, attributes) = set.split_once("; ").unwrap();
        // Another cookie beside ours, as a browser sends them.
        let cookie = format!("theme=dark; {pair}");
        let keys = SealKeys::parse(turn.keys.as_ref().unwrap_or(&site.keys))?;
        let secure = pair.starts_with("__Host-");
        let jar = PendingJar::from_cookie(Some(&cookie), &keys, now, secure);
        shown.insert(
            "cookie".into(),
            json!({
                "name": pair.split('=').next(),
                "attributes": attributes.split("; ").filter(|text| !text.starts_with("Max-Age")).collect::<Vec<_>>(),
                "logins": jar.len(),
                "under_4096_bytes": set.len() < 4_096,
            }),
        );
        memory.cookies.insert(turn.browser.clone(), cookie);
    }
    Ok(shown.into())
}

fn build(world: &World<'_>, site: &Site, turn: &Turn) -> Result<Routes, Error> {
    let config = world.client(turn.client.as_ref().unwrap_or(&site.client));
    let keys = SealKeys::parse(turn.keys.as_ref().unwrap_or(&site.keys))?;
    let settings = &site.settings;
    let mut builder = Routes::builder(config, std::sync::Arc::new(keys));
    if let Some(origin) = &settings.origin {
        builder = builder.origin(origin);
    }
    if let Some(prefix) = &settings.prefix {
        builder = builder.prefix(prefix);
    }
    if let Some(home) = &settings.home {
        builder = builder.home(home);
    }
    if let Some(uri) = &settings.app_redirect_uri {
        builder = builder.app_redirect_uri(uri);
    }
    if let Some(token) = &settings.verify_token {
        builder = builder.verify_token(token.as_str());
    }
    for origin in &settings.trusted_origins {
        builder = builder.trusted_origin(origin);
    }
    for secret in &settings.app_secrets {
        builder = builder.app_secret(secret.as_str());
    }
    builder.build()
}

fn answer(
    routes: &Routes,
    route: Route,
    request: &Request<'_>,
    turn: &Turn,
    now: Timestamp,
    shown: &mut Map<String, Value>,
) -> Result<Response, Error> {
    let session = turn.session.as_deref();
    match route {
        Route::Start => {
            let options = AuthorizeOptions::new();
            let options = match &turn.context {
                Some(context) => options.context(context.as_str()),
                None => options,
            };
            let options = match session {
                Some(session) => options.session(session),
                None => options,
            };
            routes.start(request, options, now, Entropy::from_os()?)
        }
        Route::Callback => {
            let accepted = routes.callback(request, session, now)?;
            if let Grant::Code(grant) = &accepted.grant {
                shown.insert("code".into(), grant.code().reveal().into());
            }
            if let Some(context) = accepted.pending.context() {
                shown.insert("context".into(), String::from_utf8(context.to_vec()).unwrap().into());
            }
            Ok(routes.connected(request, now))
        }
        Route::HandoverStart => {
            let options = AuthorizeOptions::new();
            let options = match &turn.context {
                Some(context) => options.context(context.as_str()),
                None => options,
            };
            routes.handover_start(request, session, options, now, Entropy::from_os()?)
        }
        Route::HandoverFinish => {
            let accepted = routes.handover_finish(request, session, now)?;
            if let Grant::Code(grant) = &accepted.grant {
                shown.insert("code".into(), grant.code().reveal().into());
            }
            if let Some(context) = accepted.pending.context() {
                shown.insert("context".into(), String::from_utf8(context.to_vec()).unwrap().into());
            }
            Ok(routes.taken_over())
        }
        Route::Deauthorize => {
            let verified = routes.deauthorize(request, now)?;
            shown.insert("user_id".into(), verified.user_id.as_str().into());
            shown.insert("issued_at".into(), verified.issued_at.seconds().into());
            Ok(routes.deauthorized())
        }
        Route::DataDeletion if request.method == "POST" => {
            let deletion = routes.data_deletion(request, now)?;
            shown.insert("user_id".into(), deletion.request.user_id.as_str().into());
            shown.insert("issued_at".into(), deletion.request.issued_at.seconds().into());
            Ok(routes.deletion_confirmed(&deletion))
        }
        Route::DataDeletion => {
            let deletion = routes.deletion_status(request)?;
            shown.insert("requested_at".into(), deletion.requested_at.seconds().into());
            Ok(routes.deletion_page(&deletion, None))
        }
        Route::Webhook => match routes.webhook(request)? {
            Webhook::Challenge(response) => Ok(response),
            Webhook::Delivery(response) => {
                shown.insert("delivery".into(), true.into());
                Ok(response)
            }
        },
    }
}

/// The response, without what no two have in common; that every response says what all have to say is checked here.
fn show(response: &Response, route: Route, shown: &mut Map<String, Value>) {
    assert_eq!(response.header("cache-control"), Some("no-store"));
    assert_eq!(response.header("referrer-policy"), Some("no-referrer"));
    assert_eq!(response.header("x-content-type-options"), Some("nosniff"));
    shown.insert("status".into(), response.status.into());
    let kind = response.header("content-type").unwrap().split(';').next().unwrap();
    match kind {
        "text/html" => {
            let policy = response.header("content-security-policy").unwrap();
            assert!(policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'"));
            shown.insert("page".into(), true.into());
        }
        "application/json" => {
            let body: Value = serde_json::from_str(&response.body).unwrap();
            // Of an error, the code is shown already; its words are not fixed.
            if body.get("error").is_none() && route != Route::HandoverStart {
                shown.insert("json".into(), body);
            }
        }
        _ => {
            shown.insert("text".into(), response.body.as_str().into());
        }
    }
    if let Some(location) = response.header("location") {
        // The authorize URL has a random state in its query.
        let end = if route == Route::Start {
            location.find('?')
        } else {
            None
        };
        let location = end.map_or(location, |end| &location[..end]);
        shown.insert("location".into(), location.into());
    }
}
