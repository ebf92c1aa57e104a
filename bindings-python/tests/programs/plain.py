"""The usual asyncio program: it asks for tokens and ends."""

import asyncio
import os

import shutterkey
from parts import NOW, config, say


async def main() -> None:
    clock = shutterkey.ManualClock(NOW)
    keeper = shutterkey.AsyncKeeper(shutterkey.AsyncClient(config(), clock=clock), shutterkey.MemoryStore())
    await keeper.import_token(os.environ["TOKEN"], name="me", expires_at=NOW + 60)
    tokens = await asyncio.gather(*(keeper.token("me") for _ in range(20)))
    assert len({token.reveal() for token in tokens}) == 1
    await keeper.client.identify(tokens[0])
    say("ended")


asyncio.run(main())
