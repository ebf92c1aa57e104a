//! A client that sends exactly what a test says: raw HTTP/1.1 over TCP.
#![allow(dead_code, reason = "each test file uses its own part")]

pub(crate) mod facebook;
pub(crate) mod instagram;
pub(crate) mod legacy;

use serde_json::Value;
use shutterkey_sandbox::Sandbox;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// One answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head
            .lines()
            .filter_map(|line| line.split_once(':'))
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    pub(crate) fn location(&self) -> &str {
        self.header("location").expect("a redirect")
    }

    /// The value of a hidden field.
    pub(crate) fn hidden(&self, name: &str) -> String {
        let start = format!("name=\"{name}\" value=\"");
        let rest = self
            .body
            .split_once(&start)
            .unwrap_or_else(|| panic!("no field {name}: {}", self.body))
            .1;
        rest.split_once('"').unwrap().0.replace("&amp;", "&")
    }
}

pub(crate) fn port(sandbox: &Sandbox) -> u16 {
    sandbox.base_url().rsplit_once(':').unwrap().1.parse().unwrap()
}

/// Sends bytes as they are and reads until the server closes.
pub(crate) async fn raw(port: u16, bytes: &str) -> Answer {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    stream.write_all(bytes.as_bytes()).await.unwrap();
    let mut text = Vec::new();
    stream.read_to_end(&mut text).await.unwrap();
    let text = String::from_utf8(text).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let status = head
        .split_whitespace()
        .nth(1)
        .and_then(|status| status.parse().ok())
        .unwrap_or(0);
    Answer {
        status,
        head: head.to_owned(),
        body: body.to_owned(),
    }
}

/// One request with its own headers; `Host` and `Content-Length` are added.
pub(crate) async fn send(sandbox: &Sandbox, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    let port = port(sandbox);
    let lines: String = headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n{lines}Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    raw(port, &request).await
}

pub(crate) async fn get(sandbox: &Sandbox, path: &str) -> Answer {
    send(sandbox, "GET", path, &[], "").await
}

/// A program's form post: urlencoded, no browser headers.
pub(crate) async fn post(sandbox: &Sandbox, path: &str, fields: &[(&str, &str)]) -> Answer {
    send(
        sandbox,
        "POST",
        path,
        &[("Content-Type", "application/x-www-form-urlencoded")],
        &encode(fields),
    )
    .await
}

pub(crate) fn encode(fields: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish()
}

/// A browser with cookies, at the sandbox's own pages.
pub(crate) struct Browser<'a> {
    pub(crate) sandbox: &'a Sandbox,
    cookies: Vec<(String, String)>,
}

impl<'a> Browser<'a> {
    /// A browser in which this person was picked.
    pub(crate) async fn as_person(sandbox: &'a Sandbox, username: &str) -> Browser<'a> {
        let mut browser = Browser {
            sandbox,
            cookies: Vec::new(),
        };
        let page = browser.get("/people/pick").await;
        let csrf = page.hidden("csrf");
        let answer = browser
            .post("/people/pick", &[("csrf", &csrf), ("next", "/"), ("person", username)])
            .await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        browser
    }

    fn keep(&mut self, answer: &Answer) {
        for line in answer.head.lines().filter_map(|line| line.strip_prefix("set-cookie: ")) {
            let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.retain(|(kept, _)| kept != name);
            self.cookies.push((name.to_owned(), value.to_owned()));
        }
    }

    pub(crate) fn cookie_line(&self) -> String {
        self.cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect::<Vec<_>>()
            .join("; ")
    }

    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        let answer = send(self.sandbox, "GET", path, &[("Cookie", &self.cookie_line())], "").await;
        self.keep(&answer);
        answer
    }

    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let cookies = self.cookie_line();
        let headers = [
            ("Cookie", cookies.as_str()),
            ("Origin", self.sandbox.base_url()),
            ("Sec-Fetch-Site", "same-origin"),
            ("Content-Type", "application/x-www-form-urlencoded"),
        ];
        let answer = send(self.sandbox, "POST", path, &headers, &encode(fields)).await;
        self.keep(&answer);
        answer
    }

    /// Opens a page and posts a form to `action` with that page's CSRF token.
    pub(crate) async fn submit(&mut self, page: &str, action: &str, fields: &[(&str, &str)]) -> Answer {
        let csrf = self.get(page).await.hidden("csrf");
        let mut all = vec![("csrf", csrf.as_str())];
        all.extend_from_slice(fields);
        self.post(action, &all).await
    }
}

/// A query parameter of a redirect, or of its fragment.
pub(crate) fn parameter(redirect: &str, name: &str) -> Option<String> {
    let url = url::Url::parse(redirect).unwrap();
    let query = url
        .query_pairs()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned());
    query.or_else(|| {
        let fragment = url.fragment().unwrap_or_default().as_bytes();
        url::form_urlencoded::parse(fragment)
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    })
}
