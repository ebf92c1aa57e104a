//! The routes of a web site, for the adapters to Node's frameworks. What they decide is decided in the core.

use std::sync::Arc;

use napi::Env;
use napi::bindgen_prelude::{ClassInstance, Either, PromiseRaw, Uint8Array};
use napi_derive::napi;
use shutterkey::site::Served;
use shutterkey::web::{Request, Route, Routes};
use shutterkey::{Secret, Site};

use crate::account::{ConnectionParts, KeyParts};
use crate::client::Client;
use crate::failure::{Failure, outcome};
use crate::keeper::Keeper;
use crate::options::LoginOptions;
use crate::runtime::promise;
use crate::seal::SealKeys;
use crate::time::seconds;

/// What everything that does not follow from the redirect URI is.
#[napi(object, object_to_js = false)]
pub struct SiteSettings {
    pub origin: Option<String>,
    pub trusted_origins: Option<Vec<String>>,
    pub prefix: Option<String>,
    pub home: Option<String>,
    pub app_redirect_uri: Option<String>,
    pub app_secrets: Option<Vec<String>>,
    pub verify_token: Option<String>,
}

/// A request, copied from a framework's own.
#[napi(object, object_to_js = false)]
pub struct SiteRequest {
    pub method: String,
    /// Raw, without its question mark.
    pub query: String,
    pub headers: Vec<(String, String)>,
    pub body: Option<Uint8Array>,
}

/// The same, for any thread.
struct Copied {
    method: String,
    query: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl From<SiteRequest> for Copied {
    fn from(request: SiteRequest) -> Self {
        Self {
            body: request.body.as_deref().unwrap_or_default().to_vec(),
            method: request.method,
            query: request.query,
            headers: request.headers,
        }
    }
}

impl Copied {
    fn headers(&self) -> Vec<(&str, &str)> {
        let pairs = self.headers.iter();
        pairs.map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }

    fn core<'a>(&'a self, headers: &'a [(&'a str, &'a str)]) -> Request<'a> {
        Request {
            method: &self.method,
            query: &self.query,
            headers,
            body: &self.body,
        }
    }

    fn with_core<T>(&self, read: impl FnOnce(&Request<'_>) -> T) -> T {
        read(&self.core(&self.headers()))
    }
}

/// What a request came to: the response to send in any case, the failure if there was one, and what was verified.
#[napi(object, object_from_js = false)]
pub struct ServedParts {
    pub status: u16,
    /// Each name once.
    pub headers: Vec<(String, String)>,
    pub body: String,
    pub failure: Option<Failure>,
    pub pending: Option<String>,
    pub connection: Option<ConnectionParts>,
    pub user_id: Option<String>,
    pub issued_at: Option<f64>,
    pub removed: Option<KeyParts>,
    pub confirmation_code: Option<String>,
    pub requested_at: Option<f64>,
    pub delivery: bool,
}

impl From<Served> for ServedParts {
    fn from(served: Served) -> Self {
        let response = served.response;
        let headers = response.headers.into_iter();
        let pending = served.accepted.map(|accepted| accepted.pending.serialize());
        Self {
            status: response.status,
            headers: headers.map(|(name, value)| (name.to_owned(), value)).collect(),
            body: response.body,
            failure: served.error.map(Into::into),
            pending: pending.map(|pending| pending.reveal().to_owned()),
            connection: served.connection.map(Into::into),
            issued_at: served.signed.as_ref().map(|signed| seconds(signed.issued_at)),
            user_id: served.signed.map(|signed| signed.user_id.as_str().to_owned()),
            removed: served.removed.as_ref().map(Into::into),
            confirmation_code: served.confirmation_code,
            requested_at: served.requested_at.map(seconds),
            delivery: served.delivery,
        }
    }
}

/// The routes of one client.
#[napi]
pub struct WebRoutes(Site);

fn named(name: &str) -> napi::Result<Route> {
    let route = Route::ALL.into_iter().find(|route| route.as_str() == name);
    route.ok_or_else(|| napi::Error::from_reason("there is no such route"))
}

#[napi]
impl WebRoutes {
    #[napi]
    pub fn build(
        client: ClassInstance<'_, Client>,
        keys: ClassInstance<'_, SealKeys>,
        settings: SiteSettings,
    ) -> Either<WebRoutes, Failure> {
        let mut builder = Routes::builder(client.0.config().clone(), Arc::new(keys.0.clone()));
        if let Some(origin) = settings.origin {
            builder = builder.origin(origin);
        }
        if let Some(path) = settings.prefix {
            builder = builder.prefix(path);
        }
        if let Some(path) = settings.home {
            builder = builder.home(path);
        }
        if let Some(uri) = settings.app_redirect_uri {
            builder = builder.app_redirect_uri(uri);
        }
        if let Some(token) = settings.verify_token {
            builder = builder.verify_token(token);
        }
        for origin in settings.trusted_origins.unwrap_or_default() {
            builder = builder.trusted_origin(origin);
        }
        for secret in settings.app_secrets.unwrap_or_default() {
            builder = builder.app_secret(Secret::new(secret));
        }
        outcome(
            builder
                .build()
                .map(|routes| Self(Site::new(routes, Arc::clone(client.0.clock())))),
        )
    }

    #[napi]
    pub fn path(&self, route: String) -> napi::Result<String> {
        Ok(self.0.routes().path(named(&route)?))
    }

    #[napi]
    pub fn url(&self, route: String) -> napi::Result<String> {
        Ok(self.0.routes().url(named(&route)?))
    }

    #[napi]
    pub fn start(&self, request: SiteRequest, options: LoginOptions) -> Either<ServedParts, Failure> {
        let options = LoginOptions::read(Some(options));
        let request = Copied::from(request);
        outcome(options.map(|options| request.with_core(|it| self.0.start(it, options)).into()))
    }

    /// Accepts an answer and sends nothing.
    #[napi]
    pub fn accept(&self, request: SiteRequest, session: Option<String>) -> ServedParts {
        Copied::from(request)
            .with_core(|it| self.0.accept(it, session.as_deref()))
            .into()
    }

    /// Accepts an answer and completes the login with the keeper.
    #[napi]
    pub fn callback<'env>(
        &self,
        env: &'env Env,
        keeper: ClassInstance<'_, Keeper>,
        request: SiteRequest,
        session: Option<String>,
        name: Option<String>,
    ) -> napi::Result<PromiseRaw<'env, ServedParts>> {
        let (site, keeper, request) = (self.0.clone(), keeper.0.clone(), Copied::from(request));
        promise(env, async move {
            let headers = request.headers();
            let it = request.core(&headers);
            site.callback(&keeper, &it, session.as_deref(), name.as_deref())
                .await
                .into()
        })
    }

    /// Verifies a callback of the platform and removes nothing.
    #[napi]
    pub fn verify(&self, route: String, request: SiteRequest) -> napi::Result<ServedParts> {
        let route = named(&route)?;
        Ok(Copied::from(request).with_core(|it| self.0.verify(route, it)).into())
    }

    /// Verifies a callback of the platform and removes the account.
    #[napi]
    pub fn remove<'env>(
        &self,
        env: &'env Env,
        keeper: ClassInstance<'_, Keeper>,
        route: String,
        request: SiteRequest,
    ) -> napi::Result<PromiseRaw<'env, ServedParts>> {
        let route = named(&route)?;
        let (site, keeper, request) = (self.0.clone(), keeper.0.clone(), Copied::from(request));
        promise(env, async move {
            let headers = request.headers();
            site.remove(&keeper, route, &request.core(&headers)).await.into()
        })
    }

    #[napi]
    pub fn deletion_status(&self, request: SiteRequest, words: Option<String>) -> ServedParts {
        Copied::from(request)
            .with_core(|it| self.0.deletion_status(it, words.as_deref()))
            .into()
    }

    #[napi]
    pub fn webhook(&self, request: SiteRequest) -> ServedParts {
        Copied::from(request).with_core(|it| self.0.webhook(it)).into()
    }

    /// Begins a login that an app shares with this site.
    #[napi]
    pub fn handover_start(
        &self,
        request: SiteRequest,
        session: Option<String>,
        options: LoginOptions,
    ) -> Either<ServedParts, Failure> {
        let options = LoginOptions::read(Some(options));
        let request = Copied::from(request);
        outcome(options.map(|options| {
            request
                .with_core(|it| self.0.handover_start(it, session.as_deref(), options))
                .into()
        }))
    }

    /// Accepts what an app hands over and sends nothing.
    #[napi]
    pub fn accept_handover(&self, request: SiteRequest, session: Option<String>) -> ServedParts {
        Copied::from(request)
            .with_core(|it| self.0.accept_handover(it, session.as_deref()))
            .into()
    }

    /// Accepts what an app hands over and completes the login with the keeper.
    #[napi]
    pub fn handover_finish<'env>(
        &self,
        env: &'env Env,
        keeper: ClassInstance<'_, Keeper>,
        request: SiteRequest,
        session: Option<String>,
        name: Option<String>,
    ) -> napi::Result<PromiseRaw<'env, ServedParts>> {
        let (site, keeper, request) = (self.0.clone(), keeper.0.clone(), Copied::from(request));
        promise(env, async move {
            let headers = request.headers();
            let it = request.core(&headers);
            site.handover_finish(&keeper, &it, session.as_deref(), name.as_deref())
                .await
                .into()
        })
    }
}
