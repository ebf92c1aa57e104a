"""The keychain store and the command over it, against GNOME Keyrings on message buses of their own that the tests start and end."""

from . import counts
from .suite import Counts

TARGETS = ["store_keychain", "store_keychain_refusals", "store_keychain_processes"]

COMMAND_TARGETS = ["keychain"]
"""Those of the command."""


def store(shell):
    total = Counts()
    for name, targets in (("shutterkey", TARGETS), ("shutterkey-cli", COMMAND_TARGETS)):
        words = [word for target in targets for word in ("--test", target)]
        # No other store: what this one takes has to be in its own feature.
        package = ["--locked", "-p", name, "--features", "keychain", *words]
        # They are left out of `cargo test` and so of clippy's --all-targets: without these programs they can only fail.
        total += shell.check("clippy", shell.run(["cargo", "clippy", "--quiet", *package, "--", "-D", "warnings"]).fine)
        # Nothing of a keychain or a session that the person at this machine has.
        env = {"DBUS_SESSION_BUS_ADDRESS": None}
        total += counts.cargo(shell.run(["cargo", "test", "--no-fail-fast", *package], env=env))
    return total
