"""A program that forks in the middle of a storm. Parent and child both go on working."""

import os
import sys
import threading

import shutterkey
from parts import DAY, NOW, connected, say

CALLERS = 100

clock = shutterkey.ManualClock(NOW)
keeper = connected(clock, 60)
tokens: list[str] = []
begun = threading.Barrier(CALLERS + 1)


def ask() -> None:
    begun.wait()
    tokens.append(keeper.token("me").reveal())


callers = [threading.Thread(target=ask) for _ in range(CALLERS)]
for caller in callers:
    caller.start()
begun.wait()
sys.stdin.readline()  # until the refresh is under way
child = os.fork()
if child == 0:
    # The parent's threads are not here, and nothing that they held may be missed.
    say("child")
    mine = keeper.token("me").reveal()
    clock.advance(30 * DAY)
    assert keeper.refresh("me").reveal() != mine
    keeper.account("me")
    say("child done")
    sys.exit()
for caller in callers:
    caller.join()
assert len(set(tokens)) == 1, set(tokens)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
# Refreshing needs the account's lease.
clock.advance(40 * DAY)
keeper.refresh("me")
say("parent done")
