//! `shutterkey refresh`: renews a token now, kept or from a pipe.

use serde_json::json;
use shutterkey::config::UNUSED_REDIRECT_URI;
use shutterkey::operation::token_of;
use shutterkey::provider::Refresh as Renewal;
use shutterkey::{Client, ClientConfig, Clock, ErrorCode, Expiry, Provider, Token};
use zeroize::Zeroizing;

use super::opened;
use crate::args::Refresh;
use crate::context::{Context, transport};
use crate::exit::{Failure, Outcome};
use crate::output::{GOOD, STRONG, Sheet, Ui, in_words, masked, plain, print, view, when};
use crate::terminal::{Wanted, secret};

const TOKEN: Wanted = Wanted {
    what: "token",
    how: "Give it through a pipe: printf %s \"$TOKEN\" | shutterkey refresh --stdin",
};

/// Refreshes a kept account's token, or the one on standard input.
pub(crate) async fn run(context: &Context, options: &Refresh) -> Outcome {
    if options.stdin {
        return piped(context, options).await;
    }
    let opened = opened::open(context, &options.account).await?;
    let provider = opened.client.config().provider().clone();
    let live = context.ui.turns("Asking the provider for a new token");
    let kept = opened.keep_fresh(!options.if_due).await;
    drop(live);
    opened.keep_world()?;
    let kept = kept.map_err(|error| explained(&provider, error))?;
    // Asked for by hand, a refresh that failed is a failure, although the token lives.
    match kept.problem {
        Some(problem) if !kept.refreshed && !options.if_due => {
            context.ui.warn("The token lives on as it was.");
            return Err(explained(&provider, problem));
        }
        Some(problem) => context.ui.warn(&problem.to_string()),
        None => {}
    }
    if kept.stalled {
        context
            .ui
            .warn("The provider answered a token that ends no later than the one before.");
    }
    let (entry, record, now) = (&opened.entry, &kept.record, opened.now());
    let name = entry.names.first().map(String::as_str);
    let object = json!({
        "account": view::account_object(name, &entry.key, &record.account, entry.home.is_sandbox()),
        "token": view::token_object(&record.token, now, None),
        "refreshed": kept.refreshed,
        "next_refresh": record.due_at().map(|at| at.to_string()),
    });
    context.ui.result(&object, |width| {
        let who = record
            .account
            .username
            .as_deref()
            .map_or_else(|| entry.key.user_id.to_string(), plain);
        let (style, verb) = match kept.refreshed {
            true => (GOOD, "Refreshed"),
            false => (anstyle::Style::new(), "Not due yet:"),
        };
        let sheet = Sheet::new()
            .row("token", masked(record.token.reveal()))
            .row("expires", view::expiry_words(&record.token, now))
            .maybe(
                "next refresh",
                record.due_at().map(|at| format!("{}, {}", when(at), in_words(at, now))),
            );
        format!(
            "{style}{verb}{style:#} {STRONG}{who}{STRONG:#}\n\n{}",
            sheet.render(width)
        )
    })
}

/// A token from a pipe: nothing is kept, and nothing but the new token goes to stdout.
async fn piped(context: &Context, options: &Refresh) -> Outcome {
    let ui = context.ui;
    let over = options.provider.map(|provider| provider.as_str().to_owned());
    let profile = context.profile(&[("SHUTTERKEY_PROVIDER", over)])?;
    let provider = profile.provider.clone();
    if let Renewal::RefreshToken = provider.data().refresh {
        return Err(Failure::from(shutterkey::Error::with_detail(
            ErrorCode::TokenNotRefreshable,
            "A standard server renews with a refresh token, and replaces that as well; one line of output has no place for it.",
        ))
        .hinting("Keep the account with `shutterkey login`, and use `shutterkey refresh` without --stdin."));
    }
    let app_id = profile
        .client_id
        .as_deref()
        .unwrap_or(provider.data().client_id.unknown_app());
    let config = ClientConfig::builder(provider.clone(), app_id)
        .redirect_uri(UNUSED_REDIRECT_URI)
        .build()?;
    let name = format!("a token of {}", provider.name());
    let old = token_of(&config, &secret(ui, &name, TOKEN).await?)?;
    let client = Client::over(config, transport());
    let live = ui.turns("Asking the provider for a new token");
    let outcome = client.refresh(&old).await;
    drop(live);
    let token = outcome.map_err(|error| explained(&provider, error))?;
    show(ui, &token, client.clock().now())
}

fn show(ui: Ui, token: &Token, now: shutterkey::Timestamp) -> Outcome {
    if let Expiry::At(at) = token.expiry() {
        ui.note(&format!("The new token expires {}, {}.", when(at), in_words(at, now)));
    }
    if !ui.is_json() {
        return print(&Zeroizing::new(format!("{}\n", token.reveal())));
    }
    let mut object = view::token_object(token, now, None);
    if let Some(members) = object.as_object_mut() {
        members.insert("value".to_owned(), json!(token.reveal()));
    }
    print(&Zeroizing::new(format!("{:#}\n", json!({ "token": object }))))
}

/// What to do where the product has no refresh is the product's own sentence.
fn explained(provider: &Provider, error: shutterkey::Error) -> Failure {
    let failure = Failure::from(error.clone());
    match (error.code(), &provider.data().refresh) {
        (ErrorCode::TokenNotRefreshable, Renewal::None(instead)) => {
            let mut sentence: String = (*instead).to_owned();
            if let Some(first) = sentence.get(..1).map(str::to_uppercase) {
                sentence.replace_range(..1, &first);
            }
            failure.hinting(format!("{sentence}: `shutterkey login`."))
        }
        (ErrorCode::TokenExpired, _) => {
            failure.hinting("An expired token cannot be refreshed. Log in again: `shutterkey login`.")
        }
        _ => failure,
    }
}
