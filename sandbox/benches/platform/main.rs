//! How many logins and token calls a second the sandbox serves, what they cost it, and whether its memory stays flat;
//! beside oauth2-mock-server and oidc-provider in the same run, and beside a server that only answers constants.
//!
//! Each server is a process of its own; one client, the crate itself over keep-alive connections, drives them all. A person's
//! browser is walked through the pages of each server as they are: the number of requests stands in the table. Every case runs
//! once in each round, and ratios are taken within a round, since machines are noisy. Nothing here fails by a number.
//!
//! Usage: `cargo bench -p shutterkey-sandbox --bench platform [-- --rounds N] [--seconds N] [--logins N]`. The peers need Node
//! and `npm ci` in `tests/interop`; without them they are left out, and the table says so.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a benchmark that cannot be run stops and says where"
)]

mod bare;
mod cases;
mod flat;
mod load;
#[allow(dead_code, reason = "shared with the benchmark `fleet`, each uses its part")]
mod served;
mod table;
mod walk;

use std::time::Duration;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |name: &str, default: u64| {
        let at = arguments.iter().position(|argument| argument == name);
        at.and_then(|at| arguments.get(at + 1)?.parse().ok()).unwrap_or(default)
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    match arguments.iter().find_map(|argument| argument.strip_prefix("--serve=")) {
        Some("sandbox") => runtime.block_on(served::serve_sandbox()),
        Some("bare") => runtime.block_on(bare::serve()),
        Some(other) => panic!("there is no server {other}"),
        None => {
            let seconds = Duration::from_secs(number("--seconds", 3));
            runtime.block_on(measure(number("--rounds", 5), seconds, number("--logins", 100_000)));
        }
    }
}

async fn measure(rounds: u64, seconds: Duration, logins: u64) {
    let cases = cases::all().await;
    let mut table = table::Table::new();
    for _ in 0..rounds {
        for case in &cases {
            table.add(case, load::run(case, seconds).await);
        }
    }
    table.print();
    drop(cases);
    flat::measure(logins).await;
}
