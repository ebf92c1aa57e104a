"""Reading what a person pastes, raw and without showing it.

Terminals in line mode cut lines (1,024 bytes on macOS, 4,096 on Linux) and show what is typed; addresses are longer,
and hold secrets. What the bytes mean is the core's to judge.
"""

from __future__ import annotations

import os
import sys
import time
from contextlib import contextmanager

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Generator

    from ._typing import ReadInput

_PIECE = 8192

# Asks the terminal to mark what is pasted, so that a line break in it is no Enter.
_MARK_PASTES = "\x1b[?2004h"
_MARK_PASTES_NOT = "\x1b[?2004l"


@contextmanager
def reader(timeout: float) -> Generator[ReadInput, None, None]:
    """A function that answers the next piece of the input, ``None`` when nothing comes for so many seconds (by default:
    for the rest of ``timeout``), and an empty one at its end."""
    descriptor = _descriptor()
    if descriptor is None:
        yield _asking()
        return
    with _hidden(descriptor):
        yield _reading(descriptor, time.monotonic() + timeout)


def _descriptor() -> int | None:
    """What to read from, raw; ``None`` where one has to ask: in a notebook, whose input is not the process's own, and
    where a console has no line mode to be switched off."""
    if _in_notebook():
        return None
    try:
        descriptor = sys.stdin.fileno()
    except (AttributeError, OSError, ValueError):
        return None
    return None if os.name == "nt" and os.isatty(descriptor) else descriptor


def _in_notebook() -> bool:
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return getattr(shell, "kernel", None) is not None


def _reading(descriptor: int, until: float) -> ReadInput:
    import select

    def read(pause: float | None) -> bytes | None:
        left = until - time.monotonic() if pause is None else pause
        if os.name != "nt" and not select.select([descriptor], [], [], max(left, 0))[0]:
            return None
        return os.read(descriptor, _PIECE)

    return read


def _asking() -> ReadInput:
    from getpass import getpass

    def read(pause: float | None) -> bytes | None:
        # What was asked for is whole when it is there: nothing comes after it.
        return None if pause is not None else getpass("Address: ").encode() + b"\n"

    return read


@contextmanager
def _hidden(descriptor: int) -> Generator[None, None, None]:
    """While it lasts, the terminal shows nothing of what is typed, and cuts nothing off. Ctrl-C goes on working."""
    if not os.isatty(descriptor):
        yield
        return
    import termios

    before = termios.tcgetattr(descriptor)
    raw = termios.tcgetattr(descriptor)
    raw[3] &= ~(termios.ICANON | termios.ECHO | termios.ECHONL)
    raw[6][termios.VMIN], raw[6][termios.VTIME] = 1, 0
    termios.tcsetattr(descriptor, termios.TCSANOW, raw)
    _tell(_MARK_PASTES)
    try:
        yield
    finally:
        _tell(_MARK_PASTES_NOT)
        # What was pasted after the answer must not land in a shell, which would show it and write it down.
        termios.tcflush(descriptor, termios.TCIFLUSH)
        termios.tcsetattr(descriptor, termios.TCSANOW, before)


def _tell(sequence: str) -> None:
    if sys.stderr.isatty():
        print(sequence, end="", file=sys.stderr, flush=True)
