"""`http=` of AsyncClient and AsyncKeeper: coroutines run on the caller's loop, and no token is lost."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
import shutterkey
from host_support.provider import LONG, SHORT, USER, Answer, Provider, approved, as_json, config


class Gate:
    """A provider whose code exchange waits until it is opened."""

    def __init__(self) -> None:
        self.provider = Provider()
        self.asked = asyncio.Event()
        self.opened = asyncio.Event()
        self.waiting = 0

    async def handle(self, request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            self.waiting += 1
            self.asked.set()
            await self.opened.wait()
        answer = self.provider.answer(request.method, str(request.url), dict(request.headers), request.content)
        return httpx.Response(answer[0], headers=answer[1], content=answer[2])

    def client(self, **options: Any) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.MockTransport(self.handle), **options)


def opened() -> Gate:
    gate = Gate()
    gate.opened.set()
    return gate


def run(coroutine: Any) -> Any:
    return asyncio.run(asyncio.wait_for(coroutine, 60))


def test_a_login_goes_through_an_async_client() -> None:
    async def main() -> None:
        gate = opened()
        http = gate.client(cookies={"sid": "canary"}, headers={"Authorization": "Bearer canary"})
        client = shutterkey.AsyncClient(config(), http=http)
        request = client.authorize()
        connection = await client.complete(request.pending, approved(request))
        assert connection.token.reveal() == LONG
        assert gate.provider.paths() == ["access_token", "access_token", "me"]
        assert [call.headers.get("cookie") for call in gate.provider.calls] == [None] * 3
        assert [call.headers.get("authorization") for call in gate.provider.calls] == [None] * 3

    run(main())


@pytest.mark.parametrize("shape", ["coroutine function", "a function that answers an awaitable", "an object"])
def test_an_asynchronous_function_or_object_is_awaited(shape: str) -> None:
    provider = Provider()

    async def send(method: str, url: str, headers: dict[str, str], body: bytes | None, timeout: float) -> Answer:
        await asyncio.sleep(0)
        return provider.answer(method, url, headers, body)

    class Session:
        async def request(self, method: str, url: str, **options: Any) -> Answer:
            assert options["allow_redirects"] is False
            return await send(method, url, options["headers"], options["data"], options["timeout"])

    http = {"coroutine function": send, "an object": Session()}.get(shape, lambda *arguments: send(*arguments))

    async def main() -> None:
        client = shutterkey.AsyncClient(config(), http=http)
        request = client.authorize()
        await client.complete(request.pending, approved(request))

    run(main())
    assert len(provider.calls) == 3


def test_a_client_that_waits_serves_an_async_client_without_stopping_the_loop() -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        provider = Provider()
        turned = asyncio.Event()

        def send(method: str, url: str, headers: dict[str, str], body: bytes | None, timeout: float) -> Answer:
            # Answered by the loop itself, which therefore goes on turning.
            asyncio.run_coroutine_threadsafe(asyncio.wait_for(_set(turned), 20), loop).result(20)
            return provider.answer(method, url, headers, body)

        client = shutterkey.AsyncClient(config(), http=send)
        request = client.authorize()
        await client.complete(request.pending, approved(request))
        assert turned.is_set()

    run(main())


async def _set(event: asyncio.Event) -> None:
    event.set()


def test_more_requests_wait_at_once_than_there_are_threads() -> None:
    async def main() -> None:
        gate, many = Gate(), 700
        client = shutterkey.AsyncClient(config(), http=gate.client())
        requests = [client.authorize() for _ in range(many)]

        async def open_when_all_wait() -> None:
            while gate.waiting < many:
                gate.asked.clear()
                await gate.asked.wait()
            gate.opened.set()

        async def exchange(request: shutterkey.AuthorizationRequest) -> shutterkey.TokenAnswer:
            grant = request.pending.accept(approved(request), now=client.now())
            return await client.exchange(request.pending, grant)

        answers = await asyncio.gather(open_when_all_wait(), *map(exchange, requests))
        assert len(answers) == many + 1

    run(main())


def test_cancelling_a_task_in_the_middle_of_a_login_loses_no_token() -> None:
    async def main() -> None:
        gate, store = Gate(), shutterkey.MemoryStore()
        keeper = shutterkey.AsyncKeeper(shutterkey.AsyncClient(config(), http=gate.client()), store)
        request = keeper.authorize()
        task = asyncio.create_task(keeper.complete(request.pending, approved(request), name="me"))
        await gate.asked.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        gate.opened.set()
        # A second callback of the login joins the first one, which nobody waits for any more.
        connection = await keeper.complete(request.pending, approved(request), name="me")
        assert connection.token.reveal() == LONG
        assert (await keeper.token("me")).reveal() == LONG
        assert gate.provider.paths() == ["access_token", "access_token", "me"]

    run(main())


def test_one_client_serves_one_loop_after_the_other() -> None:
    provider = Provider()

    async def send(method: str, url: str, headers: dict[str, str], body: bytes | None, timeout: float) -> Answer:
        loops.append(asyncio.get_running_loop())
        return provider.answer(method, url, headers, body)

    async def main() -> None:
        request = client.authorize()
        await client.complete(request.pending, approved(request))

    loops: list[Any] = []
    client = shutterkey.AsyncClient(config(), http=send)
    run(main())
    run(main())
    assert len(loops) == 6 and len(set(map(id, loops[:3]))) == 1 and loops[0] is not loops[3]


def test_a_code_whose_loop_ended_under_it_is_not_sent_again() -> None:
    sent = 0

    asked: Any = None
    async def send(*_: Any) -> Answer:
        nonlocal sent
        sent += 1
        asked.set()
        await asyncio.Event().wait()
        raise AssertionError

    async def main() -> tuple[Any, Any]:
        nonlocal asked
        asked = asyncio.Event()
        request = keeper.authorize()
        task = asyncio.create_task(keeper.complete(request.pending, approved(request)))
        await asked.wait()
        return request, task

    keeper = shutterkey.AsyncKeeper(shutterkey.AsyncClient(config(), http=send), shutterkey.MemoryStore())
    request, _ = run(main())

    async def again() -> None:
        # Its code may be spent: it is not sent again.
        with pytest.raises(shutterkey.ShutterkeyError):
            await keeper.complete(request.pending, approved(request))

    run(again())
    assert sent == 1


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (httpx.ConnectError("refused"), "network.offline"),
        (httpx.ReadTimeout("slow"), "network.timeout"),
        (asyncio.TimeoutError(), "network.timeout"),
        (asyncio.CancelledError(), "network.reset"),
        (ZeroDivisionError("a bug"), "network.reset"),
    ],
)
def test_what_an_async_client_raises_has_its_code_and_is_the_cause(error: BaseException, code: str) -> None:
    async def handle(_: httpx.Request) -> httpx.Response:
        raise error

    async def main() -> None:
        http = httpx.AsyncClient(transport=httpx.MockTransport(handle))
        client = shutterkey.AsyncClient(config(), http=http)
        request = client.authorize()
        with pytest.raises(shutterkey.NetworkError) as raised:
            await client.complete(request.pending, approved(request))
        assert raised.value.code == code
        assert raised.value.__cause__ is error

    run(main())


def test_a_body_of_two_mebibytes_is_refused_while_it_is_read() -> None:
    sent = 0

    async def body() -> Any:
        nonlocal sent
        for _ in range(32):
            sent += 1 << 16
            yield b" " * (1 << 16)

    async def main() -> None:
        async def handle(_: httpx.Request) -> httpx.Response:
            return httpx.Response(200, content=body())

        client = shutterkey.AsyncClient(config(), http=httpx.AsyncClient(transport=httpx.MockTransport(handle)))
        request = client.authorize()
        with pytest.raises(shutterkey.NetworkError) as raised:
            await client.complete(request.pending, approved(request))
        assert raised.value.code == "network.too_large"

    run(main())
    assert sent <= (1 << 20) + (1 << 16)


def test_an_answer_of_form_a_is_read_from_an_awaited_response() -> None:
    documented = {"data": [{"access_token": SHORT, "user_id": USER, "permissions": "instagram_business_basic"}]}

    async def main() -> None:
        gate = opened()
        gate.provider.instead["/oauth/access_token"] = lambda _: as_json(documented)
        client = shutterkey.AsyncClient(config(), http=gate.client())
        request = client.authorize()
        assert (await client.complete(request.pending, approved(request))).token.reveal() == LONG

    run(main())


def test_metadata_is_asked_for_through_the_callers_http() -> None:
    issuer = "https://login.example"
    metadata = {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/authorize",
        "token_endpoint": f"{issuer}/token",
        "code_challenge_methods_supported": ["S256"],
    }
    asked: list[str] = []

    async def send(method: str, url: str, headers: dict[str, str], body: bytes | None, timeout: float) -> Answer:
        asked.append(url)
        return as_json(metadata)

    provider = run(shutterkey.discover_async(issuer, http=send))
    assert provider.origin == issuer
    assert asked == [f"{issuer}/.well-known/oauth-authorization-server"]
