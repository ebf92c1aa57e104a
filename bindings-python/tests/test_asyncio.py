"""asyncio: many tasks, tasks that are cancelled, and loops that end."""

from __future__ import annotations

import asyncio
import gc
import threading

import shutterkey
from support.keepers import DAY, NOW, connected_async
from support.provider import IDENTIFY, REFRESH, LocalProvider


async def arrived(provider: LocalProvider, call: str, number: int = 1) -> None:
    await asyncio.to_thread(provider.wait_for, call, number)


def test_a_thousand_tasks_and_one_token_at_its_end_make_one_refresh() -> None:
    with LocalProvider() as provider:

        async def storm() -> list[str]:
            keeper = await connected_async(provider, life=60)
            with provider.releasing(REFRESH):
                tokens = await asyncio.gather(*(keeper.token("me") for _ in range(1000)))
            return [token.reveal() for token in tokens]

        assert asyncio.run(storm()) == [provider.current] * 1000
        assert provider.count(REFRESH) == 1


def test_cancelled_tasks_take_nothing_with_them() -> None:
    with LocalProvider() as provider:

        async def storm() -> None:
            store = shutterkey.MemoryStore()
            clock = shutterkey.ManualClock(NOW)
            keeper = await connected_async(provider, life=60, store=store, clock=clock)
            provider.hold(REFRESH)
            tasks = [asyncio.create_task(keeper.token("me")) for _ in range(1000)]
            await arrived(provider, REFRESH)
            for task in tasks[::2]:
                task.cancel()
            await asyncio.wait(tasks[::2])
            provider.release()
            tokens = await asyncio.gather(*tasks[1::2])
            assert {token.reveal() for token in tokens} == {provider.current}
            assert all(task.cancelled() for task in tasks[::2])
            assert provider.count(REFRESH) == 1

        asyncio.run(storm())


def test_when_every_task_is_cancelled_the_answer_is_stored_and_the_lease_is_free() -> None:
    with LocalProvider() as provider:

        async def storm() -> None:
            store = shutterkey.MemoryStore()
            clock = shutterkey.ManualClock(NOW)
            keeper = await connected_async(provider, life=60, store=store, clock=clock)
            provider.hold(REFRESH)
            tasks = [asyncio.create_task(keeper.token("me")) for _ in range(50)]
            await arrived(provider, REFRESH)
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
            provider.release()
            await keeper.settle()
            assert (await keeper.account("me")).token.reveal() == provider.current
            # Another keeper of the same store needs the lease for this; the clock stands still, so none runs out.
            other = shutterkey.AsyncKeeper(keeper.client, store)
            clock.advance(2 * DAY)
            assert (await other.refresh("me")).reveal() == provider.current
            assert provider.count(REFRESH) == 2

        asyncio.run(storm())


def test_a_call_with_a_time_limit_is_left_in_time_and_its_work_goes_on() -> None:
    with LocalProvider() as provider:

        async def limited() -> None:
            keeper = await connected_async(provider, life=30 * DAY)
            provider.hold(REFRESH)
            waiting = asyncio.create_task(keeper.refresh("me"))
            await arrived(provider, REFRESH)
            try:
                await asyncio.wait_for(waiting, timeout=0)
            except asyncio.TimeoutError:
                pass
            else:
                raise AssertionError("nobody answered")
            provider.release()
            await keeper.settle()
            assert (await keeper.token("me")).reveal() == provider.current

        asyncio.run(limited())


def test_the_loop_goes_on_while_calls_wait() -> None:
    with LocalProvider() as provider:

        async def both() -> None:
            keeper = await connected_async(provider, life=30 * DAY)
            provider.hold(REFRESH)
            waiting = asyncio.create_task(keeper.refresh("me"))
            await arrived(provider, REFRESH)
            assert (await keeper.token("me")).is_live(NOW)
            assert not waiting.done()
            provider.release()
            await waiting

        asyncio.run(both())


def test_an_answer_for_a_loop_that_is_closed_disturbs_nobody() -> None:
    with LocalProvider() as provider:
        clock = shutterkey.ManualClock(NOW)
        kept: list[shutterkey.AsyncKeeper] = []

        async def leaves() -> None:
            keeper = await connected_async(provider, life=30 * DAY, clock=clock)
            kept.append(keeper)
            provider.hold(REFRESH)
            asyncio.ensure_future(keeper.refresh("me"))
            await arrived(provider, REFRESH)

        asyncio.run(leaves())
        provider.release()

        async def comes_back() -> str:
            await kept[0].settle()
            return (await kept[0].token("me")).reveal()

        # Unraisable exceptions and those of threads are errors of the test (pyproject.toml).
        assert asyncio.run(comes_back()) == provider.current
        gc.collect()


def test_one_keeper_serves_the_loops_of_several_threads() -> None:
    with LocalProvider() as provider:
        keeper = asyncio.run(connected_async(provider, life=60))
        got: list[str] = []

        async def ask() -> None:
            got.append((await keeper.token("me")).reveal())

        threads = [threading.Thread(target=lambda: asyncio.run(ask())) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert got == [provider.current] * 20
        assert provider.count(REFRESH) == 1


def test_a_cancelled_reader_of_events_loses_none() -> None:
    with LocalProvider() as provider:

        async def read() -> None:
            keeper = await connected_async(provider, life=30 * DAY)
            events = keeper.events()
            reader = asyncio.ensure_future(anext(events))
            await asyncio.sleep(0)
            reader.cancel()
            await asyncio.wait([reader])
            await keeper.refresh("me")
            assert (await anext(events)).kind == "refreshed"

        asyncio.run(read())


def test_an_error_of_an_asynchronous_call_is_the_class_of_the_synchronous_one() -> None:
    with LocalProvider() as provider:

        async def ask() -> None:
            keeper = await connected_async(provider, life=30 * DAY)
            provider.forget()
            answers = await asyncio.gather(*(keeper.token("nobody") for _ in range(20)), return_exceptions=True)
            assert {type(answer) for answer in answers} == {shutterkey.AccountError}
            assert provider.count(IDENTIFY) == 0

        asyncio.run(ask())
