//! Redirect URLs that were changed at random: none panics, and none is accepted that is not the answer to this login.

use std::panic::{AssertUnwindSafe, catch_unwind};

use shutterkey::testing::fixed_entropy;
use shutterkey::{
    AuthorizeOptions, ClientConfig, Grant, PendingAuthorization, Provider, ResponseType, Timestamp,
    build_authorization_request,
};

const ROUNDS: usize = 200_000;

/// Fixed, so that a failure can be found again; another one can be given as `SHUTTERKEY_SEED`.
const SEED: u64 = 0x5eed_0f5b_u64;

const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

/// SplitMix64 (Steele, Lea and Flood 2014): small, and good enough to shuffle bytes.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end.max(1)).unwrap()).unwrap()
    }

    fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len())]
    }
}

struct Login {
    pending: PendingAuthorization,
    /// Scheme, host and path of the registered redirect URI.
    base: &'static str,
    /// The redirect URI with a query of its own, where it has one.
    registered: &'static str,
    state: String,
    valid: Vec<String>,
}

fn login(provider: Provider, id: &str, registered: &'static str, response_type: ResponseType) -> Login {
    let config = ClientConfig::builder(provider, id)
        .redirect_uri(registered)
        .response_type(response_type)
        .build()
        .unwrap();
    let entropy: [u8; 64] = std::array::from_fn(|at| u8::try_from(at * 3 + 1).unwrap());
    let request = build_authorization_request(&config, AuthorizeOptions::new(), NOW, fixed_entropy(entropy)).unwrap();
    let (_, state) = request.url.split_once("state=").unwrap();
    let state = state.split('&').next().unwrap().to_owned();
    let open = match response_type {
        ResponseType::Token => '#',
        _ if registered.contains('?') => '&',
        _ => '?',
    };
    let valid = match response_type {
        ResponseType::Token => vec![
            format!("{registered}#access_token=1574083.0123abc.0123456789abcdef0123456789abcdef&state={state}"),
            format!("{registered}#state={state}&expires_in=3600&token_type=bearer&access_token=abc%2Bdef"),
        ],
        _ => vec![
            format!("{registered}{open}code=AQBsomething-_.~&state={state}#_"),
            format!("{registered}{open}state={state}&code=abc%2Bdef%23_#_=_"),
            format!("{registered}{open}x=1&code=AQB&y=%C3%A4+b&state={state}"),
            format!("{registered}{open}error=access_denied&error_description=a+b&state={state}"),
        ],
    };
    Login {
        pending: request.pending,
        base: registered.split('?').next().unwrap(),
        registered,
        state,
        valid,
    }
}

fn logins() -> Vec<Login> {
    let standard = || {
        Provider::standard()
            .authorize_endpoint("https://as.example/authorize")
            .token_endpoint("https://as.example/token")
            .issuer("https://as.example", false)
            .build()
            .unwrap()
    };
    vec![
        login(
            Provider::instagram(),
            "990602627938098",
            "https://app.example/auth/callback",
            ResponseType::Code,
        ),
        login(standard(), "abc", "http://127.0.0.1:49152/cb", ResponseType::Code),
        login(standard(), "abc", "https://app.example/cb?tenant=a", ResponseType::Code),
        login(standard(), "abc", "com.example.app:/cb", ResponseType::Code),
        login(standard(), "abc", "https://app.example/", ResponseType::Token),
    ]
}

/// Changes a text in one to four places: bytes, pieces of it twice or elsewhere, percent-encodings, pieces of attacks.
fn mutate(random: &mut Random, valid: &str, other: &str) -> String {
    const PIECES: [&str; 24] = [
        "&",
        "=",
        "?",
        "#",
        "#_",
        "#_=_",
        "%",
        "%00",
        "%0a",
        "%zz",
        "%E2%80%AE",
        "+",
        "@evil.example",
        "//",
        "/../",
        "\\",
        "\u{202e}",
        "&state=x",
        "&code=x",
        "&error=x",
        "&iss=x",
        "#access_token=x",
        "state=",
        ":443",
    ];
    let mut bytes = valid.as_bytes().to_vec();
    for _ in 0..=random.below(4) {
        let at = random.below(bytes.len() + 1);
        let to = at + random.below(bytes.len() + 1 - at);
        match random.below(9) {
            0 if at < bytes.len() => bytes[at] ^= 1 << random.below(8),
            1 if at < bytes.len() => bytes[at] = u8::try_from(random.below(256)).unwrap(),
            2 => drop(bytes.drain(at..to.min(at + 8))),
            3 => {
                let piece = bytes[at..to].to_vec();
                let place = random.below(bytes.len() + 1);
                bytes.splice(place..place, piece);
            }
            4 => {
                let from = random.below(other.len() + 1);
                bytes.splice(at.., other.as_bytes()[from..].iter().copied());
            }
            5 if at < bytes.len() => {
                let encoded = format!("%{:02X}", bytes[at]);
                bytes.splice(at..=at, encoded.into_bytes());
            }
            6 => drop(bytes.splice(at..at, random.pick(&PIECES).bytes())),
            7 => bytes[at..to].make_ascii_uppercase(),
            8 => bytes.truncate(at),
            _ => {}
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// What must be true of an accepted URL, found by other means than the code under test.
fn is_the_answer(login: &Login, url: &str) -> bool {
    let (before_fragment, fragment) = url.split_once('#').unwrap_or((url, ""));
    let (address, query) = before_fragment.split_once('?').unwrap_or((before_fragment, ""));
    let registered_query = login.registered.split_once('?').map(|(_, query)| query);
    // Scheme and host have no case, and a default port may be written out; everything else is compared as it is.
    let (scheme, rest) = address.split_once(':').unwrap_or_default();
    let (own_scheme, own_rest) = login.base.split_once(':').unwrap();
    let host_end = |text: &str| match text.strip_prefix("//") {
        Some(after) => 2 + after.find('/').unwrap_or(after.len()),
        None => 0,
    };
    let (host, path) = rest.split_at(host_end(rest));
    let (own_host, own_path) = own_rest.split_at(host_end(own_rest));
    let host = if own_scheme == "https" {
        host.strip_suffix(":443").unwrap_or(host)
    } else {
        host
    };
    let path = if path.is_empty() && !host.is_empty() { "/" } else { path };
    let same_address = scheme.eq_ignore_ascii_case(own_scheme)
        && host.eq_ignore_ascii_case(own_host)
        && path == own_path
        && registered_query.is_none_or(|own| query == own || query.starts_with(&format!("{own}&")));
    let parameters = match login.pending.response_type() {
        ResponseType::Token => ["#_=_", "#_"]
            .iter()
            .find_map(|mark| fragment.strip_suffix(mark))
            .unwrap_or(fragment),
        _ => query,
    };
    // A name may come percent-encoded, the state itself may not.
    let states: Vec<_> = parameters
        .split('&')
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .filter(|(name, _)| url::form_urlencoded::parse(name.as_bytes()).any(|(name, _)| name == "state"))
        .map(|(_, state)| state)
        .collect();
    same_address && states == [login.state.as_str()]
}

#[test]
fn changed_redirects_never_panic_and_are_accepted_only_with_their_state_at_their_address() {
    let seed = std::env::var("SHUTTERKEY_SEED").map_or(SEED, |text| text.parse().unwrap());
    println!("seed {seed}");
    let mut random = Random(seed);
    let logins = logins();
    let everything: Vec<&str> = logins
        .iter()
        .flat_map(|login| login.valid.iter().map(String::as_str))
        .collect();
    let (mut accepted, mut refused) = (0, 0);
    for round in 0..ROUNDS {
        let login = &logins[random.below(logins.len())];
        let valid = &login.valid[random.below(login.valid.len())];
        let other = random.pick(&everything);
        let url = mutate(&mut random, valid, other);
        let place = || format!("seed {seed}, round {round}: {url:?}");
        let answer = catch_unwind(AssertUnwindSafe(|| {
            let _ = login.pending.accept_pasted(&url, NOW, None);
            let _ = login.pending.accept_query(&url, NOW, None);
            login.pending.accept(&url, NOW, None)
        }));
        match answer.unwrap_or_else(|_| panic!("panicked at {}", place())) {
            Ok(grant) => {
                accepted += 1;
                assert!(is_the_answer(login, &url), "accepted at {}", place());
                let value = match &grant {
                    Grant::Code(grant) => grant.code(),
                    Grant::Token(grant) => grant.access_token(),
                };
                assert!(value.reveal().bytes().all(|b| matches!(b, 0x21..=0x7e)), "{}", place());
            }
            Err(error) => {
                refused += 1;
                let printed = format!("{error} {error:?}");
                assert!(!printed.contains(&login.state), "prints the state: {}", place());
            }
        }
    }
    println!("{accepted} accepted, {refused} refused");
    assert!(accepted > ROUNDS / 100, "too few were left whole to say anything");
    assert!(refused > ROUNDS / 4, "too few were changed to say anything");
}

#[test]
fn the_redirects_that_are_changed_are_good_before() {
    for login in logins() {
        for valid in &login.valid {
            let answer = login.pending.accept(valid, NOW, None);
            assert_eq!(answer.is_ok(), !valid.contains("error="), "{valid}: {answer:?}");
            assert!(is_the_answer(&login, valid), "{valid}");
        }
    }
}
