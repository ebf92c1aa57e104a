//! What people and programs see: results on stdout, everything on the side on stderr.

mod colour;
mod findings;
mod live;
mod sheet;
mod table;
mod text;
mod time;
pub(crate) mod view;

use std::io::{IsTerminal, Write};
use std::time::Duration;

use anstream::AutoStream;
use serde_json::{Value, json};

pub(crate) use colour::{BAD, CALM, DIM, GOOD, STRONG};
pub(crate) use findings::{Line, lines};
pub(crate) use live::{BEAT, Live, Turning, clock_face};
pub(crate) use sheet::Sheet;
pub(crate) use table::Table;
pub(crate) use text::{masked, plain, wrap};
pub(crate) use time::{date, in_words, when};

use crate::args::Global;
use crate::exit::{Failure, Outcome};

/// How wide text is when it does not go to a terminal.
const PLAIN_WIDTH: usize = 100;

/// The widest that prose is set, however wide the terminal: longer lines are hard to read.
const PROSE_WIDTH: usize = 88;

/// How a run speaks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ui {
    json: bool,
    quiet: bool,
}

impl Ui {
    pub(crate) fn new(global: &Global) -> Self {
        Self {
            json: global.json,
            quiet: global.quiet,
        }
    }

    /// Whether a program reads.
    pub(crate) fn is_json(self) -> bool {
        self.json
    }

    /// Whether something that moves may be shown: on a terminal, to a person who wants to be told.
    pub(crate) fn is_lively(self) -> bool {
        let moves = std::env::var_os("TERM").is_none_or(|term| term != "dumb");
        moves && !self.json && !self.quiet && std::io::stderr().is_terminal()
    }

    /// Whether what is said on the side is coloured: on a terminal that can, unless `NO_COLOR` is set, and where
    /// `CLICOLOR_FORCE` asks for it.
    pub(crate) fn is_coloured(self) -> bool {
        AutoStream::choice(&std::io::stderr()) != anstream::ColorChoice::Never
    }

    /// Says what is waited for, until the answer is dropped: a line that turns on a terminal, a sentence elsewhere.
    pub(crate) fn waits(self, sentence: &str) -> Turning {
        if !self.is_lively() {
            self.note(&format!("{sentence}."));
        }
        Turning::start(self, sentence, Duration::ZERO)
    }

    /// As [`Self::waits`], saying nothing where there is no terminal, or where the wait is short.
    pub(crate) fn turns(self, sentence: &str) -> Turning {
        Turning::start(self, sentence, BEAT)
    }

    /// Asks, and leaves the cursor behind the question.
    pub(crate) fn prompt(self, text: &str) {
        live::take_away();
        let mut stderr = AutoStream::auto(std::io::stderr());
        let _ = write!(stderr, "{text}").and_then(|()| stderr.flush());
    }

    /// Says something on the side.
    pub(crate) fn note(self, sentence: &str) {
        if !self.quiet {
            self.aside(&wrap(sentence, "", self.prose_width()));
        }
    }

    /// Shows something on the side that is copied, whole and in a line of its own. Also when quiet: the run needs it.
    pub(crate) fn show(self, line: &str) {
        self.aside(line);
    }

    /// Warns on the side.
    pub(crate) fn warn(self, sentence: &str) {
        self.aside(&labelled("note", CALM, sentence, self.prose_width()));
    }

    /// Explains something that went wrong and is not the end.
    pub(crate) fn explain(self, message: &str, hint: &str) {
        let width = self.prose_width();
        self.aside(&labelled("not it", CALM, message, width));
        self.aside(&labelled("hint", DIM, hint, width));
    }

    /// The result: this object for programs, this text for people.
    pub(crate) fn result(self, object: &Value, people: impl FnOnce(usize) -> String) -> Outcome {
        let text = if self.json {
            format!("{object:#}\n")
        } else {
            people(terminal_width(&std::io::stdout()))
        };
        print(&text)
    }

    /// How the run failed: for programs on stdout, for people on stderr.
    pub(crate) fn failure(self, failure: &Failure) {
        if self.json {
            let object = json!({ "error": failure.object() });
            // There is nobody left to tell when this fails too; the exit code remains.
            let _ = print(&format!("{object:#}\n"));
            return;
        }
        let width = self.prose_width();
        if failure.exit == 130 {
            // Whoever interrupts knows it.
            return self.aside(&failure.message);
        }
        self.aside(&labelled("error", BAD, &failure.message, width));
        self.aside(&labelled("hint", DIM, &failure.hint, width));
        if let Some(detail) = &failure.retry_detail {
            self.aside(&labelled("when", DIM, detail, width));
        }
        self.aside(&labelled(
            "code",
            DIM,
            &format!("{} (exit {})", failure.code, failure.exit),
            width,
        ));
    }

    fn aside(self, text: &str) {
        live::take_away();
        let mut stderr = AutoStream::auto(std::io::stderr());
        let _ = writeln!(stderr, "{text}");
    }

    pub(crate) fn prose_width(self) -> usize {
        self.terminal_width().min(PROSE_WIDTH)
    }

    pub(crate) fn terminal_width(self) -> usize {
        terminal_width(&std::io::stderr())
    }
}

/// Writes a result. Everything is flushed, so that a full disk is noticed.
pub(crate) fn print(text: &str) -> Outcome {
    live::take_away();
    let mut stdout = AutoStream::auto(std::io::stdout());
    stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
        .map_err(|error| Failure::output(&error))
}

/// `label: sentence`, the sentence aligned with its beginning when it takes several lines.
fn labelled(label: &str, style: anstyle::Style, sentence: &str, width: usize) -> String {
    let indent = " ".repeat(label.len() + 2);
    let body = wrap(sentence, &indent, width);
    format!("{style}{label}:{style:#} {}", body.trim_start())
}

#[cfg(unix)]
fn terminal_width(stream: &impl std::os::fd::AsFd) -> usize {
    rustix::termios::tcgetwinsize(stream)
        .ok()
        .map(|size| usize::from(size.ws_col))
        .filter(|columns| *columns > 0)
        .map_or(PLAIN_WIDTH, |columns| columns.max(30))
}

#[cfg(not(unix))]
fn terminal_width<S>(_stream: &S) -> usize {
    std::env::var("COLUMNS")
        .ok()
        .and_then(|columns| columns.parse().ok())
        .map_or(PLAIN_WIDTH, |columns: usize| columns.max(30))
}
