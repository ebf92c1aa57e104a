//! A test that starts its own binary again, with itself as the one test to run and a part to play.

use std::env;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::{Place, Servers, Way};

const PLAYS: &str = "STORE_TEST_PLAYS";

/// The part, in the process that was started to play it: a schema, a folder, a number.
pub(crate) fn part(servers: &Servers) -> Option<(Place, String, usize)> {
    let words = env::var(PLAYS).ok()?;
    let [schema, folder, number] = words.split(' ').collect::<Vec<_>>()[..] else {
        panic!("{words}");
    };
    Some((
        Place::named(servers, schema),
        folder.to_owned(),
        number.parse().unwrap(),
    ))
}

pub(crate) fn start(test: &str, place: &Place, folder: &Path, number: usize) -> Child {
    Command::new(env::current_exe().unwrap())
        .args([test, "--exact", "--nocapture", "--test-threads=1"])
        .env(PLAYS, format!("{} {} {number}", place.schema, folder.display()))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// What a child says, each thing on a line that begins so; the test harness prints in between.
pub(crate) fn said(child: &mut Child) -> impl Iterator<Item = String> + use<> {
    BufReader::new(child.stdout.take().unwrap())
        .lines()
        .map_while(Result::ok)
        .filter_map(|line| line.split_once("SAYS ").map(|(_, said)| said.to_owned()))
}

/// Half of those who share go through the pooler.
pub(crate) fn way(number: usize) -> Way {
    [Way::Direct, Way::Bouncer][number % 2]
}
