//! Several pending logins in one cookie: pure logic, so that no web adapter writes it again.

use crate::clock::Timestamp;
use crate::error::{Error, ErrorCode, Result};
use crate::protocol::pending::{PendingAuthorization, handle_of};
use crate::protocol::redirect::state_in_query;
use crate::protocol::seal::{Sealer, open_capped};

/// The cookie's name. `__Host-` makes browsers insist on Secure, on the whole site and on this host alone.
pub const COOKIE_NAME: &str = "__Host-shutterkey";

/// The name over plain http on this machine, where browsers refuse `__Host-`.
const COOKIE_NAME_LOOPBACK: &str = "shutterkey";

/// How many pending logins are kept.
pub const JAR_CAP: usize = 8;

/// The longest `Set-Cookie` value that is made, in bytes: browsers drop cookies above 4,096.
const COOKIE_CAP: usize = 3_900;

const PURPOSE: &str = "jar";

/// The pending logins of one browser, newest first. The jar itself is what binds a login to the browser that began it.
///
/// `Cookie` header in, `Set-Cookie` value out. Two tabs can log in at once; of many abandoned logins the newest eight
/// stay, fewer if they would not fit into one cookie.
#[derive(Clone, Debug)]
pub struct PendingJar {
    logins: Vec<PendingAuthorization>,
    secure: bool,
}

impl PendingJar {
    /// Reads the jar from a `Cookie` header. A jar that is missing, expired, foreign or damaged is an empty jar: whoever
    /// changed it gets nothing but the need to start again.
    ///
    /// `secure` is false only for a site on http://localhost.
    pub fn from_cookie(cookie_header: Option<&str>, sealer: &dyn Sealer, now: Timestamp, secure: bool) -> Self {
        let name = cookie_name(secure);
        let logins = cookie_header
            .into_iter()
            .flat_map(|header| header.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(known, _)| *known == name)
            .and_then(|(_, sealed)| open_capped(sealer, PURPOSE, name, sealed).ok())
            .and_then(|plain| serde_json::from_slice::<Vec<String>>(&plain).ok())
            .unwrap_or_default()
            .iter()
            .filter_map(|text| PendingAuthorization::deserialize(text).ok())
            .filter(|login| now < login.expires_at())
            .take(JAR_CAP)
            .collect();
        Self { logins, secure }
    }

    /// Puts a login in front.
    pub fn add(&mut self, login: PendingAuthorization) {
        self.logins.insert(0, login);
        self.logins.truncate(JAR_CAP);
    }

    /// The login that a callback's raw query belongs to, by its state. It stays in the jar until it is
    /// [removed](Self::remove): a wrong answer must not cancel it.
    ///
    /// # Errors
    /// `redirect.state_missing`, `redirect.duplicate_parameter`, `redirect.state_mismatch`; `redirect.too_large` or
    /// `redirect.malformed` for a query that accepting would refuse as well.
    pub fn find(&self, query: &str) -> Result<&PendingAuthorization> {
        let state = state_in_query(query)?;
        self.logins
            .iter()
            .find(|login| login.state.matches(state))
            .ok_or_else(|| Error::new(ErrorCode::RedirectStateMismatch))
    }

    /// Takes out a login that is completed, or was denied.
    pub fn remove(&mut self, handle: &str) {
        self.logins.retain(|login| handle_of(login.state.reveal()) != handle);
    }

    /// How many logins are pending.
    pub fn len(&self) -> usize {
        self.logins.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.logins.is_empty()
    }

    /// The value of a `Set-Cookie` header that stores the jar as it is now: HttpOnly, SameSite=Lax (the provider's
    /// redirect is a top-level GET), Secure and `__Host-` unless the site is on http://localhost, and gone when the last login is.
    ///
    /// # Errors
    /// As [`Sealer::seal`].
    pub fn to_set_cookie(&self, sealer: &dyn Sealer, now: Timestamp) -> Result<String> {
        let name = cookie_name(self.secure);
        let secure = if self.secure { "; Secure" } else { "" };
        let attributes = |max_age: i64| format!("; Path=/; Max-Age={max_age}; HttpOnly; SameSite=Lax{secure}");
        let mut kept = self.logins.as_slice();
        loop {
            let max_age = kept
                .iter()
                .map(|login| login.expires_at().since(now))
                .max()
                .unwrap_or(0)
                .max(0);
            if kept.is_empty() || max_age == 0 {
                return Ok(format!("{name}={}", attributes(0)));
            }
            let texts: Vec<_> = kept.iter().map(PendingAuthorization::serialize).collect();
            let texts: Vec<_> = texts.iter().map(crate::secret::Secret::reveal).collect();
            let plain = zeroize::Zeroizing::new(serde_json::to_vec(&texts).unwrap_or_default());
            let cookie = format!("{name}={}{}", sealer.seal(PURPOSE, name, &plain)?, attributes(max_age));
            match kept.split_last() {
                Some((_, newer)) if cookie.len() > COOKIE_CAP => kept = newer,
                _ => return Ok(cookie),
            }
        }
    }
}

fn cookie_name(secure: bool) -> &'static str {
    if secure { COOKIE_NAME } else { COOKIE_NAME_LOOPBACK }
}
