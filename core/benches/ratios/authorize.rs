//! The authorize URL with state and PKCE: ours, the work that nobody can avoid, and the `oauth2` crate.

use std::hint::black_box;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use criterion::Criterion;
use oauth2::basic::BasicClient;
use oauth2::{AuthUrl, ClientId, CsrfToken, PkceCodeChallenge, RedirectUrl, Scope, TokenUrl};
use sha2::{Digest, Sha256};
use shutterkey::provider::Provider;
use shutterkey::{AuthorizeOptions, ClientConfig, Entropy, Timestamp, build_authorization_request};

const AUTHORIZE: &str = "https://login.example.com/oauth/authorize";
const TOKEN: &str = "https://login.example.com/oauth/token";
const CLIENT_ID: &str = "990602627938098";
pub(crate) const REDIRECT: &str = "https://app.example.com/auth/instagram/callback";
const SCOPES: [&str; 2] = ["profile", "media.read"];
pub(crate) const NOW: Timestamp = Timestamp::from_seconds(1_795_470_000);

/// A client of a server that has PKCE.
pub(crate) fn config() -> ClientConfig {
    let provider = Provider::standard()
        .authorize_endpoint(AUTHORIZE)
        .token_endpoint(TOKEN)
        .build()
        .unwrap();
    ClientConfig::builder(provider, CLIENT_ID)
        .redirect_uri(REDIRECT)
        .scopes(SCOPES)
        .build()
        .unwrap()
}

pub(crate) fn measure(criterion: &mut Criterion, round: usize) {
    let config = config();
    let peer = BasicClient::new(ClientId::new(CLIENT_ID.to_owned()))
        .set_auth_uri(AuthUrl::new(AUTHORIZE.to_owned()).unwrap())
        .set_token_uri(TokenUrl::new(TOKEN.to_owned()).unwrap())
        .set_redirect_uri(RedirectUrl::new(REDIRECT.to_owned()).unwrap());

    let mut group = criterion.benchmark_group(crate::group_name("authorize", round));
    group.bench_function("shutterkey", |bencher| {
        bencher.iter(|| {
            let entropy = Entropy::from_os().unwrap();
            build_authorization_request(black_box(&config), AuthorizeOptions::new(), NOW, entropy).unwrap()
        });
    });
    group.bench_function("floor", |bencher| bencher.iter(floor));
    group.bench_function("oauth2", |bencher| {
        bencher.iter(|| {
            let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
            let (url, state) = black_box(&peer)
                .authorize_url(CsrfToken::new_random)
                .add_scopes(SCOPES.map(|scope| Scope::new(scope.to_owned())))
                .set_pkce_challenge(challenge)
                .url();
            (String::from(url), state, verifier)
        });
    });
    group.finish();
}

/// One call to the operating system for 64 bytes, one SHA-256, three times base64url; not even a URL.
fn floor() -> [[u8; 43]; 3] {
    let mut random = [0; 64];
    getrandom::fill(&mut random).unwrap();
    let (state, verifier) = random.split_at(32);
    let state = base64url(state);
    let verifier = base64url(verifier);
    let challenge = base64url(&Sha256::digest(verifier));
    [state, verifier, challenge]
}

fn base64url(bytes: &[u8]) -> [u8; 43] {
    let mut text = [0; 43];
    BASE64_URL_SAFE_NO_PAD.encode_slice(bytes, &mut text).unwrap();
    text
}
