//! What is measured: logins and token calls at each server.

use std::sync::Arc;

use serde_json::{Value, json};
use shutterkey::{AuthorizeOptions, Client, ClientConfig, Expiry, Provider, Token, TokenKind};

use crate::served::{REDIRECT_URI, Served};
use crate::walk::Browsers;

/// The sandbox's case that those of others stand beside.
const CODE: &str = "code flow: sandbox";
const REFRESH: &str = "refresh: sandbox";

/// One line of the table.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    /// The sandbox's case of the same kind.
    pub(crate) against: Option<&'static str>,
    pub(crate) server: Arc<Served>,
    client: Client,
    browsers: Browsers,
    what: What,
}

#[derive(Clone, Copy, PartialEq)]
enum What {
    /// Instagram Login: authorize, approve, exchange, extend, identify.
    Instagram,
    /// Authorize, approve, exchange.
    Code,
    /// A refresh token that is used, and its successor after it.
    Rotation,
    /// A long token of Instagram.
    Extension,
}

/// One of the callers at once.
pub(crate) struct Caller<'a> {
    case: &'a Case,
    person: String,
    token: Option<Token>,
    uses: u32,
}

/// How often a long token is refreshed before another takes its place: of a person the newest 64 are remembered.
const USES: u32 = 50;

pub(crate) async fn all() -> Vec<Case> {
    let sandbox = Arc::new(Served::own("sandbox"));
    let bare = Arc::new(Served::own("bare"));
    let browsers = Browsers::new();
    let case = |name, against, server: &Arc<Served>, client: &Client, what| Case {
        name,
        against,
        server: Arc::clone(server),
        client: client.clone(),
        browsers: browsers.clone(),
        what,
    };
    let (instagram, standard) = (in_sandbox(&sandbox, "instagram"), in_sandbox(&sandbox, "standard"));
    let base = bare.text("base");
    let floor = of(base, "/authorize", "/token", "bare", "no secret");
    let mut cases = vec![
        Case::full_login(&sandbox),
        case(CODE, None, &sandbox, &standard, What::Code),
        case("code flow: constants", Some(CODE), &bare, &floor, What::Code),
    ];
    let peers = [
        (
            "oauth2-mock-server",
            "/authorize",
            "/token",
            "code flow: oauth2-mock-server",
            "refresh: oauth2-mock-server",
        ),
        (
            "oidc-provider",
            "/auth",
            "/token",
            "code flow: oidc-provider",
            "refresh: oidc-provider",
        ),
    ];
    let mut refreshes = vec![
        case(
            "refresh, Instagram: sandbox",
            None,
            &sandbox,
            &instagram,
            What::Extension,
        ),
        case(REFRESH, None, &sandbox, &standard, What::Rotation),
        case("refresh: constants", Some(REFRESH), &bare, &floor, What::Rotation),
    ];
    for (name, authorize, token, code_name, refresh_name) in peers {
        let Some(server) = Served::peer(name).map(Arc::new) else {
            println!("{name} is not measured: Node or `npm ci` in tests/interop is missing");
            continue;
        };
        let confidential = server.said["clients"].as_array().expect("clients").iter();
        let client = confidential
            .into_iter()
            .find(|client| client["client_secret"].is_string())
            .expect("a client");
        let text = |name: &str| client[name].as_str().expect("a text").to_owned();
        let client = of(
            server.text("issuer"),
            authorize,
            token,
            &text("client_id"),
            &text("client_secret"),
        );
        cases.push(case(code_name, Some(CODE), &server, &client, What::Code));
        refreshes.push(case(refresh_name, Some(REFRESH), &server, &client, What::Rotation));
    }
    cases.extend(refreshes);
    cases
}

/// A client of the sandbox's own app.
fn in_sandbox(sandbox: &Served, product: &str) -> Client {
    let provider = Provider::in_sandbox(product, sandbox.text("base"), None).expect("a product");
    let app = &sandbox.said[product];
    let mut config =
        ClientConfig::builder(provider, app["client_id"].as_str().expect("an id")).redirect_uri(REDIRECT_URI);
    if let Some(secret) = app["client_secret"].as_str() {
        config = config.client_secret(secret);
    }
    Client::new(config.build().expect("a configuration"))
}

fn of(base: &str, authorize: &str, token: &str, client_id: &str, secret: &str) -> Client {
    let provider = Provider::standard()
        .authorize_endpoint(format!("{base}{authorize}"))
        .token_endpoint(format!("{base}{token}"))
        .build()
        .expect("a server");
    let config = ClientConfig::builder(provider, client_id)
        .redirect_uri(REDIRECT_URI)
        .scopes(["read"]);
    Client::new(config.client_secret(secret).build().expect("a configuration"))
}

impl Case {
    /// A full login at this sandbox, by itself.
    pub(crate) fn full_login(sandbox: &Arc<Served>) -> Self {
        Self {
            name: "full login, Instagram: sandbox",
            against: None,
            server: Arc::clone(sandbox),
            client: in_sandbox(sandbox, "instagram"),
            browsers: Browsers::new(),
            what: What::Instagram,
        }
    }

    /// A caller that is ready: whatever it needs before the first round is done.
    pub(crate) async fn caller(&self, number: usize) -> Caller<'_> {
        let mut caller = Caller {
            case: self,
            person: format!("caller{number}.sandbox"),
            token: None,
            uses: 0,
        };
        if self.server.said["control"].is_string() {
            self.control("person", json!({"username": caller.person})).await;
        }
        match self.what {
            What::Rotation => caller.token = Some(caller.code_flow().await.1),
            What::Extension => caller.token = Some(caller.minted().await),
            What::Instagram | What::Code => {}
        }
        caller
    }

    async fn control(&self, word: &str, body: Value) -> Value {
        let url = format!("{}/control/{word}", self.server.text("base"));
        self.browsers
            .control(&url, self.server.text("control"), body.to_string())
            .await
    }
}

impl Caller<'_> {
    /// Does it once; how many requests that took.
    pub(crate) async fn once(&mut self) -> u64 {
        match self.case.what {
            What::Instagram => {
                let login = self.case.client.authorize(AuthorizeOptions::new()).expect("a login");
                let (redirect, requests) = self.case.browsers.approve(&login.url, &self.person).await;
                let connection = self
                    .case
                    .client
                    .complete(&login.pending, &redirect)
                    .await
                    .expect("a connection");
                assert_eq!(connection.token.kind(), TokenKind::Long);
                requests + 3
            }
            What::Code => self.code_flow().await.0,
            What::Rotation | What::Extension => {
                if self.case.what == What::Extension && self.uses == USES {
                    self.token = Some(self.minted().await);
                    self.uses = 0;
                }
                self.uses += 1;
                let token = self.token.as_ref().expect("a token");
                let next = self.case.client.refresh(token).await.expect("a refresh");
                if self.case.what == What::Rotation {
                    self.token = Some(next);
                }
                1
            }
        }
    }

    async fn code_flow(&self) -> (u64, Token) {
        let client = &self.case.client;
        let login = client.authorize(AuthorizeOptions::new()).expect("a login");
        let (redirect, requests) = self.case.browsers.approve(&login.url, &self.person).await;
        let grant = login.pending.accept(&redirect, client.now(), None).expect("a grant");
        let answer = client.exchange(&login.pending, grant).await.expect("a token");
        (requests + 1, answer.token)
    }

    /// A long token that is old enough to be refreshed.
    async fn minted(&self) -> Token {
        const AGE: i64 = 40 * 86_400;
        let asked = json!({"product": "instagram", "person": self.person, "age_seconds": AGE});
        let answer = self.case.control("mint_token", asked).await;
        let provider = self.case.client.config().provider();
        let value = answer["access_token"]
            .as_str()
            .unwrap_or_else(|| panic!("a token: {answer}"));
        let now = self.case.client.now();
        Token::builder(provider, value, TokenKind::Long)
            .issued_at(Some(now.plus(-AGE)))
            .expiry(Expiry::At(now.plus(20 * 86_400)))
            .build()
            .expect("a token")
    }
}
