//! `shutterkey login --sandbox`: the whole journey on this machine, without any configuration.

use shutterkey::login::{LoopbackListener, Opened, choose_mode, open_browser};
use shutterkey::{Client, ClientConfig, Grant, Keeper, PendingAuthorization, RedirectUri, ResponseType};
use shutterkey_sandbox::{Approval, Product};

use super::{Begun, authorize_options, wait};
use crate::args::{Login, ProviderName, ResponseTypeName};
use crate::context::{Context, transport, writable};
use crate::exit::{Failure, Outcome};
use crate::kept_world::{KeptWorld, REDIRECTS, product};
use crate::output::Ui;
use crate::terminal::is_interactive;

/// Starts the kept world, and goes through its pages up to the answer.
pub(super) async fn begin(context: &Context, options: &Login) -> Outcome<(Begun, Grant)> {
    let ui = context.ui;
    let provider = options.provider.unwrap_or(ProviderName::Instagram).as_str();
    let product = product(provider).ok_or_else(|| {
        Failure::usage(
            format!("The sandbox does not play {provider}."),
            "It plays instagram, facebook, threads, legacy and standard.",
        )
    })?;
    let place = context.sandbox_store()?;
    let store = writable(&place).await?;
    let world = KeptWorld::start(context).await?;
    let by_hand = is_interactive() && !options.auto_approve;
    let listener = if by_hand && !options.paste { bind() } else { None };
    let redirect_uri = listener
        .as_ref()
        .map_or(REDIRECTS[0], |listener| listener.redirect_uri().as_str())
        .to_owned();
    let config = configure(&world, provider, product, options, &redirect_uri)?;
    ui.note(&format!(
        "A sandbox on this machine plays {}. Nothing leaves it, and no account is needed.",
        config.provider().name()
    ));
    let (_, why) = choose_mode(&config);
    let keeper = Keeper::builder(Client::over(config, transport()).with_clock(world.clock()), store)
        .namespace(context.namespace()?)
        .build();
    let request = keeper.authorize(authorize_options(options))?;
    let in_browser = by_hand && show_address(ui, &request.url, options.no_browser)?;
    let answer = if in_browser {
        if listener.is_some() {
            ui.note(&why);
        }
        wait(ui, &keeper, &request.pending, options, listener).await
    } else {
        approve(ui, &world, &request.url, &request.pending).await
    };
    if answer.is_err() {
        // People and apps that were made on the pages are kept all the same.
        world.keep()?;
    }
    let begun = Begun {
        keeper,
        pending: request.pending,
        place,
        world: Some(world),
    };
    Ok((begun, answer?))
}

/// The first of the app's own ports that is free; without one, the answer is pasted.
fn bind() -> Option<LoopbackListener> {
    for candidate in REDIRECTS {
        if let Ok(redirect_uri) = RedirectUri::parse(candidate)
            && let Ok(listener) = LoopbackListener::bind(&redirect_uri)
        {
            return Some(listener);
        }
    }
    None
}

fn configure(
    world: &KeptWorld,
    provider: &str,
    product: Product,
    options: &Login,
    redirect_uri: &str,
) -> Outcome<ClientConfig> {
    let app = world.own_app(product)?;
    let mut builder = ClientConfig::builder(world.provider(provider)?, app.client_id).redirect_uri(redirect_uri);
    if let Some(secret) = app.client_secret {
        builder = builder.client_secret(secret);
    }
    if !options.scope.is_empty() {
        builder = builder.scopes(&options.scope);
    }
    if let Some(response_type) = options.response_type {
        builder = builder.response_type(match response_type {
            ResponseTypeName::Code => ResponseType::Code,
            ResponseTypeName::Token => ResponseType::Token,
        });
    }
    Ok(builder.build()?)
}

/// Whether a person looks at the pages: false where no browser could be opened.
fn show_address(ui: Ui, url: &str, no_browser: bool) -> Outcome<bool> {
    if no_browser {
        ui.note("Open this address in a browser on this machine:");
    } else {
        match open_browser(url)? {
            Opened::By(_) => {
                ui.note("Your browser opens; pick a sandbox person and approve. If it does not, open this yourself:")
            }
            Opened::Nowhere(why) => {
                ui.note(&why);
                return Ok(false);
            }
        }
    }
    ui.show(&format!("\n{url}\n"));
    Ok(true)
}

/// Walks the pages as a browser would, and takes the redirect as if it had been pasted.
async fn approve(ui: Ui, world: &KeptWorld, url: &str, pending: &PendingAuthorization) -> Outcome<Grant> {
    let sandbox = world.sandbox();
    let person = sandbox.people().into_iter().next();
    let who = person
        .as_ref()
        .map_or("a sandbox person", |person| person.username.as_str());
    ui.note(&format!(
        "Approving as {who}, by walking the pages that a browser would show."
    ));
    let approval = Approval::by(who);
    let redirect = zeroize::Zeroizing::new(sandbox.approve(url, &approval).await?);
    Ok(pending.accept(&redirect, shutterkey::Clock::now(&sandbox.clock()), None)?)
}
