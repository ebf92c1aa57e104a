//! Taking in the accounts of a whole fleet, a line each, without asking the provider about any.

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use zeroize::Zeroizing;

use super::Keeping;
use crate::account::{Account, AccountKey, AppScopedId, check_alias};
use crate::clock::Timestamp;
use crate::config::ClientConfig;
use crate::error::{Error, ErrorCode, Result};
use crate::operation::{self, Operation, TakeIn, Taken};
use crate::protocol::request::check_destination;
use crate::protocol::token::{Expiry, Token, TokenKind};
use crate::scope::ScopeSet;

/// How lines are taken in.
#[derive(Clone, Debug)]
#[must_use = "options do nothing until they are given to an import"]
pub struct ImportOptions {
    pub(crate) dry_run: bool,
    pub(crate) spread: Duration,
}

impl Default for ImportOptions {
    fn default() -> Self {
        Self {
            dry_run: false,
            spread: Duration::from_secs(86_400),
        }
    }
}

impl ImportOptions {
    /// Lines are stored, and what is due at once is due within a day.
    pub fn new() -> Self {
        Self::default()
    }

    /// Tells what would become of each line, and writes nothing.
    pub fn dry_run(mut self) -> Self {
        self.dry_run = true;
        self
    }

    /// Over how long a time the refreshes are spread of accounts that are due when they are taken in, so that a fleet does not
    /// come due in one moment; never beyond half of what is left of a token's life. A day, unless said otherwise.
    pub fn spread(mut self, time: Duration) -> Self {
        self.spread = time;
        self
    }
}

/// What a line may say. Moments are seconds since 1970.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    user_id: Id,
    access_token: Zeroizing<String>,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    kind: Option<TokenKind>,
    #[serde(default)]
    issued_at: Option<Timestamp>,
    #[serde(default)]
    expires_at: Option<Timestamp>,
    #[serde(default)]
    data_access_until: Option<Timestamp>,
    #[serde(default)]
    scopes: Option<ScopeSet>,
    #[serde(default)]
    refresh_token: Option<Zeroizing<String>>,
    #[serde(default)]
    app_scoped_id: Option<Id>,
    #[serde(default)]
    username: Option<String>,
}

/// An id as text or as a number, which is taken exactly.
#[derive(Deserialize)]
#[serde(untagged)]
enum Id {
    Text(String),
    Number(u64),
}

impl Id {
    fn into_text(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::Number(number) => number.to_string(),
        }
    }
}

fn read(config: &ClientConfig, line: &str) -> Result<(Account, Token, Option<String>)> {
    let line: Line = serde_json::from_str(line).map_err(|error| unreadable(&error))?;
    if let Some(name) = &line.name {
        check_alias(name)?;
    }
    let value = line.access_token.as_str().into();
    let token = operation::taken(config, &value, line.kind, line.expires_at.map(Expiry::At))?;
    check_destination(config.provider(), &token)?;
    let token = token
        .renewed(token.reveal().into())
        .scopes(line.scopes)
        .issued_at(line.issued_at)
        .data_access_until(line.data_access_until)
        .refresh_token(line.refresh_token.map(|text| text.as_str().into()))
        .build()?;
    let mut account = Account::new(line.user_id.into_text().try_into()?);
    account.app_scoped_id = line
        .app_scoped_id
        .map(|id| AppScopedId::try_from(id.into_text()))
        .transpose()?;
    account.username = line.username;
    Ok((account, token, line.name))
}

/// Says where a line is wrong without repeating what it holds: serde quotes values, and one of them is a token.
fn unreadable(error: &serde_json::Error) -> Error {
    let words = error.to_string();
    let told = ["missing field", "unknown field", "duplicate field"]
        .iter()
        .any(|start| words.starts_with(start));
    let what = if told {
        let (what, _) = words.rsplit_once(" at line ").unwrap_or((&words, ""));
        format!("There is a {}.", crate::error::printable(what))
    } else {
        format!("It is not as it should be at column {}.", error.column())
    };
    Error::with_detail(ErrorCode::AccountImportLine, what)
}

impl Keeping {
    /// Takes in one account of a fleet: a JSON object with `user_id` and `access_token`, and what else is known: `name` (the
    /// caller's own), `kind`, `issued_at`, `expires_at` and `data_access_until` (seconds since 1970), `scopes`, `refresh_token`,
    /// `app_scoped_id`, `username`.
    ///
    /// The provider is not asked: whoever has the file vouches for whose each token is and for which app it was made. Never take lines
    /// from devices, or from anybody else whose word does not count; [`ImportToken::from_device`](super::ImportToken::from_device) is for those.
    ///
    /// Doing it again changes nothing, so a file that was cut short is simply begun again.
    ///
    /// # Errors
    /// `account.import_line`, `account.name`; `token.malformed`, `token.invalid`, `token.sandbox`; the `store` family.
    pub fn import_line(self: &Arc<Self>, line: &str, options: &ImportOptions) -> Operation<ImportedLine> {
        let read = read(&self.config, line);
        let (keeping, options) = (Arc::clone(self), options.clone());
        Operation::new(|io| async move {
            let (account, token, name) = read?;
            let key = keeping.key_of(account.user_id.clone());
            let taken = operation::take_in(TakeIn {
                config: keeping.config.clone(),
                namespace: keeping.namespace.clone(),
                account,
                token,
                alias: name.clone(),
                spread: options.spread,
                dry_run: options.dry_run,
            });
            let taken = io.perform(taken).await?;
            if !options.dry_run {
                keeping.memory.forget_account(&key);
                if let Some(name) = name {
                    keeping.memory.unname(&name);
                }
            }
            Ok(ImportedLine { account: key, taken })
        })
    }
}

/// What became of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ImportedLine {
    /// The account.
    pub account: AccountKey,
    /// What was done with it, or would be in a dry run.
    pub taken: Taken,
}
