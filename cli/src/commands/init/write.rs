//! The profile file, the secret file, and the line that keeps it out of git.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};

use shutterkey::config::profile::ProfileFile;
use shutterkey::doctor::git::Tracking;
use shutterkey::{Endpoint, Secret};

use super::product;
use super::settings::Settings;
use crate::args::{Init, ProviderName, SecretName};
use crate::commands::doctor::git::tracking;
use crate::context::Context;
use crate::exit::{Failure, Outcome};
use crate::output::{Ui, plain};
use crate::private_file;
use crate::terminal::{Wanted, is_interactive, secret};

/// What was written.
pub(super) struct Written {
    pub(super) profile: PathBuf,
    /// The secret file, and whether it was made now.
    pub(super) secret: Option<(PathBuf, bool)>,
    pub(super) gitignore: Option<PathBuf>,
}

/// Writes everything, the secret first: a profile that names a file which is not there would stand in everybody's way.
pub(super) async fn write(
    context: &Context,
    options: &Init,
    settings: &Settings,
    mut profile: PathBuf,
) -> Outcome<Written> {
    let own = context.folders.config_file();
    if leads_elsewhere(settings) && profile != own {
        context.ui.warn(
            "A file in a project's folder can name servers on this machine alone, so this goes into your own configuration file.",
        );
        profile = own.clone();
        if profile.exists() && !options.force {
            return Err(Failure::usage(
                format!("There is {} already.", profile.display()),
                "Change it with an editor, or write it anew with --force.",
            ));
        }
    }
    let is_own = profile == own;
    let text = toml(settings, is_own);
    // What is written has to be what is read.
    ProfileFile::parse(&text)?;
    let secret = match settings.secret {
        SecretName::File => Some(secret_file(context.ui, settings).await?),
        _ => None,
    };
    let gitignore = match &secret {
        Some((path, _)) => keep_out_of_git(context.ui, path)?,
        None => None,
    };
    let written = if is_own {
        private_file::write(&profile, &text)
    } else {
        std::fs::write(&profile, &text)
    };
    written.map_err(|error| unwritable(&profile, &error))?;
    Ok(Written {
        profile,
        secret,
        gitignore,
    })
}

/// Whether an endpoint is on another machine.
fn leads_elsewhere(settings: &Settings) -> bool {
    settings.provider == ProviderName::Standard
        && settings.sandbox_url.is_none()
        && [&settings.authorize_url, &settings.token_url]
            .into_iter()
            .flatten()
            .any(|url| !Endpoint::parse(url).is_ok_and(|endpoint| endpoint.is_loopback()))
}

fn toml(settings: &Settings, own: bool) -> String {
    let product = product::of(settings.provider);
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let listed = |names: &[String]| {
        serde_json::Value::from(names.to_vec())
            .to_string()
            .replace("\",\"", "\", \"")
    };
    let path = |path: &Path| quoted(&path.display().to_string());
    let mut text = String::from("# Written by `shutterkey init`. It holds no secret.\n");
    let mut say = |line: String| {
        text.push_str(&line);
        text.push('\n');
    };
    say(format!("provider = {}", quoted(settings.provider.as_str())));
    if let Some(url) = &settings.sandbox_url {
        say(format!("sandbox_url = {}", quoted(url)));
    }
    say(format!("client_id = {}", quoted(&settings.client_id)));
    say(format!(
        "# To the letter as in {} ({}).",
        product.redirect_at, product.redirect_field
    ));
    say(format!("redirect_uri = {}", quoted(&settings.redirect_uri)));
    if !settings.scopes.is_empty() {
        say(format!("scopes = {}", listed(&settings.scopes)));
    }
    if let Some(response_type) = settings.response_type {
        say(format!("response_type = {}", quoted(response_type.as_str())));
    }
    match (settings.secret, &settings.secret_command) {
        (SecretName::File, _) => {
            say("# One line, readable by its owner alone, and not in git.".to_owned());
            say(format!(
                "client_secret_file = {}",
                path(&absolute_if(own, &settings.secret_file))
            ));
        }
        (SecretName::Command, Some(command)) if own => {
            let words: Vec<String> = command.split_whitespace().map(str::to_owned).collect();
            say(format!("client_secret_command = {}", listed(&words)));
        }
        (SecretName::Command, _) => say("# The app secret comes from SHUTTERKEY_CLIENT_SECRET_COMMAND.".to_owned()),
        (SecretName::Env, _) => say("# The app secret comes from SHUTTERKEY_CLIENT_SECRET.".to_owned()),
        (SecretName::None, _) => {}
    }
    if let Some((certificate, key)) = &settings.tls {
        say(format!("tls_cert = {}", path(&absolute_if(own, certificate))));
        say(format!("tls_key = {}", path(&absolute_if(own, key))));
    }
    if let Some(listen) = &settings.listen {
        say(format!("listen = {}", quoted(listen)));
    }
    if let (None, Some(authorize), Some(token)) = (&settings.sandbox_url, &settings.authorize_url, &settings.token_url)
    {
        say(format!(
            "\n[server]\nauthorize = {}\ntoken = {}",
            quoted(authorize),
            quoted(token)
        ));
    }
    text
}

/// The person's own file holds for every folder, so its paths may not depend on one.
fn absolute_if(own: bool, path: &Path) -> PathBuf {
    match own {
        true => std::path::absolute(path).unwrap_or_else(|_| path.to_owned()),
        false => path.to_owned(),
    }
}

/// The file with the secret: the one that is there, or one that is made from what is pasted or piped.
async fn secret_file(ui: Ui, settings: &Settings) -> Outcome<(PathBuf, bool)> {
    let path = settings.secret_file.clone();
    let product = product::of(settings.provider);
    if path.exists() {
        check_private(&path)?;
        ui.note(&format!("The {} is the one in {}.", product.secret, path.display()));
        return Ok((path, false));
    }
    let wanted = Wanted {
        what: "app secret",
        how: "Paste it when asked, give it through a pipe, or choose --secret env.",
    };
    let text: Secret = secret(ui, &format!("the {}", product.secret), wanted).await?;
    if is_interactive() {
        ui.show("");
    }
    if text.reveal().len() > 1_024 || text.reveal().chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err(Failure::input(
            "That is no app secret: it has several words or lines.",
            "Copy the secret alone.",
        ));
    }
    let line = zeroize::Zeroizing::new(format!("{}\n", text.reveal()));
    private_file::write(&path, &line).map_err(|error| unwritable(&path, &error))?;
    Ok((path, true))
}

#[cfg(unix)]
fn check_private(path: &Path) -> Outcome {
    use std::os::unix::fs::MetadataExt;
    let mode = std::fs::metadata(path)
        .map_err(|error| unwritable(path, &error))?
        .mode();
    if mode & 0o077 == 0 {
        return Ok(());
    }
    Err(Failure::from(shutterkey::Error::with_detail(
        shutterkey::ErrorCode::StoreRefused,
        format!(
            "The secret file {} can be read by others; run chmod 600 on it.",
            path.display()
        ),
    )))
}

#[cfg(not(unix))]
fn check_private(_path: &Path) -> Outcome {
    Ok(())
}

/// Adds the secret file to the `.gitignore` beside it, if it lies in a git repository that would take it. Answers the file
/// when it was changed or has the line, and the secret is in fact not in git.
fn keep_out_of_git(ui: Ui, secret: &Path) -> Outcome<Option<PathBuf>> {
    let tracking = tracking(secret);
    if tracking == Tracking::NoRepository {
        return Ok(None);
    }
    if tracking == Tracking::Tracked {
        ui.warn(&format!(
            "{} is in git: everybody with the repository has the secret. Run `git rm --cached` on it, and reset the secret in the App Dashboard.",
            plain(&secret.display().to_string())
        ));
    }
    let whole = std::path::absolute(secret).map_err(|error| unwritable(secret, &error))?;
    let (Some(folder), Some(name)) = (whole.parent(), whole.file_name().and_then(|name| name.to_str())) else {
        return Ok(None);
    };
    // As people would write it, where the file lies in the current folder.
    let ignore = match secret.parent() {
        Some(here) if secret.is_relative() => here.join(".gitignore"),
        _ => folder.join(".gitignore"),
    };
    let before = match std::fs::read_to_string(&ignore) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(unwritable(&ignore, &error)),
    };
    let entry = format!("/{name}");
    let has_line = before.lines().any(|line| line.trim() == entry || line.trim() == name);
    if has_line || tracking == Tracking::Ignored {
        return Ok((has_line && tracking == Tracking::Ignored).then_some(ignore));
    }
    let lead = if before.is_empty() || before.ends_with('\n') {
        ""
    } else {
        "\n"
    };
    OpenOptions::new()
        .append(true)
        .create(true)
        .open(&ignore)
        .and_then(|mut file| file.write_all(format!("{lead}{entry}\n").as_bytes()))
        .map_err(|error| unwritable(&ignore, &error))?;
    Ok((tracking == Tracking::NotIgnored).then_some(ignore))
}

fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::from(shutterkey::Error::with_detail(
        shutterkey::ErrorCode::StoreRefused,
        format!("{} cannot be written: {}.", path.display(), error.kind()),
    ))
    .hinting("Check that the folder is yours.")
}
