"""A program that ends while daemon threads are busy without a pause, in the way that is named."""

import asyncio
import os
import sys
import threading
from collections.abc import Callable

import shutterkey
from parts import DAY, NOW, config, connected, say

clock = shutterkey.ManualClock(NOW)
keeper = connected(clock, 30 * DAY)
begun = threading.Barrier(11)


def failing(call: Callable[[], object]) -> None:
    try:
        call()
    except shutterkey.ShutterkeyError:
        pass


async def in_a_loop() -> None:
    waiting = shutterkey.AsyncKeeper(shutterkey.AsyncClient(config(), clock=clock), shutterkey.MemoryStore())
    await waiting.import_token(os.environ["TOKEN"], name="me", expires_at=NOW + 30 * DAY)
    begun.wait()
    while True:
        await waiting.account("me")
        await asyncio.gather(waiting.token("nobody"), return_exceptions=True)


WAYS: dict[str, Callable[[], object]] = {
    "answers": lambda: keeper.account("me"),
    "errors": lambda: failing(lambda: keeper.token("nobody")),
    "refusals": lambda: failing(lambda: keeper.authorize(return_to="//elsewhere.example")),
}


def busy() -> None:
    way = WAYS.get(sys.argv[1])
    if way is None:
        asyncio.run(in_a_loop())
        return
    begun.wait()
    while True:
        way()


for _ in range(10):
    threading.Thread(target=busy, daemon=True).start()
begun.wait()
say("ended")
