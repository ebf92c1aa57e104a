//! The catalogue of errors is what its page prints, and every code of it is met by some test.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use shutterkey::error::{ErrorCode, catalogue_markdown};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

#[test]
fn the_page_of_errors_is_what_the_catalogue_prints() {
    let page = root().join("docs/errors.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::create_dir_all(page.parent().unwrap()).unwrap();
        fs::write(&page, catalogue_markdown()).unwrap();
    }
    let printed = fs::read_to_string(&page).unwrap_or_default();
    assert!(
        printed == catalogue_markdown(),
        "docs/errors.md is stale: run UPDATE_DOCS=1 cargo test -p shutterkey --test catalogue"
    );
}

/// What no test can be asked to meet: the operating system's randomness does not fail on demand.
const NOT_MET: [&str; 1] = ["internal.entropy"];

#[test]
fn every_code_of_the_catalogue_is_met_by_a_test_or_a_shared_case() {
    let mut texts = Vec::new();
    for folder in ["tests", "core", "sandbox", "cli"] {
        collect(&root().join(folder), &mut texts);
    }
    let missing: BTreeSet<_> = ErrorCode::ALL
        .iter()
        .filter(|code| !NOT_MET.contains(&code.as_str()))
        .filter(|code| !texts.iter().any(|text| names(text, **code)))
        .map(|code| code.as_str())
        .collect();
    assert!(missing.is_empty(), "no test meets {missing:?}");
}

/// As a code in quotes (`"token.expired"`), or as the variant (`ErrorCode::TokenExpired`).
fn names(text: &str, code: ErrorCode) -> bool {
    let variant = format!("{code:?}");
    text.contains(&format!("\"{code}\""))
        || text.match_indices(&format!("ErrorCode::{variant}")).any(|(at, found)| {
            let next = text[at + found.len()..].chars().next();
            !next.is_some_and(|c| c.is_alphanumeric() || c == '_')
        })
}

/// Shared cases, integration tests, and the test modules inside the sources; not the sources themselves.
fn collect(folder: &Path, texts: &mut Vec<String>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.map(Result::unwrap) {
        let path = entry.path();
        let name = entry.file_name().into_string().unwrap();
        if path.is_dir() {
            if !matches!(name.as_str(), "target" | "node_modules") && !name.starts_with('.') {
                collect(&path, texts);
            }
            continue;
        }
        if name == "catalogue.rs" || !(name.ends_with(".rs") || name.ends_with(".json")) {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let in_tests = path.components().any(|part| part.as_os_str() == "tests");
        match text.find("#[cfg(test)]\nmod tests {") {
            _ if in_tests => texts.push(text),
            Some(start) => texts.push(text[start..].to_owned()),
            None => {}
        }
    }
}
