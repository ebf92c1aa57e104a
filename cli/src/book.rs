//! Finding accounts over the stores: the real one first, then the sandbox's.

use std::collections::BTreeMap;
use std::sync::Arc;

use shutterkey::config::profile::{Profile, StorePlace};
use shutterkey::record::{AccountRecord, StoreKey, pointer};
use shutterkey::store::list_all;
use shutterkey::{AccountKey, Clock, ErrorCode, Provider, Store, SystemClock, Timestamp};

use crate::context::Context;
use crate::exit::{Failure, Outcome};
use crate::kept_world;

/// One stored account.
pub(crate) struct Entry {
    pub(crate) key: AccountKey,
    /// The names that people gave it.
    pub(crate) names: Vec<String>,
    pub(crate) record: AccountRecord,
    /// When it is looked after next.
    pub(crate) due_at: Option<Timestamp>,
    pub(crate) home: Home,
    pub(crate) store: Arc<dyn Store>,
    /// Where it is kept, for people.
    pub(crate) place: String,
    pub(crate) namespace: String,
}

/// Whose account it is: where its token may go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Home {
    /// The platform itself.
    Real,
    /// The kept world of `login --sandbox`.
    KeptWorld,
    /// A sandbox that runs, or ran, at this address.
    Sandbox(String),
    /// A server of one's own, which the configuration has to describe.
    Server,
}

impl Home {
    fn of(provider: &str, origin: &str) -> Self {
        if origin == kept_world::ORIGIN {
            return Self::KeptWorld;
        }
        match Provider::by_id(provider) {
            Some(known) if known.origin() == origin => Self::Real,
            Some(_) => Self::Sandbox(origin.to_owned()),
            None => Self::Server,
        }
    }

    /// Whether a sandbox plays the platform.
    pub(crate) fn is_sandbox(&self) -> bool {
        matches!(self, Self::KeptWorld | Self::Sandbox(_))
    }
}

/// The stores that are looked in, in this order. Folders that are not there are passed over, and not made.
pub(crate) fn places(context: &Context) -> Outcome<Vec<StorePlace>> {
    if let Some(named) = context.named_store()? {
        return Ok(vec![named]);
    }
    let own = match context.profile_without_secret() {
        Ok(profile) => profile.store,
        // What stands in the way of a login need not stand in the way of looking at accounts.
        Err(failure) if failure.code == ErrorCode::ConfigMissing.as_str() => {
            StorePlace::Folder(context.folders.accounts())
        }
        Err(failure) => return Err(failure),
    };
    let mut places = vec![own];
    for more in [context.folders.accounts(), context.folders.sandbox_accounts()] {
        let more = StorePlace::Folder(more);
        if !places.iter().any(|place| place.to_string() == more.to_string()) {
            places.push(more);
        }
    }
    Ok(places)
}

/// All accounts, and sentences about those that cannot be read.
pub(crate) async fn all(context: &Context) -> Outcome<(Vec<Entry>, Vec<String>)> {
    let (mut entries, mut problems) = (Vec::new(), Vec::new());
    let namespace = context.namespace()?;
    for place in places(context)?.into_iter().filter(is_there) {
        let store = place.open().await?;
        read_store(&store, &place, &namespace, &mut entries, &mut problems).await?;
    }
    Ok((entries, problems))
}

/// Whether there is something to look into. A database and the keychain are asked.
pub(crate) fn is_there(place: &StorePlace) -> bool {
    place.folder().is_none_or(std::path::Path::exists)
}

async fn read_store(
    store: &Arc<dyn Store>,
    place: &StorePlace,
    namespace: &str,
    entries: &mut Vec<Entry>,
    problems: &mut Vec<String>,
) -> Outcome {
    let now = SystemClock.now();
    let mut names: BTreeMap<AccountKey, Vec<String>> = BTreeMap::new();
    for listed in list_all(&**store, &StoreKey::aliases_prefix(namespace)).await? {
        if let (Some(name), Some(stored)) = (listed.key.alias_name(), store.load(&listed.key, now).await?)
            && let Some(account) = pointer(&stored.record.bytes)
        {
            names.entry(account).or_default().push(name);
        }
    }
    for listed in list_all(&**store, &StoreKey::accounts_prefix(namespace)).await? {
        let read = match store.load(&listed.key, now).await {
            Ok(Some(stored)) => decode(&stored.record.bytes),
            Ok(None) => continue,
            Err(error) => Err(error),
        };
        match read {
            Ok((record, home)) => {
                let key = record.key();
                entries.push(Entry {
                    names: names.remove(&key).unwrap_or_default(),
                    due_at: listed.due_at,
                    home,
                    record,
                    key,
                    store: Arc::clone(store),
                    place: place.to_string(),
                    namespace: namespace.to_owned(),
                });
            }
            Err(error) => problems.push(format!("{}: {error}", listed.key)),
        }
    }
    Ok(())
}

fn decode(bytes: &[u8]) -> shutterkey::Result<(AccountRecord, Home)> {
    let (provider, origin) = AccountRecord::peek_origin(bytes)?;
    let rules = match Provider::by_id(&provider) {
        Some(known) => known,
        // How a server's tokens are renewed is the same for all servers; the addresses play no part in reading.
        None => Provider::in_sandbox("standard", "https://localhost", None)?,
    };
    Ok((AccountRecord::decode(&rules, bytes)?, Home::of(&provider, &origin)))
}

/// The account with this name: one that was given to it, its user id, or its user name. The first store that has one
/// decides; in it, the configured app's account comes before others.
pub(crate) async fn find(context: &Context, name: &str) -> Outcome<Entry> {
    let (entries, problems) = all(context).await?;
    let mut matching: Vec<Entry> = entries.into_iter().filter(|entry| goes_by(entry, name)).collect();
    let Some(place) = matching.first().map(|entry| entry.place.clone()) else {
        for problem in problems {
            context.ui.warn(&problem);
        }
        return Err(not_found(name));
    };
    matching.retain(|entry| entry.place == place);
    if matching.len() > 1
        && let Ok(profile) = context.profile_without_secret()
    {
        let configured = |entry: &Entry| is_configured(entry, &profile);
        if matching.iter().filter(|entry| configured(entry)).count() == 1 {
            matching.retain(configured);
        }
    }
    let several = matching.len();
    match matching.pop() {
        Some(entry) if several == 1 => Ok(entry),
        Some(one) => Err(ambiguous(name, one, matching)),
        None => Err(not_found(name)),
    }
}

fn goes_by(entry: &Entry, name: &str) -> bool {
    entry.names.iter().any(|known| known == name)
        || entry.key.user_id.as_str() == name
        || entry.record.account.username.as_deref() == Some(name)
}

fn is_configured(entry: &Entry, profile: &Profile) -> bool {
    profile.client_id.as_deref() == Some(entry.key.app_id.as_str()) && profile.provider.id() == entry.key.provider
}

fn not_found(name: &str) -> Failure {
    Failure::from(shutterkey::Error::with_detail(
        ErrorCode::AccountNotFound,
        format!("No account is kept under \"{}\".", crate::output::plain(name)),
    ))
    .hinting(
        "Log in with `shutterkey login` (or try `shutterkey login --sandbox`), or see `shutterkey accounts` for the names there are.",
    )
}

fn ambiguous(name: &str, one: Entry, others: Vec<Entry>) -> Failure {
    let ids: Vec<String> = others
        .into_iter()
        .chain([one])
        .map(|entry| format!("{} of app {}", entry.key.user_id, entry.key.app_id))
        .collect();
    let mut failure = Failure::usage(
        format!(
            "\"{}\" is the name of several accounts: {}.",
            crate::output::plain(name),
            ids.join(", ")
        ),
        "Name one by its user id with --account, or set SHUTTERKEY_CLIENT_ID to the app whose account you mean.",
    );
    failure.code = "command.ambiguous".to_owned();
    failure.exit = 17;
    failure
}
