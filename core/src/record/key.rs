//! Keys of a store.

use std::fmt;

use crate::account::{AccountKey, AppScopedId};

/// Where a record is kept: visible ASCII, at most about a kilobyte, the same in every store and release.
///
/// Parts are percent-encoded, so that no name can reach into another's place; a store that has narrower keys
/// (file names) hashes or encodes them once more.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StoreKey(String);

impl StoreKey {
    /// Where an account's record is.
    pub fn account(namespace: &str, account: &AccountKey) -> Self {
        Self::of(
            namespace,
            "account",
            &[&account.provider, &account.app_id, account.user_id.as_str()],
        )
    }

    /// Where a caller's own name for an account is.
    pub fn alias(namespace: &str, provider: &str, app_id: &str, name: &str) -> Self {
        Self::of(namespace, "alias", &[provider, app_id, name])
    }

    /// Where an account is found by the id that callbacks carry.
    pub fn app_scoped(namespace: &str, provider: &str, app_id: &str, id: &AppScopedId) -> Self {
        Self::of(namespace, "app-scoped", &[provider, app_id, id.as_str()])
    }

    /// Where a login is remembered while it is completed, and for a while after.
    pub fn login(namespace: &str, handle: &str) -> Self {
        Self::of(namespace, "login", &[handle])
    }

    /// All accounts of a namespace begin with this text.
    pub fn accounts_prefix(namespace: &str) -> String {
        Self::of(namespace, "account", &[""]).0
    }

    /// All accounts of one app in a namespace begin with this text.
    pub fn accounts_of(namespace: &str, provider: &str, app_id: &str) -> String {
        Self::of(namespace, "account", &[provider, app_id, ""]).0
    }

    /// All names that callers gave to accounts of a namespace begin with this text.
    pub fn aliases_prefix(namespace: &str) -> String {
        Self::of(namespace, "alias", &[""]).0
    }

    /// The caller's own name for an account, of a key that [`Self::alias`] made; `None` for any other key.
    pub fn alias_name(&self) -> Option<String> {
        let mut parts = self.0.split('/');
        let [_, "alias", _, _, name] = [(); 5].map(|()| parts.next().unwrap_or_default()) else {
            return None;
        };
        // Form-decoding, as the key was form-encoded: a value without a name.
        let (_, decoded) = url::form_urlencoded::parse(format!("n={name}").as_bytes())
            .into_owned()
            .next()?;
        Some(decoded)
    }

    /// A key that a store wrote down before.
    pub fn from_stored(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The key.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn of(namespace: &str, kind: &str, parts: &[&str]) -> Self {
        let mut key = String::with_capacity(64);
        key.extend(url::form_urlencoded::byte_serialize(namespace.as_bytes()));
        key.push('/');
        key.push_str(kind);
        for part in parts {
            key.push('/');
            key.extend(url::form_urlencoded::byte_serialize(part.as_bytes()));
        }
        Self(key)
    }
}

impl fmt::Debug for StoreKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for StoreKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_an_alias_reads_back_from_its_key() {
        for name in ["me", "a/b", "two words", "ü&=+%"] {
            let key = StoreKey::alias("default", "instagram", "12345", name);
            assert!(key.as_str().starts_with(&StoreKey::aliases_prefix("default")), "{name}");
            assert_eq!(key.alias_name().as_deref(), Some(name));
        }
        assert_eq!(StoreKey::login("default", "alias").alias_name(), None);
    }
}
