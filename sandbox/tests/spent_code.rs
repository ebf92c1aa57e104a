//! A code that was spent stays spent, also when the network goes away behind it.

use std::sync::Arc;

use shutterkey::store::BoxFuture;
use shutterkey::{
    AuthorizeOptions, Client, ClientConfig, ErrorCode, HttpRequest, HttpResponse, HttpTransport, Method, Provider,
    SendError, SendFailure, Transport,
};
use shutterkey_sandbox::{AppSpec, Approval, Product, Sandbox};

/// The network is there for the exchange, a POST, and gone afterwards.
#[derive(Debug, Default)]
struct GoneAfterTheExchange(HttpTransport);

impl Transport for GoneAfterTheExchange {
    fn send<'a>(&'a self, request: &'a HttpRequest) -> BoxFuture<'a, Result<HttpResponse, SendError>> {
        if request.method() == Method::Post {
            return self.0.send(request);
        }
        Box::pin(async { Err(SendFailure::Offline.into()) })
    }
}

#[tokio::test]
async fn a_client_without_a_store_sends_a_code_once_although_a_later_step_was_offline() {
    let sandbox = Sandbox::start().await.unwrap();
    let app = sandbox
        .app(&AppSpec::new(Product::Instagram).redirect_uri("https://localhost/"))
        .unwrap();
    let provider = Provider::in_sandbox("instagram", sandbox.base_url(), None).unwrap();
    let config = ClientConfig::builder(provider, &*app.client_id)
        .redirect_uri("https://localhost/")
        .client_secret(app.client_secret.clone().unwrap())
        .build()
        .unwrap();
    let client = Client::over(config.clone(), Arc::new(GoneAfterTheExchange::default()));
    let login = client.authorize(AuthorizeOptions::new()).unwrap();
    let redirect = sandbox.approve(&login.url, &Approval::by("studio")).await.unwrap();

    let error = client.complete(&login.pending, &redirect).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::Offline);
    let again = client.complete(&login.pending, &redirect).await.unwrap_err();
    assert_eq!(again.code(), ErrorCode::RedirectStateUsed);
    assert_eq!(sandbox.calls().matching("oauth/access_token").len(), 1);

    // What was received is in the error, and goes on once the network is back.
    let online = Client::new(config);
    assert!(online.resume(error.resumable().unwrap()).await.is_ok());
}
