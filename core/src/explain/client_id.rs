//! A client id, for its product.

use super::{Finding, Severity};
use crate::config::ClientIdKind;
use crate::provider::Provider;

/// The ids in the samples of Meta's documentation, and of the old platform's.
const SAMPLES: [&str; 2] = ["990602627938098", "1677ed07ddd54db0a70f14f9b1435579"];

/// What can be said of a client id without asking anybody.
pub(crate) fn check(provider: &Provider, id: &str) -> Vec<Finding> {
    let kind = provider.data().client_id;
    if let Err(error) = kind.check(id) {
        let finding = Finding::of(&error);
        let legacy = ClientIdKind::Legacy.check(id).is_ok();
        return vec![match provider.id() {
            "instagram" | "facebook" | "threads" if legacy => Finding::problem(
                "config.client_id",
                "The client id is one of the Instagram platform of 2010 to 2020, which was switched off on 2020-06-29.",
                "Make an app in today's App Dashboard and use its Instagram app ID.",
            )
            .pain(24),
            _ => finding,
        }];
    }
    let mut findings = Vec::new();
    if SAMPLES.contains(&id) {
        findings.push(
            Finding::warning(
                "config.client_id_sample",
                "The client id is the one of a published sample, not of an app of yours.",
                "Copy your own app's id from the App Dashboard.",
            )
            .pain(3),
        );
    }
    if provider.is_sandbox() || kind == ClientIdKind::Any || kind == ClientIdKind::Legacy {
        return findings;
    }
    if id.len() == 17 && id.starts_with("1784") {
        findings.push(
            Finding::warning(
                "config.client_id_is_account",
                "The client id has the shape of an Instagram account's user id.",
                "The client id is the app's, not the account's.",
            )
            .pain(3),
        );
    } else if kind != ClientIdKind::MetaApp && findings.is_empty() {
        let (name, place) = match kind {
            ClientIdKind::ThreadsApp => ("Threads app ID", "App settings > Basic"),
            _ => (
                "Instagram app ID",
                "Instagram > API setup with Instagram login > Business login settings",
            ),
        };
        findings.push(
            Finding::new(
                "config.client_id_unproven",
                Severity::Note,
                format!("The client id has the shape of an app id, which the Meta app ID has too; this product takes the {name}."),
                format!("If the provider says \"Invalid platform app\", compare it with App Dashboard > {place}."),
            )
            .pain(3),
        );
    }
    findings
}
