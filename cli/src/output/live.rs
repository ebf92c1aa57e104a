//! One line on a terminal that changes while something is waited for.

use std::cell::Cell;
use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anstyle::Style;

use super::{DIM, Ui};

/// What turns while something is waited for, one step a beat.
const TURN: [&str; 6] = ["·  ", "·· ", "···", " ··", "  ·", "   "];

/// How long a beat is.
pub(crate) const BEAT: Duration = Duration::from_millis(250);

/// Whether a line is shown; there is one terminal.
static SHOWN: AtomicBool = AtomicBool::new(false);

/// Takes the line away, before anything else is written to the terminal.
pub(super) fn take_away() {
    if SHOWN.swap(false, Ordering::Relaxed) {
        send("\r\x1b[2K");
    }
}

fn send(text: &str) {
    let mut stderr = std::io::stderr();
    let _ = stderr.write_all(text.as_bytes()).and_then(|()| stderr.flush());
}

/// The line. It is taken away before anything else is said, and when this is dropped.
pub(crate) struct Live {
    ui: Ui,
    beat: Cell<usize>,
}

impl Live {
    pub(crate) fn new(ui: Ui) -> Self {
        Self { ui, beat: Cell::new(0) }
    }

    /// Shows the line in place of the last one, with what turns in front; nothing where there is no terminal.
    pub(crate) fn draw(&self, line: &str) {
        if !self.ui.is_lively() {
            return;
        }
        let beat = self.beat.get();
        self.beat.set(beat + 1);
        let turn = TURN.get(beat % TURN.len()).copied().unwrap_or_default();
        // A line that wrapped could not be taken away again.
        let room = self.ui.terminal_width().saturating_sub(5);
        let line: String = line.chars().take(room).collect();
        let style = if self.ui.is_coloured() { DIM } else { Style::new() };
        send(&format!("\r\x1b[2K{style}{turn}{style:#} {line}"));
        SHOWN.store(true, Ordering::Relaxed);
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        take_away();
    }
}

/// A line that turns by itself until this is dropped. Needs the runtime.
pub(crate) struct Turning(Option<tokio::task::AbortHandle>);

impl Turning {
    /// Begins at once, or `after` a while: what is answered in no time needs no line.
    pub(super) fn start(ui: Ui, sentence: &str, after: Duration) -> Self {
        let line = format!("{sentence} …");
        let task = ui.is_lively().then(|| {
            tokio::spawn(async move {
                tokio::time::sleep(after).await;
                let live = Live::new(ui);
                loop {
                    live.draw(&line);
                    tokio::time::sleep(BEAT).await;
                }
            })
            .abort_handle()
        });
        Self(task)
    }
}

impl Drop for Turning {
    fn drop(&mut self) {
        if let Some(task) = &self.0 {
            task.abort();
            take_away();
        }
    }
}

/// `9:42`.
pub(crate) fn clock_face(left: Duration) -> String {
    let seconds = left.as_secs();
    match seconds / 3_600 {
        0 => format!("{}:{:02}", seconds / 60, seconds % 60),
        hours => format!("{hours}:{:02}:{:02}", seconds / 60 % 60, seconds % 60),
    }
}
