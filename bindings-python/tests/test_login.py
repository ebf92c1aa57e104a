"""``shutterkey.login()``: from a script to an account that is kept."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import textwrap
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import shutterkey
from shutterkey import FileStore, MemoryStore, Sandbox, SandboxApp

if TYPE_CHECKING:
    from shutterkey._typing import Product


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own, without a browser."""
    for name in list(os.environ):
        if name.startswith(("SHUTTERKEY_", "XDG_")) or name in ("DISPLAY", "WAYLAND_DISPLAY"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("BROWSER", "")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def profile_at(monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox, app: SandboxApp) -> None:
    """The shared profile, as a person would write it for an app of this sandbox."""
    settings = {
        "SANDBOX_URL": sandbox.base_url,
        "PROVIDER": app.product,
        "CLIENT_ID": app.client_id,
        "CLIENT_SECRET": app.reveal_client_secret() or "",
        "REDIRECT_URI": app.redirect_uris[0],
    }
    for name, value in settings.items():
        monkeypatch.setenv(f"SHUTTERKEY_{name}", value)


class Person:
    """Waits for the address that the login shows, walks the pages and follows the redirect, as a browser does."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox, follow: bool = True) -> None:
        self.sandbox, self.follow = sandbox, follow
        self.redirect = ""
        self.shown: list[str] = []
        self.threads: list[threading.Thread] = []
        monkeypatch.setattr("shutterkey._login._say", self.read)

    def read(self, text: str) -> None:
        self.shown.append(text)
        for line in text.splitlines():
            if line.startswith(self.sandbox.base_url):
                self.redirect = self.sandbox.approve(line)
                if self.follow:
                    self.threads.append(threading.Thread(target=self.go))
                    self.threads[-1].start()

    def go(self) -> None:
        with urllib.request.urlopen(self.redirect, timeout=30) as page:
            page.read()


# Loopback.


def test_a_redirect_to_this_machine_is_listened_for_and_the_account_is_kept(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = sandbox.app("instagram", f"http://127.0.0.1:{free_port()}/callback", allow_loopback_http=True)
    profile_at(monkeypatch, sandbox, app)
    person = Person(monkeypatch, sandbox)
    connection = shutterkey.login(open_browser=False, timeout=60)
    assert connection.account.username == "studio.sandbox"
    assert shutterkey.Keeper().token("me").reveal() == connection.token.reveal()
    assert "on this machine" in person.shown[0]
    for thread in person.threads:
        thread.join()


def free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_browser_is_opened_where_there_is_one(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    seen = home / "seen"
    browser = home / "browser"
    browser.write_text(f'#!/bin/sh\nprintf %s "$1" > "{seen}.new" && mv "{seen}.new" "{seen}"\n')
    browser.chmod(0o755)
    monkeypatch.setenv("BROWSER", str(browser))
    monkeypatch.setenv("DISPLAY", ":0")
    person = Person(monkeypatch, sandbox)
    shutterkey.login(sandbox=sandbox, timeout=60)
    for thread in person.threads:
        thread.join()
    until = time.monotonic() + 30
    while not seen.exists():
        assert time.monotonic() < until
        os.sched_yield()
    assert seen.read_text().startswith(sandbox.base_url)


def test_an_answer_that_does_not_come_is_an_error_and_frees_the_port(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    app = sandbox.app("instagram", f"http://127.0.0.1:{port}/callback", allow_loopback_http=True)
    profile_at(monkeypatch, sandbox, app)
    for _ in range(2):
        with pytest.raises(shutterkey.RedirectError, match="No answer came in 0.05 seconds") as raised:
            shutterkey.login(open_browser=False, timeout=0.05)
        assert raised.value.code == "redirect.state_expired"
    assert shutterkey.Keeper().accounts() == []


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_ctrl_c_ends_a_login_that_waits() -> None:
    script = """
        import shutterkey, sys
        with shutterkey.Sandbox() as sandbox:
            try:
                shutterkey.login(sandbox=sandbox, open_browser=False)
            except KeyboardInterrupt:
                assert sandbox.keeper().accounts() == []
                print("interrupted")
    """
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr
    while "oauth/authorize" not in process.stderr.readline():
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=60)[0] == "interrupted\n"
    assert process.returncode == 0


# In a sandbox.


def test_a_named_person_approves_without_a_browser(sandbox: Sandbox) -> None:
    connection = shutterkey.login(sandbox=sandbox, person="maker")
    assert connection.account.username == "maker.sandbox"
    assert sandbox.keeper().token("me").reveal() == connection.token.reveal()


def test_where_no_browser_can_be_opened_the_sandbox_approves(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSH_CONNECTION", "192.0.2.1 1 192.0.2.2 22")
    assert shutterkey.login("studio", sandbox=sandbox).account.username == "studio.sandbox"
    assert shutterkey.login("again", sandbox=sandbox).account.username == "studio.sandbox"
    assert len(sandbox.apps()) == 1


@pytest.mark.parametrize("product", ["instagram", "legacy", "standard"])
def test_every_product_logs_in_over_the_loopback(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, product: Product
) -> None:
    person = Person(monkeypatch, sandbox)
    connection = shutterkey.login(sandbox=sandbox, product=product, open_browser=False)
    assert connection.key.provider == product
    assert sandbox.keeper(product=product).token("me").reveal() == connection.token.reveal()
    for thread in person.threads:
        thread.join()


def test_the_implicit_flow_is_a_setting(sandbox: Sandbox) -> None:
    connection = shutterkey.login(sandbox=sandbox, product="legacy", response_type="token", person="bakery")
    assert connection.account.user_id == sandbox.person("bakery").legacy_id
    assert sandbox.calls("oauth/access_token") == []


def test_a_store_and_a_name_of_ones_own(sandbox: Sandbox, tmp_path: Path) -> None:
    store = FileStore(tmp_path / "mine")
    shutterkey.login("work", sandbox=sandbox, person="studio", store=store)
    assert sandbox.keeper(store=store).account("work").account.username == "studio.sandbox"
    assert sandbox.keeper().accounts() == []


# Pasting.


def paste(monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox) -> Person:
    """A person who pastes the redirect of the approved login."""
    there, here = os.pipe()
    person = Person(monkeypatch, sandbox, follow=False)
    read = person.read

    def answer(text: str) -> None:
        read(text)
        if person.redirect and text.startswith("Paste"):
            os.write(here, f"{person.redirect}\n".encode())
            os.close(here)

    monkeypatch.setattr("shutterkey._login._say", answer)
    monkeypatch.setattr(sys, "stdin", os.fdopen(there))
    return person


def test_an_address_that_does_not_load_is_pasted(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    profile_at(monkeypatch, sandbox, sandbox.app())
    person = paste(monkeypatch, sandbox)
    shutterkey.login("me", open_browser=False)
    assert any("copy its address and paste it" in text for text in person.shown)
    assert shutterkey.Keeper().account("me").account.username == "studio.sandbox"


def test_input_that_ends_without_an_answer_says_so(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    profile_at(monkeypatch, sandbox, sandbox.app())
    (home / "empty").write_text("")
    with open(home / "empty") as empty:
        monkeypatch.setattr(sys, "stdin", empty)
        with pytest.raises(EOFError):
            shutterkey.login(open_browser=False)


def test_input_that_is_no_answer_is_explained(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    profile_at(monkeypatch, sandbox, sandbox.app())
    (home / "wrong").write_text("https://localhost/?code=0123456789&state=another-login\n")
    with open(home / "wrong") as wrong:
        monkeypatch.setattr(sys, "stdin", wrong)
        with pytest.raises(shutterkey.RedirectError) as raised:
            shutterkey.login(open_browser=False)
    assert raised.value.code.startswith("redirect.state")
    assert "0123456789" not in str(raised.value)


def test_a_notebook_is_asked_in_its_own_way(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    profile_at(monkeypatch, sandbox, sandbox.app())
    person = Person(monkeypatch, sandbox, follow=False)
    monkeypatch.setattr("shutterkey._paste._in_notebook", lambda: True)
    monkeypatch.setattr("getpass.getpass", lambda prompt: person.redirect)
    assert shutterkey.login(open_browser=False).account.username == "studio.sandbox"


@pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals")
def test_a_terminal_shows_nothing_of_a_long_paste_cuts_nothing_off_and_is_put_back(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pty
    import termios

    profile_at(monkeypatch, sandbox, sandbox.app())
    ours, theirs = pty.openpty()
    before = termios.tcgetattr(theirs)
    script = "import shutterkey; print(shutterkey.login(open_browser=False).account.username)"
    process = subprocess.Popen(
        [sys.executable, "-c", script], stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr
    url = next(line.strip() for line in process.stderr if line.startswith(sandbox.base_url))
    redirect = sandbox.approve(url).removesuffix("#_")
    while "Paste the address" not in process.stderr.readline():
        assert process.poll() is None
    # The terminal is hidden before it is written to, or what is written is shown and cut.
    until = time.monotonic() + 30
    while termios.tcgetattr(theirs)[3] & termios.ECHO:
        assert time.monotonic() < until
        os.sched_yield()
    pasted = (redirect + "&padding=" + "x" * 6000 + "\n").encode()
    while pasted:
        pasted = pasted[os.write(ours, pasted[:512]) :]
    assert process.communicate(timeout=60)[0] == "studio.sandbox\n"
    assert termios.tcgetattr(theirs)[3] == before[3]
    os.set_blocking(ours, False)
    with pytest.raises(BlockingIOError):
        os.read(ours, 1)
    os.close(ours)
    os.close(theirs)


# What is refused before anybody approves.


def test_a_redirect_elsewhere_names_the_web_adapters() -> None:
    with pytest.raises(shutterkey.ConfigError, match=r"shutterkey\.starlette.*shutterkey\.flask.*shutterkey\.django"):
        shutterkey.login(
            client_id="17841400000000001",
            client_secret="0123456789abcdef0123456789abcdef",
            redirect_uri="https://app.example/callback",
        )


def test_a_login_without_a_configuration_says_what_is_missing() -> None:
    with pytest.raises(shutterkey.ConfigError) as raised:
        shutterkey.login()
    assert raised.value.code == "config.missing"


def test_a_name_that_no_account_can_have_and_a_store_that_cannot_be_written_are_refused_first(
    sandbox: Sandbox, home: Path
) -> None:
    with pytest.raises(shutterkey.ShutterkeyError):
        shutterkey.login("", sandbox=sandbox, person="studio")
    store = FileStore(home / "accounts")
    shutil.rmtree(home / "accounts")
    (home / "accounts").write_text("")
    with pytest.raises(shutterkey.StoreError):
        shutterkey.login(sandbox=sandbox, person="studio", store=store)
    assert sandbox.calls() == []


def test_settings_that_there_are_not_are_a_type_error(sandbox: Sandbox) -> None:
    with pytest.raises(TypeError):
        shutterkey.login(colour="red")  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        shutterkey.login(sandbox=sandbox, colour="red")  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        shutterkey.login(sandbox=sandbox, store=object(), person="studio")  # type: ignore[arg-type]


# After the command.


def run_command(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "shutterkey", *arguments], check=True, capture_output=True, timeout=60)


def test_what_the_command_kept_in_its_sandbox_is_used_and_goes_on_living() -> None:
    run_command("login", "--sandbox", "--auto-approve")
    with Sandbox.kept() as sandbox:
        keeper = sandbox.keeper()
        first = keeper.token("me").reveal()
        sandbox.clock.advance(86400 * 50)
        second = keeper.refresh("me").reveal()
        assert first != second
    shown = subprocess.run([sys.executable, "-m", "shutterkey", "token"], capture_output=True, text=True, timeout=60)
    assert shown.stdout == f"{second}\n"
    with Sandbox.kept() as sandbox:
        assert sandbox.keeper().token("me").reveal() == second
        shutterkey.login("other", sandbox=sandbox, person="maker")
    run_command("whoami", "--account", "other")


def test_a_keeper_that_misses_an_account_names_the_one_of_the_commands_sandbox() -> None:
    run_command("login", "--sandbox", "--auto-approve")
    with pytest.raises(shutterkey.AccountError, match=r"Sandbox\.kept\(\)") as raised:
        shutterkey.Keeper().token("me")
    assert raised.value.code == "account.not_found"
    with pytest.raises(shutterkey.AccountError) as raised:
        shutterkey.Keeper().token("nobody")
    assert "Sandbox" not in str(raised.value)
    with pytest.raises(shutterkey.AccountError) as raised:
        shutterkey.Keeper(store=MemoryStore()).token("me")
    assert "Sandbox" not in str(raised.value)


def test_a_profile_that_names_the_keychain_is_told_who_has_one_and_a_folder_of_that_name_is_a_folder(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    profile_at(monkeypatch, sandbox, sandbox.app())
    monkeypatch.setenv("SHUTTERKEY_STORE", "keychain")
    asks: tuple[Callable[[], object], ...] = (shutterkey.Keeper, shutterkey.AsyncKeeper, shutterkey.login)
    for ask in asks:
        with pytest.raises(shutterkey.ConfigError, match="the packages for Python and Node have none") as raised:
            ask()
        assert raised.value.code == "config.unsupported"
    monkeypatch.setenv("SHUTTERKEY_STORE", "./keychain")
    store = shutterkey.Keeper().store
    assert isinstance(store, FileStore)
    assert (home / "keychain").is_dir()
