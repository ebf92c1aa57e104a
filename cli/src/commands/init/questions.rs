//! The questions, each with its default in brackets and its answer checked at once.

use clap::ValueEnum;

use super::product::{self, Product};
use super::provider;
use super::settings::Settings;
use crate::args::{Init, ProviderName, SecretName};
use crate::exit::Outcome;
use crate::output::{DIM, STRONG, Ui, plain, wrap};
use crate::terminal::{Input, line};

/// Where the input ends before the questions do.
const UNANSWERED: &str = "Nothing was written. Begin again, or give the answers as flags: `shutterkey init --help`.";

/// Asks what the flags do not say.
pub(super) async fn ask(ui: Ui, options: &Init) -> Outcome<Settings> {
    let mut asker = Asker {
        ui,
        input: Input::begin(),
    };
    ui.note("A few questions; Enter takes what stands in brackets, Ctrl-C writes nothing. To try it without an app of your own: shutterkey login --sandbox");
    let provider = match options.provider {
        Some(provider) => provider,
        None => asker.provider().await?,
    };
    let product = product::of(provider);
    let mut settings = Settings::begun(options, provider);
    asker.server(options, &mut settings).await?;
    if options.client_id.is_none() {
        settings.client_id = asker.client_id(&settings, &product).await?;
    }
    settings.check_client_id(&settings.client_id)?;
    if options.redirect_uri.is_none() {
        settings.redirect_uri = asker.redirect_uri(&settings, &product).await?;
    }
    if options.scope.is_empty() {
        settings.scopes = asker.scopes(&settings).await?;
    }
    if options.secret.is_none() && options.secret_file.is_none() && options.secret_command.is_none() {
        settings.secret = asker.secret(&settings, &product, options.own).await?;
    }
    if settings.secret == SecretName::Command && settings.secret_command.is_none() {
        settings.secret_command = Some(asker.command().await?);
    }
    settings.check()?;
    Ok(settings)
}

struct Asker {
    ui: Ui,
    input: Input,
}

impl Asker {
    /// A heading and what explains it.
    fn head(&self, heading: &str, words: &str) {
        let mut text = format!("\n{STRONG}{heading}{STRONG:#}");
        if !words.is_empty() {
            text.push_str(&format!("\n  {}", wrap(words, "  ", self.ui.prose_width())));
        }
        self.ui.show(&text);
    }

    /// One of several: its number or its name.
    fn choice(&self, number: usize, name: &str, words: &str) {
        let width = self.ui.prose_width();
        // Below the name where a second column would be a word wide.
        let (lead, indent) = match width {
            0..50 => (format!("  {number:>2}  {name}\n      "), 6),
            _ => (format!("  {number:>2}  {name:<10}  "), 18),
        };
        let words = wrap(words, &" ".repeat(indent), width);
        self.ui.show(&format!("{lead}{DIM}{words}{DIM:#}"));
    }

    /// Asks until an answer passes.
    async fn until<T>(&mut self, default: &str, mut take: impl FnMut(&str) -> Outcome<T>) -> Outcome<T> {
        loop {
            match default {
                "" => self.ui.prompt("> "),
                default => self.ui.prompt(&format!("{DIM}[{default}]{DIM:#} > ")),
            }
            let typed = line(&mut self.input, UNANSWERED).await?;
            let answer = if typed.is_empty() { default } else { typed.as_str() };
            match take(answer) {
                Ok(taken) => return Ok(taken),
                Err(failure) => self.ui.explain(&failure.message, &failure.hint),
            }
        }
    }

    async fn provider(&mut self) -> Outcome<ProviderName> {
        self.head("Which platform is the token for?", "");
        let all = ProviderName::value_variants();
        for (index, name) in all.iter().enumerate() {
            let help = name
                .to_possible_value()
                .and_then(|value| value.get_help().map(ToString::to_string));
            self.choice(index + 1, name.as_str(), &help.unwrap_or_default());
        }
        let names: Vec<&str> = all.iter().map(|name| name.as_str()).collect();
        let index = self.until("1", |answer| picked(answer, &names)).await?;
        Ok(all.get(index).copied().unwrap_or(ProviderName::Instagram))
    }

    /// The address of what has none of its own: a sandbox, a server.
    async fn server(&mut self, options: &Init, settings: &mut Settings) -> Outcome {
        if settings.provider == ProviderName::Legacy && options.sandbox_url.is_none() {
            self.head(
                "Which sandbox plays it?",
                "The platform was switched off in 2020; `shutterkey sandbox` plays it on this machine.",
            );
            let default = settings.sandbox_url.clone().unwrap_or_default();
            let check = settings.clone();
            let url = self
                .until(&default, |answer| {
                    let settings = Settings {
                        sandbox_url: Some(answer.to_owned()),
                        ..check.clone()
                    };
                    provider(&settings).map(|_| answer.to_owned())
                })
                .await?;
            settings.sandbox_url = Some(url);
        }
        if settings.provider == ProviderName::Standard && settings.sandbox_url.is_none() {
            for which in ["authorization endpoint", "token endpoint"] {
                let is_authorize = which.starts_with('a');
                let known = if is_authorize {
                    &settings.authorize_url
                } else {
                    &settings.token_url
                };
                if known.is_some() {
                    continue;
                }
                self.head(
                    &format!("The server's {which}?"),
                    "Its documentation or its /.well-known/oauth-authorization-server names it.",
                );
                let url = self
                    .until("", |answer| {
                        Ok(shutterkey::Endpoint::parse(answer)?.as_str().to_owned())
                    })
                    .await?;
                if is_authorize {
                    settings.authorize_url = Some(url);
                } else {
                    settings.token_url = Some(url);
                }
            }
        }
        Ok(())
    }

    async fn client_id(&mut self, settings: &Settings, product: &Product) -> Outcome<String> {
        self.head(&format!("The {}?", product.app_id), product.app_id_at);
        self.until("", |answer| {
            settings.check_client_id(answer).map(|()| answer.to_owned())
        })
        .await
    }

    async fn redirect_uri(&mut self, settings: &Settings, product: &Product) -> Outcome<String> {
        self.head("The redirect URI?", product.why);
        self.until(product.redirect_uri, |answer| {
            settings.check_redirect_uri(answer).map(|()| answer.to_owned())
        })
        .await
    }

    async fn scopes(&mut self, settings: &Settings) -> Outcome<Vec<String>> {
        let table = provider(settings)?.data().scopes;
        if table.open {
            self.head(
                "Which scopes?",
                "Names with spaces or commas between them; the server's documentation has them.",
            );
        } else {
            self.head(
                "Which permissions?",
                "Numbers or names, with spaces or commas between them. Each has to be added to the app's use case too.",
            );
            for (index, name) in table.known.iter().enumerate() {
                self.ui.show(&format!("  {:>2}  {name}", index + 1));
            }
        }
        let numbers: Vec<String> = settings
            .scopes
            .iter()
            .filter_map(|scope| table.known.iter().position(|known| known == scope))
            .map(|index| (index + 1).to_string())
            .collect();
        self.until(&numbers.join(" "), |answer| {
            let mut scopes: Vec<String> = Vec::new();
            for word in answer.split([',', ' ']).filter(|word| !word.is_empty()) {
                let name = match word.parse::<usize>() {
                    Ok(number) if !table.known.is_empty() => table
                        .known
                        .get(number.wrapping_sub(1))
                        .map(|name| (*name).to_owned())
                        .ok_or_else(|| not_one(word, table.known.len()))?,
                    _ => word.to_owned(),
                };
                if !scopes.contains(&name) {
                    scopes.push(name);
                }
            }
            // Without it a login of the product makes no sense.
            if let Some(base) = table.base.filter(|base| !scopes.iter().any(|scope| scope == base)) {
                scopes.insert(0, base.to_owned());
            }
            settings.check_scopes(&scopes).map(|()| scopes)
        })
        .await
    }

    async fn secret(&mut self, settings: &Settings, product: &Product, own: bool) -> Outcome<SecretName> {
        self.head(
            &format!("Where does the {} come from?", product.secret),
            "It is never in the profile file, and never on a command line.",
        );
        let file = format!(
            "{}, readable by you alone and kept out of git; you paste the secret next",
            settings.secret_file.display()
        );
        let command = match own {
            true => "a password manager's command that prints it",
            false => "a password manager's command that prints it, named by SHUTTERKEY_CLIENT_SECRET_COMMAND",
        };
        self.choice(1, "file", &file);
        self.choice(
            2,
            "env",
            "the variable SHUTTERKEY_CLIENT_SECRET, which you set yourself",
        );
        self.choice(3, "command", command);
        let mut names = vec!["file", "env", "command"];
        if settings.provider == ProviderName::Standard {
            self.choice(4, "none", "a public client, which has none");
            names.push("none");
        }
        let index = self.until("1", |answer| picked(answer, &names)).await?;
        Ok(match names.get(index) {
            Some(&"env") => SecretName::Env,
            Some(&"command") => SecretName::Command,
            Some(&"none") => SecretName::None,
            _ => SecretName::File,
        })
    }

    async fn command(&mut self) -> Outcome<String> {
        self.head(
            "Which command?",
            "A program with its arguments, started without a shell; its first line is the secret.",
        );
        self.until("", |answer| match answer {
            "" => Err(crate::exit::Failure::usage(
                "There is no command.",
                "For example: pass show instagram/app-secret",
            )),
            answer => Ok(answer.to_owned()),
        })
        .await
    }
}

fn picked(answer: &str, names: &[&str]) -> Outcome<usize> {
    let by_number = answer.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
    by_number
        .filter(|index| *index < names.len())
        .or_else(|| names.iter().position(|name| name.eq_ignore_ascii_case(answer)))
        .ok_or_else(|| not_one(answer, names.len()))
}

fn not_one(answer: &str, count: usize) -> crate::exit::Failure {
    crate::exit::Failure::usage(
        format!("\"{}\" is none of them.", plain(answer)),
        format!("Give a number from 1 to {count}, or a name."),
    )
}

/// Waits until the person has entered what they were told.
pub(crate) async fn when_entered(ui: Ui) -> Outcome {
    ui.prompt(&format!(
        "\n{STRONG}Press Enter when the dashboard has it{STRONG:#}; the browser opens then. > "
    ));
    let without = "What was entered is written. When the dashboard has it too, run `shutterkey login`.";
    line(&mut Input::begin(), without).await?;
    Ok(())
}

/// Whether to ask at all, when a login finds no configuration.
pub(crate) async fn wants_to_begin(ui: Ui) -> Outcome<bool> {
    ui.note("No app is configured here yet. `shutterkey init` asks the few questions that a login needs.");
    ui.prompt(&format!("{STRONG}Answer them now?{STRONG:#} {DIM}[Y/n]{DIM:#} > "));
    let answer = line(&mut Input::begin(), UNANSWERED).await?;
    Ok(answer.is_empty() || answer.to_ascii_lowercase().starts_with('y'))
}
