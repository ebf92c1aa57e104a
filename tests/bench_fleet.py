#!/usr/bin/env python3
"""Measures a fleet in PostgreSQL that two processes keep: starts a database, runs the benchmark `fleet`, and throws the database away.

    tests/bench_fleet.py [ACCOUNTS...]
"""

import os
import signal
import subprocess
import sys
from pathlib import Path

sys.dont_write_bytecode = True

from suites import postgres  # noqa: E402
from suites.shell import Shell  # noqa: E402

COMMAND = ["cargo", "bench", "--quiet", "--locked", "-p", "shutterkey-sandbox", "--bench", "fleet", "--"]


def main(arguments):
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with open(os.devnull, "w", encoding="utf-8") as nowhere, postgres.servers(Shell(nowhere)) as described:
        if described is None:
            print("There is no database: make test SUITES=postgres says why.", file=sys.stderr)
            return 1
        env = {**os.environ, postgres.SETTING: str(described)}
        return subprocess.run([*COMMAND, *arguments], cwd=Path(__file__).resolve().parents[1], env=env, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
