"""The platform: the command's sandbox, on the real clock, with refreshes that take long."""

import json
import signal
import subprocess
import urllib.request
from pathlib import Path
from urllib.parse import urlencode

REFRESH = "refresh_access_token"
REFRESH_MS = 3000
LIFE_SECONDS = 60 * 86_400
LEFT_SECONDS = 240
"""Of a token's life. In the last five minutes every caller waits for the refresh."""

_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Sandbox:
    """A sandbox that runs. Use it in a `with`."""

    def __init__(self, shutterkey):
        self._process = shutterkey.start("sandbox", "--port", "0", "--json", variables={}, stdout=subprocess.PIPE)

    def __enter__(self):
        try:
            self._prepare()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _prepare(self):
        said = self._said()
        self._url = said["url"]
        self._control_token = Path(said["control_token_file"]).read_text(encoding="utf-8").strip()
        asked = {"product": "instagram", "redirect_uris": ["https://localhost/"]}
        self._client_id = self._control("app", asked)["client_id"]
        self._control("fault", {"endpoint": REFRESH, "kind": "slow", "delay_ms": REFRESH_MS, "lasting": True})

    def __exit__(self, *_):
        self._process.send_signal(signal.SIGINT)
        self._process.communicate()

    def told(self):
        """What a client needs to know of it."""
        return {"sandbox": self._url, "client_id": self._client_id}

    def token_near_its_end(self, person):
        """A token of somebody new, as `mint_token` answers it."""
        self._control("person", {"username": person})
        asked = {"product": "instagram", "person": person, "client_id": self._client_id}
        return self._control("mint_token", {**asked, "age_seconds": LIFE_SECONDS - LEFT_SECONDS})

    def refreshes(self):
        """How many have been asked for, of any account and with any answer."""
        return len(self._control(f"calls?{urlencode({'endpoint': REFRESH})}"))

    def _control(self, word, body=None):
        request = urllib.request.Request(
            f"{self._url}/control/{word}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"X-Shutterkey-Control": self._control_token, "Content-Type": "application/json"},
        )
        with _DIRECT.open(request, timeout=30) as answer:
            return json.load(answer)

    def _said(self):
        """The object that it prints when it listens, in several lines."""
        text = ""
        for line in self._process.stdout:
            text += line
            try:
                return json.loads(text)
            except ValueError:
                pass  # not whole yet
        raise AssertionError(f"the sandbox has ended: {text}")
