"""No secret comes out by accident: not of any public class, by any way that Python turns a value into text."""

from __future__ import annotations

import base64
import gc
import hmac
import inspect
import io
import json
import logging
import traceback
import types
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import shutterkey
from shutterkey import operation, protocol
from vectors_support.printing import every_form

# Classes that are there to be written by the caller, and have no instances of ours.
PROTOCOLS = {shutterkey.Store, shutterkey.AsyncStore, shutterkey.Sealer}

NOT_ITS_OWN = type | types.ModuleType | types.FunctionType | types.TracebackType | types.FrameType

DEPTH = 6
"""How far what an object refers to is followed: a `gc.get_referents` is a step."""


class World:
    """One object of each public class that can be made, and the secrets that are in them."""

    def __init__(self, sandbox: shutterkey.Sandbox, folder: str) -> None:
        self.secrets: dict[str, str] = {}
        self.objects: list[Any] = [sandbox, sandbox.clock, *sandbox.people()]
        self._log_in_with_meta(sandbox, folder)
        self._log_in_with_pkce(sandbox)
        self._fail_after_the_code_is_spent(sandbox)
        self._walk_from_facebook_to_instagram(sandbox)
        self._seal(sandbox)
        self._speak_the_protocol(sandbox)
        self._seed(sandbox)
        self._keep_a_fleet(sandbox)
        self.objects += [shutterkey.FileStore(folder), shutterkey.MemoryStore(), shutterkey.ManualClock()]
        self.objects += sandbox.calls()

    def secret(self, name: str, value: str | None) -> None:
        assert value
        self.secrets[name] = value

    def _log_in_with_meta(self, sandbox: shutterkey.Sandbox, folder: str) -> None:
        app = sandbox.app(redirect_uri="https://localhost/")
        self.secret("app secret", app.reveal_client_secret())
        keeper = sandbox.keeper(app)
        asynchronous = sandbox.async_keeper(app)
        request = keeper.authorize(session="a session", context=b"about the caller")
        self.secret("state", parse_qs(urlsplit(request.url).query)["state"][0])
        pending = request.pending
        redirect = sandbox.approve(request.url)
        self.secret("code", parse_qs(urlsplit(redirect).query)["code"][0])
        grant = pending.accept(redirect, now=sandbox.clock.now(), session="a session")
        held = pending.accept(redirect, now=sandbox.clock.now(), session="a session")
        connection = keeper.complete_grant(pending, grant, name="me")
        self.secret("token", connection.token.reveal())
        sandbox.clock.advance(2 * 86_400)
        refreshed = keeper.refresh("me")
        self.secret("refreshed token", refreshed.reveal())
        event = keeper.events().next(timeout=30)
        minted = sandbox.mint_token("maker", app=app)
        self.secret("minted token", minted.reveal())
        keeper.import_token(minted.reveal(), name="other")
        logged_out = keeper.logout("other")
        client, config = keeper.client, keeper.client.config
        answered = sandbox.approve((again := client.authorize()).url)
        answer = client.exchange(again.pending, again.pending.accept(answered, now=sandbox.clock.now()))
        self.secret("short-lived token", answer.token.reveal())
        self.objects += [app, keeper, keeper.events(), asynchronous, asynchronous.client, asynchronous.events()]
        self.objects += [request, pending, grant, held, connection, connection.account, connection.key, refreshed]
        self.objects += [event, minted, logged_out, client, config, config.provider, answer, keeper.account("me")]
        self.objects += [refreshed.refreshable(), *keeper.accounts()]
        with pytest.raises(shutterkey.TokenError) as young:
            keeper.refresh("me")
        self.objects += [young.value, young.value.retry]
        dead = {"error": {"message": f"Error validating access token {refreshed.reveal()}", "code": 190}}
        with pytest.raises(shutterkey.ShutterkeyError) as died:
            keeper.report("me", 400, json.dumps(dead))
        self.objects += [died.value, died.value.provider]

    def _log_in_with_pkce(self, sandbox: shutterkey.Sandbox) -> None:
        client = sandbox.client(product="standard")
        request = client.authorize()
        exchange = _sent(operation.exchange(client.config, request.pending, _granted(sandbox, request)))
        body = parse_qs((exchange.body or b"").decode())
        self.secret("verifier", body["code_verifier"][0])
        self.objects += [request, request.pending, exchange]

    def _fail_after_the_code_is_spent(self, sandbox: shutterkey.Sandbox) -> None:
        keeper = sandbox.keeper(product="instagram")
        request = keeper.authorize()
        redirect = sandbox.approve(request.url)
        sandbox.fault("/me", 400)
        with pytest.raises(shutterkey.ShutterkeyError) as failed:
            keeper.complete(request.pending, redirect)
        resumable = failed.value.resumable
        assert resumable is not None
        self.secret("token of a login that is not finished", resumable.token.reveal())
        self.objects += [failed.value, resumable]

    def _walk_from_facebook_to_instagram(self, sandbox: shutterkey.Sandbox) -> None:
        app = sandbox.app("facebook", require_app_secret=True)
        self.secret("secret of the Facebook app", app.reveal_client_secret() or "")
        client = sandbox.client(app, scopes=["instagram_basic", "pages_show_list"])
        found: list[object] = []
        for person in ("studio", "bakery"):
            request = client.authorize()
            connection = client.complete(request.pending, sandbox.approve(request.url, person))
            self.secret(f"Facebook token of {person}", connection.token.reveal())
            accounts = client.instagram_accounts(connection.token)
            inspection = client.inspect_token(connection.token)
            found += [accounts, *accounts.accounts, *accounts.unlinked, accounts.reason, accounts.note]
            found += [inspection, *inspection.granular_scopes, client.permissions(connection.token)]
            for page in [*accounts.unlinked, *(account.page for account in accounts.accounts)]:
                assert page is not None and page.token is not None
                self.secret(f"token of the Page of {person}", page.token.reveal())
                found.append(page)
        own = client.app_token()
        self.secret("the app's own token", own.reveal())
        self.objects += [thing for thing in (*found, own) if thing is not None]

    def _seal(self, sandbox: shutterkey.Sandbox) -> None:
        keys = shutterkey.SealKeys.generate()
        self.secret("seal key", keys.serialize().partition(":")[2])
        jar = shutterkey.PendingJar.from_cookie(None, keys)
        jar.add(sandbox.client(product="instagram").authorize().pending)
        start = protocol.HandoverStart.seal(sandbox.client(product="instagram").authorize(), keys, "a user")
        self.secret("handle", json.loads(start.to_json())["handle"])
        self.objects += [start, start.answer(sandbox.approve(start.url), now=sandbox.clock.now())]
        payload = {"algorithm": "HMAC-SHA256", "user_id": "990001", "issued_at": int(sandbox.clock.now().timestamp())}
        said = base64.urlsafe_b64encode(json.dumps(payload).encode()).rstrip(b"=")
        signature = hmac.digest(self.secrets["app secret"].encode(), said, "sha256")
        signed = base64.urlsafe_b64encode(signature).rstrip(b"=") + b"." + said
        secrets = [self.secrets["app secret"]]
        request = shutterkey.verify_signed_request(signed.decode(), secrets, now=sandbox.clock.now())
        self.objects += [keys, jar, request]

    def _speak_the_protocol(self, sandbox: shutterkey.Sandbox) -> None:
        client = sandbox.client(product="instagram")
        token = sandbox.mint_token("bakery", product="instagram").reveal()
        self.secret("token of the protocol", token)
        body = json.dumps({"access_token": token, "token_type": "bearer", "expires_in": 5_183_944}).encode()
        response = protocol.HttpResponse(200, body)
        parsed = protocol.parse_exchange_response(client.config.provider, ["instagram_business_basic"], response)
        request = protocol.build_refresh_request(client.config, parsed.token)
        record = shutterkey.RecordBytes(token.encode())
        running = operation.identify(client.config.provider, parsed.token)
        self.objects += [response, parsed, request, record, shutterkey.Stored(record, 1), running, running.begin()]

    def _seed(self, sandbox: shutterkey.Sandbox) -> None:
        made = sandbox.seed({
            "apps": {"shop": {"product": "instagram", "redirect_uris": ["https://localhost/"]}},
            "tokens": {"old": {"app": "shop", "person": "studio"}},
        })
        self.secret("seeded token", made.tokens["old"].reveal())
        self.secret("seeded app secret", made.apps["shop"].reveal_client_secret() or "")
        self.objects += [made, sandbox.seeded]

    def _keep_a_fleet(self, sandbox: shutterkey.Sandbox) -> None:
        keys = shutterkey.SealKeys.generate()
        self.secret("key of a store", keys.serialize().partition(":")[2])
        self.secret("password of a database", "canary-of-a-database")
        address = "postgres://app:canary-of-a-database@localhost/app"
        store = shutterkey.SealedStore(shutterkey.MemoryStore(), keys)
        keeper = sandbox.keeper(store=store)
        token = sandbox.mint_token("bakery").reveal()
        self.secret("token of a fleet", token)
        line = json.dumps({"user_id": sandbox.person("bakery").user_id, "access_token": token})
        report = keeper.import_many([line, line[:-2]])
        assert (report.added, report.refused) == (1, 1)
        self.objects += [keeper, store, report, *report.refusals, keeper.run(once=True), store.reseal()]
        self.objects += [shutterkey.PostgresStore(address, seal_keys=keys)]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with shutterkey.Sandbox() as sandbox:
        yield World(sandbox, str(tmp_path_factory.mktemp("accounts")))


def test_every_public_class_is_looked_at(world: World) -> None:
    public = {thing for name in shutterkey.__all__ if inspect.isclass(thing := getattr(shutterkey, name))}
    public = {kind for kind in public if not issubclass(kind, BaseException)} - PROTOCOLS
    looked_at = {type(value) for value in world.objects}
    assert {kind.__name__ for kind in public} - {kind.__name__ for kind in looked_at} == set()


def test_no_printed_form_has_a_secret(world: World) -> None:
    for value in world.objects:
        _assert_clean(every_form(value), world, f"a printed form of {type(value).__name__}")


def test_no_log_record_has_a_secret(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    stream = io.StringIO()
    logger = logging.Logger("leaks")
    logger.addHandler(logging.StreamHandler(stream))
    for value in world.objects:
        # Of an object that refuses to be a text, logging prints a traceback on standard error.
        logger.warning("%s", value)
        logger.warning("%r", value)
        if isinstance(value, BaseException):
            logger.error("it failed", exc_info=value)
    _assert_clean(stream.getvalue() + capsys.readouterr().err, world, "the log")


def test_no_traceback_that_shows_variables_has_a_secret(world: World) -> None:
    for value in world.objects:
        _assert_clean(_near(value), world, f"a traceback with a {type(value).__name__}")


def _near(value: object) -> str:
    """A traceback through a function that has a value."""
    try:
        raise RuntimeError("somewhere near it")
    except RuntimeError as error:
        return "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())


def test_no_text_that_python_can_reach_from_an_object_has_a_secret(world: World) -> None:
    for value in world.objects:
        for text in _texts(value):
            _assert_clean(text, world, f"what a {type(value).__name__} refers to")


def _assert_clean(text: str, world: World, where: str) -> None:
    for name, secret in world.secrets.items():
        # Not the text itself in the message: a failure is printed as well.
        assert (secret in text) is False, f"{where} has the {name}"


def _texts(value: object) -> Iterator[str]:
    """Texts in what an object holds, and in what that holds. Classes, modules and functions belong to everybody, and the
    frames of a traceback to those who wrote them."""
    seen: set[int] = set()
    level = [value]
    for _ in range(DEPTH):
        level = [one for thing in level for one in gc.get_referents(thing) if id(one) not in seen]
        level = [one for one in level if not isinstance(one, NOT_ITS_OWN)]
        seen.update(map(id, level))
        for one in level:
            if isinstance(one, str):
                yield one
            elif isinstance(one, bytes):
                yield one.decode("latin-1")


def _granted(sandbox: shutterkey.Sandbox, request: shutterkey.AuthorizationRequest) -> shutterkey.Grant:
    return request.pending.accept(sandbox.approve(request.url), now=sandbox.clock.now())


def _sent(running: operation.Operation[Any]) -> protocol.HttpRequest:
    step = running.begin()
    assert isinstance(step, operation.Step.Send)
    return step.request
