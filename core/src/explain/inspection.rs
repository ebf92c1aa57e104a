//! The answer about a token: what Meta's `debug_token` says.

use serde_json::Value;

use super::{Context, Explanation, Finding, What};
use crate::clock::Timestamp;
use crate::error::{Error, ErrorCode, printable};
use crate::protocol::answer::{TokenInspection, parse_inspect_response};
use crate::protocol::request::HttpResponse;
use crate::protocol::token::Expiry;

pub(super) fn explain(text: &str, body: &Value, context: &Context) -> Option<Explanation> {
    body.get("data")?.get("is_valid")?;
    let mut explanation = Explanation::new(What::InspectionAnswer, "The answer about a token (debug_token)");
    let response = HttpResponse::new(200, Vec::new(), text.as_bytes().to_vec());
    match parse_inspect_response(&response, context.now) {
        Ok(inspection) => {
            facts(&mut explanation, &inspection, context.now);
            findings(&mut explanation, &inspection, context);
        }
        Err(error) => explanation.find(Finding::of(&error)),
    }
    Some(explanation)
}

fn facts(explanation: &mut Explanation, inspection: &TokenInspection, now: Timestamp) {
    explanation.fact("valid", if inspection.is_valid { "yes" } else { "no" });
    explanation.maybe_fact("kind", inspection.kind.as_ref().map(|kind| printable(kind.as_str())));
    explanation.maybe_fact("app", inspection.application.clone());
    explanation.maybe_fact("app id", inspection.app_id.clone());
    explanation.maybe_fact("user id", inspection.user_id.as_ref().map(|id| id.as_str()));
    explanation.maybe_fact("Page id", inspection.profile_id.clone());
    if !inspection.scopes.is_empty() {
        explanation.fact("granted", printable(&inspection.scopes.join(' ')));
    }
    explanation.maybe_fact("issued", inspection.issued_at.map(|at| at.to_string()));
    explanation.fact("expires", moment(inspection.expiry, now));
    explanation.fact("data access until", moment(inspection.data_access, now));
}

fn moment(expiry: Expiry, now: Timestamp) -> String {
    match expiry {
        Expiry::At(at) => {
            let days = at.seconds().saturating_sub(now.seconds()) / 86_400;
            match days {
                1.. => format!("{at}, in {days} days"),
                _ => at.to_string(),
            }
        }
        Expiry::Never => "never by time".to_owned(),
        Expiry::Unknown => "not said".to_owned(),
    }
}

fn findings(explanation: &mut Explanation, inspection: &TokenInspection, context: &Context) {
    let past = |expiry: Expiry| matches!(expiry, Expiry::At(at) if at <= context.now);
    if let Some(error) = &inspection.error {
        explanation.find(Finding::of(error));
    } else if past(inspection.expiry) {
        // An old answer: it was valid when it was given.
        explanation.find(Finding::of(&Error::new(ErrorCode::TokenExpired)));
    }
    if past(inspection.data_access) {
        explanation.find(Finding::warning(
            "token.data_access_ended",
            "The person's data cannot be read with it any more: 90 days went by without a login.",
            "Let the person log in again.",
        ));
    }
    // The number at the top of the dashboard; Instagram and Threads have one of their own.
    let own = context
        .provider
        .as_ref()
        .filter(|provider| provider.id() == "facebook")
        .and(context.client_id.as_deref());
    if let (Some(own), Some(other)) = (own, inspection.app_id.as_deref())
        && own != other
    {
        explanation.find(
            Finding::problem(
                "token.of_other_app",
                "It was made for another app than the configured.",
                "Take no token that was made for another app: whoever holds one could pass for the person.",
            )
            .pain(3),
        );
    }
    let some_only: Vec<&str> = inspection
        .granular_scopes
        .iter()
        .filter(|granular| granular.target_ids.is_some())
        .map(|granular| granular.scope.as_str())
        .collect();
    if !some_only.is_empty() {
        explanation.find(
            Finding::note(
                "permissions.of_some",
                format!("Granted for some Pages or accounts only: {}.", some_only.join(", ")),
                "Where one is missing, let the person log in again and choose it in the dialog.",
            )
            .pain(23),
        );
    }
}
