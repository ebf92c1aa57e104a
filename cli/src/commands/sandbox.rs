//! `shutterkey sandbox`: the login platform on this machine, in the foreground.

use std::path::PathBuf;

use serde_json::{Value, json};
use shutterkey::Secret;
use shutterkey_sandbox::{Profile, Sandbox, Scenario, Seeded};

use crate::args::{ProfileName, Sandbox as Options};
use crate::context::Context;
use crate::exit::{Failure, Outcome};
use crate::kept_world;
use crate::output::{GOOD, STRONG, Sheet, wrap};
use crate::private_file;
use crate::terminal::Ending;

/// Serves until asked to end, and then keeps the world where that was asked for.
pub(crate) async fn run(context: &Context, options: &Options, ending: &mut Ending) -> Outcome {
    let sandbox = start(context, options).await?;
    let key_file = KeyFile::write(context, &sandbox)?;
    show(context, options, &sandbox, &key_file)?;
    ending.asked().await;
    if let Some(path) = &options.world {
        kept_world::save(&sandbox, path)?;
        context.ui.note(&format!("The world is kept in {}.", path.display()));
    }
    sandbox.shutdown().await;
    context.ui.note("The sandbox has ended.");
    Ok(())
}

async fn start(context: &Context, options: &Options) -> Outcome<Sandbox> {
    let mut builder = Sandbox::builder().port(options.port).seed(options.seed);
    if let Some(path) = &options.world
        && let Some(world) = kept_world::read(path)?
    {
        context
            .ui
            .note(&format!("Going on with the world in {}.", path.display()));
        builder = builder.world(world);
    }
    if let Some(path) = &options.scenario {
        builder = builder.scenario(Scenario::read(path)?);
    }
    if let Some(profile) = options.profile {
        builder = builder.profile(match profile {
            ProfileName::Production => Profile::Production,
            ProfileName::Documented => Profile::Documented,
        });
    }
    if let Some(address) = options.listen {
        builder = builder.listen(address);
        if !address.is_loopback() {
            context.ui.warn(
                "This sandbox can be reached from other machines. It holds nothing real, and its pages open with the access key alone.",
            );
        }
    }
    if let Some(key) = access_key(options)? {
        builder = builder.access_key(key);
    }
    if let Some(token) = from_environment("SHUTTERKEY_SANDBOX_CONTROL_TOKEN") {
        builder = builder.control_token(token);
    }
    if let Some(url) = &options.public_url {
        builder = builder.public_url(url);
    }
    if let Some(url) = &options.back_channel_url {
        builder = builder.back_channel_url(url);
    }
    for host in &options.callback_host {
        builder = builder.callback_host(host);
    }
    Ok(builder.start().await?)
}

fn from_environment(name: &str) -> Option<Secret> {
    std::env::var(name)
        .ok()
        .filter(|value| !value.is_empty())
        .map(Secret::new)
}

fn access_key(options: &Options) -> Outcome<Option<Secret>> {
    let Some(path) = &options.access_key_file else {
        return Ok(from_environment("SHUTTERKEY_SANDBOX_ACCESS_KEY"));
    };
    let text = std::fs::read_to_string(path).map_err(|error| {
        Failure::sandbox(
            format!("The access key cannot be read from {}: {error}.", path.display()),
            "Give a file with one line of 32 characters or more: shutterkey keygen makes one.",
        )
    })?;
    Ok(Some(Secret::from(text.trim())))
}

fn show(context: &Context, options: &Options, sandbox: &Sandbox, key_file: &KeyFile) -> Outcome {
    let base = sandbox.base_url();
    let at = |path: &str| format!("{base}{path}");
    let seeded = options.scenario.is_some().then(|| sandbox.seeded());
    // As the control API answers it, secrets included: they are worth nothing elsewhere.
    let in_full: Option<Value> = match &seeded {
        Some(_) => serde_json::from_str(&sandbox.control("seed", "")?).ok(),
        None => None,
    };
    let object = json!({
        "url": base,
        "legacy_developer_url": at("/legacy/developer/"),
        "instagram_dashboard_url": at("/instagram/dashboard/"),
        "facebook_dashboard_url": at("/facebook/dashboard/"),
        "threads_dashboard_url": at("/threads/dashboard/"),
        "control_room_url": at("/control-room/"),
        "standard_clients_url": at("/standard/clients/"),
        "control_url": at("/control"),
        "control_token_file": key_file.0.display().to_string(),
        "seeded": in_full,
    });
    context.ui.result(&object, |width| {
        let sheet = Sheet::new()
            .row("begin at", at("/"))
            .row("Instagram", format!("{} (create an app)", at("/instagram/dashboard/")))
            .row("Facebook", format!("{} (create an app)", at("/facebook/dashboard/")))
            .row("Threads", format!("{} (create an app)", at("/threads/dashboard/")))
            .row("2010 to 2020", format!("{} (register a client)", at("/legacy/developer/")))
            .row("RFC 6749", format!("{} (register a client)", at("/standard/clients/")))
            .row("control room", format!("{} (clock, faults, journal)", at("/control-room/")))
            .row("control API", format!("{}, its token in {}", at("/control"), key_file.0.display()))
            .maybe("scenario", seeded.as_ref().map(|made| told(made, &at("/control/seed"))));
        let ending = match &options.world {
            Some(path) => format!("Ctrl-C ends it and keeps the world in {}.", path.display()),
            None => "Ctrl-C ends it; the world is gone then. --world FILE keeps one.".to_owned(),
        };
        let reach = match options.listen {
            Some(address) if !address.is_loopback() => "for whoever has its access key",
            _ => "on this machine alone",
        };
        format!(
            "{GOOD}The sandbox runs{GOOD:#} {reach}.\n\n{}\n  {STRONG}SHUTTERKEY_SANDBOX_URL={base}{STRONG:#}\n  {}\n\n  {}\n",
            sheet.render(width),
            wrap("sends `shutterkey login` and the libraries here.", "  ", width),
            wrap(&ending, "  ", width),
        )
    })
}

/// What a scenario made; its secrets and tokens are for whoever has the control token.
fn told(made: &Seeded, address: &str) -> String {
    let apps = made
        .apps
        .iter()
        .map(|(name, app)| format!("app {name} (client id {})", app.client_id));
    let people = made.people.values().map(|person| person.username.clone());
    let pages = made.pages.keys().map(|name| format!("Page {name}"));
    let tokens = made.tokens.keys().map(|name| format!("token {name}"));
    let all: Vec<String> = apps.chain(people).chain(pages).chain(tokens).collect();
    if all.is_empty() {
        return format!("nobody and nothing new; {address}");
    }
    format!("{}; their ids, secrets and tokens at {address}", all.join(", "))
}

/// The run's control token, in a file that only its owner can read, for as long as the sandbox runs.
struct KeyFile(PathBuf);

impl KeyFile {
    fn write(context: &Context, sandbox: &Sandbox) -> Outcome<Self> {
        let port = sandbox.port();
        let path = context
            .folders
            .sandbox_world()
            .with_file_name(format!("control-{port}.token"));
        private_file::write(&path, sandbox.control_token().reveal()).map_err(|error| {
            Failure::sandbox(
                format!("The control token cannot be written to {}: {error}.", path.display()),
                "Check that the folder is yours.",
            )
        })?;
        Ok(Self(path))
    }
}

impl Drop for KeyFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}
