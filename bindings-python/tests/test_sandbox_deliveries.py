"""What a sandbox sends to an app, taken by a little server and verified with the package's own functions; and usage headers."""

from __future__ import annotations

import asyncio
import json
import threading
import urllib.request
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

import shutterkey
from shutterkey import Sandbox, SandboxApp

if TYPE_CHECKING:
    from collections.abc import Iterator

VERIFY = "my-verify-token"


class Site:
    """An app's own server: it answers what the platform asks, and remembers what it got."""

    def __init__(self) -> None:
        site = self
        self.got: list[tuple[str, str, bytes]] = []

        class Answers(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                try:
                    self.answer(200, shutterkey.webhook_challenge(urlsplit(self.path).query, VERIFY))
                except shutterkey.ProviderError:
                    self.answer(403, "")

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                site.got.append((self.path, self.headers.get("x-hub-signature-256", ""), body))
                self.answer(200, json.dumps({"url": "https://app.example/status", "confirmation_code": "c0de"}))

            def answer(self, status: int, text: str) -> None:
                self.send_response(status)
                self.send_header("content-length", str(len(text)))
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_: Any) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Answers)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,))
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.close()


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


def registered(sandbox: Sandbox, site: Site) -> SandboxApp:
    return sandbox.app("threads", deauthorize_url=f"{site.url}/deauthorize", deletion_url=f"{site.url}/deletion")


def about(sandbox: Sandbox, app: SandboxApp, body: bytes) -> str:
    [signed] = parse_qs(body.decode())["signed_request"]
    verified = shutterkey.verify_signed_request(signed, app.reveal_client_secret() or "", now=sandbox.clock.now())
    return verified.user_id


def test_an_app_is_told_that_a_person_removed_it_and_wants_their_data_deleted(sandbox: Sandbox, site: Site) -> None:
    app = registered(sandbox, site)
    told = sandbox.deliver_deauthorize("bakery", app=app)
    assert (told["kind"], told["status"], told["problem"]) == ("deauthorize", 200, None)
    assert (told["account"], told["app_id"], told["url"]) == ("bakery.sandbox", app.client_id, f"{site.url}/deauthorize")
    assert sandbox.clock.now() - told["at"] < timedelta(minutes=1)
    asked = sandbox.deliver_deletion("bakery", product="threads")
    assert (asked["confirmation_code"], asked["status_url"]) == ("c0de", "https://app.example/status")
    [(first, _, deauthorize), (second, _, deletion)] = site.got
    assert (first, second) == ("/deauthorize", "/deletion")
    scoped = sandbox.mint_token("bakery", app=app).user_id
    assert about(sandbox, app, deauthorize) == about(sandbox, app, deletion) == scoped
    assert [sent["kind"] for sent in sandbox.deliveries()] == ["deauthorize", "data_deletion"]


def test_a_webhook_is_subscribed_by_its_challenge_and_delivered_signed(sandbox: Sandbox, site: Site) -> None:
    app = sandbox.app()
    with pytest.raises(shutterkey.SandboxError, match="subscribe_webhook comes first"):
        sandbox.deliver_webhook()
    refused = sandbox.subscribe_webhook(site.url, "another token", app=app)
    assert (refused["status"], refused["problem"]) == (403, "the app did not answer with success")
    assert sandbox.subscribe_webhook(site.url, VERIFY, ["comments"])["problem"] is None
    assert sandbox.deliver_webhook({"object": "instagram", "entry": [], "x": "ü"})["status"] == 200
    [(_, signature, body)] = site.got
    shutterkey.verify_webhook(body, signature, app.reveal_client_secret() or "")
    assert json.loads(body)["x"] == "ü"
    with pytest.raises(shutterkey.ProviderError):
        shutterkey.verify_webhook(body + b" ", signature, app.reveal_client_secret() or "")
    change = {"object": "instagram", "entry": [{"changes": [{"field": "mentions"}]}]}
    with pytest.raises(shutterkey.SandboxError, match="not subscribed to .mentions.: comments"):
        sandbox.deliver_webhook(change)
    sandbox.deliver_webhook()
    assert json.loads(site.got[-1][2])["entry"][0]["changes"][0]["field"] == "comments"


def test_the_same_from_an_event_loop(sandbox: Sandbox, site: Site) -> None:
    async def deliver() -> None:
        app = registered(sandbox, site)
        assert (await sandbox.deliver_deauthorize_async(app=app))["status"] == 200
        assert (await sandbox.deliver_deletion_async(app=app))["confirmation_code"] == "c0de"
        assert (await sandbox.subscribe_webhook_async(site.url, VERIFY, app=app))["problem"] is None
        assert (await sandbox.deliver_webhook_async(app=app))["status"] == 200
        with pytest.raises(shutterkey.SandboxError, match="there is no person"):
            await sandbox.deliver_deauthorize_async("nobody", app=app)

    asyncio.run(deliver())
    assert len(site.got) == 3


def test_what_does_not_arrive_says_why(sandbox: Sandbox) -> None:
    sandbox.app()
    assert sandbox.deliver_deauthorize()["problem"] == "the app has no address for this"
    gone = sandbox.subscribe_webhook("http://127.0.0.1:1/", VERIFY)
    assert (gone["status"], gone["problem"]) == (None, "nobody listens there")
    far = sandbox.subscribe_webhook("http://app.example/", VERIFY)
    assert far["problem"] == "a sandbox calls this machine only"
    with pytest.raises(shutterkey.SandboxError, match="only Meta's products"):
        sandbox.deliver_deletion(product="legacy")


def test_answers_that_succeed_tell_the_numbers_that_were_set(sandbox: Sandbox) -> None:
    app = sandbox.app()
    token = sandbox.mint_token("studio", app=app)

    def told() -> tuple[Any, Any]:
        with urllib.request.urlopen(f"{sandbox.base_url}/instagram/me?access_token={token.reveal()}") as answer:
            headers = answer.headers
            return tuple(json.loads(headers.get(name, "null")) for name in ("X-App-Usage", "X-Business-Use-Case-Usage"))

    assert told() == (None, None)
    sandbox.usage(28, total_cputime=24, total_time=25, client_id=app.client_id)
    sandbox.usage(95, estimated_time_to_regain_access=7, account="studio", product="instagram", for_=timedelta(hours=1))
    of_app, of_account = told()
    assert of_app == {"call_count": 28, "total_cputime": 24, "total_time": 25}
    [numbers] = of_account[token.user_id]
    assert (numbers["type"], numbers["call_count"], numbers["estimated_time_to_regain_access"]) == ("instagram", 95, 7)
    assert [asked.get("for_seconds") for asked in sandbox.usages()] == [None, 3600]
    sandbox.clock.advance(timedelta(hours=1))
    assert told() == (of_app, None)
    sandbox.clear_usages()
    assert told() == (None, None)
    with pytest.raises(shutterkey.SandboxError, match="of an account alone"):
        sandbox.usage(estimated_time_to_regain_access=1)


def test_faults_are_listed_with_what_their_kind_has(sandbox: Sandbox) -> None:
    sandbox.fault("/me", 503, {"error": 1}, headers={"Retry-After": "9"})
    sandbox.fault("/me", kind="slow", delay=0.5, dribble=True, lasting=True)
    sandbox.fault("/me", kind="throttle", code=17, minutes=3)
    status, slow, throttle = sandbox.faults()
    assert (status["status"], status["body"], status["headers"]) == (503, '{"error": 1}', {"Retry-After": "9"})
    assert (slow["delay_ms"], slow["dribble"], slow["lasting"]) == (500, True, True)
    assert (throttle["code"], throttle["minutes"], throttle["times"]) == (17, 3, 1)
