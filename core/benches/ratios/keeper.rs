//! `Keeper::token` with a fresh token: the way that nearly every call takes.

use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use criterion::Criterion;
use shutterkey::keeper::ImportToken;
use shutterkey::store::BoxFuture;
use shutterkey::{
    Client, ClientConfig, HttpRequest, HttpResponse, InstagramAppId, Keeper, MemoryStore, SendError, SystemClock,
    Transport,
};
use shutterkey::{Clock, Expiry};

/// Answers whose token it is, each time another person, and counts.
#[derive(Debug, Default)]
struct Identity(AtomicUsize);

impl Transport for Identity {
    fn send<'a>(&'a self, _: &'a HttpRequest) -> BoxFuture<'a, Result<HttpResponse, SendError>> {
        let number = self.0.fetch_add(1, Ordering::Relaxed);
        let body =
            format!(r#"{{"user_id":"1784140{number:010}","id":"2400000{number:010}","username":"sandbox.studio"}}"#);
        Box::pin(async move { Ok(HttpResponse::new(200, Vec::new(), body.into_bytes())) })
    }
}

pub(crate) fn measure(criterion: &mut Criterion, round: usize) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let transport = Arc::new(Identity::default());
    let keeper = runtime.block_on(keeper_with_account(Arc::clone(&transport)));
    let asked_before = transport.0.load(Ordering::Relaxed);

    let mut group = criterion.benchmark_group(crate::group_name("keeper", round));
    group.bench_function("fresh-token", |bencher| {
        bencher.iter_custom(|times| {
            runtime.block_on(async {
                let began = Instant::now();
                for _ in 0..times {
                    black_box(keeper.token(black_box("me")).await.unwrap());
                }
                began.elapsed()
            })
        });
    });
    group.finish();
    assert_eq!(
        transport.0.load(Ordering::Relaxed),
        asked_before,
        "a fresh token needs no request"
    );
}

/// The same from several threads, each of which may have an account of its own.
pub(crate) fn print_threads() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let keeper = runtime.block_on(keeper_with_account(Arc::default()));
    let names: Vec<_> = (0..16).map(|number| format!("shop-{number}")).collect();
    for (number, name) in names.iter().enumerate() {
        runtime.block_on(import(&keeper, &format!("IGAATest{number:032}"), name));
    }
    crate::threads::print(&keeper, &names);
}

async fn keeper_with_account(transport: Arc<Identity>) -> Keeper {
    let app_id = InstagramAppId::parse("990602627938098").unwrap();
    let config = ClientConfig::instagram(&app_id)
        .redirect_uri(crate::authorize::REDIRECT)
        .build()
        .unwrap();
    let keeper = Keeper::new(Client::over(config, transport), Arc::new(MemoryStore::new()));
    import(&keeper, "IGAATest00000000000000000000000000000000", "me").await;
    keeper
}

/// Takes a token in under a name, and asks for it once: the store is then read.
async fn import(keeper: &Keeper, token: &str, name: &str) {
    let mut import = ImportToken::new(token).alias(name);
    import.expiry = Some(Expiry::At(SystemClock.now().plus(60 * 86_400)));
    keeper.import_token(import).await.unwrap();
    keeper.token(name).await.unwrap();
}
