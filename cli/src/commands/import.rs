//! `shutterkey import`: a token that was made elsewhere.

use shutterkey::config::UNUSED_REDIRECT_URI;
use shutterkey::config::profile::Profile;
use shutterkey::keeper::ImportToken;
use shutterkey::{Client, ClientConfig, Keeper, ScopeSet, Secret};
use zeroize::Zeroizing;

use crate::args::Import;
use crate::context::{Context, transport, writable};
use crate::exit::{Failure, Outcome};
use crate::output::view::Kept;
use crate::terminal::{Arrived, Hidden, Input, is_interactive};

/// The most that is read, in bytes; a token has at most 8 KiB.
const CAP: usize = 64 << 10;

/// Reads the token, asks the provider whose it is, and keeps it.
pub(crate) async fn run(context: &Context, options: &Import) -> Outcome {
    shutterkey::account::check_alias(&options.account)?;
    let ui = context.ui;
    let profile = context.profile(&[
        (
            "SHUTTERKEY_PROVIDER",
            options.provider.map(|provider| provider.as_str().to_owned()),
        ),
        ("SHUTTERKEY_CLIENT_ID", options.client_id.clone()),
    ])?;
    let config = configure(&profile)?;
    let place = profile.store.clone();
    let store = writable(place.clone()).await?;
    if is_interactive() {
        ui.note(&format!(
            "Paste a token of {} and press Enter; it is not shown.",
            config.provider().name()
        ));
    }
    let token = read_token().await?;
    ui.note("Asking the provider whose token it is.");
    let sandbox = config.provider().is_sandbox();
    let keeper = Keeper::new(Client::over(config, transport()), store);
    let connection = keeper
        .import_token(ImportToken::new(token).alias(options.account.as_str()))
        .await?;
    if profile.client_id.is_none() {
        ui.note(
            "No app id is configured, so the token is kept under app id 00000 (unknown app). It works and is refreshed all the same.",
        );
    }
    let missing = ScopeSet::empty();
    let kept = Kept {
        verb: "Keeping the token of",
        name: &options.account,
        key: &connection.key,
        account: &connection.account,
        token: &connection.token,
        missing: &missing,
        place: &place,
        sandbox,
        now: keeper.client().now(),
    };
    ui.result(&kept.object(), |width| kept.text(width))
}

/// A client that needs no redirect URI and no secret. An account's key names an app, known or not.
fn configure(profile: &Profile) -> Outcome<ClientConfig> {
    let unknown = profile.provider.data().client_id.unknown_app();
    let app_id = profile.client_id.as_deref().unwrap_or(unknown);
    Ok(ClientConfig::builder(profile.provider.clone(), app_id)
        .redirect_uri(UNUSED_REDIRECT_URI)
        .build()?)
}

/// The token: a hidden line of a terminal, or everything that a pipe has.
async fn read_token() -> Outcome<Secret> {
    let interactive = is_interactive();
    let _hidden = interactive.then(Hidden::begin).flatten();
    let mut input = Input::begin();
    let mut bytes = Zeroizing::new(Vec::with_capacity(CAP));
    loop {
        match input.next().await {
            Arrived::End => break,
            Arrived::Piece(piece) => {
                if bytes.len() + piece.len() > CAP {
                    return Err(Failure::input(
                        "The input is longer than any token.",
                        "Give the token alone.",
                    ));
                }
                let ended = interactive && take_typed(&mut bytes, &piece);
                if !interactive {
                    bytes.extend_from_slice(&piece);
                }
                if ended {
                    break;
                }
            }
        }
    }
    let text = std::str::from_utf8(&bytes).unwrap_or_default().trim();
    if text.is_empty() {
        return Err(Failure::input(
            "There is no token in the input.",
            "Paste it when asked, or give it through a pipe: pbpaste | shutterkey import",
        ));
    }
    Ok(Secret::from(text))
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
