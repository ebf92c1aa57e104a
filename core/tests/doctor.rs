//! A configuration and what is kept, and the mistakes that are found in them.

use std::path::PathBuf;

use shutterkey::config::profile::{Folders, StorePlace};
use shutterkey::doctor::git::Tracking;
use shutterkey::doctor::{Area, Check, Examined, Report, SeenAccount, SeenFile, SeenStore, Status, examine};
use shutterkey::record::AccountRecord;
use shutterkey::{Error, ErrorCode, Provider, Secret, Timestamp};

/// 2026-11-27.
const NOW: Timestamp = Timestamp::from_seconds(1_795_737_600);
const DAY: i64 = 86_400;
const SECRET: &str = "0123456789abcdef0123456789abcdef";

const GOOD: &str = "
client_id = \"123456789012345\"
redirect_uri = \"https://app.example/callback\"
scopes = [\"instagram_business_basic\"]
client_secret_file = \"secret\"
";

fn file(path: &str, text: &str) -> SeenFile {
    SeenFile {
        path: PathBuf::from(path),
        content: Ok(Secret::from(text)),
        mode: Some(0o600),
        owner: Some(1_000),
        git: Tracking::NoRepository,
    }
}

fn nothing() -> Examined {
    let folders = Folders {
        config: PathBuf::from("/home/studio/.config/shutterkey"),
        data: PathBuf::from("/home/studio/.local/share/shutterkey"),
    };
    Examined::new(NOW, folders)
}

fn with(profile: &str) -> Examined {
    let mut seen = nothing();
    seen.profile_file = Some(file("shutterkey.toml", profile));
    seen.secret_file = Some(file("secret", &format!("{SECRET}\n")));
    seen
}

/// Everything that a report prints has no secret in it.
#[track_caller]
fn report(seen: &Examined) -> Report {
    let report = examine(seen);
    let printed = format!("{report:?}");
    assert!(!printed.contains(SECRET) && !printed.contains("canary"), "{printed}");
    for check in &report.checks {
        assert_eq!(check.status == Status::Ok, check.code == "ok", "{check:?}");
        assert_eq!(check.status == Status::Ok, check.advice.is_none(), "{check:?}");
    }
    report
}

#[track_caller]
fn finds(seen: &Examined, area: Area, status: Status, code: &str, pain: Option<u8>) -> Check {
    let report = report(seen);
    let found = report
        .checks
        .iter()
        .find(|check| check.code == code && check.area == area);
    let check = found.unwrap_or_else(|| panic!("no {code}: {report:#?}"));
    assert_eq!((check.status, check.pain), (status, pain), "{check:#?}");
    check.clone()
}

#[track_caller]
fn profile_finds(profile: &str, area: Area, status: Status, code: &str, pain: Option<u8>) -> Check {
    finds(&with(profile), area, status, code, pain)
}

fn good_but(from: &str, to: &str) -> String {
    assert!(GOOD.contains(from), "{from}");
    GOOD.replacen(from, to, 1)
}

#[test]
fn a_good_configuration_is_well_and_says_what_was_looked_at() {
    let report = report(&with(GOOD));
    assert!(report.worst() <= Status::Note, "{report:#?}");
    for area in [Area::Files, Area::App, Area::Redirect, Area::Scopes, Area::Version] {
        let ok = |check: &&Check| check.area == area && check.status == Status::Ok;
        assert!(report.checks.iter().any(|check| ok(&check)), "{area:?}: {report:#?}");
    }
}

#[test]
fn no_configuration_at_all_is_a_note_that_names_init() {
    let check = finds(&nothing(), Area::Files, Status::Note, "config.none", None);
    assert!(check.advice.unwrap().contains("shutterkey init"));
    assert_eq!(report(&nothing()).worst(), Status::Note);
}

#[test]
fn redirect_uris_that_cannot_work_are_problems() {
    for (uri, pain) in [
        ("https://app.example//callback", 1),
        ("https://{host}/callback", 1),
        ("$SITE_URL/callback", 1),
        ("@web/callback", 1),
        ("https://app.example/callback#x", 1),
        ("https://app.example/call back", 1),
        ("https%3A%2F%2Fapp.example%2F", 1),
        ("http://localhost:8080/", 13),
        ("http://app.example/", 13),
        ("myapp://callback", 17),
    ] {
        let profile = good_but("https://app.example/callback", uri);
        profile_finds(
            &profile,
            Area::Redirect,
            Status::Problem,
            "config.redirect_uri",
            Some(pain),
        );
    }
    let query = good_but("/callback", "/callback?next=x");
    profile_finds(&query, Area::Redirect, Status::Warning, "redirect_uri.query", Some(2));
    let near = profile_finds(GOOD, Area::Redirect, Status::Note, "redirect_uri.exact", Some(1));
    assert!(
        near.says
            .contains("https://app.example/callback is not https://app.example/callback/")
    );
    let none = good_but("redirect_uri = \"https://app.example/callback\"", "");
    profile_finds(&none, Area::Redirect, Status::Warning, "config.missing", Some(1));
}

#[test]
fn client_ids_of_another_kind_are_found() {
    let id = |id: &str| good_but("123456789012345", id);
    let found = |text: &str, status, code| profile_finds(&id(text), Area::App, status, code, Some(3));
    found("YOUR_APP_ID", Status::Problem, "config.client_id");
    found("990602627938098", Status::Warning, "config.client_id_sample");
    found("17841400000000001", Status::Warning, "config.client_id_is_account");
    let hint = found("123456789012345", Status::Note, "config.client_id_unproven");
    assert!(hint.advice.unwrap().contains("API setup with Instagram login"));
    profile_finds(
        &id(&"a1".repeat(16)),
        Area::App,
        Status::Problem,
        "config.client_id",
        Some(24),
    );
    let none = good_but("client_id = \"123456789012345\"", "");
    profile_finds(&none, Area::App, Status::Problem, "config.missing", Some(3));
}

#[test]
fn secrets_that_are_something_else_are_found_and_not_repeated() {
    let secret = |text: &str| {
        let mut seen = with(GOOD);
        seen.secret_file = Some(file("secret", text));
        seen
    };
    for text in [
        format!("IGAAcanary{}", "x1".repeat(60)),
        "123456789012345".to_owned(),
        "998877665544332".to_owned(),
        format!("\"{SECRET}\""),
        format!(" {SECRET}"),
        format!("{SECRET}\nmore"),
    ] {
        let check = finds(
            &secret(&text),
            Area::App,
            Status::Problem,
            "config.client_secret",
            Some(3),
        );
        assert!(!check.says.contains(&text));
    }
    finds(
        &secret("canary-secret"),
        Area::App,
        Status::Note,
        "config.client_secret_shape",
        Some(3),
    );
    let sandbox = "sandbox0123456789abcdef0123456789";
    finds(
        &secret(sandbox),
        Area::App,
        Status::Problem,
        "config.sandbox_credentials",
        None,
    );
    let mut none = with(&good_but("client_secret_file = \"secret\"", ""));
    none.secret_file = None;
    finds(&none, Area::App, Status::Warning, "config.secret_missing", None);
}

#[test]
fn secrets_in_the_profile_file_are_problems_and_worse_in_git() {
    for profile in [
        format!("{GOOD}client_secret = \"canary\"\n"),
        format!("{GOOD}# IGAAcanary{}\n", "x1".repeat(60)),
    ] {
        profile_finds(
            &profile,
            Area::Files,
            Status::Problem,
            "config.secret_in_file",
            Some(21),
        );
    }
    for profile in [
        format!("{GOOD}# IGAAcanary{}\n", "x1".repeat(60)),
        format!("{GOOD}# token:IGAAcanary{}\n", "x1".repeat(60)),
    ] {
        let report = report(&with(&profile));
        let says = |text: &str| report.checks.iter().any(|check| check.says.contains(text));
        assert!(says("holds a token") && !says("holds no secret"), "{report:#?}");
    }
    let mut tracked = with(&format!("{GOOD}client_secret = \"canary\"\n"));
    tracked.profile_file.as_mut().unwrap().git = Tracking::Tracked;
    let check = finds(
        &tracked,
        Area::Files,
        Status::Problem,
        "config.secret_in_file",
        Some(21),
    );
    assert!(check.advice.unwrap().contains("reset the secret"));
}

#[test]
fn a_path_or_an_address_is_shown_as_it_is_but_for_what_moves_a_terminal() {
    let escape = good_but("\"secret\"", "\"\\u001b[2Jsecret\"");
    let mut seen = with(&escape);
    seen.secret_file = None;
    let missing = report(&seen);
    assert!(
        missing.checks.iter().all(|check| !check.says.contains('\u{1b}')),
        "{missing:#?}"
    );
    let long = "https://my-app-git-main-studio2024.preview.example/callback";
    let shown = report(&with(&good_but("https://app.example/callback", long)));
    let says = format!("registered has to be exactly {long}");
    assert!(
        shown.checks.iter().any(|check| check.says.ends_with(&says)),
        "{shown:#?}"
    );
}

#[test]
fn a_secret_file_is_its_owners_alone_and_not_in_git() {
    let secret = |mode, git| {
        let mut seen = with(GOOD);
        let file = seen.secret_file.as_mut().unwrap();
        (file.mode, file.git) = (Some(mode), git);
        seen
    };
    let open = secret(0o100_644, Tracking::NoRepository);
    let check = finds(&open, Area::Files, Status::Problem, "store.refused", Some(21));
    assert!(check.says.contains("mode 0644") && check.advice.unwrap() == "Run: chmod 600 secret");
    finds(
        &secret(0o600, Tracking::Tracked),
        Area::Files,
        Status::Problem,
        "config.secret_in_git",
        Some(21),
    );
    finds(
        &secret(0o600, Tracking::NotIgnored),
        Area::Files,
        Status::Warning,
        "config.secret_not_ignored",
        Some(21),
    );
    assert!(report(&secret(0o600, Tracking::Ignored)).worst() <= Status::Note);
    let mut gone = with(GOOD);
    gone.secret_file = None;
    finds(&gone, Area::Files, Status::Problem, "config.secret_missing", None);
}

#[test]
fn files_that_cannot_be_read_and_settings_that_nobody_knows_are_named() {
    profile_finds("client_id = ", Area::Files, Status::Problem, "config.invalid", None);
    let check = profile_finds(
        "client_idd = \"1\"",
        Area::Files,
        Status::Problem,
        "config.invalid",
        None,
    );
    assert!(check.says.contains("client_idd") && check.says.contains("shutterkey.toml"));
    let mut unreadable = nothing();
    unreadable.user_file = Some(SeenFile {
        content: Err("permission denied".to_owned()),
        ..file("config.toml", "")
    });
    finds(&unreadable, Area::Files, Status::Problem, "config.invalid", None);
    profile_finds(
        &format!("{GOOD}store = \"/tmp/x\"\n"),
        Area::Files,
        Status::Note,
        "config.store_ignored",
        None,
    );
}

#[test]
fn variables_that_nobody_reads_are_noticed_with_the_one_that_was_meant() {
    let mut seen = with(GOOD);
    seen.environment
        .insert("SHUTTERKEY_CLIENTID".to_owned(), "canary".to_owned());
    let check = finds(&seen, Area::Files, Status::Warning, "config.unknown_variable", None);
    assert_eq!(check.advice.as_deref(), Some("SHUTTERKEY_CLIENT_ID is."));
    let mut missing = nothing();
    missing
        .environment
        .insert("SHUTTERKEY_CONFIG".to_owned(), "gone.toml".to_owned());
    finds(&missing, Area::Files, Status::Problem, "config.missing", None);
}

#[test]
fn scopes_of_other_products_and_other_ages_are_problems() {
    let scopes = |list: &str| good_but("\"instagram_business_basic\"", list);
    let found = |list: &str, status, code, pain| profile_finds(&scopes(list), Area::Scopes, status, code, Some(pain));
    let base = "\"instagram_business_basic\", ";
    found(
        &format!("{base}\"instagram_manage_comments\""),
        Status::Problem,
        "config.scope_foreign",
        12,
    );
    found(
        &format!("{base}\"business_basic\""),
        Status::Problem,
        "config.scope_retired",
        12,
    );
    found(
        &format!("{base}\"user_media\""),
        Status::Problem,
        "config.scope_retired",
        7,
    );
    found(
        &format!("{base}\"instagram_busines\""),
        Status::Warning,
        "config.scope_unknown",
        12,
    );
    found(
        "\"instagram_business_content_publish\"",
        Status::Problem,
        "config.missing",
        12,
    );
}

#[test]
fn a_response_type_that_the_provider_lacks_is_a_problem_and_implicit_elsewhere_a_note() {
    let token = format!("{GOOD}response_type = \"token\"\n");
    profile_finds(&token, Area::Scopes, Status::Problem, "config.unsupported", Some(24));
    let facebook = format!("provider = \"facebook\"\n{token}").replace("instagram_business_basic", "instagram_basic");
    profile_finds(&facebook, Area::Scopes, Status::Note, "config.implicit", None);
}

#[test]
fn two_clients_that_share_a_redirect_uri_at_different_servers_are_found() {
    let mut seen = with(GOOD);
    let own =
        "provider = \"facebook\"\nclient_id = \"998877665544332\"\nredirect_uri = \"https://app.example/callback\"\n";
    seen.user_file = Some(file("config.toml", own));
    finds(
        &seen,
        Area::Redirect,
        Status::Problem,
        "config.redirect_uri_shared",
        None,
    );
    seen.user_file = Some(file("config.toml", &own.replace("/callback", "/facebook")));
    assert!(report(&seen).get("config.redirect_uri_shared").is_none());
}

#[test]
fn api_versions_are_warned_of_before_they_end() {
    let mut seen = nothing();
    let server = |version: &str| {
        format!(
            "provider = \"standard\"\nclient_id = \"x\"\nredirect_uri = \"https://app.example/\"\n[server]\nauthorize = \"https://www.facebook.com/{version}/dialog/oauth\"\ntoken = \"https://graph.facebook.com/{version}/oauth/access_token\"\n"
        )
    };
    for (version, status, code) in [
        ("v20.0", Status::Problem, "api_version.ended"),
        ("v21.0", Status::Warning, "api_version.ends"),
        ("v99.0", Status::Note, "api_version.unknown"),
    ] {
        seen.user_file = Some(file("config.toml", &server(version)));
        finds(&seen, Area::Version, status, code, None);
    }
    seen.user_file = Some(file("config.toml", &server("v25.0")));
    assert!(
        report(&seen)
            .checks
            .iter()
            .any(|check| check.area == Area::Version && check.status == Status::Ok)
    );
    // The built-in endpoints, when this release has grown old.
    let mut old = with(GOOD);
    old.now = Timestamp::from_seconds(1_847_000_000);
    finds(&old, Area::Version, Status::Warning, "api_version.ends", None);
}

fn record(token: &str, expiry: &str, more: &str) -> AccountRecord {
    let json = format!(
        r#"{{"v":1,"kind":"account","provider":"instagram","origin":"https://www.instagram.com","app_id":"123456789012345",
        "user_id":"17841400000000001","username":"studio","token":{{"value":"{token}","kind":"long","issued_at":{},
        "scopes":["instagram_business_basic"],"expiry":{expiry}{more}}},"standing":{{"is":"good"}}}}"#,
        NOW.seconds() - 10 * DAY,
    );
    AccountRecord::decode(&Provider::instagram(), json.as_bytes()).unwrap()
}

fn kept(record: AccountRecord) -> SeenAccount {
    SeenAccount {
        record,
        names: vec!["me".to_owned()],
        due_at: Some(NOW.plus(20 * DAY)),
        now: NOW,
        sandbox: false,
    }
}

fn in_days(days: i64) -> String {
    format!(r#"{{"at":{}}}"#, NOW.seconds() + days * DAY)
}

fn accounts(list: Vec<SeenAccount>) -> Examined {
    let mut seen = with(GOOD);
    seen.accounts = list;
    seen
}

#[test]
fn accounts_that_live_are_well_and_those_that_do_not_say_why() {
    let live = report(&accounts(vec![kept(record("IGAAcanary", &in_days(50), ""))]));
    let ok = live.checks.iter().find(|check| check.area == Area::Accounts).unwrap();
    assert!(
        ok.status == Status::Ok && ok.says.contains("\"me\" (instagram) is live for 50 days"),
        "{ok:?}"
    );
    let dead = accounts(vec![kept(record("IGAAcanary", &in_days(-1), ""))]);
    let check = finds(&dead, Area::Accounts, Status::Problem, "account.needs_login", Some(5));
    assert!(check.says.contains("token.expired"));
    let ended = accounts(vec![kept(record("IGQVcanary", &in_days(50), ""))]);
    finds(
        &ended,
        Area::Accounts,
        Status::Problem,
        "provider.basic_display_ended",
        Some(7),
    );
    let unknown = accounts(vec![kept(record("IGAAcanary", "\"unknown\"", ""))]);
    finds(&unknown, Area::Accounts, Status::Note, "token.expiry_unknown", Some(18));
}

#[test]
fn a_password_change_and_a_checkpoint_are_told_apart_from_expiry() {
    let standing = |standing: &str| {
        let json = format!(
            r#"{{"v":1,"kind":"account","provider":"instagram","origin":"https://www.instagram.com","app_id":"1",
            "user_id":"17841400000000001","token":{{"value":"IGAAcanary","kind":"long","expiry":"unknown"}},"standing":{standing}}}"#
        );
        accounts(vec![kept(
            AccountRecord::decode(&Provider::instagram(), json.as_bytes()).unwrap(),
        )])
    };
    let changed = standing(r#"{"is":"needs_login","reason":"token.invalidated","since":1795700000}"#);
    let check = finds(
        &changed,
        Area::Accounts,
        Status::Problem,
        "account.needs_login",
        Some(6),
    );
    assert!(check.says.contains("password was changed"));
    let blocked = standing(r#"{"is":"blocked","reason":"account.checkpoint","recheck":1795800000}"#);
    finds(&blocked, Area::Accounts, Status::Warning, "account.blocked", Some(6));
}

#[test]
fn tokens_that_cannot_be_refreshed_or_were_not_are_warned_of() {
    let facebook = |days: i64| {
        let json = format!(
            r#"{{"v":1,"kind":"account","provider":"facebook","origin":"https://www.facebook.com","app_id":"1",
            "user_id":"2","token":{{"value":"EAAcanary","kind":"long","expiry":{}}},"standing":{{"is":"good"}}}}"#,
            in_days(days)
        );
        accounts(vec![kept(
            AccountRecord::decode(&Provider::facebook(), json.as_bytes()).unwrap(),
        )])
    };
    finds(
        &facebook(5),
        Area::Accounts,
        Status::Warning,
        "token.not_refreshable",
        Some(5),
    );
    finds(
        &facebook(50),
        Area::Accounts,
        Status::Note,
        "token.not_refreshable",
        Some(5),
    );
    let mut overdue = kept(record("IGAAcanary", &in_days(20), ""));
    overdue.due_at = Some(NOW.plus(-5 * DAY));
    let check = finds(
        &accounts(vec![overdue]),
        Area::Accounts,
        Status::Warning,
        "token.refresh_overdue",
        Some(5),
    );
    assert!(check.says.contains("5 days ago"));
    let data = record(
        "IGAAcanary",
        &in_days(50),
        &format!(",\"data_access_until\":{}", NOW.seconds() + DAY),
    );
    finds(
        &accounts(vec![kept(data)]),
        Area::Accounts,
        Status::Warning,
        "token.data_access_ends",
        None,
    );
}

#[test]
fn a_short_lived_token_that_is_kept_is_warned_of() {
    let json = format!(
        r#"{{"v":1,"kind":"account","provider":"instagram","origin":"https://www.instagram.com","app_id":"1",
        "user_id":"2","token":{{"value":"IGAAcanary","kind":"short","expiry":{{"at":{}}}}},"standing":{{"is":"good"}}}}"#,
        NOW.seconds() + 3_000
    );
    let record = AccountRecord::decode(&Provider::instagram(), json.as_bytes()).unwrap();
    finds(
        &accounts(vec![kept(record)]),
        Area::Accounts,
        Status::Warning,
        "token.short_lived",
        Some(18),
    );
}

#[test]
fn what_the_person_did_not_grant_and_accounts_kept_twice_are_noticed() {
    let mut seen = accounts(vec![kept(record("IGAAcanary", &in_days(50), ""))]);
    let more = good_but(
        "[\"instagram_business_basic\"",
        "[\"instagram_business_basic\", \"instagram_business_manage_comments\"",
    );
    seen.profile_file = Some(file("shutterkey.toml", &more));
    let check = finds(&seen, Area::Accounts, Status::Warning, "denied.scope", Some(23));
    assert!(check.says.contains("instagram_business_manage_comments"));
    let twice = accounts(vec![
        kept(record("IGAAcanary", &in_days(50), "")),
        kept(record("IGAAcanary", &in_days(40), "")),
    ]);
    finds(&twice, Area::Accounts, Status::Note, "account.duplicate", None);
}

#[test]
fn stores_that_are_unsafe_unreadable_or_far_away_are_found() {
    let store = |usable: Result<(), Error>, file_system: &str| {
        let mut seen = with(GOOD);
        seen.stores.push(SeenStore {
            place: StorePlace::Folder(PathBuf::from("/home/studio/accounts")),
            is_there: true,
            usable,
            file_system: Some(file_system.to_owned()),
        });
        seen
    };
    let refused = Err(Error::new(ErrorCode::StoreRefused));
    finds(
        &store(refused, "ext4"),
        Area::Store,
        Status::Problem,
        "store.refused",
        None,
    );
    finds(
        &store(Ok(()), "nfs4"),
        Area::Store,
        Status::Warning,
        "store.network",
        Some(22),
    );
    assert!(report(&store(Ok(()), "ext4")).worst() <= Status::Note);
    // One that is well does not hide another.
    let mut two = store(Ok(()), "ext4");
    two.stores
        .extend(store(Err(Error::new(ErrorCode::StoreRefused)), "ext4").stores);
    finds(&two, Area::Store, Status::Problem, "store.refused", None);
    // A keychain has no folder to say anything about.
    let keychain = |usable| {
        let mut seen = with(GOOD);
        seen.stores.push(SeenStore {
            place: StorePlace::Keychain,
            is_there: true,
            usable,
            file_system: None,
        });
        seen
    };
    let locked = keychain(Err(Error::new(ErrorCode::StoreLocked)));
    finds(&locked, Area::Store, Status::Problem, "store.locked", None);
    let well = report(&keychain(Ok(())));
    assert!(
        well.checks
            .iter()
            .any(|check| check.says.contains("keychain answers, is unlocked"))
    );
    let mut corrupt = with(GOOD);
    corrupt.unreadable = vec!["account x cannot be read".to_owned()];
    finds(&corrupt, Area::Accounts, Status::Problem, "store.corrupt", None);
}

#[test]
fn clocks_proxies_and_certificates_are_looked_at() {
    let mut seen = with(GOOD);
    for (ahead, status) in [(120, Status::Warning), (-4_000, Status::Problem)] {
        seen.provider_date = Some(Ok(NOW.plus(-ahead)));
        finds(&seen, Area::Surroundings, status, "surroundings.clock", Some(19));
    }
    seen.provider_date = Some(Ok(NOW.plus(3)));
    assert!(report(&seen).get("surroundings.clock").is_none());
    seen.provider_date = Some(Err(Error::new(ErrorCode::Offline)));
    finds(&seen, Area::Surroundings, Status::Problem, "network.offline", None);
    seen.provider_date = None;
    let variables = [
        ("HTTPS_PROXY", "http://user:canary@proxy.example:3128/"),
        ("SSL_CERT_FILE", "/etc/company.pem"),
        ("SHUTTERKEY_SANDBOX_URL", "http://127.0.0.1:8910"),
    ];
    seen.environment
        .extend(variables.map(|(name, value)| (name.to_owned(), value.to_owned())));
    seen.cert_file_is_there = Some(false);
    let proxy = finds(&seen, Area::Surroundings, Status::Note, "surroundings.proxy", None);
    assert!(proxy.says.contains("http://proxy.example:3128."), "{proxy:?}");
    finds(
        &seen,
        Area::Surroundings,
        Status::Problem,
        "surroundings.cert_file",
        None,
    );
    finds(&seen, Area::Surroundings, Status::Note, "surroundings.sandbox", None);
    seen.cert_file_is_there = Some(true);
    finds(&seen, Area::Surroundings, Status::Note, "surroundings.own_roots", None);
}
