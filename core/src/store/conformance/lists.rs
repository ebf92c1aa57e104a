//! Lists.

use super::records::{read, write};
use super::{Checked, NOW, Subject, ensure, key, record};
use crate::record::StoreKey;
use crate::store::Store;

async fn fill(store: &dyn Store, keys: &[&str]) -> Checked {
    for key in keys {
        write(store, &StoreKey::from_stored(*key), record(b"x"), None).await?;
    }
    Ok(())
}

async fn listed(store: &dyn Store, prefix: &str, after: Option<&str>, limit: usize) -> Checked<Vec<String>> {
    let after = after.map(StoreKey::from_stored);
    let listed = store.list(prefix, None, after.as_ref(), limit).await?;
    Ok(listed.iter().map(|listed| listed.key.as_str().to_owned()).collect())
}

async fn expect(store: &dyn Store, prefix: &str, after: Option<&str>, limit: usize, keys: &[&str]) -> Checked {
    let found = listed(store, prefix, after, limit).await?;
    ensure(found == keys, || {
        format!("prefix {prefix:?} after {after:?}, at most {limit}: {found:?} instead of {keys:?}")
    })
}

pub(super) async fn order(subject: &Subject) -> Checked {
    let store = &*subject.store;
    // A collation that ignores case or punctuation orders these otherwise.
    let in_order = [
        "o/%41", "o/+", "o/-b", "o/A", "o/B", "o/Ba", "o/_", "o/a", "o/a-c", "o/aB", "o/ab", "o/~",
    ];
    let mut shuffled = in_order;
    shuffled.reverse();
    shuffled.swap(2, 7);
    fill(store, &shuffled).await?;
    fill(store, &["n/z", "o", "o0", "p/a"]).await?;
    expect(store, "o/", None, 100, &in_order).await?;
    expect(store, "o/B", None, 100, &["o/B", "o/Ba"]).await?;
    expect(store, "O/", None, 100, &[]).await?;
    expect(store, "o/abc", None, 100, &[]).await?;
    let all = listed(store, "", None, 100).await?;
    ensure(all.len() == 16, || {
        format!("the empty prefix lists {} of 16 keys", all.len())
    })
}

pub(super) async fn wildcards(subject: &Subject) -> Checked {
    let store = &*subject.store;
    fill(
        store,
        &[
            "w_a/1", "w%a/1", "wxa/1", "w*a/1", "w.a/1", "w\\a/1", "wa/1", "w[a]/1", "w'a/1",
        ],
    )
    .await?;
    for (prefix, key) in [
        ("w_", "w_a/1"),
        ("w%", "w%a/1"),
        ("w*", "w*a/1"),
        ("w.", "w.a/1"),
        ("w\\", "w\\a/1"),
        ("w[a]", "w[a]/1"),
        ("w'", "w'a/1"),
    ] {
        expect(store, prefix, None, 100, &[key]).await?;
    }
    Ok(())
}

pub(super) async fn pages(subject: &Subject) -> Checked {
    let store = &*subject.store;
    let keys = ["p/1", "p/2", "p/3", "p/4", "p/5"];
    fill(store, &keys).await?;
    fill(store, &["o/9", "q/0"]).await?;
    expect(store, "p/", None, 0, &[]).await?;
    expect(store, "p/", None, 2, &["p/1", "p/2"]).await?;
    expect(store, "p/", Some("p/2"), 2, &["p/3", "p/4"]).await?;
    expect(store, "p/", Some("p/4"), 2, &["p/5"]).await?;
    expect(store, "p/", Some("p/5"), 2, &[]).await?;
    // After a key that is not there, before the prefix, behind it.
    expect(store, "p/", Some("p/25"), 2, &["p/3", "p/4"]).await?;
    expect(store, "p/", Some("a"), 100, &keys).await?;
    expect(store, "p/", Some("q/0"), 100, &[]).await
}

pub(super) async fn due(subject: &Subject) -> Checked {
    let store = &*subject.store;
    for (name, due_at) in [
        ("a", Some(100)),
        ("b", None),
        ("c", Some(-100)),
        ("d", Some(0)),
        ("e", Some(-1)),
    ] {
        let mut record = record(b"x");
        record.due_at = due_at.map(|seconds| NOW.plus(seconds));
        write(store, &StoreKey::from_stored(format!("d/{name}")), record, None).await?;
    }
    let late = store.list("d/", Some(NOW), None, 100).await?;
    let found: Vec<_> = late.iter().map(|listed| (listed.key.as_str(), listed.due_at)).collect();
    let wanted = [("d/c", Some(NOW.plus(-100))), ("d/e", Some(NOW.plus(-1)))];
    ensure(found == wanted, || {
        format!("due before {NOW}: {found:?} instead of {wanted:?}")
    })?;
    let first = store.list("d/", Some(NOW), None, 1).await?;
    ensure(
        first.len() == 1 && first.iter().all(|listed| listed.key.as_str() == "d/c"),
        || format!("the limit counts what is not due: {first:?}"),
    )?;
    let all = store.list("d/", None, None, 100).await?;
    ensure(all.len() == 5, || {
        format!("without a moment, {} of 5 are listed", all.len())
    })?;
    // What is due follows the last write.
    let c = StoreKey::from_stored("d/c");
    let version = read(store, &c).await?.version;
    write(store, &c, record(b"x"), Some(version)).await?;
    let late = store.list("d/", Some(NOW), None, 100).await?;
    ensure(late.len() == 1, || {
        format!("a record that is not due any more is listed: {late:?}")
    })
}

pub(super) async fn deleted(subject: &Subject) -> Checked {
    let store = &*subject.store;
    let version = write(store, &key("deleted"), record(b"x"), None).await?;
    write(store, &key("kept"), record(b"x"), None).await?;
    store.delete(&key("deleted"), version).await?;
    let listed = store.list("", None, None, 10).await?;
    ensure(
        listed.len() == 1 && listed.iter().all(|listed| listed.key == key("kept")),
        || format!("after a deletion, the store lists {listed:?}"),
    )
}
