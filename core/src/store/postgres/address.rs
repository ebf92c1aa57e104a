//! The database's address, and how its server is made sure of.

use std::fmt;
use std::time::Duration;

use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode, SslNegotiation};
use url::form_urlencoded;

use crate::error::{Error, ErrorCode, Result};

/// How the connection to the server is secured: `sslmode` of the address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TlsMode {
    /// `disable`: no TLS. For a socket, loopback, or a network that is yours.
    Disable,
    /// `require`: encrypted, and no certificate is checked, so that whoever is in between can pose as the server. With roots
    /// of one's own, the same as [`VerifyCa`](Self::VerifyCa), as in libpq.
    Require,
    /// `verify-ca`: the certificate was issued under a root that is trusted, for whatever name.
    VerifyCa,
    /// `verify-full`: and for the host that was asked for.
    VerifyFull,
}

/// An address that was read. It holds the password.
#[derive(Clone)]
pub(super) struct Address {
    pub(super) config: Config,
    /// `None`: the address does not say.
    pub(super) tls: Option<TlsMode>,
    /// `sslrootcert`: a file of roots, or `system`.
    pub(super) roots: Option<String>,
}

/// How long a server may be silent on the network, unless the address says less.
const VANISHED: Duration = Duration::from_secs(60);

/// Options that this file reads; tokio-postgres knows none of their values.
const OURS: [&str; 2] = ["sslmode", "sslrootcert"];

/// Options that tokio-postgres reads. Only a name of this list is ever repeated in an error: anything else may be a piece of
/// a password with a `?` or `&` in it.
const THEIRS: [&str; 18] = [
    "application_name",
    "channel_binding",
    "connect_timeout",
    "dbname",
    "host",
    "hostaddr",
    "keepalives",
    "keepalives_idle",
    "keepalives_interval",
    "keepalives_retries",
    "load_balance_hosts",
    "options",
    "password",
    "port",
    "sslnegotiation",
    "target_session_attrs",
    "tcp_user_timeout",
    "user",
];

impl Address {
    pub(super) fn parse(text: &str) -> Result<Self> {
        let text = text.trim();
        if !text.starts_with("postgres://") && !text.starts_with("postgresql://") {
            return Err(refused("begins with postgres:// or postgresql://"));
        }
        let (base, query) = text.split_once('?').unwrap_or((text, ""));
        let (mut tls, mut roots, mut rest) = (None, None, Vec::new());
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            match name {
                "sslmode" => tls = Some(tls_mode(value)?),
                "sslrootcert" => roots = Some(decoded(value)),
                _ if THEIRS.contains(&name) => rest.push(pair),
                _ => {
                    return Err(refused(&format!(
                        "has an option that is not known here (or a `?` or `&` in its password that is not written %3F or %26). Known are {}, {}",
                        OURS.join(", "),
                        THEIRS.join(", ")
                    )));
                }
            }
        }
        let plain = if rest.is_empty() {
            base.to_owned()
        } else {
            format!("{base}?{}", rest.join("&"))
        };
        // Its error may quote what it could not read.
        let config: Config = plain.parse().map_err(|_| {
            refused("has a part that cannot be read: user, password, host, port, database or an option")
        })?;
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            return Err(refused("names a host"));
        }
        Ok(Self { config, tls, roots })
    }

    /// The mode that holds where none was asked for: the strictest, but for servers on this machine.
    pub(super) fn default_tls(&self) -> TlsMode {
        if self.is_local() {
            TlsMode::Disable
        } else {
            TlsMode::VerifyFull
        }
    }

    /// Settles what tokio-postgres decides by.
    pub(super) fn prepare(&mut self, tls: TlsMode, connect_timeout: Duration) {
        self.config.ssl_mode(match tls {
            TlsMode::Disable => SslMode::Disable,
            _ => SslMode::Require,
        });
        if tls == TlsMode::Disable {
            self.config.ssl_negotiation(SslNegotiation::Postgres);
        }
        if self.config.get_connect_timeout().is_none() {
            self.config.connect_timeout(connect_timeout);
        }
        // A peer that vanished without a word is noticed within a minute, instead of within hours.
        if self.config.get_keepalives_idle() > VANISHED {
            self.config.keepalives_idle(VANISHED);
        }
        if self.config.get_tcp_user_timeout().is_none() {
            self.config.tcp_user_timeout(VANISHED);
        }
        if self.config.get_application_name().is_none() {
            self.config.application_name("shutterkey");
        }
    }

    fn is_local(&self) -> bool {
        let hosts = self.config.get_hosts().iter().all(|host| match host {
            Host::Tcp(name) => matches!(name.as_str(), "localhost" | "127.0.0.1" | "::1"),
            #[cfg(unix)]
            Host::Unix(_) => true,
        });
        hosts && self.config.get_hostaddrs().iter().all(std::net::IpAddr::is_loopback)
    }
}

fn tls_mode(text: &str) -> Result<TlsMode> {
    Ok(match text {
        "disable" => TlsMode::Disable,
        "require" => TlsMode::Require,
        "verify-ca" => TlsMode::VerifyCa,
        "verify-full" => TlsMode::VerifyFull,
        "allow" | "prefer" => {
            return Err(refused(
                "has an sslmode that falls back to no encryption without a word: write disable, require or verify-full",
            ));
        }
        _ => {
            return Err(refused(
                "has an sslmode that is none: disable, require, verify-ca or verify-full",
            ));
        }
    })
}

fn decoded(value: &str) -> String {
    // A plus is a plus in such an address, and a space in a form.
    let form = format!("v={}", value.replace('+', "%2B"));
    form_urlencoded::parse(form.as_bytes())
        .next()
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

fn refused(why: &str) -> Error {
    Error::with_detail(ErrorCode::ConfigInvalid, format!("The database's address {why}."))
}

/// Where it leads, without who goes there.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hosts: Vec<_> = self
            .config
            .get_hosts()
            .iter()
            .map(|host| match host {
                Host::Tcp(name) => name.clone(),
                #[cfg(unix)]
                Host::Unix(path) => path.display().to_string(),
            })
            .collect();
        write!(
            f,
            "{}/{}",
            hosts.join(","),
            self.config.get_dbname().unwrap_or_default()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_leads_where_it_says_and_has_a_strict_mode_unless_the_server_is_here() {
        for (text, shown, tls) in [
            ("postgres://u:p@db.example/app", "db.example/app", TlsMode::VerifyFull),
            ("postgresql://u@localhost:6432/app", "localhost/app", TlsMode::Disable),
            (
                "postgres://u@%2Frun%2Fpostgresql/app",
                "/run/postgresql/app",
                TlsMode::Disable,
            ),
            (
                "postgres://u@a.example:1,localhost:2/app",
                "a.example,localhost/app",
                TlsMode::VerifyFull,
            ),
        ] {
            let address = Address::parse(text).unwrap();
            assert_eq!(
                (address.to_string(), address.default_tls()),
                (shown.to_owned(), tls),
                "{text}"
            );
        }
    }

    #[test]
    fn sslmode_and_roots_are_read_and_the_rest_goes_on() {
        let text = "postgres://u:p@h/d?sslmode=verify-ca&application_name=me&sslrootcert=%2Fetc%2Fa+b.pem";
        let address = Address::parse(text).unwrap();
        assert_eq!(address.tls, Some(TlsMode::VerifyCa));
        assert_eq!(address.roots.as_deref(), Some("/etc/a+b.pem"));
        assert_eq!(address.config.get_application_name(), Some("me"));
    }

    #[test]
    fn what_is_refused_is_not_repeated() {
        for text in [
            "",
            "mysql://u:canary-1234@h/d",
            "host=h password=canary-1234",
            "postgres://u:p?canary-1234@h/d",
            "postgres://u:p&canary-1234@h/d?x&canary-1234=1",
            "postgres://u:canary-1234@h:port/d",
            "postgres://u:canary-1234@h/d?sslmode=canary-1234",
            "postgres://u:canary-1234@h/d?sslmode=prefer",
            "postgres://u:canary-1234@h/d?connect_timeout=canary-1234",
            "postgres://u:canary-1234@/d",
        ] {
            let error = Address::parse(text).err().unwrap_or_else(|| panic!("{text}"));
            assert_eq!(error.code(), ErrorCode::ConfigInvalid, "{text}");
            assert!(!format!("{error} {error:?}").contains("canary"), "{error}");
        }
    }
}
