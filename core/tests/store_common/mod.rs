//! What the tests of the stores share.
#![allow(dead_code)] // Each test binary uses its part of it.

use std::path::{Path, PathBuf};

use shutterkey::record::{AccountRecord, RecordBytes, StoreKey, Stored};
use shutterkey::store::{FileStore, Store, Written};
use shutterkey::{Error, Provider, Timestamp};

pub(crate) const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

pub(crate) fn key(name: &str) -> StoreKey {
    StoreKey::alias("tests", "standard", "app", name)
}

pub(crate) fn record(bytes: &[u8]) -> RecordBytes {
    RecordBytes {
        bytes: bytes.to_vec().into(),
        due_at: None,
        forget_at: None,
    }
}

/// A folder that is not there yet, inside one that is removed at the end.
pub(crate) fn place() -> (tempfile::TempDir, PathBuf) {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("data/accounts");
    (parent, folder)
}

pub(crate) async fn open(folder: &Path) -> FileStore {
    FileStore::open(folder).await.unwrap()
}

pub(crate) async fn write(store: &dyn Store, name: &str, bytes: &[u8], expected: Option<u64>) -> u64 {
    match store
        .save(&key(name), record(bytes), expected, None, NOW)
        .await
        .unwrap()
    {
        Written::Version(version) => version,
        Written::Conflict => panic!("conflict"),
    }
}

pub(crate) async fn load(store: &dyn Store, name: &str) -> Result<Option<Stored>, Error> {
    store.load(&key(name), NOW).await
}

/// The files of a folder whose names end so.
pub(crate) fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_str().unwrap().ends_with(ending))
        .collect();
    files.sort();
    files
}

/// The one file of a folder whose name ends so.
pub(crate) fn file(folder: &Path, ending: &str) -> PathBuf {
    let files = files(folder, ending);
    assert_eq!(files.len(), 1, "{files:?}");
    files[0].clone()
}

/// The token of the one account in a folder, which is Instagram's.
pub(crate) async fn account_token(folder: &Path) -> String {
    let store = open(folder).await;
    let prefix = StoreKey::accounts_prefix("default");
    let listed = store.list(&prefix, None, None, 2).await.unwrap();
    assert_eq!(listed.len(), 1, "{listed:?}");
    let stored = store.load(&listed[0].key, NOW).await.unwrap().unwrap();
    let record = AccountRecord::decode(&Provider::instagram(), &stored.record.bytes).unwrap();
    record.token.reveal().to_owned()
}
