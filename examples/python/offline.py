"""What lets the web examples run without anybody and without a network: a sandbox, and one person with a browser."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import httpx

import shutterkey

SITE = "https://site.example"
CALLBACK = f"{SITE}/instagram/callback"


def walk(sandbox: shutterkey.Sandbox, site: httpx.BaseTransport) -> None:
    """Connects an account: the button, the platform, and back. Then tries what must not work."""
    with httpx.Client(transport=site, base_url=SITE) as browser:
        fields = dict(re.findall('name="(.+?)" value="(.+?)"', browser.get("/").text))
        begun = browser.post("/instagram/start", data=fields, headers={"Origin": SITE})
        show("the button", begun, "to the platform")
        back = sandbox.approve(begun.headers["location"], person="studio")
        ended = browser.get(back)
        show("back from the platform", ended, "on to " + ended.headers["location"])
        posts = browser.get(ended.headers["location"])
        show("the site's page", posts, posts.text)
        again = browser.get(back)
        show("the same answer again", again, refused(again))
        foreign = browser.post("/instagram/start", headers={"Origin": "https://evil.example"})
        show("another site's button", foreign, refused(foreign))


def show(step: str, answer: httpx.Response, words: str) -> None:
    print(f"{step:24}{answer.status_code}  {words}")


def refused(answer: httpx.Response) -> str:
    """The code of the error on a page of shutterkey's; a framework's own page has none."""
    code = re.search("<code>(.+?)</code>", answer.text)
    return code[1] if code else answer.reason_phrase


class Asgi(httpx.BaseTransport):
    """A site that awaits, for a browser that does not. `httpx.WSGITransport` is the same for the others."""

    def __init__(self, app: Any) -> None:
        self._site = httpx.ASGITransport(app)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        async def answered() -> httpx.Response:
            answer = await self._site.handle_async_request(request)
            return httpx.Response(answer.status_code, headers=answer.headers, content=await answer.aread())

        return asyncio.run(answered())
