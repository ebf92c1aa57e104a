//! Where connections come from: a pool of ours, or the caller's own.

use std::fmt;
use std::sync::Arc;

use tokio_postgres::Client;

use crate::error::Result;
use crate::store::BoxFuture;

/// Connections of the caller's own, such as a pool that the rest of the program uses.
///
/// A store borrows one for the length of one statement and gives it back. It begins no transaction that outlives a message,
/// prepares nothing under a name, sets nothing and listens to nothing, so that a connection comes back as it went.
///
/// ```no_run
/// use shutterkey::store::BoxFuture;
/// use shutterkey::store::postgres::{Connections, Lent, tokio_postgres::Client};
/// # mod deadpool_postgres {
/// #     pub struct Pool;
/// #     pub struct Object(pub shutterkey::store::postgres::tokio_postgres::Client);
/// #     impl std::ops::Deref for Object { type Target = shutterkey::store::postgres::tokio_postgres::Client; fn deref(&self) -> &Self::Target { &self.0 } }
/// #     impl Pool { pub async fn get(&self) -> Result<Object, ()> { Err(()) } }
/// # }
///
/// struct Mine(deadpool_postgres::Pool);
///
/// impl Connections for Mine {
///     fn lend(&self) -> BoxFuture<'_, shutterkey::Result<Lent>> {
///         Box::pin(async {
///             let object = self.0.get().await.map_err(|_| shutterkey::ErrorCode::StoreUnavailable)?;
///             Ok(Lent::new(object, |object| -> &Client { object }))
///         })
///     }
/// }
/// ```
pub trait Connections: Send + Sync {
    /// A connection to use for one statement.
    ///
    /// # Errors
    /// `store.unavailable`, or what else of the `store` family fits.
    fn lend(&self) -> BoxFuture<'_, Result<Lent>>;
}

/// One connection that is used by everybody at once, one statement after the other.
impl Connections for Arc<Client> {
    fn lend(&self) -> BoxFuture<'_, Result<Lent>> {
        let client = Self::clone(self);
        Box::pin(async { Ok(Lent::new(client, |client| client)) })
    }
}

/// A connection that is lent.
pub struct Lent(Box<dyn Held>);

impl Lent {
    /// Whatever holds the connection, and how to get at it.
    pub fn new<T: Send + Sync + 'static>(held: T, client: fn(&T) -> &Client) -> Self {
        Self(Box::new(Of { held, client }))
    }

    pub(super) fn held(held: impl Held + 'static) -> Self {
        Self(Box::new(held))
    }

    pub(super) fn client(&self) -> &Client {
        self.0.client()
    }

    /// Gives it back, in order.
    pub(super) fn give_back(self) {
        self.0.give_back();
    }

    /// Does not give it back: nothing came for too long, and something may still.
    pub(super) fn give_up(self) {
        self.0.give_up();
    }

    /// Does not give it back: it is broken, and its like may be.
    pub(super) fn give_back_broken(self) {
        self.0.give_back_broken();
    }
}

impl fmt::Debug for Lent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Lent")
    }
}

/// What a pool does with a connection that comes back. A pool of others finds out for itself.
pub(super) trait Held: Send + Sync {
    fn client(&self) -> &Client;
    fn give_back(self: Box<Self>) {}
    fn give_up(self: Box<Self>) {}
    fn give_back_broken(self: Box<Self>) {}
}

struct Of<T> {
    held: T,
    client: fn(&T) -> &Client,
}

impl<T: Send + Sync> Held for Of<T> {
    fn client(&self) -> &Client {
        (self.client)(&self.held)
    }
}
