//! What sources disagree on, as switches.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::error::SandboxError;

/// Whose account of the platform a sandbox follows where they differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// As production is reported to answer: flat answers, integer ids, HTML pages for authorize errors.
    #[default]
    Production,
    /// As Meta's documentation says: answers wrapped in `data[]`, ids as strings, JSON errors.
    Documented,
}

/// The single switches; [`Behaviour::of`] sets them all for a profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Behaviour {
    /// `instagram`: answers of the code exchange and of `/me` come as `{"data":[{…}]}`.
    pub wrapped_answers: bool,
    /// `instagram`: `user_id` of the code exchange is a JSON integer above 2^53 instead of a string.
    pub integer_ids: bool,
    /// `instagram`: `permissions` is an array instead of a comma-separated string.
    pub permissions_array: bool,
    /// `instagram`: errors of the authorize page are an HTML page instead of JSON.
    pub html_authorize_errors: bool,
    /// `instagram`: `#_` is appended to the redirect.
    pub fragment_marker: bool,
    /// `instagram`: an expired token is answered with `error_subcode` 463 beside code 190.
    pub error_subcodes: bool,
    /// `instagram`: a refresh answers the same token string with a new life instead of a new string.
    pub same_token_on_refresh: bool,
    /// `instagram`: the Graph error code for a refresh of a token younger than 24 hours (190 or 100; no source says).
    pub too_young_code: u32,
    /// `instagram`: a code used twice is called so (`This authorization code has been used`), the newer wording.
    pub newer_code_wording: bool,
    /// `instagram`: messages of the code exchange end with a full stop.
    pub full_stops: bool,
    /// `facebook`: `app_id` of `debug_token` is a number, as in the documentation's sample, instead of a string.
    pub number_app_ids: bool,
    /// `facebook`: the code exchange gives a token of 60 days, as in the documentation's sample, instead of a short one.
    pub long_code_exchange: bool,
    /// `facebook`: exchanging a long-lived token gives a new one of 60 days instead of the same one.
    pub long_exchange_renews: bool,
    /// `legacy`: `X-Ratelimit-*` headers are sent; Meta's products: the usage headers that [`crate::Usage`] has numbers for.
    pub rate_headers: bool,
}

impl Behaviour {
    /// All switches as the profile wants them.
    pub fn of(profile: Profile) -> Self {
        let documented = profile == Profile::Documented;
        Self {
            wrapped_answers: documented,
            integer_ids: !documented,
            permissions_array: !documented,
            html_authorize_errors: !documented,
            fragment_marker: true,
            error_subcodes: documented,
            same_token_on_refresh: false,
            too_young_code: 190,
            newer_code_wording: false,
            full_stops: false,
            number_app_ids: documented,
            long_code_exchange: documented,
            long_exchange_renews: documented,
            rate_headers: true,
        }
    }

    /// These switches with some of them changed, by their names; `profile` (`production`, `documented`) sets all of them
    /// first.
    ///
    /// # Errors
    /// [`SandboxError::Switch`] for a name that no switch has, or a value that it cannot have.
    pub fn changed(&self, mut changes: Map<String, Value>) -> Result<Self, SandboxError> {
        let refused = |error: serde_json::Error| SandboxError::Switch(error.to_string());
        let base = match changes.remove("profile") {
            None => self.clone(),
            Some(name) => {
                let profile = serde_json::from_value(name);
                Self::of(profile.map_err(|error| SandboxError::Switch(format!("profile: {error}")))?)
            }
        };
        let Value::Object(mut switches) = serde_json::to_value(base).map_err(refused)? else {
            return Err(SandboxError::Switch("they cannot be written".to_owned()));
        };
        if let Some(unknown) = changes.keys().find(|name| !switches.contains_key(*name)) {
            let known: Vec<&str> = switches.keys().map(String::as_str).collect();
            return Err(SandboxError::Switch(format!(
                "there is no switch {unknown:?}: profile, {}",
                known.join(", ")
            )));
        }
        switches.extend(changes);
        serde_path_to_error::deserialize(Value::Object(switches))
            .map_err(|error| SandboxError::Switch(error.to_string()))
    }
}

impl Default for Behaviour {
    fn default() -> Self {
        Self::of(Profile::Production)
    }
}
