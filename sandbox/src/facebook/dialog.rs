//! `/facebook/dialog/oauth`: the consent with a choice for each permission and each Page (fact sheet 2.1, 2.2).

use axum::http::StatusCode;
use axum::response::Response;
use maud::html;

use super::answer;
use super::request::{Refusal, Request, check};
use crate::http::{Call, Params, noted, redirect};
use crate::journal::Note;
use crate::meta::Flavour;
use crate::pages::{Asset, Consent, Page, Permission, Section, ask_for_person, consent_page, page};
use crate::site::Desk;

const CONSENT: &str = "/facebook/consent";

/// Errors are shown to the person, never sent to the redirect URI.
fn refused(desk: &Desk<'_>, refusal: &Refusal) -> Response {
    let body = html! {
        p.lead { (refusal.1) }
        p.quiet { "The real platform shows such words too, and tells the app nothing." }
    };
    let shown = Page {
        title: refusal.0,
        section: Section::Facebook,
        body,
        targets: Vec::new(),
    };
    page(desk, StatusCode::BAD_REQUEST, shown)
}

/// `GET /facebook/dialog/oauth`, with or without a version
pub(super) fn begin(desk: &mut Desk<'_>, call: &Call) -> Response {
    let again = call
        .query
        .text("auth_type")
        .split(',')
        .any(|kind| kind == "reauthenticate");
    if again && check(&desk.world.facebook, &call.query).is_ok() {
        return ask_for_person(&format!("{CONSENT}?{}", call.raw_query));
    }
    ask(desk, call)
}

/// The request and who is asked, or the page to show instead.
fn admitted(desk: &Desk<'_>, query: &str) -> Result<(Request, String), Box<Response>> {
    let request = check(&desk.world.facebook, &Params::parse(query.as_bytes()))
        .map_err(|refusal| Box::new(refused(desk, &refusal)))?;
    let Some(person) = desk.person() else {
        return Err(Box::new(ask_for_person(&format!("{CONSENT}?{query}"))));
    };
    if !request.app.admits(&person.username) {
        let words = "This app is in development, and you have no role on it. Its developer can add you as a tester, or take \
                     the app live.";
        return Err(Box::new(refused(desk, &Refusal("App not active", words.to_owned()))));
    }
    let username = person.username.clone();
    Ok((request, username))
}

/// What the person is asked about: not what they declined before, unless the app asks again by name.
fn open_questions(desk: &Desk<'_>, request: &Request, username: &str) -> Vec<String> {
    let grant = desk.world.social.grant(&request.app.app_id, username);
    let declined = |name: &String| grant.is_some_and(|grant| grant.permissions.get(name) == Some(&false));
    let all = request.configuration.is_some() || request.rerequest;
    let asked = request.permissions.iter();
    asked.filter(|name| all || !declined(name)).cloned().collect()
}

/// `GET /facebook/consent`
pub(super) fn ask(desk: &mut Desk<'_>, call: &Call) -> Response {
    let (request, username) = match admitted(desk, &call.raw_query) {
        Ok(admitted) => admitted,
        Err(response) => return *response,
    };
    let questions = open_questions(desk, &request, &username);
    let meanings = Flavour::Facebook.scopes().iter();
    let permissions = meanings
        .filter(|(scope, _)| questions.iter().any(|asked| asked == scope))
        .map(|(scope, meaning)| Permission {
            scope: (*scope).to_owned(),
            meaning: (*meaning).to_owned(),
            optional: request.configuration.is_none() && *scope != Flavour::Facebook.base_scope(),
        })
        .collect();
    let asks_pages = questions
        .iter()
        .any(|name| name.starts_with("pages_") || name.starts_with("instagram_"));
    let pages = desk.world.social.pages_of(&username).filter(|_| asks_pages);
    let assets = pages
        .map(|page| Asset {
            id: page.id.clone(),
            name: page.name.clone(),
            hint: match (&page.instagram, page.portfolio) {
                (Some(account), false) => format!("linked to the Instagram account {account}"),
                (Some(account), true) => format!("linked to {account}, owned by a business portfolio"),
                (None, _) => "no Instagram account is linked".to_owned(),
            },
        })
        .collect();
    let shown = Consent {
        section: Section::Facebook,
        app_name: &request.app.name,
        description: request.configuration.as_ref().map_or("", |saved| &saved.name),
        website: "",
        permissions,
        assets,
        action: CONSENT,
        request: &call.raw_query,
        redirect_uri: &request.redirect_uri,
        allow: "Continue",
    };
    consent_page(desk, &shown)
}

/// `POST /facebook/consent`
pub(super) fn decide(desk: &mut Desk<'_>, call: &Call) -> Response {
    let (request, username) = match admitted(desk, call.form.text("request")) {
        Ok(admitted) => admitted,
        Err(response) => return *response,
    };
    let location = if call.form.text("decision") == "authorize" {
        let questions = open_questions(desk, &request, &username);
        remember(desk, &request, &username, &questions, call);
        answer::allowed(desk, &request, &username)
    } else {
        answer::cancelled(desk, &request)
    };
    let note = Note {
        account: Some(username),
        client_id: Some(request.app.app_id),
        ..Note::default()
    };
    noted(redirect(StatusCode::FOUND, &location), note)
}

fn remember(desk: &mut Desk<'_>, request: &Request, username: &str, questions: &[String], call: &Call) {
    let now = desk.now;
    let ticked: Vec<&str> = call.form.all("permission").collect();
    let all = request.configuration.is_some();
    let grant = desk.world.social.grant_mut(&request.app.app_id, username);
    for name in questions {
        let granted = all || name == Flavour::Facebook.base_scope() || ticked.contains(&name.as_str());
        grant.permissions.insert(name.clone(), granted);
    }
    if questions
        .iter()
        .any(|name| name.starts_with("pages_") || name.starts_with("instagram_"))
    {
        grant.pages = call.form.all("asset").map(str::to_owned).collect();
    }
    grant.confirmed_at = Some(now);
}
