//! A person's browser over keep-alive connections: cookies of one login, redirects, the first form of each page.

use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::header::{CONTENT_TYPE, COOKIE, LOCATION, ORIGIN, SET_COOKIE};
use hyper::{Method, Request};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use url::Url;

use crate::served::REDIRECT_URI;

/// More pages than any login here has.
const STEPS: usize = 12;

/// Browsers of one machine: they share its connections, and nothing else.
#[derive(Clone)]
pub(crate) struct Browsers(Client<HttpConnector, Full<Bytes>>);

/// One person's browser, for one login.
struct Browser<'a> {
    client: &'a Client<HttpConnector, Full<Bytes>>,
    cookies: Vec<(String, String)>,
    requests: u64,
}

impl Browsers {
    pub(crate) fn new() -> Self {
        Self(Client::builder(TokioExecutor::new()).build_http())
    }

    /// Walks an authorize URL as `person`. The redirect URL that comes of it, and how many requests that took.
    pub(crate) async fn approve(&self, url: &str, person: &str) -> (String, u64) {
        let mut browser = Browser {
            client: &self.0,
            cookies: Vec::new(),
            requests: 0,
        };
        let mut at = Url::parse(url).expect("an authorize URL");
        let mut fields = None;
        for _ in 0..STEPS {
            let (status, location, page) = browser.send(&at, fields.take()).await;
            if let Some(location) = location {
                at = at.join(&location).expect("a redirect");
                if at.as_str().starts_with(REDIRECT_URI) {
                    return (location, browser.requests);
                }
                continue;
            }
            let (action, filled) = form(&page, person).unwrap_or_else(|| panic!("status {status}, no form: {page}"));
            at = at.join(&action).expect("the form leads somewhere");
            fields = Some(filled);
        }
        panic!("no redirect after {STEPS} pages");
    }

    /// A program's JSON post, as the control API takes it.
    pub(crate) async fn control(&self, url: &str, token: &str, body: String) -> serde_json::Value {
        let request = Request::post(url)
            .header("x-shutterkey-control", token)
            .header(CONTENT_TYPE, "application/json")
            .body(Full::from(body))
            .expect("a request");
        let answer = self.0.request(request).await.expect("an answer").into_body();
        let body = answer.collect().await.expect("a whole answer").to_bytes();
        serde_json::from_slice(&body).expect("JSON")
    }
}

impl Browser<'_> {
    async fn send(&mut self, url: &Url, form: Option<String>) -> (u16, Option<String>, String) {
        self.requests += 1;
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let mut request = Request::builder().uri(url.as_str()).header(COOKIE, cookies.join("; "));
        if form.is_some() {
            request = request
                .method(Method::POST)
                .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
                .header(ORIGIN, url.origin().ascii_serialization());
        }
        let request = request.body(Full::from(form.unwrap_or_default())).expect("a request");
        let answer = self.client.request(request).await.expect("an answer");
        let (head, body) = answer.into_parts();
        for cookie in head.headers.get_all(SET_COOKIE) {
            let pair = cookie.to_str().expect("a cookie").split(';').next().unwrap_or_default();
            let (name, value) = pair.split_once('=').expect("a cookie's name");
            self.cookies.retain(|(known, _)| known != name);
            self.cookies.push((name.to_owned(), value.to_owned()));
        }
        let location = head
            .headers
            .get(LOCATION)
            .map(|location| location.to_str().expect("a location").to_owned());
        let body = body.collect().await.expect("a whole page").to_bytes();
        (
            head.status.as_u16(),
            location,
            String::from_utf8_lossy(&body).into_owned(),
        )
    }
}

/// Where the first form of a page goes, and what `person` sends with it: every field as it is, the names asked for, and of the
/// buttons the one that says the person or that does not cancel.
fn form(page: &str, person: &str) -> Option<(String, String)> {
    let (_, rest) = page.split_once("<form")?;
    let (inside, _) = rest.split_once("</form>")?;
    let action = attribute(inside.split_once('>')?.0, "action").unwrap_or_default();
    let mut fields = url::form_urlencoded::Serializer::new(String::new());
    let mut pressed = false;
    for tag in inside
        .split('<')
        .filter(|tag| tag.starts_with("input") || tag.starts_with("button"))
    {
        let tag = tag.split_once('>').map_or(tag, |(tag, _)| tag);
        let Some(name) = attribute(tag, "name") else { continue };
        let value = attribute(tag, "value").unwrap_or_default();
        let default = if tag.starts_with("button") { "submit" } else { "text" };
        let kind = attribute(tag, "type").unwrap_or_else(|| default.to_owned());
        match kind.as_str() {
            "submit" if pressed || value == "cancel" || (name == "person" && value != person) => continue,
            "submit" => pressed = true,
            "checkbox" | "radio" if !tag.contains(" checked") => continue,
            "text" | "password" if value.is_empty() => {
                fields.append_pair(&name, person);
                continue;
            }
            _ => {}
        }
        fields.append_pair(&name, &value);
    }
    Some((action, fields.finish()))
}

/// The value of an attribute within a tag.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    Some(rest.split_once('"')?.0.replace("&amp;", "&"))
}
