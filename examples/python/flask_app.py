"""A Flask site that connects Instagram accounts.

    python examples/python/flask_app.py

runs it offline, against a sandbox, and walks its routes.
"""

from __future__ import annotations

import logging
import os
import secrets
from collections.abc import Callable

import offline
from flask import Flask, Request, request
from werkzeug.serving import make_server as werkzeug_server

import shutterkey
from shutterkey.flask import Connect

# What `shutterkey keygen` prints, the same for all processes of the site.
KEYS = os.environ.get("SITE_KEYS", "once:" + secrets.token_urlsafe(32))


def signed_in(request: Request) -> str:
    """Who is signed in at this site. Here, it is always the same person."""
    return "ada.sandbox"


def make_app(config: shutterkey.ClientConfig) -> Flask:
    keeper = shutterkey.Keeper(shutterkey.Client(config), shutterkey.MemoryStore())

    def connected(request: Request, connection: shutterkey.Connection) -> None:
        print(f"connected: {connection.account.username}")

    def deleted(request: Request, user_id: str, confirmation_code: str) -> None:
        print(f"delete what belongs to {user_id}; confirmed as {confirmation_code}")

    connect = Connect(keeper, keys=KEYS, name=signed_in, on_connected=connected, on_data_deletion=deleted)
    app = Flask(__name__)
    # start, callback, deauthorize, data-deletion and webhook
    app.register_blueprint(connect.blueprint)

    @app.get("/")
    def home() -> str:
        return f'<form method="post" action="{connect.path("start")}"><button>Connect Instagram</button></form>'

    @app.get("/posts")
    def posts() -> str:
        token = keeper.token(signed_in(request))  # live, refreshed when due
        return f"a call with a token until {token.expires_at:%Y-%m-%d}"

    return app


def make_server(config: shutterkey.ClientConfig, port: int) -> Callable[[], None]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    return werkzeug_server("127.0.0.1", port, make_app(config), threaded=True).serve_forever


if __name__ == "__main__":
    offline.walk(make_server)
