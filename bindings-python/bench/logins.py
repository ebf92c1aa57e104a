"""Full logins a second against the sandbox: authorize, approval, code exchange, long-lived exchange, identity; beside
Authlib doing the same calls, and the approval alone, which is the sandbox's own share."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import shutterkey

REDIRECT = "https://localhost/"


def rate(work: Callable[[], object], seconds: float) -> float:
    count, began = 0, time.perf_counter()
    while time.perf_counter() - began < seconds:
        work()
        count += 1
    return count / (time.perf_counter() - began)


def main(rounds: int = 5, seconds: float = 1.0) -> None:
    with shutterkey.Sandbox() as sandbox:
        app = sandbox.app("instagram", redirect_uri=REDIRECT)
        client = sandbox.client(app)
        keeper = sandbox.keeper(app)

        def approval() -> object:
            return sandbox.approve(client.authorize().url)

        def ours() -> object:
            login = client.authorize()
            return client.complete(login.pending, sandbox.approve(login.url))

        def stored() -> object:
            login = keeper.authorize()
            return keeper.complete(login.pending, sandbox.approve(login.url))

        ways: dict[str, Callable[[], object]] = {
            "the approval alone": approval,
            "shutterkey, Client": ours,
            "shutterkey, Keeper over a memory store": stored,
        }
        theirs = authlib(sandbox, app)
        if theirs:
            ways["Authlib"] = theirs
        figures: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(rounds):
            for name, work in ways.items():
                figures[name].append(rate(work, seconds))
    print("full logins a second:")
    for name, rates in figures.items():
        print(f"    {name:40} {statistics.median(rates):7.0f}   ({min(rates):.0f} to {max(rates):.0f})")


def authlib(sandbox: shutterkey.Sandbox, app: Any) -> Callable[[], object] | None:
    try:
        from authlib.integrations.requests_client import OAuth2Session
    except ImportError:
        print("    Authlib is not installed")
        return None
    base = sandbox.base_url + "/instagram"
    session: Any = OAuth2Session(
        app.client_id, app.reveal_client_secret(), scope="instagram_business_basic", redirect_uri=REDIRECT,
        token_endpoint_auth_method="client_secret_post",
    )

    def work() -> object:
        url, state = session.create_authorization_url(app.authorize_url)
        redirect = sandbox.approve(url)
        short = session.fetch_token(app.token_url, authorization_response=redirect.partition("#")[0], state=state)
        long = session.get(
            base + "/access_token",
            params={
                "grant_type": "ig_exchange_token",
                "client_secret": app.reveal_client_secret(),
                "access_token": short["access_token"],
            },
            withhold_token=True,
        ).json()
        me = session.get(
            base + "/me",
            params={"fields": "id,user_id,username,name,account_type", "access_token": long["access_token"]},
            withhold_token=True,
        )
        me.raise_for_status()
        return me.json()

    return work


if __name__ == "__main__":
    main()
