"""What Meta signs, and what it wants signed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import shutterkey

from . import show
from .files import data, text
from .world import World


def signed_request(world: World, signed_request: Any, app_secrets: list[str], now: int) -> Any:
    verified = shutterkey.verify_signed_request(text(signed_request), app_secrets, now=now)
    world.print(verified)
    return {"user_id": verified.user_id, "issued_at": show.seconds(verified.issued_at)}


def webhook(world: World, call: str, **input: Any) -> Any:
    calls: dict[str, Callable[..., Any]] = {"delivery": _delivery, "challenge": _challenge}
    return calls[call](**input)


def _delivery(body: Any, app_secrets: list[str], signature: str | None = None) -> Any:
    shutterkey.verify_webhook(data(body), signature, app_secrets)
    return True


def _challenge(query: Any, verify_token: str) -> Any:
    return shutterkey.webhook_challenge(text(query), verify_token)


def proof(world: World, call: str, **input: Any) -> Any:
    calls: dict[str, Callable[..., str]] = {
        "appsecret_proof": shutterkey.appsecret_proof,
        "legacy_signature": _legacy_signature,
    }
    return calls[call](**input)


def _legacy_signature(client_secret: str, endpoint: str, parameters: list[list[str]]) -> str:
    pairs = [(name, value) for name, value in parameters]
    return shutterkey.legacy_signature(client_secret, endpoint, pairs)
