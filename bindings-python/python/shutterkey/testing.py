"""For tests of programs that use shutterkey, and of stores: logins, keys and seals of known randomness, which are the same
every time and which anybody can forge, and the promises of a store.

A clock that stands still is :class:`shutterkey.ManualClock`; a platform on localhost is ``shutterkey.Sandbox``.
"""

from __future__ import annotations

from ._conformance import StoreFinding, StoreReport, check_async_store, check_store
from ._native import resolve_profile
from ._native import testing_authorize as authorize
from ._native import testing_seal as seal
from ._native import testing_seal_keys as seal_keys

__all__ = [
    "StoreFinding",
    "StoreReport",
    "authorize",
    "check_async_store",
    "check_store",
    "resolve_profile",
    "seal",
    "seal_keys",
]
