//! Names that try to reach into each other's place.

use super::records::{read, write};
use super::{Checked, NOW, Subject, ensure, key, record};
use crate::record::StoreKey;

/// Pairs and groups that a file system, a collation or a careless encoding takes for the same.
const NAMES: [&str; 28] = [
    "x",
    "X",
    "../x",
    "..%2Fx",
    "..",
    ".",
    "/",
    "//",
    "/x",
    "x/",
    "\\x",
    "x.",
    "x ",
    " x",
    "x\0",
    "x%00",
    "\0",
    "CON",
    "a\nb",
    "a\rb",
    "\u{e9}",
    "e\u{301}",
    "a",
    "\u{430}",
    "\u{ff41}",
    "\u{212a}",
    "k",
    "\u{202e}x",
];

pub(super) async fn apart(subject: &Subject) -> Checked {
    let store = &*subject.store;
    for name in NAMES {
        write(store, &key(name), record(name.as_bytes()), None).await?;
    }
    // The same text in another part, kind or namespace is another key.
    let shifted = [
        StoreKey::alias("conformance", "standard", "app/x", ""),
        StoreKey::alias("conformance", "standard/app", "x", ""),
        StoreKey::alias("conformance/alias", "standard", "app", "x"),
        StoreKey::alias("CONFORMANCE", "standard", "app", "x"),
        StoreKey::login("conformance", "x"),
    ];
    for (n, key) in shifted.iter().enumerate() {
        write(store, key, record(&[n as u8]), None).await?;
    }
    for name in NAMES {
        let stored = read(store, &key(name)).await?;
        ensure(*stored.record.bytes == name.as_bytes(), || {
            format!("the record of {name:?} is another one's")
        })?;
    }
    for (n, key) in shifted.iter().enumerate() {
        let stored = read(store, key).await?;
        ensure(*stored.record.bytes == [n as u8], || {
            format!("the record of {key} is another one's")
        })?;
    }
    let listed = store.list("", None, None, 1_000).await?;
    let wanted = NAMES.len() + shifted.len();
    ensure(listed.len() == wanted, || {
        format!("{wanted} names were written and {} are listed", listed.len())
    })?;
    for listed in listed {
        ensure(store.load(&listed.key, NOW).await?.is_some(), || {
            format!("{} is listed and cannot be loaded", listed.key)
        })?;
    }
    Ok(())
}

pub(super) async fn long(subject: &Subject) -> Checked {
    let store = &*subject.store;
    // Alike but for the last character, so that a store that cuts keys is seen.
    let long = |last: &str| StoreKey::from_stored(format!("long/{}{last}", "n".repeat(1_018)));
    let (one, other) = (long("1"), long("2"));
    write(store, &one, record(b"one"), None).await?;
    write(store, &other, record(b"other"), None).await?;
    let (first, second) = (read(store, &one).await?, read(store, &other).await?);
    ensure(
        *first.record.bytes == b"one" && *second.record.bytes == b"other",
        || "two keys of a kilobyte that differ at their end share a record".to_owned(),
    )?;
    let listed = store.list("long/", None, Some(&one), 10).await?;
    ensure(
        listed.len() == 1 && listed.iter().all(|listed| listed.key == other),
        || "a key of a kilobyte is not listed as it was written".to_owned(),
    )
}
