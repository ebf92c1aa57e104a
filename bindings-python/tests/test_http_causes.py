"""What the caller's HTTP raises: its code says what is certain, it is the cause, and no secret is printed."""

from __future__ import annotations

import socket
import ssl
import traceback
from collections.abc import Callable
from typing import Any

import httpx
import pytest
import requests
import respx
import shutterkey
from host_support.clients import complete, failure, httpx_client
from host_support.provider import CANARIES, CODE, SHORT, USER, Provider


def raising(error: BaseException | Callable[[httpx.Request], BaseException]) -> httpx.Client:
    def handle(request: httpx.Request) -> httpx.Response:
        raise error(request) if callable(error) else error

    return httpx.Client(transport=httpx.MockTransport(handle))


def caused(error: BaseException, cause: BaseException) -> BaseException:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (httpx.ConnectTimeout("slow"), "network.timeout"),
        (httpx.ReadTimeout("slow"), "network.timeout"),
        (httpx.PoolTimeout("busy"), "network.timeout"),
        (httpx.ConnectError("refused"), "network.offline"),
        (caused(httpx.ConnectError("no such name"), socket.gaierror(-2, "unknown")), "network.dns"),
        (caused(httpx.ConnectError("bad certificate"), ssl.SSLError("bad certificate")), "network.tls"),
        (httpx.ReadError("broke"), "network.reset"),
        (httpx.WriteError("broke"), "network.reset"),
        (httpx.RemoteProtocolError("no answer"), "network.reset"),
        (ConnectionRefusedError("of a log server"), "network.reset"),
        (ZeroDivisionError("a bug"), "network.reset"),
    ],
)
def test_what_httpx_raises_has_its_code_and_is_the_cause(error: BaseException, code: str) -> None:
    raised = failure(raising(error))
    assert raised.code == code
    assert raised.__cause__ is error


def test_a_hook_that_cannot_connect_does_not_make_a_sent_request_unsent() -> None:
    def hook(_: httpx.Response) -> None:
        raise httpx.ConnectError("the log server is away")

    assert failure(httpx_client(Provider(), event_hooks={"response": [hook]})).code == "network.reset"


class Failing(requests.adapters.BaseAdapter):
    def __init__(self, error: Callable[[requests.PreparedRequest], BaseException]) -> None:
        super().__init__()
        self.error = error

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        raise self.error(request)

    def close(self) -> None:
        pass


def session_of(adapter: Any) -> requests.Session:
    session = requests.Session()
    session.mount("https://", adapter)
    return session


def closed_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"http://127.0.0.1:{listener.getsockname()[1]}"


@pytest.mark.parametrize("make", [httpx.Client, requests.Session])
def test_a_closed_port_is_offline(make: Callable[[], Any]) -> None:
    with make() as http, pytest.raises(shutterkey.NetworkError) as raised:
        complete(http, closed_port())
    assert raised.value.code == "network.offline"


def test_a_session_that_sends_again_is_never_said_to_have_sent_nothing() -> None:
    from urllib3.util import Retry

    session = requests.Session()
    session.mount("http://", requests.adapters.HTTPAdapter(max_retries=Retry(total=1, backoff_factor=0)))
    with session, pytest.raises(shutterkey.NetworkError) as raised:
        complete(session, closed_port())
    assert raised.value.code == "network.reset"


def quoting_httpx(request: httpx.Request) -> BaseException:
    return httpx.ConnectError(f"no connection for {request.url} with {request.content!r}")


def quoting_requests(request: requests.PreparedRequest) -> BaseException:
    return requests.ConnectionError(f"no connection for {request.url} with {request.body!r}", request=request)


def printed(error: BaseException) -> str:
    plain = "".join(traceback.format_exception(error))
    locals_too = traceback.TracebackException.from_exception(error.__cause__ or error, capture_locals=True)
    return plain + "".join(locals_too.format())


def quoting_client() -> httpx.Client:
    def handle(request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            raise quoting_httpx(request)
        return httpx.Response(200, json={"access_token": SHORT, "user_id": int(USER)})

    return httpx.Client(transport=httpx.MockTransport(handle))


@pytest.mark.parametrize(
    ("http", "class_name"),
    [
        (raising(quoting_httpx), "httpx.ConnectError"),
        (quoting_client(), "httpx.ConnectError"),
        (session_of(Failing(quoting_requests)), "requests.exceptions.ConnectionError"),
    ],
    ids=["httpx, body", "httpx, query", "requests, body"],
)
def test_an_exception_that_quotes_secrets_is_replaced_by_one_that_names_its_class(http: Any, class_name: str) -> None:
    error = failure(http)
    assert type(error.__cause__) is Exception and class_name in str(error.__cause__)
    text = printed(error)
    assert not [canary for canary in CANARIES if canary in text]
    assert "[redacted]" in text


@respx.mock
def test_respx_says_what_was_not_mocked_without_its_secrets() -> None:
    respx.post("https://api.instagram.com/oauth/access_token").respond(
        json={"access_token": SHORT, "user_id": int(USER)}
    )
    error = failure(httpx.Client())
    text = printed(error)
    assert error.code == "network.reset"
    assert "AllMockedAssertionError" in text
    assert not [canary for canary in CANARIES if canary in text]
    assert error.resumable is not None and error.resumable.token.reveal() == SHORT


def test_a_part_of_a_token_is_as_secret_as_all_of_it() -> None:
    def cut(request: httpx.Request) -> BaseException:
        return ValueError(f"unexpected: {request.content[:90]!r}... {CODE[4:20]}...")

    error = failure(raising(cut))
    assert CODE[4:20] not in printed(error)


def test_a_secret_behind_the_exception_is_not_printed_either() -> None:
    def chained(request: httpx.Request) -> BaseException:
        return caused(RuntimeError("it failed"), ValueError(str(request.content)))

    text = printed(failure(raising(chained)))
    assert "RuntimeError: it failed" in text
    assert CODE not in text
