"""The keychain store, against GNOME Keyrings on message buses of their own that the tests start and end."""

from . import counts

TARGETS = ["store_keychain", "store_keychain_refusals", "store_keychain_processes"]


def store(shell):
    targets = [word for target in TARGETS for word in ("--test", target)]
    # No other store: what this one takes has to be in its own feature.
    package = ["--locked", "-p", "shutterkey", "--features", "keychain", *targets]
    # They are left out of `cargo test` and so of clippy's --all-targets: without these programs they can only fail.
    fine = shell.run(["cargo", "clippy", "--quiet", *package, "--", "-D", "warnings"]).fine
    # Nothing of a keychain or a session that the person at this machine has.
    env = {"DBUS_SESSION_BUS_ADDRESS": None}
    return shell.check("clippy", fine) + counts.cargo(
        shell.run(["cargo", "test", "--no-fail-fast", *package], env=env)
    )
