//! A login that an app and its backend share: the backend holds the app secret and the login, the app has the browser.
//!
//! The backend begins the login for the user who is signed in to it ([`HandoverStart::seal`]) and gives the app an address and a
//! handle. The app opens the address in the system's browser, checks what comes back ([`HandoverStart::answer`]), and hands
//! it over with the handle. The backend opens the handle for the same user ([`Handover::accept`]) and completes the login.
//! A code that came any other way has no handle, and is not exchanged: the backend never spends one it did not ask for.
//!
//! Both values are JSON with a version, so that an app in the field and a newer backend understand each other.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::config::{Binding, Endpoint, RedirectUri, sanitized};
use crate::error::{Error, ErrorCode, Result};
#[cfg(feature = "seal")]
use crate::protocol::authorize::AuthorizationRequest;
use crate::protocol::pending::{Extras, PendingAuthorization, State};
#[cfg(feature = "seal")]
use crate::protocol::redirect::Grant;
#[cfg(feature = "seal")]
use crate::protocol::seal::{Sealer, open_capped};
use crate::provider::ResponseType;
use crate::secret::Secret;

/// The version of both values.
const VERSION: u64 = 1;

/// The longest value that is read, in bytes: a handle of 8 KiB and a redirect of 16 KiB.
pub const HANDOVER_CAP: usize = 32 << 10;

/// What a sealed handle is for: no cookie and no other sealed login opens as one.
#[cfg(feature = "seal")]
const PURPOSE: &str = "handover";

/// What a backend gives its app to begin a login.
pub struct HandoverStart {
    url: Secret,
    handle: Secret,
    /// The login as the app can know it: no code verifier, no client; enough to check an answer.
    shadow: PendingAuthorization,
}

/// What the app gives its backend to finish it.
pub struct Handover {
    handle: Secret,
    redirect_url: Secret,
}

#[derive(Serialize, Deserialize)]
struct StartWire<'a> {
    version: u64,
    url: std::borrow::Cow<'a, str>,
    handle: std::borrow::Cow<'a, str>,
    expires_at: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct HandoverWire<'a> {
    version: u64,
    handle: std::borrow::Cow<'a, str>,
    redirect_url: std::borrow::Cow<'a, str>,
}

impl HandoverStart {
    /// Begins: the login, sealed for the user who is signed in, is the handle.
    ///
    /// # Errors
    /// `config.unsupported` for a login that is answered with a token; as [`Sealer::seal`].
    #[cfg(feature = "seal")]
    pub fn seal(login: &AuthorizationRequest, sealer: &dyn Sealer, session: &str) -> Result<Self> {
        let context = context(login.pending.provider(), session);
        let handle = sealer.seal(PURPOSE, &context, login.pending.serialize().reveal().as_bytes())?;
        Self::new(&login.url, handle.into(), login.pending.expires_at())
    }

    /// Reads what a backend sent. Members that are not known are passed over.
    ///
    /// # Errors
    /// `config.unsupported` for another version, and for a login that is answered with a token: a backend takes codes alone;
    /// `config.invalid` for anything else that is not the start of a hand-over; `config.insecure_endpoint` for an address
    /// that people must not be sent to.
    pub fn parse(json: &str) -> Result<Self> {
        let wire: StartWire<'_> = match read(json) {
            Ok(wire) => wire,
            Err(Unread::OtherVersion(version)) => {
                return Err(Error::with_detail(
                    ErrorCode::ConfigUnsupported,
                    format!(
                        "The backend begins a hand-over of version {version}, and this release knows version {VERSION}: \
                         update the app."
                    ),
                ));
            }
            Err(Unread::Malformed) => return Err(invalid("It is not the start of a hand-over.")),
        };
        Self::new(&wire.url, wire.handle.into_owned().into(), wire.expires_at)
    }

    fn new(url: &str, handle: Secret, expires_at: Timestamp) -> Result<Self> {
        Endpoint::of_sandbox(sanitized(url))?;
        let query = url.split_once('?').map_or("", |(_, query)| query);
        let parameter = |name: &str| {
            let mut found = url::form_urlencoded::parse(query.as_bytes()).filter(|(known, _)| known == name);
            match (found.next(), found.next()) {
                (Some((_, value)), None) => Ok(value.into_owned()),
                _ => Err(invalid(&format!("The address has no {name}, or several."))),
            }
        };
        if parameter("response_type")? != ResponseType::Code.as_str() {
            return Err(Error::with_detail(
                ErrorCode::ConfigUnsupported,
                "Codes are handed over, and no tokens: nothing shows for which app a token was made.",
            ));
        }
        let state =
            State::parse(&parameter("state")?).ok_or_else(|| invalid("The state is not one of shutterkey's."))?;
        let binding = Binding {
            provider: "handover".into(),
            origin: "".into(),
            client_id: "".into(),
            redirect_uri: RedirectUri::parse(&parameter("redirect_uri")?)?,
            response_type: ResponseType::Code,
            issuer: None,
            iss_promised: false,
        };
        Ok(Self {
            url: url.into(),
            handle,
            shadow: PendingAuthorization {
                binding: binding.into(),
                state,
                verifier: None,
                // The backend knows when it was begun; here its end counts.
                created_at: expires_at,
                expires_at,
                extras: None::<Box<Extras>>,
            },
        })
    }

    /// The address to open in the system's browser. It holds the state: for the browser alone, never for a log.
    pub fn url(&self) -> &str {
        self.url.reveal()
    }

    /// Where the answer comes to.
    pub fn redirect_uri(&self) -> &RedirectUri {
        self.shadow.redirect_uri()
    }

    /// From this moment on, no answer is accepted.
    pub fn expires_at(&self) -> Timestamp {
        self.shadow.expires_at()
    }

    /// The whole value as JSON: what a backend sends, and what an app keeps while the browser is open, since the system may
    /// end it meanwhile.
    pub fn to_json(&self) -> Secret {
        Secret::new(write(&StartWire {
            version: VERSION,
            url: self.url.reveal().into(),
            handle: self.handle.reveal().into(),
            expires_at: self.expires_at(),
        }))
    }

    /// Checks what the browser came back with, as far as an app can, and makes of it what the backend gets: the address, the
    /// state, that nothing occurs twice, and that it is no refusal. The code in it is of no use without the handle, and the
    /// handle of none to anybody but the user it was made for.
    ///
    /// # Errors
    /// As [`PendingAuthorization::accept`]: the `redirect` family for an answer that is not this login's, which leaves the
    /// login as it is; the `denied` family when the person or the provider said no.
    pub fn answer(&self, redirect_url: &str, now: Timestamp) -> Result<Handover> {
        self.shadow.accept(redirect_url, now, None)?;
        Ok(Handover {
            handle: self.handle.clone(),
            redirect_url: redirect_url.into(),
        })
    }
}

impl Handover {
    /// Reads what an app sent. Members that are not known are passed over.
    ///
    /// # Errors
    /// `redirect.malformed` for anything that is not a hand-over, and for one of another version.
    pub fn parse(json: &str) -> Result<Self> {
        let malformed = |what: String| Error::with_detail(ErrorCode::RedirectMalformed, what);
        let wire: HandoverWire<'_> = read(json).map_err(|unread| match unread {
            Unread::OtherVersion(version) => malformed(format!(
                "The app hands over in version {version}, and this release knows version {VERSION}: update the backend."
            )),
            Unread::Malformed => malformed("What the app sent is not a hand-over.".to_owned()),
        })?;
        Ok(Self {
            handle: wire.handle.into_owned().into(),
            redirect_url: wire.redirect_url.into_owned().into(),
        })
    }

    /// The whole value as JSON: the body of the app's request to its backend.
    pub fn to_json(&self) -> Secret {
        Secret::new(write(&HandoverWire {
            version: VERSION,
            handle: self.handle.reveal().into(),
            redirect_url: self.redirect_url.reveal().into(),
        }))
    }

    /// Opens the handle for the user who is signed in, and accepts the answer with every check.
    ///
    /// # Errors
    /// `redirect.seal_invalid` for a handle that was not made here for this user, `redirect.state_mismatch` for another client's;
    /// otherwise as [`PendingAuthorization::accept`].
    #[cfg(feature = "seal")]
    pub fn accept(
        &self,
        config: &crate::config::ClientConfig,
        sealer: &dyn Sealer,
        session: &str,
        now: Timestamp,
    ) -> Result<(PendingAuthorization, Grant)> {
        let plain = open_capped(
            sealer,
            PURPOSE,
            &context(config.provider().id(), session),
            self.handle.reveal(),
        )?;
        let text = std::str::from_utf8(&plain).map_err(|_| Error::new(ErrorCode::RedirectSealInvalid))?;
        let pending = PendingAuthorization::deserialize(text)?;
        pending.check_client(config)?;
        if pending.redirect_uri() != config.redirect_uri() {
            return Err(Error::new(ErrorCode::RedirectMismatch));
        }
        match pending.accept(self.redirect_url.reveal(), now, Some(session))? {
            grant @ Grant::Code(_) => Ok((pending, grant)),
            Grant::Token(_) => Err(Error::new(ErrorCode::RedirectTokenUnexpected)),
        }
    }
}

#[cfg(feature = "seal")]
fn context(provider: &str, session: &str) -> String {
    format!("{provider}\n{session}")
}

fn write(wire: &impl Serialize) -> String {
    serde_json::to_string(wire).unwrap_or_default()
}

/// Why a value was not read.
enum Unread {
    OtherVersion(u64),
    Malformed,
}

fn read<'a, T: Deserialize<'a>>(json: &'a str) -> std::result::Result<T, Unread> {
    #[derive(Deserialize)]
    struct Head {
        version: u64,
    }
    if json.len() > HANDOVER_CAP {
        return Err(Unread::Malformed);
    }
    let head: Head = serde_json::from_str(json).map_err(|_| Unread::Malformed)?;
    if head.version != VERSION {
        return Err(Unread::OtherVersion(head.version));
    }
    serde_json::from_str(json).map_err(|_| Unread::Malformed)
}

fn invalid(why: &str) -> Error {
    Error::with_detail(
        ErrorCode::ConfigInvalid,
        format!("The app does not understand its backend. {why}"),
    )
}

impl fmt::Debug for HandoverStart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HandoverStart")
            .field("url", &sanitized(self.url.reveal()))
            .field("redirect_uri", self.redirect_uri())
            .field("expires_at", &self.expires_at())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Handover {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Handover([redacted])")
    }
}
