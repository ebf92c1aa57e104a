"""What lets the web examples run without anybody and without a network: a sandbox, and one person with a browser."""

from __future__ import annotations

import http.cookiejar
import json
import socket
import subprocess
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import shutterkey


class Platform:
    """A sandbox of the command's, told what to do over its control API."""

    def __init__(self, where: dict[str, str]) -> None:
        self.url = where["url"]
        self._token = Path(where["control_token_file"]).read_text().strip()

    def _control(self, what: str, **body: Any) -> Any:
        headers = {"X-Shutterkey-Control": self._token, "Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.url}/control/{what}", json.dumps(body).encode(), headers)
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    def register(self, redirect_uri: str) -> shutterkey.ClientConfig:
        """An app as one registers it in the dashboard."""
        app = self._control("app", product="instagram", redirect_uris=[redirect_uri], allow_loopback_http=True)
        return shutterkey.ClientConfig(
            shutterkey.Provider.in_sandbox("instagram", self.url),
            client_id=app["client_id"],
            client_secret=app["client_secret"],
            redirect_uri=redirect_uri,
        )

    def approve(self, authorize_url: str) -> str:
        """Somebody approves; where the browser is sent."""
        address: str = self._control("approve", url=authorize_url, person="studio")["redirect_url"]
        return urllib.parse.urldefrag(address).url


@contextmanager
def sandbox() -> Generator[Platform, None, None]:
    command = ["shutterkey", "sandbox", "--port", "0", "--json", "--quiet"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as running:
        assert running.stdout
        said = ""
        while not said.rstrip().endswith("}"):
            said += running.stdout.readline().decode()
        try:
            yield Platform(json.loads(said))
        finally:
            running.terminate()


class Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, req: Any, fp: Any, code: Any, msg: Any, headers: Any, newurl: Any) -> None:
        return None


def walk(make_server: Callable[[shutterkey.ClientConfig, int], Callable[[], None]]) -> None:
    """Serves a site on a free port and walks its routes: the button, the platform, and back. `make_server` answers a
    function that serves on a port which it has opened already."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    site = f"http://127.0.0.1:{port}"
    opener = urllib.request.build_opener(Stay, urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def ask(address: str, **how: Any) -> Any:
        try:
            return opener.open(urllib.request.Request(address, **how))
        except urllib.error.HTTPError as answer:
            return answer

    with sandbox() as platform:
        serve = make_server(platform.register(f"{site}/instagram/callback"), port)
        threading.Thread(target=serve, daemon=True).start()
        page = ask(f"{site}/").read().decode()
        fields = {"return_to": "/posts"}
        if "csrfmiddlewaretoken" in page:
            fields["csrfmiddlewaretoken"] = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
        begun = ask(f"{site}/instagram/start", data=urllib.parse.urlencode(fields).encode(), headers={"Origin": site})
        print(f"the button: {begun.status}, to the platform")
        address = platform.approve(begun.headers["location"])
        ended = ask(address)
        print(f"back from the platform: {ended.status}, on to {ended.headers['location']}")
        print(ask(f"{site}/posts").read().decode())
        print(f"the same address again: {ask(address).status}")
        foreign = ask(f"{site}/instagram/start", data=b"", headers={"Origin": "https://evil.example"})
        print(f"another site's button: {foreign.status}")
