"""Looks for secrets in what drivers print: those that are known, and tokens by their digests."""

import hashlib
import json
import re

_WORDS = re.compile(r"[A-Za-z0-9_.~-]{16,}")


class Canary:
    """What must not be printed."""

    def __init__(self, secrets):
        self._secrets = list(secrets)
        self._digests = set()

    def add(self, secret):
        self._secrets.append(secret)

    def look(self, answer, but_in=()):
        """Refuses an answer that shows a secret. Members of `but_in` may."""
        result = answer.get("ok") or {}
        self._digests |= {result[name] for name in ("access", "refresh") if result.get(name)}
        shown = json.dumps({**answer, "ok": {name: value for name, value in result.items() if name not in but_in}})
        for secret in self._secrets:
            assert secret not in shown, "a secret is printed"
        for word in _WORDS.findall(shown):
            assert hashlib.sha256(word.encode()).hexdigest()[:16] not in self._digests, "a token is printed"
