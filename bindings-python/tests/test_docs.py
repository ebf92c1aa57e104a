"""Every block of the guide is run, in order, against a sandbox that takes the provider's place."""

from __future__ import annotations

import os
import re
import runpy
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import shutterkey

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "docs" / "python.md", ROOT / "docs" / "python-web.md", ROOT / "bindings-python" / "README.md"]
BLOCK = re.compile(r"(?:<!-- setup\n(?P<setup>.*?)-->\n)?^```(?P<language>\w+)\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)
# What a block raises on purpose stands in a comment of the block.
RAISES = re.compile(r"# (\w+Error)\b")


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[dict[str, Any]]:
    """A home of its own where somebody has logged in as `me`, and a network that is the sandbox."""
    httpx = pytest.importorskip("httpx")
    monkeypatch.chdir(tmp_path)
    for folder in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(folder, str(tmp_path / folder.lower()))
    monkeypatch.setenv("SITE_KEYS", shutterkey.SealKeys.generate().serialize())
    with shutterkey.Sandbox() as sandbox:
        app = sandbox.app(redirect_uri="https://localhost/")
        monkeypatch.setenv("SHUTTERKEY_SANDBOX_URL", sandbox.base_url)
        monkeypatch.setenv("SHUTTERKEY_CLIENT_ID", app.client_id)
        monkeypatch.setenv("SHUTTERKEY_CLIENT_SECRET", app.reveal_client_secret() or "")
        monkeypatch.setenv("SHUTTERKEY_REDIRECT_URI", "https://localhost/")
        shutterkey.Keeper().import_token(sandbox.mint_token("studio", age=2 * 86_400, app=app).reveal(), name="me")
        send = httpx.HTTPTransport.handle_request

        def to_the_sandbox(transport: Any, request: Any) -> Any:
            if request.url.host.endswith("instagram.com"):
                request.url = httpx.URL(sandbox.base_url + "/instagram" + request.url.raw_path.decode())
                request.headers["host"] = sandbox.base_url.removeprefix("http://")
            return send(transport, request)

        monkeypatch.setattr(httpx.HTTPTransport, "handle_request", to_the_sandbox)
        names: dict[str, Any] = {"sandbox": sandbox, "app": app, "shutterkey": shutterkey, "__name__": "guide"}
        # The person at the prompt approves.
        names["input"] = lambda prompt="": sandbox.approve(names["login"].url)
        yield names


def blocks(page: Path) -> list[tuple[int, str, str, str]]:
    text = page.read_text()
    found = [
        (text[: match.start()].count("\n") + 1, match["language"], match["setup"] or "", match["code"])
        for match in BLOCK.finditer(text)
    ]
    # A fence that the pattern does not see would be a block that nobody runs.
    assert text.count("\n```") == 2 * len(found), f"{page.name} has a block that is not read"
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_block_of_the_page_runs(page: Path, world: dict[str, Any], tmp_path: Path) -> None:
    if page.name == "python-web.md":
        pytest.importorskip("fastapi")
    ran = 0
    for line, language, setup, code in blocks(page):
        place = f"{page.name}:{line}"
        if language == "sh":
            assert all(command.startswith("pip install") for command in code.splitlines()), f"{place} is not run"
            continue
        assert language == "python", f"{place}: who runs {language}?"
        exec(compile(setup, f"{place} (setup)", "exec"), world)
        if code.startswith("# test_"):
            run_as_test(code, tmp_path)
        elif expected := RAISES.search(code):
            with pytest.raises(Exception) as raised:
                exec(compile(code, place, "exec"), world)
            assert type(raised.value).__name__ == expected[1], place
        else:
            exec(compile(code, place, "exec"), world)
        ran += 1
    assert ran > 0


def test_the_ten_lines_say_whose_token_it_is(world: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_path(str(ROOT / "examples" / "python" / "ten_lines.py"))
    assert capsys.readouterr().out == "studio.sandbox\n"


def run_as_test(code: str, folder: Path) -> None:
    file = folder / code.split(maxsplit=2)[1]
    file.write_text(f"import pytest\nimport shutterkey\n\n{code}")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "shutterkey.pytest_plugin", str(file)]
    # The plugin is named, and an installed package's entry point would name it once more.
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    ended = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
