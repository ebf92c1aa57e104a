"""The command ``shutterkey``, as the package brings it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys

import pytest

import shutterkey

SCRIPT = "import sys; from shutterkey._command import main; sys.exit(main())"
"""What the console script that an installer makes does."""


@pytest.fixture
def home(tmp_path):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SHUTTERKEY_", "XDG_"))}
    return {**kept, "HOME": str(tmp_path), "BROWSER": "", "NO_COLOR": "1"}


@pytest.fixture
def command(home, tmp_path):
    def command(*arguments, start=(sys.executable, "-m", "shutterkey"), **options):
        options.setdefault("input", "")
        return subprocess.run(
            [*start, *arguments], capture_output=True, text=True, env=home, cwd=tmp_path, timeout=60, **options
        )

    return command


@pytest.fixture
def started(home, tmp_path):
    """A command that goes on running."""
    running = []

    def start(*arguments, **streams):
        streams = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **streams}
        process = subprocess.Popen(
            [sys.executable, "-m", "shutterkey", *arguments], env=home, cwd=tmp_path, start_new_session=True, **streams
        )
        running.append(process)
        return process

    yield start
    for process in running:
        process.kill()
        process.communicate()


def test_login_in_the_sandbox_and_then_a_token(command):
    login = command("login", "--sandbox", "--auto-approve", "--json")
    assert login.returncode == 0, login.stderr
    assert json.loads(login.stdout)["account"]["sandbox"] is True
    token = command("token")
    assert token.returncode == 0, token.stderr
    assert re.fullmatch(r"\S{20,}\n", token.stdout)


def test_the_version_is_the_packages_own(command):
    assert command("--version").stdout == f"shutterkey {shutterkey.__version__}\n"


def test_help_names_the_command_however_it_was_started(command):
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
def test_exit_codes_are_the_commands_own(command, arguments, code):
    ended = command(*arguments)
    assert ended.returncode == code, ended.stderr
    assert "Traceback" not in ended.stderr


def test_what_is_not_utf8_on_the_command_line_is_passed_on(command):
    ended = command("token", "--account", os.fsdecode(b"\xff"))
    assert ended.returncode == 2
    assert "Traceback" not in ended.stderr


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_ctrl_c_ends_the_platform_tidily(started):
    platform = started("sandbox", "--port", "0")
    assert platform.stdout.readline()
    platform.send_signal(signal.SIGINT)
    assert platform.wait(timeout=60) == 0


@pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals")
def test_ctrl_c_at_the_prompt_of_a_login_exits_with_130_and_puts_the_terminal_back(started, home):
    import pty
    import termios

    ours, theirs = pty.openpty()
    before = termios.tcgetattr(theirs)
    home["SHUTTERKEY_CLIENT_SECRET"] = "0123456789abcdef0123456789abcdef"
    arguments = ("login", "--client-id", "17841400000000001", "--redirect-uri", "https://localhost/", "--no-browser")
    login = started(*arguments, stdin=theirs)
    while b"Paste the address" not in login.stderr.readline():
        assert login.poll() is None
    login.send_signal(signal.SIGINT)
    assert login.wait(timeout=60) == 130
    assert termios.tcgetattr(theirs)[3] == before[3]
    os.close(ours)
    os.close(theirs)
