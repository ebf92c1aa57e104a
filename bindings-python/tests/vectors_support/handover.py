"""A login that an app and its backend share, seen from the app."""

from __future__ import annotations

import json
from typing import Any

from shutterkey.protocol import HandoverStart

from . import show
from .files import text
from .world import World


def handover(world: World, start: Any, redirect: Any = None, now: int | None = None) -> Any:
    begun = HandoverStart.parse(text(start))
    world.print(begun)
    if redirect is None:
        assert now is None
        expires_at = show.seconds(begun.expires_at)
        return {"url": begun.url, "redirect_uri": begun.redirect_uri, "expires_at": expires_at}
    # What is kept while the browser is open is as good as what came.
    handed = HandoverStart.parse(begun.to_json()).answer(text(redirect), now=now)
    world.print(handed)
    return json.loads(handed.to_json())
