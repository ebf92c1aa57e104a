"""The `standard` provider against OAuth servers of others: the same scenarios in Rust, Python and Node."""

import re
import shlex
import sys
from pathlib import Path

from . import node, python, rust, tools
from .suite import ROOT, Counts

FOLDER = ROOT / "tests" / "interop"
RUST = ["cargo", "build", "--locked", "-p", "shutterkey", "--example", "interop"]

_SUMMARY = re.compile(r"^(\d+) passed, (\d+) failed$", re.MULTILINE)


def walks(shell):
    install = [tools.find("npm"), "ci", "--prefer-offline", "--ignore-scripts"]
    if not shell.run(install, cwd=FOLDER).fine or not shell.run(RUST).fine:
        return Counts(failed=1)
    if not python.ready(shell) or not node.ready(shell):
        return Counts(failed=1)
    program = Path(rust.metadata()["target_directory"]) / "debug" / "examples" / "interop"
    drivers = {
        "rust": [program],
        "python": [python.tool("python"), "drivers/driver.py"],
        "node": [tools.find("node"), "drivers/driver.mjs"],
    }
    named = [f"{language}={shlex.join(map(str, command))}" for language, command in drivers.items()]
    ended = shell.run([sys.executable, FOLDER / "run.py", *named], env=python.environment(), limit=300)
    summary = _SUMMARY.findall(ended.output)
    if not summary:
        return Counts(failed=1)
    passed, failed = map(int, summary[-1])
    return Counts(passed, failed or (0 if ended.fine else 1))
