"""A FastAPI site that connects Instagram accounts.

    python examples/python/fastapi_app.py

runs it offline, against a sandbox, and walks its routes.
"""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Callable

import offline
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse

import shutterkey
from shutterkey.starlette import Connect

# What `shutterkey keygen` prints, the same for all processes of the site.
KEYS = os.environ.get("SITE_KEYS", "once:" + secrets.token_urlsafe(32))


def signed_in(request: Request) -> str:
    """Who is signed in at this site. Here, it is always the same person."""
    return "ada.sandbox"


def make_app(config: shutterkey.ClientConfig) -> FastAPI:
    keeper = shutterkey.AsyncKeeper(shutterkey.AsyncClient(config), shutterkey.MemoryStore())

    async def connected(request: Request, connection: shutterkey.Connection) -> None:
        print(f"connected: {connection.account.username}")

    async def deleted(request: Request, user_id: str, confirmation_code: str) -> None:
        print(f"delete what belongs to {user_id}; confirmed as {confirmation_code}")

    connect = Connect(keeper, keys=KEYS, name=signed_in, on_connected=connected, on_data_deletion=deleted)
    # start, callback, deauthorize, data-deletion and webhook
    app = FastAPI(routes=connect.routes)

    @app.get("/", response_class=HTMLResponse)
    async def home() -> str:
        return f'<form method="post" action="{connect.path("start")}"><button>Connect Instagram</button></form>'

    @app.get("/posts")
    async def posts(request: Request) -> str:
        token = await keeper.token(signed_in(request))  # live, refreshed when due
        return f"a call with a token until {token.expires_at:%Y-%m-%d}"

    return app


def make_server(config: shutterkey.ClientConfig, port: int) -> Callable[[], None]:
    server = uvicorn.Server(uvicorn.Config(make_app(config), log_level="warning"))
    opened = socket.create_server(("127.0.0.1", port))
    return lambda: server.run(sockets=[opened])


if __name__ == "__main__":
    offline.walk(make_server)
