"""Many threads, one keeper."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
import shutterkey
from support.keepers import DAY, NOW, connected
from support.provider import IDENTIFY, REFRESH, LocalProvider


def in_threads(number: int, work: Callable[[], object]) -> list[object]:
    """What each of so many threads got, which all begin at once."""
    begun = threading.Barrier(number)
    got: list[object] = []

    def one() -> None:
        begun.wait()
        try:
            got.append(work())
        except Exception as error:
            got.append(error)

    threads = [threading.Thread(target=one) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return got


def test_a_thousand_threads_and_one_token_at_its_end_make_one_refresh() -> None:
    with LocalProvider() as provider:
        keeper = connected(provider, life=60)
        with provider.releasing(REFRESH):
            got = in_threads(1000, lambda: keeper.token("me").reveal())
        assert got == [provider.current] * 1000
        assert provider.count(REFRESH) == 1


def test_a_thousand_threads_with_an_expired_token_make_no_request_and_all_learn_why() -> None:
    with LocalProvider() as provider:
        clock = shutterkey.ManualClock(NOW)
        keeper = connected(provider, life=60, clock=clock)
        clock.advance(2 * DAY)
        provider.forget()
        got = in_threads(1000, lambda: keeper.token("me"))
        assert {type(error) for error in got} == {shutterkey.NeedsLogin}
        assert {error.reason for error in got if isinstance(error, shutterkey.NeedsLogin)} == {"token.expired"}
        assert provider.count(REFRESH) == 0


def test_while_one_thread_waits_the_others_run() -> None:
    with LocalProvider() as provider:
        keeper = connected(provider, life=30 * DAY)
        provider.hold(REFRESH)
        waiting = threading.Thread(target=keeper.refresh, args=("me",))
        waiting.start()
        provider.wait_for(REFRESH)
        # Nothing of this could run if the waiting thread held the interpreter.
        assert keeper.token("me").is_live(NOW)
        assert waiting.is_alive()
        provider.release()
        waiting.join()
        assert keeper.token("me").reveal() == provider.current


def test_one_reader_gets_each_event() -> None:
    with LocalProvider() as provider:
        clock = shutterkey.ManualClock(NOW)
        keeper = connected(provider, life=30 * DAY, clock=clock)
        for _ in range(3):
            keeper.refresh("me")
            clock.advance(2 * DAY)
        read = in_threads(3, lambda: keeper.events().next(timeout=30))
        assert [event.kind for event in read if isinstance(event, shutterkey.Event)] == ["refreshed"] * 3
        assert keeper.events().next(timeout=0) is None


def test_an_answer_that_nobody_waits_for_any_more_is_stored() -> None:
    with LocalProvider() as provider:
        keeper = connected(provider, life=30 * DAY)
        provider.hold(REFRESH)
        daemon = threading.Thread(target=keeper.refresh, args=("me",), daemon=True)
        daemon.start()
        provider.wait_for(REFRESH)
        provider.release()
        keeper.settle()
        assert keeper.account("me").token.reveal() == provider.current


@pytest.mark.parametrize("call", ["token", "account", "refresh"])
def test_an_error_is_the_same_exception_class_in_each_thread(call: str) -> None:
    with LocalProvider() as provider:
        keeper = connected(provider, life=30 * DAY)
        got = in_threads(20, lambda: getattr(keeper, call)("nobody"))
        assert {type(error) for error in got} == {shutterkey.AccountError}
        # Each has its own: a traceback belongs to one thread.
        assert len({id(error) for error in got}) == 20
        assert provider.count(IDENTIFY) == 1
