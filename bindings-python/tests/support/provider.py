"""Plays as much of Instagram Login as keeping a token needs, and lets a test hold its answers back."""

from __future__ import annotations

import itertools
import json
import random
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from typing_extensions import Self

MARK = "IGAASANDBOX"
USER_ID = "17841400000000001"
LIFE = 60 * 86_400

# The last member of the path names the call.
EXCHANGE, EXTEND, REFRESH, IDENTIFY = "exchange", "access_token", "refresh_access_token", "me"


class LocalProvider:
    """An HTTP server on a free port. ``with LocalProvider() as provider: …``"""

    def __init__(self, seed: int = 0) -> None:
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.provider = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._changed = threading.Condition()
        self._arrived: Counter[str] = Counter()
        self._held: set[str] = set()
        self._numbers = itertools.count(1)
        self._random = random.Random(seed)
        self.delay = 0.0
        """Answers come after a random time of at most so many seconds."""
        self.current = ""
        """The token that was issued last."""

    @property
    def base(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def count(self, call: str) -> int:
        """How many requests of a kind have come."""
        with self._changed:
            return self._arrived[call]

    def forget(self) -> None:
        """Counts from zero again."""
        with self._changed:
            self._arrived.clear()

    def hold(self, *calls: str) -> None:
        """Answers no request of these kinds any more, until ``release()``."""
        with self._changed:
            self._held.update(calls)

    def release(self) -> None:
        """Answers whatever was held back."""
        with self._changed:
            self._held.clear()
            self._changed.notify_all()

    def wait_for(self, call: str, number: int = 1) -> None:
        """Waits until so many requests of a kind have come."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._arrived[call] >= number, timeout=30):
                raise AssertionError(f"{self._arrived[call]} requests of kind {call} have come, not {number}")

    @contextmanager
    def releasing(self, call: str) -> Iterator[None]:
        """Holds answers of this kind until the first request for one has come."""

        def release() -> None:
            self.wait_for(call)
            self.release()

        self.hold(call)
        helper = threading.Thread(target=release)
        helper.start()
        yield
        helper.join()

    def token(self) -> str:
        """A new token."""
        self.current = f"{MARK}{next(self._numbers):06}{'x' * 24}"
        return self.current

    def answer(self, method: str, path: str, query: dict[str, list[str]]) -> tuple[int, dict[str, Any]]:
        call = EXCHANGE if method == "POST" else path.rsplit("/", 1)[-1]
        with self._changed:
            self._arrived[call] += 1
            self._changed.notify_all()
            self._changed.wait_for(lambda: call not in self._held)
            pause = self._random.random() * self.delay
            if call == EXCHANGE:
                body: dict[str, Any] = {"access_token": self.token(), "user_id": USER_ID, "permissions": "instagram_business_basic"}
            elif call in (EXTEND, REFRESH):
                body = {"access_token": self.token(), "token_type": "bearer", "expires_in": LIFE}
            elif call == IDENTIFY:
                body = {"user_id": USER_ID, "id": "990001", "username": "ada.sandbox", "account_type": "Business"}
            else:
                return 404, {"error": {"message": "no such path", "type": "OAuthException", "code": 1}}
        if pause:
            threading.Event().wait(pause)
        return 200, body

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    provider: LocalProvider
    daemon_threads = True
    block_on_close = False
    request_queue_size = 1024

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no error here."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer(parse_qs(urlsplit(self.path).query))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self._answer(parse_qs(body.decode()))

    def _answer(self, query: dict[str, list[str]]) -> None:
        status, answer = self.server.provider.answer(self.command, urlsplit(self.path).path, query)
        content = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *arguments: object) -> None:
        """Says nothing."""
