#!/usr/bin/env python3
"""Four processes over one store, a thousand callers, a token near its end and a slow platform: one refresh, and its token for all.

    tests/storm/run.py --shutterkey PROGRAM [--servers FILE] DRIVER=COMMAND...

PROGRAM is the command, which plays the platform too; COMMAND starts a driver. With --servers the store is in the database that the
suite `postgres` has described there, otherwise in a folder. A line for each storm, and at the end how many passed and failed.
"""

import argparse
import itertools
import json
import shlex
import sys
import tempfile
import time
import traceback
from pathlib import Path

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))

from command import Shutterkey  # noqa: E402
from parties import Command, Driver, digest  # noqa: E402
from places import Database, Folder  # noqa: E402
from sandbox import Sandbox  # noqa: E402

CALLERS = 1000
MIXED = [("rust", python, "node", "command") for python in ("python-threads", "python-tasks")]
ALIKE = [(kind,) * 4 for kind in ("python-threads", "python-tasks", "node")]
EACH = ("rust", "python-threads", "python-tasks", "node")
"""Those who can put an account into a store of their own. That one refresh is counted says little unless four would be."""


def storm(parties, sandbox, account, shutterkey):
    """Lets it happen. What was seen, in words."""
    for party in parties:
        party.open()
    places = list(dict.fromkeys(party.place for party in parties))
    before, minted = sandbox.refreshes(), sandbox.token_near_its_end(account)
    for place in places:
        next(party for party in parties if party.place is place).take_in(minted)
    for party in parties:
        party.begin()
    answers = [party.answers() for party in parties]
    stored = {place: digest(shutterkey.token(account, place.variables(0))) for place in places}
    refreshes = sandbox.refreshes() - before
    seen = f"{refreshes} {'refresh' if refreshes == 1 else 'refreshes'}, {sum(sum(each.values()) for each in answers)} answers"
    assert refreshes == len(places), seen
    assert answers == [{stored[party.place]: party.callers} for party in parties], (seen, answers)
    new = set(stored.values()) - {digest(minted["access_token"])}
    assert len(new) == len(places), (seen, "and it stored what was there")
    return seen


class Runner:
    """What all storms share: the command, the platform, and how the drivers are started."""

    def __init__(self, shutterkey, sandbox, drivers):
        self._shutterkey = shutterkey
        self._sandbox = sandbox
        self._drivers = drivers
        self._numbers = itertools.count(1)

    def run(self, store, kinds, places):
        """One storm, with a place for each of these. Whether it passed."""
        began = time.monotonic()
        title = f"{store}: {f'4 x {kinds[0]}' if len(set(kinds)) == 1 else ', '.join(kinds)}"
        account = f"storm{next(self._numbers)}"
        parties = self._parties(kinds, places, account)
        try:
            try:
                seen = storm(parties, self._sandbox, account, self._shutterkey)
            finally:
                ends = [party.end() for party in parties]
            assert ends == [(0, "")] * len(parties), "a process ended badly, or wrote on standard error"
        except Exception:  # whatever it is, it is this storm's failure and the next one comes
            print(f"FAILED: {title}\n{traceback.format_exc()}")
            for kind, party in zip(kinds, parties):
                print(f"{kind}: {party.end()}", flush=True)
            return False
        print(f"ok: {title}: {seen}, {time.monotonic() - began:.0f} s", flush=True)
        return True

    def _parties(self, kinds, places, account):
        alone = kinds.count("command")
        callers = (CALLERS - alone) // (len(kinds) - alone)
        parties = []
        for number, (kind, place) in enumerate(zip(kinds, places)):
            if kind == "command":
                parties.append(Command(self._shutterkey, account, place, place.variables(number)))
            else:
                told = {"account": account, "callers": callers, **self._sandbox.told(), **place.told(number)}
                parties.append(Driver(shlex.split(self._drivers[kind]), HERE, place, told))
        assert sum(party.callers for party in parties) == CALLERS
        return parties


def over_files(runner, home):
    numbers = itertools.count(1)

    def folder():
        return Folder(home / f"store{next(numbers)}")

    for kinds in MIXED + ALIKE:
        yield runner.run("file", kinds, [folder()] * 4)
    yield runner.run("file, a store for each", EACH, [folder() for _ in EACH])


def over_database(runner, shutterkey, servers):
    place = Database(servers, shutterkey.run("keygen").strip())
    shutterkey.run("store", "migrate", variables=place.variables(0))
    for kinds in MIXED:
        yield runner.run("postgres", kinds, [place] * 4)


def main(arguments):
    def named(text):
        name, command = text.split("=", 1)
        return name, command

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shutterkey", type=Path, required=True)
    parser.add_argument("--servers", type=Path)
    parser.add_argument("drivers", nargs="+", type=named)
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="shutterkey-storm-") as folder:
        shutterkey = Shutterkey(asked.shutterkey, Path(folder))
        with Sandbox(shutterkey) as sandbox:
            runner = Runner(shutterkey, sandbox, dict(asked.drivers))
            if asked.servers:
                results = list(over_database(runner, shutterkey, json.loads(asked.servers.read_text(encoding="utf-8"))))
            else:
                results = list(over_files(runner, Path(folder)))
    print(f"{results.count(True)} passed, {results.count(False)} failed")
    return 0 if results and all(results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
