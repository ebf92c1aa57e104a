//! A token that is kept alive for a year, on a clock that is moved.

use std::sync::Arc;

use shutterkey::{AuthorizeOptions, Client, ClientConfig, Keeper, MemoryStore, Provider, Validity};
use shutterkey_sandbox::{AppSpec, Approval, Product, Sandbox};

const DAY: i64 = 86_400;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::start().await?;
    let app = sandbox.app(&AppSpec::new(Product::Instagram).redirect_uri("https://localhost/"))?;
    let provider = Provider::in_sandbox("instagram", sandbox.base_url(), None)?;
    let mut config = ClientConfig::builder(provider, &*app.client_id).redirect_uri("https://localhost/");
    if let Some(secret) = app.client_secret {
        config = config.client_secret(secret);
    }
    let client = Client::new(config.build()?).with_clock(Arc::new(sandbox.clock()));
    let keeper = Keeper::new(client, Arc::new(MemoryStore::new()));
    let login = keeper.authorize(AuthorizeOptions::new())?;
    let redirect_url = sandbox.approve(&login.url, &Approval::by("studio")).await?;
    keeper.complete(&login.pending, &redirect_url, Some("me")).await?;

    let events = keeper.events();
    for week in 1..=52 {
        sandbox.clock().advance(7 * DAY);
        let token = keeper.token("me").await?;
        let now = keeper.client().now();
        if let Validity::Live { until: Some(until) } = token.validity(now) {
            print!("week {week:2}: {:2} days left", until.since(now) / DAY);
        }
        // Due is not urgent: the live token was answered at once, and the refresh runs beside it.
        if token.due_at(0).is_some_and(|due| now >= due) {
            let event = events.next().await;
            print!(", {}", event.kind.as_str());
        }
        println!();
    }
    println!(
        "{} refreshes in a year",
        sandbox.calls().matching("refresh_access_token").len()
    );
    Ok(())
}
