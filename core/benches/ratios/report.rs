//! The table at the end.

use std::path::Path;

use serde::Deserialize;

/// How a ratio is judged.
enum Bar {
    /// Ours over theirs is at most this.
    AtMost(f64),
    /// Theirs over ours is at least this.
    TimesFaster(f64),
}

/// Two cases of one group, and what their ratio should be.
struct Comparison {
    what: &'static str,
    group: &'static str,
    against: &'static str,
    bar: Bar,
}

const COMPARISONS: [Comparison; 6] = [
    Comparison {
        what: "authorize URL, over its floor",
        group: "authorize",
        against: "floor",
        bar: Bar::AtMost(1.25),
    },
    Comparison {
        what: "authorize URL, faster than oauth2",
        group: "authorize",
        against: "oauth2",
        bar: Bar::TimesFaster(1.5),
    },
    Comparison {
        what: "redirect accepted, over Url and query_pairs",
        group: "redirect",
        against: "url-query-pairs",
        bar: Bar::AtMost(0.25),
    },
    Comparison {
        what: "token answer, flat, over serde_json",
        group: "token-flat",
        against: "serde-json",
        bar: Bar::AtMost(1.5),
    },
    Comparison {
        what: "token answer, in data, over serde_json",
        group: "token-in-data",
        against: "serde-json",
        bar: Bar::AtMost(1.5),
    },
    Comparison {
        what: "token answer, RFC 6749, over serde_json",
        group: "token-standard",
        against: "serde-json",
        bar: Bar::AtMost(1.5),
    },
];

/// Prints the table from criterion's samples. Prints nothing where there are none: when every case was only run once.
pub(crate) fn print(output: &Path, rounds: usize) {
    let cases = |group: &str, case: &str| -> Option<Vec<f64>> {
        (0..rounds)
            .map(|round| quickest(output, &crate::group_name(group, round), case))
            .collect()
    };
    println!("\nRatios: median of {rounds} rounds (smallest to largest)");
    println!(
        "{:<45} {:>8} {:>8} {:>6} {:>16} {:>7}",
        "", "ns", "other ns", "ratio", "spread", "bar"
    );
    for comparison in &COMPARISONS {
        let Comparison {
            what,
            group,
            against,
            bar,
        } = comparison;
        let (Some(ours), Some(theirs)) = (cases(group, "shutterkey"), cases(group, against)) else {
            println!("{what:<45} not measured");
            continue;
        };
        let ratios = ours.iter().zip(&theirs).map(|(ours, theirs)| match bar {
            Bar::AtMost(_) => ours / theirs,
            Bar::TimesFaster(_) => theirs / ours,
        });
        let ratios = sorted(ratios.collect());
        let (ratio, least, most) = (middle(&ratios), ratios[0], ratios[ratios.len() - 1]);
        let (bar, met) = match bar {
            Bar::AtMost(bar) => (format!("<= {bar}"), ratio <= *bar),
            Bar::TimesFaster(bar) => (format!(">= {bar}"), ratio >= *bar),
        };
        println!(
            "{what:<45} {:>8.1} {:>8.1} {ratio:>6.2} {:>16} {bar:>7}  {}",
            middle(&sorted(ours)),
            middle(&sorted(theirs)),
            format!("({least:.2} to {most:.2})"),
            if met { "met" } else { "MISSED" }
        );
    }
    if let Some(fresh) = cases("keeper", "fresh-token") {
        let fresh = sorted(fresh);
        println!(
            "{:<45} {:>8.1}  ({:.1} to {:.1}; aim: below 100)",
            "keeper, a fresh token",
            middle(&fresh),
            fresh[0],
            fresh[fresh.len() - 1]
        );
    }
}

/// The quickest of a case's samples, in nanoseconds a call. Other work on the machine only ever adds time, so on a busy one
/// the quickest is what the code itself takes, where criterion's own median holds the neighbours as well.
fn quickest(output: &Path, group: &str, case: &str) -> Option<f64> {
    let file = output.join(group).join(case).join("new").join("sample.json");
    let samples: Samples = serde_json::from_slice(&std::fs::read(file).ok()?).ok()?;
    let each = samples
        .times
        .iter()
        .zip(&samples.iters)
        .map(|(time, times)| time / times);
    each.min_by(f64::total_cmp)
}

/// What criterion writes down of its samples.
#[derive(Deserialize)]
struct Samples {
    iters: Vec<f64>,
    times: Vec<f64>,
}

fn sorted(mut numbers: Vec<f64>) -> Vec<f64> {
    numbers.sort_by(f64::total_cmp);
    numbers
}

fn middle(sorted: &[f64]) -> f64 {
    sorted[sorted.len() / 2]
}
