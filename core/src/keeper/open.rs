//! The configuration of a keeper that was made without arguments.

use super::Keeper;
use crate::config::profile::Profile;
use crate::config::{ClientConfigBuilder, UNUSED_REDIRECT_URI};
use crate::error::{Error, ErrorCode, Result};
use crate::record::{AccountRecord, StoreKey};
use crate::store::{Store, list_all};

impl Keeper {
    /// What a keeper needs in order to keep the accounts of a profile's store, also where the profile says too little for
    /// a login: without a client id, the app is the one whose accounts are in the store, and that of imported tokens
    /// if there are none; without a redirect URI, one that nothing listens at.
    ///
    /// # Errors
    /// `config.missing` when the store holds accounts of several apps; otherwise as [`Profile::client_config`]; the `store`
    /// family.
    pub async fn profile_config(profile: &Profile, store: &dyn Store, namespace: &str) -> Result<ClientConfigBuilder> {
        let mut profile = profile.clone();
        if profile.client_id.is_none() {
            profile.client_id = Some(app_of(&profile, store, namespace).await?);
        }
        let bare = profile.redirect_uri.is_none();
        let builder: ClientConfigBuilder = profile.client_config()?;
        Ok(if bare {
            builder.redirect_uri(UNUSED_REDIRECT_URI)
        } else {
            builder
        })
    }
}

/// The one app that has accounts of this provider in the store.
async fn app_of(profile: &Profile, store: &dyn Store, namespace: &str) -> Result<String> {
    let mut app = None::<String>;
    for listed in list_all(store, &StoreKey::accounts_prefix(namespace)).await? {
        let stored = store.load(&listed.key, crate::clock::Timestamp::MIN).await?;
        let read = stored.map(|stored| AccountRecord::decode(&profile.provider, &stored.record.bytes));
        let Some(Ok(record)) = read else { continue };
        if record.key().provider != profile.provider.id() || record.origin() != profile.provider.origin() {
            continue;
        }
        let found = record.key().app_id;
        match &app {
            Some(known) if *known != found => return Err(several(known, &found)),
            _ => app = Some(found),
        }
    }
    Ok(app.unwrap_or_else(|| profile.provider.data().client_id.unknown_app().to_owned()))
}

fn several(one: &str, other: &str) -> Error {
    Error::with_detail(
        ErrorCode::ConfigMissing,
        format!(
            "The client id is missing, and the store holds accounts of several apps, {one} and {other} among them: set \
             client_id in shutterkey.toml, or SHUTTERKEY_CLIENT_ID."
        ),
    )
}
