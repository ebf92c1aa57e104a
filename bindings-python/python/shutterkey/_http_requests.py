"""``requests.Session``."""

from __future__ import annotations

import socket
from time import monotonic

import requests

from ._http import SendFailed, collect, fail, is_timeout, keep_own

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_CHUNK = 16_384


def _no_auth(prepared: requests.PreparedRequest) -> requests.PreparedRequest:
    """In place of the session's credentials and of ``.netrc``."""
    return prepared


def _kind(error: BaseException, prepared: requests.PreparedRequest, sends_again: bool) -> str:
    known = requests.exceptions
    if isinstance(error, known.Timeout) or is_timeout(error):
        return "timeout"
    if isinstance(error, (known.SSLError, known.InvalidSchema, known.InvalidURL, known.MissingSchema)):
        return "tls"
    # What sends again reports its last try alone, and a hook may fail on a request of its own.
    if not isinstance(error, known.ConnectionError) or sends_again or error.request is not prepared or not error.args:
        return "reset"
    reason = getattr(error.args[0], "reason", None)
    names = {kind.__name__ for kind in type(reason).__mro__}
    if "NameResolutionError" in names or isinstance(getattr(reason, "__cause__", None), socket.gaierror):
        return "dns"
    return "offline" if "NewConnectionError" in names else "reset"


def adapter(session: requests.Session) -> Callable[..., Any]:
    """The adapter of a session."""

    def send(
        method: str, url: str, headers: list[tuple[str, str]], body: bytes | None, timeout: float, cap: int
    ) -> tuple[int, list[tuple[str, str]], bytes]:
        until = monotonic() + timeout
        received: list[tuple[int, list[tuple[str, str]], bytes]] = []

        def read(response: requests.Response, **_: Any) -> None:
            # Here and not after `send()`: on its way out, that reads the body of a redirect whole.
            pairs = list(response.headers.items())
            try:
                content = collect(response.iter_content(_CHUNK), pairs, cap, until)
            except SendFailed:
                response.close()
                raise
            received.append((response.status_code, pairs, content))

        given = {**dict(headers), "accept-encoding": "identity"}
        prepared = session.prepare_request(requests.Request(method, url, headers=given, data=body, auth=_no_auth))
        # Without what the session adds to every query.
        prepared.url = url
        keep_own(prepared.headers, headers)
        prepared.hooks["response"].append(read)
        retries = getattr(session.get_adapter(url), "max_retries", None)
        sends_again = getattr(retries, "total", 0) not in (0, False)
        settings = session.merge_environment_settings(url, {}, True, None, None)
        try:
            session.send(prepared, **settings, allow_redirects=False, timeout=timeout)
        except BaseException as error:
            if not received:
                fail(error, _kind(error, prepared, sends_again))
        if not received:
            raise SendFailed("reset")
        return received[0]

    return send
