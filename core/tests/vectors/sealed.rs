//! Sealed logins, and many of them in one cookie.

use serde::Deserialize;
use serde_json::{Map, Value, json};
use shutterkey::{PendingAuthorization, PendingJar, Result, SealKeys, Timestamp};

use crate::define::World;
use crate::show::{self, Outcome};
use crate::text::Text;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Seal {
    /// A login to seal, under these keys and in this session.
    seal: Option<SealStep>,
    open: OpenStep,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SealStep {
    login: String,
    keys: String,
    session: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OpenStep {
    /// What to open; without it, what was just sealed.
    sealed: Option<Text>,
    keys: String,
    provider: String,
    session: Option<String>,
}

pub(crate) fn seal(world: &World<'_>, input: Value) -> Outcome {
    let input: Seal = serde_json::from_value(input).unwrap();
    Outcome::of(open(world, input), show::pending)
}

fn open(world: &World<'_>, input: Seal) -> Result<PendingAuthorization> {
    let sealed = match (input.seal, input.open.sealed) {
        (Some(step), None) => world
            .login(&step.login)
            .seal(&SealKeys::parse(&step.keys)?, step.session.as_deref())?,
        (None, Some(text)) => text.build(),
        _ => panic!("a case seals a login or gives a sealed text"),
    };
    let keys = SealKeys::parse(&input.open.keys)?;
    PendingAuthorization::open(&sealed, &keys, &input.open.provider, input.open.session.as_deref())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Jar {
    keys: String,
    secure: bool,
    /// The `Cookie` header to begin with.
    cookie: Option<Text>,
    /// What one browser does, request by request; its cookie goes with it.
    requests: Vec<Request>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    now: i64,
    /// Another ring of keys than the case's.
    keys: Option<String>,
    begin: Option<String>,
    /// Begins the login this often, each time with another first byte of entropy: 0, 1, 2, …
    #[serde(default = "once")]
    times: u8,
    callback: Option<Text>,
    complete: Option<String>,
}

fn once() -> u8 {
    1
}

pub(crate) fn jar(world: &World<'_>, input: Value) -> Outcome {
    let input: Jar = serde_json::from_value(input).unwrap();
    let mut cookie = input.cookie.as_ref().map(Text::build);
    let mut printed = String::new();
    let mut last = Ok(Value::Null);
    for request in &input.requests {
        last = serve(world, &input, request, &mut cookie, &mut printed);
        if last.is_err() {
            break;
        }
    }
    Outcome::of(last, Value::clone).also_printing(&printed)
}

/// Serves one request: opens the jar, does what is asked, and sends the jar back.
fn serve(
    world: &World<'_>,
    input: &Jar,
    request: &Request,
    cookie: &mut Option<String>,
    printed: &mut String,
) -> Result<Value> {
    let keys = SealKeys::parse(request.keys.as_ref().unwrap_or(&input.keys))?;
    let now = Timestamp::from_seconds(request.now);
    let mut shown = Map::new();
    for turn in 0..request.times {
        let mut jar = PendingJar::from_cookie(cookie.as_deref(), &keys, now, input.secure);
        if let Some(login) = &request.begin {
            let mut spec = world.login_spec(&crate::define::Ref::Name(login.clone()));
            if request.times > 1 {
                spec.entropy.replace_range(..2, &format!("{turn:02x}"));
            }
            jar.add(world.begin(&spec)?.pending);
        }
        if let Some(query) = &request.callback {
            shown.insert("found".into(), jar.find(&query.build())?.handle().into());
        }
        if let Some(login) = &request.complete {
            jar.remove(&world.login(login).handle());
        }
        printed.push_str(&format!("{jar:?}"));
        let sent = jar.to_set_cookie(&keys, now)?;
        let (pair, attributes) = sent.split_once("; ").unwrap();
        let (name, sealed) = pair.split_once('=').unwrap();
        shown.insert("logins".into(), jar.len().into());
        shown.insert(
            "set_cookie".into(),
            json!({
                "name": name,
                "empty": sealed.is_empty(),
                "attributes": attributes.split("; ").collect::<Vec<_>>(),
                "under_4096_bytes": sent.len() < 4_096,
            }),
        );
        // Another cookie beside ours, as a browser sends them.
        *cookie = Some(format!("theme=dark; {pair}"));
    }
    Ok(shown.into())
}
