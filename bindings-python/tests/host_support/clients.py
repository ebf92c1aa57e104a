"""HTTP clients of several shapes, and a login through them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
import shutterkey

from .provider import Answer, Provider, approved, config


def httpx_client(provider: Provider, **options: Any) -> httpx.Client:
    def handle(request: httpx.Request) -> httpx.Response:
        status, headers, body = provider.answer(
            request.method, str(request.url), dict(request.headers), request.content
        )
        return httpx.Response(status, headers=headers, content=body)

    return httpx.Client(transport=httpx.MockTransport(handle), **options)


def function_client(provider: Provider) -> Callable[..., Answer]:
    def send(method: str, url: str, headers: dict[str, str], body: bytes | None, timeout: float) -> Answer:
        assert timeout == 30
        return provider.answer(method, url, headers, body)

    return send


class OfRequestsShape:
    """An object with requests' ``request()`` and nothing else of it."""

    class Response:
        def __init__(self, answer: Answer) -> None:
            self.status_code, self.headers, self.content = answer

    def __init__(self, provider: Provider) -> None:
        self.provider = provider

    def request(self, method: str, url: str, data: Any = None, headers: Any = None, **options: Any) -> Response:
        assert options == {"timeout": 30, "allow_redirects": False}
        return self.Response(self.provider.answer(method, url, headers, data))


def complete(http: Any, base: str | None = None) -> shutterkey.Connection:
    client = shutterkey.Client(config(base), http=http)
    request = client.authorize()
    return client.complete(request.pending, approved(request))


def failure(http: Any) -> shutterkey.ShutterkeyError:
    with pytest.raises(shutterkey.ShutterkeyError) as raised:
        complete(http)
    return raised.value
