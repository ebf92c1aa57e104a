//! `shutterkey token`: a live token, alone on stdout.

use serde_json::json;
use zeroize::Zeroizing;

use super::opened;
use crate::args::Named;
use crate::context::Context;
use crate::exit::Outcome;
use crate::output::{plain, print, view};

/// The only command that prints a secret.
pub(crate) async fn run(context: &Context, options: &Named) -> Outcome {
    let opened = opened::open(context, &options.account).await?;
    if opened.entry.home.is_sandbox() {
        context.ui.note(&format!(
            "\"{}\" is a sandbox account; its token works there alone.",
            plain(&options.account)
        ));
    }
    let record = opened.fresh(context).await?;
    let token = &record.token;
    if !context.ui.is_json() {
        return print(&Zeroizing::new(format!("{}\n", token.reveal())));
    }
    let mut object = view::token_object(token, opened.now(), None);
    if let Some(members) = object.as_object_mut() {
        members.insert("value".to_owned(), json!(token.reveal()));
    }
    let account = view::account_object(
        opened.entry.names.first().map(String::as_str),
        &opened.entry.key,
        &record.account,
        opened.entry.home.is_sandbox(),
    );
    print(&format!("{:#}\n", json!({ "account": account, "token": object })))
}
