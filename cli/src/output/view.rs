//! One account, for people and for programs.

use serde_json::{Map, Value, json};
use shutterkey::account::Account;
use shutterkey::config::ClientIdKind;
use shutterkey::config::profile::StorePlace;
use shutterkey::{AccountKey, Expiry, Refreshable, ScopeSet, Timestamp, Token, TokenKind};

use super::{GOOD, STRONG, Sheet, in_words, masked, plain, when};

/// What a login or an import ended with.
pub(crate) struct Kept<'a> {
    pub(crate) verb: &'static str,
    pub(crate) name: &'a str,
    pub(crate) key: &'a AccountKey,
    pub(crate) account: &'a Account,
    pub(crate) token: &'a Token,
    pub(crate) missing: &'a ScopeSet,
    pub(crate) place: &'a StorePlace,
    pub(crate) sandbox: bool,
    pub(crate) now: Timestamp,
}

impl Kept<'_> {
    /// For people: what it is, how long it lives, where it is, and what to do with it.
    pub(crate) fn text(&self, width: usize) -> String {
        let account = self.account;
        let who = account
            .username
            .as_deref()
            .or(account.name.as_deref())
            .map_or_else(|| self.key.user_id.to_string(), plain);
        let platform = if self.sandbox {
            format!("{} (sandbox)", self.key.provider)
        } else {
            self.key.provider.clone()
        };
        let granted = self
            .token
            .scopes()
            .map(|scopes| scopes.join(' '))
            .filter(|scopes| !scopes.is_empty());
        let missing = (!self.missing.is_empty()).then(|| self.missing.join(' '));
        let sheet = Sheet::new()
            .row("account", format!("{} on {platform}", plain(self.name)))
            .row("user id", self.key.user_id.as_str())
            .row(
                "token",
                format!("{}, {}", masked(self.token.reveal()), kind_words(self.token.kind())),
            )
            .row("expires", expiry_words(self.token, self.now))
            .maybe("renewal", renewal_words(self.token, self.now))
            .maybe("granted", granted)
            .maybe("not granted", missing)
            .row("kept in", self.place.to_string());
        let flag = if self.name == "me" {
            String::new()
        } else {
            format!(" --account {}", shell_word(self.name))
        };
        let next = [
            (format!("shutterkey token{flag}"), "prints the token, live"),
            (format!("shutterkey whoami{flag}"), "asks the provider whose it is"),
        ];
        let mut text = format!("{GOOD}{}{GOOD:#} {STRONG}{who}{STRONG:#}\n\n", self.verb);
        text.push_str(&sheet.render(width));
        text.push('\n');
        text.push_str(&commands(&next, width));
        text
    }

    /// For programs.
    pub(crate) fn object(&self) -> Value {
        json!({
            "account": account_object(Some(self.name), self.key, self.account, self.sandbox),
            "token": token_object(self.token, self.now, Some(self.missing)),
            "store": self.place.to_string(),
        })
    }
}

/// Commands and what they do, in two columns; on a narrow terminal the second goes below the first.
fn commands(next: &[(String, &str)], width: usize) -> String {
    let length = |text: &str| text.chars().count();
    let longest = next.iter().map(|(command, _)| length(command)).max().unwrap_or(0);
    let fits = next.iter().all(|(_, what)| longest + length(what) + 4 <= width);
    let mut text = String::new();
    for (command, what) in next {
        let between = if fits {
            " ".repeat(longest - length(command) + 2)
        } else {
            "\n      ".to_owned()
        };
        text.push_str(&format!("  {STRONG}{command}{STRONG:#}{between}{what}\n"));
    }
    text
}

/// An account for programs. Ids are strings: they are above 2^53.
pub(crate) fn account_object(name: Option<&str>, key: &AccountKey, account: &Account, sandbox: bool) -> Value {
    json!({
        "name": name,
        "provider": key.provider,
        "app_id": (!ClientIdKind::is_unknown_app(&key.app_id)).then_some(&key.app_id),
        "user_id": key.user_id.as_str(),
        "app_scoped_id": account.app_scoped_id.as_ref().map(|id| id.as_str()),
        "username": account.username,
        "full_name": account.name,
        "account_type": account.account_type,
        "sandbox": sandbox,
    })
}

/// A token for programs, without its value.
pub(crate) fn token_object(token: &Token, now: Timestamp, missing: Option<&ScopeSet>) -> Value {
    let mut object = Map::new();
    object.insert("masked".to_owned(), json!(masked(token.reveal())));
    object.insert("kind".to_owned(), json!(token.kind().as_str()));
    object.insert(
        "issued_at".to_owned(),
        json!(token.issued_at().map(|at| at.to_string())),
    );
    let (expires_at, expires_in, expiry) = match token.expiry() {
        Expiry::At(at) => (Some(at.to_string()), Some(at.since(now)), "at"),
        Expiry::Never => (None, None, "never"),
        Expiry::Unknown => (None, None, "unknown"),
    };
    object.insert("expiry".to_owned(), json!(expiry));
    object.insert("expires_at".to_owned(), json!(expires_at));
    object.insert("expires_in".to_owned(), json!(expires_in));
    object.insert(
        "scopes".to_owned(),
        json!(token.scopes().map(|scopes| scopes.iter().collect::<Vec<_>>())),
    );
    if let Some(missing) = missing {
        object.insert("missing_scopes".to_owned(), json!(missing.iter().collect::<Vec<_>>()));
    }
    Value::Object(object)
}

fn kind_words(kind: TokenKind) -> &'static str {
    match kind {
        TokenKind::Short => "short-lived",
        TokenKind::Long => "long-lived",
        TokenKind::Page => "a Page's",
        TokenKind::SystemUser => "a system user's",
        TokenKind::Permanent => "without an end",
        _ => "bearer",
    }
}

/// When a token ends, in words.
pub(crate) fn expiry_words(token: &Token, now: Timestamp) -> String {
    match token.expiry() {
        Expiry::At(at) => format!("{}, {}", when(at), in_words(at, now)),
        Expiry::Never => "never by time".to_owned(),
        Expiry::Unknown => "not known yet; the first refresh tells".to_owned(),
    }
}

fn renewal_words(token: &Token, now: Timestamp) -> Option<String> {
    match token.refreshable(now) {
        Refreshable::Now => Some("whenever it is due, by `shutterkey token`".to_owned()),
        Refreshable::NotBefore(at) => Some(format!("by `shutterkey token` when due, from {} on", when(at))),
        Refreshable::Impossible(_) if token.expiry() == Expiry::Never => None,
        Refreshable::Impossible(_) => Some("none; log in again before it expires".to_owned()),
    }
}

/// A name as a shell takes it.
fn shell_word(name: &str) -> String {
    let simple = name
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '@'));
    if simple {
        name.to_owned()
    } else {
        format!("'{}'", plain(name).replace('\'', "'\\''"))
    }
}
