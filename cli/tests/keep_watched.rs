//! What a monitor, an orchestrator and a person in front of a terminal see of `keep`.
#![cfg(unix)]

mod common;

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use common::Running;
use common::fleet::Fleet;
use serde_json::Value;
use shutterkey_sandbox::Product;

/// Starts `keep` with a listener of its own, and learns its address.
fn watched(fleet: &Fleet, more: &[&str]) -> (Running, String) {
    let mut running = fleet.start(&[&["--json", "--metrics", "0"], more].concat());
    let line = running.prints_until_part("\"started\"");
    let started: Value = serde_json::from_str(&line).unwrap();
    let address = started["metrics"].as_str().unwrap().to_owned();
    assert!(address.starts_with("127.0.0.1:"), "{address}");
    (running, address)
}

/// Status, head and body.
fn ask(address: &str, request: &str) -> (u16, String, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    write!(
        stream,
        "{request} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, head.to_ascii_lowercase(), body.to_owned())
}

/// The samples of a text in Prometheus' format, each line of which has to be one that the format has.
fn samples(text: &str) -> BTreeMap<String, f64> {
    let mut samples = BTreeMap::new();
    let (mut helped, mut typed) = (String::new(), String::new());
    assert!(text.ends_with('\n'));
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("# HELP ") {
            let (name, help) = rest.split_once(' ').unwrap();
            assert!(!help.is_empty());
            helped = name.to_owned();
        } else if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').unwrap();
            assert_eq!(name, helped, "TYPE follows HELP");
            assert!(["counter", "gauge"].contains(&kind), "{line}");
            assert_eq!(kind == "counter", name.ends_with("_total"), "{line}");
            typed = name.to_owned();
        } else {
            let (sample, value) = line.rsplit_once(' ').unwrap();
            let name = sample.split('{').next().unwrap();
            assert_eq!(name, typed, "a sample follows its TYPE");
            assert!(name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{name}");
            if let Some(labels) = sample.strip_prefix(name).filter(|labels| !labels.is_empty()) {
                let label = labels
                    .strip_prefix('{')
                    .and_then(|rest| rest.strip_suffix("\"}"))
                    .unwrap();
                let (label, value) = label.split_once("=\"").unwrap();
                assert!(["outcome", "state", "version"].contains(&label), "{line}");
                assert!(!value.contains(['"', '\\']), "{line}");
            }
            let fresh = samples.insert(sample.to_owned(), value.parse().unwrap());
            assert!(fresh.is_none(), "{sample} is there twice");
        }
    }
    samples
}

/// Asks until the samples are as wanted.
fn metrics_until(address: &str, is_so: impl Fn(&BTreeMap<String, f64>) -> bool) -> BTreeMap<String, f64> {
    let until = Instant::now() + Duration::from_secs(60);
    loop {
        let (status, head, body) = ask(address, "GET /metrics");
        assert_eq!(status, 200);
        assert!(head.contains("text/plain; version=0.0.4"), "{head}");
        let found = samples(&body);
        if is_so(&found) {
            return found;
        }
        assert!(Instant::now() < until, "{found:#?}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn metrics_count_what_happens_and_name_nobody() {
    let fleet = Fleet::of(&["ada", "grace"]);
    let sandbox = &fleet.platform.sandbox;
    sandbox
        .invalidate(
            "grace",
            Some(Product::Instagram),
            shutterkey_sandbox::Ended::PasswordChanged,
        )
        .unwrap();
    let (running, address) = watched(&fleet, &[]);
    let found = metrics_until(&address, |found| {
        found["shutterkey_refreshes_total{outcome=\"refreshed\"}"] == 1.0
            && found["shutterkey_refreshes_total{outcome=\"needs_login\"}"] == 1.0
    });
    assert_eq!(found["shutterkey_refreshes_under_way"], 0.0);
    assert_eq!(found["shutterkey_resting_until_timestamp_seconds"], 0.0);
    assert_eq!(found["shutterkey_slowdown_ratio"], 1.0);
    assert_eq!(found["shutterkey_store_failures_total"], 0.0);
    if cfg!(target_os = "linux") {
        assert!(found["process_resident_memory_bytes"] > 1e6, "{found:#?}");
    }
    assert!(found["process_start_time_seconds"] > 1.7e9);
    let (_, _, text) = ask(&address, "GET /metrics");
    for secret in ["\"ada", "ada.sandbox", "grace", "178414", "IGAA"] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
    end(running);
}

#[test]
fn nothing_but_metrics_and_health_is_answered() {
    let fleet = Fleet::of(&[]);
    let (running, address) = watched(&fleet, &[]);
    let (status, _, body) = ask(&address, "GET /healthz");
    assert_eq!((status, body.as_str()), (200, "ok\n"));
    let (status, _, body) = ask(&address, "HEAD /metrics");
    assert_eq!((status, body.as_str()), (200, ""));
    for (request, status) in [
        ("GET /", 404),
        ("GET /metrics/", 404),
        ("GET /metrics/../etc/passwd", 404),
        ("GET /token", 404),
        ("POST /metrics", 405),
        ("DELETE /healthz", 405),
        ("POST /", 404),
    ] {
        assert_eq!(ask(&address, request).0, status, "{request}");
    }
    // One that says nothing keeps nobody out, and is let go.
    let idle: Vec<TcpStream> = (0..8).map(|_| TcpStream::connect(&address).unwrap()).collect();
    assert_eq!(ask(&address, "GET /healthz").0, 200);
    let mut first = idle.into_iter().next().unwrap();
    first.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let mut byte = [0; 64];
    while first.read(&mut byte).is_ok_and(|length| length > 0) {}
    // One that never ends its head is cut off, and keeps nobody out.
    let mut endless = TcpStream::connect(&address).unwrap();
    let piece = "x".repeat(4_096);
    while write!(endless, "{piece}").is_ok() {}
    assert_eq!(ask(&address, "GET /healthz").0, 200);
    end(running);
}

#[test]
fn health_is_lost_while_the_store_fails_and_comes_back_with_it() {
    let fleet = Fleet::of(&["ada"]);
    let (mut running, address) = watched(&fleet, &["--poll", "1s", "--unhealthy-after", "1s"]);
    running.prints_until_part("\"refreshed\"");
    assert_eq!(ask(&address, "GET /healthz").0, 200);
    let folder = fleet.home.data().join("sandbox/accounts");
    let aside = fleet.home.data().join("aside");
    std::fs::rename(&folder, &aside).unwrap();
    std::fs::write(&folder, "no folder").unwrap();
    let told = running.prints_until_part("\"store_unavailable\"");
    assert!(told.contains("store."), "{told}");
    let until = Instant::now() + Duration::from_secs(60);
    loop {
        let (status, _, body) = ask(&address, "GET /healthz");
        if status == 503 {
            assert!(
                body.contains("the store fails since 20") && body.contains("store."),
                "{body}"
            );
            break;
        }
        assert!(Instant::now() < until);
        std::thread::sleep(Duration::from_millis(50));
    }
    std::fs::remove_file(&folder).unwrap();
    std::fs::rename(&aside, &folder).unwrap();
    running.prints_until_part("\"store_recovered\"");
    assert_eq!(ask(&address, "GET /healthz").0, 200);
    end(running);
}

#[test]
fn a_terminal_shows_one_line_that_changes() {
    let fleet = Fleet::of(&["ada"]);
    let mut terminal = common::pty::Terminal::start(&fleet.home, 100, &["keep"], &fleet.platform.variables());
    terminal.shows("refreshed");
    terminal.shows("1 account, 1 refreshed");
    terminal.interrupt();
    let (code, shown) = terminal.end();
    assert_eq!(code, 0, "{shown}");
    assert!(shown.contains("Kept") && !shown.contains("IGAASANDBOX"), "{shown}");
}

fn end(running: Running) {
    let id = running.child.id().to_string();
    let status = std::process::Command::new("kill").args(["-TERM", &id]).status();
    assert!(status.unwrap().success());
    running.end().with_code(0);
}
