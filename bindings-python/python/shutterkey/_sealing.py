"""What a sealer of one's own looks like."""

from __future__ import annotations

from typing import Protocol


class Sealer(Protocol):
    """A KMS or a vault in place of ``SealKeys``: encrypts and authenticates a text of at most some kilobytes.

    ``purpose`` and ``context`` are authenticated and not stored: what was sealed with others must not open. Both
    methods are called while ``seal()``, ``open()`` or a ``PendingJar`` waits, so they should answer at once. For a
    ``SealedStore`` or a ``PostgresStore`` they are called once a read and once a write, on threads that may wait; there
    an ``OSError`` (a ``ConnectionError``, a ``TimeoutError``) becomes ``store.unavailable``, any other exception of
    ``open`` ``store.seal_invalid``, and a :class:`StoreError` keeps its code.
    """

    def seal(self, purpose: str, context: str, plain: bytes) -> str:
        """Seals. What it raises becomes the cause of a ``config.seal_key``."""
        ...

    def open(self, purpose: str, context: str, sealed: str) -> bytes:
        """Opens what ``seal`` made for the same purpose and context, and raises for anything else; that becomes the
        cause of a ``redirect.seal_invalid``, and a jar that does not open is an empty jar."""
        ...


Sealer.__module__ = "shutterkey"
