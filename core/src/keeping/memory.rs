//! The accounts that a keeper has in memory, under every name they were asked for by.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use super::held::Held;
use crate::account::AccountKey;
use crate::clock::Timestamp;
use crate::protocol::token::Token;

/// How many parts there are, each with a lock of its own: threads that ask for different accounts seldom meet.
const SHARDS: usize = 32;

/// Looking a name up takes the lock of its shard; whatever adds or removes one takes all of them, in order.
pub(super) struct Memory {
    shards: Box<[Shard]>,
    capacity: usize,
}

/// On cache lines of its own: a lock that is only read is written to all the same.
#[derive(Default)]
#[repr(align(128))]
struct Shard(RwLock<Names>);

type Names = HashMap<Box<str>, Arc<Held>>;

impl Memory {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            shards: (0..SHARDS).map(|_| Shard::default()).collect(),
            capacity,
        }
    }

    /// A token for which nothing has to be done: the way that nearly every call takes.
    pub(super) fn fresh(&self, name: &str, now: Timestamp, reread: i64) -> Option<Token> {
        self.shard(name).get(name)?.fresh(now, reread)
    }

    pub(super) fn held(&self, name: &str) -> Option<Arc<Held>> {
        self.shard(name).get(name).cloned()
    }

    /// The entry of an account, if there is one.
    pub(super) fn known(&self, key: &AccountKey) -> Option<Arc<Held>> {
        self.held(key.user_id.as_str()).filter(|held| held.key() == key)
    }

    pub(super) fn cached_token(&self, name: &str) -> Option<Token> {
        self.held(name)?.token()
    }

    /// The entry of an account, the same for each of its names.
    pub(super) fn insert(&self, name: &str, key: AccountKey, now: Timestamp) -> Arc<Held> {
        if let Some(entry) = self.held(name).filter(|entry| *entry.key() == key) {
            return entry;
        }
        let mut whole = self.whole();
        if let Some(entry) = whole.shard(name).get(name).filter(|entry| *entry.key() == key) {
            return Arc::clone(entry);
        }
        if whole.len() >= self.capacity {
            whole.make_room(self.capacity, now);
        }
        let id = key.user_id.as_str();
        let entry = match whole.shard(id).get(id) {
            Some(entry) if *entry.key() == key => Arc::clone(entry),
            _ => Arc::new(Held::new(key.clone())),
        };
        whole.insert(id, &entry);
        whole.insert(name, &entry);
        entry
    }

    /// The entry of an account, made if it is not there.
    pub(super) fn of(&self, key: &AccountKey, now: Timestamp) -> Arc<Held> {
        self.insert(key.user_id.as_str(), key.clone(), now)
    }

    pub(super) fn forget_account(&self, key: &AccountKey) {
        self.whole().retain(|entry| entry.key() != key);
    }

    pub(super) fn forget_name(&self, name: &str) {
        if let Some(entry) = self.held(name) {
            self.forget_account(entry.key());
        }
    }

    /// The name may mean another account by now.
    pub(super) fn unname(&self, name: &str) {
        self.whole().shard(name).remove(name);
    }

    #[expect(clippy::indexing_slicing, reason = "a remainder of the number of shards")]
    fn shard(&self, name: &str) -> RwLockReadGuard<'_, Names> {
        let Shard(names) = &self.shards[shard_of(name)];
        names.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn whole(&self) -> Whole<'_> {
        let locks = self.shards.iter().map(|Shard(names)| names.write());
        Whole(locks.map(|lock| lock.unwrap_or_else(PoisonError::into_inner)).collect())
    }
}

/// Names that differ mostly do so at their end.
fn shard_of(name: &str) -> usize {
    let last = name.bytes().rev().take(4);
    last.fold(name.len(), |sum, byte| {
        sum.wrapping_mul(31).wrapping_add(usize::from(byte))
    }) % SHARDS
}

/// All of it, for one who changes it.
struct Whole<'a>(Vec<RwLockWriteGuard<'a, Names>>);

impl Whole<'_> {
    #[expect(clippy::indexing_slicing, reason = "a remainder of the number of shards")]
    fn shard(&mut self, name: &str) -> &mut Names {
        &mut self.0[shard_of(name)]
    }

    fn insert(&mut self, name: &str, entry: &Arc<Held>) {
        self.shard(name).insert(name.into(), Arc::clone(entry));
    }

    fn len(&self) -> usize {
        self.0.iter().map(|names| names.len()).sum()
    }

    fn retain(&mut self, keep: impl Fn(&Arc<Held>) -> bool) {
        for names in &mut self.0 {
            names.retain(|_, entry| keep(entry));
        }
    }

    /// Drops the quarter that was read longest ago, so that a full memory is not emptied one by one.
    fn make_room(&mut self, capacity: usize, now: Timestamp) {
        let age = |entry: &Arc<Held>| entry.read_at().map_or(i64::MAX, |at| now.since(at));
        let mut ages: Vec<_> = self.0.iter().flat_map(|names| names.values().map(age)).collect();
        let keep = capacity - capacity.div_ceil(4);
        ages.sort_unstable();
        let Some(limit) = ages.get(keep).copied() else { return };
        self.retain(|entry| entry.unsaved().is_some() || age(entry) < limit);
    }
}
