"""The sandbox: its control words and its life."""

from __future__ import annotations

import gc
import json
import os
import pickle
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

import shutterkey
from shutterkey import Connection, FileStore, Keeper, Sandbox, SandboxError

DAY = timedelta(days=1)
START = datetime(2027, 1, 1, tzinfo=timezone.utc)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(clock_start=START) as sandbox:
        yield sandbox


def log_in(sandbox: Sandbox, keeper: Keeper, name: str = "me", **how: Any) -> Connection:
    login = keeper.authorize()
    return keeper.complete(login.pending, sandbox.approve(login.url, **how), name=name)


def test_worlds_are_separate_and_of_one_seed_alike() -> None:
    with Sandbox(seed=7) as one, Sandbox(seed=7) as other, Sandbox(seed=8) as third:
        assert one.base_url != other.base_url
        assert one.person("ada") == other.person("ada.sandbox")
        assert one.person("ada") != third.person("ada")
        one.app()
        assert other.apps() == []


def test_a_world_that_was_saved_goes_on_elsewhere(tmp_path: Path) -> None:
    with Sandbox() as sandbox:
        token = sandbox.mint_token("ada")
        world = sandbox.save_world()
    path = tmp_path / "world.json"
    path.write_text(world)
    for kept in (world, path, str(path)):
        with Sandbox(world=kept) as again:
            assert again.keeper().import_token(token.reveal()).account.username == "ada.sandbox"


def test_a_world_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    with pytest.raises(SandboxError, match="no world file"):
        Sandbox(world=tmp_path / "nothing.json")
    with pytest.raises(SandboxError, match="kept world"):
        Sandbox(world="{}")
    with pytest.raises(shutterkey.ShutterkeyError):
        Sandbox(world="{}", seed=1)


def test_a_kind_of_account_can_be_chosen_and_personal_ones_cannot_log_in(sandbox: Sandbox) -> None:
    assert sandbox.person("ada", account_type="Personal").account_type == "Personal"
    with pytest.raises((SandboxError, shutterkey.ShutterkeyError)):
        log_in(sandbox, sandbox.keeper(), person="ada")


@pytest.mark.parametrize(
    "wrong",
    [
        lambda s: s.person("Not A Name"),
        lambda s: s.person("ada", account_type="Robot"),
        lambda s: s.app("myspace"),
        lambda s: s.app(name="Instagram Login"),
        lambda s: s.approve("nonsense"),
        lambda s: s.approve(s.client().authorize().url, "nobody"),
        lambda s: s.set_behaviour(no_such_switch=True),
        lambda s: s.set_behaviour(profile="hearsay"),
        lambda s: Sandbox(profile="hearsay"),  # type: ignore[arg-type]
        lambda s: Sandbox(port=urlsplit(s.base_url).port or 0),
    ],
)
def test_what_the_sandbox_cannot_do_is_an_error_of_its_own(
    sandbox: Sandbox, wrong: Callable[[Sandbox], object]
) -> None:
    with pytest.raises(SandboxError) as raised:
        wrong(sandbox)
    assert str(raised.value)
    assert not isinstance(raised.value, shutterkey.ShutterkeyError)


def test_the_switches_are_read_and_set_by_their_names() -> None:
    with Sandbox() as sandbox:
        assert sandbox.behaviour["wrapped_answers"] is False
        sandbox.set_behaviour(same_token_on_refresh=True)
        keeper = sandbox.keeper()
        old = keeper.import_token(sandbox.mint_token(age=2 * DAY).reveal(), name="me").token
        assert keeper.refresh("me").reveal() == old.reveal()
        sandbox.set_behaviour(profile="documented", too_young_code=100)
        changed = sandbox.behaviour
        assert changed["wrapped_answers"] is True
        assert changed["too_young_code"] == 100
        assert changed["same_token_on_refresh"] is False


def test_the_switches_that_editors_know_are_those_that_there_are(sandbox: Sandbox) -> None:
    from shutterkey._typing import Switches

    assert set(Switches.__annotations__) == {"profile", *sandbox.behaviour}


def test_calls_tell_who_called_what_and_when(sandbox: Sandbox) -> None:
    log_in(sandbox, sandbox.keeper())
    (exchange,) = sandbox.calls("oauth/access_token")
    assert (exchange.method, exchange.status, exchange.grant_type) == ("POST", 200, "authorization_code")
    assert exchange.client_id == sandbox.apps()[0].client_id
    assert abs(exchange.at - START) < timedelta(minutes=1)
    assert sandbox.calls(status=418) == []


def test_a_fault_takes_the_place_of_as_many_answers_as_asked_for(sandbox: Sandbox) -> None:
    keeper = sandbox.keeper()
    keeper.import_token(sandbox.mint_token(age=2 * DAY).reveal(), name="me")
    sandbox.fault("refresh_access_token", 503, "<html>busy</html>", times=2)
    while not sandbox.calls("refresh_access_token", status=200):
        try:
            keeper.refresh("me")
        except shutterkey.ShutterkeyError:
            assert len(sandbox.calls("refresh_access_token")) <= 2
    assert len(sandbox.calls("refresh_access_token", status=503)) == 2


def test_reset_begins_anew() -> None:
    with Sandbox() as sandbox:
        sandbox.mint_token("ada")
        sandbox.clock.advance(400 * DAY)
        sandbox.reset()
        assert (sandbox.apps(), sandbox.calls(), len(sandbox.people())) == ([], [], 4)
        assert abs(sandbox.clock.now() - datetime.now(timezone.utc)) < timedelta(minutes=1)


def test_the_clock_stands_runs_and_is_followed_by_clients(sandbox: Sandbox) -> None:
    client = sandbox.client()
    sandbox.clock.freeze()
    sandbox.clock.set(START + 365 * DAY)
    assert sandbox.clock.is_frozen
    assert client.now() == sandbox.clock.now() == START + 365 * DAY
    sandbox.clock.advance(-DAY)
    assert client.now() == START + 364 * DAY
    other = shutterkey.Client(sandbox.app().config(), clock=sandbox.clock)
    assert other.now() == START + 364 * DAY
    sandbox.clock.unfreeze()
    assert not sandbox.clock.is_frozen


def test_another_program_drives_it_over_http_with_the_control_token(sandbox: Sandbox) -> None:
    def ask(token: str) -> Any:
        request = urllib.request.Request(f"{sandbox.base_url}/control/people", headers={"X-Shutterkey-Control": token})
        with urllib.request.urlopen(request, timeout=10) as response:
            return json.load(response)

    assert ask(sandbox.reveal_control_token())[0]["username"] == "studio.sandbox"
    with pytest.raises(urllib.error.HTTPError, match="401"):
        ask("wrong")


def test_keepers_of_a_sandbox_share_its_accounts_unless_given_a_store(sandbox: Sandbox, tmp_path: Path) -> None:
    log_in(sandbox, sandbox.keeper())
    assert sandbox.keeper().account("me").account.username == "studio.sandbox"
    assert sandbox.keeper(store=FileStore(tmp_path / "accounts")).accounts() == []


def test_no_text_about_a_sandbox_shows_a_secret(sandbox: Sandbox) -> None:
    app, minted = sandbox.app(), sandbox.mint_token()
    shown = " ".join(map(repr, (sandbox, sandbox.clock, app, minted, sandbox.people(), sandbox.calls())))
    for secret in (sandbox.reveal_control_token(), app.reveal_client_secret() or "", minted.reveal()):
        assert secret not in shown
    for value in (sandbox, app, minted):
        with pytest.raises(TypeError):
            pickle.dumps(value)


def test_the_port_is_free_once_it_is_closed_and_closing_twice_is_fine() -> None:
    sandbox = Sandbox()
    port = urlsplit(sandbox.base_url).port or 0
    sandbox.close()
    sandbox.close()
    with Sandbox(port=port) as again:
        assert again.base_url == sandbox.base_url
    with pytest.raises(SandboxError, match="closed"):
        sandbox.approve("http://127.0.0.1/")


def test_one_that_nobody_holds_any_more_is_closed() -> None:
    sandbox = Sandbox()
    url = sandbox.base_url
    del sandbox
    gc.collect()
    with pytest.raises(OSError):
        for _ in range(10_000):
            urllib.request.urlopen(url, timeout=10).close()


def test_threads_may_approve_at_the_same_time() -> None:
    with Sandbox() as sandbox:
        keeper = sandbox.keeper()
        problems: list[Exception] = []

        def one(name: str) -> None:
            try:
                sandbox.person(name)
                log_in(sandbox, keeper, name=name, person=name)
            except Exception as error:
                problems.append(error)

        threads = [threading.Thread(target=one, args=(f"person{number}",)) for number in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert problems == []
        assert len(keeper.accounts()) == 12


def run(script: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)


def test_a_process_that_ends_without_closing_it_ends_quietly() -> None:
    script = """
import shutterkey
sandbox = shutterkey.Sandbox()
keeper = sandbox.keeper()
keeper.import_token(sandbox.mint_token(age=86400 * 50).reveal(), name="me")
keeper.token("me")
print("end")
"""
    ended = run(script)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "end\n", "")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork on this system")
def test_a_forked_child_cannot_drive_it_but_its_clients_go_on_and_the_parent_is_unharmed() -> None:
    script = """
import os, shutterkey
with shutterkey.Sandbox() as sandbox:
    keeper = sandbox.keeper()
    keeper.import_token(sandbox.mint_token(age=86400 * 5).reveal(), name="me")
    child = os.fork()
    if child == 0:
        refused = 0
        for word in (sandbox.people, sandbox.clock.freeze, sandbox.reset, sandbox.save_world):
            try:
                word()
            except shutterkey.SandboxError as error:
                assert "forked" in str(error)
                refused += 1
        keeper.refresh("me")
        sandbox.close()
        with shutterkey.Sandbox() as own:
            own.people()
        del sandbox, keeper
        os._exit(refused)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 4, status
    assert len(sandbox.calls("refresh_access_token")) == 1
    assert len(sandbox.people()) == 4
print("end")
"""
    ended = run(script)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "end\n", "")
