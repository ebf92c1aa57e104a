//! The crate, asked by JSON lines: one operation a line, one answer a line. The scenarios are in `../scenarios/`.
//!
//! Tokens stay inside: an answer says which token it was by a digest, so that two can be compared and none be printed.
#![allow(
    clippy::unwrap_used,
    reason = "a driver of tests that ends badly is a test that fails"
)]

use std::collections::HashMap;
use std::io::Write as _;
use std::sync::Arc;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use shutterkey::{
    AuthorizeOptions, Client, ClientConfig, Expiry, HttpTransport, Keeper, MemoryStore, PendingAuthorization, Provider,
    Result, Token, client,
};

#[derive(Default)]
struct Driver {
    provider: Option<Provider>,
    client: Option<Client>,
    keeper: Option<Keeper>,
    pending: Option<PendingAuthorization>,
    accepted: String,
    tokens: HashMap<String, Token>,
}

impl Driver {
    async fn answer(&mut self, asked: &Value) -> Result<Value> {
        let text = |name: &str| asked[name].as_str().unwrap_or_default();
        match text("op") {
            "discover" => self.discover(asked).await,
            "client_of" => self.client_of(asked),
            "authorize" => {
                let request = self.client().authorize(AuthorizeOptions::new())?;
                self.pending = Some(request.pending);
                Ok(json!({ "url": request.url }))
            }
            "accept" => {
                self.pending().accept(text("url"), self.client().now(), None)?;
                self.accepted = text("url").to_owned();
                Ok(json!({}))
            }
            "exchange" => {
                // A grant is given away here; the same redirect gives another one, as a second delivery would.
                let grant = self.pending().accept(&self.accepted, self.client().now(), None)?;
                let answer = self.client().exchange(self.pending(), grant).await?;
                Ok(self.keep(text("name"), answer.token))
            }
            "refresh" => {
                let token = self.client().refresh(&self.tokens[text("token")]).await?;
                Ok(self.keep(text("name"), token))
            }
            "revoke" => {
                self.client().revoke(&self.tokens[text("token")]).await?;
                Ok(json!({}))
            }
            "identify" => {
                let account = self.client().identify(&self.tokens[text("token")]).await?;
                Ok(json!({ "user_id": account.user_id.as_str() }))
            }
            "keeper_complete" => {
                let name = text("name");
                let connection = self.keeper().complete(self.pending(), text("url"), Some(name)).await?;
                let mut answer = self.keep(name, connection.token);
                answer["user_id"] = connection.account.user_id.as_str().into();
                Ok(answer)
            }
            "keeper_refresh" => {
                let token = self.keeper().refresh(text("account")).await?;
                Ok(self.keep(text("name"), token))
            }
            "keeper_stored" => Ok(described(&self.keeper().account(text("account")).await?.token)),
            "keeper_token" => Ok(described(&self.keeper().token(text("account")).await?)),
            "keeper_logout" => Ok(json!({ "revoked": self.keeper().logout(text("account")).await?.revoked })),
            other => panic!("there is no operation {other}"),
        }
    }

    async fn discover(&mut self, asked: &Value) -> Result<Value> {
        let mut builder = client::discover(asked["issuer"].as_str().unwrap(), &HttpTransport::new()).await?;
        if let Some(endpoint) = asked["identity_endpoint"].as_str() {
            builder = builder.identity_endpoint(endpoint, asked["identity_member"].as_str().unwrap());
        }
        if asked["secret_in_body"] == true {
            builder = builder.secret_in_body();
        }
        let provider = builder.build()?;
        let data = provider.data();
        let answer = json!({
            "issuer": data.issuer,
            "issuer_promised": data.iss_promised,
            "token_endpoint": data.token.as_ref().map(|endpoint| endpoint.as_str()),
            "revocation_endpoint": match &data.revoke {
                Some(shutterkey::provider::Revoke::Endpoint(endpoint)) => Some(endpoint.as_str()),
                _ => None,
            },
        });
        self.provider = Some(provider);
        Ok(answer)
    }

    fn client_of(&mut self, asked: &Value) -> Result<Value> {
        let scopes = asked["scopes"].as_array().unwrap().iter().filter_map(Value::as_str);
        let provider = self.provider.clone().unwrap();
        let mut config = ClientConfig::builder(provider, asked["client_id"].as_str().unwrap())
            .redirect_uri(asked["redirect_uri"].as_str().unwrap())
            .scopes(scopes);
        if let Some(secret) = asked["client_secret"].as_str() {
            config = config.client_secret(secret);
        }
        let client = Client::new(config.build()?);
        self.keeper = Some(Keeper::new(client.clone(), Arc::new(MemoryStore::new())));
        self.client = Some(client);
        Ok(json!({}))
    }

    fn client(&self) -> &Client {
        self.client.as_ref().unwrap()
    }

    fn keeper(&self) -> &Keeper {
        self.keeper.as_ref().unwrap()
    }

    fn pending(&self) -> &PendingAuthorization {
        self.pending.as_ref().unwrap()
    }

    fn keep(&mut self, name: &str, token: Token) -> Value {
        let answer = described(&token);
        self.tokens.insert(name.to_owned(), token);
        answer
    }
}

fn described(token: &Token) -> Value {
    let lasts = match (token.expiry(), token.issued_at()) {
        (Expiry::At(end), Some(start)) => Some(end.since(start)),
        _ => None,
    };
    let mut scopes: Vec<_> = token.scopes().into_iter().flat_map(|scopes| scopes.iter()).collect();
    scopes.sort_unstable();
    json!({
        "access": digest(token.reveal()),
        "refresh": token.refresh_token().map(|secret| digest(secret.reveal())),
        "lasts": lasts,
        "scopes": scopes,
        "printed": format!("{token:?}"),
    })
}

fn digest(secret: &str) -> String {
    let bytes = Sha256::digest(secret);
    bytes.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut driver = Driver::default();
    for line in std::io::stdin().lines() {
        let asked = serde_json::from_str(&line.unwrap()).unwrap();
        let answer = match driver.answer(&asked).await {
            Ok(answer) => json!({ "ok": answer }),
            Err(error) => json!({
                "error": error.code().as_str(),
                "text": format!("{error} {} {error:?}", error.hint()),
                "said": error.provider().map(|said| {
                    json!({ "kind": said.kind, "said": said.said, "status": said.status })
                }),
            }),
        };
        let mut out = std::io::stdout().lock();
        writeln!(out, "{answer}").unwrap();
    }
}
