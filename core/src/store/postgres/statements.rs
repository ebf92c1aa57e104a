//! Every statement that the store sends. Each does its whole work by itself: there is no transaction around two of them, and
//! values come as parameters alone.

use super::migrations::AREA;
use super::names::Names;

/// Seconds since 1970, by the server's clock.
const CLOCK: &str = "floor(extract(epoch FROM clock_timestamp()))::bigint";

pub(super) struct Statements {
    pub(super) load: String,
    pub(super) create: String,
    pub(super) replace: String,
    pub(super) delete: String,
    pub(super) lease: String,
    pub(super) release: String,
    pub(super) list: String,
    pub(super) claim: String,
    pub(super) claim_area: String,
    pub(super) probe: String,
    pub(super) purge: String,
    pub(super) schema: String,
    pub(super) schema_is_there: String,
}

impl Statements {
    pub(super) fn new(names: &Names) -> Self {
        let (records, next) = (names.records(), format!("nextval('{}')", names.numbers()));
        let held = held("clock_timestamp()");
        Self {
            load: format!(
                "SELECT version, bytes, due_at, forget_at FROM {records} AS r \
                 WHERE key = $1 AND bytes IS NOT NULL AND (forget_at IS NULL OR forget_at > $2)"
            ),
            // The number of the SET clause is taken while the row is locked, so that numbers of a key grow in the order
            // of its writes.
            create: format!(
                "INSERT INTO {records} AS r (key, version, bytes, due_at, forget_at) VALUES ($1, {next}, $2, $3, $4) \
                 ON CONFLICT (key) DO UPDATE SET version = {next}, bytes = $2, due_at = $3, forget_at = $4 \
                 WHERE r.bytes IS NULL OR r.forget_at <= $5 RETURNING version"
            ),
            // A fence without a row is of a lease that ended long ago and was purged.
            replace: format!(
                "UPDATE {records} AS r SET version = {next}, bytes = $2, due_at = $3, forget_at = $4 \
                 WHERE key = $1 AND ($7::bigint IS NULL OR fence <= $7) AND CASE WHEN $6::bigint IS NULL \
                 THEN bytes IS NULL OR forget_at <= $5 \
                 ELSE version = $6 AND bytes IS NOT NULL AND (forget_at IS NULL OR forget_at > $5) END \
                 RETURNING version"
            ),
            delete: delete(&records),
            lease: format!(
                "INSERT INTO {records} AS r (key, version, forget_at, fence, lease_taken, lease_length) \
                 VALUES ($1, 0, {CLOCK}, {next}, clock_timestamp(), $2::float8 * interval '1 second') \
                 ON CONFLICT (key) DO UPDATE SET fence = {next}, lease_taken = clock_timestamp(), \
                 lease_length = $2::float8 * interval '1 second' WHERE NOT ({held}) RETURNING fence"
            ),
            release: format!("UPDATE {records} SET lease_taken = NULL WHERE key = $1 AND fence = $2"),
            list: format!(
                "SELECT key, due_at FROM {records} WHERE key >= $1 AND ($2::text IS NULL OR key < $2) \
                 AND ($3::text IS NULL OR key > $3) AND ($4::bigint IS NULL OR due_at < $4) \
                 AND bytes IS NOT NULL ORDER BY key LIMIT $5"
            ),
            claim: claim(&records, &next, &held, "key >= $4 AND ($5::text IS NULL OR key < $5)"),
            // By the index of what is due alone. Asked for the range of keys as well, the server may go by that instead, and
            // read a whole fleet.
            claim_area: claim(&records, &next, &held, &format!("{AREA} = $4")),
            // Three writes of nothing and a number: it takes every right that is needed, and a server that can be written to.
            probe: format!(
                "WITH a AS (INSERT INTO {records} (key, version) SELECT '', 0 WHERE false RETURNING 1), \
                 b AS (UPDATE {records} SET version = version WHERE false RETURNING 1), \
                 c AS (DELETE FROM {records} WHERE false RETURNING 1) SELECT {next}"
            ),
            // A day after, by the later of both clocks: that of whoever wrote a record may be behind.
            purge: format!(
                "WITH gone AS (SELECT key FROM {records} WHERE forget_at < least($1, {CLOCK}) - 86400 \
                 AND (lease_taken IS NULL OR lease_taken + lease_length < clock_timestamp() - interval '1 hour') \
                 ORDER BY forget_at LIMIT 1000 FOR UPDATE SKIP LOCKED) \
                 DELETE FROM {records} AS r USING gone WHERE r.key = gone.key"
            ),
            schema: format!("SELECT max(number), max(oldest) FROM {}", names.migrations()),
            schema_is_there: format!("SELECT to_regclass('{}') IS NOT NULL", names.migrations()),
        }
    }
}

/// Whether somebody has the lease of row `r`: from when it was taken for its length, and for no more than its length before, so
/// that a server clock that is set back does not make it last for ever.
fn held(now: &str) -> String {
    format!(
        "r.lease_taken IS NOT NULL AND {now} < r.lease_taken + r.lease_length AND r.lease_taken < {now} + r.lease_length"
    )
}

/// The row goes, and with it the ids in its key, unless somebody has its lease. `now()` does not move within a statement, so
/// that exactly one of the two parts finds the row.
fn delete(records: &str) -> String {
    let held = held("now()");
    let row = "key = $1 AND version = $2 AND bytes IS NOT NULL";
    format!(
        "WITH gone AS (DELETE FROM {records} AS r WHERE {row} AND NOT ({held}) RETURNING version), \
         kept AS (UPDATE {records} AS r SET bytes = NULL, due_at = NULL, forget_at = {CLOCK} WHERE {row} AND ({held}) RETURNING version) \
         SELECT version FROM gone UNION ALL SELECT version FROM kept"
    )
}

/// Rows that others are claiming are passed over instead of waited for, and those that are leased are no candidates.
fn claim(records: &str, next: &str, held: &str, which: &str) -> String {
    format!(
        "WITH due AS MATERIALIZED (SELECT key FROM {records} AS r WHERE {which} \
         AND due_at < $1 AND bytes IS NOT NULL AND NOT ({held}) ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED) \
         UPDATE {records} AS r SET fence = {next}, lease_taken = clock_timestamp(), \
         lease_length = $3::float8 * interval '1 second' FROM due WHERE r.key = due.key \
         RETURNING r.key, r.fence, r.version, r.bytes, r.due_at, r.forget_at"
    )
}
