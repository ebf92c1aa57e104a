"""A program that ends while threads wait for answers, and while those come: daemons, or threads that it waits for."""

import sys
import threading

import shutterkey
from parts import DAY, NOW, connected, say

daemons = sys.argv[1:] == ["daemons"]
keeper = connected(shutterkey.ManualClock(NOW), 30 * DAY)
token = keeper.token("me")
begun = threading.Barrier(21)


def ask() -> None:
    begun.wait()
    keeper.client.identify(token)
    say("answered")


for _ in range(20):
    threading.Thread(target=ask, daemon=daemons).start()
begun.wait()
say("ended")
