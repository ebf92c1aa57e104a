//! A whole HTTP answer: status line, headers and body, as `curl -i` prints it.

use super::{Context, Explanation, Finding, What, address, answer, refusal, usage};
use crate::error::printable;
use crate::protocol::answer::classify;
use crate::protocol::request::HttpResponse;

pub(super) fn explain(text: &str, context: &Context) -> Option<Explanation> {
    let pasted = Pasted::read(text)?;
    let mut explanation = pasted.meaning(context);
    explanation.what = What::HttpResponse;
    if let Some(status) = pasted.status {
        explanation.facts.insert(
            0,
            super::Fact {
                label: "HTTP status",
                value: status.to_string(),
            },
        );
    }
    let told = usage::describe(&mut explanation, |name| pasted.header(name).map(str::to_owned));
    if !told && pasted.status.is_none() {
        return None;
    }
    explanation.maybe_fact("challenge", pasted.header("www-authenticate").map(printable));
    Some(explanation)
}

/// How `curl -v` begins the lines that are not the answer's.
const ASIDE: [&str; 4] = ["*", ">", "{ [", "} ["];

struct Pasted {
    status: Option<u16>,
    headers: Vec<(String, String)>,
    body: String,
}

impl Pasted {
    /// The answer, if the text begins like one; the marks that `curl -v` puts in front of lines are taken off.
    fn read(text: &str) -> Option<Self> {
        let verbose = text.lines().any(|line| line.starts_with("< HTTP/"));
        let lines: Vec<&str> = text
            .lines()
            .filter(|line| !(verbose && ASIDE.iter().any(|mark| line.starts_with(mark))))
            .map(|line| line.strip_prefix("< ").unwrap_or(line).trim_end())
            .collect();
        // curl prints what a proxy says, what asks to go on, and each redirect in front of the answer itself.
        let begins_so = lines.first().is_some_and(|line| status_of(line).is_some());
        let last = lines.iter().rposition(|line| begins_so && status_of(line).is_some());
        let mut lines = lines.into_iter().skip(last.unwrap_or(0)).peekable();
        let first = *lines.peek()?;
        let status = status_of(first);
        if status.is_some() {
            lines.next();
        } else if !is_usage_header(first) {
            return None;
        }
        let mut headers = Vec::new();
        let mut body = String::new();
        let mut in_body = false;
        for line in lines {
            match line.split_once(':') {
                _ if in_body => {
                    body.push_str(line);
                    body.push('\n');
                }
                Some((name, value)) if is_header_name(name) => {
                    headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
                }
                _ => {
                    in_body = true;
                    // The blank line in between is lost where people copy two pieces.
                    if !line.is_empty() && line != "<" {
                        body.push_str(line);
                        body.push('\n');
                    }
                }
            }
        }
        Some(Self { status, headers, body })
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    fn meaning(&self, context: &Context) -> Explanation {
        let Some(status) = self.status else {
            return Explanation::new(What::HttpResponse, "The usage headers of an answer");
        };
        if let (300..=399, Some(location)) = (status, self.header("location"))
            && let Some(mut there) = address::explain(location, context)
        {
            there.title = format!("A redirect to: {}", there.title).into();
            return there;
        }
        let response = HttpResponse::new(status, self.headers.clone(), self.body.trim().as_bytes().to_vec());
        if let Some(error) = classify(&response, context.now) {
            let mut explanation = Explanation::new(What::HttpResponse, "");
            refusal::describe(&mut explanation, &error, Some(status), context);
            return explanation;
        }
        answer::explain(self.body.trim(), context).unwrap_or_else(|| {
            let mut well = Explanation::new(What::HttpResponse, "An answer that is no error");
            if self.body.trim_start().starts_with('<') {
                well.find(Finding::warning(
                    "provider.bad_response",
                    "The body is a page, where an API answers JSON.",
                    "Check the address; a login page, a proxy or a captive portal may have answered.",
                ));
            }
            well
        })
    }
}

/// The status that a status line names.
fn status_of(line: &str) -> Option<u16> {
    let mut words = line.strip_prefix("HTTP/")?.split_whitespace();
    words.nth(1)?.parse().ok()
}

fn is_header_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

fn is_usage_header(line: &str) -> bool {
    let lower = line.to_ascii_lowercase();
    [
        "x-app-usage:",
        "x-business-use-case-usage:",
        "x-ad-account-usage:",
        "x-ratelimit-",
    ]
    .iter()
    .any(|name| lower.starts_with(name))
}
