"""Facebook Login by the package's clients and keepers: Pages, accounts, inspection, and whose tokens are taken."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

import shutterkey
import shutterkey.operation
from shutterkey import Keeper, Sandbox

SCOPES = ["instagram_basic", "pages_show_list", "business_management"]


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


def logged_in(sandbox: Sandbox, *, untick: list[str] | None = None) -> Keeper:
    app = sandbox.app("facebook", require_app_secret=True)
    keeper = sandbox.keeper(app, scopes=SCOPES)
    login = keeper.authorize()
    keeper.complete(login.pending, sandbox.approve(login.url, untick=untick), name="me")
    return keeper


def test_a_login_leads_to_the_account_behind_the_page_with_a_token_that_does_not_expire(sandbox: Sandbox) -> None:
    found = logged_in(sandbox).instagram_accounts("me")
    assert found.reason is None
    assert found.note is None
    [account] = found.accounts
    assert account.account.user_id.startswith("1784")
    assert account.page is not None
    assert account.page.token is not None
    assert (account.page.token.kind, account.page.token.expiry) == ("page", "never")


def test_no_account_has_a_reason_with_what_to_do(sandbox: Sandbox) -> None:
    found = logged_in(sandbox, untick=["pages_show_list"]).instagram_accounts("me")
    assert found.accounts == ()
    assert found.reason is not None
    assert found.reason.permission == "pages_show_list"
    assert str(found.reason) == found.reason.message
    assert found.reason.hint


def test_an_app_that_requires_proofs_refuses_who_has_no_secret(sandbox: Sandbox) -> None:
    keeper = logged_in(sandbox)
    running = shutterkey.operation.identify(keeper.client.config, keeper.token("me"))
    unproven = shutterkey.operation.identify(keeper.client.config.provider, keeper.token("me"))
    step, bare = running.begin(), unproven.begin()
    assert isinstance(step, shutterkey.operation.Step.Send)
    assert isinstance(bare, shutterkey.operation.Step.Send)
    assert "appsecret_proof" in step.request.url
    assert "appsecret_proof" not in bare.request.url


def test_a_token_of_another_app_is_not_taken_from_a_device(sandbox: Sandbox) -> None:
    own = sandbox.app("facebook")
    keeper = sandbox.keeper(own)
    other = sandbox.app("facebook", name="Quiz of the day")
    mine = sandbox.mint_token("studio", product="facebook", app=own).reveal()
    connection = keeper.import_token(mine, name="me", from_device=True)
    assert connection.token.expires_at is not None
    theirs = sandbox.mint_token("studio", product="facebook", app=other).reveal()
    with pytest.raises(shutterkey.TokenError) as refused:
        keeper.import_token(theirs, from_device=True)
    assert refused.value.code == "token.wrong_app"
    assert len(keeper.accounts()) == 1


def test_asyncio_has_the_same(sandbox: Sandbox) -> None:
    async def run() -> None:
        keeper = sandbox.async_keeper(sandbox.app("facebook"), scopes=SCOPES)
        login = keeper.authorize()
        redirect = await sandbox.approve_async(login.url)
        token = (await keeper.complete(login.pending, redirect, name="me")).token
        client = keeper.client
        found = await keeper.instagram_accounts("me")
        again = await client.instagram_accounts(token)
        assert [each.account for each in found.accounts] == [each.account for each in again.accounts]
        inspection = await client.inspect_token(token)
        assert inspection.is_valid
        assert inspection.app_id == client.config.client_id
        assert (await client.inspect_token(token, inspector=await client.app_token())).is_valid
        assert "pages_show_list" in (await client.permissions(token)).granted
        await client.revoke_permission(token, "pages_show_list")
        assert "pages_show_list" in (await client.permissions(token)).declined
        with pytest.raises(shutterkey.TokenError):
            other = sandbox.app("facebook", name="Quiz of the day")
            theirs = sandbox.mint_token("studio", product="facebook", app=other).reveal()
            await keeper.import_token(theirs, from_device=True)

    asyncio.run(run())
