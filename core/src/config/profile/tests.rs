//! What the files and the environment say about the way of an answer, and where the secret comes from.

use std::collections::BTreeMap;

use super::{Folders, Profile, Sources};
use crate::error::Result;

struct Home(tempfile::TempDir);

impl Home {
    fn new(profile: &str, own: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("shutterkey.toml"), profile).unwrap();
        std::fs::write(folder.path().join("config.toml"), own).unwrap();
        Self(folder)
    }

    fn profile(&self, variables: &[(&str, &str)]) -> Result<Profile> {
        let folders = Folders {
            config: self.0.path().to_owned(),
            data: self.0.path().to_owned(),
        };
        let mut environment: BTreeMap<String, String> = variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let named = self.0.path().join("shutterkey.toml");
        environment.insert("SHUTTERKEY_CONFIG".to_owned(), named.display().to_string());
        Profile::resolve(&Sources::from_environment(environment, &folders)?, &folders)
    }
}

#[test]
fn the_way_of_an_answer_is_read_from_the_file_and_the_environment_stands_over_it() {
    let home = Home::new("listen = \"8911\"\ntls_cert = \"a.pem\"\ntls_key = \"a-key.pem\"\n", "");
    let profile = home.profile(&[]).unwrap();
    assert_eq!(profile.listen.as_deref(), Some("8911"));
    assert_eq!(profile.tls_cert.unwrap().to_str(), Some("a.pem"));
    let over = [("SHUTTERKEY_LISTEN", "9000"), ("SHUTTERKEY_TLS_KEY", "b-key.pem")];
    let profile = home.profile(&over).unwrap();
    assert_eq!(profile.listen.as_deref(), Some("9000"));
    assert_eq!(profile.tls_key.unwrap().to_str(), Some("b-key.pem"));
}

#[cfg(unix)]
#[test]
fn a_secret_command_is_the_environments_or_the_persons_own_and_gives_way_to_a_named_secret() {
    let home = Home::new("", "client_secret_command = [\"echo\", \"own secret\"]\n");
    let secret = |variables: &[(&str, &str)]| {
        let profile = home.profile(variables).unwrap();
        profile.client_secret.unwrap().reveal().to_owned()
    };
    assert_eq!(secret(&[]), "own secret");
    let command = ("SHUTTERKEY_CLIENT_SECRET_COMMAND", "echo  from  the-variable");
    assert_eq!(secret(&[command]), "from the-variable");
    assert_eq!(secret(&[command, ("SHUTTERKEY_CLIENT_SECRET", "named")]), "named");
    let failing = [("SHUTTERKEY_CLIENT_SECRET_COMMAND", "false")];
    let error = home.profile(&failing).unwrap_err();
    assert_eq!(error.code().as_str(), "config.secret_missing");
}
