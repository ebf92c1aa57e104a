"""The shared profile over a database: what the command keeps there a ``Keeper()`` finds, and the other way round."""

from __future__ import annotations

import asyncio
import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from servers import KEYS, address, described

import shutterkey
from shutterkey import PostgresStore, Sandbox

NAME = f"me-{secrets.token_hex(4)}"
"""All tests share the database that the profile leads to: its tables have one name."""


@pytest.fixture
def sandbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """One with an app of its own, which the profile names together with the database."""
    for name in list(os.environ):
        if name.startswith(("SHUTTERKEY_", "XDG_")) and name != "SHUTTERKEY_TEST_POSTGRES":
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    with Sandbox(seed=secrets.randbits(32)) as sandbox:
        app = sandbox.app()
        settings = {
            "HOME": str(tmp_path),
            "BROWSER": "",
            "SHUTTERKEY_SANDBOX_URL": sandbox.base_url,
            "SHUTTERKEY_CLIENT_ID": app.client_id,
            "SHUTTERKEY_CLIENT_SECRET": app.reveal_client_secret() or "",
            "SHUTTERKEY_REDIRECT_URI": "https://localhost/",
            "SHUTTERKEY_STORE": "postgres",
            "SHUTTERKEY_DATABASE_URL": address(),
            "SHUTTERKEY_SEAL_KEYS": KEYS.serialize(),
        }
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        command("store", "migrate")
        yield sandbox


def command(*arguments: str, typed: str = "", code: int = 0) -> str:
    run = [sys.executable, "-m", "shutterkey", *arguments]
    ended = subprocess.run(run, capture_output=True, text=True, input=typed, timeout=60)
    shows_no_secret(ended.stdout + ended.stderr)
    assert ended.returncode == code, ended
    return ended.stdout


def shows_no_secret(text: str) -> None:
    for secret in (described()["app"], KEYS.serialize(), "canary"):
        assert secret not in text


def test_after_a_login_by_the_command_a_keeper_without_arguments_works(sandbox: Sandbox) -> None:
    run = [sys.executable, "-m", "shutterkey", "login", "--no-browser", "--paste", "--account", NAME]
    pipe = subprocess.PIPE
    with subprocess.Popen(run, text=True, stdin=pipe, stdout=pipe, stderr=pipe) as login:
        assert login.stdin and login.stderr
        url = next(line.strip() for line in login.stderr if line.strip().startswith(sandbox.base_url))
        shown, said = login.communicate(sandbox.approve(url), timeout=60)
    assert login.returncode == 0, said
    assert "postgres" in shown
    shows_no_secret(shown + said)

    keeper = shutterkey.Keeper()
    token = keeper.token(NAME).reveal()
    assert command("token", "--account", NAME) == f"{token}\n"
    assert isinstance(keeper.store, PostgresStore)
    assert keeper.store.is_sealed
    keeper.store.check()
    assert repr(keeper.store).endswith(f"{described()['database']}, sealed)")
    shows_no_secret(repr(keeper))

    async def main() -> str:
        async with shutterkey.AsyncKeeper() as other:
            assert isinstance(other.store, PostgresStore)
            return (await other.token(NAME)).reveal()

    assert asyncio.run(main()) == token
    keeper.logout(NAME)
    command("token", "--account", NAME, code=17)
    assert not list(Path.cwd().rglob("accounts")), "nothing is kept in files"


def test_after_a_login_in_a_script_the_command_and_other_processes_have_the_account(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutterkey._paste._in_notebook", lambda: True)
    shown = list[str]()
    monkeypatch.setattr("shutterkey._login._say", shown.append)

    def paste(_: str) -> str:
        lines = "\n".join(shown).splitlines()
        return sandbox.approve(next(line for line in lines if line.startswith(sandbox.base_url)))

    monkeypatch.setattr("getpass.getpass", paste)
    connection = shutterkey.login(NAME, open_browser=False)
    shows_no_secret("\n".join(shown))
    assert command("token", "--account", NAME) == f"{connection.token.reveal()}\n"
    script = f"import shutterkey; print(shutterkey.Keeper().account({NAME!r}).account.username)"
    other = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert other.stdout == "studio.sandbox\n", other.stderr


def test_the_app_is_the_one_whose_accounts_are_there_and_a_namespace_is_said_in_code(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    tenant = f"tenant-{secrets.token_hex(4)}"
    monkeypatch.setenv("SHUTTERKEY_NAMESPACE", tenant)
    token = sandbox.mint_token("studio", age=2 * 86_400).reveal()
    command("import", "--account", NAME, typed=token)
    for name in ("CLIENT_ID", "CLIENT_SECRET", "REDIRECT_URI"):
        monkeypatch.delenv(f"SHUTTERKEY_{name}")
    keeper = shutterkey.Keeper(namespace=tenant)
    assert keeper.token(NAME).reveal() == token
    monkeypatch.setenv("SHUTTERKEY_CLIENT_ID", keeper.client.config.client_id)
    with pytest.raises(shutterkey.AccountError) as raised:
        shutterkey.Keeper().account(NAME)
    assert raised.value.code == "account.not_found"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_forked_child_of_a_profiles_keeper_has_connections_of_its_own(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper = shutterkey.Keeper(reread=0)
    keeper.import_token(sandbox.mint_token("studio", age=2 * 86_400).reveal(), name=NAME)
    # What the child needs it was given before.
    monkeypatch.delenv("SHUTTERKEY_DATABASE_URL")
    monkeypatch.delenv("SHUTTERKEY_SEAL_KEYS")
    children = list[int]()
    for _ in range(3):
        child = os.fork()
        if child == 0:
            os._exit(0 if all(keeper.account(NAME).token.is_live() for _ in range(50)) else 1)
        children.append(child)
    for _ in range(50):
        assert keeper.account(NAME).token.is_live()
    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0] * 3


@pytest.mark.parametrize(
    ("without", "code"),
    [("SHUTTERKEY_DATABASE_URL", "config.missing"), ("SHUTTERKEY_SEAL_KEYS", "config.seal_key")],
)
def test_what_is_missing_is_named(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, without: str, code: str) -> None:
    monkeypatch.delenv(without)
    asks: tuple[Callable[[], object], ...] = (shutterkey.Keeper, shutterkey.AsyncKeeper, shutterkey.login)
    for ask in asks:
        with pytest.raises(shutterkey.ConfigError, match=without) as raised:
            ask()
        assert raised.value.code == code
        shows_no_secret(f"{raised.value!r} {raised.value}")
    # Where the store is given, the profile's is not looked for.
    shutterkey.Keeper(store=shutterkey.MemoryStore())


def test_what_is_wrong_shows_no_secret_and_files_do_as_well(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for url, code in (
        ("postgres://canary@[canary", "config.invalid"),
        ("postgres://app:canary@127.0.0.1:1/app", "store.unavailable"),
        (address(password="canary"), "store.denied"),
    ):
        monkeypatch.setenv("SHUTTERKEY_DATABASE_URL", url)
        with pytest.raises(shutterkey.ShutterkeyError) as raised:
            shutterkey.Keeper().account(NAME)
        assert raised.value.code == code
        shows_no_secret(f"{raised.value!r} {raised.value} {raised.value.__cause__!r}")
    for name, text in (("DATABASE_URL", address()), ("SEAL_KEYS", KEYS.serialize())):
        file = tmp_path / name
        file.write_text(text + "\n")
        file.chmod(0o600)
        monkeypatch.delenv(f"SHUTTERKEY_{name}")
        monkeypatch.setenv(f"SHUTTERKEY_{name}_FILE", str(file))
    store = shutterkey.Keeper().store
    assert isinstance(store, PostgresStore)
    store.check()
