"""The suite that says whether a store keeps its promises: the core's own, run against a store in Python."""

from __future__ import annotations

from typing import NamedTuple

from . import _native

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from typing import Any, Literal


class StoreFinding(NamedTuple):
    """One promise of a store."""

    name: str
    """The promise, in words."""
    outcome: Literal["passed", "failed", "skipped"]
    """Whether it is kept; ``skipped``: it was not checked."""
    why: str | None
    """What happened instead, or why it was not checked."""


class StoreReport:
    """What the suite found. It prints as one line a promise."""

    __slots__ = ("findings",)

    findings: tuple[StoreFinding, ...]
    """Every promise, in the order they were checked."""

    def __init__(self, findings: tuple[StoreFinding, ...]) -> None:
        self.findings = findings

    @property
    def passed(self) -> bool:
        """Whether no promise is broken."""
        return not self.failures

    @property
    def failures(self) -> tuple[StoreFinding, ...]:
        """The promises that are broken."""
        return tuple(one for one in self.findings if one.outcome == "failed")

    @property
    def skipped(self) -> tuple[StoreFinding, ...]:
        """The promises that were not checked."""
        return tuple(one for one in self.findings if one.outcome == "skipped")

    def __str__(self) -> str:
        return "\n".join(
            f"{'FAILED' if one.outcome == 'failed' else one.outcome:8} {one.name}{f': {one.why}' if one.why else ''}"
            for one in self.findings
        )

    def __repr__(self) -> str:
        return f"<StoreReport: {len(self.findings)} checked, {len(self.failures)} failed, {len(self.skipped)} skipped>"


def check_store(
    make: Callable[[], Any], *, second: Callable[[Any], Any] | None = None, own_clock: bool = False
) -> StoreReport:
    """Runs every check, each on an empty store that ``make`` answers, and reports all of them::

        report = check_store(lambda: MyStore(tempfile.mkdtemp()))
        assert report.passed, report

    ``second`` makes a second handle to the place of the store it is given, as another process would have one; without it
    the checks of two handles are skipped. ``own_clock`` says that leases run on a clock of the store's own; expiry is then
    waited for, some seconds.
    """
    return _report(_native.check_store(make, second, own_clock, False))


async def check_async_store(
    make: Callable[[], Awaitable[Any] | Any],
    *,
    second: Callable[[Any], Awaitable[Any] | Any] | None = None,
    own_clock: bool = False,
) -> StoreReport:
    """The same for a store whose methods are coroutine functions, on the loop that runs; ``make`` and ``second`` may be
    coroutine functions, too."""
    return _report(await _native.check_store(make, second, own_clock, True))


def _report(found: list[tuple[str, Any, str | None]]) -> StoreReport:
    return StoreReport(tuple(StoreFinding(*one) for one in found))


for _class in (StoreFinding, StoreReport):
    _class.__module__ = "shutterkey.testing"
del _class
