"""The walks through a real browser: builds the command and a web site, installs the browser driver, runs node's tests."""

import shutil
from pathlib import Path

from . import counts, node_examples, rust, tools
from .suite import ROOT, Counts

WALKS = ROOT / "tests" / "journeys"
PICTURES = ROOT / "build" / "journeys"


def journeys(shell):
    if not shell.run(["cargo", "build", "--locked", "-p", "shutterkey-cli"]).fine:
        return Counts(failed=1)
    if not node_examples.ready(shell):
        return Counts(failed=1)
    if not shell.run([tools.find("npm"), "ci", "--prefer-offline"], cwd=WALKS).fine:
        return Counts(failed=1)
    shutil.rmtree(PICTURES, ignore_errors=True)
    env = {
        "CHROMIUM": tools.find("chromium"),
        "SHUTTERKEY": str(Path(rust.metadata()["target_directory"]) / "debug" / "shutterkey"),
    }
    command = [tools.find("node"), "--test", "--test-reporter=spec", "--test-timeout=180000"]
    return counts.node(shell.run(command, cwd=WALKS, env=env))
