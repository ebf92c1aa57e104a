//! The place where tokens are kept.

use super::report::{Area, Report};
use super::{Examined, mounts};
use crate::explain::Finding;

pub(super) fn check(seen: &Examined, report: &mut Report) {
    let Some(store) = &seen.store else { return };
    let path = store.path.display();
    if let Err(error) = &store.usable {
        report.find(Area::Store, Finding::of(error));
    }
    if let Some(file_system) = store.file_system.as_deref().filter(|known| mounts::is_network(known)) {
        report.find(
            Area::Store,
            Finding::warning(
                "store.network",
                format!("The store {path} lies on a network file system ({file_system}), where locks may not hold between machines."),
                "Let one machine alone use it, or keep the store on a local disk: SHUTTERKEY_STORE.",
            )
            .pain(22),
        );
    }
    if !report.is_well(Area::Store) {
        return;
    }
    if store.is_there {
        report.ok(
            Area::Store,
            format!("The store {path} is its owner's alone and can be written to"),
        );
    } else {
        report.ok(Area::Store, format!("The store {path} will be made by the first login"));
    }
}
