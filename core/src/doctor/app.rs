//! The app, its redirect URI and scopes, and the API's version.

use super::report::{Area, Report};
use super::{Examined, secret};
use crate::config::profile::{Folders, Profile, Sources};
use crate::config::{ClientConfig, UNUSED_REDIRECT_URI, check_distinct_redirects};
use crate::error::{Error, ErrorCode, printable, visible};
use crate::explain::{Finding, client_id, redirect_uri, scopes, versions};
use crate::provider::{ApiVersion, Provider, Refresh, ResponseType, Revoke, Support};

pub(super) fn check(seen: &Examined, sources: &Sources, report: &mut Report) {
    let profile = match Profile::resolve(sources, &seen.folders) {
        Ok(profile) => profile,
        Err(error) => return report.find(Area::App, Finding::of(&error)),
    };
    let provider = &profile.provider;
    version(provider, seen, report);
    let is_configured = sources.profile_file.is_some() || sources.user_file.is_some() || profile.client_id.is_some();
    if !is_configured {
        return;
    }
    app(&profile, sources, report);
    redirect(&profile, report);
    permissions(&profile, report);
    shared_redirect(sources, &seen.folders, report);
    whole(&profile, report);
}

fn app(profile: &Profile, sources: &Sources, report: &mut Report) {
    let provider = &profile.provider;
    match &profile.client_id {
        None => report.find(
            Area::App,
            Finding::of(&Error::with_detail(
                ErrorCode::ConfigMissing,
                "The client id is missing.",
            ))
            .advising("Set client_id in shutterkey.toml, or SHUTTERKEY_CLIENT_ID.")
            .pain(3),
        ),
        Some(id) => {
            for finding in client_id::check(provider, id) {
                report.find(Area::App, finding);
            }
            if report.is_well(Area::App) {
                let id = printable(id);
                report.ok(
                    Area::App,
                    format!("The client id {id} has the shape that {} takes", provider.name()),
                );
            }
        }
    }
    let findings = match &profile.client_secret {
        Some(text) => secret::check(provider, profile.client_id.as_deref(), text),
        None if sources.secret_command().is_some() => vec![Finding::note(
            "config.secret_command",
            "The app secret comes from a command, which was not started.",
            "`shutterkey login` starts it; what it prints in its first line is the secret.",
        )],
        None => secret::missing(provider).into_iter().collect(),
    };
    if findings.is_empty() && profile.client_secret.is_some() {
        report.ok(Area::App, "The app secret is there and has the shape of one");
    }
    for finding in findings {
        report.find(Area::App, finding);
    }
}

fn redirect(profile: &Profile, report: &mut Report) {
    let Some(text) = &profile.redirect_uri else {
        return report.find(
            Area::Redirect,
            Finding::warning(
                ErrorCode::ConfigMissing.as_str(),
                "There is no redirect URI, which a login needs.",
                format!("Register one and set redirect_uri to it; for a login from a terminal register {UNUSED_REDIRECT_URI} and paste the address back."),
            )
            .pain(1),
        );
    };
    let (uri, findings) = redirect_uri::check(text, Some(&profile.provider));
    for finding in findings {
        report.find(Area::Redirect, finding);
    }
    if let Some(uri) = uri.filter(|_| report.is_well(Area::Redirect)) {
        report.ok(
            Area::Redirect,
            format!(
                "The redirect URI can be used; registered has to be exactly {}",
                visible(uri.as_str())
            ),
        );
    }
}

fn permissions(profile: &Profile, report: &mut Report) {
    let provider = &profile.provider;
    if let Some(names) = &profile.scopes {
        let names = names.iter().map(String::as_str);
        for finding in scopes::check(provider, names, profile.allow_unknown_scopes) {
            report.find(Area::Scopes, finding);
        }
    }
    match profile.response_type {
        Some(asked) if !provider.data().response_types.contains(&asked) => report.find(
            Area::Scopes,
            Finding::problem(
                ErrorCode::ConfigUnsupported.as_str(),
                format!("{} does not answer with a {}.", provider.name(), asked.as_str()),
                "Leave response_type out: it answers with a code.",
            )
            .pain(24),
        ),
        Some(ResponseType::Token) => report.find(
            Area::Scopes,
            Finding::note(
                "config.implicit",
                "The token will stand in the address itself (implicit flow), which RFC 9700 2.1.2 advises against.",
                "Leave response_type out where there is a server to exchange a code.",
            ),
        ),
        _ => {}
    }
    if report.is_well(Area::Scopes) {
        let asked = match (&profile.scopes, provider.data().scopes.base) {
            (Some(names), _) => printable(&names.join(" ")),
            (None, Some(base)) => format!("{base}, the product's base scope"),
            (None, None) => "no scope by name".to_owned(),
        };
        report.ok(Area::Scopes, format!("Logins ask for {asked}"));
    }
}

/// Two clients that answers could be mixed up between: the project's, and the one of the user's own file.
fn shared_redirect(sources: &Sources, folders: &Folders, report: &mut Report) {
    let client = |file: &Sources| -> Option<ClientConfig> {
        let profile = Profile::resolve(file, folders).ok()?;
        let redirect_uri = profile.redirect_uri?;
        let id = profile.client_id?;
        ClientConfig::builder(profile.provider, id)
            .redirect_uri(&redirect_uri)
            .build()
            .ok()
    };
    let here = client(&Sources {
        profile_file: sources.profile_file.clone(),
        ..Sources::default()
    });
    let own = client(&Sources {
        user_file: sources.user_file.clone(),
        ..Sources::default()
    });
    if let (Some(here), Some(own)) = (here, own)
        && let Err(error) = check_distinct_redirects(&[here, own])
    {
        report.find(Area::Redirect, Finding::of(&error));
    }
}

/// Whatever else stands in the way of a client.
fn whole(profile: &Profile, report: &mut Report) {
    if profile.client_id.is_none() || profile.redirect_uri.is_none() {
        return;
    }
    let built = profile.client_config().and_then(crate::ClientConfigBuilder::build);
    match built {
        Ok(config) => {
            let area = Area::App;
            if report.is_well(area) && report.is_well(Area::Redirect) && report.is_well(Area::Scopes) {
                let name = config.provider().name();
                report.ok(area, format!("A login of {name} can begin"));
            }
        }
        // The checks have said it, in more detail.
        Err(_)
            if ![Area::App, Area::Redirect, Area::Scopes]
                .iter()
                .all(|area| report.is_well(*area)) => {}
        Err(error) => report.find(Area::App, Finding::of(&error)),
    }
}

/// The version that the provider's endpoints name, built in or configured.
fn version(provider: &Provider, seen: &Examined, report: &mut Report) {
    let data = provider.data();
    let endpoints = [
        data.authorize.as_ref(),
        data.token.as_ref(),
        data.extend.as_ref().map(|extend| &extend.endpoint),
        data.identify.as_ref().map(|identify| &identify.endpoint),
        match &data.refresh {
            Refresh::LongLived { endpoint, .. } => Some(endpoint),
            _ => None,
        },
        match &data.revoke {
            Some(Revoke::Endpoint(endpoint) | Revoke::DeletePermissions(endpoint)) => Some(endpoint),
            None => None,
        },
    ];
    let mut named = None;
    for endpoint in endpoints.into_iter().flatten() {
        if let Some(finding) = versions::check(endpoint.as_str(), seen.now) {
            report.find(Area::Version, finding);
        }
        named = named.or_else(|| ApiVersion::named_in(endpoint.as_str()));
    }
    let Some(version) = named
        .and_then(ApiVersion::by_name)
        .filter(|_| report.is_well(Area::Version))
    else {
        return;
    };
    let day: String = version.support.day().to_string().chars().take(10).collect();
    let until = match version.support {
        Support::Until(_) => "until",
        Support::AtLeastUntil(_) => "at least until",
    };
    report.ok(
        Area::Version,
        format!("The Graph API's version {} is answered {until} {day}", version.name),
    );
}
