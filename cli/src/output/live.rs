//! One line on a terminal that changes while something is waited for.

use std::cell::Cell;
use std::io::Write;
use std::time::Duration;

use super::Ui;

/// The line. It is taken away before anything else is said, and when this is dropped.
pub(crate) struct Live {
    ui: Ui,
    shown: Cell<bool>,
}

impl Live {
    pub(crate) fn new(ui: Ui) -> Self {
        Self {
            ui,
            shown: Cell::new(false),
        }
    }

    /// Shows the line in place of the last one; nothing where there is no terminal.
    pub(crate) fn draw(&self, line: &str) {
        if self.ui.is_lively() {
            // A line that wrapped could not be taken away again.
            let line: String = line.chars().take(self.ui.prose_width().saturating_sub(1)).collect();
            self.send(&format!("\r\x1b[2K{line}"));
            self.shown.set(true);
        }
    }

    /// Takes the line away.
    pub(crate) fn clear(&self) {
        if self.shown.replace(false) {
            self.send("\r\x1b[2K");
        }
    }

    fn send(&self, text: &str) {
        let mut stderr = std::io::stderr();
        let _ = stderr.write_all(text.as_bytes()).and_then(|()| stderr.flush());
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.clear();
    }
}

/// `9:42`.
pub(crate) fn clock_face(left: Duration) -> String {
    let seconds = left.as_secs();
    format!("{}:{:02}", seconds / 60, seconds % 60)
}
