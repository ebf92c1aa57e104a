"""Runs suites one after the other: a line for each, the log of those that failed, and the total."""

import os
import sys
import time
import traceback

from . import tools
from .shell import Shell
from .suite import ROOT, Counts

LOGS = ROOT / "build" / "test-logs"


def run_all(suites):
    """Answers the exit code: 0 when nothing failed."""
    ci = os.environ.get("CI", "").lower() in ("true", "1", "yes")
    LOGS.mkdir(parents=True, exist_ok=True)
    with open(LOGS / "set-up.log", "w", encoding="utf-8") as log:
        missing = tools.provide({need for suite in suites for need in suite.needs}, Shell(log))
    total = Counts()
    for suite in suites:
        total += _one(suite, [name for name in suite.needs if name in missing], ci)
    print(total, flush=True)
    return 1 if total.failed else 0


def _one(suite, missing, ci):
    started = time.monotonic()
    path = LOGS / f"{suite.name}.log"
    with open(path, "w", encoding="utf-8") as log:
        shell = Shell(log)
        if missing:
            shell.say(f"missing: {', '.join(tools.SYSTEM[name].wanted for name in missing)}")
            counts = Counts(skipped=1)
        else:
            counts = _guarded(suite, shell)
        if counts == Counts():
            shell.note("This suite ran nothing.")
    counts = verdict(counts, ci)
    seconds = f"{time.monotonic() - started:.1f} s"
    print(f"{suite.name:16} {str(counts):36} {seconds:>8}  {shell.said}".rstrip(), flush=True)
    if counts.failed:
        _show(path)
    return counts


def _guarded(suite, shell):
    try:
        return suite.run(shell)
    except Exception:
        shell.note(traceback.format_exc())
        return Counts(failed=1)


def verdict(counts, ci):
    """What counts as failed besides failed tests: having run nothing and, in CI, a skip."""
    if counts == Counts():
        return Counts(failed=1)
    if ci and counts.skipped:
        return Counts(counts.passed, counts.failed + counts.skipped)
    return counts


def _show(path):
    print(f"--- {path.relative_to(ROOT)}")
    sys.stdout.write(path.read_text(encoding="utf-8"))
    print("---", flush=True)
