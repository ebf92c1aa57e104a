//! Reading what is pasted: several lines, hidden on a terminal.

use shutterkey::PASTE_PAUSE;
use shutterkey::explain::PASTE_CAP;
use tokio::time::timeout;
use zeroize::Zeroizing;

use crate::exit::{Failure, Outcome};
use crate::output::Ui;
use crate::terminal::{Arrived, Hidden, Input, is_interactive};

/// Everything that a pipe has, or what a person pastes up to a pause after a line's end.
pub(super) async fn pasted(ui: Ui) -> Outcome<Zeroizing<String>> {
    let interactive = is_interactive();
    // Hidden before anybody is asked: what is pasted at once must not be shown either.
    let _hidden = interactive.then(Hidden::begin).flatten();
    if interactive {
        ui.note("Paste a token, an address or an error and press Enter; it is not shown.");
    }
    let mut input = Input::begin();
    let mut typed = Typed::new();
    loop {
        let arrived = if typed.may_be_whole() {
            timeout(PASTE_PAUSE, input.next()).await.ok()
        } else {
            Some(input.next().await)
        };
        match arrived {
            Some(Arrived::Piece(piece)) if interactive => {
                if typed.take(&piece) {
                    break;
                }
            }
            Some(Arrived::Piece(piece)) => typed.push(&piece),
            Some(Arrived::End) | None => break,
        }
        if typed.bytes.len() > PASTE_CAP {
            return Err(Failure::input(
                "The input is longer than anything that can be explained.",
                "Give the token, the address or the error alone.",
            ));
        }
    }
    let text = Zeroizing::new(String::from_utf8_lossy(&typed.bytes).into_owned());
    if text.trim().is_empty() {
        return Err(Failure::input(
            "There is nothing in the input to explain.",
            "Paste it when asked, or give it through a pipe: pbpaste | shutterkey inspect",
        ));
    }
    Ok(text)
}

/// What a person typed or pasted so far.
struct Typed {
    bytes: Zeroizing<Vec<u8>>,
    in_paste: bool,
    line_ended: bool,
}

impl Typed {
    fn new() -> Self {
        Self {
            // Room for what is mostly pasted, so that no copy is left behind by growing.
            bytes: Zeroizing::new(Vec::with_capacity(16 << 10)),
            in_paste: false,
            line_ended: false,
        }
    }

    fn push(&mut self, piece: &[u8]) {
        let needed = self.bytes.len() + piece.len();
        if needed > self.bytes.capacity() {
            let mut larger = Zeroizing::new(Vec::with_capacity(needed.max(2 * self.bytes.capacity())));
            larger.extend_from_slice(&self.bytes);
            self.bytes = larger;
        }
        self.bytes.extend_from_slice(piece);
    }

    /// Whether a line with something in it has ended: if nothing more comes, it is whole.
    fn may_be_whole(&self) -> bool {
        self.line_ended && !self.in_paste && !self.bytes.trim_ascii().is_empty()
    }

    /// Takes a piece; true at Ctrl-D. Backspace and Ctrl-U edit, as far as one can edit what is not shown.
    fn take(&mut self, piece: &[u8]) -> bool {
        for &byte in piece {
            self.line_ended = false;
            match byte {
                0x04 if !self.in_paste => return true,
                0x08 | 0x7f if !self.in_paste => drop(self.bytes.pop()),
                0x15 if !self.in_paste => self.bytes.clear(),
                b'\r' | b'\n' => {
                    self.push(b"\n");
                    self.line_ended = true;
                }
                other => self.push(&[other]),
            }
            // What a terminal puts around a paste is not part of it.
            for (mark, begins) in [(b"\x1b[200~".as_slice(), true), (b"\x1b[201~", false)] {
                if self.bytes.ends_with(mark) {
                    let kept = self.bytes.len() - mark.len();
                    self.bytes.truncate(kept);
                    self.in_paste = begins;
                }
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_within_a_marked_paste_do_not_end_it() {
        let mut typed = Typed::new();
        assert!(!typed.take(b"\x1b[200~HTTP/1.1 400\n\n{"));
        assert!(!typed.may_be_whole());
        assert!(!typed.take(b"}\x1b[201~"));
        assert!(!typed.may_be_whole());
        assert!(!typed.take(b"\r"));
        assert!(typed.may_be_whole());
        assert_eq!(&**typed.bytes, b"HTTP/1.1 400\n\n{}\n");
    }

    #[test]
    fn an_empty_line_ends_nothing_and_ctrl_d_ends_at_once() {
        let mut typed = Typed::new();
        assert!(!typed.take(b"\n \n"));
        assert!(!typed.may_be_whole());
        assert!(typed.take(b"x\x15ab\x7f\x04"));
        assert_eq!(typed.bytes.trim_ascii(), b"a");
    }
}
