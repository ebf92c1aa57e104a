//! What a dialog is asked for, and what is wrong with it (fact sheet 2.1).

use crate::http::Params;
use crate::meta::Flavour;
use crate::pages::WebUri;
use crate::world::{Configuration, MetaApp, MetaWorld};

/// What every login grants, asked for or not (fact sheet 2.1).
const PUBLIC: &str = "public_profile";

/// A dialog that may be shown to a person.
pub(super) struct Request {
    pub(super) app: MetaApp,
    pub(super) redirect_uri: String,
    pub(super) answer: AnswerKind,
    /// What is asked for, `public_profile` included.
    pub(super) permissions: Vec<String>,
    /// Facebook Login for Business: the saved configuration, of which a person grants all or nothing.
    pub(super) configuration: Option<Configuration>,
    pub(super) state: Option<String>,
    /// `auth_type=rerequest`: asks again for what was declined.
    pub(super) rerequest: bool,
    /// Asked with the channel `IG_API_ONBOARDING`: a long-lived token comes beside the short one.
    pub(super) onboarding: bool,
}

/// `response_type`.
#[derive(Clone, Copy, Default)]
pub(super) struct AnswerKind {
    pub(super) code: bool,
    pub(super) token: bool,
    pub(super) granted_scopes: bool,
}

/// What is shown to the person instead of the dialog: a title and a sentence. The app is told nothing.
pub(super) struct Refusal(pub(super) &'static str, pub(super) String);

pub(super) fn check(world: &MetaWorld, query: &Params) -> Result<Request, Refusal> {
    let app = world.app(query.text("client_id")).ok_or_else(|| {
        let words = "The provided app ID does not look like a valid app ID.";
        Refusal("Invalid App ID", words.to_owned())
    })?;
    let redirect_uri = query.text("redirect_uri");
    if !redirect_allowed(app, redirect_uri) {
        let words = "This redirect failed because the redirect URI is not whitelisted in the app's client OAuth \
                     settings. Make sure that the client and web OAuth logins are on, and add all your app's \
                     domains as valid OAuth redirect URIs.";
        return Err(Refusal("URL blocked", words.to_owned()));
    }
    let answer = answer_kind(query.get("response_type"))?;
    let configuration = match query.get("config_id") {
        None => None,
        Some(id) => {
            let saved = app.configurations.iter().find(|saved| saved.config_id == id);
            let unknown = || {
                Refusal(
                    "Invalid config_id",
                    "This app has no such Login configuration.".to_owned(),
                )
            };
            Some(saved.cloned().ok_or_else(unknown)?)
        }
    };
    let asked = scopes(query.text("scope"))?;
    if let Some(saved) = configuration.as_ref().filter(|saved| saved.system_user) {
        if answer.token || !answer.code {
            let words = format!(
                "The configuration {} gives a system user's token, by the code grant alone.",
                saved.name
            );
            return Err(Refusal("Invalid response_type", words));
        }
        if !asked.is_empty() {
            let words = "A configuration for system users cannot be combined with scope.";
            return Err(Refusal("Invalid Scopes", words.to_owned()));
        }
    }
    let mut permissions = vec![PUBLIC.to_owned()];
    let configured = configuration.iter().flat_map(|saved| saved.permissions.iter().cloned());
    for name in configured.chain(asked) {
        if !permissions.contains(&name) {
            permissions.push(name);
        }
    }
    Ok(Request {
        app: app.clone(),
        redirect_uri: redirect_uri.to_owned(),
        answer,
        permissions,
        configuration,
        state: query.get("state").map(str::to_owned),
        rerequest: query.text("auth_type").split(',').any(|kind| kind == "rerequest"),
        onboarding: query.text("extras").contains("IG_API_ONBOARDING"),
    })
}

/// Strict mode: equal to the last byte with a registered one. http://localhost works by itself while the app is in
/// development; after that with the sandbox's own switch alone.
fn redirect_allowed(app: &MetaApp, sent: &str) -> bool {
    let Ok(uri) = WebUri::parse(sent) else { return false };
    let registered = app.redirect_uris.iter().any(|registered| registered == sent);
    if uri.is_https() {
        return registered;
    }
    uri.is_loopback() && (!app.live || (registered && app.allow_loopback_http))
}

fn answer_kind(sent: Option<&str>) -> Result<AnswerKind, Refusal> {
    let mut kind = AnswerKind::default();
    for name in sent.unwrap_or("code").split([' ', ',']).filter(|name| !name.is_empty()) {
        match name {
            "code" => kind.code = true,
            "token" => kind.token = true,
            "granted_scopes" => kind.granted_scopes = true,
            other => {
                let words =
                    format!("{other} is no response_type: use code, token, code token, and granted_scopes beside.");
                return Err(Refusal("Invalid response_type", words));
            }
        }
    }
    // `granted_scopes` alone comes beside a code.
    kind.code |= !kind.token;
    Ok(kind)
}

fn scopes(sent: &str) -> Result<Vec<String>, Refusal> {
    let asked: Vec<&str> = sent.split([',', ' ']).filter(|name| !name.is_empty()).collect();
    let known = |name: &str| Flavour::Facebook.scopes().iter().any(|(scope, _)| *scope == name);
    let unknown: Vec<&str> = asked.iter().copied().filter(|name| !known(name)).collect();
    if unknown.is_empty() {
        return Ok(asked.into_iter().map(str::to_owned).collect());
    }
    let words = format!(
        "Invalid Scopes: {}. This message is shown to developers; other people see the app ask without them.",
        unknown.join(", ")
    );
    Err(Refusal("Invalid Scopes", words))
}
