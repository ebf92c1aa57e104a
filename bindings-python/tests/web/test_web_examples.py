"""The examples run by themselves, end by themselves, and do what they say."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import shutterkey

EXAMPLES = Path(__file__).parents[3] / "examples/python"


WALKED = re.compile(
    r"""the button              303  to the platform
connected: studio\.sandbox
back from the platform  303  on to /posts#connected
the site's page         200  called with a token until \d{4}-\d\d-\d\d
the same answer again   400  redirect\.state_mismatch
another site's button   403  (redirect\.cross_site|Forbidden)
"""
)
CALLED = re.compile(
    r"""(month \d: studio\.sandbox, with a token until \d{4}-\d\d-\d\d\n){6}"""
    r"""account\.needs_login \(token\.invalidated\): .+\n"""
)
DRAWN = re.compile(
    r"""The weeks from \d{4}-\d\d-\d\d: .+
  studio L[=R]{51}
  bakery L[=R]+\.+
   maker L[=R]+\.+L[=R]+
"""
)


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("fastapi_app", WALKED),
        ("flask_app", WALKED),
        ("django_app", WALKED),
        ("api_call", CALLED),
        ("timeline", DRAWN),
    ],
)
def test_an_example_runs_offline_and_prints_what_it_shows(name: str, printed: re.Pattern[str], tmp_path: Path) -> None:
    package = Path(shutterkey.__file__).parents[1]
    # Neither a profile nor the command is there.
    environment = {**os.environ, "PYTHONPATH": str(package), "HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
    ended = subprocess.run(
        [sys.executable, EXAMPLES / f"{name}.py"], env=environment, capture_output=True, text=True, timeout=60
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert printed.fullmatch(ended.stdout), ended.stdout
