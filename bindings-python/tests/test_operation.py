"""Operations and the protocol's parts, driven by hand."""

from __future__ import annotations

import pickle

import pytest
import shutterkey
from shutterkey import operation, protocol, testing
from shutterkey.operation import Answer, Step

NOW = 1_800_000_000
DAY = 86_400
CONFIG = shutterkey.ClientConfig(
    client_id="990602627938098",
    client_secret="0123456789abcdef0123456789abcdef",
    redirect_uri="https://app.example/callback",
)
TOKEN = shutterkey.Token("IGAAcanary0token0123456789", issued_at=NOW, expires_at=NOW + 60 * DAY)
REFRESHED = b'{"access_token": "IGAAcanary0renewed0123456", "token_type": "bearer", "expires_in": 5184000}'
LATER = NOW + 30 * DAY


def test_a_driver_of_ones_own_refreshes_a_token() -> None:
    running = operation.refresh(CONFIG, TOKEN)
    asked = []
    answer: Answer
    step = running.begin(LATER)
    while not isinstance(step, Step.Done):
        match step:
            case Step.Send(request):
                asked.append(request.method)
                answer = Answer.Response(protocol.HttpResponse(200, REFRESHED))
            case Step.Wait():
                answer = Answer.Waited()
        step = running.step(answer, LATER)
    assert asked == ["GET"]
    assert step.value.reveal() == "IGAAcanary0renewed0123456"


def test_a_request_that_failed_is_an_answer_and_is_tried_again_after_a_wait() -> None:
    running = operation.refresh(CONFIG, TOKEN)
    assert isinstance(running.begin(LATER), Step.Send)
    waiting = running.step(Answer.SendFailed("timeout"), LATER)
    assert isinstance(waiting, Step.Wait) and waiting.seconds > 0
    assert isinstance(running.step(Answer.Waited(), LATER), Step.Send)


def test_the_pair_of_builder_and_parser_does_what_the_operation_does() -> None:
    request = protocol.build_refresh_request(CONFIG, TOKEN)
    assert request.replay_safe and request.deadline == 30.0 and request.body_cap == 1 << 20 and request.body is None
    token = protocol.parse_refresh_response("instagram", TOKEN, protocol.HttpResponse(200, REFRESHED), now=LATER)
    assert token.reveal() == "IGAAcanary0renewed0123456"


def test_a_response_of_an_http_library_is_taken_as_it_is() -> None:
    class Response:
        status_code = 200
        headers = {"content-type": "application/json"}
        content = REFRESHED

    assert protocol.parse_refresh_response(CONFIG.provider, TOKEN, Response(), now=LATER).kind == "long"


def test_an_answer_that_does_not_belong_to_its_step_ends_the_operation() -> None:
    running = operation.refresh(CONFIG, TOKEN)
    running.begin(LATER)
    for answer in (Answer.Waited(), Answer.Waited()):
        with pytest.raises(shutterkey.InternalError) as raised:
            running.step(answer, LATER)
        assert raised.value.code == "internal.operation"


def test_an_operation_that_was_not_begun_takes_no_answer_and_none_is_begun_twice() -> None:
    running = operation.refresh(CONFIG, TOKEN)
    with pytest.raises(shutterkey.InternalError):
        running.step(Answer.Waited(), LATER)
    running.begin(LATER)
    with pytest.raises(shutterkey.InternalError):
        running.begin(LATER)


def test_an_answer_with_a_name_that_is_none_leaves_the_operation_where_it_was() -> None:
    running = operation.refresh(CONFIG, TOKEN)
    running.begin(LATER)
    for answer in (
        Answer.SendFailed("gremlins"),  # type: ignore[arg-type]
        Answer.StoreFailed("store.gremlins"),  # type: ignore[arg-type]
    ):
        with pytest.raises(ValueError):
            running.step(answer, LATER)
    done = running.step(Answer.Response(protocol.HttpResponse(200, REFRESHED)), LATER)
    assert isinstance(done, Step.Done)


def test_a_grant_is_used_by_one_operation() -> None:
    login = testing.authorize(CONFIG, entropy=bytes(64), now=NOW)
    state = login.url.partition("state=")[2].partition("&")[0]
    grant = login.pending.accept(f"https://app.example/callback?code=canary0code&state={state}", now=NOW)
    operation.exchange(CONFIG, login.pending, grant)
    with pytest.raises(shutterkey.RedirectError) as raised:
        operation.complete(CONFIG, login.pending, grant)
    assert raised.value.code == "redirect.state_used"


def test_a_replay_guard_refuses_a_login_the_second_time() -> None:
    guard = protocol.ReplayGuard()
    pending = testing.authorize(CONFIG, entropy=bytes(64), now=NOW).pending
    guard.spend(pending, now=NOW)
    with pytest.raises(shutterkey.RedirectError) as raised:
        guard.spend(pending, now=NOW)
    assert raised.value.code == "redirect.state_used"
    guard.unspend(pending)
    guard.spend(pending, now=NOW)


def test_a_code_verifier_of_ones_own_is_checked() -> None:
    with pytest.raises(shutterkey.ConfigError):
        protocol.build_exchange_request(CONFIG, "canary0code", "too short")


@pytest.mark.parametrize(
    "value",
    [
        protocol.build_refresh_request(CONFIG, TOKEN),
        protocol.HttpResponse(200, REFRESHED),
        Answer.Response(protocol.HttpResponse(200, REFRESHED)),
        Answer.Loaded(REFRESHED, 1),
        operation.refresh(CONFIG, TOKEN),
        operation.refresh(CONFIG, TOKEN).begin(LATER),
    ],
    ids=lambda value: type(value).__qualname__,
)
def test_what_holds_a_token_neither_shows_nor_pickles_it(value: object) -> None:
    assert "canary" not in f"{value!r} {value}"
    with pytest.raises(TypeError):
        pickle.dumps(value)


def test_a_token_that_was_kept_by_its_owner_is_made_again() -> None:
    token = shutterkey.Token(
        "canary0value",
        provider="threads",
        kind="short",
        scopes=["threads_basic"],
        issued_at=NOW,
        expires_at=NOW + 3600,
        refresh_token="canary0refresh",
    )
    assert (token.reveal(), token.kind, token.scopes) == ("canary0value", "short", ("threads_basic",))
    assert token.reveal_refresh_token() == "canary0refresh" and token.has_refresh_token
    assert token.expiry == "at" and token.is_live(NOW) and not token.is_live(NOW + 3600)
    assert shutterkey.Token("canary0value", expires_at="never").expiry == "never"
    assert shutterkey.Token("canary0value").expiry == "unknown"
    assert "canary" not in repr(token)


def test_a_token_that_could_not_be_one_is_refused() -> None:
    with pytest.raises(shutterkey.TokenError):
        shutterkey.Token("two words")
    with pytest.raises(shutterkey.ConfigError):
        shutterkey.Token("canary0value", kind="eternal")  # type: ignore[arg-type]
    with pytest.raises(ValueError):
        shutterkey.Token("canary0value", expires_at="tomorrow")  # type: ignore[arg-type]
