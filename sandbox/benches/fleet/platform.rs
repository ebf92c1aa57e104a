//! The sandbox with the tokens of the due part of a fleet.

use std::io::Write as _;

use serde_json::json;
use shutterkey::{Client, ClientConfig, Provider};
use shutterkey_sandbox::{AppSpec, Behaviour, Product, Profile, Sandbox};

use crate::served::{REDIRECT_URI, Served, say};

/// How many tokens each person has: of a person the newest 64 are remembered.
const TOKENS_EACH: u64 = 60;

/// How old they are, in seconds: older than half of their life.
const AGE: i64 = 40 * 86_400;

/// Makes tokens, writes them to a file as an import takes them, and serves.
///
/// A refresh answers the same token, with a new life: of each person so many accounts would otherwise push one another's
/// tokens out of the sandbox's memory.
pub(crate) async fn serve(due: u64) {
    let mut behaviour = Behaviour::of(Profile::Production);
    behaviour.same_token_on_refresh = true;
    let sandbox = Sandbox::builder()
        .behaviour(behaviour)
        .start()
        .await
        .expect("a sandbox");
    let app = sandbox
        .app(&AppSpec::new(Product::Instagram).redirect_uri(REDIRECT_URI))
        .expect("an app");
    let path = std::env::temp_dir().join(format!("shutterkey-fleet-{}.ndjson", std::process::id()));
    let mut file = std::io::BufWriter::new(std::fs::File::create(&path).expect("a file"));
    for number in 0..due {
        let person = format!("fleet{}", number / TOKENS_EACH);
        if number % TOKENS_EACH == 0 {
            sandbox.person(&person).expect("a person");
        }
        let token = sandbox.mint_token(Product::Instagram, &person, AGE).expect("a token");
        let line = json!({
            "user_id": format!("178414{number:011}"),
            "access_token": token.access_token.reveal(),
            "issued_at": token.issued_at,
            "expires_at": token.expires_at,
        });
        writeln!(file, "{line}").expect("a line");
    }
    file.flush().expect("the file");
    say(&json!({
        "base": sandbox.base_url(),
        "client_id": app.client_id,
        "client_secret": app.client_secret.map(|secret| secret.reveal().to_owned()),
        "tokens": path,
    }));
    std::future::pending::<()>().await;
}

/// A client of that app.
pub(crate) fn client(platform: &Served) -> Client {
    client_of(
        platform.text("base"),
        platform.text("client_id"),
        platform.text("client_secret"),
    )
}

pub(crate) fn client_of(base: &str, client_id: &str, secret: &str) -> Client {
    let provider = Provider::in_sandbox("instagram", base, None).expect("a provider");
    let config = ClientConfig::builder(provider, client_id)
        .client_secret(secret)
        .redirect_uri(REDIRECT_URI);
    Client::new(config.build().expect("a configuration"))
}
