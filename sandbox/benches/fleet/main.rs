//! A fleet in PostgreSQL, a tenth of it due, refreshed by two processes against the sandbox: how many a second, with how much
//! memory and database time, and what an account costs as the fleet grows from a thousand to a million.
//!
//! `tests/bench_fleet.py` starts a database for it and throws it away. The database does not wait for its disk (`fsync` is off).
//! Nothing fails by a number; that each due account is refreshed once, and none fails, is checked.
//!
//! Usage: `tests/bench_fleet.py [ACCOUNTS...]`, by default 1000 10000 100000 1000000.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a benchmark that cannot be run stops and says where"
)]

mod database;
mod keep;
mod platform;
#[path = "../platform/served.rs"]
#[allow(dead_code, reason = "shared with the other benchmark, each uses its part")]
mod served;

use std::sync::Arc;
use std::time::{Duration, Instant};

use database::Database;
use served::Served;
use shutterkey::Keeper;
use shutterkey::keeper::ImportOptions;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let of = |name: &str| arguments.iter().find_map(|argument| argument.strip_prefix(name));
    let threads = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    let runtime = threads.expect("a runtime");
    if let Some(due) = of("--platform=") {
        return runtime.block_on(platform::serve(due.parse().expect("how many accounts are due")));
    }
    if let Some(plan) = of("--keep=") {
        return runtime.block_on(keep::keep(plan));
    }
    let mut sizes: Vec<u64> = arguments.iter().filter_map(|argument| argument.parse().ok()).collect();
    if sizes.is_empty() {
        sizes = vec![1_000, 10_000, 100_000, 1_000_000];
    }
    println!(
        "{:>9} {:>8} {:>10} {:>11} {:>16} {:>18} {:>17}",
        "accounts", "due", "imported/s", "refreshed/s", "memory of each", "database, each due", "processor of both"
    );
    for accounts in sizes {
        runtime.block_on(measure(accounts));
    }
}

async fn measure(accounts: u64) {
    let due = (accounts / 10).max(1);
    let database = Database::ready(accounts).await;
    let platform = Served::own_with(&[&format!("--platform={due}")]);
    let imported = import(&database, &platform, due).await;
    database.fill(accounts - due).await;

    let before = database.active_time().await;
    let began = Instant::now();
    let plan = keep::plan(&database, &platform);
    let keepers = [(); 2].map(|()| Served::own_with(&[&format!("--keep={plan}")]));
    let ended = keepers.map(|keeper| std::thread::spawn(move || keep::ended(keeper)));
    let ended = ended.map(|thread| thread.join().expect("a keeper"));
    let seconds = began.elapsed().as_secs_f64();
    let database_time = database.active_time().await - before;

    let refreshed: u64 = ended.iter().map(|ended| ended.refreshed).sum();
    assert_eq!(
        (refreshed, database.due().await),
        (due, 0),
        "each due account is refreshed once"
    );
    let memory: Vec<String> = ended.iter().map(|ended| format!("{:.0}", ended.most_mib)).collect();
    let processor: f64 = ended.iter().map(|ended| ended.processor_seconds).sum();
    #[allow(clippy::cast_precision_loss, reason = "counts")]
    let due_float = due as f64;
    println!(
        "{accounts:>9} {due:>8} {imported:>10.0} {:>11.0} {:>12} MiB {:>15.0} µs {:>14.0} µs",
        due_float / seconds,
        memory.join(", "),
        database_time.as_secs_f64() * 1e6 / due_float,
        processor * 1e6 / due_float,
    );
    database.remove().await;
}

/// Takes the due accounts in through the keeper; how many a second.
async fn import(database: &Database, platform: &Served, due: u64) -> f64 {
    let keeper = Keeper::new(platform::client(platform), Arc::new(database.store(8)));
    let lines = std::fs::read_to_string(platform.text("tokens")).expect("the tokens");
    let lines: Vec<_> = lines.lines().map(|line| Ok(line.to_owned())).collect();
    let began = Instant::now();
    let report = keeper
        .import_many(lines, &ImportOptions::new().spread(Duration::ZERO))
        .await
        .expect("an import");
    assert_eq!((report.added, report.refused), (due, 0));
    #[allow(clippy::cast_precision_loss, reason = "counts")]
    let rate = due as f64 / began.elapsed().as_secs_f64();
    rate
}
