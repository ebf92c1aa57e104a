//! What a listener answers to each request.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{ALLOW, HOST, HeaderMap, HeaderName, HeaderValue, LOCATION, ORIGIN};
use hyper::{Method, Request, Response, StatusCode};
use tokio::sync::{mpsc, oneshot};

use super::connections::CONNECTION_CAP;
use super::front::Front;
use super::page::{self, Page};
use crate::config::{Parts, RedirectUri};
use crate::entropy::Entropy;
use crate::error::{Error, Result};
use crate::secret::Secret;

/// The most bytes of a fragment that the fragment page posts.
const BODY_CAP: usize = 32 << 10;

/// How long the fragment page's post may take.
const BODY_TIME: Duration = Duration::from_secs(5);

/// What the connections tell the one who waits.
pub(super) enum Event {
    /// A redirect arrived.
    Answer {
        /// The whole address, with the registered scheme and authority.
        url: Secret,
        /// Where the verdict goes.
        verdict: oneshot::Sender<Verdict>,
    },
    /// The browser has fetched the page that shows the result.
    ResultShown,
}

/// What became of a redirect.
pub(super) enum Verdict {
    /// It ended the login, one way or the other; the result page knows which.
    Settled,
    /// It is not this login's; the login goes on.
    Refused(Error),
}

/// The little site behind a listener: the redirect URI, the result page, and where the fragment page posts to.
pub(super) struct Site {
    /// `scheme://host[:port]` of the redirect URI, as registered.
    base: String,
    /// The redirect URI's path.
    path: String,
    front: Front,
    result_path: &'static str,
    /// With a fragment of its own: without one, browsers carry the old one along, be it `_` or a token.
    result_location: &'static str,
    /// Not guessable, so that no other page can post there.
    fragment_path: String,
    wants_token: bool,
    events: mpsc::Sender<Event>,
    result: OnceLock<Page>,
}

impl Site {
    pub(super) fn new(
        redirect_uri: &RedirectUri,
        front: Front,
        wants_token: bool,
    ) -> Result<(Arc<Self>, mpsc::Receiver<Event>)> {
        let (events, received) = mpsc::channel(CONNECTION_CAP);
        let text = redirect_uri.as_str();
        let (base, rest) = Parts::split(text).map_or((text, ""), |parts| {
            (text.strip_suffix(parts.rest).unwrap_or(text), parts.rest)
        });
        let path = match rest.split('?').next() {
            None | Some("") => "/",
            Some(path) => path,
        };
        let nonce = BASE64_URL_SAFE_NO_PAD.encode(Entropy::<16>::from_os()?.bytes());
        let (result_path, result_location) = match path {
            "/done" => ("/finished", "/finished#login"),
            _ => ("/done", "/done#login"),
        };
        let site = Self {
            base: base.to_owned(),
            path: path.to_owned(),
            front,
            result_path,
            result_location,
            fragment_path: format!("/fragment/{nonce}"),
            wants_token,
            events,
            result: OnceLock::new(),
        };
        Ok((Arc::new(site), received))
    }

    /// From now on, every redirect leads to this page.
    pub(super) fn settle(&self, result: Page) {
        let _ = self.result.set(result);
    }

    /// Answers one request. `asked` is set as soon as a redirect is being judged: its connection is then kept.
    pub(super) async fn answer(&self, request: Request<Incoming>, asked: &AtomicBool) -> Response<Full<Bytes>> {
        // DNS rebinding: a page of another name that was pointed at this address (attack case E2).
        let Some(host) = self.own_host(&request) else {
            return respond(page::wrong_host());
        };
        let path = request.uri().path();
        let method = request.method();
        if path == self.path {
            if method != Method::GET {
                return not_allowed("GET");
            }
            if is_speculative(request.headers()) {
                return respond(Page::empty(StatusCode::NO_CONTENT));
            }
            if self.result.get().is_some() {
                return self.see_result();
            }
            let query = request.uri().query();
            if self.wants_token && !query.is_some_and(names_error) {
                return respond(page::fragment(&self.fragment_path));
            }
            let rest = request.uri().path_and_query().map_or(path, |rest| rest.as_str());
            return match self.judge(format!("{}{rest}", self.base), asked).await {
                Some(Verdict::Settled) => self.see_result(),
                Some(Verdict::Refused(error)) => respond(page::refused(&error)),
                None => respond(page::not_found()),
            };
        }
        if path == self.result_path
            && let Some(result) = self.result.get()
        {
            if method != Method::GET {
                return not_allowed("GET");
            }
            asked.store(true, Ordering::Relaxed);
            let _ = self.events.send(Event::ResultShown).await;
            return respond(result.clone());
        }
        if self.wants_token && path == self.fragment_path {
            if method != Method::POST {
                return not_allowed("POST");
            }
            if !self.is_same_origin(request.headers(), &host) {
                return respond(Page::text(StatusCode::FORBIDDEN, "Another page cannot post here."));
            }
            return self.take_fragment(request.into_body(), asked).await;
        }
        respond(page::not_found())
    }

    /// What the fragment page's script posts: its own query and fragment.
    async fn take_fragment(&self, body: Incoming, asked: &AtomicBool) -> Response<Full<Bytes>> {
        let collected = tokio::time::timeout(BODY_TIME, Limited::new(body, BODY_CAP).collect()).await;
        let bytes = match collected {
            Ok(Ok(collected)) => collected.to_bytes(),
            Ok(Err(_)) => return respond(Page::text(StatusCode::PAYLOAD_TOO_LARGE, "The answer is too large.")),
            Err(_) => return respond(Page::text(StatusCode::REQUEST_TIMEOUT, "The answer took too long.")),
        };
        let rest = match std::str::from_utf8(&bytes) {
            Ok(text) if text.starts_with(['?', '#']) => text,
            _ => return respond(Page::text(StatusCode::BAD_REQUEST, "That is not an answer.")),
        };
        match self.judge(format!("{}{}{rest}", self.base, self.path), asked).await {
            Some(Verdict::Settled) => respond(Page::text(StatusCode::OK, self.result_path)),
            Some(Verdict::Refused(error)) => respond(page::refused_text(&error)),
            None => respond(page::not_found()),
        }
    }

    /// `None` when nobody waits any more.
    async fn judge(&self, url: String, asked: &AtomicBool) -> Option<Verdict> {
        asked.store(true, Ordering::Relaxed);
        let (verdict, answered) = oneshot::channel();
        let url = Secret::new(url);
        self.events.send(Event::Answer { url, verdict }).await.ok()?;
        answered.await.ok()
    }

    /// `303 See Other`: browsers then replace the address, so that code and state leave address bar and history.
    fn see_result(&self) -> Response<Full<Bytes>> {
        let mut response = respond(Page::empty(StatusCode::SEE_OTHER));
        response
            .headers_mut()
            .insert(LOCATION, HeaderValue::from_static(self.result_location));
        response
    }

    fn is_same_origin(&self, headers: &HeaderMap, host: &str) -> bool {
        let mut origins = headers.get_all(ORIGIN).iter();
        let own = origins
            .next()
            .and_then(|origin| origin.to_str().ok())
            .is_some_and(|origin| self.front.is_own_origin(host, origin))
            && origins.next().is_none();
        own && headers
            .get("sec-fetch-site")
            .is_none_or(|site| site.as_bytes() == b"same-origin")
    }

    /// The host that the request names, if it is one of this listener's, named once and nowhere else.
    fn own_host(&self, request: &Request<Incoming>) -> Option<String> {
        if request.uri().authority().is_some() {
            return None;
        }
        let mut named = request.headers().get_all(HOST).iter();
        let host = named.next()?.to_str().ok()?;
        (named.next().is_none() && self.front.answers(host)).then(|| host.to_owned())
    }
}

fn names_error(query: &str) -> bool {
    query.split('&').any(|pair| pair.split('=').next() == Some("error"))
}

/// A browser that loads ahead of the person, or a page that loads the address as an image, script or frame.
fn is_speculative(headers: &HeaderMap) -> bool {
    let says = |name: HeaderName, word: &str| {
        headers
            .get_all(name)
            .iter()
            .any(|value| value.to_str().is_ok_and(|value| value.contains(word)))
    };
    let destination = HeaderName::from_static("sec-fetch-dest");
    says(HeaderName::from_static("sec-purpose"), "prefetch")
        || says(HeaderName::from_static("purpose"), "prefetch")
        || says(HeaderName::from_static("x-moz"), "prefetch")
        || (headers.contains_key(&destination) && !says(destination, "document"))
}

fn not_allowed(allow: &'static str) -> Response<Full<Bytes>> {
    let mut response = respond(Page::empty(StatusCode::METHOD_NOT_ALLOWED));
    response.headers_mut().insert(ALLOW, HeaderValue::from_static(allow));
    response
}

/// A page with the headers that every answer has (attack case E6).
fn respond(page: Page) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(page.body)));
    *response.status_mut() = page.status;
    let headers = response.headers_mut();
    for (name, value) in [
        ("cache-control", "no-store"),
        ("content-security-policy", page.policy),
        ("content-type", page.content_type),
        ("cross-origin-resource-policy", "same-origin"),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}
