//! docs/deployment.md names nothing that is not there: options, variables, metrics, files, exit codes.
#![cfg(unix)]

mod common;

use std::collections::BTreeSet;
use std::ffi::OsString;

use clap::Parser;
use common::fleet::Fleet;
use saphyr::{LoadableYamlNode, Yaml};
use shutterkey::config::profile::VARIABLES;

const PAGE: &str = include_str!("../../docs/deployment.md");

/// The blocks of a language.
fn blocks(language: &str) -> Vec<&'static str> {
    let fence = format!("```{language}\n");
    let rest = PAGE.split(fence.as_str()).skip(1);
    rest.map(|block| block.split("```").next().unwrap()).collect()
}

fn parses(words: &[&str]) {
    let arguments = words.iter().map(OsString::from);
    if let Err(error) = shutterkey_cli::args::Cli::try_parse_from(arguments) {
        panic!("{words:?}: {error}");
    }
}

/// A shell's words, as far as these blocks need it.
fn words(line: &str) -> Vec<&str> {
    let line = line.split([';', '|', '<', '>', '#']).next().unwrap();
    let mut words = Vec::new();
    for (index, part) in line.split('"').enumerate() {
        match index % 2 {
            0 => words.extend(part.split_whitespace()),
            _ => words.push(part),
        }
    }
    words
}

#[test]
fn every_command_line_of_the_page_is_one_that_is_understood() {
    let mut seen = 0;
    let spans = PAGE
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|span| span.starts_with("shutterkey "));
    for line in blocks("sh").into_iter().flat_map(str::lines).chain(spans) {
        if let Some(at) = line.find("shutterkey ").filter(|at| !line[..*at].contains(['#', '='])) {
            parses(&words(&line[at..]));
            seen += 1;
        }
    }
    assert!(seen > 15, "{seen}");
    let unit = blocks("ini")[0];
    let start = unit
        .lines()
        .find_map(|line| line.strip_prefix("ExecStart=/usr/local/bin/"))
        .unwrap();
    parses(&words(start));
}

#[test]
fn every_file_of_the_page_is_well_formed_and_its_arguments_are_understood() {
    let mut lists = 0;
    for block in blocks("yaml") {
        for document in Yaml::load_from_str(block).unwrap() {
            visit(&document, &mut lists);
        }
    }
    assert_eq!(lists, 3, "compose, Deployment, CronJob");
    let image = include_str!("../Dockerfile");
    let command = image.lines().find_map(|line| line.strip_prefix("CMD ")).unwrap();
    let command: Vec<String> = serde_json::from_str(command).unwrap();
    let all: Vec<&str> = ["shutterkey"]
        .into_iter()
        .chain(command.iter().map(String::as_str))
        .collect();
    parses(&all);
}

fn visit(yaml: &Yaml<'_>, lists: &mut usize) {
    if let Some(mapping) = yaml.as_mapping() {
        for (name, value) in mapping {
            if let (Some("args" | "command"), Some(list)) = (name.as_str(), value.as_vec()) {
                let arguments = list.iter().map(|word| word.as_str().unwrap());
                parses(&["shutterkey"].into_iter().chain(arguments).collect::<Vec<_>>());
                *lists += 1;
            }
            visit(value, lists);
        }
    }
    for inner in yaml.as_vec().into_iter().flatten() {
        visit(inner, lists);
    }
}

/// Every word of the page that begins so.
fn named(begins: &str) -> BTreeSet<&'static str> {
    PAGE.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .filter(|word| word.starts_with(begins))
        .collect()
}

#[test]
fn every_variable_of_the_page_is_one_that_is_read() {
    let named = named("SHUTTERKEY_");
    assert!(named.len() >= 8, "{named:?}");
    for name in named {
        assert!(VARIABLES.contains(&name), "{name}");
    }
}

#[test]
fn every_metric_of_the_page_is_there_and_the_page_has_all() {
    let fleet = Fleet::of(&["ada"]);
    let mut running = fleet.start(&["--json", "--metrics", "0", "--poll", "1s"]);
    let started: serde_json::Value = serde_json::from_str(&running.prints_until_part("\"started\"")).unwrap();
    let address = started["metrics"].as_str().unwrap().to_owned();
    running.prints_until_part("\"refreshed\"");
    let families = |text: &str| -> BTreeSet<String> {
        let names = text.lines().filter_map(|line| line.strip_prefix("# TYPE "));
        names
            .filter_map(|rest| rest.split(' ').next())
            .filter(|name| name.starts_with("shutterkey_"))
            .map(str::to_owned)
            .collect()
    };
    let mut real = BTreeSet::new();
    for _ in 0..600 {
        let text = common::get(&address, "/metrics");
        real = families(&text);
        if real.contains("shutterkey_next_due_timestamp_seconds") {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    running.child.kill().unwrap();
    real.remove("shutterkey_build_info");
    let named: BTreeSet<String> = named("shutterkey_").into_iter().map(str::to_owned).collect();
    assert_eq!(real, named);
}

#[test]
fn every_exit_code_of_the_page_is_one_of_the_command() {
    let table = PAGE
        .split("| exit code |")
        .nth(1)
        .unwrap()
        .split("\n\n")
        .next()
        .unwrap();
    let codes = table
        .lines()
        .filter_map(|row| row.strip_prefix("| ")?.split(' ').next()?.parse::<u8>().ok());
    let codes: Vec<u8> = codes.collect();
    assert_eq!(codes, [0, 17, 18, 23, 10]);
    for code in codes {
        assert!(shutterkey_cli::exit::EXIT_CODES.iter().any(|(known, _)| *known == code));
    }
}
