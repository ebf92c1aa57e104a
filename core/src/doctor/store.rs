//! The place where tokens are kept.

use super::report::{Area, Report};
use super::{Examined, SeenStore, mounts};
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
    let path = store.path.display();
    if let Err(error) = &store.usable {
        find(report, Finding::of(error));
    }
    if let Some(file_system) = store.file_system.as_deref().filter(|known| mounts::is_network(known)) {
        find(
            report,
            Finding::warning(
                "store.network",
                format!("The store {path} lies on a network file system ({file_system}), where locks may not hold between machines."),
                "Let one machine alone use it, or keep the store on a local disk: SHUTTERKEY_STORE.",
            )
            .pain(22),
        );
    }
    if !well {
        return;
    }
    if store.is_database {
        report.ok(
            Area::Store,
            "The database answers, has the store's tables, and can be written to",
        );
    } else if store.is_there {
        report.ok(
            Area::Store,
            format!("The store {path} is its owner's alone and can be written to"),
        );
    } else {
        report.ok(Area::Store, format!("The store {path} will be made by the first login"));
    }
}
