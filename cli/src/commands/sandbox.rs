//! `shutterkey sandbox`: the login platform on this machine, in the foreground.

use std::path::PathBuf;

use serde_json::json;
use shutterkey_sandbox::{Profile, Sandbox};

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
    if let Some(profile) = options.profile {
        builder = builder.profile(match profile {
            ProfileName::Production => Profile::Production,
            ProfileName::Documented => Profile::Documented,
        });
    }
    Ok(builder.start().await?)
}

fn show(context: &Context, options: &Options, sandbox: &Sandbox, key_file: &KeyFile) -> Outcome {
    let base = sandbox.base_url();
    let at = |path: &str| format!("{base}{path}");
    let object = json!({
        "url": base,
        "legacy_developer_url": at("/legacy/developer/"),
        "instagram_dashboard_url": at("/instagram/dashboard/"),
        "standard_clients_url": at("/standard/clients/"),
        "control_url": at("/control"),
        "control_token_file": key_file.0.display().to_string(),
    });
    context.ui.result(&object, |width| {
        let sheet = Sheet::new()
            .row("begin at", at("/"))
            .row("today", format!("{} (create an app)", at("/instagram/dashboard/")))
            .row("2010 to 2020", format!("{} (register a client)", at("/legacy/developer/")))
            .row("RFC 6749", format!("{} (register a client)", at("/standard/clients/")))
            .row("control API", format!("{}, its token in {}", at("/control"), key_file.0.display()));
        let ending = match &options.world {
            Some(path) => format!("Ctrl-C ends it and keeps the world in {}.", path.display()),
            None => "Ctrl-C ends it; the world is gone then. --world FILE keeps one.".to_owned(),
        };
        format!(
            "{GOOD}The sandbox runs{GOOD:#} on this machine alone.\n\n{}\n  {STRONG}SHUTTERKEY_SANDBOX_URL={base}{STRONG:#}\n  {}\n\n  {}\n",
            sheet.render(width),
            wrap("sends `shutterkey login` and the libraries here.", "  ", width),
            wrap(&ending, "  ", width),
        )
    })
}

/// The run's control token, in a file that only its owner can read, for as long as the sandbox runs.
struct KeyFile(PathBuf);

impl KeyFile {
    fn write(context: &Context, sandbox: &Sandbox) -> Outcome<Self> {
        let port = sandbox.base_url().rsplit(':').next().unwrap_or_default();
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
