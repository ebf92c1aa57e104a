//! An account that is not where it was looked for.

use std::path::{Path, PathBuf};

use shutterkey::config::profile::{Folders, Profile};
use shutterkey::record::StoreKey;
use shutterkey::store::list_all;
use shutterkey::{Error, ErrorCode, FileStore};

/// Where else the account of a keeper of this profile may be: in the store of the command's sandbox.
pub(crate) fn elsewhere(profile: &Profile) -> Option<PathBuf> {
    let sandbox = Folders::from_process().ok()?.sandbox_accounts();
    (profile.store.folder() != Some(&sandbox)).then_some(sandbox)
}

/// The error, which says so where the account that was not found is one of the command's sandbox.
pub(crate) async fn explained(error: Error, elsewhere: Option<&Path>, namespace: &str, name: &str) -> Error {
    match elsewhere {
        Some(sandbox) if error.code() == ErrorCode::AccountNotFound && is_in(sandbox, namespace, name).await => {
            let what = format!(
                "{} There is one of that name in the sandbox that `shutterkey login --sandbox` keeps: \
                 shutterkey.Sandbox.kept().keeper() has it.",
                error.message()
            );
            Error::with_detail(ErrorCode::AccountNotFound, what)
        }
        _ => error,
    }
}

async fn is_in(folder: &Path, namespace: &str, name: &str) -> bool {
    // Looking must not make it.
    if !folder.is_dir() {
        return false;
    }
    let Ok(store) = FileStore::open(folder).await else {
        return false;
    };
    let listed = list_all(&store, &StoreKey::aliases_prefix(namespace)).await;
    listed.is_ok_and(|listed| {
        listed
            .iter()
            .any(|listed| listed.key.alias_name().as_deref() == Some(name))
    })
}
