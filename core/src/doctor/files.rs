//! The files of a configuration, and its variables.

use std::path::Path;

use super::git::Tracking;
use super::report::{Area, Report};
use super::{Examined, SeenFile};
use crate::config::profile::{ProfileFile, Sources, VARIABLES, is_open};
use crate::error::{Error, ErrorCode, printable, visible};
use crate::explain::{Finding, within};
use crate::secret::Secret;

const AREA: Area = Area::Files;

/// Checks the files; what they hold, for the checks that follow.
pub(super) fn check(seen: &Examined, report: &mut Report) -> Sources {
    let profile_file = seen.profile_file.as_ref().and_then(|file| read(file, report));
    let user_file = seen.user_file.as_ref().and_then(|file| read(file, report));
    if let Some(named) = seen.variable("SHUTTERKEY_CONFIG")
        && seen.profile_file.is_none()
    {
        let detail = format!("There is no file {}, which SHUTTERKEY_CONFIG names.", printable(named));
        report.find(AREA, Finding::of(&Error::with_detail(ErrorCode::ConfigMissing, detail)));
    }
    if profile_file.as_ref().is_some_and(names_a_store) {
        report.find(
            AREA,
            Finding::note(
                "config.store_ignored",
                "The profile file names a store, which is not read from there: it may come with somebody else's project.",
                "Set SHUTTERKEY_STORE, or store in your own config.toml.",
            ),
        );
    }
    if profile_file
        .as_ref()
        .is_some_and(|file| file.client_secret_command.is_some())
    {
        report.find(
            AREA,
            Finding::note(
                "config.command_ignored",
                "The profile file names a command for the app secret, which is not started from there: it may come with somebody else's project.",
                "Set SHUTTERKEY_CLIENT_SECRET_COMMAND, or client_secret_command in your own config.toml.",
            ),
        );
    }
    variables(seen, report);
    let sources = Sources {
        environment: seen.environment.clone(),
        profile_file,
        user_file,
        secret_file: seen.secret_file.as_ref().and_then(secret_of),
        trust_endpoints: false,
    };
    let is_configured = sources.profile_file.is_some() || sources.user_file.is_some();
    if !is_configured && seen.variable("SHUTTERKEY_CLIENT_ID").is_none() && report.is_well(AREA) {
        report.find(
            AREA,
            Finding::note(
                "config.none",
                "No app is configured: there is no shutterkey.toml here, no config.toml of your own, and no SHUTTERKEY_CLIENT_ID.",
                "`shutterkey init` asks what is needed and writes one. `shutterkey login --sandbox` and `shutterkey import` need none.",
            ),
        );
    }
    if let Some(file) = &seen.secret_file {
        secret_file(file, report);
    } else if let Some(path) = sources.secret_path() {
        let detail = format!("There is no secret file {}.", shown(&path));
        report.find(
            AREA,
            Finding::of(&Error::with_detail(ErrorCode::ConfigSecretMissing, detail)),
        );
    }
    sources
}

fn names_a_store(file: &ProfileFile) -> bool {
    [
        &file.store,
        &file.database_url,
        &file.database_url_file,
        &file.seal_keys_file,
        &file.namespace,
    ]
    .into_iter()
    .any(Option::is_some)
}

fn read(file: &SeenFile, report: &mut Report) -> Option<ProfileFile> {
    let text = match &file.content {
        Ok(text) => text,
        Err(why) => {
            let detail = format!("The configuration file {} cannot be read: {why}.", shown(&file.path));
            report.find(AREA, Finding::of(&Error::with_detail(ErrorCode::ConfigInvalid, detail)));
            return None;
        }
    };
    let holds_token = within::tokens(text.reveal()).next().is_some();
    if holds_token {
        report.find(
            AREA,
            Finding::problem(
                ErrorCode::ConfigSecretInFile.as_str(),
                format!("The configuration file {} holds a token.", shown(&file.path)),
                "Take it out and keep it with `shutterkey import`. If the file was shared, log in again.",
            )
            .pain(21),
        );
    }
    match ProfileFile::parse(text.reveal()) {
        Ok(parsed) => {
            if !holds_token {
                report.ok(AREA, format!("{} can be read and holds no secret", shown(&file.path)));
            }
            Some(parsed)
        }
        Err(error) => {
            let mut finding = Finding::of(&error);
            finding.says = format!("{} ({})", finding.says, shown(&file.path)).into();
            if error.code() == ErrorCode::ConfigSecretInFile && file.git == Tracking::Tracked {
                finding.advice = format!(
                    "The file is in git: reset the secret in the App Dashboard, since everybody with the repository has it. {}",
                    finding.advice
                )
                .into();
            }
            report.find(AREA, finding);
            None
        }
    }
}

/// Somebody else's project may name a path that moves the terminal.
fn shown(path: &Path) -> String {
    visible(&path.display().to_string())
}

/// The secret as the profile takes it: one line, without its end.
fn secret_of(file: &SeenFile) -> Option<Secret> {
    let text = file.content.as_ref().ok()?;
    Some(Secret::from(text.reveal().trim_end_matches(['\r', '\n'])))
}

fn secret_file(file: &SeenFile, report: &mut Report) {
    let path = shown(&file.path);
    if let Err(why) = &file.content {
        let detail = format!("The secret file {path} cannot be read: {why}.");
        return report.find(AREA, Finding::of(&Error::with_detail(ErrorCode::StoreRefused, detail)));
    }
    if let Some(mode) = file.mode.filter(|mode| is_open(*mode, file.owner.unwrap_or(u32::MAX))) {
        report.find(
            AREA,
            Finding::problem(
                ErrorCode::StoreRefused.as_str(),
                format!(
                    "The secret file {path} can be read by others (mode {:04o}).",
                    mode & 0o7777
                ),
                format!("Run: chmod 600 {path}"),
            )
            .pain(21),
        );
    }
    match file.git {
        Tracking::Tracked => report.find(
            AREA,
            Finding::problem(
                "config.secret_in_git",
                format!("The secret file {path} is in git: everybody with the repository has the secret."),
                "Run `git rm --cached` on it, add it to .gitignore, and reset the secret in the App Dashboard.",
            )
            .pain(21),
        ),
        Tracking::NotIgnored => report.find(
            AREA,
            Finding::warning(
                "config.secret_not_ignored",
                format!("The secret file {path} lies in a git repository that does not ignore it."),
                "Add it to .gitignore, or keep it outside of the repository.",
            )
            .pain(21),
        ),
        Tracking::Ignored | Tracking::NoRepository => {}
    }
    if report.is_well(AREA) {
        report.ok(AREA, format!("The secret file {path} is its owner's alone"));
    }
}

fn variables(seen: &Examined, report: &mut Report) {
    let plain = |name: &str| name.replace('_', "").to_ascii_uppercase();
    for name in seen.environment.keys().filter(|name| name.starts_with("SHUTTERKEY_")) {
        if VARIABLES.contains(&name.as_str()) {
            continue;
        }
        let meant = VARIABLES.iter().find(|known| plain(known) == plain(name));
        report.find(
            AREA,
            Finding::warning(
                "config.unknown_variable",
                format!("The variable {} is not one that shutterkey reads.", printable(name)),
                match meant {
                    Some(known) => format!("{known} is."),
                    None => format!("It reads {}.", VARIABLES.join(", ")),
                },
            ),
        );
    }
    let both = ["SHUTTERKEY_CLIENT_SECRET", "SHUTTERKEY_CLIENT_SECRET_FILE"];
    if both.iter().all(|name| seen.variable(name).is_some()) {
        report.find(
            AREA,
            Finding::note(
                "config.two_secrets",
                "SHUTTERKEY_CLIENT_SECRET and SHUTTERKEY_CLIENT_SECRET_FILE are both set; the first is used.",
                "Set one of them.",
            ),
        );
    }
}
