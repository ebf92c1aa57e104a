"""The routes of a web site, request by request."""

from __future__ import annotations

import json
import re
from typing import Any

from shutterkey import Client, ManualClock, PendingJar, SealKeys, _native, protocol

from . import show
from .files import data, text
from .world import World

SAID_BY_ALL = {"cache-control": "no-store", "referrer-policy": "no-referrer", "x-content-type-options": "nosniff"}


def web(
    world: World,
    client: str,
    keys: str,
    now: int,
    requests: list[dict[str, Any]],
    settings: dict[str, Any] | None = None,
) -> Any:
    site = _Site(world, client, keys, now, settings or {})
    for turn in requests[:-1]:
        answers = turn.get("answers")
        shown = site.serve(**turn)
        assert shown.get("error") == answers, f"{turn} answered {shown}"
    return site.serve(**requests[-1])


class _Site:
    """What is carried from one request to the next: each browser's cookies, and the states of logins by name."""

    def __init__(self, world: World, client: str, keys: str, now: int, settings: dict[str, Any]) -> None:
        self.world = world
        self.client = client
        self.keys = keys
        self.now = now
        self.settings = settings
        self.cookies: dict[str, str] = {}
        self.states: dict[str, str] = {}

    def serve(self, *, times: int = 1, answers: str | None = None, **request: Any) -> dict[str, Any]:
        """Serves a request, and as often again as it is repeated; the last answer is shown."""
        name = request.pop("as", "state")
        shown = [self._serve(name, **request) for _ in range(times)]
        return shown[-1]

    def _serve(
        self,
        name: str,
        *,
        route: str,
        method: str,
        query: Any = "",
        headers: list[tuple[str, Any]] | None = None,
        body: Any = "",
        browser: str = "first",
        client: str | None = None,
        keys: str | None = None,
        now: int | None = None,
        session: str | None = None,
        context: str | None = None,
    ) -> dict[str, Any]:
        now = self.now if now is None else now
        made = Client(self.world.client(client or self.client), clock=ManualClock(now))
        routes = _native.WebRoutes(made, keys or self.keys, **self.settings)
        sent = [(header, text(value)) for header, value in headers or []]
        if browser in self.cookies:
            sent.append(("Cookie", self.cookies[browser]))
        request = _native.WebRequest(method, self._filled(text(query)), sent, self._filled_bytes(data(body)))
        answer = _answer(routes, route, method, request, session, context)
        if answer.error is not None:
            self.world.met.append(answer.error)
        # It is not printed: what a case forbids is markup in a page, and errors are plain text.
        for value in (made, routes, request, answer, answer.body):
            self.world.print(value)
        said = dict(answer.headers)
        if route == "start" and answer.status == 303:
            self.states[name] = _state(said["location"])
        shown = _shown(route, answer, said)
        if route == "handover-start" and answer.status == 200:
            begun = protocol.HandoverStart.parse(answer.body)
            self.states[name] = _state(begun.url)
            self.states[f"{name}-handle"] = json.loads(answer.body)["handle"]
            shown |= _shown_start(begun)
        if "set-cookie" in said:
            pair, *attributes = said["set-cookie"].split("; ")
            # Another cookie beside ours, as a browser sends them.
            cookie = self.cookies[browser] = f"theme=dark; {pair}"
            ring, secure = SealKeys.parse(keys or self.keys), pair.startswith("__Host-")
            shown["cookie"] = {
                "name": pair.partition("=")[0],
                "attributes": [attribute for attribute in attributes if not attribute.startswith("Max-Age")],
                "logins": len(PendingJar.from_cookie(cookie, ring, now=now, secure=secure)),
                "under_4096_bytes": len(said["set-cookie"]) < 4_096,
            }
        return shown

    def _filled(self, text: str) -> str:
        return re.sub(r"{([\w-]+)}", lambda found: self.states.get(found[1], found[0]), text)

    def _filled_bytes(self, body: bytes) -> bytes:
        try:
            return self._filled(body.decode()).encode()
        except UnicodeDecodeError:
            return body


def _state(url: str) -> str:
    [state] = re.findall(r"[?&]state=([^&]+)", url)
    assert isinstance(state, str)
    return state


def _answer(
    routes: _native.WebRoutes,
    route: str,
    method: str,
    request: _native.WebRequest,
    session: str | None,
    context: str | None,
) -> _native.WebAnswer:
    bound = None if context is None else context.encode()
    match route, method:
        case "start", _:
            return routes.start(request, session=session, context=bound)
        case "handover-start", _:
            return routes.handover_start(request, session=session, context=bound)
        case "handover-finish", _:
            return routes.accept_handover(request, session=session)
        case "callback", _:
            return routes.accept(request, session=session)
        case "webhook", _:
            return routes.webhook(request)
        case "data-deletion", other if other != "POST":
            return routes.deletion_status(request)
    return routes.verify(route, request)


def _shown_start(begun: protocol.HandoverStart) -> dict[str, Any]:
    address, _, query = begun.url.partition("?")
    return {
        **{"url": address, "parameters": [pair.partition("=")[0] for pair in query.split("&")]},
        **{"redirect_uri": begun.redirect_uri, "expires_at": show.seconds(begun.expires_at)},
    }


def _shown(route: str, answer: _native.WebAnswer, said: dict[str, str]) -> dict[str, Any]:
    """The answer, without what no two have in common; that it says what all have to say is checked here."""
    assert said.items() >= SAID_BY_ALL.items(), said
    shown: dict[str, Any] = {"status": answer.status}
    if answer.error is not None:
        shown["error"] = answer.error.code
    if answer.pending is not None and answer.grant is not None:
        code = answer.grant.reveal_code()
        shown |= {} if code is None else {"code": code}
        shown |= {} if answer.pending.context is None else {"context": answer.pending.context.decode()}
    if answer.user_id is not None:
        shown |= {"user_id": answer.user_id, "issued_at": show.seconds(answer.issued_at)}
    elif answer.issued_at is not None:
        shown["requested_at"] = show.seconds(answer.issued_at)
    if answer.delivery:
        shown["delivery"] = True
    match said["content-type"].partition(";")[0]:
        case "text/html":
            policy = said["content-security-policy"]
            assert policy.startswith("default-src 'none'") and "frame-ancestors 'none'" in policy
            shown["page"] = True
        case "application/json":
            # Of an error, the code is shown already; its words are not fixed. Of a start, what is in it is shown.
            if "error" not in json.loads(answer.body) and route != "handover-start":
                shown["json"] = json.loads(answer.body)
        case _:
            shown["text"] = answer.body
    if "location" in said:
        # The authorize URL has a random state in its query.
        shown["location"] = said["location"].partition("?")[0] if route == "start" else said["location"]
    return shown
