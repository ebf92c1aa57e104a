//! What scenarios made.

use std::collections::BTreeMap;

use napi_derive::napi;

use crate::sandbox::{MintedParts, PersonParts, SandboxApp};

/// What scenarios made, by the names that they gave.
#[napi(object, object_from_js = false)]
pub struct SeededParts {
    pub people: BTreeMap<String, PersonParts>,
    pub apps: BTreeMap<String, SandboxApp>,
    /// As JSON text.
    pub pages: String,
    pub tokens: BTreeMap<String, MintedParts>,
}

impl SeededParts {
    pub fn of(made: shutterkey_sandbox::Seeded) -> Result<Self, String> {
        Ok(Self {
            people: made.people.into_iter().map(|(name, one)| (name, one.into())).collect(),
            apps: made
                .apps
                .into_iter()
                .map(|(name, one)| (name, SandboxApp(one)))
                .collect(),
            pages: serde_json::to_string(&made.pages).map_err(|error| error.to_string())?,
            tokens: made.tokens.into_iter().map(|(name, one)| (name, one.into())).collect(),
        })
    }
}
