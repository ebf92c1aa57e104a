//! What a call costs, as ratios against a floor or a peer that are measured in the same run.
//!
//! Nanoseconds of a shared machine mean little, so nothing here fails a build. All cases are measured in several rounds,
//! one after the other within a round; a ratio is taken within each round, and the table at the end shows the median of
//! those ratios with the smallest and the largest.

mod authorize;
mod keeper;
mod os_randomness;
mod redirect;
mod report;
mod threads;
mod token_answer;

use std::path::Path;
use std::time::Duration;

use criterion::Criterion;

/// How often everything is measured.
const ROUNDS: usize = 9;

fn main() {
    if os_randomness::is_child() {
        return os_randomness::run_child();
    }
    let output = Path::new(env!("CARGO_TARGET_TMPDIR")).join("ratios");
    let mut criterion = Criterion::default()
        .without_plots()
        .warm_up_time(Duration::from_millis(100))
        .measurement_time(Duration::from_millis(250))
        .sample_size(20)
        .nresamples(2_000)
        .output_directory(&output)
        .configure_from_args();
    for round in 0..ROUNDS {
        authorize::measure(&mut criterion, round);
        redirect::measure(&mut criterion, round);
        token_answer::measure(&mut criterion, round);
        keeper::measure(&mut criterion, round);
    }
    criterion.final_summary();
    report::print(&output, ROUNDS);
    os_randomness::print();
    keeper::print_threads();
}

/// The directory of one group in one round. Criterion makes directories of group names.
fn group_name(group: &str, round: usize) -> String {
    format!("{group}-{round}")
}
