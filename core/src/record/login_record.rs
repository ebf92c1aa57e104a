//! What is remembered about a login while it is completed: so that its code is spent once, and so that nothing that
//! was received is lost.

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::RecordBytes;
use super::account_record::{TokenWire, parse};
use crate::clock::Timestamp;
use crate::error::Result;
use crate::protocol::token::Token;
use crate::provider::Provider;

/// How long a login is remembered, in seconds: a day, since a callback page may be reloaded long after.
const REMEMBERED: i64 = 86_400;

/// How far a login has come.
pub(crate) enum LoginStage {
    /// Its code was handed to the provider; the answer is not here yet, or never came.
    Claimed,
    /// A token was received and the account is not stored yet.
    Received(Token),
    /// Done; what is left is the memory that it is.
    Finished,
}

pub(crate) struct LoginRecord {
    pub(crate) stage: LoginStage,
}

#[derive(Serialize, Deserialize)]
struct Wire {
    v: u64,
    kind: String,
    stage: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    token: Option<TokenWire>,
}

impl LoginRecord {
    pub(crate) fn encode(stage: &LoginStage, now: Timestamp) -> RecordBytes {
        let (stage, token) = match stage {
            LoginStage::Claimed => ("claimed", None),
            LoginStage::Received(token) => ("received", Some(TokenWire::from(token))),
            LoginStage::Finished => ("finished", None),
        };
        let wire = Wire {
            v: 1,
            kind: "login".to_owned(),
            stage: stage.to_owned(),
            token,
        };
        RecordBytes {
            bytes: Zeroizing::new(serde_json::to_vec(&wire).unwrap_or_default()),
            due_at: None,
            forget_at: Some(now.plus(REMEMBERED)),
        }
    }

    pub(crate) fn decode(provider: &Provider, bytes: &[u8]) -> Result<Self> {
        let wire: Wire = parse(bytes, "login")?;
        let stage = match wire.token {
            Some(token) if wire.stage == "received" => LoginStage::Received(token.into_token(provider)?),
            _ if wire.stage == "claimed" => LoginStage::Claimed,
            _ => LoginStage::Finished,
        };
        Ok(Self { stage })
    }
}
