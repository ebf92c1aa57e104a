//! What must be the same every time, for tests and for nothing else.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use shutterkey::config::profile::{Folders, Profile, ProfileFile, Sources};
use shutterkey::testing::fixed_entropy;
use shutterkey::{Result, Sealer, build_authorization_request};
use zeroize::Zeroizing;

use crate::config::{self, ClientConfig};
use crate::errors;
use crate::options::authorize_options;
use crate::pending::{AuthorizationRequest, PendingAuthorization};
use crate::seal::SealKeys;
use crate::time::Moment;

/// Begins a login with known randomness: 64 bytes, the first 32 of them the state, the last 32 the code verifier. Such
/// a login can be forged by anybody who reads the test. The other keyword arguments are those of `Client.authorize()`.
#[pyfunction]
#[pyo3(signature = (config, *, entropy, now, **options))]
pub(crate) fn testing_authorize(
    py: Python<'_>,
    config: &ClientConfig,
    entropy: &[u8],
    now: Moment,
    options: Option<&Bound<'_, PyDict>>,
) -> PyResult<AuthorizationRequest> {
    let options = authorize_options(py, options)?;
    build_authorization_request(&config.0, options, now.0, fixed_entropy(exactly::<64>(entropy)?))
        .map(AuthorizationRequest::new)
        .map_err(|error| errors::raised(py, error))
}

/// A ring of one key of known randomness: 36 bytes, of which four name the key.
#[pyfunction]
pub(crate) fn testing_seal_keys(entropy: &[u8]) -> PyResult<SealKeys> {
    let entropy = fixed_entropy(exactly::<36>(entropy)?);
    Ok(SealKeys(shutterkey::SealKeys::from_entropy(&entropy)))
}

/// `PendingAuthorization.seal()` with a known nonce of 24 bytes.
#[pyfunction]
#[pyo3(signature = (pending, keys, *, nonce, session=None))]
pub(crate) fn testing_seal(
    py: Python<'_>,
    pending: &PendingAuthorization,
    keys: &SealKeys,
    nonce: &[u8],
    session: Option<&str>,
) -> PyResult<String> {
    let sealer = KnownNonce {
        keys: &keys.0,
        nonce: exactly(nonce)?,
    };
    pending
        .0
        .seal(&sealer, session)
        .map_err(|error| errors::raised(py, error))
}

struct KnownNonce<'a> {
    keys: &'a shutterkey::SealKeys,
    nonce: [u8; 24],
}

impl Sealer for KnownNonce<'_> {
    fn seal(&self, purpose: &str, context: &str, plain: &[u8]) -> Result<String> {
        self.keys.seal_with(purpose, context, plain, &fixed_entropy(self.nonce))
    }

    fn open(&self, purpose: &str, context: &str, sealed: &str) -> Result<Zeroizing<Vec<u8>>> {
        self.keys.open(purpose, context, sealed)
    }
}

/// The configuration that a machine's profile comes to: `shutterkey.toml` and the user's own file as texts, and the
/// environment. Nothing is read from this machine. Raises the `config` family.
#[pyfunction]
#[pyo3(signature = (profile_file=None, user_file=None, environment=None, *, trust_endpoints=false))]
pub(crate) fn resolve_profile(
    py: Python<'_>,
    profile_file: Option<&str>,
    user_file: Option<&str>,
    environment: Option<std::collections::BTreeMap<String, String>>,
    trust_endpoints: bool,
) -> PyResult<ClientConfig> {
    let resolve = || {
        let folders = Folders {
            config: "config".into(),
            data: "data".into(),
        };
        let sources = Sources {
            environment: environment.unwrap_or_default(),
            profile_file: profile_file.map(ProfileFile::parse).transpose()?,
            user_file: user_file.map(ProfileFile::parse).transpose()?,
            secret_file: None,
            trust_endpoints,
        };
        Profile::resolve(&sources, &folders)?.client_config()
    };
    let builder = resolve().map_err(|error| errors::raised(py, error))?;
    config::build(py, builder)
}

fn exactly<const N: usize>(bytes: &[u8]) -> PyResult<[u8; N]> {
    bytes
        .try_into()
        .map_err(|_| PyValueError::new_err(format!("{N} bytes are needed, not {}", bytes.len())))
}
