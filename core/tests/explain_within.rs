//! What people paste stands in other text: a line of an environment file, a command, a log. And the answer about a token.

use shutterkey::explain::{Context, Explanation, What, explain, token_in};
use shutterkey::{Provider, Timestamp};

/// 2026-11-27.
const NOW: Timestamp = Timestamp::from_seconds(1_795_737_600);

/// A part of every secret in this file.
const CANARY: &str = "canary";

fn token(begins: &str) -> String {
    format!("{begins}{CANARY}{}ZD", "0aB1".repeat(40))
}

#[track_caller]
fn explained(text: &str) -> Explanation {
    let explanation = explain(text, &Context::new(NOW));
    assert!(!format!("{explanation:?}").contains(CANARY), "{explanation:#?}");
    explanation
}

#[track_caller]
fn says(text: &str, what: What, codes: &[&str]) -> Explanation {
    let explanation = explained(text);
    assert_eq!(explanation.what, what, "{text}: {explanation:#?}");
    for code in codes {
        assert!(explanation.finding(code).is_some(), "no {code}: {explanation:#?}");
    }
    explanation
}

#[test]
fn a_token_is_found_in_the_line_that_it_stands_in() {
    let value = token("IGAA");
    for text in [
        format!("INSTAGRAM_TOKEN={value}"),
        format!("export INSTAGRAM_TOKEN=\"{value}\""),
        format!("\"access_token\": \"{value}\","),
        format!("{{'access_token': '{value}', 'user_id': 1}}"),
        format!("OAuth {value}"),
        format!("{{\"instagram\":{{\"longLived\":\"{value}\"}}}}"),
        format!("the token is {value}."),
    ] {
        let found = says(&text, What::Token, &["inspect.within", "token.age_unknown"]);
        assert_eq!(
            found.get("length"),
            Some(format!("{} characters", value.len()).as_str())
        );
        assert_eq!(token_in(&text).unwrap().reveal(), value, "{text}");
    }
    let app = format!("META_APP_TOKEN=990602627938098|{CANARY}0123456789abcdefgh");
    assert_eq!(says(&app, What::AppToken, &[]).get("app id"), Some("990602627938098"));
    let old = "token: '1234567890.1677ed0.0123456789abcdef0123456789abcdef'";
    says(old, What::Token, &["token.platform_ended"]);
}

#[test]
fn of_several_tokens_none_is_asked_about_and_their_number_is_said() {
    let text = format!("A={}\nB={}", token("IGAA"), token("THAA"));
    let found = says(&text, What::Token, &["inspect.within"]);
    assert!(
        found.finding("inspect.within").unwrap().says.contains('2'),
        "{found:#?}"
    );
    assert!(token_in(&text).is_none());
}

#[test]
fn words_that_begin_like_tokens_are_none() {
    for text in [
        "EAA is how it begins",
        "IGAA-tokens, and THAA ones too",
        "SANDBOX mode is on",
    ] {
        says(text, What::Unknown, &["inspect.unknown"]);
        assert!(token_in(text).is_none(), "{text}");
    }
}

#[test]
fn a_token_of_a_server_is_asked_about_whole_also_where_it_has_an_equals_sign() {
    let opaque = format!("{CANARY}0123456789abcdef==");
    assert_eq!(token_in(&opaque).unwrap().reveal(), opaque);
    // Nothing else is sent in a token's place.
    assert!(token_in(&format!("{{\"access_token\":\"{CANARY}0123456789abcdef\"}}")).is_none());
}

#[test]
fn a_secret_a_code_an_id_or_an_answer_is_not_sent_in_a_tokens_place() {
    for text in [
        "0123456789abcdef0123456789abcdef".to_owned(),
        "17841405309211844".to_owned(),
        format!("AQB{CANARY}0123456789abcdef"),
        format!("AQB{CANARY}0123456789abcdef#_"),
        format!("code=AQB{CANARY}0123456789abcdef&state=x"),
        format!("?code={CANARY}0123456789abcdef&state=x"),
    ] {
        assert!(token_in(&text).is_none(), "{text}");
    }
    // Whoever says that it is one is believed: a server of one's own may make tokens of any shape.
    let named = "Bearer 0123456789abcdef0123456789abcdef";
    assert_eq!(token_in(named).unwrap().reveal(), "0123456789abcdef0123456789abcdef");
}

#[test]
fn an_address_is_found_in_a_command_and_in_a_log() {
    let value = token("THAA");
    says(
        &format!("curl -s \"https://graph.instagram.com/v19.0/me?fields=id&access_token={value}\" | jq"),
        What::ApiRequest,
        &["inspect.within", "api_version.ended", "token.other_product"],
    );
    says(
        &format!("Location: https://app.example/cb?code=AQB{CANARY}&state={CANARY}#_"),
        What::Redirect,
        &["inspect.within", "redirect.fragment_mark"],
    );
    says(
        "open 'https://www.instagram.com/oauth/authorize?client_id=123456789012345&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&response_type=token&scope=instagram_business_basic&state=0123456789abcdef0123456789' first",
        What::AuthorizeUrl,
        &["inspect.within", "authorize.response_type"],
    );
    // The token beside an address says more than the address without one.
    says(
        &format!("curl -H 'Authorization: Bearer {value}' https://graph.threads.net/v1.0/me"),
        What::Token,
        &["inspect.within", "token.age_unknown"],
    );
}

#[test]
fn a_request_line_of_a_servers_log_is_read_like_the_address() {
    for text in [
        format!("/callback?code=AQB{CANARY}&state={CANARY}"),
        format!("GET /callback?code=AQB{CANARY}&state={CANARY} HTTP/1.1"),
        format!("192.0.2.7 - - [27/Nov/2026] \"GET /callback?code=AQB{CANARY}&state={CANARY} HTTP/1.1\" 302 0"),
    ] {
        let read = says(&text, What::Redirect, &[]);
        assert!(read.get("code").is_some() && read.get("state").is_some(), "{read:#?}");
    }
}

#[test]
fn a_secret_in_the_place_of_any_parameter_is_not_repeated() {
    let secret = format!("Q9x7{CANARY}Zb3kTfLr2YpNc8JdHs5");
    let names = [
        "client_id",
        "redirect_uri",
        "response_type",
        "scope",
        "state",
        "config_id",
        "code_challenge",
        "code_challenge_method",
        "force_authentication",
        "code",
        "error",
        "error_reason",
        "error_description",
        "error_code",
        "error_message",
        "granted_scopes",
        "denied_scopes",
        "expires_in",
        "grant_type",
        "iss",
        "data_access_expiration_time",
        "access_token",
        "long_lived_token",
        "client_secret",
    ];
    let bases = [
        "https://www.instagram.com/oauth/authorize?client_id=1&response_type=code",
        "https://www.facebook.com/v25.0/dialog/oauth?client_id=1",
        "https://threads.net/oauth/authorize?client_id=1",
        "https://graph.instagram.com/access_token?a=b",
        "https://app.example/cb?a=b",
        "https://app.example/cb#a=b",
    ];
    for base in bases {
        for name in names {
            explained(&format!("{base}&{name}={secret}"));
            explained(&format!("{base}&{secret}={name}"));
            explained(&format!("{base}&{name}=a%2C{secret}&{name}={secret}"));
        }
    }
}

#[test]
fn the_answer_of_debug_token_is_read_out() {
    let good = says(
        r#"{"data":{"app_id":"990602627938098","type":"USER","application":"Studio","expires_at":1800000000,"data_access_expires_at":1801000000,"is_valid":true,"issued_at":1794816000,"scopes":["instagram_basic","pages_show_list"],"granular_scopes":[{"scope":"pages_show_list","target_ids":["1"]}],"user_id":"1207059"}}"#,
        What::InspectionAnswer,
        &["permissions.of_some"],
    );
    assert_eq!(good.get("app id"), Some("990602627938098"));
    assert_eq!(good.get("kind"), Some("user"));
    assert_eq!(good.get("user id"), Some("1207059"));
    assert_eq!(good.get("granted"), Some("instagram_basic pages_show_list"));
    assert!(
        good.get("expires").unwrap().starts_with("2027-01-15T08:00:00Z"),
        "{good:#?}"
    );
    assert!(
        good.get("data access until").unwrap().starts_with("2027-01-26"),
        "{good:#?}"
    );
    assert_eq!(good.worst(), Some(shutterkey::explain::Severity::Note));

    let never = says(
        r#"{"data":{"app_id":1,"type":"SYSTEM_USER","expires_at":0,"data_access_expires_at":0,"is_valid":true,"scopes":[]}}"#,
        What::InspectionAnswer,
        &[],
    );
    assert_eq!(never.get("expires"), Some("never by time"));
}

#[test]
fn a_token_that_debug_token_calls_invalid_says_why() {
    says(
        r#"{"data":{"is_valid":false,"scopes":[],"error":{"code":190,"subcode":460,"message":"The session has been invalidated"}}}"#,
        What::InspectionAnswer,
        &["token.invalidated"],
    );
    let ended = r#"{"data":{"is_valid":true,"expires_at":1700000000,"data_access_expires_at":1700000000,"scopes":[]}}"#;
    says(
        ended,
        What::InspectionAnswer,
        &["token.expired", "token.data_access_ended"],
    );
}

#[test]
fn a_token_of_another_app_than_the_configured_is_pointed_out() {
    let mut context = Context::new(NOW);
    context.provider = Some(Provider::facebook());
    context.client_id = Some("123456789012345".to_owned());
    let answer = r#"{"data":{"app_id":"990602627938098","is_valid":true,"scopes":[]}}"#;
    let other = explain(answer, &context);
    assert!(other.finding("token.of_other_app").is_some(), "{other:#?}");
    // Instagram's app ID is another number than the Meta app's that is named here.
    context.provider = Some(Provider::instagram());
    assert!(explain(answer, &context).finding("token.of_other_app").is_none());
}

#[test]
fn json_that_is_none_of_these_is_no_token() {
    says(
        r#"{"status":"ok0123456789","count":12345678}"#,
        What::Unknown,
        &["inspect.unknown"],
    );
    explained(&format!(r#"{{"client_secret":"{CANARY}0123456789abcdef"}}"#));
}
