//! A year of a thousand accounts on a clock that is moved, with everything that the sandbox can let go wrong, from a seed:
//! no account that lives is ever without a live token, none that is dead is asked for again, and the same seed gives the same year.
//!
//! `SHUTTERKEY_SEED` chooses the seed; it is printed.

mod dice;
mod driver;
mod fleet;
mod wire;

use fleet::{Fleet, Year};

const DAY: i64 = 86_400;

#[tokio::test]
async fn no_live_account_is_without_a_live_token_in_a_year_of_faults_and_no_dead_one_is_asked_for_again() {
    let seed = std::env::var("SHUTTERKEY_SEED").map_or(20_261_127, |seed| seed.parse().unwrap());
    println!("SHUTTERKEY_SEED={seed}");
    let year = Fleet::begin(seed, 1_000).await.live(365).await;
    // What is proven about has to have happened.
    let Year {
        refreshed,
        faults,
        deaths,
        checkpoints,
        logins,
        failed,
        at_rest,
        ..
    } = year;
    println!(
        "{refreshed} refreshed, {failed} failed, {faults} faults, {deaths} deaths, {checkpoints} checkpoints, {logins} logins, \
         {at_rest} times at rest"
    );
    assert!(
        refreshed > 10_000,
        "a thousand accounts, each refreshed about thirteen times"
    );
    assert!(faults > 500 && deaths > 100 && checkpoints > 50 && logins > 100 && failed > 100 && at_rest > 0);
}

#[tokio::test]
async fn the_same_seed_gives_the_same_run_and_another_one_does_not() {
    let run = async |seed| Fleet::begin(seed, 100).await.live(90).await.told;
    let (one, again, other) = (run(7).await, run(7).await, run(8).await);
    assert!(one.len() > 300, "{}", one.len());
    assert_eq!(one, again);
    assert_ne!(one, other);
}
