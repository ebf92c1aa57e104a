//! The machine around: clock, proxies, certificates, a sandbox in the provider's place.

use super::Examined;
use super::report::{Area, Report};
use crate::config::sanitized;
use crate::error::printable;
use crate::explain::{Finding, Severity};

const AREA: Area = Area::Surroundings;

/// From this many seconds on a clock is noticed, and from that many on it does harm: TLS and lives of tokens.
const SKEW: (i64, i64) = (60, 600);

pub(super) fn check(seen: &Examined, report: &mut Report) {
    clock(seen, report);
    for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
        if let Some(value) = seen.variable(name) {
            report.find(
                AREA,
                Finding::note(
                    "surroundings.proxy",
                    format!("Calls go through a proxy: {name} is {}.", without_user(value)),
                    "If calls fail with network.tls, the proxy may read them with a certificate of its own: set SSL_CERT_FILE to its root. NO_PROXY names hosts that are called directly.",
                ),
            );
            break;
        }
    }
    match (seen.variable("SSL_CERT_FILE"), seen.cert_file_is_there) {
        (Some(path), Some(false)) => report.find(
            AREA,
            Finding::problem(
                "surroundings.cert_file",
                format!("SSL_CERT_FILE names {}, which cannot be read.", printable(path)),
                "Correct the path, or unset the variable.",
            ),
        ),
        (Some(path), _) => report.find(
            AREA,
            Finding::note(
                "surroundings.own_roots",
                format!(
                    "SSL_CERT_FILE is set: certificates are checked against {} alone.",
                    printable(path)
                ),
                "Unset it if calls fail with network.tls and no company proxy stands in between.",
            ),
        ),
        _ => {}
    }
    if let Some(url) = seen.variable("SHUTTERKEY_SANDBOX_URL") {
        report.find(
            AREA,
            Finding::note(
                "surroundings.sandbox",
                format!(
                    "SHUTTERKEY_SANDBOX_URL is set: logins go to the sandbox at {}.",
                    printable(sanitized(url))
                ),
                "Unset it for the real provider.",
            ),
        );
    }
}

fn clock(seen: &Examined, report: &mut Report) {
    match &seen.provider_date {
        None => {}
        Some(Err(error)) => report.find(AREA, Finding::of(error)),
        Some(Ok(theirs)) => {
            let ahead = seen.now.since(*theirs);
            let distance = ahead.saturating_abs();
            if distance < SKEW.0 {
                return report.ok(AREA, "The provider answers, and the clock of this machine is right");
            }
            let direction = if ahead > 0 { "ahead of" } else { "behind" };
            report.find(
                AREA,
                Finding::new(
                    "surroundings.clock",
                    if distance < SKEW.1 {
                        Severity::Warning
                    } else {
                        Severity::Problem
                    },
                    format!("The clock of this machine is {distance} seconds {direction} the provider's."),
                    "Set it by the network (NTP): lives of tokens and certificates are reckoned by it.",
                )
                .pain(19),
            );
        }
    }
}

/// A proxy's address without a user name and password.
fn without_user(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let host = rest.rsplit('@').next().unwrap_or(rest);
    let host = host.split('/').next().unwrap_or(host);
    if scheme.is_empty() {
        printable(host)
    } else {
        printable(&format!("{scheme}://{host}"))
    }
}
