//! The accounts, what happens to them, and what must hold of them.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use shutterkey::keeping::{ImportOptions, Keeping, Next, Pace};
use shutterkey::record::{AccountRecord, Standing, StoreKey};
use shutterkey::store::Store;
use shutterkey::{ClientConfig, Clock, MemoryStore, Provider, Timestamp, Validity};
use shutterkey_sandbox::{AppSpec, Ended, Fault, FaultKind, Malformed, Product, Sandbox};

use crate::DAY;
use crate::dice::Dice;
use crate::driver::drive;

/// How far the clock moves at once, in seconds.
const STEP: i64 = 4 * 3_600;

/// How long a claim is good for.
const CLAIM: Duration = Duration::from_secs(300);

pub(crate) struct Fleet {
    sandbox: Sandbox,
    store: MemoryStore,
    keeping: Arc<Keeping>,
    pace: Pace,
    dice: Dice,
    people: Vec<Person>,
    by_id: HashMap<String, usize>,
    year: Year,
}

/// An account as the platform has it.
struct Person {
    name: String,
    user_id: String,
    is: Is,
    /// How often the platform told that its token is dead, since the last login.
    told_dead: u32,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Is {
    Alive,
    /// Its token is dead; a login follows at this moment, if it is known by then.
    Dead(Timestamp),
    /// At a checkpoint, which is cleared at this moment.
    Blocked(Timestamp),
}

/// What a year came to.
#[derive(Debug, Default)]
pub(crate) struct Year {
    pub(crate) refreshed: u32,
    pub(crate) failed: u32,
    pub(crate) faults: u32,
    pub(crate) deaths: u32,
    pub(crate) checkpoints: u32,
    pub(crate) logins: u32,
    /// How often the fleet rested although something was due.
    pub(crate) at_rest: u32,
    /// Everything that happened, in order.
    pub(crate) told: Vec<String>,
}

impl Fleet {
    /// Accounts with tokens of every age.
    pub(crate) async fn begin(seed: u64, accounts: usize) -> Self {
        let start = Timestamp::from_seconds(1_800_000_000);
        let sandbox = Sandbox::builder().seed(seed).clock_start(start).start().await.unwrap();
        sandbox.clock().freeze();
        sandbox.clock().set(start);
        let app = sandbox
            .app(&AppSpec::new(Product::Instagram).redirect_uri("https://localhost/"))
            .unwrap();
        let provider = Provider::in_sandbox("instagram", sandbox.base_url(), Some("https://the-year.example")).unwrap();
        let config = ClientConfig::builder(provider, &*app.client_id)
            .client_secret(app.client_secret.unwrap())
            .redirect_uri("https://localhost/");
        let mut fleet = Self {
            keeping: Keeping::new(config.build().unwrap(), "fleet", 30, accounts),
            store: MemoryStore::new(),
            pace: Pace::new(1_000.0, seed),
            dice: Dice::new(seed),
            people: Vec::new(),
            by_id: HashMap::new(),
            year: Year::default(),
            sandbox,
        };
        for number in 0..accounts {
            let name = format!("account{number}");
            let user_id = fleet.sandbox.person(&name).unwrap().user_id.to_string();
            fleet.by_id.insert(user_id.clone(), number);
            fleet.people.push(Person {
                name,
                user_id,
                is: Is::Alive,
                told_dead: 0,
            });
            let age = fleet.dice.between(0, 40) * DAY;
            fleet.log_in(number, age).await;
        }
        fleet.year = Year::default();
        fleet
    }

    pub(crate) async fn live(mut self, days: i64) -> Year {
        let clock = self.sandbox.clock();
        let began = clock.now();
        let mut day = 0;
        while clock.now().since(began) < days * DAY {
            clock.advance(STEP);
            self.happens().await;
            self.keep().await;
            if clock.now().since(began) / DAY > day {
                day = clock.now().since(began) / DAY;
                self.check().await;
            }
        }
        self.year
    }

    /// A token from elsewhere, so many seconds old.
    async fn log_in(&mut self, number: usize, age: i64) {
        let person = &mut self.people[number];
        let token = self.sandbox.mint_token(Product::Instagram, &person.name, age).unwrap();
        let line = json!({
            "user_id": person.user_id,
            "access_token": token.access_token.reveal(),
            "issued_at": token.issued_at,
            "expires_at": token.expires_at,
        });
        let operation = self.keeping.import_line(&line.to_string(), &ImportOptions::new());
        drive(operation, &self.store, &self.sandbox.clock(), |_| ())
            .await
            .unwrap();
        (person.is, person.told_dead) = (Is::Alive, 0);
        self.year.logins += 1;
    }

    /// What happens within one step, as the dice say.
    async fn happens(&mut self) {
        let now = self.sandbox.clock().now();
        if self.dice.once_in(3) {
            self.fault();
        }
        // About one account in three meets something in a year.
        let some = self.people.len() as u64;
        if self.dice.below(365 * 6) < some / 3 {
            let number = self.dice.below(some) as usize;
            self.meet(number, now);
        }
        for number in 0..self.people.len() {
            match self.people[number].is {
                Is::Blocked(until) if now >= until => {
                    self.sandbox.clear_checkpoint(&self.people[number].name).unwrap();
                    self.people[number].is = Is::Alive;
                }
                Is::Dead(until) if now >= until && self.record(number).await.standing != Standing::Good => {
                    self.log_in(number, 0).await;
                }
                _ => {}
            }
        }
    }

    fn meet(&mut self, number: usize, now: Timestamp) {
        let person = &mut self.people[number];
        if person.is != Is::Alive {
            return;
        }
        let why = [
            Ended::AppRemoved,
            Ended::PasswordChanged,
            Ended::Invalid,
            Ended::Checkpoint,
        ][self.dice.below(4) as usize];
        self.sandbox.invalidate(&person.name, None, why).unwrap();
        if why == Ended::Checkpoint {
            person.is = Is::Blocked(now.plus(self.dice.between(1, 5 * 24) * 3_600));
            self.year.checkpoints += 1;
        } else {
            person.is = Is::Dead(now.plus(self.dice.between(1, 40 * 24) * 3_600));
            self.year.deaths += 1;
        }
    }

    fn fault(&mut self) {
        let dice = &mut self.dice;
        let malformed = [
            Malformed::Text,
            Malformed::Html,
            Malformed::Empty,
            Malformed::Array,
            Malformed::TrailingGarbage,
            Malformed::ByteOrderMark,
        ];
        let kind = match dice.below(10) {
            0 => FaultKind::Outage {
                code: dice.below(3) as u32,
            },
            1 => FaultKind::Throttle {
                code: [4, 17, 32, 613, 80_002][dice.below(5) as usize],
                minutes: dice.below(90) as u32,
            },
            2 => FaultKind::Slow {
                delay_ms: 2,
                dribble: dice.once_in(2),
            },
            3 => FaultKind::Truncated,
            4 => FaultKind::Oversized { mib: 2 },
            5 => FaultKind::Malformed(malformed[dice.below(6) as usize]),
            6 => FaultKind::Lost,
            7 => FaultKind::Reset,
            8 => FaultKind::Redirect {
                location: "https://elsewhere.example/".to_owned(),
            },
            _ => FaultKind::Status {
                status: [429, 500, 502, 503, 504][dice.below(5) as usize],
                body: String::new(),
                headers: Vec::new(),
            },
        };
        let costly = matches!(kind, FaultKind::Oversized { .. } | FaultKind::Slow { .. });
        let mut fault = Fault::of("refresh_access_token", kind);
        if dice.once_in(2) {
            fault = fault.account(&self.people[dice.below(self.people.len() as u64) as usize].name);
        }
        fault = if costly || dice.once_in(2) {
            fault.times(dice.between(1, 6) as u32)
        } else {
            fault.for_seconds(dice.between(1, 72) * 3_600)
        };
        self.sandbox.fault(fault);
        self.year.faults += 1;
    }

    /// Keeps what is due, as a fleet does.
    async fn keep(&mut self) {
        let clock = self.sandbox.clock();
        let prefix = StoreKey::accounts_of("fleet", "instagram", self.keeping.config().client_id());
        loop {
            let now = clock.now();
            let claimed = self
                .store
                .claim_due(&prefix, now.plus(1), 20, CLAIM, now)
                .await
                .unwrap();
            if claimed.is_empty() {
                return;
            }
            let mut resting = false;
            for claim in claimed {
                if resting || matches!(self.pace.next(clock.now()), Next::NotBefore(_)) {
                    resting = true;
                    self.store.release(claim.lease).await.unwrap();
                    continue;
                }
                let stored = claim.record.unwrap();
                let before = self.keeping.read_record(&stored.record.bytes).unwrap();
                let number = self.by_id[before.account.user_id.as_str()];
                let mut told_dead = 0;
                let operation = self.keeping.keep_claimed(claim.lease, stored);
                let outcome = drive(operation, &self.store, &clock, |answer| {
                    let body = String::from_utf8_lossy(answer.body());
                    told_dead += u32::from(body.contains("\"code\":190") && !body.contains("459"));
                })
                .await;
                self.pace.heard(&outcome, clock.now());
                self.people[number].told_dead += told_dead;
                self.landed(number, &before, &outcome, clock.now());
            }
            if resting {
                self.year.at_rest += 1;
                return;
            }
        }
    }

    fn landed(
        &mut self,
        number: usize,
        before: &AccountRecord,
        outcome: &shutterkey::Result<shutterkey::operation::Kept>,
        now: Timestamp,
    ) {
        let person = &self.people[number];
        if person.is == Is::Alive {
            assert_ne!(
                before.token.validity(now),
                Validity::Expired,
                "{} came too late",
                person.name
            );
        }
        assert!(
            person.told_dead <= 1,
            "{} was asked for again although it is dead",
            person.name
        );
        let what = match outcome {
            Ok(kept) if kept.refreshed => {
                assert!(
                    person.is == Is::Alive,
                    "{} is {:?} and was refreshed",
                    person.name,
                    person.is
                );
                self.year.refreshed += 1;
                "refreshed".to_owned()
            }
            Ok(kept) => {
                self.year.failed += 1;
                kept.problem
                    .as_ref()
                    .map_or("nothing", |problem| problem.code().as_str())
                    .to_owned()
            }
            Err(error) => {
                assert!(person.is != Is::Alive, "{} lives and got {error}", person.name);
                error.code().as_str().to_owned()
            }
        };
        self.year.told.push(format!("{} {} {what}", now.seconds(), person.name));
    }

    /// What must hold of every account, whatever happened.
    async fn check(&mut self) {
        let now = self.sandbox.clock().now();
        for number in 0..self.people.len() {
            let record = self.record(number).await;
            let person = &self.people[number];
            if person.is == Is::Alive {
                assert_ne!(
                    record.token.validity(now),
                    Validity::Expired,
                    "{} has no live token",
                    person.name
                );
                let given_up = matches!(record.standing, Standing::NeedsLogin { .. });
                assert!(!given_up, "{} lives and is {:?}", person.name, record.standing);
            }
        }
        while self.keeping.next_event().is_some() {}
    }

    async fn record(&self, number: usize) -> AccountRecord {
        let account = shutterkey::AccountKey {
            provider: "instagram".to_owned(),
            app_id: self.keeping.config().client_id().to_owned(),
            user_id: shutterkey::UserId::parse(&self.people[number].user_id).unwrap(),
        };
        let key = StoreKey::account("fleet", &account);
        let stored = self
            .store
            .load(&key, self.sandbox.clock().now())
            .await
            .unwrap()
            .unwrap();
        self.keeping.read_record(&stored.record.bytes).unwrap()
    }
}
