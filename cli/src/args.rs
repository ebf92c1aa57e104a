//! The command line, and the help that teaches it.

mod health;
mod init;
mod keep;
mod renew;

use std::path::PathBuf;

pub use health::{Accounts, Doctor, Errors, Inspect};

use clap::{Args, Parser, Subcommand, ValueEnum};

pub use init::{Init, SecretName};
pub use keep::{Keep, Store, StoreCommand, Words};
pub use renew::{Completions, Logout, Refresh, Relay};

use crate::exit::EXIT_CODES;

const EXAMPLES: &str = "\
Examples:
  shutterkey login --sandbox      the whole journey on this machine: no app, no account needed
  shutterkey init                 a few questions, then `shutterkey login` works for your own app
  shutterkey keep                 keep every account alive, until it is told to end
  shutterkey token                print a live token; refreshes it when that is due
  pbpaste | shutterkey import     keep a token that the App Dashboard generated
  TOKEN=$(shutterkey token)       take it into a script; keep it off other command lines
  pbpaste | shutterkey inspect    what is this token, address or error, and what to do about it
  shutterkey doctor               what is wrong with the configuration, and what is kept

Configuration comes from flags, SHUTTERKEY_* variables, shutterkey.toml and your own config.toml, \
in this order. The app secret is never a flag: set SHUTTERKEY_CLIENT_SECRET, or \
SHUTTERKEY_CLIENT_SECRET_FILE with the path of a file that only you can read.";

/// Gets an Instagram access token and keeps it alive.
#[derive(Debug, Parser)]
#[command(name = "shutterkey", version, max_term_width = 100, after_help = after_help(), propagate_version = false)]
#[command(disable_help_subcommand = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// What holds for every command.
    #[command(flatten)]
    pub global: Global,
}

/// Options of every command.
#[derive(Args, Clone, Debug, Default)]
pub struct Global {
    /// One JSON object on stdout, errors included
    #[arg(long, global = true, help_heading = "Everywhere")]
    pub json: bool,
    /// Say nothing on the side; results and errors remain
    #[arg(long, short, global = true, help_heading = "Everywhere")]
    pub quiet: bool,
    /// The profile file [default: shutterkey.toml in this folder]
    #[arg(long, global = true, value_name = "PATH", help_heading = "Everywhere")]
    pub config: Option<PathBuf>,
    /// The folder that accounts are kept in, `postgres` or `keychain` [default: in your data folder]
    #[arg(long, global = true, value_name = "PATH", help_heading = "Everywhere")]
    pub store: Option<PathBuf>,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write shutterkey.toml, and say what to enter in the App Dashboard
    Init(Box<Init>),
    /// Log in through the browser and keep the token
    Login(Login),
    /// Keep a token that was made elsewhere, such as the App Dashboard
    Import(Import),
    /// Print a live token, refreshed when that is due
    Token(Named),
    /// Renew a token now
    Refresh(Refresh),
    /// Keep all accounts alive, until told to end
    Keep(Keep),
    /// Ask the provider whose token it is
    Whoami(Named),
    /// List the accounts that are kept, with the life of each token
    Accounts(Accounts),
    /// Forget an account, and end its token where the provider offers that
    Logout(Logout),
    /// Explain a token, an address or an error that is pasted
    Inspect(Inspect),
    /// Check the configuration and what is kept for the mistakes people make
    Doctor(Doctor),
    /// List the errors there are, or explain one
    Errors(Errors),
    /// Run the login platform on this machine
    Sandbox(Sandbox),
    /// Print a new key that seals the logins of a web site
    Keygen(Keygen),
    /// Make or change the tables of a PostgreSQL store
    Store(Store),
    /// Print a page that hands the answer of a login on to this machine
    Relay(Relay),
    /// Print a script that completes this command in a shell
    Completions(Completions),
}

/// `shutterkey login`
#[derive(Args, Clone, Debug)]
#[command(after_help = LOGIN_EXAMPLES)]
pub struct Login {
    /// Which platform [default: instagram]
    #[arg(long, value_enum, value_name = "NAME")]
    pub provider: Option<ProviderName>,
    /// The app id of the product (Instagram: the Instagram app ID, not the Meta app ID)
    #[arg(long, value_name = "ID")]
    pub client_id: Option<String>,
    /// The redirect URI, exactly as it is registered
    #[arg(long, value_name = "URI")]
    pub redirect_uri: Option<String>,
    /// A permission to ask for; may be repeated [default: the product's base permission]
    #[arg(long, value_name = "SCOPE", value_delimiter = ',')]
    pub scope: Vec<String>,
    /// Ask for a code, or for a token in the address itself (implicit flow; legacy, facebook, standard)
    #[arg(long, value_enum, value_name = "TYPE")]
    pub response_type: Option<ResponseTypeName>,
    /// Your own name for the account
    #[arg(long, value_name = "NAME", default_value = "me")]
    pub account: String,
    /// A certificate for a redirect URI that is https on this machine, such as https://localhost:8443/
    #[arg(long, value_name = "FILE", requires = "tls_key", conflicts_with_all = ["paste", "sandbox"])]
    pub tls_cert: Option<PathBuf>,
    /// The certificate's key
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,
    /// Take the answer at this port of this machine, which a tunnel or a relay page hands it to
    #[arg(long, value_name = "PORT", conflicts_with_all = ["paste", "sandbox", "tls_cert"])]
    pub listen: Option<String>,
    /// Log in to a sandbox on this machine instead of the real platform
    #[arg(long)]
    pub sandbox: bool,
    /// With --sandbox: approve as a sandbox person, without a browser
    #[arg(long, requires = "sandbox")]
    pub auto_approve: bool,
    /// Print the address instead of opening a browser
    #[arg(long)]
    pub no_browser: bool,
    /// Take the answer by pasting it, even where a listener could take it
    #[arg(long)]
    pub paste: bool,
    /// How long to wait for the answer, in seconds
    #[arg(long, value_name = "SECS", default_value_t = 600, value_parser = clap::value_parser!(u32).range(1..=86_400))]
    pub timeout: u32,
}

const LOGIN_EXAMPLES: &str = "\
Examples:
  shutterkey login --sandbox                         try it offline
  shutterkey login --sandbox --auto-approve          the same without a browser, for scripts
  shutterkey login --sandbox --provider legacy --response-type token
  shutterkey login --client-id 1234567890 --redirect-uri https://localhost/
  shutterkey login --no-browser < redirect-url.txt   over ssh: open the address elsewhere, give the answer here

How the answer comes back:
  http://localhost:8911/callback    straight to this command (facebook in development mode, legacy, standard)
  https://localhost/                the page does not load: copy its address, paste it here
  https://localhost:8443/           straight back, with a certificate: mkcert -install; mkcert localhost; then
                                    --tls-cert localhost.pem --tls-key localhost-key.pem
  https://name.tunnel.example/cb    through a tunnel to this machine: --listen 8911
  https://you.example/relay/        a page of yours hands it on: see `shutterkey relay --help`

While it waits, paste the address that the browser ended on, or the text of an error page: it is explained. \
What you paste is not shown, since it holds a secret.";

/// `shutterkey import`
#[derive(Args, Clone, Debug)]
#[command(after_help = IMPORT_EXAMPLES)]
pub struct Import {
    /// Which platform made the token [default: instagram]
    #[arg(long, value_enum, value_name = "NAME")]
    pub provider: Option<ProviderName>,
    /// The app that the token was made for, if you know it
    #[arg(long, value_name = "ID")]
    pub client_id: Option<String>,
    /// Your own name for the account
    #[arg(long, value_name = "NAME", default_value = "me")]
    pub account: String,
}

const IMPORT_EXAMPLES: &str = "\
The token is asked for without being shown, or read from a pipe; never from the command line, which others on \
this machine can read and which your shell writes down. It needs no app secret and no redirect URI. Without a client \
id the account is kept under app id 00000, which is nobody's; the token works and is refreshed all the same.

App Dashboard > Instagram > API setup with Instagram login > Generate token

Examples:
  shutterkey import
  pbpaste | shutterkey import --account studio";

/// `shutterkey keygen`
#[derive(Args, Clone, Copy, Debug)]
#[command(after_help = KEYGEN_EXAMPLES)]
pub struct Keygen {
    /// Read the present ring from standard input and put the new key in front: it seals, all open
    #[arg(long)]
    pub rotate: bool,
}

const KEYGEN_EXAMPLES: &str = "\
A web site seals pending logins into a cookie with a ring of keys (SealKeys in the libraries). All processes of a site \
have the same ring. To rotate, put a new key in front and drop the last one a day later.

Examples:
  shutterkey keygen > site-keys                      32 random bytes, with an id
  shutterkey keygen --rotate < site-keys > next      the new key and those that were there";

/// A command about one account.
#[derive(Args, Clone, Debug)]
pub struct Named {
    /// Your name for the account, its user id, or its user name
    #[arg(long, value_name = "NAME", default_value = "me")]
    pub account: String,
}

/// `shutterkey sandbox`
#[derive(Args, Clone, Debug)]
#[command(after_help = SANDBOX_EXAMPLES)]
pub struct Sandbox {
    /// The port on 127.0.0.1; 0 takes any free one
    #[arg(long, value_name = "PORT", default_value_t = 8910)]
    pub port: u16,
    /// What a fresh world's ids and tokens are drawn from
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// Keep the world in this file: read at the start if it is there, written at the end
    #[arg(long, value_name = "FILE")]
    pub world: Option<PathBuf>,
    /// What is there from the start: people, apps, Pages, tokens, time, switches, faults (TOML, or JSON in a .json file)
    #[arg(long, value_name = "FILE", conflicts_with = "world")]
    pub scenario: Option<PathBuf>,
    /// Answer as production is reported to, or as the documentation says [default: production, or the kept world's]
    #[arg(long, value_enum, value_name = "NAME")]
    pub profile: Option<ProfileName>,
    /// Listen for other machines too, as in a container: needs a key and --public-url
    #[arg(
        long,
        value_name = "ADDRESS",
        requires = "public_url",
        help_heading = "In a container"
    )]
    pub listen: Option<std::net::IpAddr>,
    /// A file with the access key, 32 characters or more, that browsers show once [or SHUTTERKEY_SANDBOX_ACCESS_KEY]
    #[arg(long, value_name = "FILE", help_heading = "In a container")]
    pub access_key_file: Option<PathBuf>,
    /// What browsers use, such as http://localhost:8910
    #[arg(long, value_name = "URL", help_heading = "In a container")]
    pub public_url: Option<String>,
    /// What servers use, such as http://sandbox:8910 [default: the public URL]
    #[arg(long, value_name = "URL", help_heading = "In a container")]
    pub back_channel_url: Option<String>,
    /// A host that callbacks may go to beside this machine; may be repeated
    #[arg(long, value_name = "HOST", help_heading = "In a container")]
    pub callback_host: Vec<String>,
}

const SANDBOX_EXAMPLES: &str = "\
Examples:
  shutterkey sandbox
  shutterkey sandbox --port 0 --json            for tests: one JSON object tells where it is
  shutterkey sandbox --world sandbox-world.json
  shutterkey sandbox --scenario scenario.toml   with people, apps and tokens of yours: examples/sandbox/scenario.toml
  SHUTTERKEY_SANDBOX_URL=http://127.0.0.1:8910 shutterkey login

From other machines, as in a container: its pages are opened with an access key, and nothing is sent beyond --callback-host.
  SHUTTERKEY_SANDBOX_ACCESS_KEY=... shutterkey sandbox --listen 0.0.0.0 --public-url http://localhost:8910
SHUTTERKEY_SANDBOX_CONTROL_TOKEN sets the control token, so that tests in other containers know it.";

/// The platforms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ProviderName {
    /// Instagram Login: professional accounts, tokens of 60 days
    Instagram,
    /// Facebook Login for Business: accounts linked to a Page
    Facebook,
    /// Threads
    Threads,
    /// The platform of 2010 to 2020, in a sandbox only
    Legacy,
    /// Any OAuth 2.0 server (RFC 6749)
    Standard,
}

impl ProviderName {
    /// The provider's stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Instagram => "instagram",
            Self::Facebook => "facebook",
            Self::Threads => "threads",
            Self::Legacy => "legacy",
            Self::Standard => "standard",
        }
    }
}

/// What an authorization answers with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ResponseTypeName {
    /// An authorization code
    Code,
    /// An access token
    Token,
}

impl ResponseTypeName {
    /// The parameter's value.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Token => "token",
        }
    }
}

/// How a sandbox answers where sources disagree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ProfileName {
    /// As production is reported to
    Production,
    /// As the documentation says
    Documented,
}

fn after_help() -> String {
    let mut text = format!("{EXAMPLES}\n\nExit codes:\n");
    for (code, meaning) in EXIT_CODES {
        text.push_str(&format!("  {code:>3}  {meaning}\n"));
    }
    text.truncate(text.trim_end().len());
    text
}
