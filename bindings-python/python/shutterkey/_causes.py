"""What an object of the caller's raised, made fit to be shown as a cause.

Messages of HTTP libraries quote the URL, and Meta puts tokens into GET queries; messages of databases quote parameters.
"""

from __future__ import annotations

import re
import traceback

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_PIECE = 12
"""A library may cut what it quotes: as many characters of a secret in a row are as bad as all of it."""

_SHORTEST = 4
"""Shorter values occur in any text."""

_REDACTED = "[redacted]"


def shown(error: BaseException, secrets: Iterable[str]) -> BaseException:
    """The exception itself, if it and what is behind it print none of the secrets; otherwise a plain one that names its
    class. Its traceback keeps the lines and loses the local variables, which some tools print."""
    known = sorted({secret for secret in secrets if len(secret) >= _SHORTEST}, key=len, reverse=True)
    try:
        leaks = any(_is_in(secret, text) for text in _texts(error) for secret in known)
    except Exception:
        return Exception(f"{_name(error)} (its text cannot be read)")
    if not leaks:
        for one in _chain(error):
            traceback.clear_frames(one.__traceback__)
        return error
    return Exception(f"{_name(error)}: {_redacted(str(error), known)}")


def words(text: str) -> list[str]:
    """The runs of a text that may be a token."""
    return re.findall(r"[\w.~+/=|%-]{16,}", text)


def _name(error: BaseException) -> str:
    kind = type(error)
    return f"{kind.__module__}.{kind.__qualname__}"


def _texts(error: BaseException) -> Iterator[str]:
    yield "".join(traceback.format_exception(type(error), error, error.__traceback__))
    for one in _chain(error):
        yield f"{one!r} {one.args!r}"


def _chain(error: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    waiting: list[BaseException | None] = [error]
    while waiting:
        one = waiting.pop()
        if one is not None and all(one is not known for known in found):
            found.append(one)
            waiting += (one.__cause__, one.__context__, *getattr(one, "exceptions", ()))
    return found


def _is_in(secret: str, text: str) -> bool:
    if len(secret) <= _PIECE:
        return secret in text
    return any(secret[start : start + _PIECE] in text for start in range(len(secret) - _PIECE + 1))


def _redacted(text: str, known: list[str]) -> str:
    for secret in known:
        text = text.replace(secret, _REDACTED)
    return "its text held secrets" if any(_is_in(secret, text) for secret in known) else text
