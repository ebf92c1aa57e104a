"""The examples run by themselves, end by themselves, and do what they say."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import shutterkey

EXAMPLES = Path(__file__).parents[3] / "examples/python"


@pytest.mark.parametrize("name", ["fastapi_app", "flask_app", "django_app"])
def test_an_example_connects_an_account_and_calls_with_its_token(name: str, tmp_path: Path) -> None:
    package = Path(shutterkey.__file__).parents[1]
    environment = {
        **os.environ,
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "PYTHONPATH": str(package),
        "XDG_DATA_HOME": str(tmp_path),
    }
    ended = subprocess.run(
        [sys.executable, EXAMPLES / f"{name}.py"], env=environment, capture_output=True, text=True, timeout=60
    )
    assert ended.returncode == 0, ended.stderr
    lines = ended.stdout.splitlines()
    assert lines[:3] == [
        "the button: 303, to the platform",
        "connected: studio.sandbox",
        "back from the platform: 303, on to /posts#connected",
    ]
    assert "a call with a token until" in lines[3]
    assert lines[4:] == ["the same address again: 400", "another site's button: 403"]
