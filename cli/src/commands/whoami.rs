//! `shutterkey whoami`: the provider says whose token it is.

use serde_json::json;

use super::opened;
use crate::args::Named;
use crate::context::Context;
use crate::exit::Outcome;
use crate::output::{Sheet, plain, view};

/// Asks with the live token, so the answer also proves that it works.
pub(crate) async fn run(context: &Context, options: &Named) -> Outcome {
    let opened = opened::open(context, &options.account).await?;
    let record = opened.fresh(context).await?;
    let provider = opened.client.config().provider().clone();
    let (account, asked) = if provider.data().identify.is_some() {
        let live = context.ui.turns("Asking the provider whose token it is");
        let identified = opened.client.identify(&record.token).await;
        drop(live);
        opened.keep_world()?;
        (identified?, true)
    } else {
        context
            .ui
            .warn("This server does not tell whose a token is; this is what was stored.");
        (record.account.clone(), false)
    };
    let sandbox = opened.entry.home.is_sandbox();
    let name = opened.entry.names.first().map(String::as_str);
    let object = json!({
        "account": view::account_object(name, &opened.entry.key, &account, sandbox),
        "asked_provider": asked,
    });
    context.ui.result(&object, |width| {
        let platform = if sandbox {
            format!("{}, in a sandbox", provider.name())
        } else {
            provider.name().to_owned()
        };
        Sheet::new()
            .maybe("username", account.username.as_deref().map(plain))
            .maybe("name", account.name.as_deref().map(plain))
            .maybe("type", account.account_type.as_deref().map(plain))
            .row("user id", account.user_id.as_str())
            .maybe("app-scoped id", account.app_scoped_id.as_ref().map(|id| id.as_str()))
            .row("platform", platform)
            .maybe("kept as", name.map(plain))
            .render(width)
    })
}
