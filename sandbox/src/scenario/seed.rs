//! From a scenario to what it describes, made by the same functions as one by one.

use std::collections::BTreeMap;

use shutterkey::Clock;

use super::read::refused;
use super::{ClockSpec, PersonSpec, Scenario, Seeded};
use crate::apps;
use crate::clock::SandboxClock;
use crate::error::SandboxError;
use crate::lives;
use crate::reach::Reach;
use crate::site::Shared;
use crate::world::{AccountType, Person, World, full_username};

type Result<T> = std::result::Result<T, SandboxError>;

/// Makes all that a scenario describes, or nothing.
pub(crate) fn seed(shared: &Shared, scenario: &Scenario) -> Result<Seeded> {
    let mut world = shared.world();
    // What is made is made in a copy, and the world is as it was until all of it is there.
    let mut copy = world.clone();
    let clock = moved(&shared.clock, scenario.clock);
    if !scenario.behaviour.is_empty() {
        let changed = copy.behaviour.changed(scenario.behaviour.clone());
        copy.behaviour = changed.map_err(at(&["behaviour"]))?;
    }
    let made = make(&mut copy, &shared.reach, &clock, scenario)?;
    let (mut faults, mut usages) = (scenario.faults.clone(), scenario.usages.clone());
    for (number, fault) in faults.iter_mut().enumerate() {
        resolve(
            &copy,
            &made,
            &format!("faults[{number}]"),
            &fault.account,
            &mut fault.client_id,
        )?;
    }
    for (number, usage) in usages.iter_mut().enumerate() {
        let place = format!("usages[{number}]");
        resolve(&copy, &made, &place, &usage.account, &mut usage.client_id)?;
        usage.check().map_err(at(&[&place]))?;
    }

    *world = copy;
    shared.clock.restore(clock.setting());
    let now = clock.now();
    for fault in faults {
        shared.faults().add(fault, now);
    }
    for usage in usages {
        shared.usages().set(usage, now);
    }
    shared.seeded().extend(made.clone());
    Ok(made)
}

fn moved(clock: &SandboxClock, spec: Option<ClockSpec>) -> SandboxClock {
    let clock = SandboxClock::restored(clock.setting());
    let spec = spec.unwrap_or_default();
    match spec.frozen {
        Some(true) => clock.freeze(),
        Some(false) => clock.unfreeze(),
        None => {}
    }
    if let Some(now) = spec.now {
        clock.set(now);
    }
    clock
}

fn make(world: &mut World, reach: &Reach, clock: &SandboxClock, scenario: &Scenario) -> Result<Seeded> {
    let mut made = Seeded::default();
    for (name, spec) in &scenario.people {
        made.people.insert(name.clone(), person(world, name, spec)?);
    }
    for (name, spec) in &scenario.pages {
        known(world, &["pages", name, "owner"], &spec.owner)?;
        if let Some(account) = &spec.instagram {
            known(world, &["pages", name, "instagram"], account)?;
        }
        let page = lives::add_page(world, spec).map_err(at(&["pages", name]))?;
        made.pages.insert(name.clone(), page);
    }
    for (name, spec) in &scenario.apps {
        if let Some(owner) = &spec.owner {
            known(world, &["apps", name, "owner"], owner)?;
        }
        for tester in &spec.testers {
            known(world, &["apps", name, "testers"], tester)?;
        }
        let app = apps::register(world, reach, spec).map_err(at(&["apps", name]))?;
        made.apps.insert(name.clone(), app);
    }
    for (name, spec) in &scenario.tokens {
        known(world, &["tokens", name, "person"], &spec.person)?;
        let app = named(&made.apps, &["tokens", name, "app"], &spec.app)?;
        let at_then = clock.now().plus(-i64::from(spec.age_seconds));
        let token = apps::mint(world, reach, app.product, Some(&app.client_id), &spec.person, at_then);
        made.tokens.insert(name.clone(), token.map_err(at(&["tokens", name]))?);
    }
    Ok(made)
}

/// The person as they are to be: added, or found to be so.
fn person(world: &mut World, name: &str, spec: &PersonSpec) -> Result<Person> {
    let place = ["people", name];
    let username = full_username(name).ok_or_else(|| at(&place)(SandboxError::Username(name.to_owned())))?;
    if let Some(person) = world.person(&username) {
        let other = |field: &str, is: &str| {
            let problem = format!("{username} is here already, and it is {is:?}; leave it out");
            Err(refused(format!("{}.{field}", place.join(".")), problem))
        };
        if spec.account_type.is_some_and(|kind| kind != person.account_type) {
            return other("account_type", person.account_type.name());
        }
        if spec.full_name.as_ref().is_some_and(|name| *name != person.full_name) {
            return other("full_name", &person.full_name);
        }
    } else {
        let kind = spec.account_type.unwrap_or(AccountType::Business);
        let full_name = spec.full_name.as_deref().unwrap_or_default();
        let added = world.add_person(&username, full_name, kind);
        added.map_err(|problem| refused(place.join("."), problem))?;
    }
    if !spec.page {
        lives::remove_pages(world, &username).map_err(at(&place))?;
    }
    apps::person(world, &username, AccountType::Business).map_err(at(&place))
}

/// Checks the person of a fault or of a usage, and puts a client id in the place of the name of one of the scenario's apps.
fn resolve(
    world: &World,
    made: &Seeded,
    place: &str,
    account: &Option<String>,
    client_id: &mut Option<String>,
) -> Result<()> {
    if let Some(account) = account {
        known(world, &[place, "account"], account)?;
    }
    if let Some(given) = client_id
        && (made.apps.contains_key(given) || !apps::is_known(world, given))
    {
        *client_id = Some(named(&made.apps, &[place, "client_id"], given)?.client_id.clone());
    }
    Ok(())
}

/// One of the scenario's own things.
fn named<'a, T>(all: &'a BTreeMap<String, T>, place: &[&str], name: &str) -> Result<&'a T> {
    all.get(name).ok_or_else(|| {
        let names: Vec<&str> = all.keys().map(String::as_str).collect();
        let there = if names.is_empty() {
            "it has none".to_owned()
        } else {
            format!("it has {}", names.join(", "))
        };
        refused(
            place.join("."),
            format!("there is no app {name:?} in this scenario: {there}"),
        )
    })
}

/// Somebody who is there. A name that is mistyped is nobody new.
fn known(world: &World, place: &[&str], name: &str) -> Result<()> {
    if full_username(name).is_some_and(|username| world.person(&username).is_some()) {
        return Ok(());
    }
    let names: Vec<&str> = world.people.iter().map(|person| person.username.as_str()).collect();
    let some = names.iter().take(20).copied().collect::<Vec<_>>().join(", ");
    let problem = format!("there is no person {name:?} in this sandbox: add them under people, or take one of {some}");
    Err(refused(place.join("."), problem))
}

/// Puts what went wrong at its place.
fn at(place: &[&str]) -> impl Fn(SandboxError) -> SandboxError + use<> {
    let place = place.join(".");
    move |error| refused(place.clone(), error.to_string())
}
