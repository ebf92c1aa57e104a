//! Commands that print a text and are done: `relay`, `completions`, and the first screen.

use clap::CommandFactory;
use shutterkey::RedirectUri;
use shutterkey::login::{RelayTo, relay_page};

use crate::args::{Cli, Completions, Relay};
use crate::exit::{Failure, Outcome};
use crate::output::{DIM, STRONG, Ui, print, wrap};

/// `shutterkey relay`: the page, alone on stdout.
pub(crate) fn relay(options: &Relay) -> Outcome {
    let to = match &options.app {
        Some(uri) => RelayTo::App(RedirectUri::parse(uri)?),
        None => RelayTo::Machine(options.port),
    };
    print(&relay_page(&to)?)
}

/// `shutterkey completions`: the script, alone on stdout.
pub(crate) fn completions(options: Completions) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(options.shell, &mut Cli::command(), "shutterkey", &mut script);
    let text =
        String::from_utf8(script).map_err(|_| Failure::usage("The script is not text.", "Choose another shell."))?;
    print(&text)
}

/// The command without a word: what it is, and how to begin.
pub(crate) fn welcome(ui: Ui) -> Outcome {
    const BEGIN: [(&str, &str); 3] = [
        (
            "shutterkey login --sandbox",
            "the whole journey on this machine: no app, no account, no network",
        ),
        (
            "shutterkey init",
            "a few questions about your own app; says what to enter in Meta's dashboard",
        ),
        (
            "shutterkey import",
            "keeps a token that the dashboard generated, alive from then on",
        ),
    ];
    let object = serde_json::json!({
        "version": env!("CARGO_PKG_VERSION"),
        "begin": BEGIN.map(|(command, _)| command),
    });
    ui.result(&object, |width| {
        let lead = "gets an Instagram, Facebook or Threads access token, and keeps it alive.";
        let mut text = format!(
            "{STRONG}shutterkey{STRONG:#} {}\n\n",
            wrap(lead, "", width.saturating_sub(11))
        );
        for (command, what) in BEGIN {
            text.push_str(&format!(
                "  {STRONG}{command}{STRONG:#}\n      {DIM}{}{DIM:#}\n",
                wrap(what, "      ", width)
            ));
        }
        let then =
            "Then `shutterkey token` prints a live token, whenever one is needed. All commands: shutterkey --help";
        text.push_str(&format!("\n{}\n", wrap(then, "", width)));
        text
    })
}
