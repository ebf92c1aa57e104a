"""Running the programs of tests/programs in processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from support.provider import LocalProvider

PROGRAMS = Path(__file__).resolve().parents[1] / "programs"
LIMIT = 60

# From 3.12 on Python warns of any fork of a process with threads; that it works here is what is tested.
WARNINGS = ("-W", "error", "-W", "ignore:This process:DeprecationWarning")


@dataclass(frozen=True)
class Ended:
    code: int
    said: list[str]
    errors: str

    @property
    def clean(self) -> bool:
        return self.code == 0 and self.errors == ""


class Program:
    """A program that runs. Its provider knows the token that it imports; `told` goes into its environment."""

    def __init__(
        self,
        name: str,
        provider: LocalProvider,
        *arguments: str,
        store: Path | None = None,
        told: Mapping[str, str] | None = None,
    ) -> None:
        environment = {**os.environ, **(told or {}), "PROVIDER": provider.base, "TOKEN": provider.token()}
        if store is not None:
            environment["STORE"] = str(store)
        self.process = subprocess.Popen(
            [sys.executable, *WARNINGS, str(PROGRAMS / f"{name}.py"), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
        )
        self._said: list[str] = []

    def until(self, word: str) -> None:
        """Waits until the program has said this."""
        output: IO[str] | None = self.process.stdout
        assert output is not None
        for line in output:
            self._said.append(line.strip())
            if line.strip() == word:
                return
        raise AssertionError(f"the program ended and never said {word!r}: {self.end()}")

    def tell(self, word: str) -> None:
        """Writes a line that the program waits for."""
        tell: IO[str] | None = self.process.stdin
        assert tell is not None
        tell.write(f"{word}\n")
        tell.flush()

    def end(self) -> Ended:
        """Waits until it has ended."""
        try:
            output, errors = self.process.communicate(timeout=LIMIT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        return Ended(self.process.returncode, [*self._said, *output.splitlines()], errors)


def run(name: str, provider: LocalProvider, *arguments: str, store: Path | None = None) -> Ended:
    return Program(name, provider, *arguments, store=store).end()
