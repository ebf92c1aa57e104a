//! What to enter where, after the file is written.

use serde_json::{Value, json};
use shutterkey::login::{LoginMode, Reach, choose_mode_with};

use super::product;
use super::settings::Settings;
use super::write::Written;
use crate::args::{ProviderName, SecretName};
use crate::output::{GOOD, STRONG, Sheet, wrap};

/// One entry of a dashboard.
struct Entry {
    at: String,
    field: &'static str,
    value: String,
}

/// The rest of the way to a first login.
pub(super) struct Guide<'a> {
    settings: &'a Settings,
    written: &'a Written,
    entry: Entry,
    way: Option<(LoginMode, String)>,
}

impl<'a> Guide<'a> {
    pub(super) fn new(settings: &'a Settings, written: &'a Written) -> Self {
        let product = product::of(settings.provider);
        let reach = match (&settings.tls, &settings.listen) {
            (Some(_), _) => Reach::Certificate,
            (None, Some(_)) => Reach::Forwarded,
            (None, None) => Reach::Alone,
        };
        let at = match &settings.sandbox_url {
            Some(base) => format!("the app's own page in the sandbox, {base}/"),
            None => product.redirect_at.to_owned(),
        };
        Self {
            settings,
            written,
            entry: Entry {
                at,
                field: product.redirect_field,
                value: settings.redirect_uri.clone(),
            },
            way: settings.config().ok().map(|config| choose_mode_with(&config, reach)),
        }
    }

    /// For people.
    pub(super) fn text(&self, width: usize) -> String {
        let product = product::of(self.settings.provider);
        let secret = self.written.secret.as_ref().map(|(path, made)| {
            let how = if *made { "readable by you alone" } else { "as it was" };
            format!("{} ({how})", path.display())
        });
        let mut sheet = Sheet::new()
            .row("profile", self.written.profile.display().to_string())
            .maybe("app secret", secret);
        if let Some(path) = &self.written.gitignore {
            sheet = sheet.row("not in git", format!("by {}", path.display()));
        }
        let mut text = format!(
            "{GOOD}Configured{GOOD:#} for {STRONG}{}{STRONG:#}\n\n",
            self.settings.provider.as_str()
        );
        text.push_str(&sheet.render(width));
        let mut number = 0;
        let mut step = |words: String, copied: Option<&str>| {
            number += 1;
            text.push_str(&format!(
                "\n{STRONG}{number}.{STRONG:#} {}\n",
                wrap(&words, "   ", width)
            ));
            if let Some(copied) = copied {
                text.push_str(&format!("\n     {STRONG}{copied}{STRONG:#}\n"));
            }
        };
        let by_itself = self.settings.provider == ProviderName::Facebook
            && self.settings.sandbox_url.is_none()
            && self.settings.redirect_uri.starts_with("http:");
        if by_itself {
            step(
                format!(
                    "Nothing to register while the app is in development mode: Facebook takes {} by itself. For a live app, take an https address.",
                    self.settings.redirect_uri
                ),
                None,
            );
        } else {
            step(
                format!(
                    "{}: enter under \"{}\", save, and read the saved list back, since a slash may have been added:",
                    self.entry.at, self.entry.field
                ),
                Some(&self.entry.value),
            );
        }
        if let (Some(who), None) = (product.who, &self.settings.sandbox_url) {
            step(who.to_owned(), None);
        }
        match (self.settings.secret, self.is_in_file()) {
            (SecretName::Env, _) => step(
                format!(
                    "Set the {} in your shell, without it standing in the history:",
                    product.secret
                ),
                Some("read -rs SHUTTERKEY_CLIENT_SECRET && export SHUTTERKEY_CLIENT_SECRET"),
            ),
            (SecretName::Command, false) => {
                let line = format!(
                    "export SHUTTERKEY_CLIENT_SECRET_COMMAND='{}'",
                    self.settings
                        .secret_command
                        .as_deref()
                        .unwrap_or_default()
                        .replace('\'', "'\\''")
                );
                step(
                    "Name the command in your shell's startup file; a file in a project's folder starts no program:"
                        .to_owned(),
                    Some(&line),
                );
            }
            _ => {}
        }
        step("Log in:".to_owned(), Some("shutterkey login"));
        if let Some((_, why)) = &self.way {
            text.push_str(&format!("\n   {}\n", wrap(why, "   ", width)));
        }
        text
    }

    fn is_in_file(&self) -> bool {
        self.settings.secret == SecretName::Command
            && std::fs::read_to_string(&self.written.profile)
                .is_ok_and(|text| text.contains("\nclient_secret_command = "))
    }

    /// For programs.
    pub(super) fn object(&self) -> Value {
        let secret = match self.settings.secret {
            SecretName::File => "file",
            SecretName::Env => "env",
            SecretName::Command => "command",
            SecretName::None => "none",
        };
        json!({
            "config": self.written.profile.display().to_string(),
            "provider": self.settings.provider.as_str(),
            "client_id": self.settings.client_id,
            "redirect_uri": self.settings.redirect_uri,
            "scopes": self.settings.scopes,
            "secret": {
                "from": secret,
                "file": self.written.secret.as_ref().map(|(path, _)| path.display().to_string()),
            },
            "gitignore": self.written.gitignore.as_ref().map(|path| path.display().to_string()),
            "login_mode": self.way.as_ref().map(|(mode, _)| mode.as_str()),
            "register": { "at": self.entry.at, "field": self.entry.field, "value": self.entry.value },
        })
    }
}
