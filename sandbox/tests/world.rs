//! Worlds that are kept, and worlds that are alike.

mod common;

use common::{get, parameter};
use shutterkey::{Clock, Timestamp};
use shutterkey_sandbox::{AppSpec, Approval, Product, Sandbox, SandboxError, World};

async fn legacy_token(sandbox: &Sandbox) -> (String, String) {
    let app = sandbox
        .app(
            &AppSpec::new(Product::Legacy)
                .redirect_uri("http://localhost")
                .allow_implicit(true),
        )
        .unwrap();
    let url = format!(
        "{}?client_id={}&redirect_uri=http://localhost&response_type=token",
        app.authorize_url, app.client_id
    );
    let redirect = sandbox.approve(&url, &Approval::by("studio")).await.unwrap();
    (app.client_id, parameter(&redirect, "access_token").unwrap())
}

#[tokio::test]
async fn the_same_seed_and_steps_give_the_same_ids_and_another_seed_others() {
    let mut seen = Vec::new();
    for seed in [7, 7, 8] {
        let sandbox = Sandbox::builder().seed(seed).start().await.unwrap();
        seen.push((legacy_token(&sandbox).await, sandbox.people()));
    }
    assert_eq!(seen[0], seen[1]);
    assert_ne!(seen[0], seen[2]);
}

#[tokio::test]
async fn a_kept_world_goes_on_with_its_people_apps_tokens_and_clock() {
    let first = Sandbox::start().await.unwrap();
    first.person("ada").unwrap();
    let (client_id, token) = legacy_token(&first).await;
    let long = first.mint_token(Product::Instagram, "ada", 0).unwrap();
    first.clock().advance(90 * 86_400);
    let json = first.save_world().unwrap();
    let people = first.people();
    first.shutdown().await;

    let second = Sandbox::builder()
        .world(World::from_json(&json).unwrap())
        .start()
        .await
        .unwrap();
    assert_eq!(second.people(), people);
    assert_eq!(
        get(&second, &format!("/legacy/v1/users/self?access_token={token}"))
            .await
            .status,
        200
    );
    assert_eq!(
        second.mint_token(Product::Legacy, "ada", 0).unwrap().client_id,
        client_id
    );
    let me = get(
        &second,
        &format!("/instagram/me?access_token={}", long.access_token.reveal()),
    )
    .await;
    assert_eq!(me.json()["error"]["code"], 190, "the clock stayed three months ahead");
}

#[tokio::test]
async fn a_frozen_clock_is_kept_frozen_and_saving_twice_gives_the_same_text() {
    let sandbox = Sandbox::builder()
        .clock_start(Timestamp::from_seconds(1_800_000_000))
        .start()
        .await
        .unwrap();
    sandbox.clock().freeze();
    sandbox.clock().set(Timestamp::from_seconds(1_800_000_000));
    let json = sandbox.save_world().unwrap();
    assert_eq!(sandbox.save_world().unwrap(), json);
    assert!(json.contains("\"format\": \"shutterkey-sandbox-world/1\""), "{json}");
    let again = Sandbox::builder()
        .world(World::from_json(&json).unwrap())
        .start()
        .await
        .unwrap();
    assert_eq!(again.clock().now(), Timestamp::from_seconds(1_800_000_000));
    assert_eq!(again.save_world().unwrap(), json);
}

#[tokio::test]
async fn two_sandboxes_are_two_worlds_and_a_taken_port_is_an_error() {
    let (one, two) = (Sandbox::start().await.unwrap(), Sandbox::start().await.unwrap());
    assert_ne!(one.base_url(), two.base_url());
    one.person("ada").unwrap();
    assert_eq!((one.people().len(), two.people().len()), (5, 4));
    let taken = Sandbox::builder().port(common::port(&one)).start().await;
    assert!(matches!(taken, Err(SandboxError::Listen { .. })));
}

#[tokio::test]
async fn a_sandbox_that_was_shut_down_answers_no_more() {
    let sandbox = Sandbox::start().await.unwrap();
    let port = common::port(&sandbox);
    sandbox.shutdown().await;
    assert!(tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err());
}

#[tokio::test]
async fn reset_goes_back_to_the_first_people_and_keeps_the_switches() {
    let sandbox = Sandbox::start().await.unwrap();
    let mut behaviour = sandbox.behaviour();
    behaviour.wrapped_answers = true;
    sandbox.set_behaviour(behaviour.clone());
    let (_, token) = legacy_token(&sandbox).await;
    sandbox.clock().advance(1_000_000);
    sandbox.reset();
    assert_eq!((sandbox.people().len(), sandbox.calls().len()), (4, 0));
    assert_eq!(sandbox.behaviour(), behaviour);
    assert_eq!(
        get(&sandbox, &format!("/legacy/v1/users/self?access_token={token}"))
            .await
            .status,
        400
    );
}

#[test]
fn nothing_that_can_be_printed_shows_a_secret() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let sandbox = Sandbox::start().await.unwrap();
        let app = sandbox
            .app(&AppSpec::new(Product::Instagram).redirect_uri("https://localhost/"))
            .unwrap();
        let token = sandbox.mint_token(Product::Instagram, "studio", 0).unwrap();
        let world = World::from_json(&sandbox.save_world().unwrap()).unwrap();
        let printed = format!("{sandbox:?} {app:?} {token:?} {world:?} {:?}", sandbox.control_token());
        for secret in [
            app.client_secret.as_ref().unwrap(),
            &token.access_token,
            sandbox.control_token(),
        ] {
            assert!(!printed.contains(secret.reveal()));
        }
    });
}

#[tokio::test]
async fn a_kept_world_without_pages_stays_without_them_and_keeps_what_was_granted() {
    let first = Sandbox::start().await.unwrap();
    first.mint_token(Product::Facebook, "studio", 0).unwrap();
    for page in first.pages() {
        first.remove_pages(&page.owner).unwrap();
    }
    let json = first.save_world().unwrap();
    let second = Sandbox::builder()
        .world(World::from_json(&json).unwrap())
        .start()
        .await
        .unwrap();
    assert_eq!(second.pages().len(), 0);
    assert_eq!(second.save_world().unwrap(), json);
}
