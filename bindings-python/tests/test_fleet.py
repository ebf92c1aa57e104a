"""Keeping many accounts alive: each is refreshed by one of those who keep them, and stopping finishes what is under way."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.fleet import DAY, lines, refreshed
from support.program import Program
from support.provider import REFRESH, LocalProvider

import shutterkey
from shutterkey import AsyncKeeper, FleetCounts, Keeper, Sandbox

ACCOUNTS = 30


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


def due(sandbox: Sandbox) -> shutterkey.SandboxApp:
    """An app with many accounts, all of whom are due for a refresh."""
    app = sandbox.app()
    report = sandbox.keeper(app).import_many(lines(sandbox, app, ACCOUNTS))
    assert report.added == ACCOUNTS
    sandbox.clock.advance(55 * DAY)
    return app


def until(said: object, what: str) -> None:
    """Waits until this is so."""
    end = time.monotonic() + 30
    while not (said() if callable(said) else said):
        assert time.monotonic() < end, what
        time.sleep(0.01)


def test_two_keepers_share_a_fleet_and_each_account_is_refreshed_once(sandbox: Sandbox) -> None:
    app = due(sandbox)
    found = list[FleetCounts]()

    def keep() -> None:
        found.append(sandbox.keeper(app).run(per_second=1_000, once=True))

    threads = [threading.Thread(target=keep) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refreshed(sandbox) == sorted(f"person{number:03}.sandbox" for number in range(ACCOUNTS))
    assert sum(counts.refreshed for counts in found) == ACCOUNTS
    # Nothing is due any more.
    assert sandbox.keeper(app).run(once=True).accounts == 0
    assert len(refreshed(sandbox)) == ACCOUNTS


def test_tasks_share_a_fleet_too_and_hear_of_the_progress(sandbox: Sandbox) -> None:
    app = due(sandbox)
    told = list[FleetCounts]()

    async def main() -> list[FleetCounts]:
        keepers = [sandbox.async_keeper(app) for _ in range(2)]
        return await asyncio.gather(
            *(keeper.run(per_second=1_000, once=True, on_progress=told.append) for keeper in keepers)
        )

    found = asyncio.run(main())
    assert sum(counts.refreshed for counts in found) == ACCOUNTS == len(refreshed(sandbox))
    # Of one that found nothing to do there is nothing to hear.
    assert all(counts in told for counts in found if counts.accounts)


def test_what_becomes_due_while_it_runs_is_refreshed_and_stop_answers_the_counts(sandbox: Sandbox) -> None:
    app = sandbox.app()
    keeper = sandbox.keeper(app)
    keeper.import_many(lines(sandbox, app, 5))
    found = list[FleetCounts]()
    told = list[FleetCounts]()

    def keep() -> None:
        found.append(keeper.run(poll=0.05, per_second=100, on_progress=told.append))

    thread = threading.Thread(target=keep)
    thread.start()
    time.sleep(0.3)
    assert refreshed(sandbox) == []
    sandbox.clock.advance(55 * DAY)
    until(lambda: len(refreshed(sandbox)) == 5, "it looks again")
    until(lambda: told and told[-1].refreshed == 5, "it tells")
    keeper.stop()
    thread.join(timeout=30)
    assert [counts.refreshed for counts in found] == [5]
    assert repr(found[0]).startswith("FleetCounts(refreshed=5,")


def slow_and_due(provider: LocalProvider) -> Keeper:
    """A keeper with three accounts that are due at a provider that answers no refresh yet."""
    keeper = shutterkey.Keeper(shutterkey.Client(config(provider)), shutterkey.MemoryStore())
    now = int(time.time())
    told = (
        f'{{"user_id":"1784140000000{n:04}","access_token":"{provider.token()}","issued_at":{now - 58 * 86_400},'
        f'"expires_at":{now + 2 * 86_400}}}'
        for n in range(3)
    )
    assert keeper.import_many(told, spread=0).added == 3
    provider.hold(REFRESH)
    return keeper


def config(provider: LocalProvider) -> shutterkey.ClientConfig:
    return shutterkey.ClientConfig(
        shutterkey.Provider.in_sandbox("instagram", provider.base),
        client_id="990602627938098",
        client_secret="sandbox0123456789abcdef",
        redirect_uri="https://localhost/",
    )


def test_stopping_mid_way_finishes_what_is_under_way_and_gives_the_rest_back() -> None:
    with LocalProvider() as provider:
        keeper = slow_and_due(provider)
        found = list[FleetCounts]()
        thread = threading.Thread(target=lambda: found.append(keeper.run(at_once=2)))
        thread.start()
        provider.wait_for(REFRESH, 2)
        keeper.stop()
        thread.join(timeout=0.3)
        assert thread.is_alive(), "two refreshes are under way"
        provider.release()
        thread.join(timeout=30)
        assert [counts.refreshed for counts in found] == [2]
        assert provider.count(REFRESH) == 2
        # It was given back: nobody has to wait for a claim to end.
        assert keeper.run(once=True).refreshed == 1


def test_an_exception_of_on_progress_stops_gracefully_and_is_raised(sandbox: Sandbox) -> None:
    app = due(sandbox)

    def breaks(counts: FleetCounts) -> None:
        raise LookupError(counts.refreshed)

    with pytest.raises(LookupError):
        sandbox.keeper(app).run(per_second=1_000, once=True, on_progress=breaks)

    async def main() -> None:
        with pytest.raises(LookupError):
            await sandbox.async_keeper(app).run(per_second=1_000, once=True, on_progress=breaks)

    sandbox.clock.advance(55 * DAY)
    asyncio.run(main())


def test_a_task_that_is_cancelled_finishes_what_is_under_way() -> None:
    with LocalProvider() as provider:
        store = slow_and_due(provider).store

        async def main() -> None:
            keeper = AsyncKeeper(shutterkey.AsyncClient(config(provider)), store)
            task = asyncio.create_task(keeper.run(at_once=2))
            await asyncio.to_thread(provider.wait_for, REFRESH, 2)
            task.cancel()
            await asyncio.sleep(0.2)
            assert not task.done(), "two refreshes are under way"
            provider.release()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert (await keeper.run(once=True)).refreshed == 1

        asyncio.run(main())
        assert provider.count(REFRESH) == 3


def test_a_task_that_is_cancelled_twice_ends_at_once() -> None:
    with LocalProvider() as provider:
        store = slow_and_due(provider).store

        async def main() -> None:
            keeper = AsyncKeeper(shutterkey.AsyncClient(config(provider)), store)
            task = asyncio.create_task(keeper.run(at_once=2))
            await asyncio.to_thread(provider.wait_for, REFRESH, 2)
            for _ in range(2):
                task.cancel()
                await asyncio.sleep(0.05)
            assert task.cancelled()
            provider.release()
            await keeper.settle()

        asyncio.run(main())
        assert provider.count(REFRESH) == 2


def test_a_stop_of_asyncio_answers_the_counts() -> None:
    with LocalProvider() as provider:
        keeper = AsyncKeeper(shutterkey.AsyncClient(config(provider)), shutterkey.MemoryStore())

        async def main() -> FleetCounts:
            task = asyncio.create_task(keeper.run())
            await asyncio.sleep(0.1)
            keeper.stop()
            return await task

        assert asyncio.run(main()).accounts == 0


@pytest.mark.parametrize(("signals", "said"), [([signal.SIGINT], "KeyboardInterrupt"), ([signal.SIGTERM], "2 refreshed")])
def test_a_signal_stops_a_program_when_what_is_under_way_is_finished(
    signals: list[signal.Signals], said: str, tmp_path: Path
) -> None:
    with LocalProvider() as provider:
        provider.hold(REFRESH)
        program = Program("fleet", provider, store=tmp_path)
        program.until("keeping")
        provider.wait_for(REFRESH, 2)
        for sent in signals:
            os.kill(program.process.pid, sent)
        time.sleep(0.3)
        assert program.process.poll() is None
        provider.release()
        ended = program.end()
    assert ended.clean, ended
    assert said in ended.said
    assert "stored 2" in ended.said


def test_a_program_that_ends_while_a_thread_keeps_a_fleet_finishes_what_is_under_way(tmp_path: Path) -> None:
    with LocalProvider() as provider:
        provider.hold(REFRESH)
        program = Program("fleet", provider, "daemon", store=tmp_path)
        program.until("keeping")
        provider.wait_for(REFRESH, 2)
        program.tell("end")
        time.sleep(0.3)
        assert program.process.poll() is None
        provider.release()
        assert program.end().clean
        assert provider.count(REFRESH) == 2


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_child_of_a_fork_keeps_a_fleet_of_its_own_while_the_parent_keeps_its_one(tmp_path: Path) -> None:
    with LocalProvider() as provider:
        program = Program("fleet", provider, "fork", store=tmp_path)
        ended = program.end()
        assert ended.clean, ended
        assert ended.said == ["child done", "parent done"]
        # Three accounts, in one store that both share.
        assert provider.count(REFRESH) == 3


def test_rates_that_are_none_are_refused() -> None:
    with LocalProvider() as provider:
        keeper = shutterkey.Keeper(shutterkey.Client(config(provider)), shutterkey.MemoryStore())
        for wrong in (0.0, -1.0, float("nan"), float("inf")):
            with pytest.raises(ValueError, match="above zero"):
                keeper.run(per_second=wrong, once=True)
        with pytest.raises(ValueError, match="above zero"):
            keeper.run(at_once=0, once=True)
