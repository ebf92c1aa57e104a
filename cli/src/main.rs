//! The `shutterkey` command.

fn main() {}
