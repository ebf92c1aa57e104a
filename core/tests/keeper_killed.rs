//! Keepers that are killed at any moment of a refresh, hundreds of times: what is stored stays whole, the lease frees
//! itself, and no refresh is made twice but the one that the dead had begun.
#![cfg(all(feature = "file-store", feature = "http", unix))]

mod processes_support;

use std::collections::BTreeSet;
use std::io::BufRead;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use processes_support::child::{Part, Player};
use processes_support::platform::{Platform, RefreshTokens};
use processes_support::{EXPIRED, LOGIN, keeper, log_in, stored};
use shutterkey::{ErrorCode, ManualClock, Timestamp};

/// More than a lease lasts.
const LEASE_OVER: i64 = 121;

/// From the beginning of one round to that of the next: more than any child's clock goes in one.
const ROUND: i64 = 1_000_000;

/// How many are killed on each kind of platform.
const KILLS: usize = 250;

/// Asks for a token whenever its clock is moved, until it is killed.
async fn play(part: Part) {
    let (keeper, clock) = keeper(part.port, &part.folder, part.now).await;
    let moved = clock.clone();
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines() {
            moved.advance(line.unwrap().parse().unwrap());
        }
    });
    println!("SAYS begins");
    loop {
        let asked_at = now(&clock);
        match keeper.token("ada").await {
            Ok(token) => println!("SAYS {}", token.reveal()),
            Err(error) => println!("SAYS {} {}", error.code(), error.reason().unwrap_or_default()),
        }
        while now(&clock) == asked_at {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
}

fn now(clock: &ManualClock) -> Timestamp {
    shutterkey::Clock::now(clock)
}

/// What a killed keeper may cost, and what it did.
#[derive(Debug, Default)]
struct Ledger {
    kills: usize,
    /// Refreshes that a child got the token of.
    told: BTreeSet<usize>,
    logins: usize,
    version: u64,
}

enum Said {
    Token(usize),
    LoginIsOver,
}

struct Stage {
    platform: Arc<Platform>,
    folder: PathBuf,
    /// Kept until the end.
    _parent: tempfile::TempDir,
    test: &'static str,
    random: u64,
    ledger: Ledger,
}

impl Stage {
    fn random(&mut self, below: u64) -> u64 {
        self.random = self
            .random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.random >> 33) % below
    }

    /// As long as a refresh may take.
    async fn a_moment(&mut self) {
        let pause = self.random(25_000);
        tokio::time::sleep(Duration::from_micros(pause)).await;
    }

    fn start(&self, now: Timestamp) -> Player {
        Player::start(self.test, self.platform.port, now, &self.folder)
    }

    /// What a child says next.
    fn hear(&mut self, player: &mut Player) -> Option<Said> {
        let said = player.says()?;
        let Some(number) = said.strip_prefix("ada-access-") else {
            // By the platform's rules the login is over when the dead had spent the refresh token and nobody has the next
            // one. Nothing else may end it.
            let ended = format!("{} {}", ErrorCode::AccountNeedsLogin, ErrorCode::GrantRejected);
            assert_eq!(said, ended);
            return Some(Said::LoginIsOver);
        };
        let number = number.parse().unwrap();
        self.ledger.told.insert(number);
        Some(Said::Token(number))
    }

    /// Kills a child, and looks at what it left. Answers whether it had found that the login is over.
    async fn kill(&mut self, player: &mut Player) -> bool {
        player.kill();
        self.ledger.kills += 1;
        self.platform.is_quiet().await;
        let (mut last, mut is_over) = (0, false);
        while let Some(said) = self.hear(player) {
            match said {
                Said::Token(number) => last = number,
                Said::LoginIsOver => is_over = true,
            }
        }
        let records = stored(self.platform.port, &self.folder).await;
        assert_eq!(records.len(), 2, "both accounts are there, whole");
        let (version, token) = records.iter().find(|(_, token)| token.starts_with("ada-")).unwrap();
        let number: usize = token.rsplit('-').next().unwrap().parse().unwrap();
        assert!(number >= last, "{last} was answered and {number} is stored");
        assert!(
            *version >= self.ledger.version,
            "version {version} after {}",
            self.ledger.version
        );
        self.ledger.version = *version;
        let most = self.platform.counts(|counts| counts.most_at_once);
        assert!(most <= 1, "{most} refreshes at once");
        is_over
    }

    /// One child refreshes some times, and is killed at some moment.
    async fn alone(&mut self, begin: Timestamp) -> bool {
        let mut player = self.start(begin);
        assert_eq!(player.says().as_deref(), Some("begins"));
        for _ in 0..self.random(3) {
            if matches!(self.hear(&mut player).unwrap(), Said::LoginIsOver) {
                return true;
            }
            player.advance(EXPIRED);
        }
        self.a_moment().await;
        self.kill(&mut player).await
    }

    /// Two want one refresh. One is killed, and the other gets a token once the dead one's lease is over; then it is killed
    /// in the next.
    async fn pair(&mut self, begin: Timestamp) -> bool {
        let mut players = [self.start(begin), self.start(begin)];
        for player in &mut players {
            assert_eq!(player.says().as_deref(), Some("begins"));
        }
        self.a_moment().await;
        let [mut victim, mut other] = players;
        if self.random(2) == 0 {
            std::mem::swap(&mut victim, &mut other);
        }
        self.kill(&mut victim).await;
        other.advance(LEASE_OVER);
        if matches!(self.hear(&mut other).unwrap(), Said::LoginIsOver) {
            return true;
        }
        other.advance(EXPIRED);
        self.a_moment().await;
        self.kill(&mut other).await
    }
}

fn seed() -> u64 {
    let seed = std::env::var("STORE_TEST_SEED").map_or_else(
        |_| u64::from(std::process::id()) ^ std::time::UNIX_EPOCH.elapsed().unwrap().as_nanos() as u64,
        |seed| seed.parse().unwrap(),
    );
    println!("STORE_TEST_SEED={seed}");
    seed
}

/// Kills [`KILLS`] children, of which some have a rival, and asserts what holds on every kind of platform.
async fn kill_many(test: &'static str, refresh_tokens: RefreshTokens) -> Stage {
    let platform = Platform::start(refresh_tokens, Duration::from_millis(2)).await;
    platform.answers.add_permits(1_000_000);
    let parent = tempfile::tempdir().unwrap();
    let mut stage = Stage {
        folder: parent.path().join("accounts"),
        _parent: parent,
        platform,
        test,
        random: seed(),
        ledger: Ledger::default(),
    };
    let (first, _) = keeper(stage.platform.port, &stage.folder, LOGIN).await;
    log_in(&first, "ada").await;
    log_in(&first, "bob").await;
    let began = Instant::now();
    let mut begin = LOGIN;
    while stage.ledger.kills < KILLS {
        begin = begin.plus(ROUND);
        let is_over = match stage.random(3) {
            0 => stage.pair(begin).await,
            _ => stage.alone(begin).await,
        };
        if is_over {
            stage.ledger.logins += 1;
            let (again, _) = keeper(stage.platform.port, &stage.folder, begin.plus(ROUND / 2)).await;
            log_in(&again, "ada").await;
        }
    }
    let (refreshes, refused) = stage.platform.counts(|counts| (counts.refreshes, counts.refused));
    let Ledger {
        kills, told, logins, ..
    } = &stage.ledger;
    println!(
        "{:?}: {kills} kills, {refreshes} refreshes, {} of them told, {refused} refused, {logins} logins",
        began.elapsed(),
        told.len()
    );
    // A refresh that nobody was told of is one that a kill fell into.
    assert!(refreshes - refused <= told.len() + kills);
    assert!(refused <= *kills && *logins <= refused);

    // Whoever comes later finds both accounts, and no lease in the way.
    let (last, _) = keeper(stage.platform.port, &stage.folder, begin.plus(2 * ROUND)).await;
    let bobs = last.token("bob").await.unwrap();
    assert!(bobs.reveal().starts_with("bob-access-"));
    stage
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_refreshes_that_are_killed_at_any_moment_none_loses_a_login_whose_refresh_token_stays() {
    if let Some(part) = Part::mine() {
        return play(part).await;
    }
    let test = "of_refreshes_that_are_killed_at_any_moment_none_loses_a_login_whose_refresh_token_stays";
    let stage = kill_many(test, RefreshTokens::Stay).await;
    assert_eq!(stage.ledger.logins, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_refreshes_that_are_killed_at_any_moment_a_rotating_login_is_lost_with_a_reason_and_by_the_rules_alone() {
    if let Some(part) = Part::mine() {
        return play(part).await;
    }
    let test =
        "of_refreshes_that_are_killed_at_any_moment_a_rotating_login_is_lost_with_a_reason_and_by_the_rules_alone";
    kill_many(test, RefreshTokens::Rotate).await;
}
