//! The loopback listener: what it binds, what it takes, what it lets pass by.
#![cfg(feature = "login")]

mod login_support;

use std::future::{pending, ready};
use std::net::SocketAddr;

use login_support::{CODE, Waiting, code, listener, login, send, waiting, waiting_at};
use shutterkey::{ErrorCode, Family, LoopbackListener, ManualClock, RedirectUri, ResponseType, SystemClock, Timestamp};
use tokio::net::{TcpListener, TcpStream};

#[tokio::test]
async fn the_right_redirect_ends_the_wait_with_its_code() {
    assert_eq!(waiting().await.succeed().await, CODE);
}

// E1
#[tokio::test]
async fn what_browsers_ask_on_the_side_does_not_end_the_login() {
    let login = waiting().await;
    for path in [
        "/favicon.ico",
        "/robots.txt",
        "/",
        "/callback/",
        "/callback/more",
        "/done",
    ] {
        assert_eq!(login.get(path).await.status, 404, "{path}");
    }
    for method in ["HEAD", "OPTIONS", "POST", "PUT"] {
        let reply = login
            .send(format!(
                "{method} {} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n\r\n",
                login.redirect(),
                login.port
            ))
            .await;
        assert_eq!(reply.status, 405, "{method}");
        assert_eq!(reply.header("allow"), Some("GET"));
        assert_eq!(reply.header("access-control-allow-origin"), None);
    }
    for header in [
        "Sec-Purpose: prefetch;prerender",
        "Purpose: prefetch",
        "X-Moz: prefetch",
        "Sec-Fetch-Dest: image",
        "Sec-Fetch-Dest: iframe",
    ] {
        let reply = login.get_with(&login.redirect(), &format!("{header}\r\n")).await;
        assert_eq!(reply.status, 204, "{header}");
    }
    assert_eq!(login.succeed().await, CODE);
}

// E2
#[tokio::test]
async fn only_the_listeners_own_hosts_are_answered() {
    let login = waiting().await;
    let port = login.port;
    let redirect = login.redirect();
    for hosts in [
        format!("Host: rebound.example:{port}\r\n"),
        "Host: 127.0.0.1\r\n".to_owned(),
        format!("Host: 127.0.0.1:{}\r\n", port ^ 1),
        format!("Host: localhost.:{port}\r\n"),
        format!("Host: 127.0.0.1:{port}\r\nHost: rebound.example\r\n"),
        format!("Host: 127.0.0.1:{port}@rebound.example\r\n"),
        String::new(),
    ] {
        let reply = login.send(format!("GET {redirect} HTTP/1.1\r\n{hosts}\r\n")).await;
        assert_eq!(reply.status, 400, "{hosts}");
    }
    let absolute = format!("GET http://rebound.example{redirect} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n");
    assert_eq!(login.send(absolute).await.status, 400);
    let other_name = format!("GET /other HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n");
    assert_eq!(login.send(other_name).await.status, 404);
    assert_eq!(login.succeed().await, CODE);
}

// E4
#[tokio::test]
async fn an_answer_of_another_login_is_named_so_and_the_right_one_still_succeeds() {
    let login = waiting().await;
    let other = login.get(&format!("/callback?code={CODE}&state=somebody-elses")).await;
    assert_eq!(other.status, 400);
    assert!(other.body.contains("another login"), "{}", other.body);
    let denial = login.get("/callback?error=access_denied&state=somebody-elses").await;
    assert_eq!(denial.status, 400);
    for malformed in [
        "/callback".to_owned(),
        format!("/callback?code={CODE}"),
        format!("{0}&state={1}", login.redirect(), login.state),
        format!("/callback?code=%zz&state={}", login.state),
    ] {
        assert_eq!(login.get(&malformed).await.status, 400, "{malformed}");
    }
    assert_eq!(login.succeed().await, CODE);
}

#[tokio::test]
async fn a_refusal_with_the_right_state_ends_the_login() {
    let login = waiting().await;
    let reply = login
        .get(&format!(
            "/callback?error=access_denied&error_reason=user_denied&state={}",
            login.state
        ))
        .await;
    assert_eq!((reply.status, reply.header("location")), (303, Some("/done#login")));
    let page = login.get("/done").await;
    assert!(page.body.contains("Not approved"), "{}", page.body);
    let error = login.outcome.await.unwrap().unwrap_err();
    assert_eq!(error.code(), ErrorCode::DeniedByUser);
}

#[tokio::test]
async fn a_redirect_that_is_loaded_twice_is_taken_once_and_shows_the_result_twice() {
    let login = waiting().await;
    let redirect = login.redirect();
    let forged = format!("/callback?code=another-code&state={}", login.state);
    assert_eq!(login.get(&redirect).await.header("location"), Some("/done#login"));
    assert_eq!(login.get(&redirect).await.header("location"), Some("/done#login"));
    assert_eq!(login.get(&forged).await.header("location"), Some("/done#login"));
    assert!(login.get("/done").await.body.contains("Approved"));
    assert_eq!(code(login.outcome.await.unwrap()), CODE);
}

#[tokio::test]
async fn a_redirect_that_is_never_followed_still_ends_the_wait() {
    let login = waiting().await;
    login.get(&login.redirect()).await;
    assert_eq!(code(login.outcome.await.unwrap()), CODE);
}

#[tokio::test]
async fn a_redirect_uri_at_the_result_pages_path_works() {
    let login = waiting_at("http://127.0.0.1/done", ResponseType::Code).await;
    let reply = login.get(&format!("/done?code={CODE}&state={}", login.state)).await;
    assert_eq!(reply.header("location"), Some("/finished#login"));
    assert_eq!(login.get("/finished").await.status, 200);
    assert_eq!(code(login.outcome.await.unwrap()), CODE);
}

#[tokio::test]
async fn a_registered_query_has_to_come_back() {
    let login = waiting_at("http://127.0.0.1/callback?from=cli", ResponseType::Code).await;
    assert_eq!(login.get(&login.redirect()).await.status, 400);
    let reply = login
        .get(&format!("/callback?from=cli&code={CODE}&state={}", login.state))
        .await;
    assert_eq!(reply.status, 303);
    assert_eq!(code(login.outcome.await.unwrap()), CODE);
}

// E5
#[tokio::test]
async fn localhost_is_served_on_both_stacks_with_one_port() {
    let Ok(probe) = TcpListener::bind("[::1]:0").await else {
        // A machine without IPv6: 127.0.0.1 alone is the right answer there.
        assert_eq!(listener("http://localhost/callback").addresses().len(), 1);
        return;
    };
    drop(probe);
    for (host, ip) in [
        ("127.0.0.1", [127, 0, 0, 1].into()),
        ("[::1]", std::net::Ipv6Addr::LOCALHOST.into()),
    ] {
        let login = waiting_at("http://localhost/callback", ResponseType::Code).await;
        let to = SocketAddr::new(ip, login.port);
        let request = format!(
            "GET {} HTTP/1.1\r\nHost: localhost:{}\r\n\r\n",
            login.redirect(),
            login.port
        );
        assert_eq!(send(to, request.as_bytes()).await.status, 303, "{host}");
        assert_eq!(code(login.outcome.await.unwrap()), CODE);
    }
    let six = waiting_at("http://[::1]/callback", ResponseType::Code).await;
    let to = SocketAddr::from((std::net::Ipv6Addr::LOCALHOST, six.port));
    let request = format!("GET {} HTTP/1.1\r\nHost: [::1]:{}\r\n\r\n", six.redirect(), six.port);
    assert_eq!(send(to, request.as_bytes()).await.status, 303);
    assert!(TcpStream::connect(("127.0.0.1", six.port)).await.is_err());
}

#[tokio::test]
async fn every_address_that_is_bound_is_loopback() {
    for host in ["127.0.0.1", "localhost"] {
        let listener = listener(&format!("http://{host}/callback"));
        let addresses = listener.addresses();
        assert!(!addresses.is_empty());
        assert!(
            addresses
                .iter()
                .all(|address| address.ip().is_loopback() && address.port() == listener.port())
        );
    }
}

#[tokio::test]
async fn a_port_that_is_taken_is_named_in_the_error() {
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = taken.local_addr().unwrap().port();
    for host in ["127.0.0.1", "localhost"] {
        let redirect_uri = RedirectUri::parse(&format!("http://{host}:{port}/callback")).unwrap();
        let error = LoopbackListener::bind(&redirect_uri).unwrap_err();
        assert_eq!(error.code(), ErrorCode::ConfigRedirectUri);
        assert!(error.message().contains(&format!("port {port} is taken")), "{error}");
    }
}

#[tokio::test]
async fn only_plain_loopback_redirect_uris_are_listened_on() {
    for other in [
        "https://localhost/callback",
        "http://192.0.2.1/callback",
        "http://127.0.0.1.example/callback",
        "com.example.app:/callback",
        "http://127.0.0.1:0/callback",
        "http://127.0.0.1:70000/callback",
    ] {
        let error = LoopbackListener::bind(&RedirectUri::parse(other).unwrap()).unwrap_err();
        assert_eq!(error.family(), Family::Config, "{other}");
    }
}

// E7
#[tokio::test]
async fn a_login_whose_time_is_over_by_the_clock_ends() {
    let Waiting { clock, outcome, .. } = waiting().await;
    clock.advance(600);
    let error = outcome.await.unwrap().unwrap_err();
    assert_eq!(error.code(), ErrorCode::RedirectStateExpired);
}

#[tokio::test]
async fn a_clock_that_stands_still_does_not_keep_the_listener_open() {
    let listener = listener("http://127.0.0.1/callback");
    let (login, _) = login(listener.redirect_uri(), ResponseType::Code);
    // One second before the end of ten minutes.
    let clock = ManualClock::new(Timestamp::from_seconds(1_599));
    let error = listener.wait(&login, &clock, pending()).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::RedirectStateExpired);
}

#[tokio::test]
async fn a_wait_that_is_cancelled_or_dropped_frees_its_port_and_its_connections() {
    for by_dropping in [false, true] {
        let listener = listener("http://127.0.0.1/callback");
        let redirect_uri = listener.redirect_uri().clone();
        let (login, _) = login(&redirect_uri, ResponseType::Code);
        let clock = ManualClock::new(Timestamp::from_seconds(1_000));
        let mut open = TcpStream::connect(("127.0.0.1", listener.port())).await.unwrap();
        if by_dropping {
            let wait = listener.wait(&login, &clock, pending());
            // Ready at once, and asked second: the wait has been polled and is dropped.
            tokio::select! { biased; _ = wait => unreachable!(), () = ready(()) => {} }
        } else {
            let error = listener.wait(&login, &clock, ready(())).await.unwrap_err();
            assert_eq!(error.code(), ErrorCode::DeniedByUser);
        }
        LoopbackListener::bind(&redirect_uri).unwrap();
        assert_eq!(login_support::read_reply(&mut open).await.status, 0);
    }
}

#[tokio::test]
async fn a_login_that_is_not_the_listeners_is_refused() {
    let listener = listener("http://127.0.0.1/callback");
    let other = RedirectUri::parse("http://127.0.0.1:1/callback").unwrap();
    let (login, _) = login(&other, ResponseType::Code);
    let error = listener.wait(&login, &SystemClock, pending()).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::Misuse);
}
