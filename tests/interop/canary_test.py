#!/usr/bin/env python3
"""That the canary finds what it looks for: a search that finds nothing looks like one that found nothing wrong."""

import hashlib
import sys

sys.dont_write_bytecode = True

from canary import RUN, Canary  # noqa: E402

SECRET = "a-secret-that-is-long-enough-0123456789"
TOKEN = "eyJhbGciOiJub25lIn0.e30.c2lnbmF0dXJl"


def shows(canary, *answers, errors=""):
    """Whether it finds something in what a driver answers and writes on standard error."""
    try:
        for answer in answers:
            canary.look(answer, but_in=("url",))
        canary.end(errors)
    except AssertionError:
        return True
    return False


def token_answer(**more):
    return {"ok": {"access": hashlib.sha256(TOKEN.encode()).hexdigest()[:16], **more}}


def known_later():
    canary = Canary([])
    canary.look({"error": "x", "text": SECRET})
    canary.add(SECRET)
    return canary


CASES = [
    ("a secret in an answer", True, shows(Canary([SECRET]), {"error": "x", "text": f"no {SECRET}!"})),
    ("a part of a secret", True, shows(Canary([SECRET]), {"error": "x", "text": SECRET[3 : 3 + RUN]})),
    ("less of a secret than counts", False, shows(Canary([SECRET]), {"error": "x", "text": SECRET[: RUN - 1]})),
    ("a short secret", True, shows(Canary(["short"]), {"error": "x", "text": "a short one"})),
    ("a secret on standard error", True, shows(Canary([SECRET]), errors=f"panicked at {SECRET}\n")),
    ("a secret that became known later", True, shows(known_later())),
    ("a token in an answer", True, shows(Canary([]), token_answer(printed=TOKEN))),
    ("a token on standard error", True, shows(Canary([]), token_answer(), errors=f"Token({TOKEN})")),
    ("a secret where it may be", False, shows(Canary([SECRET]), {"ok": {"url": f"https://a.example/?state={SECRET}"}})),
    ("nothing", False, shows(Canary([SECRET]), token_answer(printed="[redacted]"), errors="warning: nothing\n")),
]

failed = [name for name, wanted, found in CASES if wanted is not found]
print(f"the canary is wrong about: {', '.join(failed)}" if failed else f"{len(CASES)} ways are told apart")
sys.exit(1 if failed else 0)
