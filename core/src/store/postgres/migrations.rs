//! The tables, made step by step.

use super::names::Names;
use crate::error::{Error, ErrorCode, Result};

/// The newest step that this release knows. It works with tables of this number, and with newer ones that say it may.
pub(super) const SCHEMA: i32 = 1;

/// One step: its number, the oldest release that works with the tables after it (by the number that it knows), and what it does.
struct Step {
    number: i32,
    oldest: i32,
    statements: String,
}

fn steps(names: &Names) -> Vec<Step> {
    let (records, numbers) = (names.records(), names.numbers());
    vec![Step {
        number: 1,
        oldest: 1,
        statements: format!(
            r#"
  -- Versions and fences: never used twice, and each later one is larger.
  CREATE SEQUENCE {numbers} AS bigint;
  CREATE TABLE {records} (
    -- Compared byte by byte, whatever the database's collation.
    key text COLLATE "C" PRIMARY KEY,
    version bigint NOT NULL,
    -- NULL: there is no record, and the row remembers a lease.
    bytes bytea,
    -- Seconds since 1970, by the clock of who wrote them.
    due_at bigint,
    forget_at bigint,
    fence bigint NOT NULL DEFAULT 0,
    -- By this server's clock; NULL: nobody has it.
    lease_taken timestamptz,
    lease_length interval
  ) WITH (fillfactor = 80);
  -- What is due, in the order of it, for each namespace and kind: a key begins with both.
  CREATE INDEX {due} ON {records} ({area}, due_at) WHERE bytes IS NOT NULL AND due_at IS NOT NULL;
  CREATE INDEX {forget} ON {records} (forget_at) WHERE forget_at IS NOT NULL;
"#,
            due = names.index("due"),
            forget = names.index("forget"),
            area = AREA,
        ),
    }]
}

/// Namespace and kind of a key, `namespace/kind/`: see [`is_area`].
pub(super) const AREA: &str = "(split_part(key, '/', 1) || '/' || split_part(key, '/', 2) || '/')";

/// Whether a prefix is an area as a whole, such as all accounts of a namespace.
pub(super) fn is_area(prefix: &str) -> bool {
    prefix.ends_with('/') && prefix.matches('/').count() == 2
}

/// All steps as one text, which applies those that are missing: under a lock, so that several may run it at once, and in
/// the one transaction that a message with several statements is, so that it is done whole or not at all.
pub(super) fn script(names: &Names) -> String {
    let (schema, migrations) = (names.schema(), names.migrations());
    let mut script = format!(
        r#"-- The tables of shutterkey's PostgreSQL store, up to step {SCHEMA}. What is there already is left as it is.
-- By hand: psql --single-transaction --set ON_ERROR_STOP=1 --file this-file
SELECT pg_advisory_xact_lock({lock});
DO $shutterkey$ BEGIN
IF to_regnamespace('"{schema}"') IS NULL THEN
  CREATE SCHEMA "{schema}";
END IF;
IF to_regclass('{migrations}') IS NULL THEN
  CREATE TABLE {migrations} (
    number integer PRIMARY KEY,
    -- The oldest release that works with the tables as they are now, by the number that it knows.
    oldest integer NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
  );
END IF;
END $shutterkey$;
"#,
        lock = lock(names),
    );
    for step in steps(names) {
        let Step {
            number,
            oldest,
            statements,
        } = step;
        script.push_str(&format!(
            "DO $shutterkey$ BEGIN\nIF NOT EXISTS (SELECT FROM {migrations} WHERE number = {number}) THEN{statements}  \
             INSERT INTO {migrations} (number, oldest) VALUES ({number}, {oldest});\nEND IF;\nEND $shutterkey$;\n"
        ));
    }
    script
}

/// A number that is the same for everybody who migrates the same tables.
fn lock(names: &Names) -> i64 {
    crate::record::spread_of("shutterkey migrations", &names.migrations()).cast_signed()
}

/// Whether this release works with tables of this step, which `oldest` goes with. `None`: there are none.
pub(super) fn check(found: Option<(i32, i32)>, names: &Names) -> Result<()> {
    let refuse = |why: String| Err(Error::with_detail(ErrorCode::StoreSchema, why));
    match found {
        Some((number, _)) if number < SCHEMA => refuse(format!(
            "The tables in {} are of step {number}; this release needs step {SCHEMA}. Run the migrations.",
            names.schema()
        )),
        Some((number, oldest)) if SCHEMA < oldest => refuse(format!(
            "The tables in {} are of step {number}, which takes a release that knows step {oldest}; this one knows {SCHEMA}. Upgrade the library.",
            names.schema()
        )),
        Some(_) => Ok(()),
        None => refuse(format!(
            "There are no tables in {}. Run the migrations.",
            names.schema()
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::StoreKey;

    #[test]
    fn tables_that_are_older_or_too_new_are_refused_and_newer_ones_that_allow_it_are_not() {
        let names = Names::new("app", "").unwrap();
        for (found, fine) in [
            (None, false),
            (Some((SCHEMA - 1, 1)), false),
            (Some((SCHEMA, SCHEMA)), true),
            (Some((SCHEMA + 3, SCHEMA)), true),
            (Some((SCHEMA + 3, SCHEMA + 1)), false),
        ] {
            let checked = check(found, &names);
            assert_eq!(checked.is_ok(), fine, "{found:?}");
        }
        assert_eq!(check(None, &names).unwrap_err().code(), ErrorCode::StoreSchema);
    }

    #[test]
    fn the_steps_go_up_to_the_one_that_this_release_knows() {
        let steps = steps(&Names::new("app", "").unwrap());
        let numbers: Vec<_> = steps.iter().map(|step| step.number).collect();
        assert_eq!(numbers, (1..=SCHEMA).collect::<Vec<_>>());
        assert!(steps.iter().all(|step| step.oldest <= step.number));
    }

    #[test]
    fn all_accounts_of_a_namespace_are_an_area_and_some_of_them_are_not() {
        assert!(is_area(&StoreKey::accounts_prefix("tenant")));
        for prefix in [
            "",
            "tenant",
            "tenant/",
            "tenant/acc",
            "tenant/account",
            "tenant/account/instagram/12",
            "a/b/c/",
        ] {
            assert!(!is_area(prefix), "{prefix}");
        }
    }
}
