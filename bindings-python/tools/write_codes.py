#!/usr/bin/env python3
"""Writes shutterkey/_codes.py, the names in errors as types, from the error catalogue of the built package.

    python tools/write_codes.py [--check]

``--check`` writes nothing and fails if the file is not what the catalogue says.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from shutterkey import _native

FILE = Path(__file__).resolve().parents[1] / "python" / "shutterkey" / "_codes.py"

RETRIES = ("never", "backoff", "after", "login", "reconsent", "user_action", "fix_config")
"""Not each of them is some code's own: ``after`` comes with the moment that a provider names."""

HEAD = '''"""The names that occur in errors, for type checkers. Written by tools/write_codes.py."""

from __future__ import annotations

from typing import Literal, TypeAlias
'''


def text() -> str:
    """What the file has to say."""
    catalogue = _native.catalogue()
    families = list(dict.fromkeys(family for _, family, *_ in catalogue))
    unknown = {retry for *_, retry in catalogue} - set(RETRIES)
    if unknown:
        raise SystemExit(f"write_codes.py: what is the retry {', '.join(sorted(unknown))}?")
    return HEAD + "".join(
        (
            alias("ErrorCode", [code for code, *_ in catalogue]),
            alias("Family", families),
            alias("RetryKind", RETRIES),
        )
    )


def alias(name: str, values: Iterable[str]) -> str:
    lines = "".join(f'    "{value}",\n' for value in values)
    return f"\n{name}: TypeAlias = Literal[\n{lines}]\n"


def main(arguments: list[str]) -> int:
    if arguments not in ([], ["--check"]):
        print((__doc__ or "").strip(), file=sys.stderr)
        return 2
    written = FILE.read_text(encoding="utf-8") if FILE.exists() else ""
    if written == text():
        return 0
    if arguments:
        print(f"{FILE.name} is not what the catalogue says; run tools/write_codes.py", file=sys.stderr)
        return 1
    FILE.write_text(text(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
