//! A platform on loopback that counts: tokens of an hour, and refresh tokens that it takes once or for ever.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

/// What it does with a refresh token that was presented.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RefreshTokens {
    /// Takes it once and gives the next; a second time, the login is over.
    Rotate,
    /// Takes it always.
    Stay,
}

#[derive(Debug, Default)]
pub(crate) struct Counts {
    /// Requests for a refresh, also refused ones.
    pub(crate) refreshes: usize,
    /// Of those, refused.
    pub(crate) refused: usize,
    /// The most refreshes of one person that were under way at once.
    pub(crate) most_at_once: usize,
    under_way: HashMap<String, usize>,
    issued: usize,
    /// The refresh token of each person that is good.
    good: HashMap<String, String>,
}

#[derive(Debug)]
pub(crate) struct Platform {
    pub(crate) port: u16,
    refresh_tokens: RefreshTokens,
    counts: Mutex<Counts>,
    /// A permit for each refresh that may be answered.
    pub(crate) answers: Semaphore,
    /// How long a refresh takes at least.
    pub(crate) takes: Duration,
}

impl Platform {
    pub(crate) async fn start(refresh_tokens: RefreshTokens, takes: Duration) -> Arc<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let platform = Arc::new(Self {
            port: listener.local_addr().unwrap().port(),
            refresh_tokens,
            counts: Mutex::default(),
            answers: Semaphore::new(0),
            takes,
        });
        let serving = Arc::clone(&platform);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(Arc::clone(&serving).serve(stream));
            }
        });
        platform
    }

    pub(crate) fn counts<T>(&self, read: impl FnOnce(&Counts) -> T) -> T {
        read(&self.counts.lock().unwrap())
    }

    /// Waits until no refresh is under way.
    pub(crate) async fn is_quiet(&self) {
        while self.counts(|counts| counts.under_way.values().any(|number| *number > 0)) {
            tokio::time::sleep(Duration::from_micros(200)).await;
        }
    }

    async fn serve(self: Arc<Self>, mut stream: TcpStream) {
        while let Some((head, form)) = read(&mut stream).await {
            let (status, body) = match form.split_once("refresh_token=") {
                Some((_, presented)) => self.refresh(presented.split('&').next().unwrap()).await,
                None if head.starts_with("GET /me") => {
                    let (_, token) = head.split_once("Bearer ").expect("a token");
                    (200, format!(r#"{{"id":"{}"}}"#, token.split('-').next().unwrap()))
                }
                None => {
                    let (_, code) = form.split_once("code=").expect("a code");
                    (200, self.issue(code.split('&').next().unwrap()))
                }
            };
            let answer = format!(
                "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
                body.len()
            );
            if stream.write_all(answer.as_bytes()).await.is_err() {
                return;
            }
        }
    }

    async fn refresh(&self, presented: &str) -> (u16, String) {
        let person = presented.split('-').next().unwrap().to_owned();
        {
            let mut counts = self.counts.lock().unwrap();
            counts.refreshes += 1;
            let under_way = counts.under_way.entry(person.clone()).or_default();
            *under_way += 1;
            counts.most_at_once = (*under_way).max(counts.most_at_once);
        }
        self.answers.acquire().await.unwrap().forget();
        tokio::time::sleep(self.takes).await;
        let good = self.counts(|counts| counts.good.get(&person).is_some_and(|good| good == presented));
        let answer = match good {
            true => (200, self.issue(&person)),
            false => (400, r#"{"error":"invalid_grant"}"#.to_owned()),
        };
        let mut counts = self.counts.lock().unwrap();
        counts.refused += usize::from(!good);
        *counts.under_way.get_mut(&person).unwrap() -= 1;
        answer
    }

    /// The next tokens of a person.
    fn issue(&self, person: &str) -> String {
        let mut counts = self.counts.lock().unwrap();
        counts.issued += 1;
        let number = counts.issued;
        let refresh = match self.refresh_tokens {
            RefreshTokens::Rotate => format!("{person}-rotating-{number}"),
            RefreshTokens::Stay => format!("{person}-staying"),
        };
        counts.good.insert(person.to_owned(), refresh.clone());
        format!(
            r#"{{"access_token":"{person}-access-{number}","token_type":"Bearer","expires_in":3600,"refresh_token":"{refresh}"}}"#
        )
    }
}

/// One request, head and body; `None` when the client has gone.
async fn read(stream: &mut TcpStream) -> Option<(String, String)> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case("content-length")
                    .then(|| value.trim().parse::<usize>().unwrap())
            });
            if body.len() >= length.unwrap_or(0) {
                return Some((head.to_owned(), body.to_owned()));
            }
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
}
