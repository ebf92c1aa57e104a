//! How often one authorize URL asks the operating system for randomness, counted from outside by strace.

use std::process::Command;

use shutterkey::{AuthorizeOptions, Entropy, build_authorization_request};

use crate::authorize::{NOW, config};

/// Set for the traced child: how many URLs to make.
const CHILD: &str = "SHUTTERKEY_BENCH_AUTHORIZE";

const TIMES: usize = 1_000;

pub(crate) fn is_child() -> bool {
    std::env::var_os(CHILD).is_some()
}

pub(crate) fn run_child() {
    let times = std::env::var(CHILD)
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(0);
    let config = config();
    for _ in 0..times {
        let entropy = Entropy::from_os().unwrap();
        build_authorization_request(&config, AuthorizeOptions::new(), NOW, entropy).unwrap();
    }
}

/// Counts in two children, one of which makes a single URL: what a process asks for at its start, and once to learn
/// whether the call exists, is the same in both.
pub(crate) fn print() {
    match (calls(TIMES + 1), calls(1)) {
        (Some(many), Some(one)) => println!(
            "OS randomness: {} calls for {TIMES} authorize URLs, {} of them for 64 bytes",
            many.all - one.all,
            many.of_64_bytes - one.of_64_bytes
        ),
        _ => println!("OS randomness: not counted (needs Linux with strace)"),
    }
}

/// Calls of `getrandom` that strace saw.
struct Calls {
    all: usize,
    of_64_bytes: usize,
}

/// Counts in a child that makes so many URLs.
fn calls(times: usize) -> Option<Calls> {
    let traced = Command::new("strace")
        .args(["--follow-forks", "--trace=getrandom", "--string-limit=0"])
        .arg(std::env::current_exe().ok()?)
        .env(CHILD, times.to_string())
        .output()
        .ok()
        .filter(|output| output.status.success())?;
    let log = String::from_utf8_lossy(&traced.stderr);
    let count = |text: &str| log.lines().filter(|line| line.contains(text)).count();
    let of_64_bytes = count(", 64, ");
    // glibc from 2.41 on answers without a system call, which strace cannot see.
    (of_64_bytes > 0).then(|| Calls {
        all: count("getrandom("),
        of_64_bytes,
    })
}
