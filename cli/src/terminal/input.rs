//! The process's input, read beside everything else.

use std::sync::{Mutex, OnceLock, PoisonError};

use tokio::sync::mpsc;
use zeroize::Zeroizing;

/// How much is read at once. A paste arrives in pieces of this size at most.
const PIECE: usize = 8 << 10;

/// What came from the input.
pub(crate) enum Arrived {
    /// A piece of it.
    Piece(Zeroizing<Vec<u8>>),
    /// There is no more.
    End,
}

/// Reads the input on a thread of its own, which ends with the process: a read cannot be called off. There is one, however
/// often the input is asked for, so that no piece goes to a reader that nobody listens to any more.
struct Reader {
    ask: std::sync::mpsc::Sender<()>,
    pieces: mpsc::Receiver<Zeroizing<Vec<u8>>>,
    /// A read was asked for whose piece has not been taken.
    asked: bool,
}

static READER: OnceLock<Mutex<Option<Reader>>> = OnceLock::new();

/// The input, for whoever has its turn. Nothing is read before it is asked for: a hidden prompt is hidden by then.
pub(crate) struct Input(Option<Reader>);

impl Input {
    /// Takes the input over; it is given back when this is dropped.
    pub(crate) fn begin() -> Self {
        let place = READER.get_or_init(|| Mutex::new(Some(start())));
        Self(place.lock().unwrap_or_else(PoisonError::into_inner).take())
    }

    /// The next piece. Dropping the future loses none.
    pub(crate) async fn next(&mut self) -> Arrived {
        let Some(reader) = &mut self.0 else { return Arrived::End };
        if !reader.asked {
            reader.asked = true;
            if reader.ask.send(()).is_err() {
                return Arrived::End;
            }
        }
        let piece = reader.pieces.recv().await;
        reader.asked = false;
        piece.map_or(Arrived::End, Arrived::Piece)
    }
}

impl Drop for Input {
    fn drop(&mut self) {
        if let (Some(place), Some(reader)) = (READER.get(), self.0.take()) {
            *place.lock().unwrap_or_else(PoisonError::into_inner) = Some(reader);
        }
    }
}

fn start() -> Reader {
    let (ask, asked) = std::sync::mpsc::channel();
    let (sender, pieces) = mpsc::channel(1);
    std::thread::spawn(move || {
        while asked.recv().is_ok() {
            let Some(piece) = read_piece() else { return };
            if sender.blocking_send(piece).is_err() {
                return;
            }
        }
    });
    Reader {
        ask,
        pieces,
        asked: false,
    }
}

/// One read past the standard library's own buffer, which would keep a copy of a secret.
#[cfg(unix)]
fn read_piece() -> Option<Zeroizing<Vec<u8>>> {
    let mut piece = Zeroizing::new(vec![0; PIECE]);
    loop {
        match rustix::io::read(rustix::stdio::stdin(), piece.as_mut_slice()) {
            Ok(0) => return None,
            Ok(length) => {
                piece.truncate(length);
                return Some(piece);
            }
            Err(rustix::io::Errno::INTR) => {}
            Err(_) => return None,
        }
    }
}

#[cfg(not(unix))]
fn read_piece() -> Option<Zeroizing<Vec<u8>>> {
    use std::io::Read;
    if super::is_interactive() && super::hidden::is_hidden() {
        let mut line = Zeroizing::new(rpassword::read_password().ok()?.into_bytes());
        line.push(b'\n');
        return Some(line);
    }
    let mut piece = Zeroizing::new(vec![0; PIECE]);
    match std::io::stdin().read(&mut piece) {
        Ok(0) | Err(_) => None,
        Ok(length) => {
            piece.truncate(length);
            Some(piece)
        }
    }
}
