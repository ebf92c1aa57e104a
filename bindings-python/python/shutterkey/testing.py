"""What must be the same every time: logins, keys and seals of known randomness. For tests and for nothing else.

A clock that stands still is :class:`shutterkey.ManualClock`; a platform on localhost is ``shutterkey.Sandbox``.
"""

from __future__ import annotations

from ._native import resolve_profile
from ._native import testing_authorize as authorize
from ._native import testing_seal as seal
from ._native import testing_seal_keys as seal_keys

__all__ = ["authorize", "resolve_profile", "seal", "seal_keys"]
