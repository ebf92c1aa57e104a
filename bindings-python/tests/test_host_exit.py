"""A process that ends, or forks, while an object of the caller's is being called."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

RUNS = 20

BEGIN = """
import asyncio, os, sys, threading, time
import httpx
import shutterkey
from host_support.provider import Provider, approved, config
from host_support.stores import AsyncDictStore, DictStore

provider, asked = Provider(), threading.Event()

def slow(method, url, headers, body, timeout):
    asked.set()
    time.sleep(0.15)  # a slow server
    return provider.answer(method, url, headers, body)

async def never(*_):
    asked.set()
    await asyncio.Event().wait()

def in_a_daemon(work):
    def quietly():
        # CPython itself aborts where a daemon thread still prints its traceback while the interpreter ends.
        try:
            work()
        except shutterkey.ShutterkeyError:
            pass
    threading.Thread(target=quietly, daemon=True).start()
    assert asked.wait(30)
"""

SCRIPTS = {
    "a synchronous client": """
        def handle(request):
            status, headers, body = slow(request.method, str(request.url), {}, request.content, 30)
            return httpx.Response(status, headers=headers, content=body)
        client = shutterkey.Client(config(), http=httpx.Client(transport=httpx.MockTransport(handle)))
        request = client.authorize()
        in_a_daemon(lambda: client.complete(request.pending, approved(request)))
    """,
    "a refresh beside the answer": """
        clock = shutterkey.ManualClock()
        client = shutterkey.Client(config(), http=slow, clock=clock)
        keeper = shutterkey.Keeper(client, DictStore())
        request = keeper.authorize()
        keeper.complete(request.pending, approved(request), name="me")
        clock.advance(45 * 86400)
        asked.clear()
        keeper.token("me")
        assert asked.wait(30)
    """,
    "a daemon thread that comes back while the interpreter ends": """
        class Lingers:
            def __del__(self):
                time.sleep(0.4)
        sys.lingers = Lingers()
        keeper = shutterkey.Keeper(shutterkey.Client(config()), shutterkey.MemoryStore())
        def wait():
            asked.set()
            keeper.events().next(timeout=0.2)
        in_a_daemon(wait)
    """,
    "a store": """
        class Slow(DictStore):
            def load(self, *arguments):
                asked.set()
                time.sleep(0.15)
                return super().load(*arguments)
        keeper = shutterkey.Keeper(shutterkey.Client(config()), Slow())
        in_a_daemon(lambda: keeper.token("me"))
    """,
    "coroutines that nobody awaits any more": """
        async def main():
            client = shutterkey.AsyncClient(config(), http=never)
            requests = [client.authorize() for _ in range(50)]
            tasks = [asyncio.ensure_future(client.complete(one.pending, approved(one))) for one in requests]
            while not asked.is_set():
                await asyncio.sleep(0)
        asyncio.run(main())
    """,
    "a loop that is never closed": """
        async def main():
            client = shutterkey.AsyncClient(config(), http=never)
            request = client.authorize()
            global task
            task = asyncio.ensure_future(client.complete(request.pending, approved(request)))
            while not asked.is_set():
                await asyncio.sleep(0)
        loop = asyncio.new_event_loop()
        loop.run_until_complete(main())
    """,
    "a loop in a daemon thread": """
        async def main():
            class Slow(AsyncDictStore):
                async def load(self, *arguments):
                    asked.set()
                    await asyncio.sleep(0.15)
                    return await super().load(*arguments)
            keeper = shutterkey.AsyncKeeper(shutterkey.AsyncClient(config(), http=never), Slow())
            await asyncio.gather(*(keeper.token(f"account {n}") for n in range(20)), return_exceptions=True)
        in_a_daemon(lambda: asyncio.run(main()))
    """,
    "a fork while a client is called": """
        client = shutterkey.Client(config(), http=slow)
        def login():
            request = client.authorize()
            return client.complete(request.pending, approved(request))
        in_a_daemon(login)
        child = os.fork()
        if child == 0:
            login()
            sys.exit(7)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
    """,
    "a fork between two loops": """
        async def send(*arguments):
            return provider.answer(*arguments[:4])
        async def main():
            request = client.authorize()
            await client.complete(request.pending, approved(request))
        client = shutterkey.AsyncClient(config(), http=send)
        asyncio.run(main())
        child = os.fork()
        asyncio.run(main())
        if child == 0:
            sys.exit(7)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
    """,
}


@pytest.mark.parametrize("what", SCRIPTS)
def test_the_process_ends_as_it_should(what: str) -> None:
    lines = SCRIPTS[what].splitlines()
    script = BEGIN + "\n".join(line[8:] for line in lines)
    path = os.pathsep.join([str(Path(__file__).parent), *sys.path])
    command = [sys.executable, "-c", script]
    ended: list[tuple[int, str]] = []
    for _ in range(RUNS // 4):
        running = [
            subprocess.Popen(command, env={**os.environ, "PYTHONPATH": path}, stderr=subprocess.PIPE, text=True)
            for _ in range(4)
        ]
        for process in running:
            _, said = process.communicate(timeout=60)
            ended.append((process.returncode, said))
    bad = [(code, said) for code, said in ended if code != 0 or "Fatal" in said or "panicked" in said]
    assert len(ended) == RUNS and not bad, f"{len(bad)} of {RUNS}, such as {bad[0]}"
