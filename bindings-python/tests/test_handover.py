"""A login that an app and its backend share, where the backend's framework has no adapter."""

from __future__ import annotations

import asyncio
import json
import pickle
from collections.abc import Iterator

import pytest
import shutterkey
from shutterkey import SealKeys
from shutterkey.protocol import Handover, HandoverStart
from vectors_support.printing import every_form

KEYS = SealKeys.generate()
APP_REDIRECT = "https://app.example/instagram/app"


@pytest.fixture
def sandbox() -> Iterator[shutterkey.Sandbox]:
    with shutterkey.Sandbox(clock_start=1_950_000_000) as sandbox:
        yield sandbox


def begun(client: shutterkey.Client | shutterkey.AsyncClient) -> HandoverStart:
    return HandoverStart.seal(client.authorize(session="ada"), KEYS, "ada")


def handed(sandbox: shutterkey.Sandbox, start: HandoverStart) -> Handover:
    """What came to the backend, by way of the app."""
    start = HandoverStart.parse(start.to_json())
    answer = start.answer(sandbox.approve(start.url, "bakery"), now=sandbox.clock.now())
    return Handover.parse(answer.to_json())


def test_a_backend_completes_what_its_app_hands_over(sandbox: shutterkey.Sandbox) -> None:
    client = sandbox.client(sandbox.app(redirect_uri=APP_REDIRECT))
    start = begun(client)
    assert start.redirect_uri == APP_REDIRECT
    assert (start.expires_at - client.now()).total_seconds() == 600
    pending, grant = handed(sandbox, start).accept(client, KEYS, "ada")
    assert client.complete_grant(pending, grant).account.username == "bakery.sandbox"


def test_an_asynchronous_client_has_its_own_present_too(sandbox: shutterkey.Sandbox) -> None:
    client = sandbox.async_client(sandbox.app(redirect_uri=APP_REDIRECT))
    pending, grant = handed(sandbox, begun(client)).accept(client, KEYS, "ada")
    assert asyncio.run(client.complete_grant(pending, grant)).account.username == "bakery.sandbox"


def test_a_configuration_alone_takes_the_present_from_its_caller(sandbox: shutterkey.Sandbox) -> None:
    client = sandbox.client(sandbox.app(redirect_uri=APP_REDIRECT))
    handover = handed(sandbox, begun(client))
    _, grant = handover.accept(client.config, KEYS, "ada", now=sandbox.clock.now())
    assert grant.reveal_code()
    with pytest.raises(shutterkey.RedirectError) as late:
        handover.accept(client.config, KEYS, "ada", now=2_000_000_000)
    assert late.value.code == "redirect.state_expired"
    with pytest.raises(TypeError):
        handover.accept("a client", KEYS, "ada")  # type: ignore[arg-type]


def test_h5_a_handle_opens_for_its_user_and_its_keys_alone(sandbox: shutterkey.Sandbox) -> None:
    client = sandbox.client(sandbox.app(redirect_uri=APP_REDIRECT))
    handover = handed(sandbox, begun(client))
    for keys, session in ((KEYS, "eve"), (SealKeys.generate(), "ada")):
        with pytest.raises(shutterkey.RedirectError) as refused:
            handover.accept(client, keys, session)
        assert refused.value.code == "redirect.seal_invalid"


def test_a_sealer_of_ones_own_may_keep_the_login_itself(sandbox: shutterkey.Sandbox) -> None:
    kept: dict[tuple[str, str], bytes] = {}

    class Vault:
        def seal(self, purpose: str, context: str, plain: bytes) -> str:
            kept[purpose, context] = plain
            return "handle-1"

        def open(self, purpose: str, context: str, sealed: str) -> bytes:
            return kept[purpose, context]

    client = sandbox.client(sandbox.app(redirect_uri=APP_REDIRECT))
    start = HandoverStart.seal(client.authorize(), Vault(), "ada")
    assert json.loads(start.to_json())["handle"] == "handle-1"
    handover = handed(sandbox, start)
    handover.accept(client, Vault(), "ada")
    with pytest.raises(shutterkey.RedirectError) as refused:
        handover.accept(client, Vault(), "eve")
    assert isinstance(refused.value.__cause__, KeyError)


def test_neither_value_shows_what_is_in_it(sandbox: shutterkey.Sandbox) -> None:
    start = begun(sandbox.client(sandbox.app(redirect_uri=APP_REDIRECT)))
    handover = handed(sandbox, start)
    _, handle, redirect_url = json.loads(handover.to_json()).values()
    secrets = [start.url.partition("?")[2], handle, redirect_url]
    for value in (start, handover):
        printed = every_form(value)
        assert type(value).__name__ in printed
        for secret in secrets:
            assert secret not in printed
        with pytest.raises(TypeError, match="holds a secret"):
            pickle.dumps(value)
