"""What providers answer, what they are asked, and the life of a token."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from shutterkey import classify, protocol

from . import show
from .files import text
from .world import World
from .world import response as build_response


def token(world: World, call: str, **input: Any) -> Any:
    calls: dict[str, Callable[..., Any]] = {"exchange": _exchanged, "extend": _extended, "refresh": _refreshed}
    return calls[call](world, **input)


def _exchanged(world: World, client: str, now: int, response: dict[str, Any]) -> Any:
    config = world.client(client)
    answer = protocol.parse_exchange_response(config.provider, config.scopes, build_response(response), now=now)
    world.print(answer)
    world.print(answer.token)
    shown = {"token": show.token(answer.token)}
    return shown if answer.user_id is None else {**shown, "user_id": answer.user_id}


def _extended(world: World, client: str, token: Any, now: int, response: dict[str, Any]) -> Any:
    provider, old = world.client(client).provider, world.token(token)
    extended = protocol.parse_extend_response(provider, old, build_response(response), now=now)
    world.print(extended)
    return {"token": show.token(extended)}


def _refreshed(
    world: World, client: str, token: Any, now: int, response: dict[str, Any], expected_user_id: str | None = None
) -> Any:
    provider, old, answer = world.client(client).provider, world.token(token), build_response(response)
    refreshed = protocol.parse_refresh_response(provider, old, answer, expected=expected_user_id, now=now)
    world.print(refreshed)
    return {"token": show.token(refreshed)}


def identify(world: World, client: str, now: int, response: dict[str, Any]) -> Any:
    account = protocol.parse_identify_response(world.client(client).provider, build_response(response), now=now)
    world.print(account)
    return show.account(account)


def error(world: World, now: int, response: dict[str, Any]) -> Any:
    answer = build_response(response)
    world.print(answer)
    meaning = classify(answer, now=now)
    if meaning is not None:
        raise meaning
    return None


def metadata(world: World, call: str, **input: Any) -> Any:
    calls: dict[str, Callable[..., Any]] = {"urls": _urls, "parse": _parsed}
    return calls[call](world, **input)


def _urls(world: World, issuer: str) -> Any:
    return list(protocol.metadata_urls(issuer))


def _parsed(world: World, issuer: str, response: dict[str, Any]) -> Any:
    provider = protocol.parse_metadata(issuer, build_response(response))
    world.print(provider)
    return show.provider(provider)


def request(world: World, call: str, client: str, **input: Any) -> Any:
    calls: dict[str, Callable[..., protocol.HttpRequest]] = {
        "exchange": _exchange,
        "inspect_token": _inspect,
        "app_token": _app_token,
        "accounts": _accounts,
        "revoke_permission": _revoke_permission,
    }
    made = calls.get(call)
    built = _about_a_token(world, call, client, **input) if made is None else made(world, client, **input)
    world.print(built)
    return show.request(built)


def _exchange(world: World, client: str, code: Any, login: str | None = None) -> protocol.HttpRequest:
    verifier = None if login is None else world.login(login).reveal_verifier()
    return protocol.build_exchange_request(world.client(client), text(code), verifier)


def _about_a_token(world: World, call: str, client: str, token: Any) -> protocol.HttpRequest:
    config, old = world.client(client), world.token(token)
    builders: dict[str, Callable[..., protocol.HttpRequest]] = {
        "identify": protocol.build_identify_request,
        "permissions": protocol.build_permissions_request,
        "extend": protocol.build_extend_request,
        "refresh": protocol.build_refresh_request,
        "revoke": protocol.build_revoke_request,
    }
    return builders[call](config, old)


def _inspect(world: World, client: str, token: Any, inspector: Any = None) -> protocol.HttpRequest:
    by = None if inspector is None else world.token(inspector)
    return protocol.build_inspect_request(world.client(client), world.token(token), inspector=by)


def _app_token(world: World, client: str) -> protocol.HttpRequest:
    return protocol.build_app_token_request(world.client(client))


def _accounts(world: World, client: str, token: Any, after: Any = None) -> protocol.HttpRequest:
    cursor = None if after is None else text(after)
    return protocol.build_accounts_request(world.client(client), world.token(token), after=cursor)


def _revoke_permission(world: World, client: str, token: Any, permission: Any) -> protocol.HttpRequest:
    return protocol.build_revoke_permission_request(world.client(client), world.token(token), text(permission))


def token_life(world: World, token: Any, now: int) -> Any:
    made = world.build_token(**world.named("tokens", token))
    world.print(made)
    world.print(made.refreshable(now))
    return show.life(made, now)
