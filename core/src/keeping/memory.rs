//! The accounts that a keeper has in memory, under every name they were asked for by.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use super::held::Held;
use crate::account::AccountKey;
use crate::clock::Timestamp;
use crate::protocol::token::Token;

pub(super) struct Memory {
    names: RwLock<HashMap<Box<str>, Arc<Held>>>,
    capacity: usize,
}

impl Memory {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            names: RwLock::default(),
            capacity,
        }
    }

    /// A token for which nothing has to be done: the way that nearly every call takes.
    pub(super) fn fresh(&self, name: &str, now: Timestamp, reread: i64) -> Option<Token> {
        self.names
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(name)?
            .fresh(now, reread)
    }

    pub(super) fn held(&self, name: &str) -> Option<Arc<Held>> {
        self.names
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(name)
            .cloned()
    }

    pub(super) fn cached_token(&self, name: &str) -> Option<Token> {
        self.held(name)?.token()
    }

    /// The entry of an account, the same for each of its names.
    pub(super) fn insert(&self, name: &str, key: AccountKey, now: Timestamp) -> Arc<Held> {
        let mut names = self.names.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = names.get(name).filter(|entry| *entry.key() == key) {
            return Arc::clone(entry);
        }
        if names.len() >= self.capacity {
            make_room(&mut names, self.capacity, now);
        }
        let id = key.user_id.as_str();
        let entry = match names.get(id) {
            Some(entry) if *entry.key() == key => Arc::clone(entry),
            _ => Arc::new(Held::new(key.clone())),
        };
        names.insert(id.into(), Arc::clone(&entry));
        names.insert(name.into(), Arc::clone(&entry));
        entry
    }

    /// The entry of an account, made if it is not there.
    pub(super) fn of(&self, key: &AccountKey, now: Timestamp) -> Arc<Held> {
        self.insert(key.user_id.as_str(), key.clone(), now)
    }

    pub(super) fn forget_account(&self, key: &AccountKey) {
        self.names
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .retain(|_, entry| entry.key() != key);
    }

    pub(super) fn forget_name(&self, name: &str) {
        if let Some(entry) = self.held(name) {
            self.forget_account(entry.key());
        }
    }

    /// The name may mean another account by now.
    pub(super) fn unname(&self, name: &str) {
        self.names.write().unwrap_or_else(PoisonError::into_inner).remove(name);
    }
}

/// Drops the quarter that was read longest ago, so that a full memory is not emptied one by one.
fn make_room(names: &mut HashMap<Box<str>, Arc<Held>>, capacity: usize, now: Timestamp) {
    let mut ages: Vec<_> = names
        .values()
        .map(|entry| entry.read_at().map_or(i64::MAX, |at| now.since(at)))
        .collect();
    let keep = capacity - capacity.div_ceil(4);
    ages.sort_unstable();
    let Some(limit) = ages.get(keep).copied() else { return };
    names.retain(|_, entry| entry.unsaved().is_some() || entry.read_at().map_or(i64::MAX, |at| now.since(at)) < limit);
}
