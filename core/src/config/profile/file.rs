//! `shutterkey.toml`.

use std::path::Path;

use serde::Deserialize;

use crate::config::Endpoint;
use crate::error::{Error, ErrorCode, Result};
use crate::provider::Provider;

/// The largest profile that is read, in bytes.
const CAP: u64 = 64 << 10;

/// A profile file. Unknown settings are refused, so that a misspelt one is noticed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ProfileFile {
    /// `instagram`, `facebook`, `threads`, `legacy` or `standard`.
    pub provider: Option<String>,
    /// The client id.
    pub client_id: Option<String>,
    /// The path of a file with the app secret, readable by its owner alone.
    pub client_secret_file: Option<String>,
    /// A program with its arguments that prints the app secret; run from the user's own file alone.
    pub client_secret_command: Option<Vec<String>>,
    /// The redirect URI.
    pub redirect_uri: Option<String>,
    /// The scopes.
    pub scopes: Option<Vec<String>>,
    /// Whether unknown scopes pass.
    pub allow_unknown_scopes: Option<bool>,
    /// `code` or `token`.
    pub response_type: Option<String>,
    /// A sandbox's address.
    pub sandbox_url: Option<String>,
    /// A port or address of this machine to take forwarded answers at.
    pub listen: Option<String>,
    /// The path of a certificate for an https redirect URI on this machine.
    pub tls_cert: Option<String>,
    /// The path of its key.
    pub tls_key: Option<String>,
    /// The store's folder, `postgres` or `keychain`; read from the user's own file alone, as are the next four.
    pub store: Option<String>,
    /// The address of a PostgreSQL store, without a password.
    pub database_url: Option<String>,
    /// The path of a file with the address, readable by its owner alone.
    pub database_url_file: Option<String>,
    /// The path of a file with the keys that a PostgreSQL store seals with.
    pub seal_keys_file: Option<String>,
    /// The namespace of the command's accounts in the store.
    pub namespace: Option<String>,
    /// A standard server.
    pub server: Option<Server>,
}

/// A standard server's endpoints.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Server {
    /// RFC 8414 issuer.
    pub issuer: Option<String>,
    /// Whether every response carries `iss`.
    #[serde(default)]
    pub iss_promised: bool,
    /// Authorization endpoint.
    pub authorize: Option<String>,
    /// Token endpoint.
    pub token: Option<String>,
    /// Revocation endpoint.
    pub revoke: Option<String>,
    /// Identity endpoint.
    pub identity: Option<String>,
    /// The member of its answer that holds the id: `id`, `sub` or `user_id`.
    pub identity_member: Option<String>,
    /// Sends no PKCE challenge.
    #[serde(default)]
    pub without_pkce: bool,
}

impl ProfileFile {
    /// Reads TOML.
    ///
    /// # Errors
    /// `config.secret_in_file` when any setting looks like a secret; `config.invalid` for anything that is not a profile.
    pub fn parse(text: &str) -> Result<Self> {
        let table: toml::Table = text.parse().map_err(|_| invalid("is not TOML"))?;
        refuse_secrets(&table)?;
        table.try_into().map_err(|error: toml::de::Error| {
            // The message names the setting; it could also quote a value, which may be a secret under another name.
            let known = error
                .message()
                .split('`')
                .nth(1)
                .filter(|name| name.len() < 40)
                .unwrap_or_default();
            if error.message().starts_with("unknown field") {
                invalid(&format!("has a setting {known} that shutterkey does not know"))
            } else {
                invalid("has a setting of the wrong type")
            }
        })
    }

    /// Reads a file; `None` when there is none.
    ///
    /// # Errors
    /// As [`Self::parse`]; `config.invalid` for a file that cannot be read.
    pub fn read(path: &Path) -> Result<Option<Self>> {
        match std::fs::metadata(path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Ok(metadata) if metadata.is_file() && metadata.len() <= CAP => {}
            _ => {
                return Err(invalid(&format!(
                    "{} is not a readable file of at most 64 KiB",
                    path.display()
                )));
            }
        }
        let text = std::fs::read_to_string(path)
            .map_err(|error| invalid(&format!("{} cannot be read: {}", path.display(), error.kind())))?;
        Self::parse(&text).map(Some)
    }
}

fn invalid(why: &str) -> Error {
    Error::with_detail(ErrorCode::ConfigInvalid, format!("The configuration file {why}."))
}

/// A secret under any name, at any depth: `client_secret`, `app_secret`, `access_token`, `password`, `seal_key`, …; and an
/// address with a password in it.
fn refuse_secrets(table: &toml::Table) -> Result<()> {
    for (name, value) in table {
        let lower = name.to_ascii_lowercase();
        let named_so = [
            "secret",
            "password",
            "access_token",
            "refresh_token",
            "api_key",
            "seal_key",
        ]
        .iter()
        .any(|word| lower.contains(word));
        let named_so = named_so && !lower.ends_with("_file") && lower != "client_secret_command";
        if named_so || value.as_str().is_some_and(has_password) {
            return Err(Error::with_detail(
                ErrorCode::ConfigSecretInFile,
                format!(
                    "The configuration file has {}, which belongs into the environment.",
                    crate::error::printable(name)
                ),
            ));
        }
        if let toml::Value::Table(inner) = value {
            refuse_secrets(inner)?;
        }
    }
    Ok(())
}

/// Whether an address holds a password: `scheme://user:password@host`, or a parameter of that name.
fn has_password(address: &str) -> bool {
    let Some((_, rest)) = address.split_once("://") else {
        return false;
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    // A password that is not percent-encoded may hold what ends an authority.
    let in_user = |part: &str| part.rsplit_once('@').is_some_and(|(user, _)| user.contains(':'));
    in_user(authority) || in_user(rest) || rest.to_ascii_lowercase().contains("password=")
}

impl Server {
    /// The provider. From a file that was not trusted explicitly, endpoints are on this machine.
    pub(super) fn provider(&self, trusted: bool) -> Result<Provider> {
        let endpoints = [&self.issuer, &self.authorize, &self.token, &self.revoke, &self.identity];
        for url in endpoints.into_iter().flatten() {
            if !trusted && !Endpoint::parse(url)?.is_loopback() {
                return Err(Error::with_detail(
                    ErrorCode::ConfigInsecureEndpoint,
                    "The configuration file of this folder points an endpoint at another machine; put it into your own configuration file, or trust it explicitly.",
                ));
            }
        }
        let mut builder = Provider::standard();
        if let Some(issuer) = &self.issuer {
            builder = builder.issuer(issuer, self.iss_promised);
        }
        if let Some(url) = &self.authorize {
            builder = builder.authorize_endpoint(url);
        }
        if let Some(url) = &self.token {
            builder = builder.token_endpoint(url);
        }
        if let Some(url) = &self.revoke {
            builder = builder.revocation_endpoint(url);
        }
        if let Some(url) = &self.identity {
            builder = builder.identity_endpoint(url, self.identity_member.as_deref().unwrap_or("id"));
        }
        if self.without_pkce {
            builder = builder.without_pkce();
        }
        builder.build()
    }
}
