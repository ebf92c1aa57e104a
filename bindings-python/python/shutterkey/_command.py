"""The command ``shutterkey``."""

from __future__ import annotations

import signal
import sys

from ._native import run_command


def main() -> int:
    """Runs the command with the process's arguments and answers its exit code."""
    # Python would only note Ctrl-C down until the command has ended.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    return run_command(sys.argv[1:])
