//! Keepers in several processes over one file store: one refresh for all of them.
#![cfg(all(feature = "file-store", feature = "http", unix))]

mod processes_support;

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use processes_support::child::{Part, Player};
use processes_support::platform::{Platform, RefreshTokens};
use processes_support::{EXPIRED, LOGIN, keeper, log_in, stored};
use shutterkey::{Keeper, Result};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

const PROCESSES: usize = 4;
const CALLERS: usize = 250;

/// Starts callers that each want a token, and returns once every one of them has asked.
async fn storm(keeper: &Keeper) -> JoinSet<Result<String>> {
    let asked = Arc::new(Semaphore::new(0));
    let mut callers = JoinSet::new();
    for _ in 0..CALLERS {
        let (keeper, asked) = (keeper.clone(), Arc::clone(&asked));
        callers.spawn(async move {
            let mut call = pin!(keeper.token("ada"));
            let first = poll_fn(|context| Poll::Ready(call.as_mut().poll(context))).await;
            asked.add_permits(1);
            let token = match first {
                Poll::Ready(token) => token,
                Poll::Pending => call.await,
            };
            token.map(|token| token.reveal().to_owned())
        });
    }
    asked.acquire_many(CALLERS.try_into().unwrap()).await.unwrap().forget();
    callers
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_thousand_callers_in_four_processes_with_an_expired_token_make_one_refresh_and_all_get_its_token() {
    let name = "a_thousand_callers_in_four_processes_with_an_expired_token_make_one_refresh_and_all_get_its_token";
    if let Some(part) = Part::mine() {
        let (keeper, _) = keeper(part.port, &part.folder, part.now).await;
        let callers = storm(&keeper).await;
        println!("SAYS asked");
        for answer in callers.join_all().await {
            println!("SAYS {}", answer.unwrap());
        }
        return;
    }
    let platform = Platform::start(RefreshTokens::Rotate, Duration::from_millis(300)).await;
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("accounts");
    log_in(&keeper(platform.port, &folder, LOGIN).await.0, "ada").await;

    // Clocks of machines differ, and those of processes may: expired for all of them, up to a minute apart.
    let mut players: Vec<_> = (0..PROCESSES)
        .map(|number| {
            let now = LOGIN.plus(EXPIRED + 20 * i64::try_from(number).unwrap());
            Player::start(name, platform.port, now, &folder)
        })
        .collect();
    // Nothing is answered before everybody waits.
    for player in &mut players {
        assert_eq!(player.says().as_deref(), Some("asked"));
    }
    platform.answers.add_permits(PROCESSES * CALLERS);
    let mut answers = Vec::new();
    for player in &mut players {
        answers.extend(std::iter::from_fn(|| player.says()));
        assert!(player.ends_well());
    }
    assert_eq!(answers, vec!["ada-access-2"; PROCESSES * CALLERS]);
    assert_eq!(platform.counts(|counts| (counts.refreshes, counts.refused)), (1, 0));
    assert_eq!(stored(platform.port, &folder).await[0].1, "ada-access-2");
}
