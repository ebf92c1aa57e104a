//! `shutterkey doctor`: what is wrong with a configuration, and what is kept.

mod gather;
pub(super) mod git;
mod time;

use serde_json::{Value, json};
use shutterkey::doctor::{Area, Check, Report, Status, examine};

use crate::args::Doctor;
use crate::context::Context;
use crate::exit::{Failure, Outcome};
use crate::output::{BAD, CALM, GOOD, Line, STRONG, lines};

/// The widest that the list is set.
const WIDEST: usize = 92;

/// Looks, checks, and ends with 21 if there is a problem.
pub(crate) async fn run(context: &Context, options: Doctor) -> Outcome {
    let mut seen = gather::everything(context).await?;
    if options.online {
        seen.provider_date = Some(time::of_provider(context).await);
    }
    let report = examine(&seen);
    context
        .ui
        .result(&object(&report), |width| people(&report, width.min(WIDEST)))?;
    if report.worst() == Status::Problem {
        return Err(Failure::told("doctor", 21));
    }
    Ok(())
}

fn object(report: &Report) -> Value {
    let checks: Vec<Value> = report
        .checks
        .iter()
        .map(|check| {
            json!({
                "area": check.area.as_str(),
                "status": check.status.as_str(),
                "code": check.code,
                "says": check.says,
                "advice": check.advice,
                "pain": check.pain,
            })
        })
        .collect();
    json!({
        "worst": report.worst().as_str(),
        "problems": report.count(Status::Problem),
        "warnings": report.count(Status::Warning),
        "notes": report.count(Status::Note),
        "checks": checks,
    })
}

/// The areas with their headings, in the order of the list.
const AREAS: [(Area, &str); 8] = [
    (Area::Files, "Files and variables"),
    (Area::App, "App"),
    (Area::Redirect, "Redirect URI"),
    (Area::Scopes, "Scopes"),
    (Area::Version, "API version"),
    (Area::Store, "Store"),
    (Area::Accounts, "Accounts"),
    (Area::Surroundings, "Surroundings"),
];

fn people(report: &Report, width: usize) -> String {
    let mut out = String::new();
    for (area, heading) in AREAS {
        let checks: Vec<&Check> = report.checks.iter().filter(|check| check.area == area).collect();
        if checks.is_empty() {
            continue;
        }
        out.push_str(&format!("{STRONG}{heading}{STRONG:#}\n"));
        let found = checks.iter().map(|check| Line {
            weight: check.status.as_str(),
            says: &check.says,
            advice: check.advice.as_deref(),
            code: (check.status > Status::Note).then_some(check.code),
        });
        out.push_str(&lines(found, width));
        out.push('\n');
    }
    out.push_str(&summary(report));
    out.push('\n');
    out
}

fn summary(report: &Report) -> String {
    let counted = |status: Status| match report.count(status) {
        1 => format!("1 {}", status.as_str()),
        count => format!("{count} {}s", status.as_str()),
    };
    let found = [Status::Problem, Status::Warning, Status::Note]
        .into_iter()
        .filter(|status| report.count(*status) > 0)
        .map(counted)
        .collect::<Vec<_>>()
        .join(", ");
    match report.worst() {
        Status::Problem => format!("{BAD}{found}{BAD:#}"),
        Status::Warning => format!("{CALM}{found}{CALM:#}"),
        Status::Note => format!("{GOOD}Nothing is wrong{GOOD:#}; {found}"),
        Status::Ok => format!("{GOOD}Nothing is wrong{GOOD:#}"),
    }
}
