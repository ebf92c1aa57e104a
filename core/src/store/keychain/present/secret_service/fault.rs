//! What went wrong at the Secret Service or on the way to it, as errors of the `store` family.

use std::time::Duration;

use secret_service::Error as Refusal;
use zbus::DBusError;

use crate::error::{Error, ErrorCode, Retry, printable};

/// What is to be done about a call that failed.
#[derive(Debug)]
pub(super) enum Fault {
    /// The session is of no use any more, and the call was not carried out or may be repeated.
    Lost(Error),
    /// The session is of no use any more, and there is no time left.
    Late(Error),
    /// The keychain said no, and the session is as good as before.
    Refused(Error),
}

impl Fault {
    pub(super) fn locked() -> Self {
        Self::Refused(Error::new(ErrorCode::StoreLocked))
    }

    pub(super) fn into_error(self) -> Error {
        match self {
            Self::Lost(error) | Self::Late(error) | Self::Refused(error) => error,
        }
    }
}

pub(super) fn no_bus(why: &str) -> Error {
    unavailable(format!(
        "There is no message bus of a session to find a keychain on: {}. DBUS_SESSION_BUS_ADDRESS names it, where a person has logged in.",
        printable(why)
    ))
    .retrying(Retry::FixConfig)
}

pub(super) fn too_late(deadline: Duration) -> Error {
    unavailable(format!(
        "The keychain did not answer within {} seconds.",
        deadline.as_secs()
    ))
}

fn unavailable(why: String) -> Error {
    Error::with_detail(ErrorCode::StoreUnavailable, why)
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Locked => Self::locked(),
            Refusal::NoResult => Self::Refused(
                unavailable(
                    "The keychain has no default keyring. Make one in its own program (Passwords and Keys, KWallet), or log in to the desktop once."
                        .to_owned(),
                )
                .retrying(Retry::FixConfig),
            ),
            Refusal::Prompt | Refusal::PromptDisconnected => Self::Refused(Error::with_detail(
                ErrorCode::StoreDenied,
                "The keychain asked a person, who did not agree.",
            )),
            Refusal::Zbus(zbus::Error::MethodError(name, words, _)) => by_name(name.as_str(), words.as_deref()),
            Refusal::Zbus(zbus::Error::FDO(error)) => by_fdo(&error),
            Refusal::ZbusFdo(error) => by_fdo(&error),
            Refusal::Crypto(_) | Refusal::Zvariant(_) => {
                Self::Lost(unavailable("The keychain's answer could not be read.".to_owned()))
            }
            // A connection that ended, or an answer that is none.
            other => Self::Lost(unavailable(format!("The keychain does not answer: {}.", printable(&other.to_string())))),
        }
    }
}

fn by_fdo(error: &zbus::fdo::Error) -> Fault {
    match error {
        zbus::fdo::Error::ZBus(zbus::Error::MethodError(name, words, _)) => by_name(name.as_str(), words.as_deref()),
        _ => by_name(error.name().as_str(), error.description()),
    }
}

/// By the names of the bus and of the Secret Service specification, 17 "Errors".
fn by_name(name: &str, words: Option<&str>) -> Fault {
    let said = printable(words.unwrap_or_default());
    let last = name.rsplit('.').next().unwrap_or_default();
    match last {
        "IsLocked" => Fault::locked(),
        "AccessDenied" | "AuthFailed" => Fault::Refused(Error::with_detail(
            ErrorCode::StoreDenied,
            format!("The keychain refuses: {said} ({name})."),
        )),
        "NoSession" | "NoSuchObject" | "UnknownObject" | "UnknownMethod" | "UnknownInterface" | "NoReply"
        | "Disconnected" => Fault::Lost(unavailable(format!("The keychain was started anew: {said} ({name})."))),
        "ServiceUnknown" | "NameHasNoOwner" => Fault::Lost(unavailable(format!(
            "No keychain runs in this session: {said} ({name}). Start one (gnome-keyring-daemon, KWallet, KeePassXC), or use another store."
        ))),
        _ if name.contains(".Spawn.") => Fault::Lost(unavailable(format!(
            "The keychain could not be started: {said} ({name})."
        ))),
        _ => Fault::Refused(unavailable(format!("The keychain answers {said} ({name})."))),
    }
}
