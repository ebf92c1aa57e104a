"""Callers in many processes over one database: whoever comes, one refresh is made."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from servers import address, ready, schema_of
from support.program import WARNINGS
from support.provider import REFRESH, LocalProvider

import shutterkey

PROGRAM = Path(__file__).parent / "programs" / "storm.py"
TESTS = Path(__file__).resolve().parents[1] / "tests"
PROCESSES, CALLERS = 4, 250


@pytest.mark.parametrize("callers", ["threads", "tasks"])
@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_a_thousand_callers_in_four_processes_make_one_refresh(method: str, callers: str) -> None:
    store = ready("bouncer_port")
    with LocalProvider() as provider:
        provider.hold(REFRESH)
        told = {
            "PROVIDER": provider.base,
            "TOKEN": provider.token(),
            "ADDRESS": address("bouncer_port"),
            "SCHEMA": schema_of(store),
            "PYTHONPATH": os.pathsep.join([str(TESTS / "programs"), str(TESTS), str(PROGRAM.parents[1])]),
        }
        program = subprocess.Popen(
            [sys.executable, *WARNINGS, str(PROGRAM), method, callers, str(PROCESSES), str(CALLERS)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **told},
        )
        provider.wait_for(REFRESH)
        # A slow provider: the callers of all processes have come meanwhile.
        time.sleep(1.5)
        provider.release()
        output, errors = program.communicate(timeout=120)
        assert (program.returncode, errors) == (0, "")
        assert json.loads(output) == {provider.current: PROCESSES * CALLERS}
        assert provider.count(REFRESH) == 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_child_of_a_fork_shares_no_connection_with_its_parent() -> None:
    store = ready()
    with LocalProvider() as provider:
        config = shutterkey.ClientConfig(
            shutterkey.Provider.in_sandbox("instagram", provider.base),
            client_id="990602627938098",
            client_secret="sandbox0123456789abcdef",
            redirect_uri="https://localhost/",
        )
        keeper = shutterkey.Keeper(shutterkey.Client(config), store, reread=0)
        keeper.import_token(provider.token(), name="me")
        children = list[int]()
        for _ in range(4):
            child = os.fork()
            if child == 0:
                os._exit(0 if all(keeper.account("me").token.is_live() for _ in range(50)) else 1)
            children.append(child)
        # Meanwhile the parent asks on its own; answers to others' questions would be garbled or wait for ever.
        for _ in range(50):
            assert keeper.account("me").token.is_live()
        assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0] * 4
        assert keeper.account("me").token.is_live()
