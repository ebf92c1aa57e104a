#!/usr/bin/env python3
"""Runs every scenario against a server, in each language that is named.

    tests/interop/run.py LANGUAGE=COMMAND...

COMMAND starts the language's driver. A line for each scenario, and at the end how many passed and failed.
"""

import json
import shlex
import subprocess
import sys
import traceback
from contextlib import contextmanager
from pathlib import Path

sys.dont_write_bytecode = True

from canary import Canary  # noqa: E402
from scenarios import OIDC_PROVIDER, REDIRECT_URI  # noqa: E402

HERE = Path(__file__).resolve().parent
SERVERS = {"oidc-provider": (["node", "servers/oidc-provider.mjs", REDIRECT_URI], OIDC_PROVIDER)}


class Refused(Exception):
    """The driver answered with a typed error."""

    def __init__(self, answer):
        super().__init__(answer["error"])
        self.code = answer["error"]
        self.answer = answer


class Driver:
    """One process of one language."""

    def __init__(self, process, canary):
        self._process = process
        self._canary = canary

    def __call__(self, operation, **arguments):
        self._process.stdin.write(json.dumps({"op": operation, **arguments}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise AssertionError(f"the driver ended at {operation}")
        answer = json.loads(line)
        self._canary.look(answer, but_in=() if operation != "authorize" else ("url",))
        if "error" in answer:
            raise Refused(answer)
        return answer["ok"]


@contextmanager
def started(command):
    """A program that ends when its input closes; what it prints on standard error is looked at by the caller."""
    with subprocess.Popen(command, cwd=HERE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.stdin.close()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()


def run(language, command, server, scenarios):
    """Each scenario with a driver of its own. How many passed, and how many failed."""
    passed = failed = 0
    for scenario in scenarios:
        name = f"{language}: {server['server']}: {scenario.__name__.replace('_', ' ')}"
        canary = Canary([client["client_secret"] for client in server["clients"] if "client_secret" in client])
        try:
            with started(shlex.split(command)) as process:
                scenario(Driver(process, canary), server, canary)
            print(f"ok: {name}", flush=True)
            passed += 1
        except Exception:  # whatever it is, it is this scenario's failure and the next one runs
            print(f"FAILED: {name}\n{traceback.format_exc()}", flush=True)
            failed += 1
    return passed, failed


def main(arguments):
    languages = dict(argument.split("=", 1) for argument in arguments)
    if not languages:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    passed = failed = 0
    for start, scenarios in SERVERS.values():
        with started(start) as process:
            server = json.loads(process.stdout.readline())
            for language, command in languages.items():
                more = run(language, command, server, scenarios)
                passed, failed = passed + more[0], failed + more[1]
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
