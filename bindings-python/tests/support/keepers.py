"""Keepers at a local provider."""

from __future__ import annotations

import shutterkey
from support.provider import LocalProvider

NOW = 1_900_000_000
DAY = 86_400
SECRET = "sandbox0123456789abcdef"


def config(provider: LocalProvider) -> shutterkey.ClientConfig:
    return shutterkey.ClientConfig(
        shutterkey.Provider.in_sandbox("instagram", provider.base),
        client_id="990602627938098",
        client_secret=SECRET,
        redirect_uri="https://localhost/",
    )


def connected(
    provider: LocalProvider,
    *,
    life: int,
    clock: shutterkey.ManualClock | None = None,
    store: shutterkey.FileStore | shutterkey.MemoryStore | None = None,
) -> shutterkey.Keeper:
    """A keeper with the account "me", whose token lives so many seconds more."""
    client = shutterkey.Client(config(provider), clock=clock or shutterkey.ManualClock(NOW))
    keeper = shutterkey.Keeper(client, store or shutterkey.MemoryStore())
    keeper.import_token(provider.token(), name="me", expires_at=NOW + life)
    return keeper


async def connected_async(
    provider: LocalProvider,
    *,
    life: int,
    clock: shutterkey.ManualClock | None = None,
    store: shutterkey.FileStore | shutterkey.MemoryStore | None = None,
) -> shutterkey.AsyncKeeper:
    client = shutterkey.AsyncClient(config(provider), clock=clock or shutterkey.ManualClock(NOW))
    keeper = shutterkey.AsyncKeeper(client, store or shutterkey.MemoryStore())
    await keeper.import_token(provider.token(), name="me", expires_at=NOW + life)
    return keeper
