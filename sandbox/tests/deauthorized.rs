//! Accounts that the platform says are deauthorized.

use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use shutterkey::meta::{SignedRequest, verify_signed_request};
use shutterkey::{
    AuthorizeOptions, Client, ClientConfig, Connection, ErrorCode, HttpTransport, Keeper, MemoryStore, Provider,
    Timestamp,
};
use shutterkey_sandbox::{AppCredentials, AppSpec, Approval, Product, Sandbox};

const REDIRECT: &str = "http://127.0.0.1:4711/callback";

struct Stage {
    sandbox: Sandbox,
    app: AppCredentials,
    keeper: Keeper,
}

impl Stage {
    async fn of(product: Product) -> Self {
        let sandbox = Sandbox::start().await.unwrap();
        let redirect = match product {
            Product::Instagram => "https://localhost/",
            _ => REDIRECT,
        };
        let app = sandbox.app(&AppSpec::new(product).redirect_uri(redirect)).unwrap();
        let provider = Provider::in_sandbox(product.as_str(), sandbox.base_url(), None).unwrap();
        let config = ClientConfig::builder(provider, &*app.client_id)
            .redirect_uri(redirect)
            .client_secret(app.client_secret.clone().unwrap())
            .build()
            .unwrap();
        let client = Client::over(config, Arc::new(HttpTransport::new())).with_clock(Arc::new(sandbox.clock()));
        let keeper = Keeper::new(client, Arc::new(MemoryStore::new()));
        Self { sandbox, app, keeper }
    }

    async fn log_in(&self) -> Connection {
        let login = self.keeper.authorize(AuthorizeOptions::new()).unwrap();
        let redirect = self.sandbox.approve(&login.url, &Approval::by("studio")).await.unwrap();
        self.keeper
            .complete(&login.pending, &redirect, Some("me"))
            .await
            .unwrap()
    }

    fn now(&self) -> Timestamp {
        self.keeper.client().now()
    }

    /// What the platform posts, signed as it signs and verified as a site verifies it.
    fn callback(&self, user_id: &str, made_at: Timestamp) -> SignedRequest {
        let payload = format!(
            r#"{{"user_id":"{user_id}","algorithm":"HMAC-SHA256","issued_at":{}}}"#,
            made_at.seconds()
        );
        let payload = BASE64_URL_SAFE_NO_PAD.encode(payload);
        let secret = self.app.client_secret.clone().unwrap();
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.reveal().as_bytes()).unwrap();
        mac.update(payload.as_bytes());
        let signature = BASE64_URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes());
        verify_signed_request(&format!("{signature}.{payload}"), &[secret], self.now()).unwrap()
    }
}

#[tokio::test]
async fn an_account_that_was_deauthorized_is_gone_at_once_and_nothing_is_sent() {
    let stage = Stage::of(Product::Instagram).await;
    let connection = stage.log_in().await;
    stage.keeper.token("me").await.unwrap();
    let sent = stage.sandbox.calls().len();
    let callback = stage.callback(connection.account.app_scoped_id.unwrap().as_str(), stage.now());

    assert_eq!(
        stage.keeper.deauthorized(&callback).await.unwrap(),
        Some(connection.key)
    );
    let error = stage.keeper.token("me").await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::AccountNotFound);
    assert_eq!(stage.sandbox.calls().len(), sent);
}

#[tokio::test]
async fn where_a_product_has_one_id_for_both_the_account_is_found_by_it() {
    let stage = Stage::of(Product::Standard).await;
    let connection = stage.log_in().await;
    assert_eq!(connection.account.app_scoped_id, None);
    let callback = stage.callback(connection.account.user_id.as_str(), stage.now());
    assert_eq!(
        stage.keeper.deauthorized(&callback).await.unwrap(),
        Some(connection.key)
    );
}

#[tokio::test]
async fn a_callback_that_is_delivered_after_a_new_login_leaves_that_login_alone() {
    let stage = Stage::of(Product::Instagram).await;
    let connection = stage.log_in().await;
    let removed_at = stage.now();
    stage.sandbox.clock().advance(1_800);
    let again = stage.log_in().await;
    let callback = stage.callback(connection.account.app_scoped_id.unwrap().as_str(), removed_at);

    assert_eq!(stage.keeper.deauthorized(&callback).await.unwrap(), None);
    assert_eq!(stage.keeper.token("me").await.unwrap().reveal(), again.token.reveal());
}

#[tokio::test]
async fn a_clock_that_is_a_little_ahead_keeps_no_deauthorized_account() {
    let stage = Stage::of(Product::Instagram).await;
    let connection = stage.log_in().await;
    let callback = stage.callback(
        connection.account.app_scoped_id.unwrap().as_str(),
        stage.now().plus(-120),
    );
    assert!(stage.keeper.deauthorized(&callback).await.unwrap().is_some());
}

#[tokio::test]
async fn a_callback_about_an_account_that_is_not_here_removes_nothing() {
    let stage = Stage::of(Product::Instagram).await;
    stage.log_in().await;
    let callback = stage.callback("999", stage.now());
    assert_eq!(stage.keeper.deauthorized(&callback).await.unwrap(), None);
    assert!(stage.keeper.token("me").await.is_ok());
}
