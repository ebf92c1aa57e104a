"""The recipes of the sandbox's guide: each block that is not another suite's is run as it stands in the page."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from shutterkey import Sandbox, SandboxApp

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "sandbox.md").read_text(encoding="utf-8")
PORT = "127.0.0.1:8910"


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


def blocks(language: str) -> list[str]:
    found = re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert found, language
    return found


def authorize_query(app: SandboxApp) -> str:
    asked = {"client_id": app.client_id, "redirect_uri": "https://localhost/", "response_type": "code"}
    return urlencode({**asked, "scope": "instagram_business_basic"})


def test_the_recipe_for_pytest_passes(tmp_path: Path) -> None:
    file = tmp_path / "test_recipe.py"
    file.write_text("\n".join(blocks("python")))
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "shutterkey.pytest_plugin", str(file)]
    environment = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "HOME": str(tmp_path)}
    ended = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert f"{PAGE.count('def test_')} passed" in ended.stdout


def test_what_a_person_does_is_one_post(sandbox: Sandbox) -> None:
    [request] = blocks("http")
    app = sandbox.app()
    head, body = request.strip().split("\n\n")
    body = body.replace("AUTHORIZE_URL", f"{app.authorize_url}?{authorize_query(app)}")
    head = head.replace("TOKEN", sandbox.reveal_control_token()).replace(PORT, sandbox.base_url.removeprefix("http://"))
    sent = "\r\n".join([*head.split("\n"), f"Content-Length: {len(body)}", "Connection: close", "", body])
    host, port = sandbox.base_url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(sent.encode())
        answer = b"".join(iter(lambda: connection.recv(65536), b"")).decode()
    assert answer.startswith("HTTP/1.1 200 "), answer
    redirect = json.loads(answer.split("\r\n\r\n")[1])["redirect_url"]
    assert redirect.startswith("https://localhost/?code=")


def test_the_calls_for_curl_do_what_they_say(sandbox: Sandbox, tmp_path: Path) -> None:
    bash, curl = shutil.which("bash"), shutil.which("curl")
    if bash is None or curl is None:
        pytest.skip("bash or curl is missing")
    (tmp_path / "control.token").write_text(sandbox.reveal_control_token())
    script = "\n".join(blocks("bash")).replace(f"http://{PORT}", sandbox.base_url)
    # What the page leaves out of the authorize URL.
    script = script.replace("?…", f"?{authorize_query(sandbox.app())}")
    environment = {"TOKEN_FILE": str(tmp_path / "control.token"), "PATH": os.environ["PATH"]}
    ended = subprocess.run([bash, "-euc", script], env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert '"error"' not in ended.stdout
    assert '"redirect_url":"https://localhost/?code=' in ended.stdout
    assert [fault["code"] for fault in sandbox.faults()] == [80002]
    assert [usage["call_count"] for usage in sandbox.usages()] == [95]


def test_no_block_of_the_page_is_run_by_nobody() -> None:
    # `toml` is run in sandbox/tests/scenario.rs and `ts` in the tests of the npm package; what has no language is typed.
    languages = set(re.findall(r"^```(\w*)\n(?:.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))
    assert languages == {"", "bash", "http", "python", "toml", "ts"}
