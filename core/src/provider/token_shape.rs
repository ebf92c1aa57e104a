//! What a token is by the look of it (fact sheet 5.6): a hint that sorts, never a proof.

use super::{facebook, instagram, standard, threads};

/// The shape of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TokenShape {
    /// `IGAA…`: Instagram Login.
    InstagramLogin,
    /// `EAA…`: a user's, a Page's or a system user's token of Facebook; Meta's samples show it for Instagram Login too.
    Facebook,
    /// `THAA…` or `THQV…`: Threads.
    Threads,
    /// `IGQV…` or `IGQW…`: Basic Display, which ended on 2024-12-04.
    BasicDisplay,
    /// `user.client.random` of the platform of 2010 to 2020; the middle is the beginning of the client id.
    Legacy {
        /// Seven hexadecimal digits: the first seven of the client id that it was made for.
        client: String,
    },
    /// `id|hash`, or `id|secret`: an app's own token at Facebook.
    FacebookApp {
        /// The app's id.
        app_id: String,
    },
    /// `TH|id|secret`: an app's own token at Threads.
    ThreadsApp {
        /// The app's id.
        app_id: String,
    },
    /// A token that a sandbox made, of this provider.
    Sandbox(&'static str),
    /// Three parts in base64url, the first of them JSON: a JWT, which servers of one's own may issue (RFC 9068).
    Jwt,
    /// Anything else.
    Opaque,
}

impl TokenShape {
    /// Sorts a token.
    pub fn of(text: &str) -> Self {
        let begins = |beginnings: &[&str]| beginnings.iter().any(|beginning| text.starts_with(beginning));
        match text {
            _ if begins(&[instagram::SANDBOX_MARK]) => Self::Sandbox("instagram"),
            _ if begins(&[facebook::SANDBOX_MARK]) => Self::Sandbox("facebook"),
            _ if begins(&[threads::SANDBOX_MARK]) => Self::Sandbox("threads"),
            _ if begins(&[standard::SANDBOX_MARK]) => Self::Sandbox("standard"),
            _ if begins(&["IGQV", "IGQW"]) => Self::BasicDisplay,
            _ if begins(&["IGAA"]) => Self::InstagramLogin,
            _ if begins(&["EAA"]) => Self::Facebook,
            _ if begins(&["THAA", "THQV"]) => Self::Threads,
            _ => app_token(text)
                .or_else(|| legacy(text))
                .unwrap_or_else(|| if is_jwt(text) { Self::Jwt } else { Self::Opaque }),
        }
    }

    /// The provider whose tokens look so, where the look leaves no doubt.
    pub fn provider(&self) -> Option<&'static str> {
        match self {
            Self::InstagramLogin => Some("instagram"),
            Self::Facebook | Self::FacebookApp { .. } => Some("facebook"),
            Self::Threads | Self::ThreadsApp { .. } => Some("threads"),
            Self::Legacy { .. } => Some("legacy"),
            Self::Sandbox(provider) => Some(provider),
            Self::BasicDisplay | Self::Jwt | Self::Opaque => None,
        }
    }
}

fn app_token(text: &str) -> Option<TokenShape> {
    let is_id = |id: &str| id.len() >= 5 && id.bytes().all(|b| b.is_ascii_digit());
    let mut parts = text.split('|');
    match (parts.next()?, parts.next()?, parts.next(), parts.next()) {
        ("TH", id, Some(rest), None) if is_id(id) && !rest.is_empty() => {
            Some(TokenShape::ThreadsApp { app_id: id.to_owned() })
        }
        (id, rest, None, None) if is_id(id) && !rest.is_empty() => {
            Some(TokenShape::FacebookApp { app_id: id.to_owned() })
        }
        _ => None,
    }
}

/// `^[0-9]+\.[0-9a-f]{7}\.[0-9a-f]{32}$` (fact sheet 4.2.4).
fn legacy(text: &str) -> Option<TokenShape> {
    let hex = |part: &str, length: usize| {
        part.len() == length && part.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    };
    let (user, rest) = text.split_once('.')?;
    let (client, random) = rest.split_once('.')?;
    let fits = !user.is_empty() && user.bytes().all(|b| b.is_ascii_digit()) && hex(client, 7) && hex(random, 32);
    fits.then(|| TokenShape::Legacy {
        client: client.to_owned(),
    })
}

fn is_jwt(text: &str) -> bool {
    text.starts_with("eyJ") && text.split('.').count() == 3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_sorted_by_how_they_begin() {
        let cases = [
            ("IGAAcanary", TokenShape::InstagramLogin),
            ("EAACcanary", TokenShape::Facebook),
            ("THAAcanary", TokenShape::Threads),
            ("THQVcanary", TokenShape::Threads),
            ("IGQVcanary", TokenShape::BasicDisplay),
            ("IGQWcanary", TokenShape::BasicDisplay),
            ("IGAASANDBOXcanary", TokenShape::Sandbox("instagram")),
            ("EAASANDBOXcanary", TokenShape::Sandbox("facebook")),
            ("THAASANDBOXcanary", TokenShape::Sandbox("threads")),
            ("SANDBOXcanary", TokenShape::Sandbox("standard")),
            ("eyJhbGciOi.eyJzdWIi.c2ln", TokenShape::Jwt),
            ("something-else", TokenShape::Opaque),
            ("12.34|56", TokenShape::Opaque),
        ];
        for (text, shape) in cases {
            assert_eq!(TokenShape::of(text), shape, "{text}");
        }
    }

    #[test]
    fn app_tokens_name_their_app_and_legacy_tokens_their_client() {
        let app_id = || "990602627938098".to_owned();
        assert_eq!(
            TokenShape::of("990602627938098|canary"),
            TokenShape::FacebookApp { app_id: app_id() }
        );
        assert_eq!(
            TokenShape::of("TH|990602627938098|canary"),
            TokenShape::ThreadsApp { app_id: app_id() }
        );
        let legacy = "1234567890.1677ed0.0123456789abcdef0123456789abcdef";
        let client = "1677ed0".to_owned();
        assert_eq!(TokenShape::of(legacy), TokenShape::Legacy { client });
        assert_eq!(TokenShape::of(&legacy[..50]), TokenShape::Opaque);
    }
}
