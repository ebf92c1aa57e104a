"""Looks for secrets in what drivers print, on standard output and standard error: those that are known, and tokens by
their digests."""

import hashlib
import json
import re

RUN = 20
"""Of a long secret this many characters in a row are too many: a text can be cut before it is printed."""

_WORDS = re.compile(r"[A-Za-z0-9_.~-]{16,}")


class Canary:
    """What must not be printed."""

    def __init__(self, secrets):
        self._parts = set()
        self._digests = set()
        self._shown = []
        for secret in secrets:
            self.add(secret)

    def add(self, secret):
        """From now on, and in what has been printed before."""
        length = min(RUN, len(secret))
        self._parts |= {secret[start : start + length] for start in range(len(secret) - length + 1)}

    def look(self, answer, but_in=()):
        """Refuses an answer that shows a secret. Members of `but_in` may."""
        result = answer.get("ok") or {}
        self._digests |= {result[name] for name in ("access", "refresh") if result.get(name)}
        shown = json.dumps({**answer, "ok": {name: value for name, value in result.items() if name not in but_in}})
        self._shown.append(shown)
        self._search(shown)

    def end(self, errors):
        """Looks at what was written on standard error, and once more at everything, for what became known later."""
        for shown in (*self._shown, errors):
            self._search(shown)

    def _search(self, shown):
        for length in {len(part) for part in self._parts}:
            pieces = {shown[start : start + length] for start in range(len(shown) - length + 1)}
            assert not self._parts & pieces, "a secret is printed"
        for word in _WORDS.findall(shown):
            assert hashlib.sha256(word.encode()).hexdigest()[:16] not in self._digests, "a token is printed"
