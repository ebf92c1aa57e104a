//! From text to a scenario.

use std::path::Path;

use serde_json::Value;

use super::Scenario;
use crate::error::SandboxError;

impl Scenario {
    /// Reads a file: JSON if its name ends with `.json`, TOML otherwise.
    ///
    /// # Errors
    /// [`SandboxError::Scenario`], whose place begins with the file's name.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, SandboxError> {
        let path = path.as_ref();
        let file = path.display();
        let text = std::fs::read_to_string(path)
            .map_err(|error| refused(file.to_string(), format!("the file cannot be read: {error}")))?;
        let is_json = path
            .extension()
            .is_some_and(|ending| ending.eq_ignore_ascii_case("json"));
        let read = if is_json { Self::from_json } else { Self::from_toml };
        read(&text).map_err(|error| match error {
            SandboxError::Scenario { place, problem } => refused(format!("{file}: {place}"), problem),
            other => other,
        })
    }

    /// Reads TOML.
    ///
    /// # Errors
    /// [`SandboxError::Scenario`] with the place of the first mistake.
    pub fn from_toml(text: &str) -> Result<Self, SandboxError> {
        let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
            let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
            let line = before.matches('\n').count() + 1;
            refused(format!("line {line}"), error.message().to_owned())
        })?;
        // The same reader as for JSON, which knows no dates: one shape, and one set of words about what is wrong.
        placed(json(toml::Value::Table(table)))
    }

    /// Reads JSON.
    ///
    /// # Errors
    /// [`SandboxError::Scenario`] with the place of the first mistake.
    pub fn from_json(text: &str) -> Result<Self, SandboxError> {
        let mut reader = serde_json::Deserializer::from_str(text);
        let scenario = placed(&mut reader)?;
        match reader.end() {
            Ok(()) => Ok(scenario),
            Err(error) => Err(refused("the end".to_owned(), error.to_string())),
        }
    }
}

fn placed<'de, D: serde::Deserializer<'de, Error = serde_json::Error>>(reader: D) -> Result<Scenario, SandboxError> {
    serde_path_to_error::deserialize(reader).map_err(|error| {
        let place = match error.path().to_string() {
            top if top == "." => "the top".to_owned(),
            place => place,
        };
        refused(place, error.into_inner().to_string())
    })
}

fn json(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => text.into(),
        toml::Value::Integer(number) => number.into(),
        toml::Value::Float(number) => number.into(),
        toml::Value::Boolean(yes) => yes.into(),
        toml::Value::Datetime(moment) => moment.to_string().into(),
        toml::Value::Array(values) => values.into_iter().map(json).collect(),
        toml::Value::Table(table) => table.into_iter().map(|(name, value)| (name, json(value))).collect(),
    }
}

pub(super) const fn refused(place: String, problem: String) -> SandboxError {
    SandboxError::Scenario { place, problem }
}
