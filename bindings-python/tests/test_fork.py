"""Forks: a child works with what it inherits, and takes nothing from its parent."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from support.program import Program, run
from support.provider import REFRESH, LocalProvider

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")


@pytest.mark.parametrize("in_files", [False, True], ids=["memory", "files"])
def test_parent_and_child_of_a_fork_in_a_storm_both_go_on_working(in_files: bool, tmp_path: Path) -> None:
    with LocalProvider() as provider:
        provider.hold(REFRESH)
        program = Program("forks", provider, store=tmp_path if in_files else None)
        provider.wait_for(REFRESH)
        program.tell("fork")
        program.until("child")
        provider.release()
        ended = program.end()
    assert ended.clean, ended
    assert {"child done", "parent done"} <= set(ended.said)
    # One refresh of the storm's, which a child with a store of its own repeats; one of the child's; one of the parent's.
    assert provider.count(REFRESH) == (3 if in_files else 4)


@pytest.mark.parametrize("in_files", [False, True], ids=["memory", "files"])
def test_a_child_works_wherever_its_parents_threads_were_when_it_forked(in_files: bool, tmp_path: Path) -> None:
    with LocalProvider() as provider:
        ended = run("busy_forks", provider, store=tmp_path if in_files else None)
        assert ended.clean, ended
        assert ended.said == ["child done"] * 30 + ["parent done"]


def test_workers_of_a_preloaded_application_share_one_refresh(tmp_path: Path) -> None:
    with LocalProvider() as provider:
        ended = run("preload", provider, store=tmp_path)
        assert ended.clean, ended
        assert ended.said == [provider.current] * 5
        assert provider.count(REFRESH) == 1


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_workers_of_multiprocessing_share_one_refresh(method: str, tmp_path: Path) -> None:
    with LocalProvider() as provider:
        ended = run("pool", provider, method, store=tmp_path)
        assert ended.clean, ended
        assert ended.said == [provider.current] * 20
        assert provider.count(REFRESH) == 1
