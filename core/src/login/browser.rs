//! Opening the authorize URL in the person's own browser.
//!
//! Programs are started with an argument list, never through a shell. This is done here rather than by a library because
//! the common one hands the whole URL, state included, to the log, and lets a text browser from `$BROWSER` take the terminal
//! and hold up the listener.

mod plan;

use std::process::{Command, Stdio};

use crate::config::Parts;
use crate::error::{Error, ErrorCode, Result};

use plan::{Launch, Surroundings, plan};

/// What became of opening a browser. That none could be opened is no error: print the URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opened {
    /// This program was started with the URL.
    By(String),
    /// Nothing was started; a sentence for people says why and what to do.
    Nowhere(String),
}

/// Opens a URL in the person's browser, and returns at once.
///
/// `$BROWSER` comes first where the system has it: commands separated by colons, words by spaces, `%s` for the URL.
/// Otherwise the system's own opener is used. Over SSH without a display, and where there is no display at all, nothing is
/// started.
///
/// Print the URL in any case: an opener can start and still show nothing.
///
/// # Errors
/// `internal.misuse` for anything but an `http` or `https` URL of plain characters: none of ``"'`<>\``, no space, no
/// control or non-ASCII character, and no `-` in front.
pub fn open_browser(url: &str) -> Result<Opened> {
    check(url)?;
    let launches = match plan(&Surroundings::present(), url) {
        Ok(launches) => launches,
        Err(why) => return Ok(Opened::Nowhere(why)),
    };
    for Launch { program, arguments } in launches {
        let mut command = Command::new(&program);
        command
            .args(&arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        // A group of its own, so that Ctrl-C in the terminal does not close the person's browser.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        if let Ok(mut child) = command.spawn() {
            // Somebody has to take the exit status, or the process stays behind as a zombie.
            std::thread::spawn(move || child.wait());
            return Ok(Opened::By(program));
        }
    }
    Ok(Opened::Nowhere(
        "No browser was found. Open the address yourself, or name a browser in $BROWSER.".to_owned(),
    ))
}

fn check(url: &str) -> Result<()> {
    let plain = url
        .bytes()
        .all(|b| matches!(b, 0x21..=0x7e) && !matches!(b, b'"' | b'\'' | b'`' | b'<' | b'>' | b'\\'));
    let web = Parts::split(url)
        .is_some_and(|parts| parts.scheme.eq_ignore_ascii_case("https") || parts.scheme.eq_ignore_ascii_case("http"));
    if plain && web {
        Ok(())
    } else {
        Err(Error::with_detail(
            ErrorCode::Misuse,
            "Only http and https addresses of plain characters are opened in a browser.",
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_web_addresses_are_opened() {
        for refused in [
            "-https://example.test/",
            "--app=https://example.test/",
            "file:///etc/passwd",
            "javascript://example.test/%0aalert(1)",
            "example.test",
            "",
            "https://example.test/\"&calc",
            "https://example.test/'x",
            "https://example.test/`id`",
            "https://example.test/ --flag",
            "https://example.test/\n",
            "https://example.test/\\..\\",
            "https://example.test/\u{202e}",
        ] {
            let error = open_browser(refused).unwrap_err();
            assert_eq!(error.code(), ErrorCode::Misuse, "{refused}");
        }
        assert!(check("https://example.test/?a=1&b=$(id);c|d%22").is_ok());
    }

    #[test]
    fn a_refused_address_is_not_repeated_in_the_error() {
        let error = open_browser("file:///canary-state").unwrap_err();
        assert!(!format!("{error} {error:?}").contains("canary"));
    }
}
