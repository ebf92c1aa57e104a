#!/usr/bin/env python3
"""Copies the docstrings of the built native module into its stub, where editors look for them.

    python tools/document_stub.py [--check]

``--check`` writes nothing and fails if the stub's docstrings are not the module's.
"""

from __future__ import annotations

import ast
import inspect
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

from shutterkey import _native

STUB = Path(__file__).resolve().parents[1] / "python" / "shutterkey" / "_native.pyi"
WIDTH = 120

Documented = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def documented(source: str) -> str:
    """The stub with the docstrings of the module in place of those that it has."""
    lines = source.splitlines()
    # From the end to the beginning, so that the numbers of the lines above stay right.
    for node, owner in reversed(list(definitions(ast.parse(source).body, _native))):
        rewrite(lines, node, docstring_of(node, owner))
    return "\n".join(lines) + "\n"


def definitions(body: list[ast.stmt], owner: object) -> Iterator[tuple[Documented, object]]:
    """Every class, function and method of the stub with the object that has it, in the order of their lines."""
    seen = set[str]()
    for node in body:
        if not isinstance(node, Documented):
            continue
        # Of several overloads the first one is documented.
        if node.name not in seen:
            yield node, owner
        seen.add(node.name)
        if isinstance(node, ast.ClassDef):
            yield from definitions(node.body, getattr(owner, node.name))


def docstring_of(node: Documented, owner: object) -> str | None:
    """What the module says of it. Of methods that Python itself names, Python's own words are not repeated."""
    if node.name.startswith("__"):
        return None
    text = getattr(getattr(owner, node.name), "__doc__", None)
    return inspect.cleandoc(text) if isinstance(text, str) else None


def rewrite(lines: list[str], node: Documented, text: str | None) -> None:
    first, last = node.body[0], node.body[-1]
    has_docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and first.value.value is not ...
    rest = node.body[1:] if has_docstring else node.body
    empty = all(isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant) for part in rest)
    if not has_docstring and text is None:
        return
    head = heading(lines, node)
    if empty:
        # `def f(self) -> int: ...`, or the same with a docstring below.
        body = literal(text, node.col_offset + 4) if text else []
        lines[head : end(last)] = [header(lines[head], first, head) + ("" if body else " ..."), *body]
    elif has_docstring:
        lines[first.lineno - 1 : end(first)] = literal(text, first.col_offset) if text else []
    elif text:
        lines[first_line(rest[0]) : first_line(rest[0])] = literal(text, rest[0].col_offset)


def heading(lines: list[str], node: Documented) -> int:
    """The index of the line with the colon that ends the definition's head."""
    first = node.body[0]
    return first.lineno - 1 if lines[first.lineno - 1].rstrip().endswith(": ...") else first_line(first) - 1


def header(line: str, first: ast.stmt, head: int) -> str:
    return line[: first.col_offset].rstrip() if first.lineno - 1 == head else line


def first_line(node: ast.stmt) -> int:
    """The index of its first line, decorators included."""
    decorators = node.decorator_list if isinstance(node, Documented) else []
    return min([node.lineno, *(decorator.lineno for decorator in decorators)]) - 1


def end(node: ast.stmt) -> int:
    return node.end_lineno or node.lineno


def literal(text: str, indent: int) -> list[str]:
    """A docstring as lines of source."""
    space = " " * indent
    wrapped = "\n\n".join(wrap(paragraph, WIDTH - indent - 3) for paragraph in text.split("\n\n"))
    escaped = wrapped.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    if "\n" not in escaped and not escaped.endswith('"') and len(escaped) + indent + 6 <= WIDTH:
        return [f'{space}"""{escaped}"""']
    first, *others = escaped.split("\n")
    return [f'{space}"""{first}', *(f"{space}{line}".rstrip() for line in others), f'{space}"""']


def wrap(paragraph: str, width: int) -> str:
    if any(line.startswith((" ", "-", "`" * 3)) for line in paragraph.split("\n")):
        return paragraph
    return textwrap.fill(paragraph, width, break_long_words=False, break_on_hyphens=False)


def main(arguments: list[str]) -> int:
    if arguments not in ([], ["--check"]):
        print((__doc__ or "").strip(), file=sys.stderr)
        return 2
    written = STUB.read_text(encoding="utf-8")
    wanted = documented(written)
    if written == wanted:
        return 0
    if arguments:
        print(f"{STUB.name} does not say what the module says; run tools/document_stub.py", file=sys.stderr)
        return 1
    STUB.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
