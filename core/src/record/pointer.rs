//! A record that points at an account: an alias, or the id that callbacks carry.

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::RecordBytes;
use crate::account::AccountKey;

#[derive(Serialize, Deserialize)]
struct Wire {
    v: u64,
    kind: String,
    account: AccountKey,
}

pub(crate) fn encode_pointer(account: &AccountKey) -> RecordBytes {
    let wire = Wire {
        v: 1,
        kind: "pointer".to_owned(),
        account: account.clone(),
    };
    RecordBytes {
        bytes: Zeroizing::new(serde_json::to_vec(&wire).unwrap_or_default()),
        due_at: None,
        forget_at: None,
    }
}

/// The account that a record points at, under an alias or an app-scoped id; `None` for any other record.
pub fn pointer(bytes: &[u8]) -> Option<AccountKey> {
    let wire: Wire = serde_json::from_slice(bytes).ok()?;
    (wire.kind == "pointer").then_some(wire.account)
}
