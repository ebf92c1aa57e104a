"""A thousand callers in four processes over one store."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping

from support.program import Program
from support.provider import REFRESH, LocalProvider

PROCESSES, CALLERS = 4, 250


def one_refresh_for_all(method: str, callers: str, store: Mapping[str, str]) -> None:
    """Fails unless there was one refresh, and everybody got its token. `store` is what a program is told of the store."""
    with LocalProvider() as provider:
        provider.hold(REFRESH)
        program = Program("storm", provider, method, callers, str(PROCESSES), str(CALLERS), told=store)
        provider.wait_for(REFRESH)
        # A slow provider: the callers of all processes have come meanwhile.
        time.sleep(1.5)
        provider.release()
        ended = program.end()
        assert ended.clean, ended
        assert [json.loads(said) for said in ended.said] == [{provider.current: PROCESSES * CALLERS}]
        assert provider.count(REFRESH) == 1
