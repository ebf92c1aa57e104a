//! `shutterkey keygen`: keys that seal pending logins.

use std::io::Read;

use serde_json::json;
use shutterkey::SealKeys;
use zeroize::Zeroizing;

use crate::args::Keygen;
use crate::context::Context;
use crate::exit::{Failure, Outcome};
use crate::output::print;

/// The most that is read, in bytes: some hundred keys.
const CAP: u64 = 16 << 10;

/// Prints a ring of keys, alone on stdout. Nothing is kept.
pub(crate) fn run(context: &Context, options: Keygen) -> Outcome {
    let new = SealKeys::generate()?;
    let ring = match options.rotate {
        true => present()?.rotated(&new),
        false => new,
    };
    let text = ring.serialize();
    let shown = Zeroizing::new(match context.ui.is_json() {
        true => format!("{:#}\n", json!({ "keys": text.reveal() })),
        false => format!("{}\n", text.reveal()),
    });
    print(&shown)
}

/// The ring on standard input.
fn present() -> Outcome<SealKeys> {
    let mut text = Zeroizing::new(String::new());
    std::io::stdin().take(CAP).read_to_string(&mut text).map_err(|_| {
        Failure::input(
            "The ring could not be read.",
            "Give it on standard input: `id:key,id:key`.",
        )
    })?;
    Ok(SealKeys::parse(text.trim())?)
}
