//! One statement at a time: a connection, a deadline, and what to do when it fails.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::time::{Instant, timeout_at};
use tokio_postgres::Row;
use tokio_postgres::types::{FromSql, ToSql, Type};

use super::connections::Connections;
use super::failure::{self, Fault};
use super::migrations;
use super::names::Names;
use super::statements::Statements;
use crate::error::{Error, ErrorCode, Result};

/// How often a statement is repeated that collided with another one, where the database's isolation lets them collide.
const COLLISIONS: u32 = 8;

/// After how many writes forgotten rows are removed; each time up to a thousand, so that they never pile up.
const PURGE_EVERY: u32 = 256;

/// How long a migration may take.
const MIGRATION: Duration = Duration::from_secs(600);

/// Clones share one handle.
#[derive(Clone)]
pub(super) struct Table(Arc<Inner>);

struct Inner {
    connections: Box<dyn Connections>,
    names: Names,
    statements: Statements,
    deadline: Duration,
    writes: AtomicU32,
    /// Where it leads, for people.
    shown: String,
}

/// Whether a statement may be sent again when nobody knows whether it was carried out.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Repeat {
    Fine,
    Never,
}

pub(super) type Parameter<'a> = (&'a (dyn ToSql + Sync), Type);

impl Table {
    pub(super) fn new(connections: Box<dyn Connections>, names: Names, deadline: Duration, shown: String) -> Self {
        Self(Arc::new(Inner {
            connections,
            statements: Statements::new(&names),
            names,
            deadline,
            writes: AtomicU32::new(0),
            shown,
        }))
    }

    pub(super) fn statements(&self) -> &Statements {
        &self.0.statements
    }

    /// Sends one statement, as one message: it is parsed under no name and ended by the same message, so that a pooler may
    /// give every statement to another server process.
    pub(super) async fn ask(&self, statement: &str, parameters: &[Parameter<'_>], repeat: Repeat) -> Result<Vec<Row>> {
        if Handle::try_current().is_err() {
            return Err(Error::with_detail(
                ErrorCode::Misuse,
                "The PostgreSQL store needs a tokio runtime.",
            ));
        }
        let deadline = Instant::now() + self.0.deadline;
        let (mut collisions, mut lost) = (0, false);
        loop {
            let lent = timeout_at(deadline, self.0.connections.lend())
                .await
                .unwrap_or_else(|_| Err(failure::no_connection(self.0.deadline)))?;
            let Ok(answered) = timeout_at(deadline, lent.client().query_typed(statement, parameters)).await else {
                lent.give_up();
                return Err(failure::too_late(self.0.deadline));
            };
            let error = match answered {
                Ok(rows) => {
                    lent.give_back();
                    return Ok(rows);
                }
                Err(error) => error,
            };
            match failure::fault(&error) {
                Fault::Collided if collisions < COLLISIONS => {
                    lent.give_back();
                    collisions += 1;
                }
                Fault::Collided => {
                    lent.give_back();
                    return Err(failure::of(&error));
                }
                Fault::Refused(error) => {
                    lent.give_back();
                    return Err(error);
                }
                // An idle connection may have died unnoticed; a new one tells whether the server is there.
                Fault::Lost(_) if repeat == Repeat::Fine && !lost => {
                    lent.give_back_broken();
                    lost = true;
                }
                Fault::Lost(error) => {
                    lent.give_back_broken();
                    return Err(error);
                }
            }
        }
    }

    pub(super) async fn ask_for_one(
        &self,
        statement: &str,
        parameters: &[Parameter<'_>],
        repeat: Repeat,
    ) -> Result<Option<Row>> {
        Ok(self.ask(statement, parameters, repeat).await?.into_iter().next())
    }

    /// The step that the tables are of, and the oldest release that works with them.
    pub(super) async fn schema(&self) -> Result<Option<(i32, i32)>> {
        let statements = &self.0.statements;
        let there = self.ask_for_one(&statements.schema_is_there, &[], Repeat::Fine).await?;
        if !there.map(|row| get::<bool>(&row, 0)).transpose()?.unwrap_or(false) {
            return Ok(None);
        }
        let Some(row) = self.ask_for_one(&statements.schema, &[], Repeat::Fine).await? else {
            return Ok(None);
        };
        let (number, oldest) = (get::<Option<i32>>(&row, 0)?, get::<Option<i32>>(&row, 1)?);
        Ok(number.zip(oldest))
    }

    pub(super) async fn check_schema(&self) -> Result<()> {
        migrations::check(self.schema().await?, &self.0.names)
    }

    /// Applies the steps that are missing. Does nothing, and needs no right to, where none is.
    pub(super) async fn migrate(&self) -> Result<()> {
        if matches!(self.schema().await?, Some((number, _)) if number >= migrations::SCHEMA) {
            return self.check_schema().await;
        }
        let script = migrations::script(&self.0.names);
        let deadline = Instant::now() + MIGRATION;
        let lent = timeout_at(deadline, self.0.connections.lend())
            .await
            .unwrap_or_else(|_| Err(failure::no_connection(MIGRATION)))?;
        let Ok(done) = timeout_at(deadline, lent.client().batch_execute(&script)).await else {
            lent.give_up();
            return Err(failure::too_late(MIGRATION));
        };
        match done {
            Ok(()) => lent.give_back(),
            Err(error) => {
                lent.give_back_broken();
                return Err(failure::of(&error));
            }
        }
        self.check_schema().await
    }

    /// Removes what is forgotten for a day. That it could not be done loses nothing.
    pub(super) async fn purge_now_and_then(&self, now: i64) {
        if self
            .0
            .writes
            .fetch_add(1, Ordering::Relaxed)
            .is_multiple_of(PURGE_EVERY)
        {
            let _ = self
                .ask(&self.0.statements.purge, &[(&now, Type::INT8)], Repeat::Fine)
                .await;
        }
    }
}

impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in {}", self.0.names.records(), self.0.shown)
    }
}

pub(super) fn get<'a, T: FromSql<'a>>(row: &'a Row, column: usize) -> Result<T> {
    row.try_get(column).map_err(|_| unexpected())
}

pub(super) fn unexpected() -> Error {
    Error::with_detail(
        ErrorCode::StoreSchema,
        "A column of the store's table has another type than was made.",
    )
}
