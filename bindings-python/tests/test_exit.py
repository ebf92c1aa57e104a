"""How programs end. Each is a process of its own: what goes wrong here goes wrong after the last test."""

from __future__ import annotations

import random
import signal
from pathlib import Path

import pytest
from support.program import Program, run
from support.provider import IDENTIFY, REFRESH, LocalProvider

RUNS = 25
"""tools/exit_proof.py does the same a thousand times."""


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("plain", []),
        ("pending", []),
        ("threads", []),
        ("threads", ["daemons"]),
        *(("daemons", [way]) for way in ("answers", "errors", "refusals", "loops")),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value),
)
def test_a_program_ends_cleanly_every_time(name: str, arguments: list[str]) -> None:
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")
    with LocalProvider(seed) as provider:
        provider.delay = 0.03
        for n in range(RUNS):
            ended = run(name, provider, *arguments)
            assert ended.clean, (n, ended)
            assert "ended" in ended.said


def test_a_refresh_that_was_begun_is_stored_before_the_program_ends(tmp_path: Path) -> None:
    with LocalProvider() as provider:
        provider.hold(REFRESH)
        program = Program("background", provider, store=tmp_path)
        program.until("ended")
        provider.wait_for(REFRESH)
        assert program.process.poll() is None
        provider.release()
        assert program.end().clean
        refreshed = provider.current
        assert run("stored", provider, store=tmp_path).said == [refreshed]
        assert provider.count(REFRESH) == 1


def test_a_refresh_that_never_ends_does_not_hold_the_program_for_ever(tmp_path: Path) -> None:
    with LocalProvider() as provider:
        provider.hold(REFRESH)
        program = Program("background", provider, store=tmp_path)
        assert program.end().clean


def test_daemon_threads_that_wait_for_ever_do_not_hold_the_program() -> None:
    with LocalProvider() as provider:
        program = Program("threads", provider, "daemons")
        provider.wait_for(IDENTIFY)
        provider.hold(IDENTIFY)
        ended = program.end()
        assert ended.clean, ended
        assert ended.said == ["ended"]


def test_ctrl_c_ends_the_waiting_and_not_the_work() -> None:
    with LocalProvider() as provider:
        provider.hold(REFRESH)
        program = Program("interrupted", provider)
        program.until("asking")
        provider.wait_for(REFRESH)
        program.process.send_signal(signal.SIGINT)
        program.until("interrupted")
        provider.release()
        ended = program.end()
        assert ended.clean, ended
        assert ended.said == ["asking", "interrupted", provider.current]
        assert provider.count(REFRESH) == 1
