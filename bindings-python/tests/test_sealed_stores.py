"""Stores whose records are sealed: with keys that are rotated, or by a sealer of one's own."""

from __future__ import annotations

import asyncio
import pickle
import tempfile
from pathlib import Path
from typing import Any

import pytest
from host_support.stores import AsyncDictStore, DictStore

import shutterkey
from shutterkey import FileStore, MemoryStore, SealedStore, SealKeys, Sandbox
from shutterkey.testing import StoreReport, check_async_store, check_store

OLD, NEW = SealKeys.generate(), SealKeys.generate()


def account(sandbox: Sandbox, store: Any) -> str:
    """Takes in an account, and answers its token."""
    keeper = sandbox.keeper(store=store)
    return keeper.import_token(sandbox.mint_token("studio", age=2 * 86_400).reveal(), name="me").token.reveal()


def test_a_sealed_store_keeps_every_promise_of_the_one_below(tmp_path: Path) -> None:
    def in_files() -> SealedStore:
        return SealedStore(FileStore(tempfile.mkdtemp(dir=tmp_path)), OLD)

    def beside(store: SealedStore) -> SealedStore:
        return SealedStore(store.store, OLD)

    for make in (in_files, lambda: SealedStore(MemoryStore(), OLD), lambda: SealedStore(DictStore(), OLD)):
        report = check_store(make, second=beside)
        assert report.passed, str(report)
        assert report.skipped == ()

    async def main() -> StoreReport:
        return await check_async_store(lambda: SealedStore(AsyncDictStore(), OLD))

    assert (report := asyncio.run(main())).passed, str(report)


def test_the_store_below_never_sees_a_token_and_other_keys_open_nothing() -> None:
    below = DictStore()
    with Sandbox() as sandbox:
        token = account(sandbox, SealedStore(below, OLD.serialize()))
        assert below.records
        assert not any(token.encode() in stored.record.data for stored in below.records.values())
        assert sandbox.keeper(store=SealedStore(below, OLD)).token("me").reveal() == token
        for wrong in (SealedStore(below, NEW), SealedStore(SealedStore(below, NEW), NEW)):
            with pytest.raises(shutterkey.StoreError) as raised:
                sandbox.keeper(store=wrong).account("me")
            assert raised.value.code == "store.seal_invalid"


def test_a_key_is_rotated_while_the_store_is_used() -> None:
    below = MemoryStore()
    with Sandbox() as sandbox:
        token = account(sandbox, SealedStore(below, OLD))
        both = SealedStore(below, OLD.rotated(NEW))
        done = both.reseal(now=sandbox.clock.now())
        assert (done.resealed > 0, done.current, done.busy, done.is_complete) == (True, 0, 0, True)
        assert both.reseal(now=sandbox.clock.now()).current == done.resealed
        assert sandbox.keeper(store=SealedStore(below, NEW)).token("me").reveal() == token


def test_a_store_gets_its_first_key_in_one_pass_of_asyncio_too(tmp_path: Path) -> None:
    below = FileStore(tmp_path / "accounts")
    with Sandbox() as sandbox:
        token = account(sandbox, below)
        sealed = SealedStore(below, OLD)

        async def main() -> None:
            refused = await sealed.reseal_async(now=sandbox.clock.now())
            assert not refused.is_complete
            key, error = refused.unreadable[0]
            assert isinstance(error, shutterkey.StoreError)
            assert isinstance(key, str)
            done = await sealed.reseal_async(seal_plain=True, now=sandbox.clock.now())
            assert done.is_complete

        asyncio.run(main())
        assert sandbox.keeper(store=sealed).token("me").reveal() == token


class Vault:
    """Turns bytes around, and breaks when it is told to."""

    def __init__(self) -> None:
        self.fails: Exception | None = None
        self.purposes = set[str]()

    def seal(self, purpose: str, context: str, plain: bytes) -> str:
        if self.fails is not None:
            raise self.fails
        self.purposes.add(purpose)
        return f"{context}|{plain[::-1].hex()}"

    def open(self, purpose: str, context: str, sealed: str) -> bytes:
        if self.fails is not None:
            raise self.fails
        bound, _, content = sealed.rpartition("|")
        if bound != context:
            raise KeyError("another record")
        return bytes.fromhex(content)[::-1]


def test_a_sealer_of_ones_own_seals_records_and_what_it_raises_is_the_cause() -> None:
    vault = Vault()
    store = SealedStore(MemoryStore(), sealer=vault)
    with Sandbox() as sandbox:
        token = account(sandbox, store)
        assert vault.purposes == {"record"}
        keeper = sandbox.keeper(store=store)
        assert keeper.account("me").token.reveal() == token
        vault_away: list[tuple[Exception, str]] = [
            (ConnectionError("away"), "store.unavailable"),
            (LookupError(f"no key for {token}"), "store.seal_invalid"),
        ]
        for fails, code in vault_away:
            vault.fails = fails
            with pytest.raises(shutterkey.StoreError) as raised:
                sandbox.keeper(store=store).account("me")
            assert raised.value.code == code
            assert raised.value.__cause__ is not None
        vault.fails = None
        assert sandbox.keeper(store=store).token("me").reveal() == token


def test_a_write_that_a_sealer_refuses_shows_no_token() -> None:
    vault = Vault()
    with Sandbox() as sandbox:
        token = sandbox.mint_token("studio", age=2 * 86_400).reveal()
        keeper = sandbox.keeper(store=SealedStore(MemoryStore(), sealer=vault))
        vault.fails = LookupError(f"cannot seal {token}")
        with pytest.raises(shutterkey.ShutterkeyError) as raised:
            keeper.import_token(token, name="me")
        shown = f"{raised.value!r} {raised.value} {raised.value.__cause__!r}"
        assert token not in shown


def test_what_makes_no_sealed_store_is_refused() -> None:
    wrong: list[Any] = [
        lambda: SealedStore(MemoryStore(), None),  # type: ignore[call-overload]
        lambda: SealedStore(MemoryStore(), OLD, sealer=Vault()),  # type: ignore[call-overload]
    ]
    for make in wrong:
        with pytest.raises(shutterkey.InternalError):
            make()
    no: Any = object()
    for make in (lambda: SealedStore(no, OLD), lambda: SealedStore(MemoryStore(), no), lambda: SealedStore(MemoryStore(), sealer=no)):
        with pytest.raises(TypeError):
            make()
    with pytest.raises(shutterkey.ConfigError) as raised:
        SealedStore(MemoryStore(), "k1:canary")
    assert raised.value.code == "config.seal_key"
    assert "canary" not in str(raised.value)


def test_a_sealed_store_shows_the_store_below_and_no_key() -> None:
    store = SealedStore(MemoryStore(), OLD)
    assert repr(store) == "SealedStore(MemoryStore())"
    assert isinstance(store.store, MemoryStore)
    with pytest.raises(TypeError):
        pickle.dumps(store)
