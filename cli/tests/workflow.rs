//! The workflow for GitHub Actions: well-formed, careful, and its shell step does what it says against a sandbox.
#![cfg(unix)]

mod common;

use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Output};

use common::{Home, Platform};
use saphyr::{LoadableYamlNode, Yaml};
use shutterkey_sandbox::Product;

const WORKFLOW: &str = include_str!("../../examples/github-actions/refresh-instagram-token.yml");

fn workflow() -> Yaml<'static> {
    Yaml::load_from_str(WORKFLOW).unwrap().remove(0)
}

fn text<'a>(yaml: &'a Yaml<'_>, path: &[&str]) -> &'a str {
    let found = path.iter().fold(yaml, |yaml, key| {
        yaml.as_mapping_get(key).unwrap_or_else(|| panic!("no {key}"))
    });
    found.as_str().unwrap()
}

fn steps<'a>(yaml: &'a Yaml<'a>) -> &'a [Yaml<'a>] {
    let job = yaml.as_mapping_get("jobs").unwrap().as_mapping_get("refresh").unwrap();
    job.as_mapping_get("steps").unwrap().as_vec().unwrap()
}

#[test]
fn it_runs_every_week_alone_and_with_no_permission() {
    let yaml = workflow();
    let on = yaml.as_mapping_get("on").unwrap();
    let cron = on.as_mapping_get("schedule").unwrap().as_vec().unwrap();
    let fields: Vec<&str> = text(&cron[0], &["cron"]).split(' ').collect();
    assert!(
        matches!(fields.as_slice(), [_, _, "*", "*", day] if *day != "*"),
        "{fields:?}"
    );
    assert!(
        yaml.as_mapping_get("permissions")
            .unwrap()
            .as_mapping()
            .unwrap()
            .is_empty()
    );
    assert!(!text(&yaml, &["concurrency", "group"]).is_empty());
    for step in steps(&yaml) {
        if let Some(uses) = step.as_mapping_get("uses") {
            let (_, version) = uses.as_str().unwrap().split_once('@').unwrap();
            assert!(
                version.starts_with('v') && version.matches('.').count() == 2,
                "{version}"
            );
        }
    }
    // Secrets reach the script by variables alone; in the script they would be pasted into its text.
    assert!(!text(steps(&yaml).last().unwrap(), &["run"]).contains("${{"));
}

struct Run {
    home: Home,
    platform: Platform,
}

impl Run {
    fn new() -> Self {
        let run = Self {
            home: Home::new(),
            platform: Platform::instagram(),
        };
        run.program("gh", "printf '%s\\n' \"$*\" >> gh-arguments; cat > gh-input");
        run.program(
            "shutterkey",
            &format!("exec '{}' \"$@\"", env!("CARGO_BIN_EXE_shutterkey")),
        );
        run
    }

    fn program(&self, name: &str, script: &str) {
        let path = self.home.here().join("bin").join(name);
        self.home.write(&path, &format!("#!/bin/sh\n{script}\n"));
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// The step's script as the runner starts it.
    fn step(&self, token: &str) -> Output {
        let yaml = workflow();
        let script = text(steps(&yaml).last().unwrap(), &["run"]).to_owned();
        self.home.write(&self.home.here().join("step.sh"), &script);
        let path = format!("{}:/usr/bin:/bin", self.home.here().join("bin").display());
        Command::new("bash")
            .args(["--noprofile", "--norc", "-eo", "pipefail", "step.sh"])
            .current_dir(self.home.here())
            .env_clear()
            .env("PATH", path)
            .env("HOME", self.home.here())
            .env("INSTAGRAM_TOKEN", token)
            .env("GH_TOKEN", "canary-writer")
            .env("SHUTTERKEY_PROVIDER", "instagram")
            .env("SHUTTERKEY_SANDBOX_URL", self.platform.sandbox.base_url())
            .output()
            .unwrap()
    }

    fn read(&self, name: &str) -> Option<String> {
        std::fs::read_to_string(self.home.here().join(name)).ok()
    }

    fn minted(&self, days: i64) -> String {
        let minted = self
            .platform
            .sandbox
            .mint_token(Product::Instagram, "studio", days * 86_400);
        minted.unwrap().access_token.reveal().to_owned()
    }
}

#[test]
fn the_step_writes_the_new_token_back_and_masks_it_before_anything_else() {
    let run = Run::new();
    let old = run.minted(2);
    let output = run.step(&old);
    assert!(output.status.success(), "{output:?}");
    let new = run.read("gh-input").unwrap();
    assert!(
        new.starts_with("IGAASANDBOX") && new != old && !new.ends_with('\n'),
        "{new}"
    );
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(printed, format!("::add-mask::{new}\n"));
    assert!(!String::from_utf8_lossy(&output.stderr).contains("IGAASANDBOX"));
    // Neither token on a command line, and nothing kept on the disk.
    assert_eq!(run.read("gh-arguments").unwrap(), "secret set INSTAGRAM_TOKEN\n");
    assert!(!run.home.here().join(".local").exists());
    // The next week's run goes on with it.
    assert!(
        run.home
            .run_with(
                &["refresh", "--stdin"],
                &[("SHUTTERKEY_SANDBOX_URL", run.platform.sandbox.base_url())],
                &new
            )
            .code
            != 2
    );
}

#[test]
fn a_token_that_cannot_be_renewed_fails_the_step_and_leaves_the_secret_as_it_was() {
    let run = Run::new();
    for (token, code) in [
        (String::new(), 1),
        (run.minted(61), 16),
        ("IGAASANDBOXcanary".to_owned(), 16),
    ] {
        let output = run.step(&token);
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(output.status.code(), Some(code), "{output:?}");
        assert!(printed.contains("::error::"), "{printed}");
        assert!(!format!("{output:?}").contains("canary"), "{output:?}");
        assert_eq!(run.read("gh-arguments"), None);
    }
}
