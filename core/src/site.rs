//! The routes of a web site with the keeper behind them: each request, from what came to what is sent.

use std::sync::Arc;

use crate::account::AccountKey;
use crate::clock::{Clock, Timestamp};
use crate::entropy::Entropy;
use crate::error::{Error, Result};
use crate::keeper::Keeper;
use crate::meta::SignedRequest;
use crate::operation::Connection;
use crate::protocol::authorize::AuthorizeOptions;
use crate::web::{Accepted, Request, Response, Route, Routes, Webhook};

/// [`Routes`] on a clock. Every method answers a [`Served`], whose response is to be sent in any case: adapters copy it, call
/// the hooks of those who run the site, and decide nothing.
#[derive(Clone, Debug)]
pub struct Site {
    routes: Routes,
    clock: Arc<dyn Clock>,
}

/// What a request came to. Members without a meaning for its route are `None`.
#[derive(Debug)]
#[non_exhaustive]
pub struct Served {
    /// What to send.
    pub response: Response,
    /// Why it is not what was asked for; the response says so.
    pub error: Option<Error>,
    /// The login that was answered, and its grant.
    pub accepted: Option<Accepted>,
    /// The account that is connected and stored.
    pub connection: Option<Connection>,
    /// The verified callback of the platform.
    pub signed: Option<SignedRequest>,
    /// The account that it removed.
    pub removed: Option<AccountKey>,
    /// Of a deletion.
    pub confirmation_code: Option<String>,
    /// When the deletion was asked for whose status is asked for now.
    pub requested_at: Option<Timestamp>,
    /// Whether the body is a verified delivery of the webhook.
    pub delivery: bool,
}

impl Served {
    fn saying(response: Response) -> Self {
        Self {
            response,
            error: None,
            accepted: None,
            connection: None,
            signed: None,
            removed: None,
            confirmation_code: None,
            requested_at: None,
            delivery: false,
        }
    }
}

impl Site {
    /// The routes, at a present that this clock tells.
    pub fn new(routes: Routes, clock: Arc<dyn Clock>) -> Self {
        Self { routes, clock }
    }

    /// The routes.
    pub fn routes(&self) -> &Routes {
        &self.routes
    }

    /// [`Route::Start`].
    pub fn start(&self, request: &Request<'_>, options: AuthorizeOptions) -> Served {
        let begun = Entropy::from_os().and_then(|entropy| {
            let now = self.clock.now();
            self.routes.start(request, options, now, entropy)
        });
        self.concluded(Route::Start, request, begun.map(Served::saying))
    }

    /// [`Route::Callback`] for a caller who completes the login without a keeper: nothing is sent to the provider, and the
    /// response is that of a completed login.
    pub fn accept(&self, request: &Request<'_>, session: Option<&str>) -> Served {
        self.concluded(Route::Callback, request, self.accepted(request, session))
    }

    /// [`Route::Callback`]: completes the login, and stores the account, under a name if one is given.
    pub async fn callback(
        &self,
        keeper: &Keeper,
        request: &Request<'_>,
        session: Option<&str>,
        name: Option<&str>,
    ) -> Served {
        let completed = async {
            let mut served = self.accepted(request, session)?;
            if let Some(accepted) = served.accepted.take() {
                let connection = keeper.complete_grant(&accepted.pending, accepted.grant, name).await?;
                served.connection = Some(connection);
            }
            Ok(served)
        };
        let completed = completed.await;
        self.concluded(Route::Callback, request, completed)
    }

    /// [`Route::Deauthorize`] or [`Route::DataDeletion`] by POST, verified alone: nothing is removed.
    pub fn verify(&self, route: Route, request: &Request<'_>) -> Served {
        self.concluded(route, request, self.verified(route, request))
    }

    /// [`Route::Deauthorize`] or [`Route::DataDeletion`] by POST: removes the account that it is about.
    pub async fn remove(&self, keeper: &Keeper, route: Route, request: &Request<'_>) -> Served {
        let removed = async {
            let mut served = self.verified(route, request)?;
            if let Some(signed) = &served.signed {
                served.removed = keeper.deauthorized(signed).await?;
            }
            Ok(served)
        };
        let removed = removed.await;
        self.concluded(route, request, removed)
    }

    /// [`Route::DataDeletion`] by GET. `words` say how far the deletion has come, where it is not done at once.
    pub fn deletion_status(&self, request: &Request<'_>, words: Option<&str>) -> Served {
        let shown = self.routes.deletion_status(request).map(|deletion| Served {
            requested_at: Some(deletion.requested_at),
            confirmation_code: Some(deletion.confirmation_code.clone()),
            ..Served::saying(self.routes.deletion_page(&deletion, words))
        });
        self.concluded(Route::DataDeletion, request, shown)
    }

    /// [`Route::Webhook`].
    pub fn webhook(&self, request: &Request<'_>) -> Served {
        let verified = self.routes.webhook(request).map(|webhook| match webhook {
            Webhook::Challenge(response) => Served::saying(response),
            Webhook::Delivery(response) => Served {
                delivery: true,
                ..Served::saying(response)
            },
        });
        self.concluded(Route::Webhook, request, verified)
    }

    /// [`Route::HandoverStart`].
    pub fn handover_start(&self, request: &Request<'_>, session: Option<&str>, options: AuthorizeOptions) -> Served {
        let begun = Entropy::from_os().and_then(|entropy| {
            let now = self.clock.now();
            self.routes.handover_start(request, session, options, now, entropy)
        });
        self.concluded(Route::HandoverStart, request, begun.map(Served::saying))
    }

    /// [`Route::HandoverFinish`] for a caller who completes the login without a keeper: nothing is sent to the provider. The
    /// response is the caller's to make, from the connection: [`Routes::handed_over`].
    pub fn accept_handover(&self, request: &Request<'_>, session: Option<&str>) -> Served {
        let accepted = self.routes.handover_finish(request, session, self.clock.now());
        let accepted = accepted.map(|accepted| Served {
            accepted: Some(accepted),
            ..Served::saying(self.routes.taken_over())
        });
        self.concluded(Route::HandoverFinish, request, accepted)
    }

    /// [`Route::HandoverFinish`]: completes the login, and stores the account, under a name if one is given.
    pub async fn handover_finish(
        &self,
        keeper: &Keeper,
        request: &Request<'_>,
        session: Option<&str>,
        name: Option<&str>,
    ) -> Served {
        let completed = async {
            let accepted = self.routes.handover_finish(request, session, self.clock.now())?;
            let connection = keeper.complete_grant(&accepted.pending, accepted.grant, name).await?;
            Ok(Served {
                response: self.routes.handed_over(&connection),
                connection: Some(connection),
                ..Served::saying(self.routes.taken_over())
            })
        };
        let completed = completed.await;
        self.concluded(Route::HandoverFinish, request, completed)
    }

    fn accepted(&self, request: &Request<'_>, session: Option<&str>) -> Result<Served> {
        let now = self.clock.now();
        let accepted = self.routes.callback(request, session, now)?;
        Ok(Served {
            accepted: Some(accepted),
            ..Served::saying(self.routes.connected(request, now))
        })
    }

    fn verified(&self, route: Route, request: &Request<'_>) -> Result<Served> {
        let now = self.clock.now();
        if route == Route::Deauthorize {
            let signed = self.routes.deauthorize(request, now)?;
            return Ok(Served {
                signed: Some(signed),
                ..Served::saying(self.routes.deauthorized())
            });
        }
        let deletion = self.routes.data_deletion(request, now)?;
        let response = self.routes.deletion_confirmed(&deletion);
        Ok(Served {
            confirmation_code: Some(deletion.confirmation_code),
            signed: Some(deletion.request),
            ..Served::saying(response)
        })
    }

    /// What a route came to, or the response to its error.
    fn concluded(&self, route: Route, request: &Request<'_>, served: Result<Served>) -> Served {
        served.unwrap_or_else(|error| {
            let response = self.routes.failed(route, request, &error, self.clock.now());
            Served {
                error: Some(error),
                ..Served::saying(response)
            }
        })
    }
}
