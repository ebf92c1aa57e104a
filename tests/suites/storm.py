"""A thousand callers in four processes over one store, of one language and of several: one refresh."""

import shlex
import sys
from pathlib import Path

from . import counts, node, python, rust, tools
from .suite import ROOT, Counts

FOLDER = ROOT / "tests" / "storm"
LIMIT_SECONDS = 5 * 60

# With the features that other suites build, and so without compiling anew.
COMMAND = ["cargo", "build", "--locked", "-p", "shutterkey-cli", "--all-features"]
DRIVER = ["cargo", "build", "--locked", "-p", "shutterkey", "--all-features", "--example", "storm"]


def files(shell):
    """Over folders."""
    return _storms(shell)


def postgres(shell, servers):
    """Over the database that this file describes."""
    return _storms(shell, "--servers", servers)


def _storms(shell, *store):
    # Not once for all: another suite may have built the command without the database.
    if not all(shell.run(build).fine for build in (COMMAND, DRIVER)) or not python.ready(shell) or not node.ready(shell):
        return Counts(failed=1)
    built = Path(rust.metadata()["target_directory"]) / "debug"
    python_driver = [python.tool("python"), "-W", "error", "drivers/storm.py"]
    drivers = {
        "rust": [built / "examples" / "storm"],
        "python-threads": [*python_driver, "threads"],
        "python-tasks": [*python_driver, "tasks"],
        "node": [tools.find("node"), "drivers/storm.mjs"],
    }
    command = [sys.executable, FOLDER / "run.py", "--shutterkey", built / "shutterkey", *store]
    command += [f"{name}={shlex.join(map(str, start))}" for name, start in drivers.items()]
    return counts.walks(shell.run(command, env=python.environment(), limit=LIMIT_SECONDS))
