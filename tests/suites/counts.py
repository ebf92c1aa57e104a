"""Reading how many tests passed from what test runners print."""

import re
import xml.etree.ElementTree as xml

from .suite import Counts

_CARGO = re.compile(r"^test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored;", re.MULTILINE)
_NODE = re.compile(r"^(?:#|ℹ) (pass|fail|cancelled|skipped|todo) (\d+)$", re.MULTILINE)

_PYTEST = re.compile(r"^(?:=+ )?(\d+ \w+.*) in [\d.]+s", re.MULTILINE)
_XCTEST = re.compile(r"Executed (\d+) tests?, with (?:(\d+) tests? skipped and )?(\d+) failures?")
_WALKS = re.compile(r"^(\d+) passed, (\d+) failed$", re.MULTILINE)
_OUTCOME = re.compile(r"(\d+) (passed|failed|errors?|skipped|xfailed|xpassed)\b")


def cargo(ended):
    """The sum over all test programs of one `cargo test`."""
    total = Counts()
    for passed, failed, ignored in _CARGO.findall(ended.output):
        total += Counts(int(passed), int(failed), int(ignored))
    return _with_exit_code(total, ended)


def node(ended):
    """The summary at the end of `node --test`."""
    seen = {name: int(number) for name, number in _NODE.findall(ended.output)}
    failed = seen.get("fail", 0) + seen.get("cancelled", 0)
    skipped = seen.get("skipped", 0) + seen.get("todo", 0)
    return _with_exit_code(Counts(seen.get("pass", 0), failed, skipped), ended)


def pytest(ended):
    """The last line of pytest."""
    summary = (_PYTEST.findall(ended.output) or [""])[-1]
    seen = {name.rstrip("s"): int(number) for number, name in _OUTCOME.findall(summary)}
    failed = seen.get("failed", 0) + seen.get("error", 0) + seen.get("xpassed", 0)
    return _with_exit_code(Counts(seen.get("passed", 0), failed, seen.get("skipped", 0) + seen.get("xfailed", 0)), ended)


def xctest(ended):
    """Each class has a summary, and so have all of them together: the largest."""
    executed = [tuple(int(number or 0) for number in each) for each in _XCTEST.findall(ended.output)]
    run, skipped, failed = max(executed, default=(0, 0, 0))
    return _with_exit_code(Counts(run - failed - skipped, failed, skipped), ended)


def surefire(ended, reports):
    """The reports of one Maven build, each the text of a file."""
    total = Counts()
    for report in reports:
        seen = {name: int(value) for name, value in xml.fromstring(report).attrib.items() if value.isdecimal()}
        failed = seen["failures"] + seen["errors"]
        total += Counts(seen["tests"] - failed - seen["skipped"], failed, seen["skipped"])
    return _with_exit_code(total, ended)


def walks(ended):
    """The last line of a runner of ours."""
    passed, failed = map(int, (_WALKS.findall(ended.output) or [(0, 1)])[-1])
    return _with_exit_code(Counts(passed, failed), ended)


def _with_exit_code(counts, ended):
    # What does not compile, crashes or hangs prints no summary; the exit code tells.
    return counts if ended.fine or counts.failed else counts + Counts(failed=1)
