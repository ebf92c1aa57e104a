"""Instagram's endpoints, answered from a table (the answers are those of Meta's documentation)."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import shutterkey

CODE = "AQBcanary0code01234567890"
SHORT = "IGAAcanary0short0123456789"
LONG = "IGAAcanary0long01234567890"
SECRET = "0123456789abcdef0123456789abcdef"
SANDBOX_SECRET = "sandbox-canary0secret01234567"
CANARIES = (CODE, SHORT, LONG, SECRET, SANDBOX_SECRET)
USER = "17841400000000001"
REDIRECT = "https://app.example/cb"

Answer = tuple[int, dict[str, str], bytes]


@dataclass
class Call:
    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: str


def as_json(value: object, status: int = 200) -> Answer:
    return status, {"content-type": "application/json"}, json.dumps(value).encode()


@dataclass
class Provider:
    """Remembers what it was asked. ``instead`` answers in place of the table for a path that ends so."""

    calls: list[Call] = field(default_factory=list)
    is_sandbox: bool = False
    instead: dict[str, Callable[[Call], Answer]] = field(default_factory=dict)

    def answer(self, method: str, url: str, headers: dict[str, str], body: bytes | None) -> Answer:
        parts = urlsplit(url)
        lower = {name.lower(): value for name, value in headers.items()}
        call = Call(method, parts.path, parse_qs(parts.query), lower, (body or b"").decode())
        self.calls.append(call)
        for ending, answer in self.instead.items():
            if parts.path.endswith(ending):
                return answer(call)
        if parts.path.endswith("/oauth/access_token"):
            return as_json({"access_token": self.marked(SHORT), "user_id": int(USER), "permissions": "instagram_business_basic"})
        if parts.path.endswith("/me"):
            return as_json({"id": USER, "user_id": USER, "username": "ada.sandbox"})
        return as_json({"access_token": self.marked(LONG), "token_type": "bearer", "expires_in": 5184000})

    def marked(self, token: str) -> str:
        """A token as this provider makes it: a sandbox's is marked."""
        return token.replace("IGAA", "IGAASANDBOX") if self.is_sandbox else token

    def paths(self) -> list[str]:
        return [call.path.rsplit("/", 1)[-1] for call in self.calls]


@contextmanager
def served(provider: Provider) -> Iterator[str]:
    """The provider on a port of this machine, as a sandbox."""
    provider.is_sandbox = True

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            status, headers, body = provider.answer(
                self.command, self.path, dict(self.headers), self.rfile.read(length)
            )
            if status == 0:
                # The answer is lost.
                self.close_connection = True
                self.connection.shutdown(2)
                return
            self.send_response(status)
            for name, value in {**headers, "content-length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_DELETE = do

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.handle_error = lambda *_: None  # type: ignore[method-assign]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def config(base: str | None = None) -> shutterkey.ClientConfig:
    """Of the real endpoints, or of a provider at this address."""
    provider = shutterkey.Provider.instagram()
    return shutterkey.ClientConfig(
        provider.at_sandbox(base) if base else provider,
        client_id="990602627938098",
        client_secret=SANDBOX_SECRET if base else SECRET,
        redirect_uri=REDIRECT,
        scopes=["instagram_business_basic"],
    )


def approved(request: shutterkey.AuthorizationRequest) -> str:
    """The redirect that follows on a person's consent."""
    state = parse_qs(urlsplit(request.url).query)["state"][0]
    return f"{REDIRECT}?code={CODE}&state={state}#_"
