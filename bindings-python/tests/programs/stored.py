"""Says which token is in the store."""

import shutterkey
from parts import NOW, keeper, say

stored = keeper(shutterkey.ManualClock(NOW)).account("me")
say(stored.token.reveal())
