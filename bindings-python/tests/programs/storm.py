"""Many callers of one account in processes of their own, over one store; says which tokens they got, and how often.

The account is there before the processes are. A process that is forked inherits a keeper whose store is in use.
"""

import asyncio
import json
import multiprocessing
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.synchronize import Barrier
from typing import Any

import shutterkey
from parts import NOW, config, connected, keeper, say, store


async def tasks(callers: int) -> list[str]:
    client = shutterkey.AsyncClient(config(), clock=shutterkey.ManualClock(NOW))
    of_this_loop = shutterkey.AsyncKeeper(client, inherited.store if inherited else store())
    return [token.reveal() for token in await asyncio.gather(*(of_this_loop.token("me") for _ in range(callers)))]


def threads(callers: int) -> list[str]:
    mine = inherited or keeper(shutterkey.ManualClock(NOW))
    with ThreadPoolExecutor(callers) as pool:
        return [token.reveal() for token in pool.map(mine.token, ["me"] * callers)]


def work(kind: str, callers: int, barrier: Barrier, found: "multiprocessing.SimpleQueue[list[str]]") -> None:
    barrier.wait(60)
    found.put(asyncio.run(tasks(callers)) if kind == "tasks" else threads(callers))


inherited: "shutterkey.Keeper | None" = None

if __name__ == "__main__":
    method, kind, processes, callers = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    # Near its end: every caller waits for the refresh.
    inherited = connected(shutterkey.ManualClock(NOW), 60)
    inherited.account("me")
    context: Any = multiprocessing.get_context(method)
    barrier, found = context.Barrier(processes), context.SimpleQueue()
    children = [context.Process(target=work, args=(kind, callers, barrier, found)) for _ in range(processes)]
    for child in children:
        child.start()
    answers = Counter(token for _ in children for token in found.get())
    for child in children:
        child.join()
    assert [child.exitcode for child in children] == [0] * processes
    say(json.dumps(answers))
