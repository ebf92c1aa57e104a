"""Stores written in Python: over a dictionary, over SQLite, asynchronous ones, and ones that break a promise."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shutterkey import RecordBytes, Stored


class DictStore:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.records: dict[str, Stored] = {}
        self.leases: dict[str, tuple[int, int, int]] = {}
        self.last = 0

    def present(self, key: str, now: int) -> Stored | None:
        stored = self.records.get(key)
        if stored is not None and stored.record.forget_at is not None and now >= stored.record.forget_at:
            del self.records[key]
            return None
        return stored

    def load(self, key: str, now: int) -> Stored | None:
        with self.lock:
            return self.present(key, now)

    def save(self, key: str, record: RecordBytes, expected: int | None, fence: int | None, now: int) -> int | None:
        with self.lock:
            stored = self.present(key, now)
            if (stored and stored.version) != expected:
                return None
            if fence is not None and key in self.leases and fence < self.leases[key][0]:
                return None
            self.last += 1
            self.records[key] = Stored(record, self.last)
            return self.last

    def delete(self, key: str, expected: int) -> bool:
        with self.lock:
            stored = self.records.get(key)
            if stored is None or stored.version != expected:
                return False
            del self.records[key]
            return True

    def lease(self, key: str, ttl: int, now: int) -> int | None:
        with self.lock:
            held = self.leases.get(key)
            # A lease that began in the future was taken before the clock was set back.
            if held is not None and held[1] <= now < held[2]:
                return None
            self.last += 1
            self.leases[key] = (self.last, now, now + ttl)
            return self.last

    def release(self, key: str, fence: int) -> None:
        with self.lock:
            if self.leases.get(key, (None,))[0] == fence:
                self.leases[key] = (fence, 0, 0)

    def list(
        self, prefix: str, due_before: int | None, after: str | None, limit: int
    ) -> list[tuple[str, int | None]]:
        with self.lock:
            found = sorted((key, stored.record.due_at) for key, stored in self.records.items() if key.startswith(prefix))
        return [
            (key, due_at)
            for key, due_at in found
            if (after is None or key > after) and (due_before is None or (due_at is not None and due_at < due_before))
        ][:limit]

    def probe(self) -> None:
        pass


class SqliteStore:
    """Of one table for records and one for leases; a write is one transaction."""

    def __init__(self, path: Path | str) -> None:
        self.path = str(path)
        with self.transaction() as db:
            db.execute(
                "CREATE TABLE IF NOT EXISTS records (key TEXT PRIMARY KEY, data BLOB NOT NULL, due_at INTEGER,"
                " forget_at INTEGER, version INTEGER NOT NULL)"
            )
            db.execute(
                "CREATE TABLE IF NOT EXISTS leases (key TEXT PRIMARY KEY, fence INTEGER NOT NULL, since INTEGER, until INTEGER)"
            )
            db.execute("CREATE TABLE IF NOT EXISTS counter (last INTEGER NOT NULL)")
            db.execute("INSERT INTO counter SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM counter)")

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        db = sqlite3.connect(self.path, timeout=30, isolation_level=None)
        try:
            db.execute("BEGIN IMMEDIATE")
            yield db
            db.execute("COMMIT")
        finally:
            db.close()

    @staticmethod
    def next(db: sqlite3.Connection) -> int:
        db.execute("UPDATE counter SET last = last + 1")
        return int(db.execute("SELECT last FROM counter").fetchone()[0])

    def load(self, key: str, now: int) -> Stored | None:
        with self.transaction() as db:
            row = db.execute(
                "SELECT data, due_at, forget_at, version FROM records"
                " WHERE key = ? AND (forget_at IS NULL OR forget_at > ?)",
                (key, now),
            ).fetchone()
        return Stored(RecordBytes(row[0], due_at=row[1], forget_at=row[2]), row[3]) if row else None

    def save(self, key: str, record: RecordBytes, expected: int | None, fence: int | None, now: int) -> int | None:
        with self.transaction() as db:
            db.execute("DELETE FROM records WHERE key = ? AND forget_at <= ?", (key, now))
            row = db.execute("SELECT version FROM records WHERE key = ?", (key,)).fetchone()
            lease = db.execute("SELECT fence FROM leases WHERE key = ?", (key,)).fetchone()
            if (row[0] if row else None) != expected or (fence is not None and lease and fence < lease[0]):
                return None
            version = self.next(db)
            db.execute(
                "INSERT OR REPLACE INTO records VALUES (?, ?, ?, ?, ?)",
                (key, record.data, record.due_at, record.forget_at, version),
            )
            return version

    def delete(self, key: str, expected: int) -> bool:
        with self.transaction() as db:
            return db.execute("DELETE FROM records WHERE key = ? AND version = ?", (key, expected)).rowcount == 1

    def lease(self, key: str, ttl: int, now: int) -> int | None:
        with self.transaction() as db:
            held = db.execute("SELECT since, until FROM leases WHERE key = ?", (key,)).fetchone()
            if held and held[0] <= now < held[1]:
                return None
            fence = self.next(db)
            db.execute("INSERT OR REPLACE INTO leases VALUES (?, ?, ?, ?)", (key, fence, now, now + ttl))
            return fence

    def release(self, key: str, fence: int) -> None:
        with self.transaction() as db:
            db.execute("UPDATE leases SET since = 0, until = 0 WHERE key = ? AND fence = ?", (key, fence))

    def list(
        self, prefix: str, due_before: int | None, after: str | None, limit: int
    ) -> list[tuple[str, int | None]]:
        with self.transaction() as db:
            return db.execute(
                "SELECT key, due_at FROM records WHERE substr(key, 1, length(:prefix)) = :prefix"
                " AND (:after IS NULL OR key > :after) AND (:due IS NULL OR due_at < :due) ORDER BY key LIMIT :limit",
                {"prefix": prefix, "after": after, "due": due_before, "limit": limit},
            ).fetchall()

    def probe(self) -> None:
        with self.transaction() as db:
            db.execute("UPDATE counter SET last = last")


class AsyncDictStore:
    """The one over a dictionary, behind coroutines that let others run in between."""

    def __init__(self) -> None:
        self.inside = DictStore()
        self.loop = asyncio.get_running_loop()

    async def pause(self) -> None:
        assert asyncio.get_running_loop() is self.loop
        await asyncio.sleep(0)

    async def load(self, key: str, now: int) -> Stored | None:
        await self.pause()
        return self.inside.load(key, now)

    async def save(
        self, key: str, record: RecordBytes, expected: int | None, fence: int | None, now: int
    ) -> int | None:
        await self.pause()
        return self.inside.save(key, record, expected, fence, now)

    async def delete(self, key: str, expected: int) -> bool:
        await self.pause()
        return self.inside.delete(key, expected)

    async def lease(self, key: str, ttl: int, now: int) -> int | None:
        await self.pause()
        return self.inside.lease(key, ttl, now)

    async def release(self, key: str, fence: int) -> None:
        await self.pause()
        self.inside.release(key, fence)

    async def list(
        self, prefix: str, due_before: int | None, after: str | None, limit: int
    ) -> list[tuple[str, int | None]]:
        await self.pause()
        return self.inside.list(prefix, due_before, after, limit)

    async def probe(self) -> None:
        await self.pause()
