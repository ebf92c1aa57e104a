"""Configuration, scopes and the authorize URL; the authorization response."""

from __future__ import annotations

from typing import Any

import shutterkey
from shutterkey import testing

from . import show
from .files import text
from .world import World, definition


def config(
    world: World, client: Any = None, distinct: list[str] | None = None, profile: dict[str, Any] | None = None
) -> Any:
    if distinct is not None:
        assert client is None and profile is None
        shutterkey.check_distinct_redirects([world.client(name) for name in distinct])
        return True
    if profile is not None:
        assert client is None
        resolved = _profile(**profile)
        world.print(resolved)
        return show.config(resolved)
    return show.config(world.build_client(**world.named("clients", client)))


def _profile(
    file: str | None = None,
    user_file: str | None = None,
    environment: dict[str, str] | None = None,
    trust_endpoints: bool = False,
) -> shutterkey.ClientConfig:
    return testing.resolve_profile(file, user_file, environment, trust_endpoints=trust_endpoints)


def scopes(world: World, client: str, scopes: list[Any], allow_unknown_scopes: bool = False) -> Any:
    spec = {**world.define["clients"][client], "scopes": scopes, "allow_unknown_scopes": allow_unknown_scopes}
    return list(world.build_client(**spec).scopes)


def authorize(world: World, **login: Any) -> Any:
    request = world.begin(**login)
    return {"url": request.url, "pending": show.pending(request.pending)}


def return_to(world: World, path: Any) -> Any:
    shutterkey.check_return_to(text(path))
    return True


def redirect(
    world: World, login: Any, url: Any = None, query: Any = None, now: int | None = None, session: str | None = None
) -> Any:
    pending, at = _begun(world, login, now)
    if url is not None:
        assert query is None
        grant = pending.accept(text(url), now=at, session=session)
    else:
        grant = pending.accept_query(text(query), now=at, session=session)
    world.print(grant)
    return show.grant(grant)


def pasted(world: World, login: Any, pasted: Any, now: int | None = None) -> Any:
    pending, at = _begun(world, login, now)
    grant = pending.accept_pasted(text(pasted), now=at)
    world.print(grant)
    return show.grant(grant)


def _begun(world: World, login: Any, now: int | None) -> tuple[shutterkey.PendingAuthorization, int]:
    spec = world.named("logins", login)
    with definition():
        return world.begin(**spec).pending, spec["now"] if now is None else now
