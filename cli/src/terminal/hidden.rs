//! The terminal without line mode and without echo.

use std::io::Write;

/// Asks the terminal to mark what is pasted, so that a line break in it is not an Enter.
#[cfg(unix)]
const MARK_PASTES: &[u8] = b"\x1b[?2004h";
#[cfg(unix)]
const MARK_PASTES_NOT: &[u8] = b"\x1b[?2004l";

/// While this lives, the terminal shows nothing of what is typed, and cuts nothing off.
#[derive(Debug)]
pub(crate) struct Hidden(());

#[cfg(unix)]
mod saved {
    use std::sync::{Mutex, PoisonError};

    use rustix::termios::Termios;

    /// The terminal as it was; in one place, so that a panic in any thread finds it.
    static SAVED: Mutex<Option<Termios>> = Mutex::new(None);

    pub(super) fn replace(value: Option<Termios>) -> Option<Termios> {
        std::mem::replace(&mut SAVED.lock().unwrap_or_else(PoisonError::into_inner), value)
    }
}

impl Hidden {
    /// Hides, if the input is a terminal.
    #[cfg(unix)]
    pub(crate) fn begin() -> Option<Self> {
        use rustix::termios::{LocalModes, OptionalActions, SpecialCodeIndex, tcgetattr, tcsetattr};

        let stdin = rustix::stdio::stdin();
        let before = tcgetattr(stdin).ok()?;
        let mut raw = before.clone();
        // Ctrl-C and Ctrl-Z go on working: only lines and echo are switched off.
        raw.local_modes
            .remove(LocalModes::ICANON | LocalModes::ECHO | LocalModes::ECHONL);
        raw.special_codes[SpecialCodeIndex::VMIN] = 1;
        raw.special_codes[SpecialCodeIndex::VTIME] = 0;
        saved::replace(Some(before));
        if tcsetattr(stdin, OptionalActions::Now, &raw).is_err() {
            saved::replace(None);
            return None;
        }
        tell(MARK_PASTES);
        Some(Self(()))
    }

    /// Nothing to hide with; the reader asks the console itself.
    #[cfg(not(unix))]
    pub(crate) fn begin() -> Option<Self> {
        HIDDEN.store(true, std::sync::atomic::Ordering::Relaxed);
        Some(Self(()))
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        restore();
    }
}

/// Whether what is typed is a secret at the moment.
#[cfg(not(unix))]
static HIDDEN: std::sync::atomic::AtomicBool = std::sync::atomic::AtomicBool::new(false);

/// Whether the reader has to ask the console for a hidden line.
#[cfg(not(unix))]
pub(super) fn is_hidden() -> bool {
    HIDDEN.load(std::sync::atomic::Ordering::Relaxed)
}

fn restore() {
    #[cfg(not(unix))]
    HIDDEN.store(false, std::sync::atomic::Ordering::Relaxed);
    #[cfg(unix)]
    if let Some(before) = saved::replace(None) {
        use rustix::termios::{OptionalActions, QueueSelector, tcflush, tcsetattr};
        tell(MARK_PASTES_NOT);
        let stdin = rustix::stdio::stdin();
        // What was pasted after the answer must not land in the shell, which would show it and write it down.
        let _ = tcflush(stdin, QueueSelector::IFlush);
        let _ = tcsetattr(stdin, OptionalActions::Now, &before);
    }
}

#[cfg(unix)]
fn tell(sequence: &[u8]) {
    use std::io::IsTerminal;
    let mut stderr = std::io::stderr();
    if stderr.is_terminal() {
        let _ = stderr.write_all(sequence).and_then(|()| stderr.flush());
    }
}

/// Puts the terminal back on a panic, and says what happened without the panic's own words, which could hold anything.
pub(crate) fn restore_on_panic() {
    std::panic::set_hook(Box::new(|panic| {
        restore();
        let place = panic
            .location()
            .map(|at| format!(" ({}:{})", at.file(), at.line()))
            .unwrap_or_default();
        let _ = writeln!(
            std::io::stderr(),
            "error: shutterkey met a case that it has no answer for{place}. This is a bug; nothing secret is in this message."
        );
    }));
}
