//! What people paste, and what is said about it.

use shutterkey::explain::{Context, Explanation, Severity, What, explain};
use shutterkey::{Provider, RedirectUri, Timestamp};

/// 2026-11-27.
const NOW: Timestamp = Timestamp::from_seconds(1_795_737_600);

/// A part of every secret in this file.
const CANARY: &str = "canary";

fn plain() -> Context {
    Context::new(NOW)
}

fn configured(provider: Provider, client_id: &str, redirect_uri: &str) -> Context {
    let mut context = plain();
    context.provider = Some(provider);
    context.client_id = Some(client_id.to_owned());
    context.redirect_uri = RedirectUri::parse(redirect_uri).ok();
    context
}

fn instagram() -> Context {
    configured(Provider::instagram(), "123456789012345", "https://app.example/callback")
}

/// A token of Meta's usual length.
fn token(begins: &str) -> String {
    format!("{begins}{CANARY}{}ZD", "0aB1".repeat(40))
}

/// Everything that an explanation prints.
fn printed(explanation: &Explanation) -> String {
    format!("{explanation:?}")
}

#[track_caller]
fn says(text: &str, context: &Context, what: What, codes: &[&str]) -> Explanation {
    let explanation = explain(text, context);
    assert_eq!(explanation.what, what, "{text}: {explanation:#?}");
    assert!(!explanation.title.is_empty(), "{text}");
    for code in codes {
        assert!(
            explanation.finding(code).is_some(),
            "{text}: no {code} in {explanation:#?}"
        );
    }
    for finding in &explanation.findings {
        assert!(finding.advice.len() > 5, "{finding:?}");
        assert!(finding.says.ends_with(['.', '.', ')']), "{finding:?}");
        assert!(finding.pain.is_none_or(|number| (1..=25).contains(&number)));
    }
    assert!(!printed(&explanation).contains(CANARY), "{explanation:#?}");
    explanation
}

#[test]
fn tokens_are_told_apart_by_their_shape_and_never_shown() {
    let cases: [(String, What, &[&str]); 9] = [
        (token("IGAA"), What::Token, &["token.age_unknown"]),
        (token("EAA"), What::Token, &["token.kind_unknown"]),
        (token("THAA"), What::Token, &["token.age_unknown"]),
        (token("IGQV"), What::Token, &["provider.basic_display_ended"]),
        (token("IGQW"), What::Token, &["provider.basic_display_ended"]),
        (token("IGAASANDBOX"), What::Token, &["token.sandbox"]),
        (
            format!("1234567|{CANARY}hash-of-27-letters"),
            What::AppToken,
            &["token.of_app"],
        ),
        (format!("TH|1234567|{CANARY}"), What::AppToken, &["token.of_app"]),
        (
            "1234567890.1677ed0.0123456789abcdef0123456789abcdef".to_owned(),
            What::Token,
            &["token.platform_ended"],
        ),
    ];
    for (text, what, codes) in cases {
        says(&text, &plain(), what, codes);
    }
    assert_eq!(
        says(
            "1234567|0123456789abcdef0123456789abcdef",
            &plain(),
            What::AppToken,
            &[]
        )
        .finding("token.holds_secret")
        .unwrap()
        .pain,
        Some(21)
    );
}

#[test]
fn a_token_is_found_behind_the_header_or_parameter_that_it_is_copied_with() {
    let value = token("IGAA");
    for text in [
        format!("Authorization: Bearer {value}"),
        format!("bearer {value}"),
        format!("access_token={value}"),
        format!("\"{value}\""),
        format!("  <{value}>\n"),
    ] {
        says(&text, &plain(), What::Token, &["token.age_unknown"]);
    }
}

#[test]
fn tokens_that_were_cut_broken_or_masked_are_noticed() {
    let whole = token("IGAA");
    says(&whole[..40], &plain(), What::Token, &["token.cut"]);
    let at_255: String = format!("EAA{CANARY}{}", "x1".repeat(200)).chars().take(255).collect();
    says(&at_255, &plain(), What::Token, &["token.cut"]);
    let broken = format!("{}\n  {}", &whole[..80], &whole[80..]);
    says(&broken, &plain(), What::Token, &["token.malformed"]);
    says("IGAA…x3Zd", &plain(), What::Token, &["token.masked"]);
    says("[redacted]", &plain(), What::Token, &["token.masked"]);
    let marked = says(&format!("{whole}#_"), &plain(), What::Token, &["token.fragment_mark"]);
    assert_eq!(marked.finding("token.fragment_mark").unwrap().pain, Some(9));
    assert!(explain(&whole, &plain()).finding("token.cut").is_none());
}

#[test]
fn a_legacy_tokens_middle_part_is_compared_with_the_client_id() {
    let sandbox = Provider::legacy().at_sandbox("http://127.0.0.1:8910", None).unwrap();
    let token = "1234567890.1677ed0.0123456789abcdef0123456789abcdef";
    let own = configured(
        sandbox.clone(),
        "1677ed0ffffffffffffffffffffffffff"[..32].into(),
        "http://localhost/",
    );
    let fits = says(token, &own, What::Token, &[]);
    assert_eq!(fits.get("made for"), Some("the configured client"));
    assert!(fits.finding("token.platform_ended").is_none());
    let other = configured(sandbox, &"0".repeat(32), "http://localhost/");
    says(token, &other, What::Token, &["token.other_client"]);
}

#[test]
fn a_token_of_another_product_than_the_configured_is_pointed_out() {
    let explanation = says(&token("THAA"), &instagram(), What::Token, &["token.other_product"]);
    assert_eq!(explanation.get("provider"), Some("threads"));
    // Meta's samples of Instagram Login show tokens that look like Facebook's.
    assert!(
        explain(&token("EAA"), &instagram())
            .finding("token.other_product")
            .is_none()
    );
}

fn authorize(more: &str) -> String {
    format!("https://www.instagram.com/oauth/authorize?client_id=123456789012345{more}")
}

const GOOD: &str = "&redirect_uri=https%3A%2F%2Fapp.example%2Fcallback&response_type=code&scope=instagram_business_basic&state=dGhpcyBpcyAxNiBieXRlcw&force_reauth=true";

#[test]
fn a_good_authorize_url_has_no_more_than_notes() {
    let explanation = says(&authorize(GOOD), &instagram(), What::AuthorizeUrl, &[]);
    assert_eq!(explanation.worst(), Some(Severity::Note), "{explanation:#?}");
    assert_eq!(explanation.get("client id"), Some("123456789012345"));
    assert_eq!(explanation.get("redirect URI"), Some("https://app.example/callback"));
    assert_eq!(explanation.get("not the same"), Some("https://app.example/callback/"));
    assert!(!explanation.next.is_empty());
}

#[test]
fn every_parameter_of_an_authorize_url_is_checked() {
    let replaced = |from: &str, to: &str| {
        assert!(authorize(GOOD).contains(from), "{from}");
        authorize(GOOD).replacen(from, to, 1)
    };
    let uri = "https%3A%2F%2Fapp.example%2Fcallback";
    let cases: [(String, &str, Option<u8>); 22] = [
        (replaced("&response_type=code", ""), "authorize.response_type", None),
        (
            replaced("response_type=code", "response_type=token"),
            "authorize.response_type",
            Some(24),
        ),
        (
            replaced("instagram_business_basic", "instagram_basic"),
            "config.scope_foreign",
            Some(12),
        ),
        (
            replaced("instagram_business_basic", "business_basic"),
            "config.scope_retired",
            Some(12),
        ),
        (
            replaced("instagram_business_basic", "user_profile"),
            "config.scope_retired",
            Some(7),
        ),
        (
            replaced("instagram_business_basic", "instagram_busines_basic"),
            "config.scope_unknown",
            Some(12),
        ),
        (
            replaced("instagram_business_basic", "instagram_business_content_publish"),
            "config.missing",
            Some(12),
        ),
        (
            replaced("client_id=123456789012345", "client_id="),
            "config.client_id",
            Some(3),
        ),
        (replaced("123456789012345", "YOUR_APP_ID"), "config.client_id", Some(3)),
        (
            replaced("123456789012345", "17841400000000001"),
            "config.client_id_is_account",
            Some(3),
        ),
        (
            replaced("123456789012345", &"a".repeat(32)),
            "authorize.platform_ended",
            Some(24),
        ),
        (
            replaced(uri, "http%3A%2F%2Flocalhost%2F"),
            "config.redirect_uri",
            Some(13),
        ),
        (
            replaced(uri, "https%3A%2F%2Fapp.example%2F%2Fcallback"),
            "config.redirect_uri",
            Some(1),
        ),
        (
            replaced(uri, "https%3A%2F%2F%24SITE_URL%2Fcallback"),
            "config.redirect_uri",
            Some(1),
        ),
        (
            replaced(uri, "https%3A%2F%2Fapp.example%2Fcallback%23x"),
            "config.redirect_uri",
            Some(1),
        ),
        (
            replaced(uri, "https%253A%252F%252Fapp.example%252F"),
            "config.redirect_uri",
            Some(1),
        ),
        (replaced(uri, "myapp%3A%2F%2Fcallback"), "config.redirect_uri", Some(17)),
        (
            replaced(uri, "https%3A%2F%2Fapp.example%2Fcallback%3Fredirect_state%3Dx"),
            "redirect_uri.query",
            Some(2),
        ),
        (replaced("&state=dGhpcyBpcyAxNiBieXRlcw", ""), "state.missing", Some(20)),
        (
            replaced("dGhpcyBpcyAxNiBieXRlcw", "c29tZXRoaW5nIGxvbmcgZW5vdWdo%3D%3D"),
            "state.mangled",
            Some(20),
        ),
        (
            replaced("force_reauth=true", "force_authentication=1"),
            "authorize.deprecated_parameter",
            None,
        ),
        (replaced("&force_reauth=true", ""), "authorize.force_reauth", Some(16)),
    ];
    for (url, code, pain) in cases {
        let explanation = says(&url, &plain(), What::AuthorizeUrl, &[code]);
        assert_eq!(explanation.finding(code).unwrap().pain, pain, "{url}");
    }
}

#[test]
fn successors_of_scopes_are_named() {
    let of = |scope: &str| {
        let url = authorize(GOOD).replace("instagram_business_basic", &format!("instagram_business_basic,{scope}"));
        let explanation = explain(&url, &plain());
        explanation
            .findings
            .iter()
            .map(|f| f.says.to_string())
            .collect::<Vec<_>>()
            .join("\n")
    };
    assert!(of("business_content_publish").contains("its successor is instagram_business_content_publish"));
    assert!(of("instagram_manage_comments").contains("calls it instagram_business_manage_comments"));
    assert!(of("threads_basic").contains("belongs to Threads"));
}

#[test]
fn a_secret_in_an_authorize_url_is_the_first_thing_to_say() {
    let url = authorize(&format!("{GOOD}&client_secret={CANARY}0123456789"));
    let explanation = says(&url, &plain(), What::AuthorizeUrl, &["authorize.secret_in_address"]);
    assert_eq!(explanation.worst(), Some(Severity::Problem));
}

#[test]
fn other_platforms_authorize_urls_are_checked_by_their_own_rules() {
    let facebook = "https://www.facebook.com/v20.0/dialog/oauth?client_id=123456789012345&redirect_uri=https%3A%2F%2Fapp.example%2F&state=dGhpcyBpcyAxNiBieXRlcw&scope=instagram_business_basic";
    let explanation = says(
        facebook,
        &plain(),
        What::AuthorizeUrl,
        &["api_version.ended", "config.scope_foreign"],
    );
    assert!(explanation.finding("authorize.response_type").is_none());
    assert!(explanation.title.contains("Facebook Login for Business"));
    let threads = "https://threads.net/oauth/authorize?client_id=123456789012345&redirect_uri=https%3A%2F%2Fapp.example%2F&response_type=code&state=dGhpcyBpcyAxNiBieXRlcw&scope=threads_basic";
    assert!(
        says(threads, &plain(), What::AuthorizeUrl, &[])
            .title
            .contains("Threads")
    );
    let standard = "https://id.example/authorize?client_id=x&redirect_uri=https%3A%2F%2Fapp.example%2F&response_type=code&state=dGhpcyBpcyAxNiBieXRlcw";
    says(standard, &plain(), What::AuthorizeUrl, &[]);
    let sandbox = "http://127.0.0.1:8910/instagram/oauth/authorize?client_id=123456789012345&redirect_uri=http%3A%2F%2F127.0.0.1%3A8911%2Fcallback&response_type=code&state=dGhpcyBpcyAxNiBieXRlcw&scope=instagram_business_basic&force_reauth=true";
    let explanation = says(sandbox, &plain(), What::AuthorizeUrl, &[]);
    assert!(
        explanation.worst().is_none_or(|worst| worst == Severity::Note),
        "{explanation:#?}"
    );
}

#[test]
fn a_redirect_with_a_code_shows_all_but_the_code_and_the_state() {
    let url = format!("https://app.example/callback?code=AQB{CANARY}x&state={CANARY}-state#_");
    let explanation = says(&url, &instagram(), What::Redirect, &["redirect.fragment_mark"]);
    assert_eq!(explanation.get("redirect URI"), Some("the configured one"));
    assert!(explanation.get("code").unwrap().starts_with("there, 10 characters"));
    assert_eq!(explanation.finding("redirect.fragment_mark").unwrap().pain, Some(9));
    // Facebook's mark, the part after the question mark alone, and an address without its scheme.
    says(
        &url.replace("#_", "#_=_"),
        &instagram(),
        What::Redirect,
        &["redirect.fragment_mark"],
    );
    says(&format!("code=AQB{CANARY}&state=abc"), &plain(), What::Redirect, &[]);
    says(
        &format!("?code=AQB{CANARY}"),
        &plain(),
        What::Redirect,
        &["redirect.state_missing"],
    );
    says(&url.replace("https://", ""), &instagram(), What::Redirect, &[]);
    says(
        &format!("https://app.example/\n  callback?code=AQB{CANARY}&state=x"),
        &plain(),
        What::Redirect,
        &[],
    );
}

#[test]
fn what_happened_to_a_code_on_its_way_is_recognised() {
    let url = |code: &str| format!("https://localhost/?code={code}&state=x");
    says(
        &url(&format!("{CANARY}%23_")),
        &plain(),
        What::Redirect,
        &["redirect.fragment_mark_encoded"],
    );
    says(
        &url(&format!("{CANARY}%252F9")),
        &plain(),
        What::Redirect,
        &["redirect.encoded_twice"],
    );
    says(
        &url(&format!("{CANARY}+9")),
        &plain(),
        What::Redirect,
        &["redirect.decoded_twice"],
    );
    says(&url(""), &plain(), What::Redirect, &["redirect.code_missing"]);
    says(
        &format!("{}&code=2", url(CANARY)),
        &plain(),
        What::Redirect,
        &["redirect.duplicate_parameter"],
    );
}

#[test]
fn a_redirect_to_another_address_is_compared_with_the_configured_one() {
    let explanation = says(
        "https://app.example/callback/?code=AQBx&state=y",
        &instagram(),
        What::Redirect,
        &["redirect.mismatch"],
    );
    assert!(
        explanation
            .finding("redirect.mismatch")
            .unwrap()
            .says
            .contains("a slash makes the difference")
    );
    says(
        "https://other.example/?code=AQBx&state=y",
        &instagram(),
        What::Redirect,
        &["redirect.mismatch"],
    );
}

#[test]
fn refusals_in_a_redirect_say_what_they_mean() {
    let cases = [
        (
            "error=access_denied&error_reason=user_denied&error_description=The+user+denied+your+request",
            "denied.by_user",
        ),
        ("error=acceess_denied", "denied.by_user"),
        ("error=access_denied&error_reason=other", "denied.by_provider"),
        (
            "error=invalid_scope&error_description=Invalid+scope:+instagram_basic",
            "provider.invalid_scope",
        ),
        ("error=temporarily_unavailable", "provider.unavailable"),
        (
            "error_code=1349048&error_message=URL+Blocked",
            "provider.redirect_uri_not_registered",
        ),
        ("id_token=abc", "redirect.response_unsupported"),
    ];
    for (query, code) in cases {
        says(
            &format!("https://localhost/?{query}&state=x"),
            &plain(),
            What::Redirect,
            &[code],
        );
    }
    let scope = explain(
        "https://localhost/?error=invalid_scope&error_description=Invalid+scope:+instagram_basic&state=x",
        &plain(),
    );
    assert!(
        scope
            .finding("config.scope_foreign")
            .unwrap()
            .says
            .contains("instagram_business_basic")
    );
}

#[test]
fn a_token_in_a_fragment_is_shown_with_its_fields() {
    let url = format!(
        "https://app.example/?#access_token={}&data_access_expiration_time=1803513600&expires_in=4815&long_lived_token={}&granted_scopes=instagram_basic&denied_scopes=pages_show_list&state=x",
        token("EAAH"),
        token("EAAS"),
    );
    let explanation = says(&url, &plain(), What::Redirect, &["denied.scope"]);
    assert_eq!(explanation.get("expires in"), Some("4815 seconds, 80 minutes"));
    assert_eq!(explanation.get("data access until"), Some("2027-02-25T00:00:00Z"));
    assert_eq!(explanation.get("long-lived token"), Some("there too, of about 60 days"));
    assert_eq!(explanation.get("granted"), Some("instagram_basic"));
    assert_eq!(explanation.finding("denied.scope").unwrap().pain, Some(23));
    let legacy = "http://localhost/#access_token=1234567890.1677ed0.0123456789abcdef0123456789abcdef";
    says(legacy, &plain(), What::Redirect, &["token.platform_ended"]);
    // Instagram Login answers with a code alone; and a query is written down by servers.
    says(
        &format!("https://app.example/callback#access_token={}", token("IGAA")),
        &instagram(),
        What::Redirect,
        &["redirect.token_unexpected"],
    );
    says(
        &format!("https://app.example/?access_token={}", token("EAA")),
        &plain(),
        What::Redirect,
        &["redirect.token_in_query"],
    );
}

#[test]
fn a_code_alone_lacks_its_state() {
    let explanation = says(
        &format!("AQB{CANARY}0123456789abcdef#_"),
        &plain(),
        What::Code,
        &["redirect.state_missing", "redirect.fragment_mark"],
    );
    assert!(explanation.get("life").unwrap().contains("an hour"));
}

#[test]
fn errors_as_json_are_classified_in_all_four_bodies() {
    let cases = [
        (
            r#"{"error_type":"OAuthException","code":400,"error_message":"Matching code was not found or was already used"}"#,
            "provider.code_used",
            Some(8),
        ),
        (
            r#"{"error":{"message":"Error validating access token: The session has been invalidated because the user changed their password","type":"OAuthException","code":190,"error_subcode":460,"fbtrace_id":"Ax"}}"#,
            "token.invalidated",
            Some(6),
        ),
        (
            r#"{"error":{"message":"Session has expired","type":"OAuthException","code":190,"error_subcode":463}}"#,
            "token.expired",
            Some(5),
        ),
        (
            r#"{"error":{"message":"Error validating verification code. Please make sure your redirect_uri is identical","type":"OAuthException","code":100}}"#,
            "provider.redirect_uri_differs",
            Some(2),
        ),
        (
            r#"{"meta":{"error_type":"OAuthAccessTokenException","code":400,"error_message":"The access_token provided is invalid."}}"#,
            "token.invalid",
            Some(24),
        ),
        (
            r#"{"code":403,"error_type":"OAuthForbiddenException","error_message":"Implicit authentication is disabled"}"#,
            "provider.implicit_disabled",
            Some(24),
        ),
        (
            r#"{"error":"invalid_grant","error_description":"gone"}"#,
            "provider.grant_rejected",
            None,
        ),
        (
            r#"{"error":{"message":"(#4) Application request limit reached","type":"OAuthException","code":4}}"#,
            "throttled.app",
            Some(25),
        ),
        (
            r#"{"error_type":"OAuthException","code":400,"error_message":"Invalid platform app"}"#,
            "provider.invalid_platform_app",
            Some(3),
        ),
    ];
    for (text, code, pain) in cases {
        let explanation = says(text, &plain(), What::ProviderError, &[code]);
        assert_eq!(explanation.finding(code).unwrap().pain, pain, "{text}");
    }
    let password = explain(cases[1].0, &plain());
    assert_eq!(password.get("error code"), Some("190/460"));
    assert_eq!(password.get("trace id"), Some("Ax"));
    says(
        cases[7].0,
        &plain(),
        What::ProviderError,
        &["throttled.looks_like_refusal"],
    );
}

#[test]
fn a_dead_basic_display_app_and_a_wrong_verb_have_the_same_words() {
    let text = r#"{"error":{"message":"Unsupported request - method type: get","type":"IGApiException","code":100}}"#;
    let explanation = says(
        text,
        &plain(),
        What::ProviderError,
        &["provider.basic_display_ended", "provider.wrong_method"],
    );
    assert_eq!(
        explanation.finding("provider.basic_display_ended").unwrap().pain,
        Some(7)
    );
    assert_eq!(explanation.finding("provider.wrong_method").unwrap().pain, Some(14));
}

#[test]
fn the_words_of_error_pages_are_recognised_also_in_markup() {
    let cases = [
        ("Invalid platform app", "provider.invalid_platform_app", Some(3)),
        (
            "Error: Insufficient developer role",
            "provider.insufficient_developer_role",
            Some(4),
        ),
        (
            "URL blocked. This redirect failed because the redirect URI is not whitelisted",
            "provider.redirect_uri_not_registered",
            Some(1),
        ),
        (
            "App not active: This app is not accessible right now",
            "provider.app_not_active",
            Some(4),
        ),
        (
            "Unsupported request - method type: get",
            "provider.basic_display_ended",
            Some(7),
        ),
        (
            "Matching code was not found or was already used.",
            "provider.code_used",
            Some(8),
        ),
        (
            "Error validating verification code.",
            "provider.redirect_uri_differs",
            Some(2),
        ),
        (
            "Implicit authentication is disabled",
            "provider.implicit_disabled",
            Some(24),
        ),
        (
            "You are not a sandbox user of this client",
            "provider.not_sandbox_user",
            Some(24),
        ),
        (
            "Redirect URI does not match registered redirect URI",
            "provider.redirect_uri_not_registered",
            Some(24),
        ),
        ("Bad signature", "state.mangled", Some(20)),
    ];
    for (text, code, pain) in cases {
        for page in [
            text.to_owned(),
            format!("<html><body><h1>Oops</h1><p>{text}</p></body></html>"),
        ] {
            let explanation = says(&page, &plain(), What::ErrorPage, &[code]);
            assert_eq!(explanation.finding(code).unwrap().pain, pain, "{page}");
        }
    }
    says(
        "Invalid platform app",
        &plain(),
        What::ErrorPage,
        &["config.scope_unknown"],
    );
}

#[test]
fn an_unregistered_redirect_uri_is_given_exactly_with_its_near_variant() {
    let explanation = says(
        "Invalid redirect_uri",
        &instagram(),
        What::ErrorPage,
        &["provider.redirect_uri_not_registered"],
    );
    assert_eq!(explanation.get("redirect URI"), Some("https://app.example/callback"));
    assert_eq!(explanation.get("not the same"), Some("https://app.example/callback/"));
    assert!(explanation.findings[0].says.contains(
        "Register exactly https://app.example/callback (often registered by mistake: https://app.example/callback/)"
    ));
}

#[test]
fn the_scopes_that_a_page_names_are_explained_one_by_one() {
    let explanation = says(
        "Invalid Scopes: instagram_basic, user_profile, nonsense_scope. This message is only shown to developers",
        &plain(),
        What::ErrorPage,
        &[
            "provider.invalid_scope",
            "config.scope_foreign",
            "config.scope_retired",
            "config.scope_unknown",
        ],
    );
    assert!(
        explanation
            .finding("config.scope_retired")
            .unwrap()
            .advice
            .contains("Move to Instagram Login")
    );
    let unknown = explanation
        .findings
        .iter()
        .filter(|f| f.code == "config.scope_unknown")
        .count();
    assert_eq!(unknown, 1, "prose is no scope");
    let dead = says("Invalid scope: ['user_profile']", &plain(), What::ErrorPage, &[]);
    assert_eq!(dead.findings[0].pain, Some(12));
    says(
        "Invalid scope: user_profile",
        &plain(),
        What::ErrorPage,
        &["provider.basic_display_ended"],
    );
}

#[test]
fn a_pasted_answer_with_usage_headers_says_how_much_is_used_and_when_access_returns() {
    let text = "HTTP/1.1 400 Bad Request\r\nX-App-Usage: {\"call_count\":28,\"total_time\":25,\"total_cputime\":25}\r\nX-Business-Use-Case-Usage: {\"17841400000000001\":[{\"type\":\"instagram\",\"call_count\":100,\"total_cputime\":20,\"total_time\":20,\"estimated_time_to_regain_access\":19}]}\r\n\r\n{\"error\":{\"message\":\"limit\",\"type\":\"OAuthException\",\"code\":80002}}";
    let explanation = says(
        text,
        &plain(),
        What::HttpResponse,
        &["throttled.user", "throttled.near", "throttled.looks_like_refusal"],
    );
    assert_eq!(explanation.get("HTTP status"), Some("400"));
    assert_eq!(explanation.get("app's limit"), Some("calls 28 %, time 25 %, CPU 25 %"));
    assert_eq!(
        explanation.get("account's limit"),
        Some("calls 100 %, time 20 %, CPU 20 % (instagram); access returns in 19 minutes")
    );
    assert_eq!(explanation.get("try again from"), Some("2026-11-27T00:19:00Z"));
    // As curl -v prints it, and headers alone.
    let verbose = "> GET /me HTTP/1.1\n< HTTP/2 429\n< X-Ratelimit-Limit: 500\n< X-Ratelimit-Remaining: 0\n<\n{\"meta\":{\"error_type\":\"OAuthRateLimitException\",\"code\":429,\"error_message\":\"max\"}}";
    let explanation = says(verbose, &plain(), What::HttpResponse, &["throttled.user"]);
    assert_eq!(explanation.get("calls in this hour"), Some("0 left of 500"));
    assert!(explanation.finding("throttled.looks_like_refusal").is_none());
    says("X-App-Usage: {\"call_count\":10}", &plain(), What::HttpResponse, &[]);
}

#[test]
fn of_several_answers_that_curl_prints_in_a_row_the_last_is_explained() {
    let refused = "HTTP/1.1 400 Bad Request\r\nX-App-Usage: {\"call_count\":28}\r\n\r\n{\"error\":{\"message\":\"x\",\"type\":\"OAuthException\",\"code\":190}}";
    for first in [
        "HTTP/1.1 200 Connection established\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\n",
        "HTTP/1.1 301 Moved\r\nLocation: https://graph.instagram.com/me\r\n\r\n",
        "HTTP/1.1 407 Proxy Authentication Required\r\n\r\nProxy text\r\nHTTP/1.1 200 OK\r\n\r\n",
    ] {
        let explanation = says(
            &format!("{first}{refused}"),
            &plain(),
            What::HttpResponse,
            &["token.invalid"],
        );
        assert_eq!(explanation.get("HTTP status"), Some("400"), "{first}");
    }
}

#[test]
fn a_pasted_redirect_answer_is_explained_by_where_it_leads() {
    let text = format!("HTTP/1.1 302 Found\nLocation: https://localhost/?code=AQB{CANARY}&state=x#_\n\n");
    let explanation = says(&text, &plain(), What::HttpResponse, &["redirect.fragment_mark"]);
    assert!(explanation.title.starts_with("A redirect to: A login that succeeded"));
}

#[test]
fn token_answers_are_read_in_both_shapes_and_numbers_above_2_53_are_pointed_out() {
    let flat = format!(
        r#"{{"access_token":"{}","user_id":17841400000000001,"permissions":["instagram_business_basic"]}}"#,
        token("IGAA")
    );
    let explanation = says(&flat, &plain(), What::TokenAnswer, &["id.above_2_53"]);
    assert_eq!(explanation.get("user id"), Some("17841400000000001"));
    assert_eq!(explanation.get("granted"), Some("instagram_business_basic"));
    let wrapped = format!(
        r#"{{"data":[{{"access_token":"{}","user_id":"17841400000000001","permissions":"a,b"}}]}}"#,
        token("IGAA")
    );
    let explanation = says(&wrapped, &plain(), What::TokenAnswer, &["answer.two_shapes"]);
    assert!(explanation.get("shape").unwrap().starts_with("wrapped"));
    assert!(explanation.finding("id.above_2_53").is_none());
}

#[test]
fn the_two_ids_of_an_account_are_told_apart() {
    let both = says(
        r#"{"user_id":"17841400000000001","id":"990001","username":"studio"}"#,
        &plain(),
        What::IdentityAnswer,
        &["id.two_ids"],
    );
    assert_eq!(
        (both.get("user id"), both.get("app-scoped id")),
        (Some("17841400000000001"), Some("990001"))
    );
    says(
        r#"{"id":"990001","username":"studio"}"#,
        &plain(),
        What::IdentityAnswer,
        &["id.user_id_missing"],
    );
    // Threads has one id alone.
    let threads = configured(Provider::threads(), "123456789012345", "https://app.example/callback");
    let one = says(
        r#"{"id":"990001","username":"studio"}"#,
        &threads,
        What::IdentityAnswer,
        &[],
    );
    assert!(one.findings.is_empty(), "{one:#?}");
}

#[test]
fn a_list_of_insights_is_not_taken_for_pages() {
    let insights = r#"{"data":[{"name":"reach","period":"day","values":[{"value":7}],"title":"Reach","id":"17841400000000001/insights/reach/day"}]}"#;
    let found = explain(insights, &plain());
    assert_ne!(found.what, What::PagesAnswer, "{found:#?}");
}

#[test]
fn the_redirect_uri_to_register_is_shown_to_the_letter() {
    let long = "https://my-app-git-main-studio2024.preview.example/callback";
    let found = says(long, &instagram(), What::RedirectUri, &["redirect_uri.exact"]);
    assert_eq!(found.get("redirect URI"), Some(long));
    assert!(found.finding("redirect_uri.exact").unwrap().says.contains(long));
    // What an address carries beside that may be a secret all the same.
    let carried = "https://app.example/callback?key=0123456789abcdef0123";
    let found = explain(carried, &instagram());
    assert!(!printed(&found).contains("0123456789abcdef0123"), "{found:#?}");
}

#[test]
fn an_empty_list_of_pages_comes_with_its_possible_reasons() {
    let empty = says(r#"{"data":[]}"#, &plain(), What::PagesAnswer, &["pages.empty"]);
    assert!(empty.findings[0].says.contains("business_management"));
    let unlinked = format!(
        r#"{{"data":[{{"id":"1","name":"Shop","access_token":"{}"}}]}}"#,
        token("EAA")
    );
    says(&unlinked, &plain(), What::PagesAnswer, &["pages.not_linked"]);
    let linked = r#"{"data":[{"id":"1","name":"Shop","instagram_business_account":{"id":"17841405309211844"}}]}"#;
    assert!(says(linked, &plain(), What::PagesAnswer, &[]).findings.is_empty());
}

#[test]
fn calls_of_apis_are_checked_for_leaks_verb_version_and_token() {
    let exchange =
        format!("https://api.instagram.com/oauth/access_token?client_id=1&client_secret={CANARY}&code=AQ{CANARY}");
    says(
        &exchange,
        &plain(),
        What::ApiRequest,
        &["provider.wrong_method", "api.secret_in_address"],
    );
    let foreign = format!("https://graph.instagram.com/v19.0/me?access_token={}", token("THAA"));
    says(
        &foreign,
        &plain(),
        What::ApiRequest,
        &["token.other_product", "api_version.ended"],
    );
    let old = "https://api.instagram.com/v1/users/self/?access_token=1.1677ed0.0123456789abcdef0123456789abcdef";
    says(old, &plain(), What::ApiRequest, &["api.platform_ended"]);
}

#[test]
fn a_redirect_uri_alone_is_checked_like_a_configured_one() {
    says(
        "https://app.example/callback",
        &instagram(),
        What::RedirectUri,
        &["redirect_uri.exact"],
    );
    says(
        "http://localhost/cb",
        &instagram(),
        What::RedirectUri,
        &["config.redirect_uri"],
    );
    says(
        "https://app.example//cb",
        &plain(),
        What::RedirectUri,
        &["config.redirect_uri"],
    );
}

#[test]
fn ids_and_secrets_alone_are_named_as_what_they_may_be() {
    says(
        "0123456789abcdef0123456789abcdef",
        &plain(),
        What::Identifier,
        &["inspect.maybe_secret"],
    );
    says("17841400000000001", &plain(), What::Identifier, &["id.above_2_53"]);
    says("990602627938098", &plain(), What::Identifier, &["id.ambiguous"]);
    assert_eq!(
        explain("123456789012345", &instagram()).title,
        "The configured client id"
    );
    says(
        &format!("{CANARY}-0123456789abcdefgh"),
        &plain(),
        What::Token,
        &["token.shape_unknown"],
    );
}

#[test]
fn nothing_long_text_and_prose_are_unknown_and_say_what_can_be_pasted() {
    says("", &plain(), What::Unknown, &["inspect.empty"]);
    says(" \n ", &plain(), What::Unknown, &["inspect.empty"]);
    says(
        "how do I get a token please",
        &plain(),
        What::Unknown,
        &["inspect.unknown"],
    );
    says("{\"half\": \"an obj", &plain(), What::Unknown, &["inspect.json"]);
    assert_eq!(
        explain(&"a ".repeat(200_000), &plain()).findings[0].code,
        "inspect.too_long"
    );
}

#[test]
fn no_text_makes_it_fail_or_repeats_a_secret() {
    // Every cut of every kind of text, also in the middle of characters that are escaped.
    let texts = [
        authorize(GOOD),
        format!("https://localhost/?code=AQB{CANARY}%23_&state={CANARY}#_"),
        format!("https://localhost/#access_token={}&expires_in=1", token("EAA")),
        "HTTP/1.1 400 Bad\nX-App-Usage: {\"call_count\":28}\n\n{\"error\":{\"code\":190,\"error_subcode\":460}}"
            .to_owned(),
        format!(r#"{{"access_token":"{}","user_id":17841400000000001}}"#, token("IGAA")),
        format!("Bearer {}", token("IGAA")),
        "“Invalid scope: ['ü']”".to_owned(),
    ];
    for text in texts {
        for (at, _) in text.char_indices() {
            for part in [&text[..at], &text[at..]] {
                let explanation = explain(part, &instagram());
                assert!(!printed(&explanation).contains(CANARY), "{part}: {explanation:#?}");
            }
        }
    }
}
