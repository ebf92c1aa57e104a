"""The examples run by themselves, end by themselves, and do what they say."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

import shutterkey
from shutterkey.protocol import HandoverStart

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
HANDED_OVER = re.compile(
    r"""the app begins          200  an address and a handle
another user's app      400  redirect\.seal_invalid
the app hands over      200  studio\.sandbox
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


def environment(home: Path) -> dict[str, str]:
    """Neither a profile nor the command is there."""
    package = Path(shutterkey.__file__).parents[1]
    return {**os.environ, "PYTHONPATH": str(package), "HOME": str(home), "XDG_DATA_HOME": str(home)}


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("fastapi_app", WALKED),
        ("flask_app", WALKED),
        ("django_app", WALKED),
        ("app_backend", HANDED_OVER),
        ("api_call", CALLED),
        ("timeline", DRAWN),
    ],
)
def test_an_example_runs_offline_and_prints_what_it_shows(name: str, printed: re.Pattern[str], tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, EXAMPLES / f"{name}.py"],
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert printed.fullmatch(ended.stdout), ended.stdout


def test_the_backend_of_an_app_is_served_at_a_sandbox_that_runs_already(tmp_path: Path) -> None:
    with shutterkey.Sandbox() as sandbox:
        settings = {
            "SHUTTERKEY_SANDBOX_URL": sandbox.base_url,
            "SHUTTERKEY_SANDBOX_CONTROL": sandbox.reveal_control_token(),
        }
        command = [sys.executable, str(EXAMPLES / "app_backend.py"), "--serve"]
        env = {**environment(tmp_path), **settings}
        with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as backend:
            try:
                assert backend.stdout is not None
                headers = {"Authorization": "Bearer demo-ada", "Content-Type": "application/json"}
                address = backend.stdout.readline().strip() + "/instagram"
                begun = HandoverStart.parse(httpx.post(f"{address}/handover-start", headers=headers).text)
                handed = begun.answer(sandbox.approve(begun.url, "bakery")).to_json()
                ended = httpx.post(f"{address}/handover-finish", headers=headers, content=handed)
                assert ended.json()["account"]["username"] == "bakery.sandbox"
                nobody = httpx.post(f"{address}/handover-start", headers={"Authorization": "Bearer demo-mallory"})
                assert nobody.status_code == 403
            finally:
                backend.terminate()
