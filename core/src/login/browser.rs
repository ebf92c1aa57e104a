//! Opening the authorize URL in the person's own browser.
//!
//! Programs are started with an argument list, never through a shell. Nothing writes the URL, which holds the state, to a
//! log, and no text browser takes the terminal and holds up the listener; a library would have to promise both.

mod plan;

use std::process::{Child, Command, Stdio};

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
    let Some((program, mut child)) = start(launches) else {
        return Ok(Opened::Nowhere(
            "No browser was found. Open the address yourself, or name a browser in $BROWSER.".to_owned(),
        ));
    };
    // Somebody has to take the exit status, or the process stays behind as a zombie.
    std::thread::spawn(move || child.wait());
    Ok(Opened::By(program))
}

/// Starts the first program that there is.
fn start(launches: Vec<Launch>) -> Option<(String, Child)> {
    launches.into_iter().find_map(|Launch { program, arguments }| {
        let mut command = Command::new(&program);
        command
            .args(&arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        // Secrets of ours are no business of the browser's.
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("SHUTTERKEY_") {
                command.env_remove(name);
            }
        }
        // A group of its own, so that Ctrl-C in the terminal does not close the person's browser.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        command.spawn().ok().map(|child| (program, child))
    })
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

    #[cfg(unix)]
    #[test]
    fn the_first_program_that_there_is_gets_the_url_as_one_argument() {
        const URL: &str = "https://example.test/?a=1&b=$(id);c|d%22";
        let folder = tempfile::tempdir().unwrap();
        let seen = folder.path().join("seen");
        let launch = |program: &str| Launch {
            program: program.to_owned(),
            arguments: vec![
                "-c".to_owned(),
                format!("printf '%s\\n' \"$@\" > '{}'", seen.display()),
                "as-a-browser".to_owned(),
                URL.to_owned(),
            ],
        };
        let (program, mut child) = start(vec![launch("/nowhere/browser"), launch("/bin/sh")]).unwrap();
        assert_eq!(program, "/bin/sh");
        assert!(child.wait().unwrap().success());
        assert_eq!(std::fs::read_to_string(&seen).unwrap(), format!("{URL}\n"));
        assert!(start(vec![launch("/nowhere/browser")]).is_none());
    }

    #[test]
    fn a_refused_address_is_not_repeated_in_the_error() {
        let error = open_browser("file:///canary-state").unwrap_err();
        assert!(!format!("{error} {error:?}").contains("canary"));
    }
}
