"""The README's first command, as a person runs it who has just cloned the repository."""

import os
import re
import tempfile
from pathlib import Path

from .suite import Counts

# What a sandbox's long-lived Instagram token looks like, and nothing else on the line.
TOKEN = re.compile(r"^IGAASANDBOX[A-Za-z0-9]{20,}$")


def first_command(shell):
    with tempfile.TemporaryDirectory() as home:
        env = _fresh(home)

        def cargo_run(*arguments):
            return shell.run(["cargo", "run", "--locked", "--", *arguments], env=env, apart=True)

        login = cargo_run("login", "--sandbox", "--auto-approve")
        token = cargo_run("token")
        whoami = cargo_run("whoami")
        value = token.output.strip()
        said = login.output + login.errors
        checks = [
            ("login ends well", login.fine),
            ("token prints one token and nothing else", token.fine and TOKEN.match(value) is not None),
            ("login has shown the token masked only", login.fine and bool(value) and value not in said),
            ("whoami answers the sandbox person", whoami.fine and ".sandbox" in whoami.output),
            ("what is kept is under the home folder", any(path.is_file() for path in Path(home).rglob("*"))),
        ]
        total = Counts()
        for what, fine in checks:
            total += shell.check(what, fine)
        return total


def _fresh(home):
    """An empty home folder for the command, the person's own for cargo."""
    user = Path.home()
    removed = {name: None for name in os.environ if name.startswith(("SHUTTERKEY_", "XDG_"))}
    return {
        **removed,
        "HOME": home,
        "CARGO_HOME": os.environ.get("CARGO_HOME", str(user / ".cargo")),
        "RUSTUP_HOME": os.environ.get("RUSTUP_HOME", str(user / ".rustup")),
    }
