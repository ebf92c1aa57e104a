//! The accounts that are kept: how long each has to live, and whether somebody sees to it.

use std::collections::BTreeMap;

use super::report::{Area, Report};
use super::{Examined, SeenAccount};
use crate::clock::Timestamp;
use crate::config::profile::{Profile, Sources};
use crate::error::{Error, ErrorCode, printable, visible};
use crate::explain::{Finding, Severity};
use crate::protocol::token::Expiry;
use crate::provider::{TokenKind, TokenShape};
use crate::record::AccountState;
use crate::scope::ScopeSet;

const AREA: Area = Area::Accounts;
const DAY: i64 = 86_400;

/// Below this a life is short enough to speak of.
const SOON: i64 = 10 * DAY;

/// A refresh that is overdue for longer was seen to by nobody.
const OVERDUE: i64 = 3 * DAY;

pub(super) fn check(seen: &Examined, sources: &Sources, report: &mut Report) {
    for sentence in &seen.unreadable {
        let error = Error::with_detail(ErrorCode::StoreCorrupt, printable(sentence));
        report.find(AREA, Finding::of(&error));
    }
    let profile = Profile::resolve(sources, &seen.folders).ok();
    for account in &seen.accounts {
        let findings = of_account(account, profile.as_ref());
        if findings.iter().all(|finding| finding.severity == Severity::Note) {
            report.ok(AREA, format!("{} is live{}", name(account), until(account)));
        }
        for finding in findings {
            report.find(AREA, finding);
        }
    }
    duplicates(&seen.accounts, report);
}

/// What people call it.
fn name(account: &SeenAccount) -> String {
    let record = &account.record;
    let given = account.names.first().map(String::as_str);
    let called = given
        .or(record.account.username.as_deref())
        .unwrap_or_else(|| record.account.user_id.as_str());
    let place = if account.sandbox { " in a sandbox" } else { "" };
    format!("\"{}\" ({}{place})", visible(called), record.key().provider)
}

fn until(account: &SeenAccount) -> String {
    match account.record.token.expiry() {
        Expiry::At(end) => format!(" for {} days more", end.since(account.now) / DAY),
        Expiry::Never => ", without an end by time".to_owned(),
        Expiry::Unknown => String::new(),
    }
}

fn of_account(account: &SeenAccount, profile: Option<&Profile>) -> Vec<Finding> {
    let (record, now) = (&account.record, account.now);
    let who = name(account);
    let flag = account
        .names
        .first()
        .filter(|name| {
            *name != "me"
                && name
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
        })
        .map(|name| format!(" --account {name}"))
        .unwrap_or_default();
    let login = format!("Log in again: `shutterkey login{flag}`.");
    let mut findings = Vec::new();
    let shape = TokenShape::of(record.token.reveal());
    if shape == TokenShape::BasicDisplay {
        return vec![
            Finding::problem(
                ErrorCode::BasicDisplayEnded.as_str(),
                format!("{who} has a token of the Basic Display API, which ended on 2024-12-04."),
                ErrorCode::BasicDisplayEnded.hint(),
            )
            .pain(7),
        ];
    }
    match record.state(now) {
        AccountState::NeedsLogin { reason } => {
            let pain = if reason == ErrorCode::TokenExpired.as_str() {
                5
            } else {
                6
            };
            let why = ErrorCode::ALL.iter().find(|code| code.as_str() == reason);
            let why = why.map_or_else(|| reason.clone(), |code| format!("{} [{code}]", code.summary()));
            return vec![
                Finding::problem(
                    ErrorCode::AccountNeedsLogin.as_str(),
                    format!("{who} needs a login. {why}"),
                    login,
                )
                .pain(pain),
            ];
        }
        AccountState::Blocked { reason, recheck } => {
            findings.push(
                Finding::warning(
                    "account.blocked",
                    format!("{who} is blocked until about {recheck} ({reason})."),
                    "The person opens Instagram or Facebook and follows the notice; the same token then works again.",
                )
                .pain(6),
            );
        }
        AccountState::LoginNeededBy(by) => findings.push(login_needed(record.token.kind(), &who, by, now, login)),
        AccountState::Live => {}
    }
    if record.token.expiry() == Expiry::Unknown {
        findings.push(
            Finding::note(
                "token.expiry_unknown",
                format!("It is not known until when {who} lives."),
                format!("The next refresh tells: `shutterkey token{flag}`."),
            )
            .pain(18),
        );
    }
    if account.due_at.is_some_and(|due| now.since(due) > OVERDUE) && matches!(record.state(now), AccountState::Live) {
        let days = account.due_at.map_or(0, |due| now.since(due) / DAY);
        findings.push(
            Finding::warning(
                "token.refresh_overdue",
                format!("{who} should have been refreshed {days} days ago, and nothing did."),
                format!("Run `shutterkey token{flag}` from time to time (cron), or let a keeper run; `shutterkey accounts --check 10d` warns in time."),
            )
            .pain(5),
        );
    }
    if let Some(until) = record.token.data_access_until()
        && until.since(now) < 2 * SOON
    {
        findings.push(Finding::warning(
            "token.data_access_ends",
            format!("Data of {who} can be read until {until} only: 90 days without the person."),
            login_again(),
        ));
    }
    findings.extend(missing_scopes(account, profile, &who));
    findings
}

fn login_again() -> &'static str {
    "The person logs in again."
}

fn login_needed(kind: TokenKind, who: &str, by: Timestamp, now: Timestamp, login: String) -> Finding {
    let left = by.since(now);
    if kind == TokenKind::Short {
        return Finding::warning(
            "token.short_lived",
            format!("{who} has a short-lived token, which ends at {by} and cannot be refreshed."),
            "Log in or import again with the app secret configured: a login makes the token long-lived.",
        )
        .pain(18);
    }
    Finding::new(
        "token.not_refreshable",
        if left < SOON { Severity::Warning } else { Severity::Note },
        format!("{who} cannot be refreshed, and ends in {} days ({by}).", left / DAY),
        login,
    )
    .pain(5)
}

/// What the configuration asks for and this account's person did not grant.
fn missing_scopes(account: &SeenAccount, profile: Option<&Profile>, who: &str) -> Option<Finding> {
    let key = account.record.key();
    let profile = profile.filter(|profile| {
        profile.client_id.as_deref() == Some(key.app_id.as_str()) && profile.provider.id() == key.provider
    })?;
    let asked = ScopeSet::new(profile.scopes.as_ref()?).ok()?;
    let missing = asked.missing_from(account.record.token.scopes()?);
    (!missing.is_empty()).then(|| {
        Finding::warning(
            ErrorCode::DeniedScope.as_str(),
            format!("{who} lacks what the configuration asks for: {}.", missing.join(' ')),
            "Log in again and leave the permission ticked, or take it out of the scopes.",
        )
        .pain(23)
    })
}

/// The same person's account under several apps: mostly one was imported without its app, or an app was replaced.
fn duplicates(accounts: &[SeenAccount], report: &mut Report) {
    let mut apps: BTreeMap<(String, String, bool), Vec<&SeenAccount>> = BTreeMap::new();
    for account in accounts {
        let key = account.record.key();
        let same = (key.provider.clone(), key.user_id.to_string(), account.sandbox);
        apps.entry(same).or_default().push(account);
    }
    for ((provider, user_id, _), same) in apps {
        if same.len() > 1 {
            let ids: Vec<String> = same.iter().map(|account| account.record.key().app_id).collect();
            report.find(
                AREA,
                Finding::note(
                    "account.duplicate",
                    format!(
                        "The account {user_id} of {provider} is kept {} times, for the apps {}.",
                        same.len(),
                        ids.join(", ")
                    ),
                    "Each is refreshed by itself. Log out of those that are not used: `shutterkey logout`.",
                ),
            );
        }
    }
}
