"""A program that ends while a refresh runs beside the answer it was given."""

import shutterkey
from parts import DAY, NOW, connected, say

keeper = connected(shutterkey.ManualClock(NOW), 10 * DAY)
assert keeper.token("me").is_live(NOW)
say("ended")
