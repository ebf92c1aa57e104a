//! Who seals records: keys of our own, or a service that is asked.

use std::fmt;
use std::sync::Arc;

use tokio::runtime::Handle;
use zeroize::Zeroizing;

use crate::error::{Error, ErrorCode, Result};
use crate::protocol::seal::{SealKeys, Sealer};
use crate::store::BoxFuture;

/// What records are sealed for; a sealed login does not open as a record, nor the other way round.
const PURPOSE: &str = "record";

/// Something that seals records: [`SealKeys`], a [`WithSealer`], or a KMS that is asked over the network.
///
/// `context` is authenticated and not stored: what was sealed in one context must not open in another. It is the key of
/// the record. Every read and every write calls this once, so a service that bills or limits calls is better asked
/// once, for a key to make [`SealKeys`] of (envelope encryption).
pub trait RecordSealer: Send + Sync + fmt::Debug {
    /// Encrypts and authenticates.
    ///
    /// # Errors
    /// `config.seal_key`; `store.unavailable` when the service does not answer.
    fn seal_record<'a>(&'a self, context: &'a str, plain: &'a [u8]) -> BoxFuture<'a, Result<String>>;

    /// Opens what [`Self::seal_record`] made in the same context.
    ///
    /// # Errors
    /// `store.seal_invalid` for anything else; `store.unavailable` when the service does not answer.
    fn open_record<'a>(&'a self, context: &'a str, sealed: &'a str) -> BoxFuture<'a, Result<Zeroizing<Vec<u8>>>>;

    /// Whether the key that seals now made this text. `false` unless implemented: [`SealedStore::reseal`](super::SealedStore::reseal) then seals every
    /// record anew.
    fn is_current(&self, sealed: &str) -> bool {
        let _ = sealed;
        false
    }
}

impl RecordSealer for SealKeys {
    fn seal_record<'a>(&'a self, context: &'a str, plain: &'a [u8]) -> BoxFuture<'a, Result<String>> {
        let sealed = Sealer::seal(self, PURPOSE, context, plain);
        Box::pin(async { sealed })
    }

    fn open_record<'a>(&'a self, context: &'a str, sealed: &'a str) -> BoxFuture<'a, Result<Zeroizing<Vec<u8>>>> {
        let opened = Sealer::open(self, PURPOSE, context, sealed).map_err(as_of_a_record);
        Box::pin(async { opened })
    }

    fn is_current(&self, sealed: &str) -> bool {
        self.sealed_with_first(sealed)
    }
}

/// A [`Sealer`] that seals records as it seals logins. It may block, since it may ask over the network: it is called on
/// tokio's blocking threads.
#[derive(Clone)]
pub struct WithSealer(pub Arc<dyn Sealer>);

impl WithSealer {
    async fn on_a_thread<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn Sealer) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let runtime = Handle::try_current()
            .map_err(|_| Error::with_detail(ErrorCode::Misuse, "A sealed store needs a tokio runtime."))?;
        let sealer = Arc::clone(&self.0);
        let done = runtime.spawn_blocking(move || work(&*sealer)).await;
        done.unwrap_or_else(|_| {
            Err(Error::with_detail(
                ErrorCode::StoreUnavailable,
                "The sealer panicked, or the runtime is shutting down.",
            ))
        })
    }
}

impl RecordSealer for WithSealer {
    fn seal_record<'a>(&'a self, context: &'a str, plain: &'a [u8]) -> BoxFuture<'a, Result<String>> {
        let (context, plain) = (context.to_owned(), Zeroizing::new(plain.to_vec()));
        Box::pin(self.on_a_thread(move |sealer| sealer.seal(PURPOSE, &context, &plain)))
    }

    fn open_record<'a>(&'a self, context: &'a str, sealed: &'a str) -> BoxFuture<'a, Result<Zeroizing<Vec<u8>>>> {
        let (context, sealed) = (context.to_owned(), sealed.to_owned());
        Box::pin(self.on_a_thread(move |sealer| sealer.open(PURPOSE, &context, &sealed).map_err(as_of_a_record)))
    }
}

impl fmt::Debug for WithSealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WithSealer")
    }
}

/// A sealer speaks of logins; here it is a record that does not open.
fn as_of_a_record(error: Error) -> Error {
    match error.code() {
        ErrorCode::RedirectSealInvalid => Error::new(ErrorCode::StoreSealInvalid).with_source_of(&error),
        _ => error,
    }
}
