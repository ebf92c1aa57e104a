//! Waiting for the answer of a login: from the listener, or from what is pasted, whichever comes first.

use std::cell::Cell;
use std::future::pending;
use std::time::Duration;

use shutterkey::login::{LoopbackListener, PASTE_PAUSE, PasteReader, Pasted};
use shutterkey::{Clock, Family, Grant, PendingAuthorization};
use tokio::time::{Instant, sleep, sleep_until, timeout};

use crate::exit::{Failure, Outcome};
use crate::output::{BEAT, Live, Ui, clock_face};
use crate::terminal::{Arrived, Hidden, Input, is_interactive};

/// One login's answer that is waited for.
pub(crate) struct Waiting<'a> {
    pub(crate) ui: Ui,
    pub(crate) pending: &'a PendingAuthorization,
    pub(crate) clock: &'a dyn Clock,
    pub(crate) seconds: u32,
}

impl Waiting<'_> {
    /// The grant, or why there is none.
    pub(crate) async fn answer(&self, listener: Option<LoopbackListener>) -> Outcome<Grant> {
        let _hidden = is_interactive().then(Hidden::begin).flatten();
        let live = Live::new(self.ui);
        let held = Cell::new(0);
        let limit = Instant::now() + Duration::from_secs(u64::from(self.seconds));
        let alone = listener.is_none();
        // After hiding: whoever pastes at once is not shown what they paste.
        self.ui.note(paste_sentence(!alone));
        let listening = async {
            match listener {
                Some(listener) => Ok(listener.wait(self.pending, self.clock, pending()).await?),
                None => pending().await,
            }
        };
        tokio::select! {
            biased;
            grant = listening => grant,
            grant = self.pasted(&held, alone) => grant,
            () = sleep_until(limit) => Err(Failure::timeout(self.seconds)),
            () = self.count_down(&live, &held, limit) => Err(Failure::timeout(self.seconds)),
        }
    }

    /// What is pasted, explained until it is the answer. A pipe that ends without one ends the wait, unless a listener
    /// may still get it.
    async fn pasted(&self, held: &Cell<usize>, alone: bool) -> Outcome<Grant> {
        let mut input = Input::begin();
        let mut reader = PasteReader::new(self.pending);
        let mut last = None;
        let mut paused = false;
        loop {
            let arrived = if paused {
                timeout(PASTE_PAUSE, input.next()).await.ok()
            } else {
                Some(input.next().await)
            };
            let (judged, ended) = match arrived {
                Some(Arrived::Piece(piece)) => (reader.feed(&piece, self.clock.now()), false),
                Some(Arrived::End) => (reader.judge(self.clock.now()), true),
                None => (reader.judge(self.clock.now()), false),
            };
            held.set(reader.len());
            paused = matches!(judged, Pasted::Pause);
            match judged {
                Pasted::Answer(answer) => return Ok(answer?),
                Pasted::Cancelled => return Err(Failure::interrupted()),
                Pasted::Explained(error) => {
                    let failure = Failure::from(error.clone());
                    if !ended {
                        self.ui.explain(&failure.message, &failure.hint);
                    }
                    last = Some(error);
                }
                _ => {}
            }
            if ended {
                return self.ended(last, alone).await;
            }
        }
    }

    async fn ended(&self, last: Option<shutterkey::Error>, alone: bool) -> Outcome<Grant> {
        match last {
            // The provider refused, so no redirect will come.
            Some(error) if alone || error.family() == Family::Provider => Err(error.into()),
            None if alone => Err(Failure::input(
                "The input ended before an answer was given.",
                "Run this in a terminal, or give the address that the browser ended on as input.",
            )),
            _ => pending().await,
        }
    }

    async fn count_down(&self, live: &Live, held: &Cell<usize>, limit: Instant) {
        if !self.ui.is_lively() {
            return pending().await;
        }
        loop {
            let left = clock_face(limit.saturating_duration_since(Instant::now()));
            let pasted = match held.get() {
                0 => String::new(),
                count => format!("; {count} characters pasted, press Enter"),
            };
            live.draw(&format!("waiting for the answer, {left} left{pasted}"));
            sleep(BEAT).await;
        }
    }
}

fn paste_sentence(listening: bool) -> &'static str {
    if listening {
        "If something goes wrong there, paste the address of the page, or an error's text, here and press Enter; what you paste is not shown."
    } else {
        "Paste the address of the page that you end on, or an error's text, here and press Enter; what you paste is not shown."
    }
}
