//! Labels and values under each other.

use super::DIM;
use super::text::wrap;

/// Rows of a label and a value; values begin in one column and break where the terminal ends.
#[derive(Default)]
pub(crate) struct Sheet(Vec<(&'static str, String)>);

impl Sheet {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Adds a row.
    pub(crate) fn row(mut self, label: &'static str, value: impl Into<String>) -> Self {
        self.0.push((label, value.into()));
        self
    }

    /// Adds a row if there is a value.
    pub(crate) fn maybe(self, label: &'static str, value: Option<impl Into<String>>) -> Self {
        match value {
            Some(value) => self.row(label, value),
            None => self,
        }
    }

    /// The rows below a title.
    pub(crate) fn titled(&self, title: &str, width: usize) -> String {
        format!("{title}\n\n{}", self.render(width))
    }

    /// The rows, each ended by a line break.
    pub(crate) fn render(&self, width: usize) -> String {
        let label_width = self.0.iter().map(|(label, _)| label.len()).max().unwrap_or(0);
        let indent = " ".repeat(label_width + 4);
        let mut out = String::new();
        for (label, value) in &self.0 {
            let value = wrap(value, &indent, width);
            out.push_str(&format!("  {DIM}{label:label_width$}{DIM:#}  {value}\n"));
        }
        out
    }
}
