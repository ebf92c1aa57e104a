//! Commands about tokens that are there: `refresh` and `logout`; and the small ones, `relay` and `completions`.

use clap::Args;
use clap_complete::Shell;

use super::ProviderName;

/// `shutterkey refresh`
#[derive(Args, Clone, Debug)]
#[command(after_help = REFRESH_EXAMPLES)]
pub struct Refresh {
    /// Your name for the account, its user id, or its user name
    #[arg(long, value_name = "NAME", default_value = "me")]
    pub account: String,
    /// Only when the refresh is due, as `token` does it
    #[arg(long, conflicts_with = "stdin")]
    pub if_due: bool,
    /// Read the token from standard input and print the new one, keeping nothing: for CI without a disk
    #[arg(long, conflicts_with = "account")]
    pub stdin: bool,
    /// With --stdin: which platform made the token [default: instagram]
    #[arg(long, value_enum, value_name = "NAME", requires = "stdin")]
    pub provider: Option<ProviderName>,
}

const REFRESH_EXAMPLES: &str = "\
Instagram and Threads renew a long-lived token from 24 hours after it was made until it expires, and give it 60 days \
from then. `token` does it by itself at half of that time; this does it now. Facebook Login has no refresh: log in again \
before the 60 days are over. A standard server renews with a refresh token.

Examples:
  shutterkey refresh
      now, unless it is too young
  shutterkey refresh --if-due --account studio
      in a daily job: does nothing on most days
  NEW=$(printf %s \"$OLD\" | shutterkey refresh --stdin)
      without account, file or app secret
  shutterkey refresh --stdin --json < old-token
      the new one with its expiry

A refresh that fails leaves the token as it was. Exit code 16 with token.too_young tells from when on it works. \
A workflow for GitHub Actions: examples/github-actions.";

/// `shutterkey logout`
#[derive(Args, Clone, Debug)]
#[command(after_help = LOGOUT_EXAMPLES)]
pub struct Logout {
    /// Your name for the account, its user id, or its user name
    #[arg(long, value_name = "NAME", default_value = "me")]
    pub account: String,
    /// Only forget it here; say nothing to the provider
    #[arg(long)]
    pub keep_grant: bool,
    /// Every account that is kept
    #[arg(long, conflicts_with = "account")]
    pub all: bool,
    /// With --all: do not ask
    #[arg(long, short, requires = "all")]
    pub yes: bool,
}

const LOGOUT_EXAMPLES: &str = "\
Ends the token at the provider where it offers that, and removes the account here, also when the provider refuses. Facebook Login takes the \
app's permissions away (DELETE /{user-id}/permissions), a standard server revokes (RFC 7009). Instagram and Threads have \
no such call: the person removes the app in their own settings, and the command says where.

Examples:
  shutterkey logout
  shutterkey logout --account studio --keep-grant
      the token goes on living elsewhere
  shutterkey logout --all --yes";

/// `shutterkey relay`
#[derive(Args, Clone, Debug)]
#[command(after_help = RELAY_EXAMPLES)]
pub struct Relay {
    /// The port of the machine that waits with `login --listen`
    #[arg(long, value_name = "PORT", default_value_t = 8911, value_parser = clap::value_parser!(u16).range(1..))]
    pub port: u16,
    /// An app's own redirect URI, to hand the answer to that app instead
    #[arg(long, value_name = "URI")]
    pub app: Option<String>,
}

const RELAY_EXAMPLES: &str = "\
Prints a page to put on any https host of yours (GitHub Pages, a bucket). Register its address as redirect URI where \
http, localhost or an app's own scheme are refused. It takes the answer out of the address bar, shows it to be copied, and \
hands it on when the person presses the button. It loads nothing, sends nothing anywhere, and runs one script that its \
Content-Security-Policy allows by hash.

Examples:
  shutterkey relay > index.html
  shutterkey login --redirect-uri https://you.example/relay/ --listen 8911
  shutterkey relay --app com.example.app:/callback > index.html
      hands it to an app by its own scheme

Your host sees the code in the request, as it would for any redirect; without the app secret it is of no use.";

/// `shutterkey completions`
#[derive(Args, Clone, Copy, Debug)]
#[command(after_help = COMPLETIONS_EXAMPLES)]
pub struct Completions {
    /// Which shell
    #[arg(value_enum, value_name = "SHELL")]
    pub shell: Shell,
}

const COMPLETIONS_EXAMPLES: &str = "\
Install:
  shutterkey completions bash > ~/.local/share/bash-completion/completions/shutterkey
  shutterkey completions zsh > \"${fpath[1]}/_shutterkey\"
  shutterkey completions fish > ~/.config/fish/completions/shutterkey.fish
  shutterkey completions elvish >> ~/.config/elvish/rc.elv
  shutterkey completions powershell >> $PROFILE";
