//! docs/cli.md has exactly the members that `--json` really has.

mod common;

use std::collections::BTreeSet;

use common::fleet::Fleet;
use common::{Home, Platform};
use serde_json::Value;
use shutterkey_sandbox::{Fault, FaultKind, Product};

const PAGE: &str = include_str!("../../docs/cli.md");

/// The members that a section of the page lists, with those of the objects that it points to.
fn documented(section: &str) -> BTreeSet<String> {
    let heading = format!("\n### {section}\n");
    let (_, rest) = PAGE
        .split_once(&heading)
        .unwrap_or_else(|| panic!("no section {section}"));
    let body = rest.split("\n### ").next().unwrap();
    let mut members = BTreeSet::new();
    for row in body.lines().filter_map(|line| line.strip_prefix("| `")) {
        let (member, what) = row.split_once("` |").unwrap();
        match ["account", "token"]
            .iter()
            .find(|object| what.contains(&format!("](#{object})")))
        {
            Some(object) => members.extend(documented(object).iter().map(|inner| format!("{member}.{inner}"))),
            None => drop(members.insert(member.to_owned())),
        }
    }
    assert!(!members.is_empty(), "{section}");
    members
}

/// The members of an object, by path; lists of objects with `[]`.
fn real(value: &Value) -> BTreeSet<String> {
    let mut members = BTreeSet::new();
    collect(value, "", &mut members);
    members
}

fn collect(value: &Value, path: &str, members: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            for (name, inner) in object {
                let path = if path.is_empty() {
                    name.clone()
                } else {
                    format!("{path}.{name}")
                };
                collect(inner, &path, members);
            }
        }
        Value::Array(list) if list.iter().any(Value::is_object) => {
            for inner in list {
                collect(inner, &format!("{path}[]"), members);
            }
        }
        _ => drop(members.insert(path.to_owned())),
    }
}

fn compare(section: &str, answer: &Value) {
    assert_eq!(real(answer), documented(section), "{section}: {answer:#}");
}

#[test]
fn the_page_lists_the_members_of_what_goes_well() {
    let home = Home::new();
    let login = ["login", "--sandbox", "--auto-approve", "--json"];
    compare("`shutterkey`", &home.run(&["--json"]).with_code(0).json());
    compare("`login`", &home.run(&login).with_code(0).json());
    compare("`token`", &home.run(&["token", "--json"]).with_code(0).json());
    compare("`whoami`", &home.run(&["whoami", "--json"]).with_code(0).json());
    compare(
        "`refresh`",
        &home.run(&["refresh", "--if-due", "--json"]).with_code(0).json(),
    );
    compare("`logout`", &home.run(&["logout", "--json"]).with_code(0).json());
    compare("`keygen`", &home.run(&["keygen", "--json"]).with_code(0).json());
    let init = ["init", "--json", "--client-id", "990602627938098", "--secret", "env"];
    compare("`init`", &home.run(&init).with_code(0).json());
}

#[test]
fn the_page_lists_the_members_of_what_comes_from_a_pipe() {
    let (platform, home) = (Platform::instagram(), Home::new());
    let sandbox = [("SHUTTERKEY_SANDBOX_URL", platform.sandbox.base_url())];
    let minted = platform
        .sandbox
        .mint_token(Product::Instagram, "studio", 2 * 86_400)
        .unwrap();
    let token = minted.access_token.reveal();
    let imported = home
        .run_with(&["import", "--json"], &sandbox, token)
        .with_code(0)
        .json();
    compare("`import`", &imported);
    let renewed = home
        .run_with(&["refresh", "--stdin", "--json"], &sandbox, token)
        .with_code(0)
        .json();
    compare("`refresh --stdin`", &renewed);
}

#[test]
fn the_page_lists_the_members_of_what_looks_at_how_things_stand() {
    let home = Home::new();
    home.run(&["login", "--sandbox", "--auto-approve", "--quiet"])
        .with_code(0);
    let accounts = home.run(&["accounts", "--check", "10w", "--json"]).with_code(22);
    compare("`accounts`", &accounts.json());
    let token = home.run(&["token"]).stdout;
    let inspect = home.run_with(&["inspect", "--online", "--json"], &[], &token);
    compare("`inspect`", &inspect.with_code(0).json());
    compare("`doctor`", &home.run(&["doctor", "--json"]).with_code(0).json());
    compare("`errors`", &home.run(&["errors", "--json"]).with_code(0).json());
}

/// The example of a section.
fn example(section: &str) -> Value {
    let (_, rest) = PAGE.split_once(&format!("\n### {section}\n")).unwrap();
    let (_, json) = rest.split_once("```json\n").unwrap();
    serde_json::from_str(json.split("```").next().unwrap()).unwrap()
}

#[test]
fn the_examples_of_the_page_have_the_members_of_real_answers() {
    let home = Home::new();
    let error = r#"{"error":{"message":"The session has been invalidated","type":"OAuthException","code":190,"error_subcode":460}}"#;
    let inspect = home.run_with(&["inspect", "--json"], &[], error).with_code(0).json();
    assert_eq!(real(&inspect), real(&example("`inspect`")));
    assert_eq!(inspect["findings"], example("`inspect`")["findings"]);
    home.write(
        &home.here().join("shutterkey.toml"),
        "client_id = \"123456789012345\"\nredirect_uri = \"https://app.example//callback\"\n",
    );
    let doctor = home.run(&["doctor", "--json"]).with_code(21).json();
    assert_eq!(real(&doctor), real(&example("`doctor`")));
    let shown = &example("`doctor`")["checks"][0]["says"];
    assert!(
        doctor["checks"]
            .as_array()
            .unwrap()
            .iter()
            .any(|check| check["says"] == *shown)
    );
}

#[test]
fn the_page_lists_the_members_of_a_failure() {
    let home = Home::new();
    compare("error", &home.run(&["token", "--json"]).with_code(17).json());
    compare(
        "error",
        &home.run(&["token", "--json", "--nonsense"]).with_code(2).json(),
    );
}

/// The members of a section, without those that are an object or `null`.
fn leaves(section: &str) -> BTreeSet<String> {
    let all = documented(section);
    let is_leaf = |member: &&String| !all.iter().any(|other| other.starts_with(&format!("{member}.")));
    all.iter().filter(is_leaf).cloned().collect()
}

#[test]
fn the_page_lists_the_members_of_what_a_fleet_tells() {
    let fleet = Fleet::of(&["ada", "grace"]);
    let fault = Fault::of("refresh_access_token", FaultKind::Throttle { code: 17, minutes: 5 });
    fleet.platform.sandbox.fault(fault.account("ada").lasting());
    let ended = fleet.keep(&["--once", "--json"]).with_code(23);
    let mut lines = Fleet::lines(&ended);
    compare("`keep`, the last line", &lines.pop().unwrap());
    let (mut seen, allowed) = (BTreeSet::new(), documented("`keep`"));
    for line in &lines {
        let members = real(line);
        assert!(members.is_subset(&allowed), "{line}");
        seen.extend(members);
    }
    assert!(leaves("`keep`").is_subset(&seen), "{seen:?}");
    let kinds: BTreeSet<&str> = lines.iter().filter_map(|line| line["event"].as_str()).collect();
    for kind in ["started", "refreshed", "refresh_failed"] {
        assert!(kinds.contains(kind) && PAGE.contains(&format!("`{kind}`")), "{kind}");
    }
}

#[cfg(unix)]
#[test]
fn the_page_lists_the_members_of_a_sandbox() {
    let home = Home::new();
    let mut running = home.start(&["sandbox", "--port", "0", "--json"], &[]);
    let object: Value = serde_json::from_str(&running.prints_until("}")).unwrap();
    running.child.kill().unwrap();
    compare("`sandbox`", &object);
}

#[test]
fn every_setting_of_the_page_is_one_that_a_profile_has() {
    let (_, rest) = PAGE.split_once("## Settings").unwrap();
    let table = rest.split("## How").next().unwrap();
    for name in [
        "provider",
        "client_id",
        "redirect_uri",
        "response_type",
        "listen",
        "tls_cert",
        "tls_key",
        "sandbox_url",
        "database_url_file",
        "seal_keys_file",
        "namespace",
    ] {
        assert!(table.contains(&format!("`{name}`")), "{name}");
        let text = format!("{name} = \"x\"\n");
        shutterkey::config::profile::ProfileFile::parse(&text).unwrap();
        assert!(
            table.contains(&format!("`SHUTTERKEY_{}`", name.to_uppercase())),
            "{name}"
        );
    }
}
