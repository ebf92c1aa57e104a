//! Keys for the cookies of web sites.

mod common;

use common::Home;
use shutterkey::SealKeys;

#[test]
fn a_new_ring_is_alone_on_stdout_and_never_the_same() {
    let home = Home::new();
    let (one, other) = (home.run(&["keygen"]).with_code(0), home.run(&["keygen"]).with_code(0));
    assert_eq!(one.stdout.lines().count(), 1);
    assert_ne!(one.stdout, other.stdout);
    SealKeys::parse(one.stdout.trim()).unwrap();
    assert_eq!(one.stderr, "");
}

#[test]
fn rotating_puts_a_new_key_in_front_of_those_that_were_there() {
    let home = Home::new();
    let old = home.run(&["keygen"]).with_code(0).stdout;
    let rotated = home.run_with(&["keygen", "--rotate"], &[], &old).with_code(0).stdout;
    let (new, rest) = rotated.trim().split_once(',').unwrap();
    assert_eq!(rest, old.trim());
    assert_ne!(new, rest);
}

#[test]
fn rotating_what_is_no_ring_is_an_error_of_the_configuration() {
    let home = Home::new();
    let refused = home
        .run_with(&["keygen", "--rotate", "--json"], &[], "no ring at all")
        .with_code(10);
    assert!(refused.stdout.contains("config.seal_key"), "{refused:?}");
    assert!(!refused.stdout.contains("no ring"), "{refused:?}");
}
