"""Stores written in Python keep tokens like the built-in ones, and the suite finds every broken promise."""

from __future__ import annotations

import asyncio
import pickle
import sqlite3
import tempfile
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import shutterkey
from host_support.provider import CANARIES, LONG, Provider, approved, config
from host_support.stores import AsyncDictStore, DictStore, SqliteStore
from shutterkey import RecordBytes, Stored
from shutterkey.testing import StoreReport, check_async_store, check_store

NOW = 1_800_000_000


def all_kept(report: StoreReport, skipped: int = 0) -> None:
    assert report.passed, str(report)
    assert len(report.skipped) == skipped, str(report)
    assert len(report.findings) > 30


def test_a_store_over_a_dictionary_keeps_every_promise() -> None:
    all_kept(check_store(DictStore, second=lambda store: store))


def test_a_store_over_sqlite_keeps_every_promise_in_two_handles(tmp_path: Path) -> None:
    def make() -> SqliteStore:
        return SqliteStore(tempfile.mktemp(dir=tmp_path))

    all_kept(check_store(make, second=lambda store: SqliteStore(store.path)))


def test_the_built_in_stores_keep_every_promise(tmp_path: Path) -> None:
    all_kept(check_store(shutterkey.MemoryStore), skipped=2)
    make = lambda: shutterkey.FileStore(tempfile.mkdtemp(dir=tmp_path))  # noqa: E731
    all_kept(check_store(make, second=lambda store: shutterkey.FileStore(store.path)))


def test_an_asynchronous_store_keeps_every_promise_on_its_own_loop() -> None:
    async def second(store: AsyncDictStore) -> AsyncDictStore:
        return store

    async def main() -> StoreReport:
        return await check_async_store(AsyncDictStore, second=second)

    all_kept(asyncio.run(main()))


def test_what_was_not_checked_is_said() -> None:
    report = check_store(DictStore)
    assert [finding.name for finding in report.skipped] == [
        "two handles see each other's records",
        "two handles share leases and fences",
    ]
    assert "skipped  two handles" in str(report)


class Overwrites(DictStore):
    def save(self, key: str, record: RecordBytes, expected: int | None, fence: int | None, now: int) -> int | None:
        with self.lock:
            stored = self.present(key, now)
        return super().save(key, record, stored and stored.version, fence, now)


class IgnoresFences(DictStore):
    def save(self, key: str, record: RecordBytes, expected: int | None, fence: int | None, now: int) -> int | None:
        return super().save(key, record, expected, None, now)


class TwoHolders(DictStore):
    def lease(self, key: str, ttl: int, now: int) -> int | None:
        self.leases.pop(key, None)
        return super().lease(key, ttl, now)


class EternalLeases(DictStore):
    def lease(self, key: str, ttl: int, now: int) -> int | None:
        return super().lease(key, 10**9, now)


class ForgetsMoments(DictStore):
    def save(self, key: str, record: RecordBytes, expected: int | None, fence: int | None, now: int) -> int | None:
        return super().save(key, RecordBytes(record.data), expected, fence, now)


class RemembersTheForgotten(DictStore):
    def present(self, key: str, now: int) -> Stored | None:
        return self.records.get(key)


class CutsBytes(DictStore):
    def load(self, key: str, now: int) -> Stored | None:
        stored = super().load(key, now)
        return stored and Stored(RecordBytes(stored.record.data.rstrip(b"\0")), stored.version)


class StartsVersionsAnew(DictStore):
    def save(self, key: str, record: RecordBytes, expected: int | None, fence: int | None, now: int) -> int | None:
        self.last = 0 if expected is None else expected
        return super().save(key, record, expected, fence, now)


class Unordered(DictStore):
    def list(self, *arguments: Any) -> list[tuple[str, int | None]]:
        return super().list(*arguments)[::-1]


class Racy(DictStore):
    """Looks first and writes later; the first two that look do so before either writes."""

    def __init__(self) -> None:
        super().__init__()
        self.looked = 0
        self.two_looked = threading.Event()

    def save(self, key: str, record: RecordBytes, expected: int | None, fence: int | None, now: int) -> int | None:
        with self.lock:
            stored = self.present(key, now)
            if (stored and stored.version) != expected:
                return None
            self.looked += key.endswith("/race") and expected is not None
            if self.looked >= 2:
                self.two_looked.set()
        if key.endswith("/race") and expected is not None:
            self.two_looked.wait(10)
        with self.lock:
            self.last += 1
            self.records[key] = Stored(record, self.last)
            return self.last


class ProbeWrites(DictStore):
    def probe(self) -> None:
        self.save(f"probe/{self.last}", RecordBytes(b"x"), None, None, 0)


@pytest.mark.parametrize(
    ("broken", "promise"),
    [
        (Overwrites, "a write replaces only the version it expects"),
        (IgnoresFences, "a write under an earlier lease is refused"),
        (TwoHolders, "a lease has one holder"),
        (EternalLeases, "a lease frees itself"),
        (ForgetsMoments, "due_at and forget_at come back as they were"),
        (RemembersTheForgotten, "a forgotten record is absent and can be made anew"),
        (CutsBytes, "bytes come back as they were"),
        (StartsVersionsAnew, "versions grow and are never used again"),
        (Unordered, "a list has the keys of its prefix, in order of their bytes"),
        (Racy, "of many that replace one version at once, one does"),
        (ProbeWrites, "a probe leaves nothing behind"),
    ],
)
def test_a_broken_promise_is_found(broken: Callable[[], DictStore], promise: str) -> None:
    report = check_store(broken)
    assert promise in [finding.name for finding in report.failures], str(report)
    assert "FAILED" in str(report) and not report.passed


@pytest.mark.parametrize("answer", [True, "7", 1.5, (1, 2)])
def test_an_answer_of_another_type_is_a_broken_promise(answer: object) -> None:
    class Odd(DictStore):
        def save(self, *_: Any) -> Any:
            return answer

        def load(self, *_: Any) -> Any:
            return answer

    report = check_store(Odd)
    assert "TypeError" in str(report)


def test_a_factory_that_fails_is_reported() -> None:
    report = check_store(lambda: 1 / 0)
    assert len(report.failures) == len(report.findings)
    assert "ZeroDivisionError" in str(report)


def keeper(store: Any, provider: Provider) -> shutterkey.Keeper:
    client = shutterkey.Client(config(), http=lambda m, u, h, b, _: provider.answer(m, u, h, b))
    return shutterkey.Keeper(client, store)


def test_a_keeper_keeps_its_accounts_in_a_python_store(tmp_path: Path) -> None:
    for store in (DictStore(), SqliteStore(tmp_path / "tokens.db")):
        one = keeper(store, Provider())
        request = one.authorize()
        one.complete(request.pending, approved(request), name="me")
        another = keeper(store, Provider())
        assert another.token("me").reveal() == LONG
        assert [account.account.username for account in another.accounts()] == ["ada.sandbox"]
        another.logout("me")
        with pytest.raises(shutterkey.AccountError):
            keeper(store, Provider()).token("me")


def test_an_async_keeper_keeps_its_accounts_in_an_async_store() -> None:
    async def main() -> None:
        store, provider = AsyncDictStore(), Provider()

        async def send(method: str, url: str, headers: Any, body: Any, timeout: float) -> Any:
            return provider.answer(method, url, headers, body)

        for _ in range(2):
            client = shutterkey.AsyncClient(config(), http=send)
            one = shutterkey.AsyncKeeper(client, store)
            request = one.authorize()
            await one.complete(request.pending, approved(request), name="me")
            assert (await one.token("me")).reveal() == LONG
        assert len(await one.accounts()) == 1
        with pytest.raises(TypeError, match="AsyncKeeper"):
            shutterkey.Keeper(shutterkey.Client(config()), store)
        with pytest.raises(shutterkey.ShutterkeyError, match="asynchronous store"):
            shutterkey.AsyncKeeper(store=store, client_id="990602627938098")

    asyncio.run(main())


def test_an_object_without_a_method_is_no_store() -> None:
    class Half(DictStore):
        lease = None  # type: ignore[assignment]

    nonsenses: list[Any] = [Half(), object(), {}, DictStore]
    for nonsense in nonsenses:
        with pytest.raises(TypeError, match="shutterkey.Store"):
            shutterkey.Keeper(shutterkey.Client(config()), nonsense)


def test_the_protocols_say_what_a_store_is() -> None:
    assert isinstance(DictStore(), shutterkey.Store)
    assert not isinstance(object(), shutterkey.Store)


class Failing(DictStore):
    def __init__(self, error: Callable[..., BaseException]) -> None:
        super().__init__()
        self.error = error

    def save(self, *arguments: Any) -> Any:
        raise self.error(*arguments)


def failure(error: Callable[..., BaseException]) -> shutterkey.ShutterkeyError:
    one = keeper(Failing(error), Provider())
    request = one.authorize()
    with pytest.raises(shutterkey.ShutterkeyError) as raised:
        one.complete(request.pending, approved(request))
    return raised.value


def test_what_a_store_raises_makes_it_unavailable_and_is_the_cause() -> None:
    cause = sqlite3.OperationalError("database is locked")
    error = failure(lambda *_: cause)
    assert isinstance(error, shutterkey.StoreError)
    assert error.code == "store.unavailable"
    assert error.__cause__ is cause
    assert "sqlite3.OperationalError" in str(error)
    assert "database is locked" in "".join(traceback.format_exception(error))


def test_an_error_of_the_store_family_keeps_its_code(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(shutterkey.StoreError) as refused:
        shutterkey.FileStore(tmp_path / "file")
    assert refused.value.code != "store.unavailable"
    error = failure(lambda *_: refused.value)
    assert error.code == refused.value.code
    assert error.__cause__ is refused.value


def test_an_error_of_another_family_makes_the_store_unavailable() -> None:
    with pytest.raises(shutterkey.AccountError) as missing:
        keeper(DictStore(), Provider()).token("nobody")
    assert failure(lambda *_: missing.value).code == "store.unavailable"


def test_an_exception_that_quotes_a_record_is_replaced() -> None:
    """As an ORM's: it prints the parameters of the statement."""

    class Quotes(DictStore):
        def save(self, key: str, record: RecordBytes, *rest: Any) -> Any:
            if LONG.encode() in record.data:
                raise sqlite3.IntegrityError(f"INSERT INTO records; parameters: ({key!r}, {record.data!r})")
            return super().save(key, record, *rest)

    one = keeper(Quotes(), Provider())
    request = one.authorize()
    with pytest.raises(shutterkey.StoreError) as raised:
        one.complete(request.pending, approved(request))
    text = "".join(traceback.format_exception(raised.value))
    assert "sqlite3.IntegrityError" in text
    assert not [canary for canary in CANARIES if canary in text]
    # The token that could not be stored is not lost.
    assert raised.value.resumable is not None and raised.value.resumable.token.reveal() == LONG


def test_a_record_prints_and_pickles_no_secret() -> None:
    record = RecordBytes(b"canary", due_at=NOW, forget_at=None)
    stored = Stored(record, 7)
    assert (stored.record.data, stored.record.due_at, stored.record.forget_at, stored.version) == (
        b"canary",
        NOW,
        None,
        7,
    )
    assert repr(record) == f"RecordBytes(data=[redacted; 6], due_at={NOW}, forget_at=None)"
    assert "canary" not in repr(stored)
    for value in (record, stored):
        with pytest.raises(TypeError, match="pickled"):
            pickle.dumps(value)
