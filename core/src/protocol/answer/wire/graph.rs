//! The JSON of what the Graph API answers around a token.

use serde::Deserialize;

use super::values::{Id, Names, Object, Seconds, Text};
use crate::protocol::answer::describe;

/// Reads a body, or says, as the end of a sentence, what is wrong with it.
pub(crate) fn read<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, String> {
    let text = std::str::from_utf8(body).map_err(|_| describe(body))?;
    let Object(read) = serde_json::from_str(text).map_err(|error| super::reason(body, &error))?;
    Ok(read)
}

/// `debug_token`: all of it in `data`, the error of a token that is not valid as well.
#[derive(Deserialize)]
pub(crate) struct InspectionWire<'a> {
    #[serde(borrow)]
    pub(crate) data: Object<Inspected<'a>>,
}

#[derive(Deserialize)]
pub(crate) struct Inspected<'a> {
    pub(crate) is_valid: bool,
    #[serde(borrow)]
    pub(crate) app_id: Option<Id<'a>>,
    #[serde(borrow)]
    pub(crate) application: Option<Text<'a>>,
    #[serde(borrow, rename = "type")]
    pub(crate) kind: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) user_id: Option<Id<'a>>,
    #[serde(borrow)]
    pub(crate) profile_id: Option<Id<'a>>,
    pub(crate) scopes: Option<Names>,
    #[serde(borrow)]
    pub(crate) granular_scopes: Option<Vec<Object<Granular<'a>>>>,
    pub(crate) issued_at: Option<Seconds>,
    pub(crate) expires_at: Option<Seconds>,
    pub(crate) data_access_expires_at: Option<Seconds>,
    #[serde(borrow)]
    pub(crate) error: Option<Object<InnerError<'a>>>,
}

#[derive(Deserialize)]
pub(crate) struct Granular<'a> {
    #[serde(borrow)]
    pub(crate) scope: Text<'a>,
    #[serde(borrow)]
    pub(crate) target_ids: Option<Vec<Id<'a>>>,
}

/// Not the `error` of a refusal: `subcode` has another name there, and this one has no `type`.
#[derive(Deserialize)]
pub(crate) struct InnerError<'a> {
    pub(crate) code: Option<i64>,
    pub(crate) subcode: Option<i64>,
    #[serde(borrow)]
    pub(crate) message: Option<Text<'a>>,
}

/// `/me/permissions`.
#[derive(Deserialize)]
pub(crate) struct PermissionsWire<'a> {
    #[serde(borrow)]
    pub(crate) data: Vec<Object<Permission<'a>>>,
}

#[derive(Deserialize)]
pub(crate) struct Permission<'a> {
    #[serde(borrow)]
    pub(crate) permission: Text<'a>,
    #[serde(borrow)]
    pub(crate) status: Text<'a>,
}

/// One answer of `/me/accounts`, of which there may be several.
#[derive(Deserialize)]
pub(crate) struct PagesWire<'a> {
    #[serde(borrow)]
    pub(crate) data: Vec<Object<PageWire<'a>>>,
    #[serde(borrow)]
    pub(crate) paging: Option<Object<Paging<'a>>>,
}

#[derive(Deserialize)]
pub(crate) struct PageWire<'a> {
    #[serde(borrow)]
    pub(crate) id: Id<'a>,
    #[serde(borrow)]
    pub(crate) name: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) access_token: Option<Text<'a>>,
    #[serde(borrow)]
    pub(crate) instagram_business_account: Option<Object<Linked<'a>>>,
}

#[derive(Deserialize)]
pub(crate) struct Linked<'a> {
    #[serde(borrow)]
    pub(crate) id: Id<'a>,
    #[serde(borrow)]
    pub(crate) username: Option<Text<'a>>,
}

#[derive(Deserialize)]
pub(crate) struct Paging<'a> {
    #[serde(borrow)]
    pub(crate) cursors: Option<Object<Cursors<'a>>>,
    /// An address that nobody follows: it could lead anywhere, with the token in it. That it is there says that there is more.
    pub(crate) next: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
pub(crate) struct Cursors<'a> {
    #[serde(borrow)]
    pub(crate) after: Option<Text<'a>>,
}
