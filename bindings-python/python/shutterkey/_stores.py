"""What a store written in Python looks like."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ._native import RecordBytes, Stored


@runtime_checkable
class Store(Protocol):
    """A place where tokens are kept: any object with these methods. Run ``shutterkey.testing.check_store`` on it.

    It holds opaque bytes under plain keys (visible ASCII, at most about a kilobyte). Four things it promises: a write
    replaces only the version it expects, a write under an earlier lease than the last is refused, a lease has one holder
    at a time and frees itself, and what was written is read back whole or not at all.

    Moments are whole seconds since 1970 (UTC). They are given so that a store needs no clock and follows a moved one.
    Methods are called from several threads at once. What they raise becomes ``store.unavailable``, with the exception as
    its cause; a :class:`StoreError` keeps its code.
    """

    def load(self, key: str, now: int) -> Stored | None:
        """The record under a key, or ``None``. One past its ``forget_at`` is answered as ``None``, and is none for a
        write."""
        ...

    def save(self, key: str, record: RecordBytes, expected: int | None, fence: int | None, now: int) -> int | None:
        """Writes if the present version is ``expected`` (``None``: there is no record) and no later lease than ``fence``
        was given out for the key. Answers the new version, which was never used for this key, or ``None``: nothing was
        changed. Durable when it returns."""
        ...

    def delete(self, key: str, expected: int) -> bool:
        """Removes a record if it still has this version, and says whether it did."""
        ...

    def lease(self, key: str, ttl: int, now: int) -> int | None:
        """Takes the lease of a key for ``ttl`` seconds and answers its fence, which grows with every lease of the key.
        ``None``: somebody has it."""
        ...

    def release(self, key: str, fence: int) -> None:
        """Gives a lease back. One that somebody else has by now is left alone."""
        ...

    def list(
        self, prefix: str, due_before: int | None, after: str | None, limit: int
    ) -> Iterable[tuple[str, int | None]]:
        """Keys that begin with ``prefix``, with their ``due_at``: ordered by their bytes, after ``after``, at most
        ``limit``; with ``due_before``, only those that are due before that moment."""
        ...

    def probe(self) -> None:
        """Raises if the store cannot be written to right now: asked before a person is sent to log in."""
        ...


@runtime_checkable
class AsyncStore(Protocol):
    """A :class:`Store` for :class:`AsyncKeeper`: the same methods, as coroutine functions. They run on the event loop of
    the last call of the keeper."""

    async def load(self, key: str, now: int) -> Stored | None:
        """See :meth:`Store.load`."""
        ...

    async def save(
        self, key: str, record: RecordBytes, expected: int | None, fence: int | None, now: int
    ) -> int | None:
        """See :meth:`Store.save`."""
        ...

    async def delete(self, key: str, expected: int) -> bool:
        """See :meth:`Store.delete`."""
        ...

    async def lease(self, key: str, ttl: int, now: int) -> int | None:
        """See :meth:`Store.lease`."""
        ...

    async def release(self, key: str, fence: int) -> None:
        """See :meth:`Store.release`."""
        ...

    async def list(
        self, prefix: str, due_before: int | None, after: str | None, limit: int
    ) -> Iterable[tuple[str, int | None]]:
        """See :meth:`Store.list`."""
        ...

    async def probe(self) -> None:
        """See :meth:`Store.probe`."""
        ...


for _class in (Store, AsyncStore):
    _class.__module__ = "shutterkey"
del _class
