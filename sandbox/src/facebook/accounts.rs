//! `/me/accounts`: the Pages that a token reaches, and the Instagram accounts that are linked to them (fact sheet 2.5).

use axum::response::Response;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use super::fields;
use super::graph::{Result, respond, unknown_field};
use crate::graph::sent_token;
use crate::http::Call;
use crate::meta::{Flavour, issue};
use crate::site::Desk;
use crate::world::{FacebookPage, MetaKind, MetaToken, Person};

/// How many Pages an answer has when `limit` does not say.
const LIMIT: usize = 25;

/// `GET /facebook/me/accounts`
pub(super) fn list(desk: &mut Desk<'_>, call: &Call) -> Response {
    respond(desk, call, |desk, token| {
        let pages = reached(desk, token);
        let limit = call.query.text("limit").parse().unwrap_or(LIMIT).clamp(1, 100);
        let from = call.query.get("after").and_then(place).unwrap_or(0);
        let shown: Vec<FacebookPage> = pages.iter().skip(from).take(limit).cloned().collect();
        let mut data = Vec::with_capacity(shown.len());
        for page in &shown {
            data.push(page_object(desk, token, page, call.query.text("fields"))?);
        }
        let mut answer = Map::from_iter([("data".to_owned(), Value::Array(data))]);
        if !shown.is_empty() {
            answer.insert("paging".to_owned(), paging(desk, call, from, shown.len(), pages.len()));
        }
        Ok(Value::Object(answer))
    })
}

/// The Pages that a person selected for the app. Without `pages_show_list` there are none, and those of a business portfolio
/// need `business_management` as well: no error says so.
pub(super) fn reached(desk: &Desk<'_>, token: &MetaToken) -> Vec<FacebookPage> {
    let may = |permission: &str| token.permissions.iter().any(|granted| granted == permission);
    let Some(grant) = desk.world.social.grant(&token.app_id, &token.username) else {
        return Vec::new();
    };
    if !may("pages_show_list") {
        return Vec::new();
    }
    let pages = desk.world.social.pages_of(&token.username);
    pages
        .filter(|page| grant.pages.contains(&page.id) && (!page.portfolio || may("business_management")))
        .cloned()
        .collect()
}

/// A Page as its fields were asked for.
pub(super) fn page_object(desk: &mut Desk<'_>, token: &MetaToken, page: &FacebookPage, sent: &str) -> Result<Value> {
    let mut object = Map::new();
    let asked: Vec<(String, String)> = fields::parse(sent, "id,name,access_token")
        .into_iter()
        .map(|field| (field.name.to_owned(), field.inner.to_owned()))
        .collect();
    for (name, inner) in asked {
        let value = match name.as_str() {
            "id" => Some(page.id.as_str().into()),
            "name" => Some(page.name.as_str().into()),
            "category" => Some("Local business".into()),
            "access_token" => Some(page_token(desk, token, page).into()),
            "tasks" => Some(json!([
                "ADVERTISE",
                "ANALYZE",
                "CREATE_CONTENT",
                "MESSAGING",
                "MODERATE",
                "MANAGE"
            ])),
            // Absent where no professional account is linked.
            "instagram_business_account" => match linked(desk, token, page) {
                Some(person) => Some(account_object(&person, &inner)?),
                None => None,
            },
            other => return Err(unknown_field(other, "Page")),
        };
        if let Some(value) = value {
            object.insert(name, value);
        }
    }
    object.entry("id").or_insert_with(|| page.id.as_str().into());
    Ok(Value::Object(object))
}

/// The professional account that is linked to a Page, if the token may know it.
pub(super) fn linked(desk: &Desk<'_>, token: &MetaToken, page: &FacebookPage) -> Option<Person> {
    let may = token.permissions.iter().any(|granted| granted == "instagram_basic");
    let person = desk.world.person(page.instagram.as_deref()?)?;
    (may && person.account_type.is_professional()).then(|| person.clone())
}

/// An Instagram account as its fields were asked for; its id always.
pub(super) fn account_object(person: &Person, sent: &str) -> Result<Value> {
    let mut object = Map::new();
    for field in fields::parse(sent, "id") {
        let value: Value = match field.name {
            "id" => person.user_id.as_str().into(),
            "username" => person.username.as_str().into(),
            "name" => person.full_name.as_str().into(),
            "profile_picture_url" => format!("https://pictures.sandbox.invalid/{}.jpg", person.username).into(),
            "followers_count" => person.followers_count.into(),
            "follows_count" => person.follows_count.into(),
            "media_count" => person.media_count.into(),
            other => return Err(unknown_field(other, "IGUser")),
        };
        object.insert(field.name.to_owned(), value);
    }
    object.entry("id").or_insert_with(|| person.user_id.as_str().into());
    Ok(Value::Object(object))
}

/// The Page's own token: the same for the same kind of user token while it lives and may do the same. One that was fetched
/// with a long-lived token never ends by time.
fn page_token(desk: &mut Desk<'_>, token: &MetaToken, page: &FacebookPage) -> String {
    let now = desk.now;
    let mut made = MetaToken::new(
        &token.app_id,
        &token.username,
        MetaKind::Page,
        token.permissions.clone(),
        now,
    );
    made.page = Some(page.id.clone());
    if token.kind == MetaKind::Short {
        made.expires_at = token.expires_at;
    }
    let same = desk.world.facebook.tokens.iter().find(|(_, kept)| {
        let holder = (&kept.app_id, &kept.username, &kept.page) == (&made.app_id, &made.username, &made.page);
        let may = kept.permissions == made.permissions && kept.expires_at == made.expires_at;
        holder && may && kept.ended.is_none() && !kept.is_expired(now)
    });
    match same {
        Some((value, _)) => value.clone(),
        None => issue(desk.world, Flavour::Facebook, made).0,
    }
}

fn cursor(place: usize) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(format!("page:{place}"))
}

fn place(cursor: &str) -> Option<usize> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(cursor).ok()?;
    std::str::from_utf8(&bytes).ok()?.strip_prefix("page:")?.parse().ok()
}

fn paging(desk: &Desk<'_>, call: &Call, from: usize, shown: usize, all: usize) -> Value {
    let after = cursor(from + shown);
    let mut paging = json!({"cursors": {"before": cursor(from), "after": after}});
    if from + shown < all
        && let Some(object) = paging.as_object_mut()
    {
        // The real one carries the token as well.
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("access_token", sent_token(call));
        query.append_pair("fields", call.query.text("fields"));
        query.append_pair("limit", call.query.text("limit"));
        query.append_pair("after", &after);
        let next = format!("{}{}?{}", desk.site.reach.back, call.path, query.finish());
        object.insert("next".to_owned(), next.into());
    }
    paging
}
