"""Whole journeys of a keeper over the sandbox, in both profiles, for threads and for asyncio."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

import shutterkey
from shutterkey import Connection, Keeper, NeedsLogin, Sandbox, SandboxError

DAY = timedelta(days=1)
START = datetime(2027, 1, 1, tzinfo=timezone.utc)
DEAD = {"error": {"message": "The session is over", "type": "OAuthException", "code": 190, "error_subcode": 460}}


@pytest.fixture(params=["production", "documented"])
def sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    with Sandbox(profile=request.param, clock_start=START) as sandbox:
        yield sandbox


def log_in(sandbox: Sandbox, keeper: Keeper, name: str = "me", **how: Any) -> Connection:
    login = keeper.authorize()
    return keeper.complete(login.pending, sandbox.approve(login.url, **how), name=name)


def test_a_login_by_approval_gives_a_long_lived_token_that_is_answered_from_memory(sandbox: Sandbox) -> None:
    keeper = sandbox.keeper()
    connection = log_in(sandbox, keeper)
    person = sandbox.person("studio")
    assert connection.account.user_id == person.user_id
    assert connection.account.username == person.username
    assert connection.token.kind == "long"
    assert connection.token.expires_at is not None
    assert abs(connection.token.expires_at - (START + 60 * DAY)) < timedelta(minutes=1)
    before = len(sandbox.calls())
    assert keeper.token("me").reveal() == connection.token.reveal()
    assert len(sandbox.calls()) == before


def test_time_that_passes_in_the_sandbox_makes_a_keeper_refresh_once(sandbox: Sandbox) -> None:
    keeper = sandbox.keeper()
    log_in(sandbox, keeper)
    sandbox.clock.advance(50 * DAY)
    assert keeper.token("me").is_live(sandbox.clock.now())
    keeper.settle()
    assert [(call.method, call.status) for call in sandbox.calls("refresh_access_token")] == [("GET", 200)]
    assert (keeper.token("me").expires_at or START) > START + 100 * DAY
    event = keeper.events().try_next()
    assert event is not None
    assert event.kind == "refreshed"


def test_a_token_that_is_looked_after_monthly_lives_for_years(sandbox: Sandbox) -> None:
    keeper = sandbox.keeper()
    log_in(sandbox, keeper)
    for _ in range(24):
        sandbox.clock.advance(30 * DAY)
        assert keeper.token("me").is_live(sandbox.clock.now())
        keeper.settle()
    refreshes = [call.status for call in sandbox.calls("refresh_access_token")]
    assert 12 <= len(refreshes) <= 24
    assert set(refreshes) == {200}


def test_a_dead_token_that_is_reported_needs_a_login_and_that_is_remembered(sandbox: Sandbox) -> None:
    keeper = sandbox.keeper()
    log_in(sandbox, keeper)
    with pytest.raises(NeedsLogin) as raised:
        keeper.report("me", 400, json.dumps(DEAD))
    assert raised.value.provider is not None
    assert raised.value.provider.code == 190
    calls = len(sandbox.calls())
    with pytest.raises(NeedsLogin):
        sandbox.keeper().token("me")
    assert keeper.account("me").state == "needs_login"
    assert len(sandbox.calls()) == calls
    log_in(sandbox, keeper)
    assert keeper.token("me").is_live(sandbox.clock.now())


def test_a_token_that_was_made_elsewhere_is_imported_and_kept_alive(sandbox: Sandbox) -> None:
    keeper = sandbox.keeper()
    minted = sandbox.mint_token("bakery", age=40 * DAY)
    connection = keeper.import_token(minted.reveal(), name="me")
    assert connection.account.username == minted.username == "bakery.sandbox"
    keeper.refresh("me")
    assert (keeper.token("me").expires_at or START) > START + 59 * DAY


def test_a_token_younger_than_a_day_is_not_refreshed(sandbox: Sandbox) -> None:
    keeper = sandbox.keeper()
    log_in(sandbox, keeper)
    sandbox.clock.advance(timedelta(hours=23))
    with pytest.raises(shutterkey.TokenError) as raised:
        keeper.refresh("me")
    assert raised.value.code == "token.too_young"
    assert sandbox.calls("refresh_access_token") == []


def test_an_account_that_logged_out_is_gone(sandbox: Sandbox) -> None:
    keeper = sandbox.keeper()
    log_in(sandbox, keeper)
    keeper.logout("me")
    assert keeper.accounts() == []
    with pytest.raises(shutterkey.AccountError):
        keeper.token("me")


def test_a_person_who_cancels_is_a_denial(sandbox: Sandbox) -> None:
    keeper = sandbox.keeper()
    with pytest.raises(shutterkey.DeniedError) as raised:
        log_in(sandbox, keeper, deny=True)
    assert raised.value.code == "denied.by_user"
    assert keeper.accounts() == []


def test_a_permission_that_is_unticked_is_missing(sandbox: Sandbox) -> None:
    scope = "instagram_business_content_publish"
    keeper = sandbox.keeper(scopes=["instagram_business_basic", scope])
    assert log_in(sandbox, keeper, untick=[scope]).missing_scopes == (scope,)


def test_a_login_that_a_fault_interrupts_is_resumed_without_a_second_exchange(sandbox: Sandbox) -> None:
    keeper = sandbox.keeper()
    sandbox.fault("/me", 500, {"error": {"message": "try later", "code": 2}}, times=3)
    with pytest.raises(shutterkey.ShutterkeyError) as raised:
        log_in(sandbox, keeper)
    resumable = raised.value.resumable
    assert resumable is not None
    for _ in range(3):
        try:
            connection = keeper.resume(resumable)
        except shutterkey.ShutterkeyError as error:
            assert error.retry.kind == "backoff", error
        else:
            break
    assert connection.account.username == "studio.sandbox"
    assert len(sandbox.calls("/me", status=500)) == 3
    assert len(sandbox.calls("oauth/access_token")) == 1


def test_the_implicit_flow_of_the_2010s_gives_a_token_in_the_fragment(sandbox: Sandbox) -> None:
    app = sandbox.app("legacy", "http://127.0.0.1:9/callback", allow_implicit=True)
    keeper = sandbox.keeper(app, response_type="token")
    login = keeper.authorize()
    redirect = sandbox.approve(login.url, "maker")
    assert "access_token" in parse_qs(urlsplit(redirect).fragment)
    connection = keeper.complete(login.pending, redirect, name="me")
    assert connection.account.user_id == sandbox.person("maker").legacy_id
    sandbox.clock.advance(1000 * DAY)
    assert keeper.token("me").reveal() == connection.token.reveal()


def test_a_legacy_app_refuses_the_implicit_flow_unless_it_was_allowed(sandbox: Sandbox) -> None:
    keeper = sandbox.keeper(product="legacy", response_type="token")
    with pytest.raises((SandboxError, shutterkey.ShutterkeyError)):
        log_in(sandbox, keeper)


def test_a_standard_server_hands_out_refresh_tokens(sandbox: Sandbox) -> None:
    keeper = sandbox.keeper(product="standard")
    connection = log_in(sandbox, keeper)
    assert connection.token.has_refresh_token
    assert keeper.refresh("me").reveal() != connection.token.reveal()


def test_the_whole_journey_for_asyncio(sandbox: Sandbox) -> None:
    async def journey() -> None:
        async with sandbox.async_keeper() as keeper:
            login = keeper.authorize()
            redirect = await sandbox.approve_async(login.url, "maker")
            connection = await keeper.complete(login.pending, redirect, name="me")
            assert connection.account.username == "maker.sandbox"
            sandbox.clock.advance(50 * DAY)
            await keeper.token("me")
            await keeper.settle()
            assert len(sandbox.calls("refresh_access_token")) == 1
            async for event in keeper.events():
                assert event.kind == "refreshed"
                break
            with pytest.raises(NeedsLogin):
                await keeper.report("me", 400, json.dumps(DEAD))
            minted = sandbox.mint_token("bakery", age=2 * DAY)
            await keeper.import_token(minted.reveal(), name="other")
            await keeper.refresh("other")
            await keeper.logout("me")
            assert [stored.account.username for stored in await keeper.accounts()] == ["bakery.sandbox"]

    asyncio.run(journey())


def test_the_implicit_flow_for_asyncio(sandbox: Sandbox) -> None:
    async def journey() -> None:
        app = sandbox.app("legacy", allow_implicit=True)
        keeper = sandbox.async_keeper(app, response_type="token")
        login = keeper.authorize()
        connection = await keeper.complete(login.pending, await sandbox.approve_async(login.url), name="me")
        assert connection.account.user_id == sandbox.person("studio").legacy_id

    asyncio.run(journey())


def test_many_logins_at_once_for_asyncio() -> None:
    async def journey() -> None:
        async with Sandbox() as sandbox:
            keeper = sandbox.async_keeper()

            async def one(name: str) -> Connection:
                sandbox.person(name)
                login = keeper.authorize()
                redirect = await asyncio.create_task(sandbox.approve_async(login.url, name))
                return await keeper.complete(login.pending, redirect, name=name)

            connections = await asyncio.gather(*(one(f"person{number}") for number in range(20)))
            assert len({connection.account.user_id for connection in connections}) == 20
        with pytest.raises(SandboxError):
            sandbox.people()

    asyncio.run(journey())


def test_an_approval_for_asyncio_raises_what_the_platform_says(sandbox: Sandbox) -> None:
    async def journey() -> None:
        with pytest.raises(SandboxError, match="not one of this sandbox"):
            await sandbox.approve_async("http://127.0.0.1:1/instagram/oauth/authorize")

    asyncio.run(journey())
