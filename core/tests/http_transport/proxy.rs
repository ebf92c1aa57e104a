//! Proxies: used where the environment or the caller says so, never for this machine, and their credentials stay hidden.

use shutterkey::{ErrorCode, HttpTransport, SendFailure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::certificates::Authority;
use crate::child;
use crate::server::{Server, json};
use crate::setup::get;
use crate::tls::tls_server;

const CREDENTIALS: &str = "proxy-canary-3b";

/// Takes every request down and turns it away.
async fn refusing_proxy() -> Server {
    Server::answering("HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n").await
}

#[tokio::test]
async fn a_given_proxy_is_asked_to_tunnel_and_sees_no_path() {
    let proxy = refusing_proxy().await;
    let url = format!("http://user:{CREDENTIALS}@{}", proxy.address);
    let transport = HttpTransport::builder().proxy(&url).build().unwrap();
    let failure = get(&transport, "https://name.invalid/me?access_token=abc")
        .await
        .unwrap_err();
    assert_eq!(failure, SendFailure::Offline);
    let [request] = &proxy.log.requests()[..] else {
        panic!("one request")
    };
    assert!(request.head.starts_with("CONNECT name.invalid:443 HTTP/1.1\r\n"));
    assert!(request.header("proxy-authorization").is_some());
    assert!(!request.head.contains("access_token"));
}

#[tokio::test]
async fn loopback_hosts_are_reached_without_the_given_proxy() {
    let proxy = refusing_proxy().await;
    let server = Server::answering(json("200 OK", "{}")).await;
    let authority = Authority::new();
    let secure = tls_server(authority.issue(&["localhost", "127.0.0.1"]), json("200 OK", "{}")).await;
    let transport = HttpTransport::builder()
        .proxy(&proxy.url(""))
        .extra_root_pem(authority.pem().as_bytes())
        .build()
        .unwrap();
    for host in ["127.0.0.1", "localhost"] {
        for url in [
            format!("http://{host}:{}/", server.address.port()),
            format!("https://{host}:{}/", secure.address.port()),
        ] {
            assert_eq!(get(&transport, &url).await.unwrap().status(), 200, "{url}");
        }
    }
    assert_eq!(proxy.log.connections(), 0);
}

#[tokio::test]
async fn a_socks_proxy_is_spoken_to_in_socks() {
    let proxy = Server::start(|mut stream, log| async move {
        let mut greeting = [0; 1];
        if stream.read_exact(&mut greeting).await.is_ok() && greeting == [5] {
            log.wrote(1);
        }
        let _ = stream.write_all(&[5, 0xff]).await;
    })
    .await;
    let transport = HttpTransport::builder()
        .proxy(&format!("socks5h://{}", proxy.address))
        .build()
        .unwrap();
    assert_eq!(
        get(&transport, "https://name.invalid/").await.unwrap_err(),
        SendFailure::Offline
    );
    assert_eq!(proxy.log.bytes_written(), 1);
}

#[test]
fn proxy_credentials_are_in_no_printed_form() {
    let transport = HttpTransport::builder()
        .proxy(&format!("http://user:{CREDENTIALS}@proxy.invalid:3128"))
        .build()
        .unwrap();
    let printed = format!("{transport:?}");
    assert!(
        !printed.contains(CREDENTIALS) && !printed.contains("user:"),
        "{printed}"
    );
    assert!(printed.contains("http://proxy.invalid:3128"), "{printed}");
    for wrong in [
        format!("ftp://user:{CREDENTIALS}@proxy.invalid"),
        format!("http://user:{CREDENTIALS}@"),
        format!("user:{CREDENTIALS}@proxy.invalid:3128"),
        CREDENTIALS.to_owned(),
    ] {
        let builder = HttpTransport::builder().proxy(&wrong);
        assert!(!format!("{builder:?}").contains(CREDENTIALS));
        let error = builder.build().unwrap_err();
        assert_eq!(error.code(), ErrorCode::ConfigInvalid);
        assert!(!format!("{error:?} {error}").contains(CREDENTIALS));
    }
}

#[tokio::test]
async fn the_environments_proxy_serves_other_hosts_alone() {
    if child::is_child() {
        let server = Server::answering(json("200 OK", "{}")).await;
        let transport = HttpTransport::new();
        let url = server.url("/");
        assert_eq!(get(&transport, &url).await.unwrap().status(), 200);
        assert_eq!(
            get(&transport, "https://name.invalid/").await.unwrap_err(),
            SendFailure::Offline
        );
        assert_eq!(
            get(&transport, "https://direct.invalid/").await.unwrap_err(),
            SendFailure::Dns
        );
        assert!(!format!("{transport:?}").contains(CREDENTIALS));
        return;
    }
    let proxy = refusing_proxy().await;
    let url = format!("http://user:{CREDENTIALS}@{}", proxy.address);
    tokio::task::spawn_blocking(move || {
        child::run(
            "proxy::the_environments_proxy_serves_other_hosts_alone",
            &[
                ("https_proxy", &url),
                ("http_proxy", &url),
                ("no_proxy", "direct.invalid"),
            ],
        );
    })
    .await
    .unwrap();
    assert_eq!(proxy.log.requests().len(), 1);
}

#[tokio::test]
async fn the_environments_proxy_can_be_left_out() {
    if child::is_child() {
        let transport = HttpTransport::builder().no_proxy().build().unwrap();
        assert_eq!(
            get(&transport, "https://name.invalid/").await.unwrap_err(),
            SendFailure::Dns
        );
        return;
    }
    let proxy = refusing_proxy().await;
    let url = proxy.url("");
    tokio::task::spawn_blocking(move || {
        child::run("proxy::the_environments_proxy_can_be_left_out", &[("ALL_PROXY", &url)]);
    })
    .await
    .unwrap();
    assert_eq!(proxy.log.connections(), 0);
}
