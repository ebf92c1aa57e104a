"""Callers in many processes over one folder: whoever comes, one refresh is made."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest
from support.storm import one_refresh_for_all

METHODS = [method for method in ("fork", "spawn") if method in multiprocessing.get_all_start_methods()]


@pytest.mark.parametrize("callers", ["threads", "tasks"])
@pytest.mark.parametrize("method", METHODS)
def test_a_thousand_callers_in_four_processes_make_one_refresh(method: str, callers: str, tmp_path: Path) -> None:
    one_refresh_for_all(method, callers, {"STORE": str(tmp_path)})
