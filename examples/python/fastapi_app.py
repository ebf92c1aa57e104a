"""A FastAPI site that connects Instagram accounts.

    python examples/python/fastapi_app.py

runs it offline, against a sandbox, and walks its routes.
"""

from __future__ import annotations

import os

import offline
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, PlainTextResponse

import shutterkey
from shutterkey.starlette import Connect

# What `shutterkey keygen` prints, the same for all processes of the site.
KEYS = os.environ.get("SITE_KEYS") or shutterkey.SealKeys.generate()


def signed_in(request: Request) -> str:
    """Who is signed in at this site. Here, it is always the same person."""
    return "ada.sandbox"


async def connected(request: Request, connection: shutterkey.Connection) -> None:
    print(f"connected: {connection.account.username}")


async def deleted(request: Request, user_id: str, confirmation_code: str) -> None:
    print(f"delete what belongs to {user_id}; confirmed as {confirmation_code}")


def make_app(keeper: shutterkey.AsyncKeeper) -> FastAPI:
    connect = Connect(keeper, keys=KEYS, name=signed_in, on_connected=connected, on_data_deletion=deleted)
    # start, callback, deauthorize, data-deletion and webhook; those for an app are in app_backend.py
    app = FastAPI(routes=connect.routes)

    @app.get("/", response_class=HTMLResponse)
    async def home() -> str:
        return f"""<form method="post" action="{connect.path("start")}">
            <input type="hidden" name="return_to" value="/posts"><button>Connect Instagram</button></form>"""

    @app.get("/posts", response_class=PlainTextResponse)
    async def posts(request: Request) -> str:
        token = await keeper.token(signed_in(request))  # live, refreshed when due
        return f"called with a token until {token.expires_at:%Y-%m-%d}"

    return app


if __name__ == "__main__":
    with shutterkey.Sandbox() as sandbox:
        keeper = sandbox.async_keeper(sandbox.app(redirect_uri=offline.CALLBACK))
        offline.walk(sandbox, offline.Asgi(make_app(keeper)))
