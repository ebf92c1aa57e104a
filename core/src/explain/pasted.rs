//! Text as it is pasted, and text that nothing is known about.

use super::{Explanation, Finding, What};

/// Without what surrounds a value in mail, chats and shells.
pub(super) fn tidy(text: &str) -> &str {
    const QUOTES: [char; 11] = [
        '"', '\'', '`', '\u{201c}', '\u{201d}', '\u{2018}', '\u{2019}', '<', '>', ',', ';',
    ];
    let text = text.trim().trim_start_matches('\u{feff}').trim();
    // A page of HTML, and what `curl -v` prints, begin with the same signs as a quoted address.
    if text.starts_with("<!") || text.starts_with("<h") || text.contains("</") || text.contains("< HTTP/") {
        return text;
    }
    text.trim_matches(|c: char| QUOTES.contains(&c) || c.is_whitespace())
}

/// The text without line breaks and the spaces around them: a terminal cuts what is long.
pub(super) fn joined(text: &str) -> String {
    text.lines().map(str::trim).collect()
}

/// Nothing that is known.
pub(super) fn unknown(text: &str) -> Explanation {
    if text.is_empty() {
        let mut nothing = Explanation::new(What::Unknown, "Nothing");
        nothing.find(Finding::problem(
            "inspect.empty",
            "There is no text to explain.",
            "Give a token, an address, or the error that was shown.",
        ));
        return nothing;
    }
    let mut unknown = Explanation::new(What::Unknown, "Nothing that is known");
    unknown.fact("length", format!("{} characters", text.chars().count()));
    unknown.find(Finding::warning(
        "inspect.unknown",
        "The text is no token, address or error that is known.",
        "Paste one thing alone and whole: a token; the address that a login begins at or ended on; the error as JSON, with its HTTP status and headers if you have them; or the words of the page that the provider showed.",
    ));
    unknown
}
