//! A few connections of our own, opened when they are needed and used again.

use std::future::poll_fn;
use std::process;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::AbortHandle;
use tokio_postgres::{Client, Config};

use super::connections::{Connections, Held, Lent};
use super::failure;
use super::tls::Tls;
use crate::error::{Error, ErrorCode, Result};
use crate::store::BoxFuture;

/// A connection that nobody used for longer is not used again: firewalls and poolers drop such ones without a word.
const IDLE: Duration = Duration::from_secs(240);

/// A connection is replaced after this, so that a server behind the same name takes its share after a failover.
const AGE: Duration = Duration::from_secs(1_800);

pub(super) struct Pool(Arc<Inner>);

struct Inner {
    config: Config,
    tls: Tls,
    /// Where it leads, for people.
    shown: String,
    idle: Mutex<Vec<Open>>,
    /// As many as there may be connections.
    room: Arc<Semaphore>,
}

struct Open {
    client: Client,
    /// Reads and writes for the client. It ends when the client is dropped and everything that was asked is answered.
    task: AbortHandle,
    opened: Instant,
    used: Instant,
    /// A process that was forked has a copy of this list, and must not speak on its parent's connections.
    process: u32,
}

impl Pool {
    pub(super) fn new(config: Config, tls: Tls, shown: String, size: usize) -> Self {
        Self(Arc::new(Inner {
            config,
            tls,
            shown,
            idle: Mutex::default(),
            room: Arc::new(Semaphore::new(size)),
        }))
    }
}

impl Inner {
    fn idle(&self) -> MutexGuard<'_, Vec<Open>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take_idle(&self) -> Option<Open> {
        loop {
            let open = self.idle().pop()?;
            if open.process != process::id() {
                // Dropping it would wake a task of the parent's runtime, of which this process has a copy and no threads.
                std::mem::forget(open);
                continue;
            }
            if !open.client.is_closed() && open.used.elapsed() < IDLE && open.opened.elapsed() < AGE {
                return Some(open);
            }
        }
    }

    async fn connect(&self) -> Result<Open> {
        let runtime = Handle::try_current()
            .map_err(|_| Error::with_detail(ErrorCode::Misuse, "The PostgreSQL store needs a tokio runtime."))?;
        let connected = self.config.connect(self.tls.clone()).await;
        let (client, mut connection) = connected.map_err(|error| failure::connecting(&error, &self.shown))?;
        let task = runtime.spawn(async move {
            // Notices and notifications are nobody's business here; at an error the connection ends.
            while let Some(Ok(_)) = poll_fn(|context| connection.poll_message(context)).await {}
        });
        let now = Instant::now();
        Ok(Open {
            client,
            task: task.abort_handle(),
            opened: now,
            used: now,
            process: process::id(),
        })
    }
}

impl Connections for Pool {
    fn lend(&self) -> BoxFuture<'_, Result<Lent>> {
        Box::pin(async {
            let room = Arc::clone(&self.0.room).acquire_owned().await;
            let room = room.map_err(|_| Error::new(ErrorCode::StoreUnavailable))?;
            let open = match self.0.take_idle() {
                Some(open) => open,
                None => self.0.connect().await?,
            };
            Ok(Lent::held(Borrowed {
                open,
                pool: Arc::clone(&self.0),
                _room: room,
            }))
        })
    }
}

/// A connection of the pool that is in use. Dropped, it is closed, once the server has answered what was asked.
struct Borrowed {
    open: Open,
    pool: Arc<Inner>,
    _room: OwnedSemaphorePermit,
}

impl Held for Borrowed {
    fn client(&self) -> &Client {
        &self.open.client
    }

    fn give_back(self: Box<Self>) {
        let Self { mut open, pool, _room } = *self;
        open.used = Instant::now();
        pool.idle().push(open);
    }

    /// Closes it at once. The server is not asked to cancel the statement: a cancel request whose sender does not wait for the
    /// end, as that of tokio-postgres, kills PgBouncer 1.18 ("bad client state").
    fn give_up(self: Box<Self>) {
        self.open.task.abort();
    }

    fn give_back_broken(self: Box<Self>) {
        // What ended this one has mostly ended the idle ones too.
        while self.pool.take_idle().is_some() {}
    }
}
