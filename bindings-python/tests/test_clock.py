"""Clocks: a client and a keeper follow the one they are given."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
import shutterkey
from host_support.provider import Provider, approved, config

MOMENT = datetime(2026, 11, 24, 12, 0, 0, tzinfo=timezone.utc)
SECONDS = int(MOMENT.timestamp())


class WithNow:
    def now(self) -> datetime:
        return MOMENT


@pytest.mark.parametrize(
    "clock",
    [
        lambda: MOMENT,
        lambda: MOMENT.astimezone(timezone(timedelta(hours=-7))),
        lambda: SECONDS,
        lambda: SECONDS + 0.999,
        WithNow(),
        shutterkey.ManualClock(MOMENT),
        shutterkey.ManualClock(SECONDS + 0.5),
    ],
)
def test_a_clock_answers_a_datetime_or_seconds(clock: Any) -> None:
    client = shutterkey.Client(config(), clock=clock)
    assert client.now() == MOMENT
    assert client.authorize().pending.created_at == MOMENT


def test_the_machines_clock_can_be_given_as_a_function() -> None:
    before = int(time.time())
    assert before <= shutterkey.Client(config(), clock=time.time).now().timestamp() <= time.time()


def test_a_datetime_without_a_time_zone_is_refused_at_once() -> None:
    for naive in (lambda: datetime(2026, 11, 24), lambda: datetime.now()):
        with pytest.raises(ValueError, match="no time zone"):
            shutterkey.Client(config(), clock=naive)
    with pytest.raises(ValueError, match="no time zone"):
        shutterkey.ManualClock(datetime(2026, 11, 24))


@pytest.mark.parametrize("nonsense", [5, "now", object(), MOMENT])
def test_what_is_no_clock_is_refused(nonsense: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        shutterkey.Client(config(), clock=nonsense)


@pytest.mark.parametrize("answer", ["today", None, float("nan"), float("inf")])
def test_a_clock_that_answers_no_moment_is_refused_at_once(answer: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        shutterkey.Client(config(), clock=lambda: answer)


def test_a_clock_that_raises_is_refused_at_once() -> None:
    with pytest.raises(ZeroDivisionError):
        shutterkey.Client(config(), clock=lambda: 1 // 0)


def test_a_clock_that_raises_later_stands_still_and_is_heard_of(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[Any] = []
    monkeypatch.setattr("sys.unraisablehook", lambda event: heard.append(event.exc_value))
    broken = False

    def clock() -> datetime:
        if broken:
            raise RuntimeError("no time server")
        return MOMENT

    client = shutterkey.Client(config(), clock=clock)
    broken = True
    assert client.now() == MOMENT
    assert [str(error) for error in heard] == ["no time server"]


def keeper(clock: Any, provider: Provider) -> shutterkey.Keeper:
    client = shutterkey.Client(
        config(), clock=clock, http=lambda m, url, headers, body, _: provider.answer(m, url, headers, body)
    )
    keeper = shutterkey.Keeper(client, shutterkey.MemoryStore())
    request = keeper.authorize()
    keeper.complete(request.pending, approved(request), name="me")
    return keeper


@pytest.mark.parametrize("kind", ["manual", "function"])
def test_a_keeper_refreshes_when_its_clock_says_so(kind: str) -> None:
    manual, provider = shutterkey.ManualClock(MOMENT), Provider()
    clock: Callable[[], Any] | shutterkey.ManualClock = manual if kind == "manual" else lambda: manual.now()
    with keeper(clock, provider) as kept:
        kept.token("me")
        assert "refresh_access_token" not in provider.paths()
        manual.advance(timedelta(days=55))
        kept.token("me")
    assert provider.paths()[-1] == "refresh_access_token"


def test_a_login_is_too_late_when_the_clock_says_so() -> None:
    clock = shutterkey.ManualClock(MOMENT)
    client = shutterkey.Client(config(), clock=clock, http=lambda *_: (500, {}, b""))
    request = client.authorize()
    clock.advance(601)
    with pytest.raises(shutterkey.RedirectError) as raised:
        client.complete(request.pending, approved(request))
    assert raised.value.code == "redirect.state_expired"


def test_a_manual_clock_is_moved_and_set() -> None:
    clock = shutterkey.ManualClock(MOMENT)
    clock.advance(1.0)
    clock.advance(timedelta(minutes=-1))
    assert clock.now() == MOMENT - timedelta(seconds=59)
    clock.set(MOMENT)
    assert clock.now() == MOMENT
    assert repr(clock) == "ManualClock('2026-11-24T12:00:00Z')"
