"""Many callers of one account over a store that processes share, asked by JSON lines; the storms are in `../run.py`.

The argument says whether callers are `threads` or `tasks`. Tokens stay inside: an answer has their digests, and how often each came.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import shutterkey


def opened(asked: dict[str, Any]) -> shutterkey.FileStore | shutterkey.PostgresStore:
    if "folder" in asked:
        return shutterkey.FileStore(asked["folder"])
    return shutterkey.PostgresStore(asked["address"], seal_keys=asked["seal_keys"])


def threads(keeper: shutterkey.Keeper, account: str, callers: int) -> list[shutterkey.Token]:
    with ThreadPoolExecutor(callers) as pool:
        return list(pool.map(keeper.token, [account] * callers))


async def tasks(keeper: shutterkey.Keeper, account: str, callers: int) -> list[shutterkey.Token]:
    of_this_loop = shutterkey.AsyncKeeper(shutterkey.AsyncClient(keeper.client.config), keeper.store)
    return await asyncio.gather(*(of_this_loop.token(account) for _ in range(callers)))


def counted(tokens: list[shutterkey.Token]) -> Counter[str]:
    return Counter(hashlib.sha256(token.reveal().encode()).hexdigest()[:16] for token in tokens)


def main(kind: str) -> None:
    told: dict[str, Any] = {}
    keeper: Any = None
    for line in sys.stdin:
        asked = json.loads(line)
        answer: dict[str, int] = {}
        if asked["op"] == "open":
            told = asked
            provider = shutterkey.Provider.in_sandbox("instagram", told["sandbox"])
            config = shutterkey.ClientConfig(provider, client_id=told["client_id"], redirect_uri="https://localhost/")
            keeper = shutterkey.Keeper(shutterkey.Client(config), opened(told))
        elif asked["op"] == "import":
            keeper.import_token(asked["token"], name=told["account"], expires_at=asked["expires_at"])
        elif kind == "tasks":
            answer = counted(asyncio.run(tasks(keeper, told["account"], told["callers"])))
        else:
            answer = counted(threads(keeper, told["account"], told["callers"]))
        print(json.dumps(answer), flush=True)


main(sys.argv[1])
