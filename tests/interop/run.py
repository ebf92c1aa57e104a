#!/usr/bin/env python3
"""Runs every scenario of each server that is named, in each language that is named.

    tests/interop/run.py --server NAME=COMMAND... LANGUAGE=COMMAND...

COMMAND starts the server, or the language's driver. A line for each scenario, and at the end how many passed and failed.
"""

import argparse
import shlex
import sys
import time
import traceback
from pathlib import Path

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))

from canary import Canary  # noqa: E402
from program import Program  # noqa: E402
from scenarios import SERVERS  # noqa: E402
from scenarios.steps import REDIRECT_URI  # noqa: E402


class Refused(Exception):
    """The driver answered with a typed error."""

    def __init__(self, answer):
        super().__init__(answer["error"])
        self.code = answer["error"]
        self.answer = answer


class Driver:
    """One process of one language."""

    def __init__(self, program, canary):
        self._program = program
        self._canary = canary

    def __call__(self, operation, **arguments):
        answer = self._program.ask({"op": operation, **arguments})
        self._canary.look(answer, but_in=() if operation != "authorize" else ("url",))
        if "error" in answer:
            raise Refused(answer)
        return answer["ok"]


class Server(dict):
    """What a server said of itself when it listened: its issuer, its clients, and what is true of it."""

    def __init__(self, program):
        super().__init__(program.read())
        self._program = program

    def order(self, **order):
        """Tells a server that takes orders what to do with what comes next, and answers what it says."""
        return self._program.ask(order)


def run(language, command, server, scenario):
    """One scenario with a driver of its own. Whether it passed."""
    name = f"{language}: {server['server']}: {scenario.__name__.replace('_', ' ')}"
    canary = Canary([client["client_secret"] for client in server["clients"] if "client_secret" in client])
    with Program(shlex.split(command), HERE) as program:
        try:
            try:
                scenario(Driver(program, canary), server, canary)
            finally:
                program.end()
                canary.end(program.errors())
        except Exception:  # whatever it is, it is this scenario's failure and the next one runs
            print(f"FAILED: {name}\n{traceback.format_exc()}\n{program.errors()[-2000:]}", flush=True)
            return False
    print(f"ok: {name}", flush=True)
    return True


def walk(name, start, languages):
    """Every scenario of one server, and what came of each."""
    began = time.monotonic()
    with Program([*shlex.split(start), REDIRECT_URI], HERE) as program:
        try:
            server = Server(program)
        except Exception:  # the others are still run
            print(f"FAILED: {name} does not start\n{traceback.format_exc()}\n{program.errors()[-4000:]}", flush=True)
            return [False]
        print(f"{name} {server['version']} listens after {time.monotonic() - began:.0f} s", flush=True)
        walked = [
            run(language, command, server, scenario)
            for language, command in languages.items()
            for scenario in SERVERS[name]
        ]
    print(f"{name}: {len(walked)} runs in {time.monotonic() - began:.0f} s", flush=True)
    return walked


def main(arguments):
    def named(text):
        name, command = text.split("=", 1)
        return name, command

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", action="append", type=named, required=True)
    parser.add_argument("languages", nargs="+", type=named)
    asked = parser.parse_args(arguments)
    results = [result for name, start in asked.server for result in walk(name, start, dict(asked.languages))]
    print(f"{results.count(True)} passed, {results.count(False)} failed")
    return 0 if results and all(results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
