"""A sandbox, and the same site in each framework."""

from __future__ import annotations

import asyncio
import types
import urllib.parse
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timezone
from importlib import import_module
from typing import Any

import pytest

import shutterkey

REDIRECT = "https://app.example/instagram/callback"
APP_REDIRECT = "https://app.example/instagram/app"
KEYS = shutterkey.SealKeys.generate()
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin", "Origin": "https://app.example"}

# A present that is not the machine's: everything has to follow the keeper's clock.
NOW = datetime(2031, 5, 17, 12, tzinfo=timezone.utc)


@pytest.fixture
def sandbox() -> Iterator[shutterkey.Sandbox]:
    with shutterkey.Sandbox(clock_start=NOW) as sandbox:
        yield sandbox


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    text: str
    cookies: list[str]

    @property
    def location(self) -> str:
        return self.headers["location"]


def answer(status: int, pairs: list[tuple[str, str]], text: str) -> Answer:
    names = [(name.lower(), value) for name, value in pairs]
    cookies = [value for name, value in names if name == "set-cookie"]
    return Answer(status, dict(names), text, cookies)


@dataclass
class Site:
    """One site; `browser()` opens a browser of its own."""

    send: Callable[..., Answer]
    keeper: Any
    heard: list[tuple[Any, ...]]
    """What the hooks were told, in order."""
    hooks: dict[str, Any]
    """What they do, by name."""
    app_secret: str
    sandbox: shutterkey.Sandbox

    def token(self, name: str) -> str:
        answered = self.keeper.token(name)
        live = asyncio.run(answered) if asyncio.iscoroutine(answered) else answered
        revealed: str = live.reveal()
        return revealed

    def browser(self) -> Browser:
        return Browser(self)

    def post_form(self, path: str, **fields: str) -> Answer:
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.send("POST", path, kind, urllib.parse.urlencode(fields).encode())


@dataclass
class Browser:
    """Keeps cookies as a browser does, and says who is logged in at the site by a header."""

    site: Site
    user: str | None = "ada.sandbox"
    cookies: dict[str, str] = field(default_factory=dict)

    def send(self, method: str, path: str, headers: dict[str, str] | None = None, body: bytes = b"") -> Answer:
        sent = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()), **(headers or {})}
        if self.user:
            sent["X-User"] = self.user
        answered = self.site.send(method, path, sent, body)
        for cookie in answered.cookies:
            pair, _, attributes = cookie.partition(";")
            name, _, value = pair.partition("=")
            if "max-age=0" in attributes.lower():
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value.strip('"')
        return answered

    def start(self, query: str = "", **headers: str) -> Answer:
        return self.send("POST", f"/instagram/start{query}", {**SAME_ORIGIN, **headers})

    def begin(self, **headers: str) -> Answer:
        """An app's request: a browser's headers are not in it, and who is signed in is."""
        return self.send("POST", "/instagram/handover-start", headers)

    def finish(self, body: str, **headers: str) -> Answer:
        kind = {"Content-Type": "application/json"}
        return self.send("POST", "/instagram/handover-finish", {**kind, **headers}, body.encode())

    def back(self, address: str) -> Answer:
        """Follows the platform's redirect."""
        return self.send("GET", "/instagram/callback?" + urllib.parse.urlsplit(address).query)


def starlette_site(connect: Any, framework: str) -> Callable[..., Answer]:
    from fastapi import FastAPI
    from starlette.applications import Starlette
    from starlette.testclient import TestClient

    app = FastAPI(routes=connect.routes) if framework == "fastapi" else Starlette(routes=connect.routes)
    client = TestClient(app, base_url="https://app.example", follow_redirects=False)

    def send(method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        client.cookies.clear()
        got = client.request(method, path, headers=headers, content=body)
        return answer(got.status_code, list(got.headers.multi_items()), got.text)

    return send


def flask_site(connect: Any) -> Callable[..., Answer]:
    from flask import Flask

    app = Flask(__name__)
    app.testing = True
    app.register_blueprint(connect.blueprint)
    client = app.test_client(use_cookies=False)

    def send(method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        got = client.open(path, base_url="https://app.example", method=method, headers=headers, data=body)
        return answer(got.status_code, list(got.headers), got.text)

    return send


def django_site(connect: Any, waits: bool) -> Callable[..., Answer]:
    import django
    from django.conf import settings
    from django.test import AsyncClient, Client, override_settings

    if not settings.configured:
        settings.configure(
            SECRET_KEY="for tests alone", ALLOWED_HOSTS=["app.example"], ROOT_URLCONF="", DEFAULT_CHARSET="utf-8"
        )
        django.setup()
    urls = types.ModuleType("urls_of_the_site")
    urls.urlpatterns = connect.urls  # type: ignore[attr-defined]

    def send(method: str, path: str, headers: dict[str, str], body: bytes, **checks: bool) -> Answer:
        kind = headers.pop("Content-Type", "application/octet-stream")
        client: Any = (AsyncClient if waits else Client)(**checks)  # type: ignore[arg-type]
        client.cookies.load(headers.pop("Cookie", ""))
        common = {"headers": {"Host": "app.example", **headers}, "secure": True}
        with override_settings(ROOT_URLCONF=urls):
            got = client.generic(method, path, body, kind, **common)
            got = asyncio.run(got) if waits else got
        cookies = [("set-cookie", morsel.OutputString()) for morsel in got.cookies.values()]
        return answer(got.status_code, [*got.headers.items(), *cookies], got.content.decode())

    return send


HOOKS = ["on_connected", "on_deauthorized", "on_data_deletion", "deletion_status", "on_webhook", "on_error"]
FRAMEWORKS = ["starlette", "fastapi", "flask", "django", "django-async"]


@pytest.fixture(params=FRAMEWORKS)
def site(request: pytest.FixtureRequest, sandbox: shutterkey.Sandbox) -> Site:
    return site_of(sandbox, request.param)


@pytest.fixture
def make_site(sandbox: shutterkey.Sandbox) -> Callable[..., Site]:
    return lambda framework, **settings: site_of(sandbox, framework, **settings)


def site_of(sandbox: shutterkey.Sandbox, framework: str, *, http: Any = None, **settings: Any) -> Site:
    app = sandbox.app(redirect_uri=[REDIRECT, APP_REDIRECT])
    waits = framework in ("fastapi", "django-async")
    keeper: Any = (sandbox.async_keeper if waits else sandbox.keeper)(app, shutterkey.MemoryStore(), http=http)
    heard: list[tuple[Any, ...]] = []
    hooks: dict[str, Any] = {}

    def hook(name: str) -> Callable[..., Any]:
        def plain(request: Any, *values: Any) -> Any:
            heard.append((name, *values))
            return hooks[name](request, *values) if name in hooks else None

        async def awaited(request: Any, *values: Any) -> Any:
            return plain(request, *values)

        return awaited if waits else plain

    module = {"fastapi": "starlette", "django-async": "django"}.get(framework, framework)
    given: dict[str, Any] = {
        "keys": KEYS,
        "name": lambda request: request.headers.get("X-User"),
        "context": lambda request: "context of the site",
        "home": "/home",
        "app_redirect_uri": APP_REDIRECT,
        "app_secrets": ["another-app-secret-canary"],
        "verify_token": "verify-token-canary",
        **{name: hook(name) for name in HOOKS},
        **settings,
    }
    connect = import_module(f"shutterkey.{module}").Connect(keeper, **given)
    send = {
        "flask": lambda: flask_site(connect),
        "django": lambda: django_site(connect, waits),
        "starlette": lambda: starlette_site(connect, framework),
    }[module]()
    return Site(send, keeper, heard, hooks, app.reveal_client_secret() or "", sandbox)
