//! Whole operations: each step that is expected, and the answer that is played.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Value, json};
use shutterkey::operation::{
    CompleteRequest, ImportRequest, KeepFreshRequest, app_token, complete, discover, exchange, extend, identify,
    import, inspect_token, instagram_accounts, keep_fresh, logout, permissions, refresh, report, resume, revoke,
    revoke_permission,
};
use shutterkey::record::{Lease, RecordBytes, StoreKey, Stored};
use shutterkey::{
    AccountKey, Answer, Error, ErrorCode, Operation, Result, Secret, SendError, SendFailure, Step, Timestamp, UserId,
};

use crate::define::{Ref, ResponseSpec, TokenSpec, World};
use crate::redirects;
use crate::show::{self, Outcome, contains};
use crate::text::Text;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scenario {
    now: i64,
    run: Run,
    script: Vec<Turn>,
    /// How the first run ends when it is resumed; the case's result is then the resumed run's.
    interrupted: Option<Value>,
    #[serde(default)]
    resume_script: Vec<Turn>,
}

#[derive(Deserialize)]
#[serde(tag = "operation", rename_all = "snake_case", deny_unknown_fields)]
enum Run {
    Complete {
        client: String,
        login: String,
        redirect: Text,
        namespace: Option<String>,
        alias: Option<String>,
    },
    Exchange {
        client: String,
        login: String,
        redirect: Text,
    },
    Extend {
        client: String,
        token: Ref<TokenSpec>,
    },
    Refresh {
        client: String,
        token: Ref<TokenSpec>,
    },
    Identify {
        client: String,
        token: Ref<TokenSpec>,
    },
    Revoke {
        client: String,
        token: Ref<TokenSpec>,
    },
    InspectToken {
        client: String,
        token: Ref<TokenSpec>,
        inspector: Option<Ref<TokenSpec>>,
    },
    AppToken {
        client: String,
    },
    InstagramAccounts {
        client: String,
        token: Ref<TokenSpec>,
    },
    Permissions {
        client: String,
        token: Ref<TokenSpec>,
    },
    RevokePermission {
        client: String,
        token: Ref<TokenSpec>,
        permission: String,
    },
    Import {
        client: String,
        token: Text,
        #[serde(default)]
        from_device: bool,
        namespace: Option<String>,
        alias: Option<String>,
    },
    KeepFresh {
        client: String,
        account: (String, String, String),
        namespace: String,
        #[serde(default)]
        even_if_not_due: bool,
    },
    Report {
        client: String,
        account: (String, String, String),
        namespace: String,
        used: Option<Ref<TokenSpec>>,
        response: ResponseSpec,
    },
    Logout {
        client: String,
        account: (String, String, String),
        namespace: String,
    },
    Discover {
        issuer: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Turn {
    expect: Value,
    answer: AnswerSpec,
    /// The clock, from this answer on.
    now: Option<i64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum AnswerSpec {
    Response(ResponseSpec),
    SendFailed(String),
    Loaded(Option<LoadedSpec>),
    Leased(u64),
    LeaseHeld,
    Saved(u64),
    Conflict,
    StoreFailed(String),
    Released,
    Deleted,
    Waited,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LoadedSpec {
    record: Ref<Map<String, Value>>,
    version: u64,
}

pub(crate) fn scenario(world: &World<'_>, input: Value) -> Outcome {
    let scenario: Scenario = serde_json::from_value(input).unwrap();
    let mut play = Play {
        world,
        now: Timestamp::from_seconds(scenario.now),
        printed: String::new(),
    };
    let script = &scenario.script;
    let outcome = match &scenario.run {
        Run::Complete {
            client,
            login,
            redirect,
            namespace,
            alias,
        } => {
            let pending = world.login(login);
            let grant = pending.accept(&redirect.build(), play.now, None).unwrap();
            let operation = complete(CompleteRequest {
                config: world.client(client),
                pending,
                grant,
                namespace: namespace.clone(),
                alias: alias.clone(),
            });
            let mut end = play.act(operation, script);
            if let Some(interrupted) = &scenario.interrupted {
                let error = end.unwrap_err();
                let shown = show::error(&error);
                assert!(contains(&shown, interrupted), "interrupted by {shown}");
                play.printed.push_str(&show::printed(&error));
                end = play.act(resume(error.resumable().unwrap()), &scenario.resume_script);
            }
            Outcome::of(end, show::connection)
        }
        Run::Exchange {
            client,
            login,
            redirect,
        } => {
            let pending = world.login(login);
            let grant = pending.accept(&redirect.build(), play.now, None).unwrap();
            play.printed
                .push_str(&format!("{grant:?}{}", redirects::grant(&grant).is_null()));
            let operation = exchange(&world.client(client), &pending, grant);
            Outcome::of(play.act(operation, script), |answer| show::token(&answer.token))
        }
        Run::Extend { client, token } => {
            let operation = extend(&world.client(client), &world.token(token).unwrap());
            Outcome::of(play.act(operation, script), show::token)
        }
        Run::Refresh { client, token } => {
            let operation = refresh(&world.client(client), &world.token(token).unwrap());
            Outcome::of(play.act(operation, script), show::token)
        }
        Run::Identify { client, token } => {
            let operation = identify(&world.client(client), &world.token(token).unwrap());
            Outcome::of(play.act(operation, script), show::account)
        }
        Run::Revoke { client, token } => {
            let operation = revoke(&world.client(client), &world.token(token).unwrap());
            Outcome::of(play.act(operation, script), |()| Value::Null)
        }
        Run::InspectToken {
            client,
            token,
            inspector,
        } => {
            let inspector = inspector.as_ref().map(|token| world.token(token).unwrap());
            let operation = inspect_token(&world.client(client), &world.token(token).unwrap(), inspector.as_ref());
            Outcome::of(play.act(operation, script), show::inspection)
        }
        Run::AppToken { client } => Outcome::of(play.act(app_token(&world.client(client)), script), show::token),
        Run::InstagramAccounts { client, token } => {
            let operation = instagram_accounts(&world.client(client), &world.token(token).unwrap());
            Outcome::of(play.act(operation, script), show::instagram_accounts)
        }
        Run::Permissions { client, token } => {
            let operation = permissions(&world.client(client), &world.token(token).unwrap());
            Outcome::of(play.act(operation, script), show::permissions)
        }
        Run::RevokePermission {
            client,
            token,
            permission,
        } => {
            let operation = revoke_permission(&world.client(client), &world.token(token).unwrap(), permission);
            Outcome::of(play.act(operation, script), |()| Value::Null)
        }
        Run::Import {
            client,
            token,
            from_device,
            namespace,
            alias,
        } => {
            let operation = import(ImportRequest {
                config: world.client(client),
                token: Secret::new(token.build()),
                kind: None,
                expiry: None,
                from_device: *from_device,
                account: None,
                namespace: namespace.clone(),
                alias: alias.clone(),
            });
            Outcome::of(play.act(operation, script), show::connection)
        }
        Run::KeepFresh {
            client,
            account,
            namespace,
            even_if_not_due,
        } => {
            let operation = keep_fresh(KeepFreshRequest {
                config: world.client(client),
                account: key(account),
                namespace: namespace.clone(),
                even_if_not_due: *even_if_not_due,
            });
            let end = play.act(operation, script);
            let now = play.now;
            Outcome::of(end, |kept| show::kept(kept, now))
        }
        Run::Report {
            client,
            account,
            namespace,
            used,
            response,
        } => {
            let used = used.as_ref().map(|token| world.token(token).unwrap());
            let operation = report(&world.client(client), namespace, &key(account), used, response.build());
            let end = play.act(operation, script);
            let now = play.now;
            Outcome::of(end, |reported| {
                let mut shown =
                    json!({ "changed": reported.changed, "state": show::state(&reported.record.state(now)) });
                if let Some(meaning) = &reported.meaning {
                    shown["meaning"] = meaning.code().as_str().into();
                }
                shown
            })
        }
        Run::Logout {
            client,
            account,
            namespace,
        } => {
            let operation = logout(&world.client(client), namespace, &key(account));
            Outcome::of(play.act(operation, script), |out| match &out.problem {
                None => json!({ "revoked": out.revoked }),
                Some(problem) => json!({ "revoked": out.revoked, "problem": problem.code().as_str() }),
            })
        }
        Run::Discover { issuer } => {
            let provider = play.act(discover(issuer), script).and_then(|builder| builder.build());
            Outcome::of(provider, show::provider)
        }
    };
    outcome.also_printing(&play.printed)
}

fn key((provider, app_id, user_id): &(String, String, String)) -> AccountKey {
    AccountKey {
        provider: provider.clone(),
        app_id: app_id.clone(),
        user_id: UserId::parse(user_id).unwrap(),
    }
}

struct Play<'a, 'w> {
    world: &'a World<'w>,
    now: Timestamp,
    printed: String,
}

impl Play<'_, '_> {
    /// Drives an operation with the script: no step more, none less, none other.
    fn act<T: std::fmt::Debug>(&mut self, mut operation: Operation<T>, script: &[Turn]) -> Result<T> {
        let mut turns = script.iter();
        let mut step = operation.begin(self.now);
        loop {
            let asked = match step {
                Ok(Step::Done(_)) | Err(_) => {
                    let left = turns.len();
                    let end = step.map(|step| match step {
                        Step::Done(value) => value,
                        _ => unreachable!("a finished operation"),
                    });
                    assert_eq!(left, 0, "steps that were expected and not asked; the end was {end:?}");
                    return end;
                }
                Ok(asked) => asked,
            };
            self.printed.push_str(&format!("{asked:?}"));
            let shown = show_step(&asked);
            let turn = turns
                .next()
                .unwrap_or_else(|| panic!("asked beyond the script: {shown}"));
            assert!(
                contains(&shown, &turn.expect),
                "expected {}\n  asked {shown}",
                turn.expect
            );
            if let Some(now) = turn.now {
                self.now = Timestamp::from_seconds(now);
            }
            let answer = self.answer(&asked, &turn.answer);
            self.printed.push_str(&format!("{answer:?}"));
            step = operation.step(answer, self.now);
        }
    }

    fn answer<T>(&self, asked: &Step<T>, spec: &AnswerSpec) -> Answer {
        match spec {
            AnswerSpec::Response(response) => Answer::Response(response.build()),
            AnswerSpec::SendFailed(why) => Answer::SendFailed(SendError::from(match why.as_str() {
                "timeout" => SendFailure::Timeout,
                "dns" => SendFailure::Dns,
                "tls" => SendFailure::Tls,
                "offline" => SendFailure::Offline,
                "reset" => SendFailure::Reset,
                "too_large" => SendFailure::TooLarge,
                other => panic!("no such failure: {other}"),
            })),
            AnswerSpec::Loaded(stored) => Answer::Loaded(stored.as_ref().map(|stored| Stored {
                record: RecordBytes {
                    bytes: serde_json::to_vec(&self.world.record(&stored.record)).unwrap().into(),
                    due_at: None,
                    forget_at: None,
                },
                version: stored.version,
            })),
            AnswerSpec::Leased(fence) => match asked {
                Step::Lease { key, .. } => Answer::Leased(Lease {
                    key: key.clone(),
                    fence: *fence,
                }),
                _ => Answer::Leased(Lease {
                    key: StoreKey::from_stored("no such key"),
                    fence: *fence,
                }),
            },
            AnswerSpec::LeaseHeld => Answer::LeaseHeld,
            AnswerSpec::Saved(version) => Answer::Saved(*version),
            AnswerSpec::Conflict => Answer::Conflict,
            AnswerSpec::StoreFailed(code) => {
                let code = ErrorCode::ALL.iter().find(|known| known.as_str() == code).unwrap();
                Answer::StoreFailed(Error::new(*code))
            }
            AnswerSpec::Released => Answer::Released,
            AnswerSpec::Deleted => Answer::Deleted,
            AnswerSpec::Waited => Answer::Waited,
        }
    }
}

fn show_step<T>(step: &Step<T>) -> Value {
    match step {
        Step::Send(request) => {
            let mut shown = show::request(request);
            shown["step"] = "send".into();
            shown
        }
        Step::Load(key) => json!({ "step": "load", "key": key.as_str() }),
        Step::Lease { key, ttl } => json!({ "step": "lease", "key": key.as_str(), "ttl": seconds(*ttl) }),
        Step::Save(save) => json!({
            "step": "save",
            "key": save.key.as_str(),
            "expected": save.expected,
            "fence": save.fence,
            "record": serde_json::from_slice::<Value>(&save.record.bytes).unwrap(),
            "forget_at": save.record.forget_at.map(Timestamp::seconds),
        }),
        Step::Release(lease) => json!({ "step": "release", "key": lease.key.as_str(), "fence": lease.fence }),
        Step::Delete { key, expected } => json!({ "step": "delete", "key": key.as_str(), "expected": expected }),
        Step::Wait(_) => json!({ "step": "wait" }),
        _ => json!({ "step": "other" }),
    }
}

fn seconds(duration: Duration) -> u64 {
    duration.as_secs()
}
