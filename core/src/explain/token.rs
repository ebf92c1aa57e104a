//! A token alone.

use zeroize::Zeroizing;

use super::address::is_response_part;
use super::pasted::joined;
use super::{Context, Explanation, Finding, What, identifier, within};
use crate::config::ClientIdKind;
use crate::protocol::redirect::is_bare_code;
use crate::protocol::token::is_token_text;
use crate::provider::{Provider, TokenShape};
use crate::secret::Secret;

/// Lengths at which columns, terminals and line editors cut.
const CUTS: [usize; 9] = [128, 191, 255, 256, 512, 1_023, 1_024, 4_095, 4_096];

/// Meta's tokens are longer than a hundred characters; what is much shorter was cut.
const SHORTEST: usize = 60;

pub(super) fn explain(text: &str, context: &Context) -> Option<Explanation> {
    let (value, stripped) = without_scheme(text);
    let in_one_piece = joined(value);
    if let Some(explanation) = masked(value) {
        return Some(explanation);
    }
    // Two tokens, one a line, are no token in two pieces; nor is a sentence that begins with the letters of one.
    let prose = value.lines().any(|line| line.trim().contains(char::is_whitespace));
    if within::tokens(value).count() > 1 || (prose && within::tokens(value).next().is_none()) {
        return None;
    }
    let shape = TokenShape::of(&in_one_piece);
    if shape == TokenShape::Opaque && (!stripped || !is_token_text(&in_one_piece)) {
        return None;
    }
    let mut explanation = Explanation::new(What::Token, "");
    describe(&mut explanation, &in_one_piece, context);
    if value.trim().contains(char::is_whitespace) {
        explanation.find(Finding::warning(
            "token.malformed",
            "There are line breaks or spaces in the token.",
            "A token is one word. Copy it again, or take what stands between out.",
        ));
    }
    Some(explanation)
}

/// The token that a text is, or the one that stands in it: for asking the provider about it. `None` where there is no
/// token, or more than one.
pub fn token_in(text: &str) -> Option<Secret> {
    let (value, stripped) = without_scheme(super::pasted::tidy(text));
    let mut words = within::tokens(value);
    match (words.next(), words.next()) {
        (Some(_), Some(_)) => return None,
        // A token in pieces is one from its beginning on; everything else has its token inside.
        (Some(word), None) if !value.starts_with(word) => return Some(Secret::from(word)),
        _ => {}
    }
    let token = Zeroizing::new(joined(value));
    let known = stripped || !matches!(TokenShape::of(&token), TokenShape::Opaque);
    let opaque = token.len() >= 16
        && token.bytes().any(|b| b.is_ascii_digit())
        && !token.contains("://")
        && !token.contains(['"', '{'])
        && !is_something_else(&token);
    ((known || opaque) && is_token_text(&token) && masked(value).is_none()).then(|| Secret::from(token.as_str()))
}

/// A secret, an id, a code or the answer of a login: sent in a token's place, it would be given away.
fn is_something_else(word: &str) -> bool {
    identifier::is_hexadecimal(word) || identifier::is_number(word) || code(word).is_some() || is_response_part(word)
}

/// `Authorization: Bearer …`, `access_token=…`, `access_token: …`.
fn without_scheme(text: &str) -> (&str, bool) {
    let mut rest = text;
    for head in ["authorization:", "access_token=", "access_token:", "bearer "] {
        let beginning = rest.get(..head.len());
        if beginning.is_some_and(|beginning| beginning.eq_ignore_ascii_case(head)) {
            rest = rest.get(head.len()..).unwrap_or_default().trim_start();
        }
    }
    (super::pasted::tidy(rest), rest.len() != text.len())
}

/// `IGAA…x3Zd`: what a program shows in a secret's place.
fn masked(text: &str) -> Option<Explanation> {
    let short = text.chars().count() <= 64 && !text.contains(char::is_whitespace);
    let hidden = ["…", "...", "***", "[redacted]", "•"]
        .iter()
        .any(|mark| text.contains(mark));
    let looks = text.starts_with("IG") || text.starts_with("EA") || text.starts_with("TH") || text == "[redacted]";
    if !(short && hidden && looks) {
        return None;
    }
    let mut explanation = Explanation::new(What::Token, "A token, shown in part");
    explanation.find(Finding::problem(
        "token.masked",
        "This is how a program shows a token without giving it away; the token itself is not in it.",
        "Print it with `shutterkey token`, or copy it where it was made.",
    ));
    Some(explanation)
}

/// What can be said of a token by its shape, wherever it was found.
pub(super) fn describe(explanation: &mut Explanation, token: &str, context: &Context) {
    let shape = TokenShape::of(token);
    explanation.title = title(&shape).into();
    explanation.fact("length", format!("{} characters", token.len()));
    match &shape {
        TokenShape::FacebookApp { app_id } | TokenShape::ThreadsApp { app_id } => {
            explanation.what = What::AppToken;
            explanation.fact("app id", app_id.clone());
            explanation.find(app_token(token));
        }
        TokenShape::Legacy { client } => legacy(explanation, client, context),
        TokenShape::BasicDisplay => explanation.find(Finding::of(&crate::error::ErrorCode::BasicDisplayEnded.into())),
        TokenShape::Sandbox(provider) => {
            explanation.fact("provider", format!("{provider}, in a sandbox"));
            explanation.find(Finding::note(
                "token.sandbox",
                "A sandbox made this token; no real provider knows it.",
                "Use it with the sandbox that made it. `shutterkey accounts` lists those of `login --sandbox`.",
            ));
        }
        TokenShape::Opaque | TokenShape::Jwt => {}
        _ => {
            explanation.maybe_fact("provider", shape.provider());
            life(explanation, &shape);
        }
    }
    length(explanation, token, &shape);
    other_product(explanation, &shape, context);
}

fn title(shape: &TokenShape) -> &'static str {
    match shape {
        TokenShape::InstagramLogin => "A token of Instagram Login",
        TokenShape::Facebook => "A token of Facebook Login",
        TokenShape::Threads => "A token of Threads",
        TokenShape::BasicDisplay => "A token of the Basic Display API, which has ended",
        TokenShape::Legacy { .. } => "A token of the Instagram platform of 2010 to 2020",
        TokenShape::FacebookApp { .. } => "A Meta app's own token, nobody's in particular",
        TokenShape::ThreadsApp { .. } => "A Threads app's own token, nobody's in particular",
        TokenShape::Sandbox(_) => "A token of a sandbox",
        TokenShape::Jwt => "A signed token (JWT)",
        TokenShape::Opaque => "A token of some server",
    }
}

fn life(explanation: &mut Explanation, shape: &TokenShape) {
    explanation.fact(
        "life",
        match shape {
            TokenShape::Facebook => {
                "an hour or two from a login, about 60 days once exchanged; a Page's or system user's need not end by time"
            }
            _ => "an hour from a login; 60 days once exchanged, or made in the App Dashboard",
        },
    );
    let renewal = match shape {
        TokenShape::Facebook => "none: log in again, or exchange it once more while it lives",
        _ => "while it lives, once it is 24 hours old and long-lived",
    };
    explanation.fact("refresh", renewal);
    if *shape == TokenShape::Facebook {
        explanation.find(Finding::note(
            "token.kind_unknown",
            "Users', Pages' and system users' tokens look alike, and samples of Instagram Login look so too.",
            "Ask the provider: `shutterkey inspect --online`.",
        ));
        explanation.next("`shutterkey import --provider facebook` keeps it.");
        return;
    }
    explanation.find(
        Finding::note(
            "token.age_unknown",
            "A token does not show whether it lives for an hour or for 60 days: one that the App Dashboard made is long-lived already, and exchanging it again fails.",
            "`shutterkey import` asks the provider and leaves out the exchange where it is not needed.",
        )
        .pain(18),
    );
    explanation.next(match shape {
        TokenShape::Threads => "`shutterkey import --provider threads` keeps it and refreshes it in time.",
        _ => "`shutterkey import` keeps it and refreshes it in time.",
    });
    explanation.next("`shutterkey inspect --online` asks the provider whether it lives, and whose it is.");
}

fn app_token(token: &str) -> Finding {
    let last = token.rsplit('|').next().unwrap_or_default();
    let is_secret = last.len() == 32 && last.bytes().all(|b| b.is_ascii_hexdigit());
    if is_secret {
        return Finding::warning(
            "token.holds_secret",
            "The part after the last bar has the shape of the app secret: this form of an app token is the id and the secret in clear.",
            "Keep it on a server alone. If it was sent anywhere, reset the secret: App Dashboard > App settings > Basic.",
        )
        .pain(21);
    }
    Finding::note(
        "token.of_app",
        "It speaks for the app, not for a person: it can look at tokens (debug_token), and read or publish nothing.",
        "For an account's token log in: `shutterkey login`.",
    )
}

fn legacy(explanation: &mut Explanation, client: &str, context: &Context) {
    explanation.fact("client id begins", client.to_owned());
    let configured = context
        .client_id
        .as_deref()
        .filter(|id| ClientIdKind::Legacy.check(id).is_ok());
    match configured {
        Some(id) if id.starts_with(client) => explanation.fact("made for", "the configured client"),
        Some(_) => explanation.find(
            Finding::problem(
                "token.other_client",
                "The token was made for another client: its middle part is the beginning of that client's id.",
                "Use the client id that it was made for, or log in with the configured one.",
            )
            .pain(24),
        ),
        None => {}
    }
    let sandbox = context.provider.as_ref().is_some_and(Provider::is_sandbox);
    if !sandbox {
        explanation.find(
            Finding::problem(
                "token.platform_ended",
                "The platform that made it was switched off on 2020-06-29; no call with it succeeds.",
                "Move to Instagram Login: a professional account, an app with instagram_business_basic, and `shutterkey login`. `shutterkey sandbox` plays the old platform for what still has to be tested.",
            )
            .pain(24),
        );
    }
}

fn length(explanation: &mut Explanation, token: &str, shape: &TokenShape) {
    let of_meta = matches!(
        shape,
        TokenShape::InstagramLogin | TokenShape::Facebook | TokenShape::Threads
    );
    if of_meta && token.len() < SHORTEST {
        explanation.find(Finding::warning(
            "token.cut",
            "It is shorter than any token of this kind: something has cut it.",
            "Copy it whole. Where tokens are stored, allow 512 characters at least.",
        ));
    } else if !matches!(shape, TokenShape::Legacy { .. }) && CUTS.contains(&token.len()) {
        explanation.find(Finding::warning(
            "token.cut",
            format!(
                "It has exactly {} characters, which is where databases and terminals cut.",
                token.len()
            ),
            "Compare the end with where it was made. Where tokens are stored, allow 512 characters at least.",
        ));
    }
    if let Some(mark) = ["#_=_", "#_"].iter().find(|mark| token.ends_with(**mark)) {
        explanation.find(
            Finding::warning(
                "token.fragment_mark",
                format!("It ends in {mark}, which belongs to the address that it was copied from."),
                format!("Take {mark} off."),
            )
            .pain(9),
        );
    }
}

fn other_product(explanation: &mut Explanation, shape: &TokenShape, context: &Context) {
    let (Some(configured), Some(own)) = (&context.provider, shape.provider()) else {
        return;
    };
    let doubtful = matches!(shape, TokenShape::Facebook) && configured.id() == "instagram";
    if configured.id() != own && configured.id() != "standard" && !doubtful && !matches!(shape, TokenShape::Sandbox(_))
    {
        explanation.find(
            Finding::warning(
                "token.other_product",
                format!("It looks like a token of {own}; configured is {}.", configured.name()),
                format!(
                    "Give --provider {own} where it is used; each product has tokens, scopes and endpoints of its own."
                ),
            )
            .pain(3),
        );
    }
}

/// A code alone: `AQB…`, with what clings to it.
pub(super) fn code(text: &str) -> Option<Explanation> {
    let joined = joined(text);
    let bare = joined
        .strip_suffix("#_=_")
        .or_else(|| joined.strip_suffix("#_"))
        .unwrap_or(&joined);
    if !bare.starts_with("AQ") || !is_bare_code(bare) {
        return None;
    }
    let mut explanation = Explanation::new(What::Code, "An authorization code");
    explanation.fact("length", format!("{} characters", bare.len()));
    explanation.fact("life", "an hour at most, and one use");
    if bare.len() < joined.len() {
        explanation.find(fragment_mark());
    }
    explanation.find(
        Finding::warning(
            "redirect.state_missing",
            "A code alone does not show which login it belongs to: the state that proves it is missing.",
            "Paste the whole address that the browser ended on into the `shutterkey login` that waits for it.",
        )
        .pain(20),
    );
    Some(explanation)
}

/// `#_` belongs to the redirect, not to the code.
pub(super) fn fragment_mark() -> Finding {
    Finding::note(
        "redirect.fragment_mark",
        "The mark at its end (`#_` of Instagram and Threads, `#_=_` of Facebook) is no part of the code.",
        "shutterkey takes it off. Code of your own must too, or the exchange fails.",
    )
    .pain(9)
}
