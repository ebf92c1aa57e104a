//! What a person is asked for: a line that shows, or a secret that does not.

use shutterkey::Secret;
use zeroize::Zeroizing;

use super::{Arrived, Hidden, Input, is_interactive};
use crate::exit::{Failure, Outcome};
use crate::output::Ui;

/// The most that is read of one answer, in bytes; a token has at most 8 KiB.
const CAP: usize = 64 << 10;

/// What is missing when there was no secret in the input.
#[derive(Clone, Copy)]
pub(crate) struct Wanted {
    /// As in "There is no token in the input."
    pub(crate) what: &'static str,
    /// How to give it.
    pub(crate) how: &'static str,
}

/// A secret: a hidden line of a terminal, which is asked for by its name, or everything that a pipe has.
pub(crate) async fn secret(ui: Ui, name: &str, wanted: Wanted) -> Outcome<Secret> {
    let interactive = is_interactive();
    let _hidden = interactive.then(Hidden::begin).flatten();
    if interactive {
        // After hiding: whoever pastes at once is not shown what they paste.
        ui.note(&format!("Paste {name} and press Enter; it is not shown."));
    }
    let mut input = Input::begin();
    let mut bytes = Zeroizing::new(Vec::with_capacity(CAP));
    while let Arrived::Piece(piece) = input.next().await {
        if bytes.len() + piece.len() > CAP {
            return Err(Failure::input(
                format!("The input is longer than any {}.", wanted.what),
                format!("Give the {} alone.", wanted.what),
            ));
        }
        if !interactive {
            bytes.extend_from_slice(&piece);
        } else if take_typed(&mut bytes, &piece) {
            break;
        }
    }
    let text = std::str::from_utf8(&bytes).unwrap_or_default().trim();
    if text.is_empty() {
        return Err(Failure::input(
            format!("There is no {} in the input.", wanted.what),
            wanted.how,
        ));
    }
    Ok(Secret::from(text))
}

/// A line that the terminal shows and edits itself; `without` says what to do where the input ends before it.
pub(crate) async fn line(input: &mut Input, without: &str) -> Outcome<String> {
    let mut bytes = Vec::new();
    loop {
        match input.next().await {
            Arrived::End => {
                return Err(Failure::input("The input ended before the questions did.", without));
            }
            Arrived::Piece(piece) => bytes.extend_from_slice(&piece),
        }
        if bytes.ends_with(b"\n") {
            return Ok(String::from_utf8_lossy(&bytes).trim().to_owned());
        }
        if bytes.len() > CAP {
            return Err(Failure::input("The line is too long.", "Give the answer alone."));
        }
    }
}

/// Takes what a person typed or pasted; true when a line with something in it, or the input, has ended.
fn take_typed(bytes: &mut Zeroizing<Vec<u8>>, piece: &[u8]) -> bool {
    for &byte in piece {
        match byte {
            b'\r' | b'\n' if !bytes.is_empty() => return true,
            b'\r' | b'\n' => {}
            0x04 => return true,
            0x08 | 0x7f => drop(bytes.pop()),
            0x15 => bytes.clear(),
            other => bytes.push(other),
        }
        // What a terminal puts around a paste is not part of it.
        for mark in [b"\x1b[200~".as_slice(), b"\x1b[201~"] {
            if bytes.ends_with(mark) {
                let kept = bytes.len() - mark.len();
                bytes.truncate(kept);
            }
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pasted_line_ends_with_enter_and_loses_the_terminals_marks() {
        let mut bytes = Zeroizing::new(Vec::new());
        assert!(!take_typed(&mut bytes, b"\n\x1b[200~IGAAx"));
        assert!(!take_typed(&mut bytes, b"y\x1b[201~"));
        assert!(take_typed(&mut bytes, b"\r"));
        assert_eq!(&**bytes, b"IGAAxy");
    }

    #[test]
    fn backspace_and_ctrl_u_edit() {
        let mut bytes = Zeroizing::new(Vec::new());
        assert!(take_typed(&mut bytes, b"wrong\x15ab\x7fc\n"));
        assert_eq!(&**bytes, b"ac");
    }
}
