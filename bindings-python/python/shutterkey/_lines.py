"""The lines of an import, in pieces, for ``asyncio``."""

from __future__ import annotations

import os
from itertools import islice

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncIterable, AsyncIterator, Iterable
    from typing_extensions import TypeIs

    from ._typing import AnyLines

BATCH = 256


async def batches(source: AnyLines) -> AsyncIterator[list[str | bytes]]:
    """Lists of lines. A file is read between two awaits, some hundred lines at a time."""
    if isinstance(source, (str, os.PathLike)):
        with open(source, "rb") as file:
            for batch in _pieces(file):
                yield batch
    elif isinstance(source, (bytes, bytearray, dict)):
        raise TypeError("import_many() takes a path, an open file or an iterable of lines")
    elif _is_async(source):
        batch = list[str | bytes]()
        async for line in source:
            batch.append(line)
            if len(batch) == BATCH:
                yield batch
                batch = []
        yield batch
    else:
        for batch in _pieces(source):
            yield batch


def _is_async(source: object) -> TypeIs[AsyncIterable[str] | AsyncIterable[bytes]]:
    return hasattr(source, "__aiter__")


def _pieces(source: Iterable[str | bytes]) -> Iterable[list[str | bytes]]:
    lines = iter(source)
    while batch := list(islice(lines, BATCH)):
        yield batch
