//! What is sent and received is in no printed form.

use shutterkey::driver::drive;
use shutterkey::protocol::answer::classify;
use shutterkey::protocol::request::{HttpRequest, Method};
use shutterkey::{Error, ErrorCode, HttpTransport, ManualClock, Transport};

use crate::server::{Server, json};
use crate::setup::{NOW, config, impatient, old_token, transport};

const CANARY: &str = "IGAASANDBOXcanary7c1e";

fn request(method: Method, base: &str) -> HttpRequest {
    HttpRequest::new(method, format!("{base}/me?access_token={CANARY}"))
        .header("authorization", format!("Bearer {CANARY}"))
        .form(format!("client_secret={CANARY}"))
}

fn assert_silent(what: &str, printed: String) {
    assert!(!printed.contains("canary"), "{what}: {printed}");
}

#[tokio::test]
async fn answers_and_what_is_made_of_them_print_nothing_of_the_exchange() {
    let bodies = [
        json("200 OK", &format!("{{\"access_token\":\"{CANARY}\"}}")),
        json("200 OK", &format!("<html>{CANARY}")),
        json("400 Bad Request", &format!("{{\"{CANARY}\":1}}")),
        format!(
            "HTTP/1.1 302 Found\r\nlocation: /?token={CANARY}\r\nset-cookie: a={CANARY}\r\ncontent-length: 0\r\n\r\n"
        ),
    ];
    for body in bodies {
        let server = Server::answering(body).await;
        let transport = transport();
        let request = request(Method::Post, &server.url(""));
        let response = transport.send(&request).await.unwrap();
        assert_silent("request", format!("{request:?} {request:#?}"));
        assert_silent("response", format!("{response:?} {response:#?}"));
        assert_silent("transport", format!("{transport:?} {transport:#?}"));
        if let Some(error) = classify(&response, NOW) {
            assert_silent("error", format!("{error:?} {error:#?} {error}"));
        }
        let sent = server.log.requests();
        assert!(
            sent[0].head.contains(CANARY) && sent[0].body.contains(CANARY),
            "it was sent"
        );
    }
}

#[tokio::test]
async fn failures_print_nothing_of_the_request() {
    let hanging = Server::start(|mut stream, log| async move {
        log.read(&mut stream).await;
        std::future::pending::<()>().await;
    })
    .await;
    let closing = Server::start(|_, _| async {}).await;
    let secure = format!("https://localhost:{}", closing.address.port());
    for base in [
        hanging.url(""),
        closing.url(""),
        secure,
        "https://name.invalid".to_owned(),
        "http://name.invalid".to_owned(),
        "not an address".to_owned(),
    ] {
        let request = request(Method::Get, &base);
        let failure = impatient().send(&request).await.unwrap_err();
        let printed = format!("{failure:?} {failure} {request:?}");
        let error = Error::from(failure);
        assert_silent(&base, format!("{printed} {error:?} {error}"));
    }
}

#[tokio::test]
async fn an_operation_that_fails_prints_nothing_of_its_token() {
    let server = Server::answering(json("200 OK", &format!("{{\"said\":\"{CANARY}\"}}"))).await;
    let config = config(&server.url(""));
    let operation = shutterkey::operation::refresh(&config, &old_token(&config, CANARY));
    assert_silent("operation", format!("{operation:?}"));
    let error = drive(operation, &transport(), None, &ManualClock::new(NOW))
        .await
        .unwrap_err();
    assert_eq!(error.code(), ErrorCode::BadResponse);
    assert_silent("error", format!("{error:?} {error:#?} {error}"));
    assert!(server.log.requests()[0].head.contains(CANARY), "it was sent");
}

#[test]
fn settings_that_are_wrong_are_named_and_not_repeated() {
    for builder in [
        HttpTransport::builder().user_agent("canary\r\nx: y"),
        HttpTransport::builder().user_agent(""),
        HttpTransport::builder().extra_root_pem(b"canary"),
        HttpTransport::builder().proxy("canary"),
    ] {
        assert_silent("builder", format!("{builder:?}"));
        let error = builder.build().unwrap_err();
        assert_eq!(error.code(), ErrorCode::ConfigInvalid);
        assert_silent("error", format!("{error:?} {error}"));
    }
}
