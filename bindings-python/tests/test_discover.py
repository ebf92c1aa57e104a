"""Providers that describe themselves (RFC 8414)."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import shutterkey


class Server(BaseHTTPRequestHandler):
    """Describes itself at the path of OpenID Connect Discovery alone."""

    def do_GET(self) -> None:
        issuer = f"http://{self.headers['host']}"
        found = self.path == "/.well-known/openid-configuration"
        body = json.dumps(
            {
                "issuer": issuer,
                "authorization_endpoint": f"{issuer}/authorize",
                "token_endpoint": f"{issuer}/token",
                "token_endpoint_auth_methods_supported": ["client_secret_post"],
            }
        )
        self.send_response(200 if found else 404)
        self.end_headers()
        self.wfile.write(body.encode() if found else b"")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def issuer() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Server) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_server_is_described_by_its_own_metadata(issuer: str) -> None:
    provider = shutterkey.discover(issuer, id="mine", identity_endpoint=f"{issuer}/me", pkce=False)
    assert provider.id == "mine"
    assert provider.authorize_endpoint == f"{issuer}/authorize"
    assert provider.token_endpoint == f"{issuer}/token"
    assert provider.issuer == issuer
    assert provider.secret_in_body and not provider.pkce


def test_the_same_for_asyncio(issuer: str) -> None:
    provider = asyncio.run(shutterkey.discover_async(issuer, id="mine"))
    assert provider.id == "mine" and provider.pkce


def test_an_issuer_that_is_not_https_is_refused_before_anything_is_sent() -> None:
    for describe in (shutterkey.discover, lambda url: asyncio.run(shutterkey.discover_async(url))):
        with pytest.raises(shutterkey.ConfigError) as raised:
            describe("http://server.example")
        assert raised.value.code == "config.insecure_endpoint"
