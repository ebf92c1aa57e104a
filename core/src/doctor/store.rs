//! The place where tokens are kept.

use super::report::{Area, Report};
use super::{Examined, SeenStore, mounts};
use crate::config::profile::StorePlace;
use crate::explain::Finding;

pub(super) fn check(seen: &Examined, report: &mut Report) {
    for store in &seen.stores {
        of_store(store, report);
    }
}

fn of_store(store: &SeenStore, report: &mut Report) {
    let mut well = true;
    let mut find = |report: &mut Report, finding: Finding| {
        well = false;
        report.find(Area::Store, finding);
    };
    let place = &store.place;
    if let Err(error) = &store.usable {
        find(report, Finding::of(error));
    }
    if let Some(file_system) = store.file_system.as_deref().filter(|known| mounts::is_network(known)) {
        find(
            report,
            Finding::warning(
                "store.network",
                format!("The store {place} lies on a network file system ({file_system}), where locks may not hold between machines."),
                "Let one machine alone use it, or keep the store on a local disk: SHUTTERKEY_STORE.",
            )
            .pain(22),
        );
    }
    if !well {
        return;
    }
    let says = match place {
        StorePlace::Postgres(_) => "The database answers, has the store's tables, and can be written to".to_owned(),
        StorePlace::Keychain => "The keychain answers, is unlocked, and can be written to".to_owned(),
        StorePlace::Folder(_) if store.is_there => {
            format!("The store {place} is its owner's alone and can be written to")
        }
        StorePlace::Folder(_) => format!("The store {place} will be made by the first login"),
    };
    report.ok(Area::Store, says);
}
