"""The Python package, asked by JSON lines: one operation a line, one answer a line. The scenarios are in `../scenarios/`.

Tokens stay inside: an answer says which token it was by a digest, so that two can be compared and none be printed.
"""

from __future__ import annotations

import hashlib
import json
import sys
from typing import Any

import shutterkey


class Driver:
    """One client of one server."""

    def __init__(self) -> None:
        self.provider: Any = None
        self.client: Any = None
        self.keeper: Any = None
        self.pending: Any = None
        self.grant: Any = None
        self.tokens: dict[str, Any] = {}

    def discover(self, issuer: str, **settings: Any) -> dict[str, Any]:
        self.provider = provider = shutterkey.discover(issuer, **settings)
        return {
            "issuer": provider.issuer,
            "issuer_promised": provider.issuer_promised,
            "token_endpoint": provider.token_endpoint,
            "revocation_endpoint": provider.revocation_endpoint,
        }

    def client_of(self, **settings: Any) -> dict[str, Any]:
        self.client = shutterkey.Client(shutterkey.ClientConfig(self.provider, **settings))
        self.keeper = shutterkey.Keeper(self.client, shutterkey.MemoryStore())
        return {}

    def authorize(self) -> dict[str, Any]:
        request = self.client.authorize()
        self.pending = request.pending
        return {"url": request.url}

    def accept(self, url: str) -> dict[str, Any]:
        self.grant = self.pending.accept(url)
        return {}

    def exchange(self, name: str) -> dict[str, Any]:
        return self._kept(name, self.client.exchange(self.pending, self.grant).token)

    def refresh(self, token: str, name: str) -> dict[str, Any]:
        return self._kept(name, self.client.refresh(self.tokens[token]))

    def revoke(self, token: str) -> dict[str, Any]:
        self.client.revoke(self.tokens[token])
        return {}

    def identify(self, token: str) -> dict[str, Any]:
        return {"user_id": self.client.identify(self.tokens[token]).user_id}

    def keeper_complete(self, url: str, name: str) -> dict[str, Any]:
        connection = self.keeper.complete(self.pending, url, name=name)
        return {**self._kept(name, connection.token), "user_id": connection.key.user_id}

    def keeper_refresh(self, account: str, name: str) -> dict[str, Any]:
        return self._kept(name, self.keeper.refresh(account))

    def keeper_stored(self, account: str) -> dict[str, Any]:
        return _described(self.keeper.account(account).token)

    def keeper_token(self, account: str) -> dict[str, Any]:
        return _described(self.keeper.token(account))

    def keeper_logout(self, account: str) -> dict[str, Any]:
        return {"revoked": self.keeper.logout(account).revoked}

    def _kept(self, name: str, token: Any) -> dict[str, Any]:
        self.tokens[name] = token
        return _described(token)


def _described(token: Any) -> dict[str, Any]:
    refresh = token.reveal_refresh_token()
    lasts = None
    if token.expires_at and token.issued_at:
        lasts = round((token.expires_at - token.issued_at).total_seconds())
    return {
        "access": _digest(token.reveal()),
        "refresh": refresh and _digest(refresh),
        "lasts": lasts,
        "scopes": sorted(token.scopes or ()),
        "printed": repr(token),
    }


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()[:16]


def main() -> None:
    driver = Driver()
    for line in sys.stdin:
        asked = json.loads(line)
        operation = getattr(driver, asked.pop("op"))
        try:
            answer = {"ok": operation(**asked)}
        except shutterkey.ShutterkeyError as error:
            said = error.provider
            answer = {
                "error": error.code,
                "text": f"{error} {error.hint} {error!r}",
                "said": said and {"kind": said.kind, "said": said.said, "status": said.status},
            }
        print(json.dumps(answer), flush=True)


main()
