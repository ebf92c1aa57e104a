"""`http=`: the caller's own HTTP sees every call, and the driver contract holds for it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import httpx
import pytest
import requests
import respx
import shutterkey
from host_support.clients import OfRequestsShape, complete, failure, function_client, httpx_client
from host_support.provider import CODE, LONG, SHORT, USER, Answer, Call, Provider, approved, as_json, config, served


@pytest.mark.parametrize("make", [httpx_client, function_client, OfRequestsShape])
def test_a_login_goes_through_the_clients_own_http(make: Callable[[Provider], Any]) -> None:
    provider = Provider()
    connection = complete(make(provider))
    assert connection.token.reveal() == LONG
    assert [call.method for call in provider.calls] == ["POST", "GET", "GET"]
    assert provider.paths() == ["access_token", "access_token", "me"]
    assert f"code={CODE}" in provider.calls[0].body
    assert provider.calls[0].headers["content-type"] == "application/x-www-form-urlencoded"
    assert provider.calls[1].query["access_token"] == [SHORT]


def test_a_requests_session_sends_over_its_own_connections() -> None:
    provider = Provider()
    with served(provider) as base, requests.Session() as session:
        seen: list[str] = []
        session.hooks["response"].append(lambda response, **_: seen.append(response.request.method))
        complete(session, base)
        assert seen == ["POST", "GET", "GET"]
        assert len(provider.calls) == 3


@respx.mock
def test_respx_sees_every_call_of_a_client() -> None:
    exchange = respx.post("https://api.instagram.com/oauth/access_token").respond(
        json={"access_token": SHORT, "user_id": int(USER)}
    )
    extend = respx.get("https://graph.instagram.com/access_token").respond(
        json={"access_token": LONG, "token_type": "bearer", "expires_in": 5184000}
    )
    me = respx.get(url__regex=r"https://graph\.instagram\.com/.*me").respond(
        json={"id": USER, "user_id": USER, "username": "ada.sandbox"}
    )
    complete(httpx.Client())
    assert [route.call_count for route in (exchange, extend, me)] == [1, 1, 1]


def test_responses_sees_every_call_of_a_session() -> None:
    responses = pytest.importorskip("responses")
    with responses.RequestsMock() as mocked:
        mocked.post("https://api.instagram.com/oauth/access_token", json={"access_token": SHORT, "user_id": int(USER)})
        mocked.get("https://graph.instagram.com/access_token", json={"access_token": LONG, "expires_in": 5184000})
        mocked.get("https://graph.instagram.com/v26.0/me", json={"id": USER, "user_id": USER})
        complete(requests.Session())
        assert len(mocked.calls) == 3


def _always(answer: Answer) -> Callable[[Call], Answer]:
    return lambda _: answer


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(status: int) -> None:
    for over in ("httpx", "requests"):
        provider = Provider()
        with served(provider) as base:
            redirect: Answer = (status, {"location": f"{base}/elsewhere"}, b"")
            provider.instead["/oauth/access_token"] = _always(redirect)
            session: Any = httpx.Client(follow_redirects=True) if over == "httpx" else requests.Session()
            with pytest.raises(shutterkey.ShutterkeyError), session:
                complete(session, base)
        assert provider.paths() == ["access_token"], over


@pytest.mark.parametrize("announced", [True, False])
def test_a_body_of_two_mebibytes_is_refused(announced: bool) -> None:
    sent = 0

    def body() -> Any:
        nonlocal sent
        for _ in range(32):
            sent += 1 << 16
            yield b" " * (1 << 16)

    def handle(_: httpx.Request) -> httpx.Response:
        headers = {"content-length": str(2 << 20)} if announced else {}
        return httpx.Response(200, headers=headers, content=body())

    error = failure(httpx.Client(transport=httpx.MockTransport(handle)))
    assert error.code == "network.too_large"
    assert sent <= (0 if announced else (1 << 20) + (1 << 16)), "it was read further than the cap"


@pytest.mark.parametrize("status", [200, 302])
def test_a_body_of_two_mebibytes_is_refused_from_a_session(status: int) -> None:
    provider = Provider()
    provider.instead["/oauth/access_token"] = lambda _: (status, {"location": "/elsewhere"}, b" " * (2 << 20))
    with served(provider) as base, requests.Session() as session:
        with pytest.raises(shutterkey.NetworkError) as raised:
            complete(session, base)
    assert raised.value.code == "network.too_large"


def test_a_body_of_two_mebibytes_is_refused_from_a_function() -> None:
    assert failure(lambda *_: (200, {}, b" " * (2 << 20))).code == "network.too_large"


def test_cookies_and_credentials_of_the_client_are_not_sent() -> None:
    provider = Provider()
    client = httpx_client(
        provider,
        cookies={"sessionid": "canary"},
        auth=("someone", "else"),
        headers={"Authorization": "Bearer canary", "User-Agent": "my-app"},
        params={"utm": "canary"},
    )
    complete(client)
    for call in provider.calls:
        assert "cookie" not in call.headers and "authorization" not in call.headers
        assert call.headers["user-agent"] == "my-app"
        assert "utm" not in call.query


def test_cookies_and_credentials_of_a_session_are_not_sent() -> None:
    provider = Provider()
    with served(provider) as base, requests.Session() as session:
        session.cookies.set("sessionid", "canary")
        session.auth = ("someone", "else")
        session.headers["Authorization"] = "Bearer canary"
        session.params = {"utm": "canary"}
        complete(session, base)
    assert len(provider.calls) == 3
    for call in provider.calls:
        assert "cookie" not in call.headers and "authorization" not in call.headers
        assert "utm" not in call.query


def test_a_cookie_that_the_provider_sets_is_not_sent_back() -> None:
    provider = Provider()
    provider.instead["/oauth/access_token"] = lambda _: (
        200,
        {"set-cookie": "sid=canary; Path=/", "content-type": "application/json"},
        as_json({"access_token": provider.marked(SHORT), "user_id": int(USER)})[2],
    )
    with served(provider) as base, requests.Session() as session, httpx.Client() as client:
        for http in (session, client):
            complete(http, base)
    assert [call.headers.get("cookie") for call in provider.calls] == [None] * 6


def lost(_: Call) -> Answer:
    return 0, {}, b""


@pytest.mark.parametrize("over", ["httpx", "requests", "httpx async"])
def test_a_code_exchange_whose_answer_is_lost_is_sent_once(over: str) -> None:
    provider = Provider(instead={"/oauth/access_token": lost})
    with served(provider) as base:
        with pytest.raises(shutterkey.NetworkError) as raised:
            if over == "httpx async":

                async def login() -> None:
                    async with httpx.AsyncClient() as http:
                        client = shutterkey.AsyncClient(config(base), http=http)
                        request = client.authorize()
                        await client.complete(request.pending, approved(request))

                asyncio.run(login())
            else:
                complete(httpx.Client() if over == "httpx" else requests.Session(), base)
    assert raised.value.code == "network.reset"
    assert provider.paths() == ["access_token"]


def test_a_login_whose_exchange_was_not_sent_can_be_completed_again() -> None:
    provider = Provider()
    online = False

    def handle(request: httpx.Request) -> httpx.Response:
        if not online:
            raise httpx.ConnectError("refused")
        status, headers, body = provider.answer(request.method, str(request.url), {}, request.content)
        return httpx.Response(status, headers=headers, content=body)

    client = shutterkey.Client(config(), http=httpx.Client(transport=httpx.MockTransport(handle)))
    keeper = shutterkey.Keeper(client, shutterkey.MemoryStore())
    request = keeper.authorize()
    with pytest.raises(shutterkey.NetworkError) as raised:
        keeper.complete(request.pending, approved(request))
    assert raised.value.code == "network.offline"
    online = True
    assert keeper.complete(request.pending, approved(request)).token.reveal() == LONG


def test_an_asynchronous_client_is_refused_where_nothing_can_await_it() -> None:
    async def function(*_: Any) -> Answer:
        return as_json({})

    for http in (httpx.AsyncClient(), function):
        with pytest.raises(TypeError, match="AsyncClient"):
            shutterkey.Client(config(), http=http)
    for nonsense in (object(), "https://proxy.example", httpx.Client, 5):
        with pytest.raises(TypeError, match="http="):
            shutterkey.Client(config(), http=nonsense)


@pytest.mark.filterwarnings("error")
def test_an_awaitable_where_nothing_can_await_it_is_never_started() -> None:
    started = False

    async def later() -> Answer:
        nonlocal started
        started = True
        return as_json({})

    error = failure(lambda *_: later())
    assert isinstance(error.__cause__, TypeError)
    assert not started


def test_other_threads_run_while_the_callers_http_waits() -> None:
    provider = Provider()
    asked, go_on = threading.Event(), threading.Event()

    def wait(call: Call) -> Answer:
        asked.set()
        assert go_on.wait(20)
        return as_json({"access_token": SHORT, "user_id": int(USER)})

    provider.instead["/oauth/access_token"] = wait
    done: list[shutterkey.Connection] = []
    login = threading.Thread(target=lambda: done.append(complete(httpx_client(provider))))
    login.start()
    assert asked.wait(20)
    assert not done
    go_on.set()
    login.join(20)
    assert done


def test_the_main_thread_runs_python_in_the_callers_http_while_it_waits_for_it() -> None:
    threads: set[int] = set()

    def send(method: str, url: str, headers: dict[str, str], body: bytes | None, timeout: float) -> Answer:
        threads.add(threading.get_ident())
        return Provider().answer(method, url, headers, body)

    complete(send)
    assert threads and threading.get_ident() not in threads
