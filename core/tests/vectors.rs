//! Runs the shared cases of `tests/vectors` through the public API of this crate.
//!
//! The same files are run by every language. A file that cannot be read whole, an id that occurs twice, a member that is
//! not known, a case that panics and a secret that is printed are failures like a wrong result.

#[path = "vectors/answers.rs"]
mod answers;
#[path = "vectors/begin.rs"]
mod begin;
#[path = "vectors/define.rs"]
mod define;
#[path = "vectors/files.rs"]
mod files;
#[path = "vectors/redirects.rs"]
mod redirects;
#[path = "vectors/requests.rs"]
mod requests;
#[path = "vectors/scenarios.rs"]
mod scenarios;
#[path = "vectors/sealed.rs"]
mod sealed;
#[path = "vectors/show.rs"]
mod show;
#[path = "vectors/signed.rs"]
mod signed;
#[path = "vectors/text.rs"]
mod text;
#[path = "vectors/web.rs"]
mod web;

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use define::World;
use files::{Surface, VectorFile};
use show::{Outcome, disagreement};

/// What runs the cases of a topic.
type Runner = fn(&World<'_>, serde_json::Value) -> Outcome;

/// Every file, and what runs it.
const TOPICS: [(&str, Runner); 20] = [
    ("authorize", begin::authorize),
    ("config", begin::config),
    ("error-answer", answers::error),
    ("handover", redirects::handover),
    ("identify-answer", answers::identify),
    ("jar", sealed::jar),
    ("metadata", answers::metadata),
    ("pasted", redirects::pasted),
    ("proof", signed::proof),
    ("redirect", redirects::redirect),
    ("request", requests::request),
    ("return-to", begin::return_to),
    ("scenarios", scenarios::scenario),
    ("scopes", begin::scopes),
    ("seal", sealed::seal),
    ("signed-request", signed::signed_request),
    ("token-answer", answers::token),
    ("token-life", requests::token_life),
    ("web", web::web),
    ("webhook", signed::webhook),
];

#[test]
fn every_shared_case_has_its_stated_result_and_prints_no_secret() {
    let files = files::all();
    let named: BTreeSet<_> = files.iter().map(|file| file.topic.as_str()).collect();
    let known: BTreeSet<_> = TOPICS.iter().map(|(topic, _)| *topic).collect();
    assert_eq!(named, known, "the files and what runs them");

    let mut failures = Vec::new();
    let mut results = serde_json::Map::new();
    let mut total = 0;
    for file in &files {
        let (_, runner) = TOPICS.iter().find(|(topic, _)| *topic == file.topic).unwrap();
        let (device, server) = run_file(file, *runner, &mut results, &mut failures);
        println!(
            "{:16} {:4} cases: {device} device, {server} server",
            file.topic,
            device + server
        );
        if device + server < file.cases.len() {
            failures.push(format!(
                "{}: ran {} of {} cases",
                file.topic,
                device + server,
                file.cases.len()
            ));
        }
        total += device + server;
    }
    println!("{total} cases in {} files", files.len());
    if let Ok(path) = std::env::var("SHUTTERKEY_VECTOR_RESULTS") {
        let found = serde_json::json!({ "language": "rust", "cases": results });
        std::fs::write(path, found.to_string()).unwrap();
    }
    assert!(
        failures.is_empty(),
        "{} cases failed:\n{}",
        failures.len(),
        failures.join("\n")
    );
}

fn run_file(
    file: &VectorFile,
    runner: Runner,
    results: &mut serde_json::Map<String, serde_json::Value>,
    failures: &mut Vec<String>,
) -> (usize, usize) {
    let (mut device, mut server) = (0, 0);
    for case in &file.cases {
        let place = format!("{}/{}", file.topic, case.id);
        let world = World::new(&file.define);
        let outcome = catch_unwind(AssertUnwindSafe(|| runner(&world, case.input.clone())));
        let Ok(outcome) = outcome else {
            failures.push(format!("{place}: panicked, or its input is not of the documented form"));
            continue;
        };
        match case.surface {
            Surface::Device => {
                device += 1;
                if world.has_app_secret() {
                    failures.push(format!(
                        "{place}: a phone has no app secret; this is a case of the server surface"
                    ));
                }
            }
            Surface::Server => server += 1,
        }
        if let Some(difference) = disagreement(&case.result, &outcome.result) {
            failures.push(format!("{place}: {difference}"));
        }
        if results.insert(case.id.clone(), outcome.result).is_some() {
            failures.push(format!("{place}: this id occurs twice"));
        }
        for secret in case.secrets.iter().cloned().chain(world.secrets()) {
            if outcome.printed.contains(&secret) {
                failures.push(format!("{place}: prints the secret {secret}: {}", outcome.printed));
            }
        }
    }
    (device, server)
}

#[test]
fn every_file_is_valid_under_its_schema() {
    let schema = files::schema();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    for (name, document) in files::documents() {
        let errors: Vec<_> = validator
            .iter_errors(&document)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{name}: {}", errors.join("\n"));
    }
}
