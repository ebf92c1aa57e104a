//! The process's input, read beside everything else.

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

/// Reads the input on a thread of its own, which ends with the process: a read cannot be called off.
pub(crate) struct Input(mpsc::Receiver<Zeroizing<Vec<u8>>>);

impl Input {
    /// Begins to read.
    pub(crate) fn begin() -> Self {
        let (sender, receiver) = mpsc::channel(4);
        std::thread::spawn(move || {
            while let Some(piece) = read_piece() {
                if sender.blocking_send(piece).is_err() {
                    return;
                }
            }
        });
        Self(receiver)
    }

    /// The next piece.
    pub(crate) async fn next(&mut self) -> Arrived {
        self.0.recv().await.map_or(Arrived::End, Arrived::Piece)
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
    if super::is_interactive() {
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
