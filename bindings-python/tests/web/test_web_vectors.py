"""The shared cases of the routes, as every server language runs them."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any

import pytest

import shutterkey
from shutterkey import _native

FILE = json.loads((Path(__file__).parents[3] / "tests/vectors/web.json").read_text())
COMMON = {"cache-control": "no-store", "referrer-policy": "no-referrer", "x-content-type-options": "nosniff"}


def text(spec: Any) -> str:
    if isinstance(spec, str):
        return spec
    if isinstance(spec, list):
        return "".join(map(text, spec))
    repeated: str = spec["repeat"] * spec["times"]
    return repeated


def body(spec: Any) -> bytes:
    if isinstance(spec, dict) and "base64" in spec:
        return base64.b64decode(spec["base64"])
    return text(spec).encode()


def config(name: str) -> shutterkey.ClientConfig:
    spec = dict(FILE["define"]["clients"][name])
    provider = spec.pop("provider")
    if isinstance(provider, dict):
        provider = shutterkey.Provider.standard(**provider)
    return shutterkey.ClientConfig(provider, **spec)


class Case:
    def __init__(self, given: dict[str, Any]) -> None:
        self.given = given
        self.cookies: dict[str, str] = {}
        self.states: dict[str, str] = {}
        self.printed = ""

    def run(self) -> dict[str, Any]:
        *before, last = [(turn, self.serve(turn)) for turn in self.given["requests"] for _ in range(turn.get("times", 1))]
        for turn, shown in before:
            assert shown.get("error") == turn.get("answers"), turn
        return last[1]

    def serve(self, turn: dict[str, Any]) -> dict[str, Any]:
        clock = shutterkey.ManualClock(turn.get("now", self.given["now"]))
        client = shutterkey.Client(config(turn.get("client", self.given["client"])), clock=clock)
        keys = turn.get("keys", self.given["keys"])
        routes = _native.WebRoutes(client, keys, **self.given.get("settings", {}))
        browser = turn.get("browser", "first")
        headers = [(name, text(value)) for name, value in turn.get("headers", [])]
        if browser in self.cookies:
            headers.append(("Cookie", self.cookies[browser]))
        query = re.sub(
            r"{(\w+)}", lambda found: self.states.get(found[1], found[0]), text(turn.get("query", ""))
        )
        request = _native.WebRequest(turn["method"], query, headers, body(turn.get("body", "")))
        answer = self.answer(routes, turn, request)
        self.printed += f"{routes!r} {request!r} {answer!r} {answer.body}"
        shown = self.shown(turn["route"], answer)
        found = dict(answer.headers)
        if turn["route"] == "start" and answer.status == 303:
            self.states[turn.get("as", "state")] = re.findall(r"[?&]state=([^&]+)", found["location"])[0]
        if "set-cookie" in found:
            pair, *attributes = found["set-cookie"].split("; ")
            self.cookies[browser] = f"theme=dark; {pair}"
            shown["cookie"] = {
                "name": pair.split("=")[0],
                "attributes": [attribute for attribute in attributes if not attribute.startswith("Max-Age")],
                "under_4096_bytes": len(found["set-cookie"]) < 4_096,
            }
        return shown

    def answer(self, routes: Any, turn: dict[str, Any], request: Any) -> Any:
        session = turn.get("session")
        match turn["route"], turn["method"]:
            case "start", _:
                context = turn.get("context")
                return routes.start(request, session=session, context=context and context.encode())
            case "callback", _:
                return routes.accept(request, session=session)
            case "data-deletion", method if method != "POST":
                return routes.deletion_status(request)
            case "webhook", _:
                return routes.webhook(request)
            case route, _:
                return routes.verify(route, request)

    def shown(self, route: str, answer: Any) -> dict[str, Any]:
        found = dict(answer.headers)
        assert COMMON.items() <= found.items()
        shown: dict[str, Any] = {"status": answer.status}
        if answer.error is not None:
            shown["error"] = answer.error.code
        if answer.pending is not None:
            shown["code"] = answer.grant.reveal_code()
            if answer.pending.context is not None:
                shown["context"] = answer.pending.context.decode()
        if answer.user_id is not None:
            shown |= {"user_id": answer.user_id, "issued_at": int(answer.issued_at.timestamp())}
        elif answer.issued_at is not None:
            shown["requested_at"] = int(answer.issued_at.timestamp())
        if answer.delivery:
            shown["delivery"] = True
        match found["content-type"].split(";")[0]:
            case "text/html":
                assert "frame-ancestors 'none'" in found["content-security-policy"]
                shown["page"] = True
            case "application/json":
                if answer.error is None:
                    shown["json"] = json.loads(answer.body)
            case _:
                shown["text"] = answer.body
        if "location" in found:
            shown["location"] = found["location"].split("?")[0] if route == "start" else found["location"]
        return shown


@pytest.mark.parametrize("case", FILE["cases"], ids=lambda case: case["id"])
def test_a_shared_case_has_its_stated_result(case: dict[str, Any]) -> None:
    run = Case(case["input"])
    stated = case["result"]
    if "error" in stated:
        with pytest.raises(shutterkey.ShutterkeyError) as caught:
            run.run()
        assert stated["error"].items() <= {"family": caught.value.family, "code": caught.value.code}.items()
    else:
        expected = stated["ok"]
        # How many logins a cookie holds is seen by whoever can open it.
        if "cookie" in expected:
            expected = {**expected, "cookie": {k: v for k, v in expected["cookie"].items() if k != "logins"}}
        assert run.run() == expected
    for secret in case.get("secrets", []):
        assert secret not in run.printed

