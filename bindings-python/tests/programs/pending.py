"""An asyncio program that ends while many calls are pending, and while their answers come."""

import asyncio
import os

import shutterkey
from parts import NOW, config, say


async def main() -> None:
    client = shutterkey.AsyncClient(config(), clock=shutterkey.ManualClock(NOW))
    keeper = shutterkey.AsyncKeeper(client, shutterkey.MemoryStore())
    connection = await keeper.import_token(os.environ["TOKEN"], name="me")
    calls = [asyncio.ensure_future(client.identify(connection.token)) for _ in range(50)]
    await calls[0]
    say("ended")


asyncio.run(main())
