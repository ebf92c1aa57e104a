"""Fixtures for pytest, which finds them by itself once shutterkey is installed.

``shutterkey_sandbox``
    A :class:`shutterkey.Sandbox` for this test alone: a fresh world on a free port, closed after the test. Its clock
    can be moved, and clients that it made follow.
``shutterkey_keeper``
    A :class:`shutterkey.Keeper` of an Instagram app of that sandbox, with one account: ``"me"``, whose token is two
    days old.

A test of an app that keeps tokens::

    def test_that_a_token_lives_for_a_year(shutterkey_sandbox, shutterkey_keeper):
        for _ in range(12):
            shutterkey_sandbox.clock.advance(timedelta(days=30))
            assert shutterkey_keeper.token("me").is_live(shutterkey_sandbox.clock.now())
            shutterkey_keeper.settle()

Nothing is loaded before a test asks for one of them.
"""

from __future__ import annotations

import pytest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from . import Keeper, Sandbox


@pytest.fixture
def shutterkey_sandbox() -> Iterator[Sandbox]:
    """The login platform on localhost, for this test alone: a fresh world on a free port."""
    from . import Sandbox

    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def shutterkey_keeper(shutterkey_sandbox: Sandbox) -> Iterator[Keeper]:
    """A keeper of an app of the test's sandbox, with one account, ``"me"``: the person ``studio``, whose token is two
    days old and may be refreshed."""
    two_days = 2 * 24 * 60 * 60
    with shutterkey_sandbox.keeper() as keeper:
        keeper.import_token(shutterkey_sandbox.mint_token("studio", age=two_days).reveal(), name="me")
        yield keeper
