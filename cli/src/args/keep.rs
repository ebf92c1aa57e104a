//! `keep` and `store`.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use clap::{Args, Subcommand};

use super::ProviderName;
use super::health::duration;

/// `shutterkey keep`
#[derive(Args, Clone, Debug)]
#[command(after_help = KEEP_EXAMPLES)]
pub struct Keep {
    /// Which platform's accounts [default: instagram]
    #[arg(long, value_enum, value_name = "NAME")]
    pub provider: Option<ProviderName>,
    /// End when nothing is due, for cron and serverless jobs
    #[arg(long)]
    pub once: bool,
    /// At most so many refreshes a second
    #[arg(long, value_name = "N", default_value_t = 10.0, value_parser = rate)]
    pub rate: f64,
    /// At most so many refreshes under way at once
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=1_000))]
    pub at_once: u16,
    /// How long to wait before looking again when nothing is due
    #[arg(long, value_name = "DURATION", default_value = "30s", value_parser = interval, conflicts_with = "once")]
    pub poll: Duration,
    /// Keep the accounts of `login --sandbox`
    #[arg(long)]
    pub sandbox: bool,
    /// After each refresh start this program, without a shell, with the new token on its standard input
    #[arg(long, value_name = "COMMAND", value_parser = words, help_heading = "After a refresh")]
    pub on_refresh: Option<Words>,
    /// How long that program may take
    #[arg(long, value_name = "DURATION", default_value = "60s", value_parser = interval, requires = "on_refresh", help_heading = "After a refresh")]
    pub hook_timeout: Duration,
    /// Answer to GET /metrics and /healthz at this port of this machine, or at this address and port
    #[arg(long, value_name = "ADDRESS", value_parser = address, help_heading = "Being watched")]
    pub metrics: Option<SocketAddr>,
    /// From when on /healthz answers 503: the store has failed for so long
    #[arg(long, value_name = "DURATION", default_value = "60s", value_parser = interval, requires = "metrics", help_heading = "Being watched")]
    pub unhealthy_after: Duration,
}

const KEEP_EXAMPLES: &str = "\
Refreshes the tokens of every account of your app in your store when they are due, evenly, slower when the platform says that a \
limit nears, and tells what becomes of them. Ends on Ctrl-C or SIGTERM: what is under way is finished first, for at most 25 \
seconds; a second one ends at once. Any number of processes keep one store; each account is refreshed by one of them.

The program of --on-refresh gets the token as its standard input, without a line break, since a command line and \
variables can be read by others; SHUTTERKEY_ACCOUNT_NAME, _ID, _USERNAME, _PROVIDER and _APP_ID, and \
SHUTTERKEY_TOKEN_EXPIRES_AT, say whose it is. What it prints is dropped, what it says on stderr is shown. One that fails \
is reported; the token is stored all the same.

Examples:
  shutterkey keep                                    until it is told to end
  shutterkey keep --once --quiet                     in a crontab: says something when something is wrong
  shutterkey keep --once --on-refresh \"gh secret set INSTAGRAM_TOKEN\"
  shutterkey keep --json --metrics 0.0.0.0:9464      in a container

With --once: exit code 17 when an account needs its person, 23 when a refresh or a program of --on-refresh failed. \
docs/deployment.md has unit files, containers, and what to alert on.";

/// `shutterkey store`
#[derive(Args, Clone, Debug)]
pub struct Store {
    /// What to do
    #[command(subcommand)]
    pub command: StoreCommand,
}

/// What is done with a store.
#[derive(Clone, Debug, Subcommand)]
pub enum StoreCommand {
    /// Make the tables of a PostgreSQL store, or bring them up to this release
    Migrate {
        /// Print the statements instead, for people who apply them by hand
        #[arg(long)]
        print: bool,
    },
    /// Seal anew, with the first key of the ring, what another key sealed
    Reseal,
}

/// A program and its arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// The program.
    pub program: String,
    /// Its arguments.
    pub arguments: Vec<String>,
}

/// Words with spaces between, as in `SHUTTERKEY_CLIENT_SECRET_COMMAND`.
fn words(text: &str) -> Result<Words, String> {
    let mut words = text.split_whitespace().map(str::to_owned);
    let program = words.next().ok_or("name a program")?;
    let arguments = words.collect();
    Ok(Words { program, arguments })
}

fn interval(text: &str) -> Result<Duration, String> {
    match u64::try_from(duration(text)?) {
        Ok(seconds @ 1..=86_400) => Ok(Duration::from_secs(seconds)),
        _ => Err("give between a second and a day".to_owned()),
    }
}

fn rate(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(rate) if (0.001..=10_000.0).contains(&rate) => Ok(rate),
        _ => Err("give a number of refreshes a second, such as 10 or 0.5".to_owned()),
    }
}

/// A port of this machine, or an address with a port.
fn address(text: &str) -> Result<SocketAddr, String> {
    if let Ok(port) = text.parse::<u16>() {
        return Ok((Ipv4Addr::LOCALHOST, port).into());
    }
    let numbers = match text.strip_prefix("localhost:") {
        Some(port) => format!("127.0.0.1:{port}"),
        None => text.to_owned(),
    };
    numbers
        .parse()
        .map_err(|_| "give a port, or an IP address with a port: 9464, 0.0.0.0:9464, [::]:9464".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_this_machines_unless_it_is_said_otherwise() {
        for (text, means) in [
            ("9464", "127.0.0.1:9464"),
            ("localhost:9464", "127.0.0.1:9464"),
            ("0.0.0.0:9464", "0.0.0.0:9464"),
            ("[::1]:0", "[::1]:0"),
        ] {
            assert_eq!(address(text).unwrap().to_string(), means, "{text}");
        }
        for text in ["", ":9464", "example.com:9464", "70000", "127.0.0.1"] {
            assert!(address(text).is_err(), "{text}");
        }
    }

    #[test]
    fn rates_and_intervals_that_make_no_sense_are_refused() {
        assert_eq!((rate("0.5"), interval("30s")), (Ok(0.5), Ok(Duration::from_secs(30))));
        for text in ["0", "-1", "NaN", "inf", "fast"] {
            assert!(rate(text).is_err(), "{text}");
        }
        for text in ["0s", "2d", "30"] {
            assert!(interval(text).is_err(), "{text}");
        }
        assert!(words("  ").is_err());
    }
}
