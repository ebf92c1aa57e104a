//! `shutterkey init`: a few questions, a profile file, and what to enter in the dashboard.

mod guide;
mod product;
mod questions;
mod settings;
mod write;

pub(crate) use questions::{wants_to_begin, when_entered};

use std::path::PathBuf;

use shutterkey::Provider;

use crate::args::{Init, SecretName};
use crate::context::Context;
use crate::exit::{Failure, Outcome};
use crate::terminal::is_interactive;
use settings::Settings;

/// Asks what the flags do not say, and writes.
pub(crate) async fn run(context: &Context, options: &Init) -> Outcome {
    let asks = is_interactive() && !options.yes && !context.ui.is_json();
    let place = guarded(context, options)?;
    let settings = if asks {
        questions::ask(context.ui, options).await?
    } else {
        Settings::of(options)?
    };
    let written = write::write(context, options, &settings, place).await?;
    let guide = guide::Guide::new(&settings, &written);
    context.ui.result(&guide.object(), |width| guide.text(width))
}

/// Where the profile goes, unless something is there that nobody said to write over. Before any question.
fn guarded(context: &Context, options: &Init) -> Outcome<PathBuf> {
    let place = if options.own {
        context.folders.config_file()
    } else {
        context
            .config_path()
            .unwrap_or_else(|| PathBuf::from("shutterkey.toml"))
    };
    if place.exists() && !options.force {
        return Err(Failure::usage(
            format!("There is {} already.", place.display()),
            "Change it with an editor, or write it anew with --force.",
        ));
    }
    Ok(place)
}

/// The provider that these answers describe.
fn provider(settings: &Settings) -> Outcome<Provider> {
    let id = settings.provider.as_str();
    if let Some(base) = &settings.sandbox_url {
        return Ok(Provider::in_sandbox(id, base, None)?);
    }
    if let Some(known) = Provider::by_id(id) {
        return Ok(known);
    }
    let mut builder = Provider::standard();
    if let Some(url) = &settings.authorize_url {
        builder = builder.authorize_endpoint(url);
    }
    if let Some(url) = &settings.token_url {
        builder = builder.token_endpoint(url);
    }
    Ok(builder.build()?)
}

/// The choice that flags make: the file, unless they name something else.
fn secret_of(options: &Init) -> SecretName {
    options
        .secret
        .unwrap_or(match (&options.secret_command, &options.secret_file) {
            (Some(_), None) => SecretName::Command,
            _ => SecretName::File,
        })
}
