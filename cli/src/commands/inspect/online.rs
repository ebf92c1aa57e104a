//! What the provider itself says about a token.

use serde_json::{Value, json};
use shutterkey::account::Account;
use shutterkey::config::UNUSED_REDIRECT_URI;
use shutterkey::config::profile::Profile;
use shutterkey::provider::{Inspect, TokenKind, TokenShape};
use shutterkey::{Client, ClientConfig, Expiry, Provider, Secret, Token, TokenInspection};

use crate::context::{Context, transport};
use crate::exit::{Failure, Outcome};
use crate::kept_world::{self, KeptWorld};
use crate::output::{BAD, DIM, GOOD, Sheet, plain, when, wrap};

/// What was answered.
pub(super) enum Online {
    /// The token lives: whose it is.
    Lives {
        provider: Provider,
        account: Box<Account>,
        /// What `debug_token` says, where the provider has it and the app's secret is at hand.
        inspection: Option<Box<TokenInspection>>,
    },
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
        Ok((account, inspection)) => Online::Lives {
            provider,
            account: Box::new(account),
            inspection: inspection.map(Box::new),
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
) -> shutterkey::Result<(Account, Option<TokenInspection>)> {
    let unknown = provider.data().client_id.unknown_app();
    // The kept world's accounts belong to the command's own app.
    let own = world
        .zip(kept_world::product(provider.id()))
        .and_then(|(world, product)| world.own_app(product).ok());
    let configured = profile.filter(|profile| world.is_none() && profile.provider.id() == provider.id());
    let app_id = own
        .as_ref()
        .map(|app| app.client_id.as_str())
        .or_else(|| configured.and_then(|profile| profile.client_id.as_deref()))
        .unwrap_or(unknown);
    let mut config = ClientConfig::builder(provider.clone(), app_id).redirect_uri(UNUSED_REDIRECT_URI);
    let secret = own
        .as_ref()
        .and_then(|app| app.client_secret.clone())
        .or_else(|| configured.and_then(|profile| profile.client_secret.clone()));
    if let Some(secret) = &secret {
        config = config.client_secret(secret.clone());
    }
    let config = config.build()?;
    let token = Token::builder(provider, token.clone(), TokenKind::Bearer).build()?;
    let mut client = Client::over(config, transport());
    if let Some(world) = world {
        client = client.with_clock(world.clock());
    }
    let account = client.identify(&token).await?;
    let asks = secret.is_some() && !matches!(provider.data().inspect, Inspect::None(_));
    let inspection = match asks {
        true => client.inspect_token(&token).await.ok(),
        false => None,
    };
    Ok((account, inspection))
}

/// What `debug_token` says, for people.
fn inspected(sheet: Sheet, inspection: &TokenInspection) -> Sheet {
    let end = |expiry: Expiry| match expiry {
        Expiry::At(at) => when(at),
        Expiry::Never => "never by time".to_owned(),
        Expiry::Unknown => "unknown".to_owned(),
    };
    let kind = inspection.kind.as_ref().map(|kind| plain(kind.as_str()));
    sheet
        .maybe("kind", kind)
        .maybe("app", inspection.application.as_deref().map(plain))
        .maybe("app id", inspection.app_id.as_deref().map(plain))
        .row("expires", end(inspection.expiry))
        .row("data access", end(inspection.data_access))
        .row("granted", inspection.scopes.join(' '))
}

impl Online {
    pub(super) fn object(&self) -> Value {
        match self {
            Self::Lives {
                provider,
                account,
                inspection,
            } => json!({
                "app_id": inspection.as_ref().and_then(|inspection| inspection.app_id.clone()),
                "scopes": inspection.as_ref().map(|inspection| inspection.scopes.iter().collect::<Vec<_>>()),
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
                "app_id": null,
                "scopes": null,
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
            Self::Lives {
                provider,
                account,
                inspection,
            } => {
                let sheet = Sheet::new()
                    .maybe("username", account.username.as_deref().map(plain))
                    .maybe("type", account.account_type.as_deref().map(plain))
                    .row("user id", account.user_id.as_str())
                    .maybe("app-scoped id", account.app_scoped_id.as_ref().map(|id| id.as_str()));
                let sheet = match inspection {
                    Some(inspection) => inspected(sheet, inspection),
                    None => sheet,
                };
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
