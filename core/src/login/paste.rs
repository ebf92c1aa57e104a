//! Reading what a person pastes.

use std::fmt;
use std::time::Duration;

use zeroize::{Zeroize, Zeroizing};

use super::ends_login;
use crate::clock::Timestamp;
use crate::error::{Error, ErrorCode, Result};
use crate::protocol::pending::PendingAuthorization;
use crate::protocol::redirect::{Grant, RESPONSE_CAP};

/// How long to wait after a line before it is judged: an address that was broken into lines arrives in one rush.
pub const PASTE_PAUSE: Duration = Duration::from_millis(250);

/// The most bytes that are kept: an address, or a page's text around an error.
const PASTE_CAP: usize = 4 * RESPONSE_CAP;

const PASTE_BEGINS: &[u8] = b"\x1b[200~";
const PASTE_ENDS: &[u8] = b"\x1b[201~";

/// Collects what is pasted into a terminal, piece by piece, until it is a whole answer. Pure: the caller reads the
/// terminal, raw and hidden, and tells the time.
///
/// Terminals in line mode cut lines (1,024 bytes on macOS, 4,096 on Linux), and authorization responses can be longer:
/// read in raw mode, with bracketed paste switched on (`\x1b[?2004h`) where the terminal has it. Without it, a line that
/// ends may be a piece of an address that was broken; only a pause tells.
///
/// What was typed is wiped when it has been judged, and when the reader is dropped.
pub struct PasteReader<'a> {
    pending: &'a PendingAuthorization,
    text: Zeroizing<Vec<u8>>,
    /// The beginning of an escape sequence whose end has not come yet.
    escape: Vec<u8>,
    in_paste: bool,
    line_ended: bool,
    too_long: bool,
    longest_line: usize,
    line: usize,
}

/// What a byte is to an escape sequence.
enum Escape {
    /// No part of one.
    None,
    Taken,
    PasteEnded,
}

/// What became of the input so far.
#[derive(Debug)]
pub enum Pasted {
    /// Nothing to judge yet.
    More,
    /// A line ended. If nothing more comes for [`PASTE_PAUSE`], call [`PasteReader::judge`].
    Pause,
    /// This login's own answer: the grant, or the refusal that ends the login.
    Answer(Result<Grant>),
    /// Not an answer. Show the error with its hint and read on.
    Explained(Error),
    /// Ctrl-C, or Ctrl-D on an empty line.
    Cancelled,
}

impl<'a> PasteReader<'a> {
    /// A reader for one login.
    pub fn new(pending: &'a PendingAuthorization) -> Self {
        Self {
            pending,
            text: Zeroizing::new(Vec::with_capacity(1_024)),
            escape: Vec::new(),
            in_paste: false,
            line_ended: false,
            too_long: false,
            longest_line: 0,
            line: 0,
        }
    }

    /// How many characters are held, for a prompt that shows that something has arrived without showing it.
    pub fn len(&self) -> usize {
        self.text.len()
    }

    /// Whether nothing is held.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Takes a piece of input, cut anywhere: in the middle of a character or of an escape sequence too. Backspace and
    /// Ctrl-U edit, as far as a person can edit what they do not see.
    ///
    /// A bracketed paste is judged where it ends; what follows it in the same piece (mostly Enter) is then dropped.
    pub fn feed(&mut self, piece: &[u8], now: Timestamp) -> Pasted {
        self.line_ended = false;
        for &byte in piece {
            match self.escape(byte) {
                Escape::None => {}
                Escape::Taken => continue,
                Escape::PasteEnded => match self.judge(now) {
                    Pasted::More => continue,
                    judged => return judged,
                },
            }
            match byte {
                0x03 if !self.in_paste => return Pasted::Cancelled,
                0x04 if !self.in_paste && self.text.is_empty() => return Pasted::Cancelled,
                0x04 if !self.in_paste => self.line_ended = true,
                0x08 | 0x7f if !self.in_paste => self.take_back(),
                0x15 if !self.in_paste => self.clear(),
                b'\r' | b'\n' => {
                    self.line = 0;
                    self.line_ended = !self.in_paste;
                    self.push(b'\n');
                }
                other => {
                    self.line += 1;
                    self.longest_line = self.longest_line.max(self.line);
                    self.line_ended = false;
                    self.push(other);
                }
            }
        }
        if self.line_ended { Pasted::Pause } else { Pasted::More }
    }

    /// Judges what has arrived so far: after a pause, or at the end of the input.
    pub fn judge(&mut self, now: Timestamp) -> Pasted {
        let text = Zeroizing::new(String::from_utf8_lossy(&self.text).into_owned());
        let (too_long, longest_line) = (self.too_long, self.longest_line);
        self.clear();
        if too_long {
            return Pasted::Explained(Error::new(ErrorCode::RedirectTooLarge));
        }
        if text.trim().is_empty() {
            return Pasted::More;
        }
        match self.pending.accept_pasted(&text, now, None) {
            Ok(grant) => Pasted::Answer(Ok(grant)),
            Err(error) if ends_login(&error) => Pasted::Answer(Err(error)),
            Err(error) => Pasted::Explained(cut_by_a_terminal(longest_line).unwrap_or(error)),
        }
    }

    /// Recognises the marks of a bracketed paste; other sequences (arrow and function keys) have no meaning here.
    fn escape(&mut self, byte: u8) -> Escape {
        if byte == 0x1b {
            self.escape.clear();
            self.escape.push(byte);
            return Escape::Taken;
        }
        if self.escape.is_empty() {
            return Escape::None;
        }
        self.escape.push(byte);
        match &*self.escape {
            [_, b'[' | b'O'] => return Escape::Taken,
            // The Escape key alone, and then something else.
            [_, _] => {
                self.escape.clear();
                return Escape::None;
            }
            // ESC [, parameters, and then one letter or tilde.
            [_, b'[', .., 0x20..0x40] if self.escape.len() < 16 => return Escape::Taken,
            _ => {}
        }
        let ends_a_paste = self.in_paste && self.escape == PASTE_ENDS;
        match &*self.escape {
            PASTE_BEGINS => self.in_paste = true,
            PASTE_ENDS => self.in_paste = false,
            _ => {}
        }
        self.escape.clear();
        if ends_a_paste {
            Escape::PasteEnded
        } else {
            Escape::Taken
        }
    }

    fn push(&mut self, byte: u8) {
        if self.text.len() >= PASTE_CAP {
            self.too_long = true;
        } else {
            if self.text.len() == self.text.capacity() {
                // Growing in place would leave a copy behind that is not wiped.
                let mut larger = Vec::with_capacity(self.text.capacity() * 2);
                larger.extend_from_slice(&self.text);
                self.text = Zeroizing::new(larger);
            }
            self.text.push(byte);
        }
    }

    fn take_back(&mut self) {
        while let Some(byte) = self.text.pop() {
            // The bytes after the first of a character.
            if byte & 0xc0 != 0x80 {
                break;
            }
        }
        self.line = self.line.saturating_sub(1);
    }

    fn clear(&mut self) {
        // Zeroize of a Vec wipes its whole capacity and empties it.
        self.text.zeroize();
        self.too_long = false;
        self.longest_line = 0;
        self.line = 0;
        self.line_ended = false;
    }
}

/// What was pasted is a secret.
impl fmt::Debug for PasteReader<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PasteReader")
            .field("pending", &self.pending)
            .field("len", &self.len())
            .finish_non_exhaustive()
    }
}

/// A line of exactly the length at which a terminal in line mode stops taking characters.
fn cut_by_a_terminal(longest_line: usize) -> Option<Error> {
    matches!(longest_line, 1_022..=1_024 | 4_094..=4_096).then(|| {
        Error::with_detail(
            ErrorCode::RedirectMalformed,
            format!(
                "The terminal cut the address off after {longest_line} characters. Put it into a file and give that as input, or use a terminal that pastes it whole."
            ),
        )
    })
}
