//! How much of its limits an app has used up, as the platform tells in headers of answers that succeed (fact sheet 5.5).

use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderName, HeaderValue};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shutterkey::{Clock, Timestamp};

use crate::error::SandboxError;
use crate::http::with_header;
use crate::journal::Note;
use crate::site::Shared;
use crate::world::{Product, World, full_username};

pub(crate) const APP: HeaderName = HeaderName::from_static("x-app-usage");
pub(crate) const USE_CASE: HeaderName = HeaderName::from_static("x-business-use-case-usage");

/// Numbers for the usage headers of Meta's products: of an app (`X-App-Usage`) or, with [`Usage::account`], of an account
/// (`X-Business-Use-Case-Usage`). The calls succeed all the same; [`crate::FaultKind::Throttle`] is a limit that was reached.
///
/// ```
/// use shutterkey_sandbox::Usage;
/// // Every app is told that it has used up 28 % of its calls:
/// let app = Usage::new().call_count(28).total_time(25).total_cputime(25);
/// // For an hour the account of the studio is nearly at its limit:
/// let account = Usage::new().account("studio").call_count(95).for_seconds(3_600);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Usage {
    /// Answers of one of Meta's products alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product: Option<Product>,
    /// Answers to one app alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// The person about whose account the answers are, with or without `.sandbox` (default: the numbers are the app's).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Percent of the calls (default 0).
    pub call_count: u32,
    /// Percent of the processor time (default 0).
    pub total_cputime: u32,
    /// Percent of the time (default 0).
    pub total_time: u32,
    /// Minutes until a limit that was reached lets calls through again (default 0). An account's alone has it.
    #[serde(skip_serializing_if = "is_zero")]
    pub estimated_time_to_regain_access: u32,
    /// For how long, in seconds of sandbox time from when it is set (default: until other numbers are set, or none).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub for_seconds: Option<i64>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
const fn is_zero(minutes: &u32) -> bool {
    *minutes == 0
}

impl Usage {
    /// Nothing used up, of every app.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets [`Usage::product`].
    #[must_use]
    pub const fn product(mut self, product: Product) -> Self {
        self.product = Some(product);
        self
    }

    /// Sets [`Usage::client_id`].
    #[must_use]
    pub fn client_id(mut self, id: &str) -> Self {
        self.client_id = Some(id.to_owned());
        self
    }

    /// Sets [`Usage::account`].
    #[must_use]
    pub fn account(mut self, name: &str) -> Self {
        self.account = Some(name.to_owned());
        self
    }

    /// Sets [`Usage::call_count`].
    #[must_use]
    pub const fn call_count(mut self, percent: u32) -> Self {
        self.call_count = percent;
        self
    }

    /// Sets [`Usage::total_cputime`].
    #[must_use]
    pub const fn total_cputime(mut self, percent: u32) -> Self {
        self.total_cputime = percent;
        self
    }

    /// Sets [`Usage::total_time`].
    #[must_use]
    pub const fn total_time(mut self, percent: u32) -> Self {
        self.total_time = percent;
        self
    }

    /// Sets [`Usage::estimated_time_to_regain_access`].
    #[must_use]
    pub const fn estimated_time_to_regain_access(mut self, minutes: u32) -> Self {
        self.estimated_time_to_regain_access = minutes;
        self
    }

    /// Sets [`Usage::for_seconds`].
    #[must_use]
    pub const fn for_seconds(mut self, seconds: i64) -> Self {
        self.for_seconds = Some(seconds);
        self
    }

    /// Whether such numbers are sent by any product.
    pub(crate) fn check(&self) -> Result<(), SandboxError> {
        if let Some(product @ (Product::Legacy | Product::Standard)) = self.product {
            let words = format!(
                "{} has no usage headers: instagram, facebook, threads",
                product.as_str()
            );
            return Err(SandboxError::Usage(words));
        }
        if self.account.is_none() && self.estimated_time_to_regain_access > 0 {
            let words = "estimated_time_to_regain_access is told of an account alone, and none is named";
            return Err(SandboxError::Usage(words.to_owned()));
        }
        Ok(())
    }

    fn username(&self) -> Option<String> {
        self.account.as_deref().and_then(full_username)
    }

    /// Whether it is about the same, and so takes the other's place.
    fn is_about(&self, other: &Self) -> bool {
        self.product == other.product && self.client_id == other.client_id && self.username() == other.username()
    }

    fn fits(&self, product: Product, note: &Note) -> bool {
        self.product.is_none_or(|only| only == product)
            && self
                .client_id
                .as_ref()
                .is_none_or(|id| note.client_id.as_ref() == Some(id))
            && (self.account.is_none() || self.username() == note.account)
    }

    /// The value of `X-App-Usage`.
    pub(crate) fn of_app(&self) -> Value {
        json!({"call_count": self.call_count, "total_time": self.total_time, "total_cputime": self.total_cputime})
    }

    /// The value of `X-Business-Use-Case-Usage`, of the account with this id.
    pub(crate) fn of_account(&self, kind: &str, id: &str) -> Value {
        json!({id: [{
            "type": kind,
            "call_count": self.call_count,
            "total_cputime": self.total_cputime,
            "total_time": self.total_time,
            "estimated_time_to_regain_access": self.estimated_time_to_regain_access,
        }]})
    }
}

/// The numbers that were set, the newest last.
#[derive(Default)]
pub(crate) struct Usages(Vec<(Usage, Option<Timestamp>)>);

impl Usages {
    pub(crate) fn set(&mut self, usage: Usage, now: Timestamp) {
        self.0.retain(|(other, _)| !other.is_about(&usage));
        let until = usage.for_seconds.map(|seconds| now.plus(seconds));
        self.0.push((usage, until));
    }

    pub(crate) fn list(&mut self, now: Timestamp) -> Vec<Usage> {
        self.drop_ended(now);
        self.0.iter().map(|(usage, _)| usage.clone()).collect()
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    fn drop_ended(&mut self, now: Timestamp) {
        self.0.retain(|(_, until)| until.is_none_or(|until| now < until));
    }

    /// The newest numbers for a call: of the app, and of the account.
    fn of(&mut self, product: Product, note: &Note, now: Timestamp) -> (Option<Usage>, Option<Usage>) {
        self.drop_ended(now);
        let newest = |of_account: bool| {
            let mut fitting = self.0.iter().rev().map(|(usage, _)| usage);
            fitting
                .find(|usage| usage.account.is_some() == of_account && usage.fits(product, note))
                .cloned()
        };
        (newest(false), newest(true))
    }
}

/// Puts the headers on an answer of a platform that succeeded, if the call is about an app and there are numbers.
pub(crate) fn told(shared: &Shared, path: &str, note: &Note, mut response: Response) -> Response {
    let product = path.split('/').nth(1).and_then(|first| {
        let mut metas = [Product::Instagram, Product::Facebook, Product::Threads].into_iter();
        metas.find(|product| product.as_str() == first)
    });
    let is_json = |kind: &HeaderValue| kind.as_bytes().starts_with(b"application/json");
    let succeeded = response.status().is_success() && response.headers().get(CONTENT_TYPE).is_some_and(is_json);
    let (Some(product), true, true) = (product, succeeded, note.client_id.is_some()) else {
        return response;
    };
    let (app, account) = shared.usages().of(product, note, shared.clock.now());
    if app.is_none() && account.is_none() {
        return response;
    }
    let world = shared.world();
    if !world.behaviour.rate_headers {
        return response;
    }
    if let Some(usage) = app {
        response = with_header(response, APP, &usage.of_app().to_string());
    }
    if let (Some(usage), Some((kind, id))) = (account, use_case(&world, product, note)) {
        response = with_header(response, USE_CASE, &usage.of_account(kind, &id).to_string());
    }
    response
}

/// How the header names the use case, and the account's id in it.
fn use_case(world: &World, product: Product, note: &Note) -> Option<(&'static str, String)> {
    let person = world.person(note.account.as_deref()?)?;
    let kind = if product == Product::Threads {
        "threads"
    } else {
        "instagram"
    };
    Some((kind, world.account_id(product, person)))
}
