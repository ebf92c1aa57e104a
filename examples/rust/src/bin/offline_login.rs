//! A login from authorize URL to stored token, against a sandbox.

use std::sync::Arc;

use shutterkey::{AuthorizeOptions, Client, ClientConfig, Keeper, MemoryStore, Provider};
use shutterkey_sandbox::{AppSpec, Approval, Product, Sandbox};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // The platform on localhost, with an app registered there. For the real one: ClientConfig::instagram(...).
    let sandbox = Sandbox::start().await?;
    let app = sandbox.app(&AppSpec::new(Product::Instagram).redirect_uri("https://localhost/"))?;
    let provider = Provider::in_sandbox("instagram", sandbox.base_url(), None)?;
    let mut config = ClientConfig::builder(provider, &*app.client_id).redirect_uri("https://localhost/");
    if let Some(secret) = app.client_secret {
        config = config.client_secret(secret);
    }
    let client = Client::new(config.build()?).with_clock(Arc::new(sandbox.clock()));
    let keeper = Keeper::new(client, Arc::new(MemoryStore::new()));

    // Send the person to the URL. Here a sandbox person approves, by the same pages that a browser would show.
    let login = keeper.authorize(AuthorizeOptions::new())?;
    let redirect_url = sandbox.approve(&login.url, &Approval::by("studio")).await?;

    // What comes back is checked, exchanged, made long-lived, identified and stored.
    let connection = keeper.complete(&login.pending, &redirect_url, Some("me")).await?;
    println!("{} is connected", connection.account.username.unwrap_or_default());
    println!("account {}", connection.account.user_id);

    let token = keeper.token("me").await?;
    println!(
        "a {} token, {} characters, {:?}",
        token.kind().as_str(),
        token.reveal().len(),
        token
    );
    Ok(())
}
