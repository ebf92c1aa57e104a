"""A pool of multiprocessing, by the method that is named. A worker that is spawned makes a keeper of its own."""

import multiprocessing
import sys

import shutterkey
from parts import NOW, connected, keeper, say


def ask(number: int) -> str:
    of_the_worker = globals().get("loaded") or keeper(shutterkey.ManualClock(NOW))
    return of_the_worker.token("me").reveal()


if __name__ == "__main__":
    loaded = connected(shutterkey.ManualClock(NOW), 60)
    loaded.account("me")
    with multiprocessing.get_context(sys.argv[1]).Pool(4) as pool:
        for token in pool.map(ask, range(20), chunksize=1):
            say(token)
