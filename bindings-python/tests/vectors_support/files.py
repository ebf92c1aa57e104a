"""The files themselves, and texts and bytes as they spell them."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[3] / "tests" / "vectors"

KINDS = ("clients", "logins", "tokens", "records")


@dataclass(frozen=True)
class Case:
    """One case: data in, a stated result out."""

    id: str
    surface: str
    input: dict[str, Any]
    result: dict[str, Any]
    note: str = ""
    secrets: tuple[str, ...] = ()


@dataclass(frozen=True)
class VectorFile:
    """A topic, what its cases share, and the cases."""

    topic: str
    define: dict[str, dict[str, Any]]
    cases: tuple[Case, ...]


@cache
def all_files() -> dict[str, VectorFile]:
    """Every file by its topic. A member that is not known is an error."""
    files = {}
    for path in sorted(FOLDER.glob("*.json")):
        if path.name == "schema.json":
            continue
        document = json.loads(path.read_text(encoding="utf-8"))
        files[path.stem] = _file(**{name.lstrip("$"): value for name, value in document.items()})
        assert files[path.stem].topic == path.stem, "a file is named after its topic"
    return files


def _file(
    schema: str, topic: str, about: str, cases: list[dict[str, Any]], define: dict[str, Any] | None = None
) -> VectorFile:
    define = define or {}
    strange = set(define) - set(KINDS)
    assert not strange, f"{topic}: what are {strange}?"
    return VectorFile(topic, {kind: define.get(kind, {}) for kind in KINDS}, tuple(Case(**case) for case in cases))


def text(spec: Any) -> str:
    """A text: as it is, ``{"repeat": "ab", "times": 1000}``, or a list of such pieces."""
    if isinstance(spec, str):
        return spec
    if isinstance(spec, list):
        return "".join(text(piece) for piece in spec)
    return _repeated(**spec)


def _repeated(repeat: str, times: int) -> str:
    return repeat * times


def data(spec: Any) -> bytes:
    """Bytes: a text, or ``{"base64": "…"}``."""
    if isinstance(spec, dict) and set(spec) == {"base64"}:
        return base64.b64decode(spec["base64"], validate=True)
    return text(spec).encode()
