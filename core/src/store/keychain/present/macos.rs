//! macOS' Keychain: generic passwords of the service `shutterkey`.

use security_framework::base::Error as Refusal;
use security_framework::passwords::{
    PasswordOptions, delete_generic_password, generic_password, set_generic_password_options,
};
use zeroize::Zeroizing;

use super::vault::{Name, Vault, Way};
use crate::error::{Error, ErrorCode, Result, printable};

const SERVICE: &str = "shutterkey";

/// Result codes of Security.framework, `SecBase.h`.
const NOT_FOUND: i32 = -25_300;
const INTERACTION_NOT_ALLOWED: i32 = -25_308;
const REFUSALS: [i32; 5] = [
    -128,    // errSecUserCanceled
    -25_293, // errSecAuthFailed
    -25_243, // errSecNoAccessForItem
    -34_018, // errSecMissingEntitlement
    -61,     // errSecWrPerm
];

#[derive(Debug)]
pub(super) struct Keychain;

impl Keychain {
    pub(super) fn by(_way: Way) -> Self {
        Self
    }
}

fn account(name: Name<'_>) -> String {
    format!("{}/{}", name.store, name.record)
}

impl Vault for Keychain {
    fn get(&self, name: Name<'_>) -> Result<Option<Zeroizing<Vec<u8>>>> {
        match generic_password(PasswordOptions::new_generic_password(SERVICE, &account(name))) {
            Ok(secret) => Ok(Some(Zeroizing::new(secret))),
            Err(refusal) if refusal.code() == NOT_FOUND => Ok(None),
            Err(refusal) => Err(refused(refusal)),
        }
    }

    fn set(&self, name: Name<'_>, label: &str, secret: &[u8]) -> Result<()> {
        let mut options = PasswordOptions::new_generic_password(SERVICE, &account(name));
        options.set_label(label);
        set_generic_password_options(secret, options).map_err(refused)
    }

    fn remove(&self, name: Name<'_>) -> Result<()> {
        match delete_generic_password(SERVICE, &account(name)) {
            Err(refusal) if refusal.code() != NOT_FOUND => Err(refused(refusal)),
            _ => Ok(()),
        }
    }
}

fn refused(refusal: Refusal) -> Error {
    let code = match refusal.code() {
        INTERACTION_NOT_ALLOWED => ErrorCode::StoreLocked,
        code if REFUSALS.contains(&code) => ErrorCode::StoreDenied,
        _ => ErrorCode::StoreUnavailable,
    };
    let words = printable(&refusal.message().unwrap_or_default());
    Error::with_detail(code, format!("The keychain answers {}: {words}", refusal.code()))
}
