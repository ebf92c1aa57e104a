//! `shutterkey import`: a token that was made elsewhere.

use shutterkey::config::UNUSED_REDIRECT_URI;
use shutterkey::config::profile::Profile;
use shutterkey::keeper::ImportToken;
use shutterkey::{Client, ClientConfig, Keeper, ScopeSet};

use crate::args::Import;
use crate::context::{Context, transport, writable};
use crate::exit::Outcome;
use crate::output::view::Kept;
use crate::terminal::{Wanted, secret};

const TOKEN: Wanted = Wanted {
    what: "token",
    how: "Paste it when asked, or give it through a pipe: pbpaste | shutterkey import",
};

/// Reads the token, asks the provider whose it is, and keeps it.
pub(crate) async fn run(context: &Context, options: &Import) -> Outcome {
    shutterkey::account::check_alias(&options.account)?;
    let ui = context.ui;
    let profile = context.profile(&[
        (
            "SHUTTERKEY_PROVIDER",
            options.provider.map(|provider| provider.as_str().to_owned()),
        ),
        ("SHUTTERKEY_CLIENT_ID", options.client_id.clone()),
    ])?;
    let config = configure(&profile)?;
    let place = profile.store.clone();
    let store = writable(&place).await?;
    let name = format!("a token of {}", config.provider().name());
    let token = secret(ui, &name, TOKEN).await?;
    let live = ui.waits("Asking the provider whose token it is");
    let sandbox = config.provider().is_sandbox();
    let keeper = Keeper::builder(Client::over(config, transport()), store)
        .namespace(&profile.namespace)
        .build();
    let connection = keeper
        .import_token(ImportToken::new(token).alias(options.account.as_str()))
        .await;
    drop(live);
    let connection = connection?;
    if profile.client_id.is_none() {
        ui.note(
            "No app id is configured, so the token is kept under app id 00000 (unknown app). It works and is refreshed all the same.",
        );
    }
    let missing = ScopeSet::empty();
    let kept = Kept {
        verb: "Keeping the token of",
        name: &options.account,
        key: &connection.key,
        account: &connection.account,
        token: &connection.token,
        missing: &missing,
        place: &place,
        sandbox,
        now: keeper.client().now(),
    };
    ui.result(&kept.object(), |width| kept.text(width))
}

/// A client that needs no redirect URI and no secret. An account's key names an app, known or not.
fn configure(profile: &Profile) -> Outcome<ClientConfig> {
    let unknown = profile.provider.data().client_id.unknown_app();
    let app_id = profile.client_id.as_deref().unwrap_or(unknown);
    Ok(ClientConfig::builder(profile.provider.clone(), app_id)
        .redirect_uri(UNUSED_REDIRECT_URI)
        .build()?)
}
