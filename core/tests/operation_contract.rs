//! What an operation and its driver owe each other, beyond what the shared scenarios play.

use std::time::Duration;

use shutterkey::operation::{KeepFreshRequest, keep_fresh};
use shutterkey::record::{RecordBytes, Stored};
use shutterkey::{AccountKey, Answer, ClientConfig, ErrorCode, InstagramAppId, Operation, Step, Timestamp, UserId};

const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);
const DAY: i64 = 86_400;

fn keep() -> Operation<shutterkey::operation::Kept> {
    let app_id = InstagramAppId::parse("990602627938098").unwrap();
    let config = ClientConfig::instagram(&app_id)
        .redirect_uri("https://app.example/auth/callback")
        .build()
        .unwrap();
    keep_fresh(KeepFreshRequest {
        config,
        account: AccountKey {
            provider: "instagram".to_owned(),
            app_id: app_id.to_string(),
            user_id: UserId::parse("17841400000000001").unwrap(),
        },
        namespace: "test".to_owned(),
        even_if_not_due: false,
    })
}

/// A record of a token that was issued 40 days ago and expires at `end`.
fn stored(end: i64) -> Answer {
    let record = serde_json::json!({
        "v": 1, "kind": "account", "provider": "instagram", "origin": "https://www.instagram.com",
        "app_id": "990602627938098", "user_id": "17841400000000001",
        "token": {
            "value": "IGAAcanary0long01234567890", "kind": "long",
            "issued_at": NOW.seconds() - 40 * DAY, "expiry": { "at": end },
        },
        "standing": { "is": "good" },
    });
    Answer::Loaded(Some(Stored {
        record: RecordBytes {
            bytes: serde_json::to_vec(&record).unwrap().into(),
            due_at: None,
            forget_at: None,
        },
        version: 7,
    }))
}

#[test]
fn an_operation_is_begun_once_and_before_it_is_answered() {
    let mut operation = keep();
    let early = operation.step(Answer::Waited, NOW).unwrap_err();
    assert_eq!(early.code(), ErrorCode::OperationMisused);
    assert!(matches!(operation.begin(NOW), Ok(Step::Load(_))));
    let again = operation.begin(NOW).unwrap_err();
    assert_eq!(again.code(), ErrorCode::OperationMisused);
}

#[test]
fn a_finished_operation_takes_no_further_answer() {
    let mut operation = keep();
    operation.begin(NOW).unwrap();
    let end = operation.step(Answer::Loaded(None), NOW).unwrap_err();
    assert_eq!(end.code(), ErrorCode::AccountNotFound);
    let after = operation.step(Answer::Loaded(None), NOW).unwrap_err();
    assert_eq!(after.code(), ErrorCode::OperationMisused);
}

#[test]
fn a_lease_that_is_never_given_up_is_waited_for_as_long_as_it_can_last() {
    let end = NOW.plus(20 * DAY).seconds();
    let mut operation = keep();
    let mut step = operation.begin(NOW).unwrap();
    let mut waited = Duration::ZERO;
    let kept = loop {
        let answer = match step {
            Step::Done(kept) => break kept,
            Step::Load(_) => stored(end),
            Step::Lease { .. } => Answer::LeaseHeld,
            Step::Wait(duration) => {
                waited += duration;
                Answer::Waited
            }
            other => panic!("asked for {other:?}"),
        };
        step = operation.step(answer, NOW).unwrap();
    };
    assert_eq!(kept.problem.map(|problem| problem.code()), Some(ErrorCode::StoreBusy));
    assert!((120..125).contains(&waited.as_secs()), "{waited:?}");
}

#[cfg(feature = "client")]
mod driven {
    use std::sync::Arc;

    use shutterkey::operation::{SendError, SendFailure, identify};
    use shutterkey::store::BoxFuture;
    use shutterkey::{ErrorCode, HttpRequest, HttpResponse, ManualClock, Provider, Token, TokenKind, Transport};

    use super::{NOW, keep};

    #[derive(Debug)]
    struct NoNetwork;

    impl Transport for NoNetwork {
        fn send<'a>(&'a self, _: &'a HttpRequest) -> BoxFuture<'a, Result<HttpResponse, SendError>> {
            Box::pin(async { Err(SendFailure::Offline.into()) })
        }
    }

    #[tokio::test]
    async fn what_a_transport_raised_is_the_source_of_the_operations_error() {
        #[derive(Debug)]
        struct Raising;

        impl Transport for Raising {
            fn send<'a>(&'a self, _: &'a HttpRequest) -> BoxFuture<'a, Result<HttpResponse, SendError>> {
                let raised = Arc::new(std::io::Error::other("a proxy of the caller's"));
                Box::pin(async move { Err(SendError::new(SendFailure::Reset, raised)) })
            }
        }

        let provider = Provider::instagram();
        let token = Token::builder(&provider, "IGAAcanary0long01234567890", TokenKind::Long).build();
        let operation = identify(&provider, &token.unwrap());
        let clock = ManualClock::new(NOW);
        let error = shutterkey::driver::drive(operation, &Raising, None, &clock)
            .await
            .unwrap_err();
        assert_eq!(error.code(), ErrorCode::Reset);
        let source = std::error::Error::source(&error).unwrap();
        assert_eq!(source.to_string(), "a proxy of the caller's");
    }

    #[tokio::test]
    async fn an_operation_that_needs_a_store_and_has_none_is_a_misuse() {
        let clock = ManualClock::new(NOW);
        let error = shutterkey::driver::drive(keep(), &NoNetwork, None, &clock)
            .await
            .unwrap_err();
        assert_eq!(error.code(), ErrorCode::Misuse);
    }
}
