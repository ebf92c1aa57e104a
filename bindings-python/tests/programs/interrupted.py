"""A program whose waiting is interrupted by Ctrl-C, and that goes on."""

import signal

import shutterkey
from parts import DAY, NOW, connected, say

signal.signal(signal.SIGINT, signal.default_int_handler)
keeper = connected(shutterkey.ManualClock(NOW), 30 * DAY)
say("asking")
try:
    keeper.refresh("me")
except KeyboardInterrupt:
    say("interrupted")
keeper.settle()
say(keeper.token("me").reveal())
