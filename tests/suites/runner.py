"""The runner's own tests: a line that counts wrongly would hide what it is there to show."""

from . import counts, parity
from .report import verdict
from .shell import Ended
from .suite import Counts

CARGO = """running 2 tests
test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s
test result: FAILED. 3 passed; 1 failed; 1 ignored; 0 measured; 7 filtered out; finished in 0.10s
"""

NODE = """ℹ tests 6
ℹ suites 0
ℹ pass 3
ℹ fail 1
ℹ cancelled 1
ℹ skipped 1
ℹ todo 0
ℹ duration_ms 52.1
"""

PYTEST = """..F.                                                                      [100%]
=========================== short test summary info ============================
FAILED tests/test_a.py::test_in_2_errors in 1.00s
1 failed, 301 passed, 2 skipped, 1 xfailed, 162 errors in 45.40s
"""

XCTEST = """Test Suite 'StoreTests' passed at 2026-11-26 19:20:00.000
	 Executed 9 tests, with 1 test skipped and 0 failures (0 unexpected) in 0.026 (0.026) seconds
Test Suite 'All tests' failed at 2026-11-26 19:20:01.000
	 Executed 33 tests, with 1 test skipped and 2 failures (1 unexpected) in 1.142 (1.142) seconds
"""

SUREFIRE = '<testsuite name="a.B" time="0.1" tests="7" errors="1" skipped="1" failures="2"><testcase/></testsuite>'

FOUND = {"error": {"code": "a.b", "message": "in other words"}}

CASES = [
    ("cargo's test programs are added up", counts.cargo(Ended(101, CARGO)), Counts(5, 1, 1)),
    ("a crate that does not compile is a failure", counts.cargo(Ended(101, "error: no")), Counts(failed=1)),
    ("passing tests and a bad exit code are a failure", counts.cargo(Ended(1, CARGO[:130])), Counts(2, 1)),
    ("node's summary is read", counts.node(Ended(1, NODE)), Counts(3, 2, 1)),
    ("node's other format is read", counts.node(Ended(1, NODE.replace("ℹ", "#"))), Counts(3, 2, 1)),
    ("pytest's summary is read", counts.pytest(Ended(1, PYTEST)), Counts(301, 163, 3)),
    ("pytest's summary of one error is read", counts.pytest(Ended(1, "1 error in 0.1s")), Counts(0, 1)),
    ("a pytest that collected nothing is a failure", counts.pytest(Ended(4, "no tests ran in 0.1s")), Counts(failed=1)),
    ("XCTest's summary is read", counts.xctest(Ended(1, XCTEST)), Counts(30, 2, 1)),
    ("XCTest that crashed is a failure", counts.xctest(Ended(1, "Fatal error")), Counts(failed=1)),
    ("Maven's reports are added up", counts.surefire(Ended(1, ""), [SUREFIRE, SUREFIRE]), Counts(6, 6, 2)),
    ("a Maven build that tested nothing is a failure", counts.surefire(Ended(1, ""), []), Counts(failed=1)),
    ("a runner of ours says how many passed", counts.walks(Ended(1, "ok: a\n3 passed, 2 failed\n")), Counts(3, 2)),
    ("a runner of ours that ended before it said so has failed", counts.walks(Ended(1, "ok: a\n")), Counts(failed=1)),
    ("of an error, what a case states is compared", parity.compared(FOUND, {"error": {"code": "a.b"}}), {"error": {"code": "a.b"}}),
    ("a moment that no date can be is the last one", parity.compared({"ok": [1 << 60]}, {"ok": 1}), {"ok": [parity.LAST]}),
    ("a suite that ran nothing has failed", verdict(Counts(), ci=False), Counts(failed=1)),
    ("a skip is a skip", verdict(Counts(1, 0, 2), ci=False), Counts(1, 0, 2)),
    ("a skip is a failure in CI", verdict(Counts(1, 0, 2), ci=True), Counts(1, 2)),
]


def counting(shell):
    total = Counts()
    for what, counted, expected in CASES:
        total += shell.check(f"{what}: {counted}", counted == expected)
    return total
