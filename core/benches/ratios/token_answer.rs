//! A token answer read with all its checks, beside serde_json filling a bare struct from the same body.

use std::hint::black_box;

use criterion::Criterion;
use serde::Deserialize;
use shutterkey::protocol::answer::parse_exchange_response;
use shutterkey::provider::Provider;
use shutterkey::{HttpResponse, ScopeSet};

use crate::authorize::NOW;

/// Instagram's answer as it is in the field: 150 bytes.
const FLAT: &str = r#"{"access_token":"IGAATest0000000000000000000000000000000000000000000000000000000","user_id":17841400000000001,"permissions":"instagram_business_basic"}"#;

/// The same as Meta documents it.
const IN_DATA: &str = r#"{"data":[{"access_token":"IGAATest0000000000000000000000000000000000000000000000000000000","user_id":"17841400000000001","permissions":"instagram_business_basic"}]}"#;

/// RFC 6749 5.1.
const STANDARD: &str = r#"{"access_token":"2YotnFZFEjr1zCsicMWpAA2YotnFZFEjr1zCsicMWpAA","token_type":"Bearer","expires_in":3600,"refresh_token":"tGzv3JOkF0XG5Qx2TlKWIA","scope":"profile"}"#;

#[derive(Deserialize)]
#[expect(dead_code, reason = "read by nobody; filling it is what is measured")]
struct Flat {
    access_token: String,
    user_id: u64,
    permissions: String,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "read by nobody; filling it is what is measured")]
struct InData {
    data: Vec<Documented>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "read by nobody; filling it is what is measured")]
struct Documented {
    access_token: String,
    user_id: String,
    permissions: String,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "read by nobody; filling it is what is measured")]
struct Standard {
    access_token: String,
    token_type: String,
    expires_in: u64,
    refresh_token: String,
    scope: String,
}

pub(crate) fn measure(criterion: &mut Criterion, round: usize) {
    let standard = crate::authorize::config();
    pair::<Flat>(criterion, "token-flat", round, &Provider::instagram(), FLAT);
    pair::<InData>(criterion, "token-in-data", round, &Provider::instagram(), IN_DATA);
    pair::<Standard>(criterion, "token-standard", round, standard.provider(), STANDARD);
}

fn pair<Bare: for<'a> Deserialize<'a>>(
    criterion: &mut Criterion,
    name: &str,
    round: usize,
    provider: &Provider,
    body: &str,
) {
    let response = HttpResponse::new(200, Vec::new(), body.into());
    let asked = ScopeSet::empty();
    let mut group = criterion.benchmark_group(crate::group_name(name, round));
    group.bench_function("shutterkey", |bencher| {
        bencher.iter(|| parse_exchange_response(provider, &asked, black_box(&response), NOW).unwrap());
    });
    group.bench_function("serde-json", |bencher| {
        bencher.iter(|| serde_json::from_slice::<Bare>(black_box(&response).body()).unwrap());
    });
    group.finish();
}
