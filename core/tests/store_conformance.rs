//! Every store keeps every promise, and the suite notices one that does not.
#![cfg(feature = "client")]

use std::time::Duration;

use shutterkey::record::{Lease, RecordBytes, StoreKey, Stored};
use shutterkey::store::conformance::{Subject, check};
use shutterkey::store::{BoxFuture, Claimed, Listed, Store, Written};
use shutterkey::{MemoryStore, Result, Timestamp};

#[tokio::test(flavor = "multi_thread")]
async fn the_memory_store_conforms() {
    let report = check(|| async {
        let store = MemoryStore::new();
        Ok(Subject::new(store.clone()).second_handle(store))
    })
    .await;
    assert!(report.passed() && report.skipped().count() == 0, "{report}");
}

#[cfg(all(feature = "file-store", unix))]
#[tokio::test(flavor = "multi_thread")]
async fn the_file_store_conforms_over_two_handles() {
    use shutterkey::FileStore;
    let report = check(|| async {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("accounts");
        let (one, other) = (FileStore::open(&path).await?, FileStore::open(&path).await?);
        Ok(Subject::new(one).second_handle(other).keeping(folder))
    })
    .await;
    assert!(report.passed() && report.skipped().count() == 0, "{report}");
}

#[tokio::test]
async fn what_cannot_be_checked_is_reported_as_skipped() {
    let report = check(|| async { Ok(Subject::new(MemoryStore::new())) }).await;
    let skipped: Vec<_> = report.skipped().map(|finding| finding.name).collect();
    assert_eq!(
        skipped,
        [
            "two handles see each other's records",
            "two handles share leases and fences"
        ]
    );
}

#[tokio::test]
async fn a_store_that_cannot_be_made_fails_every_check() {
    let report = check(|| async { Err(shutterkey::ErrorCode::StoreUnavailable.into()) }).await;
    assert_eq!(report.failures().count(), report.findings().len());
}

#[test]
fn without_a_runtime_the_suite_reports_instead_of_panicking() {
    let mut running = Box::pin(check(|| async { Ok(Subject::new(MemoryStore::new())) }));
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready(report) = running.as_mut().poll(&mut context) else {
        panic!("the memory store does not wait");
    };
    assert!(!report.passed());
    assert!(report.to_string().contains("tokio runtime"), "{report}");
}

/// One broken promise each.
#[derive(Clone, Copy, Debug)]
enum Fault {
    IgnoresExpected,
    IgnoresFence,
    IgnoresForgetAt,
    CutsBytes,
    LosesDueAt,
    ReusesVersions,
    DeletesAnyVersion,
    LeasesToEverybody,
    ReleasesAnybodysLease,
    NeverFreesLeases,
    IgnoresCaseOfKeys,
    IgnoresAfter,
    IgnoresLimit,
    ListsBackwards,
    ListsWhatIsNotDue,
    LeavesProbe,
    ClaimsWhatIsLeased,
    ClaimsWithoutLease,
    ClaimsWhatIsNotDue,
    ClaimsBeyondLimit,
}

#[derive(Debug)]
struct Faulty(MemoryStore, Fault);

impl Faulty {
    fn has(&self, fault: Fault) -> bool {
        std::mem::discriminant(&self.1) == std::mem::discriminant(&fault)
    }

    fn key(&self, key: &StoreKey) -> StoreKey {
        if self.has(Fault::IgnoresCaseOfKeys) {
            return StoreKey::from_stored(key.as_str().to_lowercase());
        }
        key.clone()
    }
}

impl Store for Faulty {
    fn load<'a>(&'a self, key: &'a StoreKey, now: Timestamp) -> BoxFuture<'a, Result<Option<Stored>>> {
        let now = if self.has(Fault::IgnoresForgetAt) {
            Timestamp::MIN
        } else {
            now
        };
        Box::pin(async move {
            let mut stored = self.0.load(&self.key(key), now).await?;
            if let (Fault::ReusesVersions, Some(stored)) = (self.1, &mut stored) {
                stored.version = 1;
            }
            Ok(stored)
        })
    }

    fn save<'a>(
        &'a self,
        key: &'a StoreKey,
        mut record: RecordBytes,
        mut expected: Option<u64>,
        fence: Option<u64>,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Written>> {
        Box::pin(async move {
            let key = self.key(key);
            match self.1 {
                Fault::IgnoresExpected => expected = self.0.load(&key, now).await?.map(|stored| stored.version),
                Fault::CutsBytes => record.bytes.truncate(65_535),
                Fault::LosesDueAt => record.due_at = None,
                Fault::ReusesVersions if expected == Some(1) => {
                    expected = self.0.load(&key, now).await?.map(|stored| stored.version);
                }
                _ => {}
            }
            let fence = if self.has(Fault::IgnoresFence) { None } else { fence };
            let written = self.0.save(&key, record, expected, fence, now).await?;
            Ok(match (self.1, written) {
                (Fault::ReusesVersions, Written::Version(_)) => Written::Version(1),
                _ => written,
            })
        })
    }

    fn delete<'a>(&'a self, key: &'a StoreKey, mut expected: u64) -> BoxFuture<'a, Result<Written>> {
        Box::pin(async move {
            let key = self.key(key);
            if let (Fault::DeletesAnyVersion, Some(stored)) = (self.1, self.0.load(&key, Timestamp::MIN).await?) {
                expected = stored.version;
            }
            self.0.delete(&key, expected).await
        })
    }

    fn lease<'a>(&'a self, key: &'a StoreKey, ttl: Duration, now: Timestamp) -> BoxFuture<'a, Result<Option<Lease>>> {
        Box::pin(async move {
            let ttl = match self.1 {
                Fault::LeasesToEverybody => Duration::ZERO,
                Fault::NeverFreesLeases => Duration::MAX,
                _ => ttl,
            };
            self.0.lease(&self.key(key), ttl, now).await
        })
    }

    fn release<'a>(&'a self, lease: Lease) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            if self.has(Fault::ReleasesAnybodysLease) {
                for fence in 0..=100 {
                    let key = lease.key.clone();
                    self.0.release(Lease { key, fence }).await?;
                }
            }
            self.0.release(lease).await
        })
    }

    fn list<'a>(
        &'a self,
        prefix: &'a str,
        due_before: Option<Timestamp>,
        after: Option<&'a StoreKey>,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Listed>>> {
        Box::pin(async move {
            let due_before = due_before.filter(|_| !self.has(Fault::ListsWhatIsNotDue));
            let after = after.filter(|_| !self.has(Fault::IgnoresAfter));
            let limit = if self.has(Fault::IgnoresLimit) {
                usize::MAX
            } else {
                limit
            };
            let mut listed = self.0.list(prefix, due_before, after, limit).await?;
            if self.has(Fault::ListsBackwards) {
                listed.reverse();
            }
            Ok(listed)
        })
    }

    fn claim_due<'a>(
        &'a self,
        prefix: &'a str,
        due_before: Timestamp,
        limit: usize,
        ttl: Duration,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Vec<Claimed>>> {
        Box::pin(async move {
            match self.1 {
                Fault::ClaimsWhatIsLeased => self.0.end_leases(),
                Fault::ClaimsWhatIsNotDue => {
                    let late = due_before.plus(1_000);
                    return self.0.claim_due(prefix, late, limit, ttl, now).await;
                }
                _ => {}
            }
            let limit = limit + usize::from(self.has(Fault::ClaimsBeyondLimit));
            let claimed = self.0.claim_due(prefix, due_before, limit, ttl, now).await?;
            if self.has(Fault::ClaimsWithoutLease) {
                self.0.end_leases();
            }
            Ok(claimed)
        })
    }

    fn probe(&self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move {
            if self.has(Fault::LeavesProbe) {
                let bytes = RecordBytes {
                    bytes: Vec::new().into(),
                    due_at: None,
                    forget_at: None,
                };
                let key = StoreKey::from_stored("probe");
                self.0.save(&key, bytes, None, None, Timestamp::MIN).await?;
            }
            Ok(())
        })
    }
}

#[tokio::test]
async fn each_broken_promise_is_found_by_the_check_of_that_name() {
    for (fault, name) in [
        (Fault::IgnoresExpected, "a write replaces only the version it expects"),
        (Fault::IgnoresExpected, "an older record does not replace a newer one"),
        (Fault::IgnoresExpected, "of many that create at once, one does"),
        (
            Fault::IgnoresExpected,
            "of many that replace one version at once, one does",
        ),
        (Fault::IgnoresFence, "a write under an earlier lease is refused"),
        (
            Fault::IgnoresForgetAt,
            "a forgotten record is absent and can be made anew",
        ),
        (Fault::CutsBytes, "bytes come back as they were"),
        (Fault::LosesDueAt, "due_at and forget_at come back as they were"),
        (Fault::ReusesVersions, "versions grow and are never used again"),
        (
            Fault::DeletesAnyVersion,
            "a deletion removes only the version it expects",
        ),
        (Fault::LeasesToEverybody, "a lease has one holder"),
        (
            Fault::LeasesToEverybody,
            "of many that ask for a lease at once, one has it",
        ),
        (
            Fault::ReleasesAnybodysLease,
            "giving back an old lease leaves the new one",
        ),
        (Fault::NeverFreesLeases, "a lease frees itself"),
        (
            Fault::NeverFreesLeases,
            "a clock that is set back does not make a lease eternal",
        ),
        (Fault::IgnoresCaseOfKeys, "odd names do not meet"),
        (Fault::IgnoresAfter, "a list goes on after a key"),
        (Fault::IgnoresLimit, "a list goes on after a key"),
        (
            Fault::ListsBackwards,
            "a list has the keys of its prefix, in order of their bytes",
        ),
        (
            Fault::ListsWhatIsNotDue,
            "a list of what is due has what is due before the moment",
        ),
        (Fault::LeavesProbe, "a probe leaves nothing behind"),
        (Fault::ClaimsWhatIsLeased, "a claim passes over what somebody has"),
        (Fault::ClaimsWhatIsLeased, "claims in batches take each once"),
        (
            Fault::ClaimsWhatIsLeased,
            "of many that claim at once, no two have the same",
        ),
        (
            Fault::ClaimsWithoutLease,
            "what is due is claimed with its record and a lease",
        ),
        (
            Fault::ClaimsWhatIsNotDue,
            "what is due is claimed with its record and a lease",
        ),
        (
            Fault::ClaimsBeyondLimit,
            "what is due is claimed with its record and a lease",
        ),
    ] {
        let report = check(|| async { Ok(Subject::new(Faulty(MemoryStore::new(), fault))) }).await;
        let found = report.failures().any(|finding| finding.name == name);
        assert!(found, "{fault:?} was not found by {name:?}:\n{report}");
    }
}
