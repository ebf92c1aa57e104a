//! A browser that approves: follows redirects inside the sandbox, keeps cookies, fills in the forms of its pages.

mod html;

use std::sync::Arc;

use axum::body::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::Request;
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::{CONTENT_TYPE, COOKIE, HOST, LOCATION, ORIGIN, SET_COOKIE};
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use tokio::net::TcpStream;
use url::Url;

use crate::error::SandboxError;
use crate::site::Shared;
use crate::world::full_username;

/// Pages that one authorization may take; it has three.
const STEPS: usize = 10;
/// Largest page that is read, in bytes.
const PAGE_LIMIT: usize = 1024 * 1024;

/// What a person decides when an app asks for access.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Approval {
    /// Who decides (default: the first person).
    pub person: Option<String>,
    /// Permissions to untick; one that cannot be unticked is granted all the same.
    pub untick: Vec<String>,
    /// Press *Cancel*.
    pub deny: bool,
}

impl Approval {
    /// This person grants everything.
    pub fn by(person: &str) -> Self {
        Self {
            person: Some(person.to_owned()),
            ..Self::default()
        }
    }

    /// Unticks one more permission.
    #[must_use]
    pub fn untick(mut self, permission: &str) -> Self {
        self.untick.push(permission.to_owned());
        self
    }

    /// This person presses *Cancel*.
    pub fn denied_by(person: &str) -> Self {
        Self {
            person: Some(person.to_owned()),
            deny: true,
            ..Self::default()
        }
    }
}

struct Page {
    status: u16,
    location: Option<String>,
    body: String,
}

struct Browser<'a> {
    shared: &'a Shared,
    cookies: Vec<(String, String)>,
    /// Kept from page to page, as browsers do.
    connection: Option<SendRequest<Full<Bytes>>>,
}

pub(crate) async fn approve(shared: &Arc<Shared>, url: &str, approval: &Approval) -> Result<String, SandboxError> {
    let person = match &approval.person {
        Some(name) => full_username(name).filter(|name| shared.world().person(name).is_some()),
        None => shared.world().people.first().map(|person| person.username.clone()),
    };
    let Some(person) = person else {
        return Err(SandboxError::UnknownPerson(approval.person.clone().unwrap_or_default()));
    };
    let mut browser = Browser {
        shared,
        cookies: Vec::new(),
        connection: None,
    };
    let mut at = browser.parse(url)?;
    let mut page = browser.send(&at, None).await?;
    for _ in 0..STEPS {
        if let Some(location) = page.location.take() {
            let target = at
                .join(&location)
                .map_err(|_| failed(page.status, "the redirect is broken"))?;
            if !browser.is_inside(&target) {
                // Exactly what was sent, not what a parser makes of it.
                return Ok(location);
            }
            page = browser.send(&target, None).await?;
            at = target;
            continue;
        }
        if page.status >= 400 {
            return Err(failed(page.status, &html::text(&page.body)));
        }
        let form = html::first_form(&page.body).ok_or_else(|| failed(page.status, "the page has no form"))?;
        let fields = fill(&form, &person, approval).ok_or_else(|| failed(page.status, &html::text(&page.body)))?;
        at = at
            .join(&form.action)
            .map_err(|_| failed(page.status, "the form leads nowhere"))?;
        page = browser.send(&at, Some(fields)).await?;
    }
    Err(failed(page.status, "it went in circles"))
}

/// The fields of a form as this person sends it; `None` when the form does not let them.
fn fill(form: &html::Form, person: &str, approval: &Approval) -> Option<String> {
    let mut fields = url::form_urlencoded::Serializer::new(String::new());
    let mut pressed = false;
    for control in form.controls.iter().filter(|control| !control.disabled) {
        let send = match control.kind.as_str() {
            "submit" => {
                let wanted = match control.name.as_str() {
                    "person" => control.value == person,
                    "decision" => (control.value == "cancel") == approval.deny,
                    _ => false,
                };
                let press = wanted && !pressed;
                pressed |= press;
                press
            }
            "checkbox" | "radio" => control.checked && !approval.untick.contains(&control.value),
            _ => true,
        };
        if send {
            fields.append_pair(&control.name, &control.value);
        }
    }
    pressed.then(|| fields.finish())
}

fn failed(status: u16, message: &str) -> SandboxError {
    SandboxError::Approval {
        status,
        message: message.to_owned(),
    }
}

impl Browser<'_> {
    fn parse(&self, url: &str) -> Result<Url, SandboxError> {
        // The public URL is walked at home.
        let home = format!("http://127.0.0.1:{}", self.shared.port);
        let public = self.shared.reach.public.as_str();
        let local = url.strip_prefix(public).filter(|rest| rest.starts_with(['/', '?']));
        let url = local.map_or_else(|| url.to_owned(), |rest| format!("{home}{rest}"));
        let url = Url::parse(&url).map_err(|error| failed(0, &format!("the authorize URL is no URL: {error}")))?;
        if self.is_inside(&url) {
            Ok(url)
        } else {
            Err(failed(0, "the authorize URL is not one of this sandbox"))
        }
    }

    fn is_inside(&self, url: &Url) -> bool {
        url.scheme() == "http"
            && matches!(url.host_str(), Some("127.0.0.1" | "localhost"))
            && url.port_or_known_default() == Some(self.shared.port)
    }

    async fn send(&mut self, url: &Url, form: Option<String>) -> Result<Page, SandboxError> {
        let host = format!("{}:{}", url.host_str().unwrap_or("127.0.0.1"), self.shared.port);
        let target = url
            .query()
            .map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let mut request = Request::builder()
            .method(if form.is_some() { "POST" } else { "GET" })
            .uri(target)
            .header(HOST, &host)
            .header(COOKIE, cookies.join("; "));
        if let Some(key) = self.shared.reach.key() {
            request = request.header("x-shutterkey-access", key.reveal());
        }
        if form.is_some() {
            request = request
                .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
                .header(ORIGIN, format!("http://{host}"))
                .header("sec-fetch-site", "same-origin");
        }
        let request = request
            .body(Full::new(Bytes::from(form.unwrap_or_default())))
            .map_err(|_| failed(0, "the URL cannot be requested"))?;
        let broken = |_| failed(0, "the connection to the sandbox broke");
        let mut connection = self.connected().await?;
        let response = connection.send_request(request).await.map_err(broken)?;
        let (parts, body) = response.into_parts();
        for line in parts
            .headers
            .get_all(SET_COOKIE)
            .iter()
            .filter_map(|line| line.to_str().ok())
        {
            self.keep_cookie(line);
        }
        let body = Limited::new(body, PAGE_LIMIT)
            .collect()
            .await
            .map_err(|_| failed(0, "the page is broken"))?;
        self.connection = Some(connection);
        Ok(Page {
            status: parts.status.as_u16(),
            location: parts
                .headers
                .get(LOCATION)
                .and_then(|value| value.to_str().ok())
                .map(str::to_owned),
            body: String::from_utf8_lossy(&body.to_bytes()).into_owned(),
        })
    }

    /// The connection of the page before, unless the server has closed it. It ends when it is dropped.
    async fn connected(&mut self) -> Result<SendRequest<Full<Bytes>>, SandboxError> {
        if let Some(mut kept) = self.connection.take()
            && kept.ready().await.is_ok()
        {
            return Ok(kept);
        }
        let broken = || failed(0, "the connection to the sandbox broke");
        let stream = TcpStream::connect(("127.0.0.1", self.shared.port))
            .await
            .map_err(|_| broken())?;
        // Small requests; waiting to fill a packet only slows tests down.
        let _ = stream.set_nodelay(true);
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(|_| broken())?;
        tokio::spawn(connection);
        Ok(sender)
    }

    fn keep_cookie(&mut self, line: &str) {
        let pair = line.split(';').next().unwrap_or_default();
        if let Some((name, value)) = pair.split_once('=') {
            self.cookies.retain(|(kept, _)| kept != name);
            self.cookies.push((name.to_owned(), value.to_owned()));
        }
    }
}
