//! Explaining what people paste: a token, an address, an error, a whole HTTP answer. Pure: nothing is asked of anybody.
//!
//! [`explain`] says what a text is, what can be read in it, what is wrong with it and what to do. The rules are the core's
//! own: what an error means is decided by [`classify`](crate::protocol::answer::classify), a redirect URI by
//! [`RedirectUri::parse`] and the provider's rules, a scope by the product's table. A token, a code, a state or a secret
//! is never part of what is answered.
//!
//! ```
//! use shutterkey::explain::{Context, What, explain};
//! use shutterkey::Timestamp;
//!
//! let context = Context::new(Timestamp::from_seconds(1_800_000_000));
//! let explanation = explain("Invalid platform app", &context);
//! assert_eq!(explanation.what, What::ErrorPage);
//! assert_eq!(explanation.findings[0].code, "provider.invalid_platform_app");
//! ```

mod address;
mod answer;
mod api_request;
mod authorize;
mod catalogue;
pub(crate) mod client_id;
mod finding;
mod http;
mod identifier;
mod inspection;
mod pasted;
mod redirect;
pub(crate) mod redirect_uri;
mod refusal;
pub(crate) mod scopes;
mod state;
mod token;
mod usage;
pub(crate) mod versions;
pub(crate) mod within;

pub use catalogue::{ProviderCode, provider_codes, provider_words};
pub use finding::{Finding, Severity};
pub use token::token_in;

use std::borrow::Cow;

use crate::clock::Timestamp;
use crate::config::RedirectUri;
use crate::config::profile::Profile;
use crate::provider::Provider;

/// The most that is read, in bytes.
pub const PASTE_CAP: usize = 256 << 10;

/// What is known besides the text: the configuration that it probably belongs to.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Context {
    /// The present.
    pub now: Timestamp,
    /// The configured provider.
    pub provider: Option<Provider>,
    /// The configured client id.
    pub client_id: Option<String>,
    /// The configured redirect URI.
    pub redirect_uri: Option<RedirectUri>,
}

impl Context {
    /// Nothing is configured.
    pub fn new(now: Timestamp) -> Self {
        Self {
            now,
            provider: None,
            client_id: None,
            redirect_uri: None,
        }
    }

    /// What a profile has. Its provider counts when an app is configured; otherwise it is a default that nobody chose.
    pub fn of_profile(profile: &Profile, now: Timestamp) -> Self {
        Self {
            now,
            provider: profile.client_id.is_some().then(|| profile.provider.clone()),
            client_id: profile.client_id.clone(),
            redirect_uri: profile
                .redirect_uri
                .as_deref()
                .and_then(|text| RedirectUri::parse(text).ok()),
        }
    }
}

/// What a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum What {
    /// Somebody's access token.
    Token,
    /// An app's own token.
    AppToken,
    /// The address that a login begins at.
    AuthorizeUrl,
    /// The address that a login ended on.
    Redirect,
    /// A redirect URI alone.
    RedirectUri,
    /// An authorization code alone.
    Code,
    /// A call of an API, as an address.
    ApiRequest,
    /// An error of a provider as JSON.
    ProviderError,
    /// A whole HTTP answer, or its headers.
    HttpResponse,
    /// The text of a page on which a provider showed an error.
    ErrorPage,
    /// The answer of a token endpoint.
    TokenAnswer,
    /// The answer about a person or account.
    IdentityAnswer,
    /// The answer about a person's Pages.
    PagesAnswer,
    /// The answer about a token (`debug_token`).
    InspectionAnswer,
    /// An app id, a user id, or an app secret.
    Identifier,
    /// Nothing that is known.
    Unknown,
}

impl What {
    /// The stable name: `token`, `app_token`, `authorize_url`, `redirect`, `redirect_uri`, `code`, `api_request`,
    /// `provider_error`, `http_response`, `error_page`, `token_answer`, `identity_answer`, `pages_answer`,
    /// `inspection_answer`, `identifier`, `unknown`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::AppToken => "app_token",
            Self::AuthorizeUrl => "authorize_url",
            Self::Redirect => "redirect",
            Self::RedirectUri => "redirect_uri",
            Self::Code => "code",
            Self::ApiRequest => "api_request",
            Self::ProviderError => "provider_error",
            Self::HttpResponse => "http_response",
            Self::ErrorPage => "error_page",
            Self::TokenAnswer => "token_answer",
            Self::IdentityAnswer => "identity_answer",
            Self::PagesAnswer => "pages_answer",
            Self::InspectionAnswer => "inspection_answer",
            Self::Identifier => "identifier",
            Self::Unknown => "unknown",
        }
    }
}

/// Something that can be read in the text. It holds no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fact {
    /// What it is: a stable name for people and programs, such as `client id`.
    pub label: &'static str,
    /// Its value, made safe to print.
    pub value: String,
}

/// What a text is, what is in it, what is wrong, and what to do.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Explanation {
    /// What it is.
    pub what: What,
    /// The same for people.
    pub title: Cow<'static, str>,
    /// What can be read in it.
    pub facts: Vec<Fact>,
    /// What was noticed, in the order of noticing.
    pub findings: Vec<Finding>,
    /// What to do next, where nothing is wrong.
    pub next: Vec<Cow<'static, str>>,
}

impl Explanation {
    pub(crate) fn new(what: What, title: impl Into<Cow<'static, str>>) -> Self {
        Self {
            what,
            title: title.into(),
            facts: Vec::new(),
            findings: Vec::new(),
            next: Vec::new(),
        }
    }

    pub(crate) fn fact(&mut self, label: &'static str, value: impl Into<String>) {
        self.facts.push(Fact {
            label,
            value: value.into(),
        });
    }

    pub(crate) fn maybe_fact(&mut self, label: &'static str, value: Option<impl Into<String>>) {
        if let Some(value) = value {
            self.fact(label, value);
        }
    }

    pub(crate) fn find(&mut self, finding: Finding) {
        if !self.findings.contains(&finding) {
            self.findings.push(finding);
        }
    }

    pub(crate) fn next(&mut self, step: impl Into<Cow<'static, str>>) {
        self.next.push(step.into());
    }

    /// The fact with this label.
    pub fn get(&self, label: &str) -> Option<&str> {
        self.facts
            .iter()
            .find(|fact| fact.label == label)
            .map(|fact| fact.value.as_str())
    }

    /// The finding with this code.
    pub fn finding(&self, code: &str) -> Option<&Finding> {
        self.findings.iter().find(|finding| finding.code == code)
    }

    /// The heaviest finding's weight.
    pub fn worst(&self) -> Option<Severity> {
        self.findings.iter().map(|finding| finding.severity).max()
    }
}

/// Says what a text is, and what is wrong with it.
pub fn explain(text: &str, context: &Context) -> Explanation {
    if text.len() > PASTE_CAP {
        let mut much = Explanation::new(What::Unknown, "More than anything that can be explained");
        much.find(Finding::problem(
            "inspect.too_long",
            "The text is longer than 256 KiB.",
            "Give the address, the token or the error alone.",
        ));
        return much;
    }
    let text = pasted::tidy(text);
    http::explain(text, context)
        .or_else(|| answer::explain(text, context))
        .or_else(|| address::explain(text, context))
        .or_else(|| refusal::explain_page(text, context))
        .or_else(|| token::explain(text, context))
        .or_else(|| within::explain(text, context))
        .or_else(|| identifier::explain(text, context))
        .unwrap_or_else(|| pasted::unknown(text))
}
