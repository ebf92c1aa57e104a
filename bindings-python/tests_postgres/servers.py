"""The servers that the suite `postgres` started, and a schema of its own for each test."""

from __future__ import annotations

import itertools
import json
import os
import secrets
from collections.abc import Callable
from typing import Any, Literal

from shutterkey import PostgresStore, SealKeys

SETTING = "SHUTTERKEY_TEST_POSTGRES"
KEYS = SealKeys.parse("k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8")
"""The same in every process."""

Way = Literal["port", "bouncer_port"]
_numbers = itertools.count()


def described() -> dict[str, Any]:
    """Fails where there are none: a test that was not run must not read as passed."""
    file = os.environ.get(SETTING)
    assert file, f"{SETTING} is not set. These tests need servers: make test SUITES=postgres"
    with open(file, encoding="utf-8") as text:
        servers: dict[str, Any] = json.load(text)
    return servers


def address(way: Way = "port", user: str = "app", password: str | None = None) -> str:
    servers = described()
    secret = servers[user] if password is None else password
    return f"postgres://{user}:{secret}@localhost:{servers[way]}/{servers['database']}"


def new_schema() -> str:
    """A schema that no other test has, and no tables in it."""
    return f"py_{os.getpid()}_{next(_numbers)}_{secrets.token_hex(4)}"


def open_store(schema: str, way: Way = "port", **settings: Any) -> PostgresStore:
    """A handle of its own, sealed unless it is said otherwise."""
    sealing = {} if settings.keys() & {"unsealed", "sealer", "seal_keys"} else {"seal_keys": KEYS}
    return PostgresStore(address(way), schema=schema, **{**sealing, **settings})


def ready(way: Way = "port", **settings: Any) -> PostgresStore:
    """A store in a place of its own, with tables."""
    store = open_store(new_schema(), way, **settings)
    store.migrate()
    return store


def schema_of(store: PostgresStore) -> str:
    return repr(store).split('"')[1]


def beside(way: Way = "port") -> Callable[[PostgresStore], PostgresStore]:
    """Makes a second handle to the place of a store."""
    return lambda store: open_store(schema_of(store), way)
