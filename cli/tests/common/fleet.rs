//! Several accounts of one app, each of which is due.

use serde_json::Value;
use shutterkey_sandbox::Product;

use super::{Ended, Home, Platform, Running};

pub(crate) struct Fleet {
    pub(crate) platform: Platform,
    pub(crate) home: Home,
    /// The tokens that the accounts began with.
    pub(crate) minted: Vec<String>,
}

#[allow(dead_code, reason = "each test file uses what it needs")]
impl Fleet {
    /// A token that was made elsewhere is due at once: nobody knows when it ends.
    pub(crate) fn of(names: &[&str]) -> Self {
        Self::in_store(names, &[])
    }

    /// The same with further settings, such as those of a store.
    pub(crate) fn in_store(names: &[&str], settings: &[(&'static str, &str)]) -> Self {
        let (mut platform, home) = (Platform::instagram(), Home::new());
        platform.set(settings);
        let mut minted = Vec::new();
        for name in names {
            let token = platform
                .sandbox
                .mint_token(Product::Instagram, name, 2 * 86_400)
                .unwrap();
            let token = token.access_token.reveal().to_owned();
            home.run_with(&["import", "--account", name], &platform.variables(), &token)
                .with_code(0);
            minted.push(token);
        }
        Self { platform, home, minted }
    }

    pub(crate) fn keep(&self, arguments: &[&str]) -> Ended {
        let arguments = [&["keep"], arguments].concat();
        self.home.run_with(&arguments, &self.platform.variables(), "")
    }

    pub(crate) fn start(&self, arguments: &[&str]) -> Running {
        let arguments = [&["keep"], arguments].concat();
        self.home.start(&arguments, &self.platform.variables())
    }

    /// How often the platform was asked for a refresh.
    pub(crate) fn refreshes(&self) -> usize {
        self.platform.sandbox.calls().matching("refresh_access_token").len()
    }

    /// The token that is stored for an account.
    pub(crate) fn token(&self, name: &str) -> String {
        let arguments = ["token", "--account", name];
        let ended = self.home.run_with(&arguments, &self.platform.variables(), "");
        ended.with_code(0).stdout.trim().to_owned()
    }

    /// Every line of stdout is one object.
    pub(crate) fn lines(ended: &Ended) -> Vec<Value> {
        let read = |line: &str| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line:?} in {ended:?}"));
        ended.stdout.lines().map(read).collect()
    }

    pub(crate) fn summary(ended: &Ended) -> Value {
        let last = Self::lines(ended).pop().unwrap_or_default();
        assert_eq!(last["event"], "summary", "{ended:?}");
        last
    }

    /// Neither these, nor what the accounts began with, nor the app's secret.
    pub(crate) fn holds_no_secret(&self, ended: &Ended, more: &[&str]) {
        let variables = self.platform.variables();
        let settings = variables
            .iter()
            .filter(|(name, _)| name.contains("SECRET") || name.contains("KEYS") || name.contains("DATABASE"))
            .map(|(_, value)| *value);
        let minted = self.minted.iter().map(String::as_str);
        for secret in minted.chain(settings).chain(more.iter().copied()) {
            let said = format!("{}{}", ended.stdout, ended.stderr);
            assert!(!secret.is_empty() && !said.contains(secret), "{ended:?}");
        }
    }
}
