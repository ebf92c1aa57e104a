"""A program whose threads are at work all the time while it forks, again and again."""

import os
import threading

import shutterkey
from parts import DAY, NOW, connected, say

FORKS = 30

keeper = connected(shutterkey.ManualClock(NOW), 30 * DAY)
stop = threading.Event()


def work(namespace: str) -> None:
    """Asks the provider, writes and reads the store: everyone in a corner of their own, where nobody is in the way."""
    mine = shutterkey.Keeper(keeper.client, keeper.store, namespace=namespace)
    mine.import_token(os.environ["TOKEN"], name="me", expires_at=NOW + 30 * DAY)
    mine.accounts()
    assert mine.token("me").is_live(NOW)
    assert keeper.token("me").is_live(NOW)


def busy() -> None:
    while not stop.is_set():
        work(f"thread-{threading.get_ident()}")


workers = [threading.Thread(target=busy) for _ in range(4)]
for worker in workers:
    worker.start()
for number in range(FORKS):
    child = os.fork()
    if child == 0:
        work(f"child-{number}")
        say("child done")
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
stop.set()
for worker in workers:
    worker.join()
say("parent done")
