"""As a web server with several workers: the application, and with it the keeper, is loaded and used before the fork."""

import os
import sys

import shutterkey
from parts import NOW, connected, say

WORKERS = 4

keeper = connected(shutterkey.ManualClock(NOW), 60)
keeper.account("me")
workers: list[int] = []
for _ in range(WORKERS):
    worker = os.fork()
    if worker == 0:
        say(keeper.token("me").reveal())
        os._exit(0)
    workers.append(worker)
codes = [os.waitstatus_to_exitcode(os.waitpid(worker, 0)[1]) for worker in workers]
assert codes == [0] * WORKERS, codes
say(keeper.token("me").reveal())
sys.exit()
