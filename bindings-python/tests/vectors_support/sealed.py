"""Sealed logins, and many of them in one cookie."""

from __future__ import annotations

from typing import Any

from shutterkey import PendingAuthorization, PendingJar, SealKeys

from . import show
from .files import text
from .world import World


def seal(world: World, open: dict[str, Any], seal: dict[str, Any] | None = None) -> Any:
    sealed = None if seal is None else _seal(world, **seal)
    pending = _open(world, just_sealed=sealed, **open)
    world.print(pending)
    return show.pending(pending)


def _keys(world: World, ring: str) -> SealKeys:
    keys = SealKeys.parse(ring)
    world.print(keys)
    return keys


def _seal(world: World, login: str, keys: str, session: str | None = None) -> str:
    return world.login(login).seal(_keys(world, keys), session)


def _open(
    world: World, just_sealed: str | None, keys: str, provider: str, sealed: Any = None, session: str | None = None
) -> PendingAuthorization:
    assert (just_sealed is None) != (sealed is None), "a case seals a login or gives a sealed text"
    given = text(sealed) if just_sealed is None else just_sealed
    return PendingAuthorization.open(given, _keys(world, keys), provider, session)


def jar(world: World, keys: str, secure: bool, requests: list[dict[str, Any]], cookie: Any = None) -> Any:
    browser = _Browser(world, keys, secure, None if cookie is None else text(cookie))
    shown: dict[str, Any] = {}
    for request in requests:
        shown = browser.serve(**request)
    return shown


class _Browser:
    """Its cookie goes with every request."""

    def __init__(self, world: World, keys: str, secure: bool, cookie: str | None) -> None:
        self.world = world
        self.keys = keys
        self.secure = secure
        self.cookie = cookie

    def serve(
        self,
        now: int,
        keys: str | None = None,
        begin: str | None = None,
        times: int = 1,
        callback: Any = None,
        complete: str | None = None,
    ) -> dict[str, Any]:
        """Serves a request: opens the jar, does what is asked, and sends the jar back."""
        ring = _keys(self.world, keys or self.keys)
        shown: dict[str, Any] = {}
        for turn in range(times):
            jar = PendingJar.from_cookie(self.cookie, ring, now=now, secure=self.secure)
            if begin is not None:
                login = dict(self.world.define["logins"][begin])
                if times > 1:
                    login["entropy"] = f"{turn:02x}{login['entropy'][2:]}"
                jar.add(self.world.begin(**login).pending)
            if callback is not None:
                shown["found"] = jar.find(text(callback)).handle
            if complete is not None:
                jar.remove(self.world.login(complete).handle)
            self.world.print(jar)
            sent = jar.to_set_cookie(ring, now=now)
            pair, _, attributes = sent.partition("; ")
            name, _, sealed = pair.partition("=")
            shown["logins"] = len(jar)
            shown["set_cookie"] = {
                "name": name,
                "empty": not sealed,
                "attributes": attributes.split("; "),
                "under_4096_bytes": len(sent) < 4096,
            }
            # Another cookie beside ours, as a browser sends them.
            self.cookie = f"theme=dark; {pair}"
        return shown
