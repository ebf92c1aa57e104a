#!/usr/bin/env python3
"""Runs small programs a thousand times and counts how many ended cleanly.

    python tools/exit_proof.py [RUNS] [--seed N]

Eight programs take turns: one that just ends, one with calls pending, with threads that wait, with daemon threads that wait
or are busy. Answers come at random times, also while the interpreter goes away. Clean: exit code 0, and nothing on
standard error.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from support.program import Ended, run
from support.provider import LocalProvider

PROGRAMS = (
    ("plain",),
    ("pending",),
    ("threads",),
    ("threads", "daemons"),
    *(("daemons", way) for way in ("answers", "errors", "refusals", "loops")),
)


def main() -> int:
    parser = argparse.ArgumentParser(description="Counts how many programs end cleanly.")
    parser.add_argument("runs", nargs="?", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    given = parser.parse_args()
    print(f"CPython {sys.version.split()[0]}, seed {given.seed}", flush=True)
    with LocalProvider(given.seed) as provider, ThreadPoolExecutor(os.cpu_count()) as workers:
        provider.delay = 0.05

        def one(number: int) -> Ended:
            name, *arguments = PROGRAMS[number % len(PROGRAMS)]
            return run(name, provider, *arguments)

        ended = list(workers.map(one, range(given.runs)))
    for what in {(end.code, end.errors) for end in ended if not end.clean}:
        print(f"exit code {what[0]}: {what[1]}")
    clean = sum(end.clean for end in ended)
    print(f"{clean} of {given.runs} ended cleanly")
    return 0 if clean == given.runs else 1


if __name__ == "__main__":
    sys.exit(main())
