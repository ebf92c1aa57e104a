"""``httpx.Client`` and ``httpx.AsyncClient``."""

from __future__ import annotations

import socket
import ssl
from asyncio import CancelledError
from time import monotonic

import httpx

from ._http import collect, collect_later, fail, is_timeout, keep_own

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from typing import Any

# A compressed megabyte may be a thousand.
_PLAIN = ("accept-encoding", "identity")


def _request(
    client: httpx.Client | httpx.AsyncClient,
    method: str,
    url: str,
    headers: list[tuple[str, str]],
    body: bytes | None,
    timeout: float,
) -> httpx.Request:
    request = client.build_request(method, url, headers=[*headers, _PLAIN], content=body, timeout=timeout)
    # Without what the client adds to every query.
    request.url = httpx.URL(url)
    keep_own(request.headers, headers)
    return request


def _kind(error: BaseException, request: httpx.Request) -> str:
    if isinstance(error, httpx.TimeoutException) or is_timeout(error):
        return "timeout"
    if isinstance(error, (httpx.UnsupportedProtocol, httpx.InvalidURL)):
        return "tls"
    # Another request's failure, such as an event hook's own, says nothing about this one.
    if not isinstance(error, httpx.ConnectError) or getattr(error, "_request", None) is not request:
        return "reset"
    behind: BaseException | None = error
    while behind is not None:
        if isinstance(behind, socket.gaierror):
            return "dns"
        if isinstance(behind, ssl.SSLError):
            return "tls"
        behind = behind.__cause__ or behind.__context__
    return "offline"


def synchronous(client: httpx.Client) -> Callable[..., Any]:
    """The adapter of a client that waits."""

    def send(
        method: str, url: str, headers: list[tuple[str, str]], body: bytes | None, timeout: float, cap: int
    ) -> tuple[int, list[tuple[str, str]], bytes]:
        until = monotonic() + timeout
        request = _request(client, method, url, headers, body, timeout)
        try:
            response = client.send(request, stream=True, auth=None, follow_redirects=False)
            try:
                received = response.headers.multi_items()
                return response.status_code, received, collect(response.iter_bytes(), received, cap, until)
            finally:
                response.close()
        except BaseException as error:
            fail(error, _kind(error, request))

    return send


def asynchronous(client: httpx.AsyncClient) -> Callable[..., Awaitable[Any]]:
    """The adapter of a client for asyncio."""

    async def send(
        method: str, url: str, headers: list[tuple[str, str]], body: bytes | None, timeout: float, cap: int
    ) -> tuple[int, list[tuple[str, str]], bytes]:
        until = monotonic() + timeout
        request = _request(client, method, url, headers, body, timeout)
        try:
            response = await client.send(request, stream=True, auth=None, follow_redirects=False)
            try:
                received = response.headers.multi_items()
                return response.status_code, received, await collect_later(response.aiter_bytes(), received, cap, until)
            finally:
                await response.aclose()
        except (Exception, CancelledError) as error:
            fail(error, _kind(error, request))

    return send
