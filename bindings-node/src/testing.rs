//! What must be the same every time, for tests and for nothing else.

use std::collections::{BTreeMap, HashMap};

use napi::bindgen_prelude::{ClassInstance, Either, Uint8Array};
use napi_derive::napi;
use shutterkey::config::profile::{Folders, Profile, ProfileFile, Sources};
use shutterkey::testing::fixed_entropy;
use shutterkey::{Error, ErrorCode, Result, build_authorization_request};

use crate::config::ClientConfig;
use crate::failure::{Failure, outcome};
use crate::options::LoginOptions;
use crate::pending;
use crate::time::moment;

/// Begins a login with known randomness.
#[napi]
pub fn testing_authorize(
    config: ClassInstance<'_, ClientConfig>,
    entropy: Uint8Array,
    now: f64,
    options: Option<LoginOptions>,
) -> Either<String, Failure> {
    let begun = || {
        let needed = || Error::with_detail(ErrorCode::Misuse, "64 bytes of entropy are needed.");
        let entropy: [u8; 64] = entropy.as_ref().try_into().map_err(|_| needed())?;
        let options = LoginOptions::read(options)?;
        build_authorization_request(&config.0, options, moment(now), fixed_entropy(entropy))
    };
    outcome(begun().map(|request| pending::request(&request)))
}

/// What a machine's profile comes to, with nothing read from this machine.
#[napi]
pub fn resolve_profile(
    profile_file: Option<String>,
    user_file: Option<String>,
    environment: HashMap<String, String>,
    trust_endpoints: bool,
) -> Either<ClientConfig, Failure> {
    let resolved = || -> Result<shutterkey::ClientConfig> {
        let folders = Folders {
            config: "config".into(),
            data: "data".into(),
        };
        let sources = Sources {
            environment: BTreeMap::from_iter(environment),
            profile_file: profile_file.as_deref().map(ProfileFile::parse).transpose()?,
            user_file: user_file.as_deref().map(ProfileFile::parse).transpose()?,
            secret_file: None,
            trust_endpoints,
        };
        Profile::resolve(&sources, &folders)?.client_config()?.build()
    };
    outcome(resolved().map(ClientConfig))
}
