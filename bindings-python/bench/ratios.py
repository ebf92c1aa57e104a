"""Compares with the floor (the standard library alone) and with peers, as ratios of one run.

    python bench/ratios.py [--rounds N]

Every round measures all the ways of doing a thing one after the other, and the ratio is taken within the round: what
disturbs the machine disturbs both. Printed is the median of the rounds, with the smallest and the largest ratio.
"""

from __future__ import annotations

import argparse
import base64
import gc
import hashlib
import json
import secrets
import statistics
import sys
import time
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import peers

import shutterkey
from shutterkey import protocol

CLIENT_ID = "990602627938098"
SECRET = "0123456789abcdef0123456789abcdef"
REDIRECT = "https://app.example/instagram/callback"
SCOPE = "instagram_business_basic"
BODY = json.dumps(
    {
        "access_token": "IGAA" + "x" * 140,
        "user_id": 17841400000000001,
        "permissions": "instagram_business_basic,instagram_business_content_publish",
    }
).encode()


def config() -> shutterkey.ClientConfig:
    return shutterkey.ClientConfig(
        client_id=CLIENT_ID, client_secret=SECRET, redirect_uri=REDIRECT, scopes=[SCOPE]
    )


def per_call(work: Callable[[], object], seconds: float = 0.05) -> float:
    """Nanoseconds of one call, the collector at rest."""
    calls = 1
    while True:
        began = time.perf_counter_ns()
        for _ in range(calls):
            work()
        took = time.perf_counter_ns() - began
        if took > seconds * 1e9:
            return took / calls
        calls = max(calls * 2, int(calls * seconds * 1e9 / max(took, 1)))


def compare(title: str, ours: Callable[[], object], others: dict[str, Callable[[], object]], rounds: int) -> None:
    mine: list[float] = []
    theirs: dict[str, list[float]] = {name: [] for name in others}
    for _ in range(rounds):
        gc.disable()
        own = per_call(ours)
        mine.append(own)
        for name, work in others.items():
            theirs[name].append(per_call(work) / own)
        gc.enable()
    print(f"{title}: {statistics.median(mine) / 1000:.2f} us")
    for name, ratios in theirs.items():
        median, least, most = statistics.median(ratios), min(ratios), max(ratios)
        print(f"    {name:48} {median:8.2f} times ours   ({least:.2f} to {most:.2f})")


def standard_library() -> tuple[str, str, str]:
    """State, verifier and challenge, without a URL: the least that anybody needs."""
    state = secrets.token_urlsafe(32)
    verifier = secrets.token_urlsafe(32)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    return state, verifier, challenge


def fresh_redirects(count: int, state: str) -> list[str]:
    """No two are equal, so that no cache of `urlsplit` answers."""
    return [f"{REDIRECT}?code=AQ{number:012d}{'x' * 80}&state={state}#_" for number in range(count)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rounds", type=int, default=9)
    rounds = parser.parse_args().rounds
    print(f"CPython {sys.version.split()[0]}, shutterkey {shutterkey.__version__}")

    client = shutterkey.Client(config())
    compare(
        "authorize URL with state and PKCE",
        client.authorize,
        {"secrets + hashlib + base64, no URL": standard_library, **peers.authorize(CLIENT_ID, REDIRECT, SCOPE)},
        rounds,
    )

    login = client.authorize()
    state = parse_qs(urlsplit(login.url).query)["state"][0]
    urls = iter(())

    def following() -> str:
        nonlocal urls
        for url in urls:
            return url
        urls = iter(fresh_redirects(20_000, state))
        return next(urls)

    pending = login.pending

    def split() -> dict[str, list[str]]:
        return parse_qs(urlsplit(following()).query)

    compare(
        "redirect accepted, all checks",
        lambda: pending.accept(following()),
        {"urlsplit + parse_qs, no check": split, **peers.accept(REDIRECT, state, following)},
        rounds,
    )

    response = protocol.HttpResponse(200, BODY)
    provider, asked = client.config.provider, client.config.scopes
    moment = time.time()
    compare(
        "token answer read",
        lambda: protocol.parse_exchange_response(provider, asked, response, now=moment),
        {"json.loads": lambda: json.loads(BODY), **peers.parse(BODY)},
        rounds,
    )
    fresh_token(rounds)


def fresh_token(rounds: int) -> None:
    with shutterkey.Sandbox() as sandbox:
        app = sandbox.app("instagram", redirect_uri="https://localhost/")
        keeper = sandbox.keeper(app)
        login = keeper.authorize()
        keeper.complete(login.pending, sandbox.approve(login.url), name="me")
        keeper.token("me")
        table = {"me": "a dictionary that forgets nothing"}
        compare("keeper.token() of a fresh token", lambda: keeper.token("me"), {"a dict look-up": lambda: table["me"]}, rounds)


if __name__ == "__main__":
    main()
