//! A redirect accepted with all its checks, beside merely splitting the same URL into its parameters.

use std::hint::black_box;

use criterion::Criterion;
use shutterkey::testing::fixed_entropy;
use shutterkey::{AuthorizeOptions, PendingAuthorization, build_authorization_request};
use url::Url;

use crate::authorize::{NOW, REDIRECT, config};

/// A login that was begun, and the answer to it: 199 bytes, with Instagram's `#_` at its end.
fn login() -> (PendingAuthorization, String) {
    let request = build_authorization_request(&config(), AuthorizeOptions::new(), NOW, fixed_entropy([7; 64])).unwrap();
    let (_, from_state) = request.url.split_once("state=").unwrap();
    let state = &from_state[..43];
    let code = "AQBx0Zq7".repeat(12);
    (request.pending, format!("{REDIRECT}?code={code}&state={state}#_"))
}

pub(crate) fn measure(criterion: &mut Criterion, round: usize) {
    let (pending, url) = login();
    let mut group = criterion.benchmark_group(crate::group_name("redirect", round));
    group.bench_function("shutterkey", |bencher| {
        bencher.iter(|| black_box(&pending).accept(black_box(&url), NOW, None).unwrap());
    });
    group.bench_function("url-query-pairs", |bencher| {
        bencher.iter(|| {
            let parsed = Url::parse(black_box(&url)).unwrap();
            let pairs: Vec<_> = parsed.query_pairs().collect();
            black_box(&pairs);
        });
    });
    group.finish();
}
