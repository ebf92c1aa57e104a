//! What doctor looks at. Nothing is changed, but for a file that is written into a store and taken away again.

use std::path::{Path, PathBuf};

use shutterkey::config::profile::{Profile, ProfileFile, Sources, StorePlace};
use shutterkey::doctor::{Examined, SeenAccount, SeenFile, SeenStore, mounts};
use shutterkey::{Clock, Secret, SystemClock};

use super::git;
use crate::book::{self, Home};
use crate::context::Context;
use crate::exit::Outcome;
use crate::kept_world::KeptWorld;

/// No file of a configuration comes near it.
const CAP: u64 = 64 << 10;

/// Variables of other programs that matter.
const AROUND: [&str; 6] = [
    "HTTPS_PROXY",
    "https_proxy",
    "ALL_PROXY",
    "all_proxy",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
];

pub(super) async fn everything(context: &Context) -> Outcome<Examined> {
    let mut seen = Examined::new(SystemClock.now(), context.folders.clone());
    seen.environment = context.environment(&[])?;
    let profile_path = seen
        .environment
        .get("SHUTTERKEY_CONFIG")
        .map_or_else(|| PathBuf::from("shutterkey.toml"), PathBuf::from);
    for name in AROUND {
        if let Ok(value) = std::env::var(name) {
            seen.environment.insert(name.to_owned(), value);
        }
    }
    seen.profile_file = file(&profile_path);
    seen.user_file = file(&context.folders.config_file());
    let sources = sources(&seen);
    seen.secret_file = sources.secret_path().as_deref().and_then(file);
    seen.cert_file_is_there = seen
        .environment
        .get("SSL_CERT_FILE")
        .filter(|path| !path.is_empty())
        .map(|path| std::fs::File::open(path).is_ok());
    let store = match Profile::resolve(&sources, &context.folders) {
        Ok(profile) => profile.store,
        Err(_) => context
            .named_store()?
            .unwrap_or_else(|| StorePlace::Folder(context.folders.accounts())),
    };
    let others = book::places(context).unwrap_or_default();
    seen.stores.push(look_at_store(&store).await);
    let is_other = |place: &&StorePlace| place.to_string() != store.to_string() && book::is_there(place);
    for place in others.iter().filter(is_other) {
        seen.stores.push(look_at_store(place).await);
    }
    accounts(context, &mut seen).await?;
    Ok(seen)
}

/// The sources as far as they can be read, to learn where the secret and the store are.
fn sources(seen: &Examined) -> Sources {
    let parsed = |file: &Option<SeenFile>| {
        let text = file.as_ref()?.content.as_ref().ok()?;
        ProfileFile::parse(text.reveal()).ok()
    };
    Sources {
        environment: seen.environment.clone(),
        profile_file: parsed(&seen.profile_file),
        user_file: parsed(&seen.user_file),
        ..Sources::default()
    }
}

fn file(path: &Path) -> Option<SeenFile> {
    let metadata = match std::fs::metadata(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return None,
        other => other,
    };
    let content = match &metadata {
        Err(error) => Err(error.kind().to_string()),
        Ok(metadata) if !metadata.is_file() => Err("it is not a file".to_owned()),
        Ok(metadata) if metadata.len() > CAP => Err("it is larger than 64 KiB".to_owned()),
        Ok(_) => std::fs::read_to_string(path)
            .map(Secret::from)
            .map_err(|error| error.kind().to_string()),
    };
    Some(SeenFile {
        path: path.to_owned(),
        content,
        mode: metadata.as_ref().ok().and_then(mode),
        owner: metadata.as_ref().ok().and_then(owner),
        git: git::tracking(path),
    })
}

#[cfg(unix)]
#[allow(clippy::unnecessary_wraps, reason = "other systems have none")]
fn mode(metadata: &std::fs::Metadata) -> Option<u32> {
    use std::os::unix::fs::MetadataExt;
    Some(metadata.mode() & 0o7777)
}

#[cfg(unix)]
#[allow(clippy::unnecessary_wraps, reason = "other systems have none")]
fn owner(metadata: &std::fs::Metadata) -> Option<u32> {
    use std::os::unix::fs::MetadataExt;
    Some(metadata.uid())
}

#[cfg(not(unix))]
fn owner(_metadata: &std::fs::Metadata) -> Option<u32> {
    None
}

#[cfg(not(unix))]
fn mode(_metadata: &std::fs::Metadata) -> Option<u32> {
    None
}

/// Opens a store that is there and tries to write to it; one that is not there is not made.
async fn look_at_store(place: &StorePlace) -> SeenStore {
    let folder = place.folder();
    let is_there = folder.is_none_or(|path| path.symlink_metadata().is_ok());
    let usable = if is_there {
        match place.open().await {
            Ok(store) => store.probe().await,
            Err(error) => Err(error),
        }
    } else {
        Ok(())
    };
    SeenStore {
        file_system: folder.and_then(file_system),
        place: place.clone(),
        is_there,
        usable,
    }
}

fn file_system(path: &Path) -> Option<String> {
    let mounted = std::fs::read_to_string("/proc/self/mountinfo").ok()?;
    let path = std::path::absolute(path).ok()?;
    // The part that is there already tells where the rest will be.
    let there = path.ancestors().find_map(|part| part.canonicalize().ok())?;
    mounts::file_system(&there, &mounted).map(str::to_owned)
}

async fn accounts(context: &Context, seen: &mut Examined) -> Outcome {
    // A store that cannot be opened has been told of already, and what is wrong with a file will be.
    let Ok((entries, problems)) = book::all(context).await else {
        return Ok(());
    };
    seen.unreadable = problems;
    let kept = if entries.iter().any(|entry| entry.home == Home::KeptWorld) {
        KeptWorld::start(context)
            .await
            .map(|world| world.clock().now())
            .unwrap_or(seen.now)
    } else {
        seen.now
    };
    seen.accounts = entries
        .into_iter()
        .map(|entry| SeenAccount {
            now: if entry.home == Home::KeptWorld { kept } else { seen.now },
            sandbox: entry.home.is_sandbox(),
            record: entry.record,
            names: entry.names,
            due_at: entry.due_at,
        })
        .collect();
    Ok(())
}
