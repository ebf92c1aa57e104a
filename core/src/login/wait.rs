//! Waiting for the answer of one login.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use tokio::sync::mpsc::Receiver;
use tokio::time::{Instant, MissedTickBehavior};

use super::connections::{Connections, accept};
use super::site::{Event, Site, Verdict};
use super::{LoopbackListener, ends_login, page};
use crate::clock::Clock;
use crate::error::{Error, ErrorCode, Result};
use crate::protocol::pending::PendingAuthorization;
use crate::protocol::redirect::Grant;
use crate::provider::ResponseType;

/// How often the clock is asked: it may be moved, and a machine that slept wakes up to a login that is over.
const TICK: Duration = Duration::from_millis(250);

/// How long the result page is kept for a browser that has not fetched it.
const LINGER: Duration = Duration::from_secs(1);

/// How long it is kept after it was fetched, for a browser that loads the redirect twice.
const LINGER_SHOWN: Duration = Duration::from_millis(100);

impl LoopbackListener {
    /// Serves until this login's answer arrives, and shows the person a page about it.
    ///
    /// Other requests, answers of other logins, and answers that are malformed get a page that says so and change nothing.
    /// One answer is taken: the grant, or a refusal that carries the right state. Then the result page stays for the
    /// moment a browser needs to show it, and the port is free again. For a token in the fragment (`response_type=token`),
    /// which no browser sends to a server, a small page hands it over from the same origin.
    ///
    /// `cancel` ends the wait when it completes; [`std::future::pending`] never does. Dropping the future has the same
    /// effect, without an error to look at.
    ///
    /// # Errors
    /// `redirect.state_expired` when the login's time is over by `clock`, or when as much time has really passed;
    /// `denied.by_user` when the person said no, or when `cancel` completed; the `denied` and `provider` families for what
    /// a provider refuses in a redirect; `internal.misuse` for a login with another redirect URI than the listener's, or
    /// one that is bound to a browser session.
    pub async fn wait(
        self,
        pending: &PendingAuthorization,
        clock: &dyn Clock,
        cancel: impl Future<Output = ()>,
    ) -> Result<Grant> {
        self.check(pending)?;
        let wants_token = pending.response_type() == ResponseType::Token;
        let (site, mut events) = Site::new(&self.redirect_uri, self.front.clone(), wants_token)?;
        let mut connections = Connections::new(site.clone(), self.tls.clone());
        let mut cancel = pin!(cancel);
        let mut tick = tokio::time::interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let longest = pending.expires_at().wait_from(clock.now());
        let started = Instant::now();

        let outcome = loop {
            tokio::select! {
                biased;
                Some(event) = events.recv() => {
                    if let Event::Answer { url, verdict } = event {
                        let answer = pending.accept(url.reveal(), clock.now(), None);
                        let outcome = match answer {
                            Err(error) if !ends_login(&error) => {
                                let _ = verdict.send(Verdict::Refused(error));
                                continue;
                            }
                            settled => settled,
                        };
                        site.settle(page::result(outcome.as_ref().err()));
                        let _ = verdict.send(Verdict::Settled);
                        break outcome;
                    }
                }
                () = &mut cancel => {
                    return Err(Error::with_detail(ErrorCode::DeniedByUser, "The login was cancelled before an answer came."));
                }
                _ = tick.tick() => {
                    if clock.now() >= pending.expires_at() || started.elapsed() >= longest {
                        return Err(Error::new(ErrorCode::RedirectStateExpired));
                    }
                }
                accepted = accept(&self.sockets) => {
                    if let Ok(stream) = accepted {
                        connections.add(stream).await;
                    }
                }
            }
        };
        self.linger(&mut connections, &mut events).await;
        outcome
    }

    fn check(&self, pending: &PendingAuthorization) -> Result<()> {
        if pending.redirect_uri() != &self.redirect_uri {
            return Err(Error::with_detail(
                ErrorCode::Misuse,
                format!(
                    "The login was begun with the redirect URI {}, and the listener is at {}.",
                    pending.redirect_uri(),
                    self.redirect_uri
                ),
            ));
        }
        if pending.session().is_some() {
            return Err(Error::with_detail(
                ErrorCode::Misuse,
                "A login that is bound to a browser session cannot be completed by a listener, which knows of none.",
            ));
        }
        Ok(())
    }

    /// Goes on serving until the browser has shown the result.
    async fn linger(&self, connections: &mut Connections, events: &mut Receiver<Event>) {
        let mut until = Instant::now() + LINGER;
        loop {
            tokio::select! {
                biased;
                () = tokio::time::sleep_until(until) => return,
                Some(event) = events.recv() => match event {
                    // A second load that was on its way before the first was settled.
                    Event::Answer { verdict, .. } => drop(verdict.send(Verdict::Settled)),
                    Event::ResultShown => until = until.min(Instant::now() + LINGER_SHOWN),
                },
                accepted = accept(&self.sockets) => {
                    if let Ok(stream) = accepted {
                        connections.add(stream).await;
                    }
                }
            }
        }
    }
}
