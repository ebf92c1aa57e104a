"""The command ``shutterkey``, as the package brings it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import pytest

import shutterkey

Command: TypeAlias = Callable[..., subprocess.CompletedProcess[str]]
Start: TypeAlias = Callable[..., subprocess.Popen[bytes]]

SCRIPT = "import sys; from shutterkey._command import main; sys.exit(main())"
"""What the console script that an installer makes does."""


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SHUTTERKEY_", "XDG_"))}
    return {**kept, "HOME": str(tmp_path), "BROWSER": "", "NO_COLOR": "1"}


@pytest.fixture
def command(home: dict[str, str], tmp_path: Path) -> Command:
    def command(
        *arguments: str, start: tuple[str, ...] = (sys.executable, "-m", "shutterkey")
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*start, *arguments], capture_output=True, text=True, input="", env=home, cwd=tmp_path, timeout=60
        )

    return command


@pytest.fixture
def started(home: dict[str, str], tmp_path: Path) -> Iterator[Start]:
    """A command that goes on running."""
    running: list[subprocess.Popen[bytes]] = []

    def start(*arguments: str, stdin: int = subprocess.PIPE) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", "shutterkey", *arguments],
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=home,
            cwd=tmp_path,
            start_new_session=True,
        )
        running.append(process)
        return process

    yield start
    for process in running:
        process.kill()
        process.communicate()


def test_login_in_the_sandbox_and_then_a_token(command: Command) -> None:
    login = command("login", "--sandbox", "--auto-approve", "--json")
    assert login.returncode == 0, login.stderr
    assert json.loads(login.stdout)["account"]["sandbox"] is True
    token = command("token")
    assert token.returncode == 0, token.stderr
    assert re.fullmatch(r"\S{20,}\n", token.stdout)


def test_the_version_is_the_packages_own(command: Command) -> None:
    assert command("--version").stdout == f"shutterkey {shutterkey.__version__}\n"


def test_help_names_the_command_however_it_was_started(command: Command) -> None:
    for start in ((sys.executable, "-m", "shutterkey"), (sys.executable, "-c", SCRIPT)):
        shown = command("login", "--help", start=start)
        assert shown.returncode == 0
        assert "Usage: shutterkey login" in shown.stdout


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("accounts",), 0),
        (("no-such-command",), 2),
        (("login", "--client-id", "not an id", "--redirect-uri", "https://localhost/"), 10),
        (("token", "--account", "nobody"), 17),
    ],
)
def test_exit_codes_are_the_commands_own(command: Command, arguments: tuple[str, ...], code: int) -> None:
    ended = command(*arguments)
    assert ended.returncode == code, ended.stderr
    assert "Traceback" not in ended.stderr


def test_what_is_not_utf8_on_the_command_line_is_passed_on(command: Command) -> None:
    ended = command("token", "--account", os.fsdecode(b"\xff"))
    assert ended.returncode == 2
    assert "Traceback" not in ended.stderr


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_ctrl_c_ends_the_platform_tidily(started: Start) -> None:
    platform = started("sandbox", "--port", "0")
    assert platform.stdout and platform.stdout.readline()
    platform.send_signal(signal.SIGINT)
    assert platform.wait(timeout=60) == 0


@pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals")
def test_ctrl_c_at_the_prompt_of_a_login_exits_with_130_and_puts_the_terminal_back(
    started: Start, home: dict[str, str]
) -> None:
    import pty
    import termios

    ours, theirs = pty.openpty()
    before = termios.tcgetattr(theirs)
    home["SHUTTERKEY_CLIENT_SECRET"] = "0123456789abcdef0123456789abcdef"
    arguments = ("login", "--client-id", "17841400000000001", "--redirect-uri", "https://localhost/", "--no-browser")
    login = started(*arguments, stdin=theirs)
    assert login.stderr
    while b"Paste the address" not in login.stderr.readline():
        assert login.poll() is None
    login.send_signal(signal.SIGINT)
    assert login.wait(timeout=60) == 130
    assert termios.tcgetattr(theirs)[3] == before[3]
    os.close(ours)
    os.close(theirs)
