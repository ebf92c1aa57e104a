//! A store whose records are sealed before they reach it, with a key that it never sees.

mod layer;
mod reseal;
mod sealer;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

pub(super) use layer::Layer;
pub use reseal::{PlainRecords, Resealed};
pub use sealer::{RecordSealer, WithSealer};

use super::{BoxFuture, Claimed, Listed, Store, Written};
use crate::clock::Timestamp;
use crate::error::Result;
use crate::record::{Lease, RecordBytes, StoreKey, Stored};

/// Any store, with records sealed on the way in and opened on the way out.
///
/// A record is bound to its key: bytes that were changed, or moved from another key, are answered with
/// `store.seal_invalid`. What a store keeps in plain sight stays so and is not authenticated: keys (which hold provider, app
/// id and user id), `due_at` and `forget_at`. Nor is a record's age: whoever can write to the store can put back what it held before.
///
/// **Rotating a key.** Put the new one in front of the ring everywhere ([`SealKeys::rotated`](crate::SealKeys::rotated)): from then on it seals whatever is
/// written, and the old one still opens. Then run [`Self::reseal`], and take the old key out when it reports that nothing
/// is left.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> shutterkey::Result<()> {
/// use shutterkey::store::{SealedStore, Store};
/// use shutterkey::{MemoryStore, SealKeys};
///
/// let keys = SealKeys::parse("k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8")?; // from `shutterkey keygen`, out of a secret store
/// let store = SealedStore::new(MemoryStore::new(), keys); // or a FileStore, or one of your own
/// store.probe().await?;
/// # Ok(())
/// # }
/// ```
pub struct SealedStore<S> {
    store: S,
    layer: Layer,
}

impl<S: Store> SealedStore<S> {
    /// Seals what goes into `store`: with [`SealKeys`](crate::SealKeys), a [`WithSealer`], or a [`RecordSealer`] of one's own.
    pub fn new(store: S, sealer: impl RecordSealer + 'static) -> Self {
        Self::shared(store, Arc::new(sealer))
    }

    /// The same with a sealer that is shared.
    pub fn shared(store: S, sealer: Arc<dyn RecordSealer>) -> Self {
        Self {
            store,
            layer: Layer::new(sealer),
        }
    }

    /// The store below, which holds the sealed records.
    pub fn inner(&self) -> &S {
        &self.store
    }

    /// Seals anew, with the key that seals now, every record below `prefix` (`""`: every one) that another key sealed.
    ///
    /// Each is leased while that is done, so that no refresh is disturbed; one that somebody has is passed over and counted
    /// as [`Resealed::busy`]. Run it again until [`Resealed::is_complete`].
    ///
    /// # Errors
    /// The `store` family, when the store below fails. A record that cannot be opened is reported, not an error.
    pub async fn reseal(&self, prefix: &str, plain: PlainRecords, now: Timestamp) -> Result<Resealed> {
        reseal::reseal(&self.store, &self.layer, prefix, plain, now).await
    }
}

impl<S: Store> Store for SealedStore<S> {
    fn load<'a>(&'a self, key: &'a StoreKey, now: Timestamp) -> BoxFuture<'a, Result<Option<Stored>>> {
        Box::pin(async move {
            match self.store.load(key, now).await? {
                Some(stored) => self.layer.open(key, stored).await.map(Some),
                None => Ok(None),
            }
        })
    }

    fn save<'a>(
        &'a self,
        key: &'a StoreKey,
        record: RecordBytes,
        expected: Option<u64>,
        fence: Option<u64>,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Written>> {
        Box::pin(async move {
            let sealed = self.layer.seal(key, &record).await?;
            self.store.save(key, sealed, expected, fence, now).await
        })
    }

    fn delete<'a>(&'a self, key: &'a StoreKey, expected: u64) -> BoxFuture<'a, Result<Written>> {
        self.store.delete(key, expected)
    }

    fn lease<'a>(&'a self, key: &'a StoreKey, ttl: Duration, now: Timestamp) -> BoxFuture<'a, Result<Option<Lease>>> {
        self.store.lease(key, ttl, now)
    }

    fn release<'a>(&'a self, lease: Lease) -> BoxFuture<'a, Result<()>> {
        self.store.release(lease)
    }

    fn list<'a>(
        &'a self,
        prefix: &'a str,
        due_before: Option<Timestamp>,
        after: Option<&'a StoreKey>,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Listed>>> {
        self.store.list(prefix, due_before, after, limit)
    }

    fn claim_due<'a>(
        &'a self,
        prefix: &'a str,
        due_before: Timestamp,
        limit: usize,
        ttl: Duration,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Vec<Claimed>>> {
        Box::pin(async move {
            let mut claimed = self.store.claim_due(prefix, due_before, limit, ttl, now).await?;
            for each in &mut claimed {
                if let Ok(stored) = &each.record {
                    each.record = self.layer.open(&each.lease.key, stored.clone()).await;
                }
            }
            Ok(claimed)
        })
    }

    /// Also asks the sealer, with something to seal and to open again.
    fn probe(&self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move {
            self.layer.probe().await?;
            self.store.probe().await
        })
    }
}

impl<S: fmt::Debug> fmt::Debug for SealedStore<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SealedStore")
            .field("store", &self.store)
            .field("sealer", &self.layer)
            .finish()
    }
}
