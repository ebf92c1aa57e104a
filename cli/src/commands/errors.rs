//! `shutterkey errors`: the catalogue.

use serde_json::{Value, json};
use shutterkey::explain::{ProviderCode, provider_codes, provider_words};
use shutterkey::{ErrorCode, Family, Retry};

use crate::args::Errors;
use crate::context::Context;
use crate::exit::{Failure, Outcome};
use crate::output::{DIM, STRONG, Sheet, plain, wrap};

/// Lists all errors, those of a family, or one.
pub(crate) fn run(context: &Context, options: &Errors) -> Outcome {
    let chosen = choose(options.code.as_deref())?;
    let objects: Vec<Value> = chosen.iter().map(|code| object(*code)).collect();
    context
        .ui
        .result(&json!({ "errors": objects }), |width| match chosen.as_slice() {
            [one] => sheet(*one, width),
            many => list(many, width),
        })
}

fn choose(asked: Option<&str>) -> Outcome<Vec<ErrorCode>> {
    let Some(asked) = asked else {
        return Ok(ErrorCode::ALL.to_vec());
    };
    if let Some(code) = ErrorCode::ALL.iter().find(|code| code.as_str() == asked) {
        return Ok(vec![*code]);
    }
    if let Some(family) = Family::ALL.into_iter().find(|family| family.as_str() == asked) {
        return Ok(ErrorCode::ALL
            .iter()
            .copied()
            .filter(|code| code.family() == family)
            .collect());
    }
    if let Ok(code) = asked.parse::<ProviderCode>() {
        return Ok(vec![code.meaning()]);
    }
    let families = Family::ALL.map(Family::as_str).join(", ");
    let near: Vec<&str> = ErrorCode::ALL
        .iter()
        .map(|code| code.as_str())
        .filter(|code| code.contains(asked) || code.rsplit('.').next().is_some_and(|last| asked.ends_with(last)))
        .take(4)
        .collect();
    let hint = if near.is_empty() {
        format!("Families are {families}. `shutterkey errors` lists all.")
    } else {
        format!("Near it are {}.", near.join(", "))
    };
    Err(Failure::usage(format!("There is no error \"{}\".", plain(asked)), hint))
}

fn object(code: ErrorCode) -> Value {
    let codes: Vec<String> = provider_codes(code).iter().map(ProviderCode::to_string).collect();
    json!({
        "code": code.as_str(),
        "family": code.family().as_str(),
        "summary": code.summary(),
        "hint": code.hint(),
        "retry": code.retry().as_str(),
        "provider_codes": codes,
        "provider_words": provider_words(code).collect::<Vec<_>>(),
    })
}

/// What the advice on trying again means.
fn retry_words(retry: Retry) -> &'static str {
    match retry {
        Retry::Never => "never: the same call fails again",
        Retry::Backoff => "backoff: later, and wait longer each time",
        Retry::After(_) => "after: at a moment that the error names",
        Retry::Login => "login: only a new login helps",
        Retry::Reconsent => "reconsent: ask the person again",
        Retry::UserAction(_) => "user_action: the person has to do something first",
        Retry::FixConfig => "fix_config: change the configuration, here or in the dashboard",
        _ => retry.as_str(),
    }
}

fn sheet(code: ErrorCode, width: usize) -> String {
    let codes: Vec<String> = provider_codes(code).iter().map(ProviderCode::to_string).collect();
    let words: Vec<String> = provider_words(code).map(|words| format!("\"{words}\"")).collect();
    let sheet = Sheet::new()
        .row("what", code.summary())
        .row("do", code.hint())
        .row("retry", retry_words(code.retry()))
        .maybe("Meta's codes", (!codes.is_empty()).then(|| codes.join(", ")))
        .maybe("words", (!words.is_empty()).then(|| words.join("; ")));
    format!("{STRONG}{code}{STRONG:#}\n\n{}", sheet.render(width.min(100)))
}

fn list(codes: &[ErrorCode], width: usize) -> String {
    let mut out = String::new();
    let mut family = None;
    let longest = codes.iter().map(|code| code.as_str().len()).max().unwrap_or(0);
    let beside = width >= longest + 44;
    for code in codes {
        if family != Some(code.family()) {
            if family.is_some() {
                out.push('\n');
            }
            family = Some(code.family());
            out.push_str(&format!("{STRONG}{}{STRONG:#}\n", code.family()));
        }
        let indent = " ".repeat(if beside { longest + 4 } else { 6 });
        let says = wrap(code.summary(), &indent, width);
        if beside {
            out.push_str(&format!("  {:longest$}  {DIM}{says}{DIM:#}\n", code.as_str()));
        } else {
            out.push_str(&format!("  {code}\n{indent}{DIM}{says}{DIM:#}\n"));
        }
    }
    out.push_str(&format!(
        "\n{}\n",
        wrap("`shutterkey errors CODE` says what to do about one.", "", width)
    ));
    out
}
