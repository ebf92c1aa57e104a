//! `shutterkey inspect`: what something that was pasted is, what is wrong with it, and what to do.

mod online;
mod read;

use serde_json::{Value, json};
use shutterkey::explain::{Context as Known, Explanation, explain};
use shutterkey::{Clock, SystemClock};

use crate::args::Inspect;
use crate::context::Context;
use crate::exit::{Failure, Outcome};
use crate::output::{Line, STRONG, Sheet, lines, wrap};
use online::Online;

/// The widest that an explanation is set.
const WIDEST: usize = 92;

/// Reads, explains, and with `--online` asks the provider about a token.
pub(crate) async fn run(context: &Context, options: Inspect) -> Outcome {
    let text = read::pasted(context.ui).await?;
    // What is wrong with a configuration must not keep anything from being explained.
    let profile = context.profile_without_secret().ok();
    let now = SystemClock.now();
    let known = match &profile {
        Some(profile) => Known::of_profile(profile, now),
        None => Known::new(now),
    };
    let explanation = explain(&text, &known);
    let asked = match shutterkey::explain::token_in(&text) {
        Some(token) if options.online => Some(online::online(context, profile.as_ref(), &token).await?),
        _ => None,
    };
    if options.online && asked.is_none() {
        context.ui.note("Nothing was asked: --online is for a token.");
    }
    let object = object(&explanation, asked.as_ref());
    context
        .ui
        .result(&object, |width| people(&explanation, asked.as_ref(), width.min(WIDEST)))?;
    match asked {
        // The result has told it; programs learn from the exit code that the token does not work.
        Some(Online::Refused(failure)) => Err(Failure::told(&failure.code, failure.exit)),
        _ => Ok(()),
    }
}

fn object(explanation: &Explanation, asked: Option<&Online>) -> Value {
    let facts: Vec<Value> = explanation
        .facts
        .iter()
        .map(|fact| json!({ "label": fact.label, "value": fact.value }))
        .collect();
    let findings: Vec<Value> = explanation
        .findings
        .iter()
        .map(|finding| {
            json!({
                "code": finding.code,
                "severity": finding.severity.as_str(),
                "says": finding.says,
                "advice": finding.advice,
                "pain": finding.pain,
            })
        })
        .collect();
    json!({
        "what": explanation.what.as_str(),
        "title": explanation.title,
        "facts": facts,
        "findings": findings,
        "next": explanation.next,
        "online": asked.map(Online::object),
    })
}

fn people(explanation: &Explanation, asked: Option<&Online>, width: usize) -> String {
    let mut out = format!("{STRONG}{}{STRONG:#}\n", wrap(&explanation.title, "", width));
    if !explanation.facts.is_empty() {
        let sheet = explanation
            .facts
            .iter()
            .fold(Sheet::new(), |sheet, fact| sheet.row(fact.label, fact.value.as_str()));
        out.push_str(&format!("\n{}", sheet.render(width)));
    }
    // What matters most is read first.
    let mut findings: Vec<_> = explanation.findings.iter().collect();
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    if !findings.is_empty() {
        out.push('\n');
        let findings = findings.iter().map(|finding| Line {
            weight: finding.severity.as_str(),
            says: &finding.says,
            advice: Some(&finding.advice),
            code: None,
        });
        out.push_str(&lines(findings, width));
    }
    if let Some(asked) = asked {
        out.push_str(&format!("\n{}", asked.text(width)));
    }
    if !explanation.next.is_empty() {
        out.push('\n');
        for step in &explanation.next {
            out.push_str(&format!("  {}\n", wrap(step, "  ", width)));
        }
    }
    out
}
