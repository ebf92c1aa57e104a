//! `shutterkey login`: through the browser to a token that is kept.

mod finish;
mod listen;
mod offline;

use shutterkey::config::profile::{Profile, StorePlace};
use shutterkey::login::{LoopbackListener, Opened, open_browser};
use shutterkey::provider::ClientAuth;
use shutterkey::{
    AuthorizeOptions, Client, ClientConfig, ErrorCode, Grant, Keeper, PendingAuthorization, ResponseType,
};

use super::init;
use super::wait::Waiting;
use crate::args::{Init, Login};
use crate::context::{Context, Override, transport, writable};
use crate::exit::{Failure, Outcome};
use crate::kept_world::KeptWorld;
use crate::output::Ui;
use crate::terminal::{Ending, is_interactive};

/// Longer than the wait itself, so that it is the wait that ends, in seconds.
const GRACE: i64 = 30;

/// A login up to its answer.
struct Begun {
    keeper: Keeper,
    pending: PendingAuthorization,
    place: StorePlace,
    /// The kept world, for as long as the login needs it.
    world: Option<KeptWorld>,
}

/// With `--sandbox` on this machine alone; otherwise at the configured provider.
pub(crate) async fn run(context: &Context, options: &Login, ending: &mut Ending) -> Outcome {
    shutterkey::account::check_alias(&options.account)?;
    let (ui, name) = (context.ui, options.account.as_str());
    let (begun, grant) = if options.sandbox {
        ending.or(offline::begin(context, options)).await?
    } else {
        ending.or(begin(context, options)).await?
    };
    let outcome = finish::complete(ui, &begun, grant, name, ending).await;
    if let Some(world) = &begun.world {
        world.keep()?;
    }
    finish::show(ui, &begun, &outcome?, name)
}

async fn begin(context: &Context, options: &Login) -> Outcome<(Begun, Grant)> {
    let profile = configured(context, options).await?;
    let config = configure(&profile)?;
    let place = profile.store.clone();
    // Before the browser: nobody should approve for nothing.
    let store = writable(&place).await?;
    let ui = context.ui;
    let (listener, why) = listen::listener(ui, options, &profile, &config)?;
    ui.note(&format!("Logging in with {}.", config.provider().name()));
    ui.note(&why);
    let keeper = Keeper::builder(Client::over(config, transport()), store)
        .namespace(&profile.namespace)
        .build();
    let request = keeper.authorize(authorize_options(options))?;
    show_address(ui, &request.url, options.no_browser)?;
    let grant = wait(ui, &keeper, &request.pending, options, listener).await?;
    let begun = Begun {
        keeper,
        pending: request.pending,
        place,
        world: None,
    };
    Ok((begun, grant))
}

/// The profile; where there is none, a person in front of a terminal can make one now.
async fn configured(context: &Context, options: &Login) -> Outcome<Profile> {
    let profile = context.profile(&overrides(options))?;
    let can_ask = is_interactive() && !context.ui.is_json() && options.redirect_uri.is_none();
    if profile.client_id.is_some() || !can_ask || !init::wants_to_begin(context.ui).await? {
        return Ok(profile);
    }
    let answers = Init {
        provider: options.provider,
        scope: options.scope.clone(),
        response_type: options.response_type,
        ..Init::default()
    };
    init::run(context, &answers).await?;
    let profile = context.profile(&overrides(options))?;
    configure(&profile).map_err(|failure| {
        if failure.code == ErrorCode::ConfigSecretMissing.as_str() {
            return failure.hinting("Do what the list above says, and then run `shutterkey login`.");
        }
        failure
    })?;
    init::when_entered(context.ui).await?;
    Ok(profile)
}

async fn wait(
    ui: Ui,
    keeper: &Keeper,
    pending: &PendingAuthorization,
    options: &Login,
    listener: Option<LoopbackListener>,
) -> Outcome<Grant> {
    let waiting = Waiting {
        ui,
        pending,
        clock: &**keeper.client().clock(),
        seconds: options.timeout,
    };
    waiting.answer(listener).await
}

pub(super) fn authorize_options(options: &Login) -> AuthorizeOptions {
    AuthorizeOptions::new().ttl((i64::from(options.timeout) + GRACE).min(86_400))
}

/// The flags that stand over the profile.
fn overrides(options: &Login) -> Vec<Override> {
    vec![
        (
            "SHUTTERKEY_PROVIDER",
            options.provider.map(|provider| provider.as_str().to_owned()),
        ),
        ("SHUTTERKEY_CLIENT_ID", options.client_id.clone()),
        ("SHUTTERKEY_REDIRECT_URI", options.redirect_uri.clone()),
        (
            "SHUTTERKEY_SCOPES",
            (!options.scope.is_empty()).then(|| options.scope.join(",")),
        ),
        (
            "SHUTTERKEY_RESPONSE_TYPE",
            options
                .response_type
                .map(|response_type| response_type.as_str().to_owned()),
        ),
        ("SHUTTERKEY_LISTEN", options.listen.clone()),
    ]
}

fn configure(profile: &Profile) -> Outcome<ClientConfig> {
    let builder = profile.client_config().map_err(|error| {
        Failure::from(error).hinting(
            "`shutterkey init` asks for what is needed, or give --client-id (App Dashboard > Instagram > API setup with Instagram login). Or begin without an app of your own: `shutterkey login --sandbox` tries the journey offline, and `shutterkey import` keeps a token that the dashboard generates.",
        )
    })?;
    if profile.redirect_uri.is_none() {
        return Err(Failure::from(shutterkey::Error::with_detail(
            ErrorCode::ConfigMissing,
            "The redirect URI is missing: give --redirect-uri, or set redirect_uri in shutterkey.toml or SHUTTERKEY_REDIRECT_URI.",
        ))
        .hinting(
            "It has to be registered with the app, to the letter. For a login from a terminal, https://localhost/ is a good one: App Dashboard > Instagram > API setup with Instagram login > Business login settings.",
        ));
    }
    let config = builder.build()?;
    let needs_secret = matches!(config.provider().data().exchange.auth, ClientAuth::SecretInBody)
        && config.response_type() == ResponseType::Code;
    if needs_secret && config.client_secret().is_none() {
        return Err(Failure::from(shutterkey::Error::new(ErrorCode::ConfigSecretMissing)).hinting(
            "Set SHUTTERKEY_CLIENT_SECRET, or SHUTTERKEY_CLIENT_SECRET_FILE with the path of a file that only you can read. It is never a flag.",
        ));
    }
    Ok(config)
}

/// Opens the browser, or shows the address for a person to open; it is shown in any case, since a browser that was
/// started can still show nothing.
fn show_address(ui: Ui, url: &str, no_browser: bool) -> Outcome {
    let opened = if no_browser {
        Opened::Nowhere("Open this address in a browser, here or on another machine:".to_owned())
    } else {
        open_browser(url)?
    };
    match opened {
        Opened::By(_) => ui.note("Your browser opens. If it does not, open this address yourself:"),
        Opened::Nowhere(why) => ui.note(&why),
    }
    ui.show(&format!("\n{url}\n"));
    Ok(())
}
