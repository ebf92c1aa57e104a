"""What a sandbox does on demand: other products, ends of tokens, Pages, faults."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Literal

import pytest

import shutterkey
from shutterkey import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.mark.parametrize("product", ["facebook", "threads"])
def test_a_login_ends_with_a_token_of_sixty_days(sandbox: Sandbox, product: Literal["facebook", "threads"]) -> None:
    keeper = sandbox.keeper(product=product)
    login = keeper.authorize()
    keeper.complete(login.pending, sandbox.approve(login.url), name="me")
    assert keeper.token("me").kind == "long"


def test_tokens_expire_die_for_a_reason_and_come_back_after_a_checkpoint(sandbox: Sandbox) -> None:
    client = sandbox.client(product="threads")
    keeper = sandbox.keeper(product="threads")
    connection = keeper.import_token(sandbox.mint_token(product="threads").reveal(), name="me")
    assert sandbox.invalidate("studio", "checkpoint") == 1
    with pytest.raises(shutterkey.AccountError, match="checkpoint"):
        client.identify(connection.token)
    assert sandbox.clear_checkpoint() == 1
    assert client.identify(connection.token).username == "studio.sandbox"
    assert sandbox.invalidate("studio", "password_changed", product="facebook") == 0
    assert sandbox.expire("studio") == 1
    with pytest.raises(shutterkey.TokenError):
        client.identify(connection.token)
    with pytest.raises(shutterkey.SandboxError, match="there is no person"):
        sandbox.expire("nobody")


def test_an_app_of_facebook_login_has_configurations_and_people_have_pages(sandbox: Sandbox) -> None:
    app = sandbox.app(
        "facebook",
        require_app_secret=True,
        testers=["ada"],
        configurations=[{"name": "Shop", "permissions": ["instagram_basic"], "system_user": True}],
    )
    assert len(app.config_ids) == 1
    page = sandbox.page("Second", "maker", instagram="studio")
    assert (page["owner"], page["instagram"]) == ("maker.sandbox", "studio.sandbox")
    assert len(sandbox.pages()) == 4
    sandbox.remove_pages("maker")
    assert len(sandbox.pages()) == 2


def test_faults_hit_whom_they_are_for_in_the_way_that_was_asked_for(sandbox: Sandbox) -> None:
    client = sandbox.client()
    keeper = sandbox.keeper()
    studio = keeper.import_token(sandbox.mint_token("studio").reveal()).token
    bakery = keeper.import_token(sandbox.mint_token("bakery").reveal()).token
    sandbox.fault("/me", kind="throttle", code=80002, account="studio", for_=timedelta(hours=1))
    with pytest.raises(shutterkey.ThrottledError):
        client.identify(studio)
    assert client.identify(bakery).username == "bakery.sandbox"
    (waiting,) = sandbox.faults()
    assert (waiting["kind"], waiting["for_seconds"]) == ("throttle", 3600)
    sandbox.clear_faults()
    assert client.identify(studio).username == "studio.sandbox"
    last = sandbox.calls("/me")[-1].number
    sandbox.fault("/me", kind="malformed", form="html", times=3)
    with pytest.raises(shutterkey.ProviderError):
        client.identify(studio)
    assert [call.fault for call in sandbox.calls("/me") if call.number > last][0] == "malformed"
    with pytest.raises(shutterkey.SandboxError, match="no throttle code"):
        sandbox.fault("/me", kind="throttle", code=5)
