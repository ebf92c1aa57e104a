//! `shutterkey keep`: every account of the app is kept alive, until somebody says that it is enough.

mod hook;
mod lines;
mod metrics;
mod serve;
mod stage;
mod status;
mod watch;

use std::future::pending;
use std::pin::pin;
use std::time::Duration;

use serde_json::json;
use shutterkey::keeper::FleetOptions;
use shutterkey::record::AccountRecord;
use shutterkey::{AccountKey, Keeper};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};

use self::hook::Hook;
use self::lines::Lines;
use self::serve::Watched;
use self::stage::Stage;
use self::status::Status;
use self::watch::Watch;
use crate::args::Keep;
use crate::context::Context;
use crate::exit::{Failure, Outcome};
use crate::output::{BEAT, print};
use crate::terminal::Ending;

/// How long what is under way may take after it was asked to end; Kubernetes kills after 30 seconds.
const GRACE: Duration = Duration::from_secs(25);

/// A program of `--on-refresh` that failed, and for whom.
type HookFailure = (AccountKey, Failure);

/// Keeps them. For programs, a failure is a line like the others.
pub(crate) async fn run(context: &Context, options: &Keep, ending: &mut Ending) -> Outcome {
    let outcome = keep(context, options, ending).await;
    match outcome {
        Err(mut failure) if context.ui.is_json() && !failure.told => {
            let error = json!({ "error": failure.object() });
            print(&format!("{error}\n"))?;
            failure.told = true;
            Err(failure)
        }
        other => other,
    }
}

async fn keep(context: &Context, options: &Keep, ending: &mut Ending) -> Outcome {
    let ui = context.ui;
    let stage = ending.or(Stage::open(context, options)).await?;
    let mut fleet = FleetOptions::new()
        .per_second(options.rate)
        .at_once(usize::from(options.at_once))
        .poll(options.poll);
    if options.once {
        fleet = fleet.once();
    }
    let status = Status::new(&stage.keeper, &stage.namespace, fleet.progress());
    let (sender, failures) = unbounded_channel();
    if let Some(words) = options.on_refresh.clone() {
        // Each is told the account's name, from the first on.
        ending.or(async { Ok(status.read_names().await?) }).await?;
        let limit = options.hook_timeout;
        fleet = handing(fleet, Hook { words, limit }, &status, sender);
    }
    let watched = match options.metrics {
        Some(address) => Some(Watched::start(address, options.unhealthy_after, status.clone()).await?),
        None => None,
    };
    if let Some(watched) = &watched {
        ui.note(&format!("Watched at http://{}/metrics and /healthz.", watched.address));
        if !watched.address.ip().is_loopback() {
            ui.note("Other machines can read them: they hold counts and times, and no account.");
        }
    }
    ui.note(&format!("Keeping the accounts in {}.", stage.place));
    let lines = Lines::new(ui, context.is_quiet(), status.clone());
    lines.started(&stage.place, watched.as_ref().map(|watched| watched.address))?;
    let counting = tokio::spawn(status.clone().keep_counting());
    let running = Running {
        keeper: &stage.keeper,
        lines: &lines,
        failures,
        watch: Watch::new(ui, status.clone()),
    };
    let ran = running.until_the_end(fleet, ending).await;
    counting.abort();
    stage.keep_world()?;
    finish(options, &lines, &status, ran).await
}

/// How a run came to its end.
struct Ran {
    /// Somebody asked for the end.
    asked: bool,
    outcome: Outcome,
}

struct Running<'a> {
    keeper: &'a Keeper,
    lines: &'a Lines,
    failures: UnboundedReceiver<HookFailure>,
    watch: Watch,
}

impl Running<'_> {
    async fn until_the_end(mut self, options: FleetOptions, ending: &mut Ending) -> Ran {
        let (stop, stopped) = oneshot::channel::<()>();
        let mut stop = Some(stop);
        let mut fleet = pin!(self.keeper.run(options, async {
            let _ = stopped.await;
        }));
        let events = self.keeper.events();
        let mut beat = interval(BEAT);
        beat.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let (mut asked, mut limit, mut heard) = (false, None, Ok(()));
        let outcome = loop {
            let told = tokio::select! {
                biased;
                () = ending.asked() => {
                    if asked {
                        break Err(Failure::interrupted().hinting("What was under way may have been refreshed and not stored."));
                    }
                    asked = true;
                    Ok(())
                }
                counts = &mut fleet => break counts.map(drop).map_err(Failure::from),
                event = events.next() => self.lines.event(&event),
                Some((account, failure)) = self.failures.recv() => self.lines.hook_failed(&account, &failure),
                _ = beat.tick() => self.watch.look(self.lines, asked),
                () = until(limit) => break Err(Failure::unfinished(GRACE.as_secs())),
            };
            // Where nobody can be told, nobody knows: it ends as if it had been asked to.
            heard = heard.and(told);
            if (asked || heard.is_err())
                && let Some(stop) = stop.take()
            {
                let _ = stop.send(());
                limit = Some(Instant::now() + GRACE);
            }
        };
        let outcome = outcome.and(heard).and(self.told_last());
        Ran { asked, outcome }
    }

    /// What has happened and was not told yet.
    fn told_last(&mut self) -> Outcome {
        self.watch.look(self.lines, true)?;
        let events = self.keeper.events();
        while let Some(event) = events.try_next() {
            self.lines.event(&event)?;
        }
        while let Ok((account, failure)) = self.failures.try_recv() {
            self.lines.hook_failed(&account, &failure)?;
        }
        Ok(())
    }
}

async fn until(limit: Option<Instant>) {
    match limit {
        Some(limit) => sleep_until(limit).await,
        None => pending().await,
    }
}

/// Hands each new token to the program.
fn handing(fleet: FleetOptions, hook: Hook, status: &Status, failures: UnboundedSender<HookFailure>) -> FleetOptions {
    let status = status.clone();
    fleet.then(move |record: AccountRecord| {
        let (hook, status, failures) = (hook.clone(), status.clone(), failures.clone());
        Box::pin(async move {
            let account = record.key();
            let outcome = hook.run(&record, status.name(&account).as_deref()).await;
            status.hook_ended(outcome.is_ok());
            if let Err(why) = outcome {
                // Whoever would hear of it may be gone.
                let _ = failures.send((account, Failure::hook(&why)));
            }
        })
    })
}

/// The summary, and the exit code.
async fn finish(options: &Keep, lines: &Lines, status: &Status, ran: Ran) -> Outcome {
    // A failure of the run itself is what matters; the summary says how far it came.
    let counted = if ran.outcome.is_ok() {
        status.count().await
    } else {
        Ok(())
    };
    let verdict = ran.outcome.and_then(|()| {
        if !options.once {
            return Ok(());
        }
        if ran.asked {
            return Err(Failure::interrupted().hinting("What was left is due in the next run."));
        }
        counted?;
        judged(status)
    });
    lines.summary(verdict.is_ok())?;
    verdict
}

/// Whether all is well after a run that ended by itself. What can be tried again comes first: it would otherwise be
/// hidden for as long as one account needs its person.
fn judged(status: &Status) -> Outcome {
    let (counts, (_, hooks_failed)) = (status.progress().counts(), status.hooks());
    let all = status.counted().unwrap_or_default();
    let rests = status
        .progress()
        .state()
        .rest
        .is_some_and(|rest| rest.until > status.now());
    if counts.failed + counts.lost + hooks_failed + all.unreadable > 0 || rests {
        return Err(Failure::told("keep", 23));
    }
    if all.needs_login + all.blocked > 0 {
        return Err(Failure::told("keep", 17));
    }
    Ok(())
}
