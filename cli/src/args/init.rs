//! `shutterkey init`

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{ProviderName, ResponseTypeName};

/// `shutterkey init`
#[derive(Args, Clone, Debug, Default)]
#[command(after_help = EXAMPLES)]
pub struct Init {
    /// Which platform the token is for
    #[arg(long, value_enum, value_name = "NAME")]
    pub provider: Option<ProviderName>,
    /// The app id of the product (Instagram: the Instagram app ID, not the Meta app ID)
    #[arg(long, value_name = "ID")]
    pub client_id: Option<String>,
    /// The redirect URI to register with the app
    #[arg(long, value_name = "URI")]
    pub redirect_uri: Option<String>,
    /// A permission to ask for; may be repeated [default: what every login of the product needs]
    #[arg(long, value_name = "SCOPE", value_delimiter = ',')]
    pub scope: Vec<String>,
    /// Ask for a code, or for a token in the address itself
    #[arg(long, value_enum, value_name = "TYPE")]
    pub response_type: Option<ResponseTypeName>,
    /// Where the app secret comes from [default: file]
    #[arg(long, value_enum, value_name = "WHERE")]
    pub secret: Option<SecretName>,
    /// The file for the app secret; made from standard input if it is not there [default: .shutterkey-secret]
    #[arg(long, value_name = "FILE")]
    pub secret_file: Option<PathBuf>,
    /// A program, with its arguments, that prints the app secret
    #[arg(long, value_name = "COMMAND")]
    pub secret_command: Option<String>,
    /// A certificate for a redirect URI that is https on this machine
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub tls_cert: Option<PathBuf>,
    /// The certificate's key
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,
    /// The port of this machine that a tunnel or a relay page hands answers to
    #[arg(long, value_name = "PORT", conflicts_with = "tls_cert")]
    pub listen: Option<String>,
    /// A sandbox that plays the platform
    #[arg(long, value_name = "URL")]
    pub sandbox_url: Option<String>,
    /// standard: the server's authorization endpoint
    #[arg(long, value_name = "URL")]
    pub authorize_url: Option<String>,
    /// standard: the server's token endpoint
    #[arg(long, value_name = "URL")]
    pub token_url: Option<String>,
    /// Write your own config.toml, which holds for every folder, instead of shutterkey.toml in this one
    #[arg(long)]
    pub own: bool,
    /// Write over a file that is there
    #[arg(long)]
    pub force: bool,
    /// Ask nothing: take the flags, and the defaults for the rest
    #[arg(long, short)]
    pub yes: bool,
}

/// Where the app secret comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SecretName {
    /// A file that only you can read, kept out of git
    File,
    /// The variable SHUTTERKEY_CLIENT_SECRET, or one that names a file
    Env,
    /// A password manager's command
    Command,
    /// None: a public client of a standard server
    None,
}

const EXAMPLES: &str = "\
Asks for what a login needs, writes shutterkey.toml (which holds no secret), and says what to enter in which page of \
the App Dashboard. Every answer is checked at once.

Examples:
  shutterkey init
      asks
  shutterkey init --provider threads
      asks for the rest
  pbpaste | shutterkey init --yes --client-id 1234567890
      asks nothing; the app secret comes from the clipboard
  shutterkey init --redirect-uri https://localhost:8443/ \\
                  --tls-cert localhost.pem --tls-key localhost-key.pem
      the answer of a login comes straight back, with a certificate
  shutterkey init --redirect-uri https://name.tunnel.example/callback --listen 8911
      and through a tunnel
  shutterkey init --own --secret-command \"pass show instagram/app-secret\"
      for every folder, the secret from a password manager

Who can get a token, and for which product: docs/first-token.md. All settings: docs/cli.md.";
