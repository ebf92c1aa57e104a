//! A login whose answer is pasted, against a sandbox in this process.

mod common;

use common::{Home, Running};
use shutterkey_sandbox::{AppSpec, Approval, Product, Sandbox};

struct Platform {
    runtime: tokio::runtime::Runtime,
    sandbox: Sandbox,
    variables: Vec<(&'static str, String)>,
    secret: String,
}

impl Platform {
    fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let sandbox = runtime.block_on(Sandbox::start()).unwrap();
        let app = sandbox
            .app(&AppSpec::new(Product::Instagram).redirect_uri("https://localhost/"))
            .unwrap();
        let secret = app.client_secret.unwrap().reveal().to_owned();
        let variables = vec![
            ("SHUTTERKEY_SANDBOX_URL", sandbox.base_url().to_owned()),
            ("SHUTTERKEY_CLIENT_ID", app.client_id),
            ("SHUTTERKEY_CLIENT_SECRET", secret.clone()),
            ("SHUTTERKEY_REDIRECT_URI", "https://localhost/".to_owned()),
        ];
        Self {
            runtime,
            sandbox,
            variables,
            secret,
        }
    }

    fn variables(&self) -> Vec<(&str, &str)> {
        self.variables
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect()
    }

    fn login(&self, home: &Home, more: &[&str]) -> Running {
        home.start(&[&["login", "--no-browser"], more].concat(), &self.variables())
    }

    /// The redirect URL after a sandbox person approved the login's address.
    fn approve(&self, running: &mut Running, approval: &Approval) -> String {
        let url = running.says("http://127.0.0.1:");
        self.runtime.block_on(self.sandbox.approve(&url, approval)).unwrap()
    }
}

#[test]
fn an_address_of_another_login_is_explained_and_the_right_one_still_taken() {
    let (platform, home) = (Platform::new(), Home::new());
    let mut running = platform.login(&home, &[]);
    let redirect = platform.approve(&mut running, &Approval::by("studio"));
    running.type_in("https://localhost/?code=canary-code&state=canary-state\n");
    running.says("belongs to another login");
    running.type_in(&format!("{redirect}\n"));
    let ended = running.end().with_code(0);
    assert!(ended.stdout.contains("Logged in as studio.sandbox"), "{ended:?}");
    assert!(!format!("{ended:?}").contains("canary"), "{ended:?}");
    assert!(!format!("{ended:?}").contains(&platform.secret));
    // A sandbox's accounts are not among the real ones.
    assert!(home.data().join("sandbox/accounts").exists() && !home.data().join("accounts").exists());
    let whoami = home.run(&["whoami", "--json"]).with_code(0).json();
    assert_eq!(whoami["account"]["username"], "studio.sandbox");
}

#[test]
fn an_address_that_was_broken_into_lines_is_put_together() {
    let (platform, home) = (Platform::new(), Home::new());
    let mut running = platform.login(&home, &[]);
    let redirect = platform.approve(&mut running, &Approval::by("studio"));
    let (one, two) = redirect.split_at(redirect.len() / 2);
    running.type_in(&format!("\"{one}\n{two}\"\n"));
    running.end().with_code(0);
}

#[test]
fn the_text_of_an_error_page_is_explained_and_ends_with_the_providers_exit_code() {
    let (platform, home) = (Platform::new(), Home::new());
    let text = "Invalid Request: Request parameters are invalid: Invalid platform app\n";
    let ended = home
        .run_with(&["login", "--no-browser"], &platform.variables(), text)
        .with_code(13);
    assert!(ended.stderr.contains("provider.invalid_platform_app"), "{ended:?}");
    assert!(ended.stderr.contains("Instagram app ID"), "{ended:?}");
}

#[test]
fn a_person_who_cancels_is_a_denial_with_its_own_exit_code() {
    let (platform, home) = (Platform::new(), Home::new());
    let mut running = platform.login(&home, &["--json"]);
    let redirect = platform.approve(&mut running, &Approval::denied_by("studio"));
    running.type_in(&redirect);
    let error = running.end().with_code(12).json()["error"].clone();
    assert_eq!(error["code"], "denied.by_user");
    assert_eq!(error["retry"], "reconsent");
}

#[test]
fn what_was_not_granted_is_shown() {
    let (platform, home) = (Platform::new(), Home::new());
    let scopes = ["--scope", "instagram_business_basic,instagram_business_manage_comments"];
    let mut running = platform.login(&home, &scopes);
    let approval = Approval::by("studio").untick("instagram_business_manage_comments");
    let redirect = platform.approve(&mut running, &approval);
    running.type_in(&redirect);
    let ended = running.end().with_code(0);
    assert!(
        ended.stdout.contains("not granted  instagram_business_manage_comments"),
        "{ended:?}"
    );
}

#[test]
fn an_answer_that_never_comes_ends_the_wait_with_124() {
    let (platform, home) = (Platform::new(), Home::new());
    let mut running = platform.login(&home, &["--timeout", "1"]);
    running.says("http://127.0.0.1:");
    // The input stays open: it is the time that ends this.
    let code = running.child.wait().unwrap().code();
    assert_eq!(code, Some(124));
    assert!(running.end().stderr.contains("command.timeout"));
}

#[test]
fn input_that_ends_without_an_answer_ends_the_wait() {
    let (platform, home) = (Platform::new(), Home::new());
    let ended = home
        .run_with(&["login", "--no-browser"], &platform.variables(), "")
        .with_code(2);
    assert!(ended.stderr.contains("command.input"), "{ended:?}");
}

#[test]
fn a_dashboard_token_is_imported_without_app_id_secret_or_redirect_uri() {
    let (platform, home) = (Platform::new(), Home::new());
    let minted = platform
        .sandbox
        .mint_token(Product::Instagram, "studio", 2 * 86_400)
        .unwrap();
    let sandbox = [("SHUTTERKEY_SANDBOX_URL", platform.sandbox.base_url())];
    let token = minted.access_token.reveal();
    let ended = home
        .run_with(
            &["import", "--account", "studio"],
            &sandbox,
            &format!("  \"{token}\"\n"),
        )
        .with_code(0);
    assert!(
        ended.stdout.contains("Keeping the token of studio.sandbox"),
        "{ended:?}"
    );
    assert!(ended.stderr.contains("00000"), "{ended:?}");
    assert!(!format!("{ended:?}").contains(token));
    // Its expiry was unknown; the first use refreshes it and tells.
    let used = home
        .run(&["token", "--account", "studio", "--json"])
        .with_code(0)
        .json();
    assert_eq!(used["token"]["expiry"], "at");
    assert_eq!(used["account"]["app_id"], serde_json::Value::Null);
}

#[cfg(unix)]
#[test]
fn a_listener_takes_the_redirect_where_it_may_and_an_interrupt_ends_with_130() {
    let (platform, home) = (Platform::new(), Home::new());
    let free = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let redirect = format!("http://127.0.0.1:{free}/callback");
    let mut running = platform.login(&home, &["--redirect-uri", &redirect]);
    running.says("is on this machine");
    running.says("http://127.0.0.1:");
    let refused = get(free, "/favicon.ico");
    assert!(
        refused.starts_with("HTTP/1.1 4") || refused.starts_with("HTTP/1.1 204"),
        "{refused}"
    );
    let id = running.child.id().to_string();
    assert!(
        std::process::Command::new("kill")
            .args(["-INT", &id])
            .status()
            .unwrap()
            .success()
    );
    running.end().with_code(130);
}

#[cfg(unix)]
fn get(port: u16, path: &str) -> String {
    use std::io::{Read, Write};
    let mut stream = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}
