//! JSON: an error, or an answer of a token endpoint, of `/me`, or about Pages.

use serde_json::Value;

use super::token::describe;
use super::{Context, Explanation, Finding, What, inspection, refusal};
use crate::error::printable;

/// The largest number that a floating-point number holds exactly.
const SAFE: u64 = 1 << 53;

pub(super) fn explain(text: &str, context: &Context) -> Option<Explanation> {
    if !text.starts_with(['{', '[']) {
        return None;
    }
    let Ok(body) = serde_json::from_str::<Value>(text) else {
        let looks = text.contains(':') && text.contains('"');
        return looks.then(|| {
            // An error that was cut still has its words.
            refusal::explain_page(text, context).unwrap_or_else(|| {
                let mut broken = Explanation::new(What::Unknown, "JSON that is not whole");
                broken.find(Finding::problem(
                    "inspect.json",
                    "It begins like JSON and cannot be read.",
                    "Copy it from the first bracket to the last.",
                ));
                broken
            })
        });
    };
    if let Some(explanation) = refusal::explain_json(text, &body, context) {
        return Some(explanation);
    }
    if let Some(explanation) = inspection::explain(text, &body, context) {
        return Some(explanation);
    }
    // A list under `data`: Pages, or Instagram's and `/me`'s documented wrapping of one.
    let list = body.get("data").and_then(Value::as_array);
    let pages = list.filter(|list| {
        list.is_empty()
            || list
                .iter()
                .any(|page| page.get("instagram_business_account").is_some() || page.get("category").is_some())
            // An account has a user_id, a metric of the insights its values.
            || list.iter().all(|page| {
                let other = ["user_id", "values", "period"];
                page.get("name").is_some() && !other.iter().any(|name| page.get(name).is_some())
            })
    });
    if let Some(pages) = pages {
        return Some(explain_pages(pages));
    }
    let wrapped = list.and_then(|list| list.first());
    let inner = wrapped.unwrap_or(&body);
    if inner.get("access_token").is_some() {
        return Some(explain_token_answer(inner, wrapped.is_some(), context));
    }
    if inner.get("user_id").is_some() || (inner.get("id").is_some() && inner.get("username").is_some()) {
        return Some(explain_identity(inner, context));
    }
    None
}

/// The text of an id, and whether it is a number that a float would change.
fn id(value: &Value, name: &str) -> Option<(String, bool)> {
    match value.get(name)? {
        Value::String(text) => Some((printable(text), false)),
        Value::Number(number) => Some((number.to_string(), number.as_u64().is_none_or(|number| number > SAFE))),
        _ => None,
    }
}

fn float_danger(explanation: &mut Explanation, id: Option<&(String, bool)>) {
    if id.is_some_and(|(_, dangerous)| *dangerous) {
        explanation.find(
            Finding::warning(
                "id.above_2_53",
                "An id is a number above 2^53: a program that reads it as a floating-point number, as JavaScript does, changes its last digits.",
                "Read ids as texts. shutterkey keeps every digit, in every language.",
            )
            .pain(10),
        );
    }
}

fn explain_token_answer(inner: &Value, wrapped: bool, context: &Context) -> Explanation {
    let mut explanation = Explanation::new(What::TokenAnswer, "");
    describe(
        &mut explanation,
        inner.get("access_token").and_then(Value::as_str).unwrap_or_default(),
        context,
    );
    explanation.what = What::TokenAnswer;
    explanation.title = "The answer of a token endpoint".into();
    explanation.fact(
        "shape",
        if wrapped {
            "wrapped in data, as documented"
        } else {
            "flat, as production is reported to answer"
        },
    );
    let user_id = id(inner, "user_id");
    float_danger(&mut explanation, user_id.as_ref());
    explanation.maybe_fact("user id", user_id.map(|(text, _)| text));
    match inner.get("permissions") {
        Some(Value::String(names)) => explanation.fact("granted", printable(names)),
        Some(Value::Array(names)) => {
            let names: Vec<&str> = names.iter().filter_map(Value::as_str).collect();
            explanation.fact("granted", printable(&names.join(" ")));
        }
        _ => {}
    }
    match inner.get("expires_in").and_then(Value::as_i64) {
        Some(seconds) => explanation.fact("expires in", format!("{seconds} seconds, {} days", seconds / 86_400)),
        None => explanation.fact("expires in", "not said: an hour for a token straight from a code"),
    }
    explanation.find(
        Finding::note(
            "answer.two_shapes",
            "Such answers come flat or wrapped in data, with ids as texts or numbers, and permissions as a text or a list.",
            "Read them with shutterkey, or take all of these.",
        )
        .pain(10),
    );
    explanation
}

fn explain_identity(inner: &Value, context: &Context) -> Explanation {
    let mut explanation = Explanation::new(What::IdentityAnswer, "The answer about an account (/me)");
    let (user_id, app_scoped) = (id(inner, "user_id"), id(inner, "id"));
    float_danger(&mut explanation, user_id.as_ref());
    float_danger(&mut explanation, app_scoped.as_ref());
    let both = user_id.is_some();
    explanation.maybe_fact("user id", user_id.map(|(text, _)| text));
    explanation.maybe_fact(
        if both { "app-scoped id" } else { "id" },
        app_scoped.map(|(text, _)| text),
    );
    for (name, label) in [
        ("username", "username"),
        ("name", "name"),
        ("account_type", "account type"),
    ] {
        explanation.maybe_fact(label, inner.get(name).and_then(Value::as_str).map(printable));
    }
    // Where a product has one id alone, it is the account's.
    let known = context
        .provider
        .as_ref()
        .and_then(|provider| provider.data().identify.as_ref());
    if !both && known.is_some_and(|identify| identify.app_scoped_id.is_none()) {
        return explanation;
    }
    explanation.find(if both {
        Finding::note(
            "id.two_ids",
            "user_id is the account: webhooks and publishing use it. id is what this one app sees, and callbacks carry that one.",
            "Keep accounts under user_id and remember id beside it, as shutterkey does; they are types of their own.",
        )
        .pain(11)
    } else {
        Finding::warning(
            "id.user_id_missing",
            "There is an id and no user_id: at Instagram that is the id which this one app sees, not the account's.",
            "Ask for both: /me?fields=id,user_id,username.",
        )
        .pain(11)
    });
    explanation
}

fn explain_pages(pages: &[Value]) -> Explanation {
    let linked = pages
        .iter()
        .filter(|page| page.get("instagram_business_account").is_some())
        .count();
    let mut explanation = Explanation::new(What::PagesAnswer, "The answer about a person's Pages (/me/accounts)");
    explanation.fact("Pages", pages.len().to_string());
    explanation.fact("with an Instagram account", linked.to_string());
    let error = if pages.is_empty() {
        Some((
            "pages.empty",
            "There is no Page: none was chosen in the login, pages_show_list is missing, or they belong to a business portfolio and business_management is missing (since v17).",
            "Log in again with pages_show_list and business_management, and choose the Pages in the dialog.",
        ))
    } else if linked == 0 {
        Some((
            "pages.not_linked",
            "No Page has an Instagram account: the field was not asked for, or none is linked.",
            "Ask for fields=id,name,access_token,instagram_business_account. In the Page's settings link the Instagram account, which has to be a professional one.",
        ))
    } else {
        None
    };
    if let Some((code, says, advice)) = error {
        explanation.find(Finding::problem(code, says, advice).pain(15));
    }
    if pages.iter().any(|page| page.get("access_token").is_some()) {
        explanation.find(Finding::note(
            "pages.tokens",
            "The answer holds Pages' tokens.",
            "Give it to nobody: a Page's token need not end by time.",
        ));
    }
    explanation
}
