//! What cases refer to by name: clients, logins, tokens, records.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use shutterkey::testing::fixed_entropy;
use shutterkey::{
    AuthorizationRequest, AuthorizeOptions, ClientConfig, Expiry, HttpResponse, PendingAuthorization, Provider,
    ResponseType, Result, ScopeSet, Secret, Timestamp, Token, TokenKind, UserId, build_authorization_request,
};

use crate::text::{Bytes, Text, from_hex};

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Definitions {
    clients: BTreeMap<String, ClientSpec>,
    logins: BTreeMap<String, LoginSpec>,
    tokens: BTreeMap<String, TokenSpec>,
    records: BTreeMap<String, Value>,
}

/// A definition by its name, or written out in the case itself.
#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum Ref<T> {
    Name(String),
    Inline(T),
}

#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClientSpec {
    pub(crate) provider: ProviderSpec,
    sandbox: Option<SandboxSpec>,
    client_id: Text,
    client_secret: Option<Text>,
    redirect_uri: Option<Text>,
    pub(crate) scopes: Option<Vec<Text>>,
    #[serde(default)]
    pub(crate) allow_unknown_scopes: bool,
    response_type: Option<ResponseType>,
}

#[derive(Deserialize, Clone)]
#[serde(untagged)]
pub(crate) enum ProviderSpec {
    BuiltIn(String),
    Standard(StandardSpec),
}

#[derive(Deserialize, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct StandardSpec {
    issuer: Option<String>,
    iss_promised: bool,
    authorize_endpoint: Option<Text>,
    token_endpoint: Option<Text>,
    identity_endpoint: Option<String>,
    id_member: Option<String>,
    revocation_endpoint: Option<String>,
    without_pkce: bool,
    secret_in_body: bool,
}

#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
pub(crate) struct SandboxSpec {
    base: String,
    origin: Option<String>,
}

#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
pub(crate) struct LoginSpec {
    pub(crate) client: String,
    pub(crate) now: i64,
    pub(crate) entropy: String,
    #[serde(default)]
    pub(crate) options: OptionsSpec,
}

#[derive(Deserialize, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct OptionsSpec {
    required_scopes: Option<Vec<String>>,
    optional_scopes: Option<Vec<String>>,
    expect_account: Option<String>,
    context: Option<Text>,
    return_to: Option<Text>,
    session: Option<String>,
    ttl: Option<i64>,
    extra: Vec<(String, Text)>,
    force_reauth: bool,
}

#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
pub(crate) struct TokenSpec {
    client: String,
    value: Text,
    kind: TokenKind,
    scopes: Option<Vec<String>>,
    issued_at: Option<i64>,
    expiry: Option<Expiry>,
    data_access_until: Option<i64>,
    refresh_token: Option<Text>,
}

#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
pub(crate) struct ResponseSpec {
    status: u16,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    body: Bytes,
}

impl ResponseSpec {
    pub(crate) fn build(&self) -> HttpResponse {
        let headers = self.headers.clone().into_iter().collect();
        HttpResponse::new(self.status, headers, self.body.build())
    }
}

/// The definitions of a file, and the secrets that were made from them.
pub(crate) struct World<'a> {
    define: &'a Definitions,
    secrets: RefCell<Vec<String>>,
    app_secret: Cell<bool>,
}

impl<'a> World<'a> {
    pub(crate) fn new(define: &'a Definitions) -> Self {
        Self {
            define,
            secrets: RefCell::default(),
            app_secret: Cell::default(),
        }
    }

    /// Whether a client with an app secret was made: an app on a phone has no way to do that.
    pub(crate) fn has_app_secret(&self) -> bool {
        self.app_secret.get()
    }

    /// States, verifiers, app secrets and tokens of everything that was made.
    pub(crate) fn secrets(&self) -> Vec<String> {
        self.secrets.borrow().clone()
    }

    fn secret(&self, text: &str) {
        // A text of a few letters occurs by accident.
        if text.len() >= 8 {
            self.secrets.borrow_mut().push(text.to_owned());
        }
    }

    pub(crate) fn client_spec(&self, client: &Ref<ClientSpec>) -> ClientSpec {
        match client {
            Ref::Inline(spec) => spec.clone(),
            Ref::Name(name) => self.named(&self.define.clients, name),
        }
    }

    pub(crate) fn client(&self, name: &str) -> ClientConfig {
        self.build_client(&self.named(&self.define.clients, name)).unwrap()
    }

    pub(crate) fn build_client(&self, spec: &ClientSpec) -> Result<ClientConfig> {
        let mut builder = ClientConfig::builder(provider(spec)?, spec.client_id.build());
        if let Some(secret) = &spec.client_secret {
            self.app_secret.set(true);
            let secret = secret.build();
            self.secret(&secret);
            builder = builder.client_secret(secret);
        }
        if let Some(uri) = &spec.redirect_uri {
            builder = builder.redirect_uri(&uri.build());
        }
        if let Some(scopes) = &spec.scopes {
            builder = builder.scopes(scopes.iter().map(Text::build));
        }
        if let Some(response_type) = spec.response_type {
            builder = builder.response_type(response_type);
        }
        builder.allow_unknown_scopes(spec.allow_unknown_scopes).build()
    }

    pub(crate) fn login_spec(&self, login: &Ref<LoginSpec>) -> LoginSpec {
        match login {
            Ref::Inline(spec) => spec.clone(),
            Ref::Name(name) => self.named(&self.define.logins, name),
        }
    }

    pub(crate) fn login(&self, name: &str) -> PendingAuthorization {
        self.begin(&self.named(&self.define.logins, name)).unwrap().pending
    }

    pub(crate) fn begin(&self, spec: &LoginSpec) -> Result<AuthorizationRequest> {
        let config = self.client(&spec.client);
        let request = build_authorization_request(
            &config,
            options(&spec.options)?,
            Timestamp::from_seconds(spec.now),
            fixed_entropy(from_hex::<64>(&spec.entropy)),
        )?;
        let (_, state) = request.url.split_once("state=").unwrap();
        self.secret(state.split('&').next().unwrap());
        if let Some(verifier) = request.pending.verifier() {
            self.secret(verifier.reveal());
        }
        Ok(request)
    }

    pub(crate) fn token(&self, token: &Ref<TokenSpec>) -> Result<Token> {
        let spec = match token {
            Ref::Inline(spec) => spec.clone(),
            Ref::Name(name) => self.named(&self.define.tokens, name),
        };
        let value = spec.value.build();
        self.secret(&value);
        let refresh_token = spec.refresh_token.map(|text| text.build());
        refresh_token.iter().for_each(|text| self.secret(text));
        Token::builder(self.client(&spec.client).provider(), value, spec.kind)
            .scopes(spec.scopes.map(ScopeSet::new).transpose()?)
            .issued_at(spec.issued_at.map(Timestamp::from_seconds))
            .expiry(spec.expiry.unwrap_or(Expiry::Unknown))
            .data_access_until(spec.data_access_until.map(Timestamp::from_seconds))
            .refresh_token(refresh_token.map(Secret::from))
            .build()
    }

    pub(crate) fn record(&self, record: &Ref<serde_json::Map<String, Value>>) -> Value {
        match record {
            Ref::Inline(record) => Value::Object(record.clone()),
            Ref::Name(name) => self.named(&self.define.records, name),
        }
    }

    fn named<T: Clone>(&self, defined: &BTreeMap<String, T>, name: &str) -> T {
        defined
            .get(name)
            .unwrap_or_else(|| panic!("nothing is defined as {name}"))
            .clone()
    }
}

fn provider(spec: &ClientSpec) -> Result<Provider> {
    let provider = match &spec.provider {
        ProviderSpec::BuiltIn(id) => Provider::by_id(id).unwrap(),
        ProviderSpec::Standard(spec) => standard(spec)?,
    };
    match &spec.sandbox {
        None => Ok(provider),
        Some(sandbox) => provider.at_sandbox(&sandbox.base, sandbox.origin.as_deref()),
    }
}

fn standard(spec: &StandardSpec) -> Result<Provider> {
    let mut builder = Provider::standard();
    if let Some(issuer) = &spec.issuer {
        builder = builder.issuer(issuer, spec.iss_promised);
    }
    if let Some(url) = &spec.authorize_endpoint {
        builder = builder.authorize_endpoint(url.build());
    }
    if let Some(url) = &spec.token_endpoint {
        builder = builder.token_endpoint(url.build());
    }
    if let Some(url) = &spec.identity_endpoint {
        builder = builder.identity_endpoint(url, spec.id_member.as_deref().unwrap_or("sub"));
    }
    if let Some(url) = &spec.revocation_endpoint {
        builder = builder.revocation_endpoint(url);
    }
    if spec.without_pkce {
        builder = builder.without_pkce();
    }
    if spec.secret_in_body {
        builder = builder.secret_in_body();
    }
    builder.build()
}

fn options(spec: &OptionsSpec) -> Result<AuthorizeOptions> {
    let mut options = AuthorizeOptions::new();
    if let Some(scopes) = &spec.required_scopes {
        options = options.required_scopes(ScopeSet::new(scopes)?);
    }
    if let Some(scopes) = &spec.optional_scopes {
        options = options.optional_scopes(ScopeSet::new(scopes)?);
    }
    if let Some(account) = &spec.expect_account {
        options = options.expect_account(UserId::parse(account)?);
    }
    if let Some(context) = &spec.context {
        options = options.context(context.build());
    }
    if let Some(path) = &spec.return_to {
        options = options.return_to(path.build());
    }
    if let Some(session) = &spec.session {
        options = options.session(session);
    }
    if let Some(ttl) = spec.ttl {
        options = options.ttl(ttl);
    }
    if spec.force_reauth {
        options = options.force_reauth();
    }
    Ok(spec
        .extra
        .iter()
        .fold(options, |options, (name, value)| options.extra(name, value.build())))
}
