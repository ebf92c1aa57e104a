"""What the programs share. The provider's address is in PROVIDER, a store's folder in STORE or its database in STORE_ADDRESS."""

from __future__ import annotations

import os

import shutterkey

NOW = 1_900_000_000
"""Where the programs' clocks stand."""

DAY = 86_400


def config() -> shutterkey.ClientConfig:
    return shutterkey.ClientConfig(
        shutterkey.Provider.in_sandbox("instagram", os.environ["PROVIDER"]),
        client_id="990602627938098",
        client_secret="sandbox0123456789abcdef",
        redirect_uri="https://localhost/",
    )


def store() -> shutterkey.FileStore | shutterkey.MemoryStore | shutterkey.PostgresStore:
    """A store that processes share, if there is a database or a folder for it; else one in memory."""
    if address := os.environ.get("STORE_ADDRESS"):
        return shutterkey.PostgresStore(address, schema=os.environ["STORE_SCHEMA"], seal_keys=os.environ["STORE_KEYS"])
    folder = os.environ.get("STORE")
    return shutterkey.FileStore(folder) if folder else shutterkey.MemoryStore()


def keeper(clock: shutterkey.ManualClock) -> shutterkey.Keeper:
    return shutterkey.Keeper(shutterkey.Client(config(), clock=clock), store())


def connected(clock: shutterkey.ManualClock, life: int) -> shutterkey.Keeper:
    """A keeper with the account "me", whose token lives so many seconds more."""
    made = keeper(clock)
    made.import_token(os.environ["TOKEN"], name="me", expires_at=NOW + life)
    return made


def say(word: str) -> None:
    """Tells the test, which reads standard output. In one piece: several processes write there."""
    os.write(1, f"{word}\n".encode())
