"""A sandbox with many accounts."""

from __future__ import annotations

import json
from datetime import timedelta

from shutterkey import Sandbox, SandboxApp

DAY = timedelta(days=1)


def lines(sandbox: Sandbox, app: SandboxApp, accounts: int) -> list[str]:
    """A line of NDJSON for each account, whose token is two days old."""
    made = list[str]()
    now = sandbox.clock.now()
    for number in range(accounts):
        person = sandbox.person(f"person{number:03}")
        token = sandbox.mint_token(person.username, age=2 * DAY, app=app)
        told = {
            "user_id": person.user_id,
            "access_token": token.reveal(),
            "name": f"n{number}",
            "issued_at": int((now - 2 * DAY).timestamp()),
            "expires_at": int((now + 58 * DAY).timestamp()),
        }
        made.append(json.dumps(told))
    return made


def refreshed(sandbox: Sandbox) -> list[str]:
    """Whose token was refreshed, each as often as it was, in order."""
    return sorted(call.account or "" for call in sandbox.calls("refresh_access_token", status=200))
