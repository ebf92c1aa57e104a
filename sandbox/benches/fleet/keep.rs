//! One of the processes that keep the fleet.

use std::sync::Arc;

use serde_json::{Value, json};
use shutterkey::Keeper;
use shutterkey::keeper::FleetOptions;

use crate::database::Database;
use crate::platform::client_of;
use crate::served::{Served, say};

/// What a process needs to know, as one argument.
pub(crate) fn plan(database: &Database, platform: &Served) -> String {
    json!({
        "schema": database.schema(),
        "base": platform.text("base"),
        "client_id": platform.text("client_id"),
        "client_secret": platform.text("client_secret"),
    })
    .to_string()
}

/// Keeps what is due and says what that came to.
pub(crate) async fn keep(plan: &str) {
    let plan: Value = serde_json::from_str(plan).expect("a plan");
    let text = |name: &str| plan[name].as_str().expect("a text");
    let store = Database::named(text("schema")).store(8);
    let client = client_of(text("base"), text("client_id"), text("client_secret"));
    say(&json!({}));
    let keeper = Keeper::new(client, Arc::new(store));
    let options = FleetOptions::new().per_second(100_000.0).at_once(32).once();
    let counts = keeper.run(options, std::future::pending()).await.expect("a run");
    assert_eq!(counts.accounts(), counts.refreshed, "{counts:?}");
    say(&json!({ "refreshed": counts.refreshed }));
}

/// What became of such a process.
pub(crate) struct Ended {
    pub(crate) refreshed: u64,
    pub(crate) most_mib: f64,
    pub(crate) processor_seconds: f64,
}

/// Waits for its end, looking at it every few milliseconds meanwhile.
pub(crate) fn ended(mut keeper: Served) -> Ended {
    let (mut most_mib, mut processor_seconds) = (0.0_f64, 0.0);
    while keeper.runs() {
        most_mib = most_mib.max(keeper.resident_mib());
        processor_seconds = keeper.processor_seconds();
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let said = keeper.says_last().expect("a keeper that ended well");
    Ended {
        refreshed: said["refreshed"].as_u64().expect("a count"),
        most_mib,
        processor_seconds,
    }
}
