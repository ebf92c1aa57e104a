//! The files themselves.

use std::fs;
use std::path::PathBuf;

use serde::Deserialize;
use serde_json::Value;

use crate::define::Definitions;

/// One file: a topic, what its cases share, and the cases.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct VectorFile {
    #[serde(rename = "$schema")]
    _schema: String,
    pub(crate) topic: String,
    #[serde(rename = "about")]
    _about: String,
    #[serde(default)]
    pub(crate) define: Definitions,
    pub(crate) cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    pub(crate) id: String,
    pub(crate) surface: Surface,
    #[serde(rename = "note", default)]
    _note: Option<String>,
    /// Texts that nothing may print.
    #[serde(default)]
    pub(crate) secrets: Vec<String>,
    pub(crate) input: Value,
    pub(crate) result: Value,
}

/// Which languages run a case: all five, or those that may hold an app secret or a sealing key.
#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Surface {
    Device,
    Server,
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors")
}

fn read(name: &str) -> Value {
    let text = fs::read_to_string(folder().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"))
}

pub(crate) fn schema() -> Value {
    read("schema.json")
}

/// Name and content of every file of cases.
pub(crate) fn documents() -> Vec<(String, Value)> {
    let mut names: Vec<_> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".json") && name != "schema.json")
        .collect();
    names.sort();
    names.into_iter().map(|name| (name.clone(), read(&name))).collect()
}

pub(crate) fn all() -> Vec<VectorFile> {
    documents()
        .into_iter()
        .map(|(name, document)| {
            let file: VectorFile = serde_json::from_value(document).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(format!("{}.json", file.topic), name, "a file is named after its topic");
            file
        })
        .collect()
}
