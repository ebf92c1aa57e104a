//! The core's client and keeper behind a Facebook login: what a token is, where it leads, and whose tokens are taken.

use std::sync::Arc;

use shutterkey::driver::drive;
use shutterkey::keeper::ImportToken;
use shutterkey::{
    AuthorizeOptions, Client, ClientConfig, ErrorCode, Expiry, HttpTransport, Keeper, MemoryStore, Provider, Secret,
    Token, TokenKind,
};
use shutterkey_sandbox::{AppCredentials, AppSpec, Approval, Product, Sandbox};

const CALLBACK: &str = "https://localhost/";
const SCOPES: [&str; 3] = ["instagram_basic", "pages_show_list", "business_management"];

fn keeper_of(sandbox: &Sandbox, app: &AppCredentials, scopes: &[&str]) -> Keeper {
    let provider = Provider::in_sandbox(app.product.as_str(), sandbox.base_url(), None).unwrap();
    let config = ClientConfig::builder(provider, &*app.client_id)
        .redirect_uri(CALLBACK)
        .scopes(scopes)
        .client_secret(app.client_secret.clone().unwrap())
        .build()
        .unwrap();
    let client = Client::over(config, Arc::new(HttpTransport::new())).with_clock(Arc::new(sandbox.clock()));
    Keeper::new(client, Arc::new(MemoryStore::new()))
}

async fn logged_in(sandbox: &Sandbox, spec: AppSpec, approval: &Approval, scopes: &[&str]) -> (Keeper, Token) {
    let app = sandbox.app(&spec.redirect_uri(CALLBACK)).unwrap();
    let keeper = keeper_of(sandbox, &app, scopes);
    let login = keeper.authorize(AuthorizeOptions::new()).unwrap();
    let redirect = sandbox.approve(&login.url, approval).await.unwrap();
    let connection = keeper.complete(&login.pending, &redirect, Some("me")).await.unwrap();
    (keeper, connection.token)
}

#[tokio::test]
async fn an_app_that_requires_proofs_is_served_from_the_login_to_the_logout() {
    let sandbox = Sandbox::start().await.unwrap();
    let spec = AppSpec::new(Product::Facebook).require_app_secret(true);
    let (keeper, token) = logged_in(&sandbox, spec, &Approval::by("studio"), &SCOPES).await;
    let client = keeper.client();
    let found = keeper.instagram_accounts("me").await.unwrap();
    assert!(!found.accounts.is_empty(), "{found:?}");
    assert!(
        client
            .permissions(&token)
            .await
            .unwrap()
            .granted
            .contains("instagram_basic")
    );
    // Who has no secret is told what is missing.
    let unproven = shutterkey::operation::identify(client.config().provider(), &token);
    let error = drive(unproven, &HttpTransport::new(), None, &sandbox.clock())
        .await
        .unwrap_err();
    assert_eq!(error.code(), ErrorCode::SecretProof, "{error}");
    assert!(keeper.logout("me").await.unwrap().revoked);
}

#[tokio::test]
async fn the_pages_of_a_login_lead_to_accounts_and_their_tokens_live_for_ever() {
    let sandbox = Sandbox::start().await.unwrap();
    let spec = AppSpec::new(Product::Facebook);
    let (keeper, _) = logged_in(&sandbox, spec, &Approval::by("studio"), &SCOPES).await;
    let found = keeper.instagram_accounts("me").await.unwrap();
    assert!(found.reason.is_none() && found.note.is_none(), "{found:?}");
    let page = found.accounts[0].page.as_ref().unwrap();
    let token = page.token.as_ref().unwrap();
    assert_eq!((token.kind(), token.expiry()), (TokenKind::Page, Expiry::Never));
    let inspection = keeper.client().inspect_token(token).await.unwrap();
    assert!(inspection.is_valid);
    assert_eq!(inspection.kind.as_ref().map(|kind| kind.as_str()), Some("page"));
    assert_eq!(inspection.profile_id.as_deref(), Some(&*page.id));
    assert!(!format!("{found:?}").contains(token.reveal()));
}

#[tokio::test]
async fn no_token_of_threads_is_taken_from_a_device_and_it_can_be_inspected() {
    let sandbox = Sandbox::start().await.unwrap();
    let spec = AppSpec::new(Product::Threads);
    let (keeper, token) = logged_in(&sandbox, spec, &Approval::by("studio"), &["threads_basic"]).await;
    let inspection = keeper.client().inspect_token(&token).await.unwrap();
    assert!(inspection.is_valid && inspection.app_id.is_none(), "{inspection:?}");
    let given = ImportToken::new(Secret::from(token.reveal())).from_device();
    let error = keeper.import_token(given).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::TokenWrongApp, "{error}");
    let app_token = keeper.client().app_token().await.unwrap();
    assert_eq!(app_token.kind(), TokenKind::App);
}
