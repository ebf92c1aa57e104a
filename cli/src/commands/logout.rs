//! `shutterkey logout`: forgets accounts here, and ends their tokens where the provider offers that.

use serde_json::{Value, json};
use shutterkey::driver::drive;
use shutterkey::operation::{LoggedOut, forget, logout};
use shutterkey::record::StoreKey;
use shutterkey::{ErrorCode, Provider, Timestamp};

use super::opened::{self, Opened};
use crate::args::Logout;
use crate::book::{self, Entry};
use crate::context::Context;
use crate::exit::{Failure, Outcome};
use crate::output::{DIM, GOOD, STRONG, Sheet, Ui, plain, view, wrap};
use crate::terminal::{Input, is_interactive, line};

/// What became of one account.
struct Done {
    entry: Entry,
    /// `None`: the provider was not asked.
    at_provider: Option<Result<(), shutterkey::Error>>,
}

/// Logs out one account, or all.
pub(crate) async fn run(context: &Context, options: &Logout) -> Outcome {
    let entries = if options.all {
        let (entries, problems) = book::all(context).await?;
        for problem in problems {
            context
                .ui
                .warn(&format!("A record cannot be read, and stays: {}", plain(&problem)));
        }
        agreed(context.ui, options, entries).await?
    } else {
        vec![book::find(context, &options.account).await?]
    };
    let (mut done, mut failed) = (Vec::new(), Vec::new());
    for entry in entries {
        let name = entry
            .names
            .first()
            .map_or(entry.key.user_id.as_str(), String::as_str)
            .to_owned();
        match one(context, entry, options.keep_grant).await {
            Ok(one) => done.push(one),
            // One that cannot be asked for keeps no other: what is done cannot be taken back, and has to be told.
            Err(failure) if options.all => failed.push((name, failure)),
            Err(failure) => return Err(failure),
        }
    }
    let objects: Vec<Value> = done.iter().map(object).collect();
    let left: Vec<Value> = failed
        .iter()
        .map(|(name, failure)| json!({ "name": name, "code": failure.code, "message": failure.message, "hint": failure.hint }))
        .collect();
    context
        .ui
        .result(&json!({ "accounts": objects, "failed": left }), |width| {
            if done.is_empty() && failed.is_empty() {
                return "No accounts are kept.\n".to_owned();
            }
            let removed = done.iter().map(|done| text(done, width));
            let stays = failed.iter().map(|(name, failure)| {
                let says = wrap(&failure.message, "  ", width);
                format!(
                    "{} stays: {says}\n  {DIM}{}{DIM:#}\n",
                    plain(name),
                    wrap(&failure.hint, "  ", width)
                )
            });
            removed.chain(stays).collect::<Vec<_>>().join("\n")
        })?;
    match failed.into_iter().next() {
        Some((_, failure)) => Err(Failure::told(&failure.code, failure.exit)),
        None => Ok(()),
    }
}

/// All of them, after a word of the person's.
async fn agreed(ui: Ui, options: &Logout, entries: Vec<Entry>) -> Outcome<Vec<Entry>> {
    if options.yes || entries.is_empty() {
        return Ok(entries);
    }
    let sentence = match entries.len() {
        1 => "This forgets the one account that is kept".to_owned(),
        count => format!("This forgets all {count} accounts"),
    };
    if !is_interactive() || ui.is_json() {
        return Err(Failure::usage(
            format!("{sentence}, and nobody can be asked."),
            "Say so with --yes.",
        ));
    }
    for entry in &entries {
        ui.note(&format!("  {}", who(entry)));
    }
    ui.prompt(&format!("{sentence}. {STRONG}Go on?{STRONG:#} [y/N] > "));
    let answer = line(&mut Input::begin(), "Nothing was removed. Say so with --yes.").await?;
    if answer.eq_ignore_ascii_case("y") || answer.eq_ignore_ascii_case("yes") {
        return Ok(entries);
    }
    Err(Failure::interrupted())
}

async fn one(context: &Context, entry: Entry, keep_grant: bool) -> Outcome<Done> {
    if keep_grant {
        forgotten(&entry).await?;
        unnamed(&entry).await?;
        return Ok(Done {
            entry,
            at_provider: None,
        });
    }
    match opened::open_entry(context, entry).await {
        Ok(opened) => {
            let live = context.ui.turns("Ending the token at the provider");
            let ended = ended(&opened).await;
            drop(live);
            opened.keep_world()?;
            let ended = ended?;
            unnamed(&opened.entry).await?;
            let at_provider = match ended.problem {
                None => Ok(()),
                Some(problem) => Err(problem),
            };
            Ok(Done {
                entry: opened.entry,
                at_provider: Some(at_provider),
            })
        }
        // What is not configured can only be forgotten here, and only when that is what was asked for.
        Err(failure) => Err(failure.and("--keep-grant removes the account here without asking anybody.")),
    }
}

async fn ended(opened: &Opened) -> Outcome<LoggedOut> {
    let operation = logout(opened.client.config(), &opened.entry.namespace, &opened.entry.key);
    let (transport, clock) = (&**opened.client.transport(), &**opened.client.clock());
    Ok(drive(operation, transport, Some(&*opened.entry.store), clock).await?)
}

/// Removes the record without a word to anybody.
async fn forgotten(entry: &Entry) -> Outcome {
    // Only how a record is read is wanted of the client; it sends nothing.
    let rules = match Provider::by_id(&entry.key.provider) {
        Some(known) => known,
        None => Provider::in_sandbox("standard", "https://localhost", None)?,
    };
    let config = shutterkey::ClientConfig::builder(rules, entry.key.app_id.as_str())
        .redirect_uri(shutterkey::config::UNUSED_REDIRECT_URI)
        .build()?;
    let operation = forget(&config, &entry.namespace, &entry.key, Timestamp::MAX);
    let transport = crate::context::transport();
    drive(operation, &*transport, Some(&*entry.store), &shutterkey::SystemClock).await?;
    Ok(())
}

/// Takes the person's own names away as well: they lead to an account that is gone.
async fn unnamed(entry: &Entry) -> Outcome {
    for name in &entry.names {
        let key = StoreKey::alias(&entry.namespace, &entry.key.provider, &entry.key.app_id, name);
        if let Some(stored) = entry.store.load(&key, Timestamp::MIN).await? {
            entry.store.delete(&key, stored.version).await?;
        }
    }
    Ok(())
}

fn who(entry: &Entry) -> String {
    let name = entry
        .record
        .account
        .username
        .as_deref()
        .map_or_else(|| entry.key.user_id.to_string(), plain);
    match entry.names.first() {
        Some(own) => format!("{} ({name}, {})", plain(own), entry.key.provider),
        None => format!("{name} ({})", entry.key.provider),
    }
}

/// Where a person takes an app's permission away by hand.
fn by_hand(provider: &str) -> Option<&'static str> {
    match provider {
        "instagram" => Some("In Instagram: Settings > Apps and websites, remove the app."),
        "facebook" => Some("On Facebook: Settings > Security and login > Business Integrations, remove the app."),
        "threads" => Some("In Threads: Settings > Account > Website permissions, remove the app."),
        _ => None,
    }
}

fn words(done: &Done) -> (String, Option<&'static str>) {
    let by_hand = if done.entry.home.is_sandbox() {
        None
    } else {
        by_hand(&done.entry.key.provider)
    };
    match &done.at_provider {
        None => ("was not told; the token lives on until it expires".to_owned(), None),
        Some(Ok(())) if done.entry.key.provider == "facebook" => (
            "the app's permissions are taken away, and its tokens ended".to_owned(),
            None,
        ),
        Some(Ok(())) => ("the token is revoked".to_owned(), None),
        Some(Err(error)) if error.code() == ErrorCode::ConfigUnsupported => (
            "offers no call that ends a token; it lives on until it expires".to_owned(),
            by_hand,
        ),
        Some(Err(error)) => (format!("did not end the token: {error}"), by_hand),
    }
}

fn text(done: &Done, width: usize) -> String {
    let (provider, by_hand) = words(done);
    let entry = &done.entry;
    let who = entry
        .record
        .account
        .username
        .as_deref()
        .map_or_else(|| entry.key.user_id.to_string(), plain);
    let platform = match entry.home.is_sandbox() {
        true => format!("{} (sandbox)", entry.key.provider),
        false => entry.key.provider.clone(),
    };
    let account = match entry.names.first() {
        Some(own) => format!("{} on {platform}", plain(own)),
        None => format!("on {platform}"),
    };
    Sheet::new()
        .row("account", account)
        .row("here", format!("removed from {}", entry.place))
        .row("the provider", provider)
        .maybe("by hand", by_hand)
        .titled(&format!("{GOOD}Logged out{GOOD:#} {STRONG}{who}{STRONG:#}"), width)
}

fn object(done: &Done) -> Value {
    let entry = &done.entry;
    let (is, problem) = match &done.at_provider {
        None => ("not_asked", None),
        Some(Ok(())) => ("revoked", None),
        Some(Err(error)) if error.code() == ErrorCode::ConfigUnsupported => ("not_offered", None),
        Some(Err(error)) => ("failed", Some(error.code().as_str())),
    };
    json!({
        "account": view::account_object(entry.names.first().map(String::as_str), &entry.key, &entry.record.account, entry.home.is_sandbox()),
        "removed": true,
        "provider": { "is": is, "error": problem },
        "by_hand": words(done).1,
        "store": entry.place,
    })
}
