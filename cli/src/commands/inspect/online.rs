//! What the provider itself says about a token.

use serde_json::{Value, json};
use shutterkey::account::Account;
use shutterkey::config::UNUSED_REDIRECT_URI;
use shutterkey::config::profile::Profile;
use shutterkey::provider::{TokenKind, TokenShape};
use shutterkey::{Client, ClientConfig, Provider, Secret, Token};

use crate::context::{Context, transport};
use crate::exit::{Failure, Outcome};
use crate::kept_world::KeptWorld;
use crate::output::{BAD, DIM, GOOD, Sheet, plain, wrap};

/// What was answered.
pub(super) enum Online {
    /// The token lives: whose it is.
    Lives { provider: Provider, account: Box<Account> },
    /// The provider refused it, or could not be asked.
    Refused(Failure),
}

/// Asks whose token it is: `/me`, or its like. The token goes to the provider that its shape names, and to a sandbox
/// only if a sandbox made it.
pub(super) async fn online(context: &Context, profile: Option<&Profile>, token: &Secret) -> Outcome<Online> {
    let shape = TokenShape::of(token.reveal());
    let configured = profile.map(|profile| &profile.provider);
    // No real server knows such a token: it came from the kept world, if from anywhere.
    let of_sandbox = match shape {
        TokenShape::Sandbox(_) => true,
        TokenShape::Legacy { .. } => context.folders.sandbox_world().exists(),
        _ => false,
    };
    let in_kept_world = of_sandbox && !configured.is_some_and(Provider::is_sandbox);
    let world = match in_kept_world {
        true => Some(KeptWorld::start(context).await?),
        false => None,
    };
    let provider = match (&world, shape.provider(), configured) {
        (Some(world), Some(id), _) => world.provider(id)?,
        (_, Some(id), Some(configured)) if configured.id() == id => configured.clone(),
        (_, Some(id), _) => Provider::by_id(id).ok_or_else(|| nobody_to_ask(id))?,
        (_, None, Some(configured)) => configured.clone(),
        (_, None, None) => Provider::instagram(),
    };
    context
        .ui
        .note(&format!("Asking {} whose token it is.", plain(provider.name())));
    let asked = ask(&provider, profile, token, world.as_ref()).await;
    if let Some(world) = &world
        && world.was_called()
    {
        world.keep()?;
    }
    Ok(match asked {
        Ok(account) => Online::Lives {
            provider,
            account: Box::new(account),
        },
        Err(error) => Online::Refused(error.into()),
    })
}

fn nobody_to_ask(id: &str) -> Failure {
    Failure::usage(
        format!("There is no provider {} to ask.", plain(id)),
        "Set SHUTTERKEY_PROVIDER to the provider that made the token.",
    )
}

async fn ask(
    provider: &Provider,
    profile: Option<&Profile>,
    token: &Secret,
    world: Option<&KeptWorld>,
) -> shutterkey::Result<Account> {
    let unknown = provider.data().client_id.unknown_app();
    let app_id = profile
        .filter(|profile| profile.provider.id() == provider.id())
        .and_then(|profile| profile.client_id.as_deref())
        .unwrap_or(unknown);
    let config = ClientConfig::builder(provider.clone(), app_id)
        .redirect_uri(UNUSED_REDIRECT_URI)
        .build()?;
    let token = Token::builder(provider, token.clone(), TokenKind::Bearer).build()?;
    let mut client = Client::over(config, transport());
    if let Some(world) = world {
        client = client.with_clock(world.clock());
    }
    client.identify(&token).await
}

impl Online {
    pub(super) fn object(&self) -> Value {
        match self {
            Self::Lives { provider, account } => json!({
                "lives": true,
                "provider": provider.id(),
                "sandbox": provider.is_sandbox(),
                "user_id": account.user_id.as_str(),
                "app_scoped_id": account.app_scoped_id.as_ref().map(|id| id.as_str()),
                "username": account.username,
                "account_type": account.account_type,
                "error": null,
            }),
            Self::Refused(failure) => json!({
                "lives": false,
                "provider": null,
                "sandbox": null,
                "user_id": null,
                "app_scoped_id": null,
                "username": null,
                "account_type": null,
                "error": { "code": failure.code, "message": failure.message, "hint": failure.hint, "retry": failure.retry },
            }),
        }
    }

    pub(super) fn text(&self, width: usize) -> String {
        match self {
            Self::Lives { provider, account } => {
                let sheet = Sheet::new()
                    .maybe("username", account.username.as_deref().map(plain))
                    .maybe("type", account.account_type.as_deref().map(plain))
                    .row("user id", account.user_id.as_str())
                    .maybe("app-scoped id", account.app_scoped_id.as_ref().map(|id| id.as_str()));
                let name = plain(provider.name());
                let place = if provider.is_sandbox() { ", in a sandbox," } else { "" };
                format!(
                    "{GOOD}It lives{GOOD:#}: {name}{place} answers to it.\n\n{}",
                    sheet.render(width)
                )
            }
            Self::Refused(failure) => {
                let message = wrap(&failure.message, "  ", width);
                let hint = wrap(&failure.hint, "  ", width);
                format!("{BAD}It does not work{BAD:#}\n  {message}\n  {DIM}{hint}{DIM:#}\n")
            }
        }
    }
}
