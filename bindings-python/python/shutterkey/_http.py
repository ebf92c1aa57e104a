"""The caller's own HTTP, as the native layer calls it.

An adapter is a function ``(method, url, headers, body, timeout, cap) -> (status, headers, body)``. It follows no
redirect, sends no cookie and no credentials of the client's own, reads at most ``cap`` bytes and raises
:class:`SendFailed`. ``dns`` and ``offline`` promise that nothing was sent: what is not certain is a ``reset``.

What cannot be seen from here stays the caller's: a transport that sends again on its own (``Retry`` of urllib3, a
transport of httpx that wraps another) breaks the promise that a code is sent once.
"""

from __future__ import annotations

import sys
from inspect import Parameter, iscoroutinefunction, signature
from time import monotonic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable
    from typing import Any, NoReturn

_CHUNK = 16_384


class SendFailed(Exception):
    """Why there is no answer; the exception that the client raised is its cause."""

    def __init__(self, failure: str) -> None:
        super().__init__(failure)
        self.shutterkey_failure = failure


def adapt(http: Any) -> tuple[Callable[..., Any], bool]:
    """The adapter for an object, and whether that is a coroutine function."""
    httpx = sys.modules.get("httpx")
    if httpx is not None and isinstance(http, httpx.AsyncClient):
        from ._http_httpx import asynchronous

        return asynchronous(http), True
    if httpx is not None and isinstance(http, httpx.Client):
        from ._http_httpx import synchronous

        return synchronous(http), False
    requests = sys.modules.get("requests")
    if requests is not None and isinstance(http, requests.Session):
        from ._http_requests import adapter

        return adapter(http), False
    request = getattr(http, "request", None)
    if callable(request) and not isinstance(http, type):
        return _of_function(_of_method(request), iscoroutinefunction(request))
    if callable(http) and not isinstance(http, type):
        is_coroutine = iscoroutinefunction(http) or iscoroutinefunction(getattr(http, "__call__", None))

        def plain(method: str, url: str, headers: dict[str, str], body: bytes | None, timeout: float) -> Any:
            return http(method, url, headers, body, timeout)

        return _of_function(plain, is_coroutine)
    raise TypeError(
        "http= takes an httpx.Client or httpx.AsyncClient, a requests.Session, an object with their request(), "
        "or a function (method, url, headers, body, timeout) that answers a response"
    )


def _of_method(request: Callable[..., Any]) -> Callable[..., Any]:
    """``request()`` of an object of httpx's or requests' shape, by the names of its parameters."""
    try:
        parameters = dict(signature(request).parameters)
    except (TypeError, ValueError):
        parameters = {}
    takes_any = not parameters or any(one.kind is Parameter.VAR_KEYWORD for one in parameters.values())
    content = "content" if "content" in parameters else "data"
    redirects = "follow_redirects" if content == "content" else "allow_redirects"
    fixed = {redirects: False} if takes_any or redirects in parameters else {}
    if "stream" in parameters:
        fixed["stream"] = True

    def call(method: str, url: str, headers: dict[str, str], body: bytes | None, timeout: float) -> Any:
        return request(method, url, **{content: body}, headers=headers, timeout=timeout, **fixed)

    return call


def _of_function(call: Callable[..., Any], is_coroutine: bool) -> tuple[Callable[..., Any], bool]:
    def send(
        method: str, url: str, headers: list[tuple[str, str]], body: bytes | None, timeout: float, cap: int
    ) -> Any:
        until = monotonic() + timeout
        try:
            response = call(method, url, dict(headers), body, timeout)
            if hasattr(response, "__await__"):
                return _Later(response, cap, until)
            return read(response, cap, until)
        except BaseException as error:
            fail(error, _kind(error))

    async def send_later(
        method: str, url: str, headers: list[tuple[str, str]], body: bytes | None, timeout: float, cap: int
    ) -> Any:
        return await _awaited(call(method, url, dict(headers), body, timeout), cap, monotonic() + timeout)

    return (send_later, True) if is_coroutine else (send, False)


class _Later:
    """What a function answered that does not look like a coroutine function. If nothing can await it, it is closed."""

    __slots__ = ("_cap", "_response", "_until")

    def __init__(self, response: Any, cap: int, until: float) -> None:
        self._response, self._cap, self._until = response, cap, until

    def __await__(self) -> Generator[Any, None, Any]:
        return _awaited(self._response, self._cap, self._until).__await__()

    def close(self) -> None:
        close = getattr(self._response, "close", None)
        if close is not None:
            close()


async def _awaited(response: Any, cap: int, until: float) -> Any:
    from asyncio import CancelledError

    try:
        return await read_later(await response, cap, until)
    except (Exception, CancelledError) as error:
        fail(error, _kind(error))


def fail(error: BaseException, failure: str) -> NoReturn:
    """Raises what the native layer understands."""
    if isinstance(error, SendFailed):
        raise error
    raise SendFailed(failure) from error


def is_timeout(error: BaseException) -> bool:
    """Whether this is a timeout by any of its names; `asyncio` had one of its own before Python 3.11."""
    return isinstance(error, TimeoutError) or type(error).__name__ == "TimeoutError"


def _kind(error: BaseException) -> str:
    # Of a function of the caller's nothing is known, not even that it refused a connection before it sent something.
    return "timeout" if is_timeout(error) else "reset"


def _parts(response: Any) -> tuple[int, list[tuple[str, str]]]:
    status = getattr(response, "status_code", None)
    return (response.status if status is None else status), _pairs(getattr(response, "headers", None) or ())


def _pairs(headers: Any) -> list[tuple[str, str]]:
    pairs: Iterable[tuple[Any, Any]] = headers.items() if hasattr(headers, "items") else headers
    return [(str(name), str(value)) for name, value in pairs]


def _is_tuple(response: Any) -> bool:
    return isinstance(response, tuple)


def _whole(body: Any, cap: int) -> bytes:
    content = body.encode() if isinstance(body, str) else bytes(body or b"")
    if len(content) > cap:
        raise SendFailed("too_large")
    return content


def read(response: Any, cap: int, until: float) -> tuple[int, list[tuple[str, str]], bytes]:
    """Status, headers and body of a response, or of a tuple of the three."""
    if _is_tuple(response):
        return response[0], _pairs(response[1]), _whole(response[2], cap)
    status, headers = _parts(response)
    try:
        for name in ("iter_bytes", "iter_content"):
            if hasattr(response, name):
                return status, headers, collect(getattr(response, name)(_CHUNK), headers, cap, until)
        for name in ("content", "data", "body"):
            content = getattr(response, name, None)
            if isinstance(content, (bytes, bytearray, str)):
                return status, headers, _whole(content, cap)
        return status, headers, collect(iter(lambda: response.read(_CHUNK), b""), headers, cap, until)
    finally:
        close = getattr(response, "close", None)
        if close is not None:
            close()


async def read_later(response: Any, cap: int, until: float) -> tuple[int, list[tuple[str, str]], bytes]:
    """The same for what was awaited, whose body may come asynchronously."""
    if _is_tuple(response):
        return read(response, cap, until)
    content: Any = None if hasattr(response, "aiter_bytes") else getattr(response, "content", None)
    if hasattr(response, "aiter_bytes"):
        chunks = response.aiter_bytes(_CHUNK)
    elif hasattr(content, "iter_chunked"):
        chunks = content.iter_chunked(_CHUNK)
    else:
        return read(response, cap, until)
    status, headers = _parts(response)
    try:
        return status, headers, await collect_later(chunks, headers, cap, until)
    finally:
        close = getattr(response, "aclose", None)
        if close is not None:
            await close()


def announced(headers: Iterable[tuple[str, str]], cap: int) -> None:
    """Refuses a body that says beforehand that it is too large."""
    for name, value in headers:
        if name.lower() == "content-length" and value.isdigit() and int(value) > cap:
            raise SendFailed("too_large")


def _add(body: bytearray, chunk: bytes, cap: int, until: float) -> None:
    if len(chunk) > cap - len(body):
        raise SendFailed("too_large")
    if monotonic() > until:
        raise SendFailed("timeout")
    body += chunk


def collect(chunks: Iterable[bytes], headers: Iterable[tuple[str, str]], cap: int, until: float) -> bytes:
    """At most ``cap`` bytes, until the deadline."""
    announced(headers, cap)
    body = bytearray()
    for chunk in chunks:
        _add(body, chunk, cap, until)
    return bytes(body)


async def collect_later(chunks: Any, headers: Iterable[tuple[str, str]], cap: int, until: float) -> bytes:
    """The same for chunks that come asynchronously."""
    announced(headers, cap)
    body = bytearray()
    async for chunk in chunks:
        _add(body, chunk, cap, until)
    return bytes(body)


def keep_own(headers: Any, given: list[tuple[str, str]]) -> None:
    """Takes out what a client adds of its own: cookies and credentials for somebody else."""
    ours = {name for name, _ in given}
    for name in ("cookie", "authorization", "proxy-authorization"):
        if name not in ours and name in headers:
            del headers[name]
