//! What the files and the environment say about the way of an answer, and where the secret comes from.

use std::collections::BTreeMap;

use super::{Folders, Profile, Sources, StorePlace};
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

#[test]
fn a_database_is_named_by_the_environment_or_the_persons_own_file_and_by_no_file_of_a_folder() {
    let project = "store = \"postgres\"\ndatabase_url = \"postgres://evil.example/x\"\nnamespace = \"evil\"\n";
    let home = Home::new(project, "");
    let profile = home.profile(&[]).unwrap();
    assert!(profile.store.folder().unwrap().ends_with("accounts"));
    assert_eq!(profile.namespace, "default");

    let address = ("SHUTTERKEY_DATABASE_URL", "postgres://u:canary-1@db.example/app");
    let named = [
        ("SHUTTERKEY_STORE", "postgres"),
        address,
        ("SHUTTERKEY_NAMESPACE", "tenant"),
    ];
    let profile = home.profile(&named).unwrap();
    let StorePlace::Postgres(place) = &profile.store else {
        panic!("{:?}", profile.store);
    };
    assert_eq!(place.url().unwrap().reveal(), address.1);
    assert_eq!(place.seal_keys().unwrap_err().code().as_str(), "config.seal_key");
    assert_eq!(
        (profile.namespace.as_str(), profile.store.to_string()),
        ("tenant", "postgres".to_owned())
    );
    assert_eq!(profile.store.folder(), None);
    assert!(!format!("{profile:?}").contains("canary"));

    let own = "store = \"postgres\"\ndatabase_url = \"postgres://app@db.example/app\"\nnamespace = \"mine\"\n";
    let home = Home::new(project, own);
    let profile = home.profile(&[]).unwrap();
    let StorePlace::Postgres(place) = &profile.store else {
        panic!("{:?}", profile.store);
    };
    assert_eq!(place.url().unwrap().reveal(), "postgres://app@db.example/app");
    assert_eq!(profile.namespace, "mine");
    let folder = home.profile(&[("SHUTTERKEY_STORE", "./postgres")]).unwrap();
    assert_eq!(folder.store.folder().unwrap().to_str(), Some("./postgres"));
}

#[test]
fn the_keychain_is_named_like_a_database_and_by_no_file_of_a_folder() {
    let place = |project: &str, own: &str, variables: &[(&str, &str)]| {
        let home = Home::new(project, own);
        home.profile(variables).unwrap().store
    };
    let keychain = "store = \"keychain\"\n";
    assert!(place(keychain, "", &[]).folder().unwrap().ends_with("accounts"));
    for named in [
        place("", "", &[("SHUTTERKEY_STORE", "keychain")]),
        place("", keychain, &[]),
    ] {
        assert!(matches!(named, StorePlace::Keychain), "{named:?}");
        assert_eq!((named.folder(), named.to_string()), (None, "keychain".to_owned()));
    }
    let folder = place("", keychain, &[("SHUTTERKEY_STORE", "./keychain")]);
    assert_eq!(folder.folder().unwrap().to_str(), Some("./keychain"));
}

#[test]
fn what_a_build_has_no_store_for_says_how_to_get_one() {
    let error = StorePlace::Keychain.unsupported();
    assert_eq!(error.code().as_str(), "config.unsupported");
    assert!(error.message().contains("--features keychain"), "{error}");
}

#[test]
fn the_address_and_the_keys_of_a_database_may_lie_in_files_of_their_owner() {
    let home = Home::new("", "");
    let (url, keys) = (home.0.path().join("url"), home.0.path().join("keys"));
    std::fs::write(&url, "postgres://u:canary@db.example/app\n").unwrap();
    std::fs::write(&keys, "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\n").unwrap();
    let variables = [
        ("SHUTTERKEY_STORE", "postgres"),
        ("SHUTTERKEY_DATABASE_URL_FILE", url.to_str().unwrap()),
        ("SHUTTERKEY_SEAL_KEYS_FILE", keys.to_str().unwrap()),
    ];
    let profile = home.profile(&variables).unwrap();
    let StorePlace::Postgres(place) = profile.store else {
        panic!("{:?}", profile.store);
    };
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        for (file, mode) in [(&url, 0o600), (&keys, 0o644)] {
            std::fs::set_permissions(file, std::fs::Permissions::from_mode(mode)).unwrap();
        }
        assert_eq!(place.seal_keys().unwrap_err().code().as_str(), "store.refused");
        std::fs::set_permissions(&keys, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    assert!(place.url().unwrap().reveal().ends_with("/app"));
    assert!(place.seal_keys().unwrap().reveal().starts_with("k1:"));
}
