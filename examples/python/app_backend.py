"""The backend of an app: it holds the app secret, and the app has the browser.

    python examples/python/app_backend.py            walks it offline, against a sandbox of its own
    python examples/python/app_backend.py --serve    serves it for the app examples in examples/swift and examples/kotlin

With `--serve` the first line printed is its address. It is a client of the sandbox at SHUTTERKEY_SANDBOX_URL (with
SHUTTERKEY_SANDBOX_CONTROL, its control token), or starts one of its own and prints both.
"""

from __future__ import annotations

import os
import sys

import httpx
import offline
from flask import Flask, Request
from werkzeug.serving import WSGIRequestHandler, make_server

import shutterkey
from shutterkey.flask import Connect
from shutterkey.protocol import HandoverStart

# Where the app takes answers: a universal link (app link), registered with the platform like any redirect URI.
APP_LINK = f"{offline.SITE}/instagram/app"

# How an app's user signs in is the app's own business. Two users, who have signed in:
USERS = {"Bearer demo-ada": "ada", "Bearer demo-eve": "eve"}


def signed_in(request: Request) -> str | None:
    return USERS.get(request.headers.get("Authorization", ""))


def make_app(keeper: shutterkey.Keeper) -> Flask:
    keys = os.environ.get("SITE_KEYS") or shutterkey.SealKeys.generate()
    connect = Connect(keeper, keys=keys, name=signed_in, app_redirect_uri=APP_LINK)
    app = Flask(__name__)
    # handover-start and handover-finish are among its routes
    app.register_blueprint(connect.blueprint)
    return app


def walk(sandbox: shutterkey.Sandbox, site: httpx.BaseTransport) -> None:
    """What an app does: it begins, opens the browser, and hands over what came back."""
    ada, eve = ({"Authorization": f"Bearer demo-{name}"} for name in ("ada", "eve"))
    with httpx.Client(transport=site, base_url=offline.SITE) as app:
        begun = app.post("/instagram/handover-start", headers=ada)
        offline.show("the app begins", begun, "an address and a handle")
        login = HandoverStart.parse(begun.text)
        back = sandbox.approve(login.url, person="studio")
        handover = login.answer(back, now=sandbox.clock.now()).to_json()
        json = {"Content-Type": "application/json"}
        stolen = app.post("/instagram/handover-finish", content=handover, headers={**eve, **json})
        offline.show("another user's app", stolen, stolen.json()["error"]["code"])
        ended = app.post("/instagram/handover-finish", content=handover, headers={**ada, **json})
        offline.show("the app hands over", ended, ended.json()["account"]["username"])


def at_sandbox() -> shutterkey.Keeper:
    """A keeper at the sandbox that is running, for an app that is registered there now."""
    url, token = os.environ["SHUTTERKEY_SANDBOX_URL"], os.environ["SHUTTERKEY_SANDBOX_CONTROL"]
    app = {"product": "instagram", "redirect_uris": [offline.CALLBACK, APP_LINK]}
    registered = httpx.post(f"{url}/control/app", json=app, headers={"X-Shutterkey-Control": token})
    registered.raise_for_status()
    config = shutterkey.ClientConfig(
        provider=shutterkey.Provider.in_sandbox("instagram", url),
        client_id=registered.json()["client_id"],
        client_secret=registered.json()["client_secret"],
        redirect_uri=offline.CALLBACK,
    )
    return shutterkey.Keeper(shutterkey.Client(config), store=shutterkey.MemoryStore())


def serve(keeper: shutterkey.Keeper) -> None:
    class Quiet(WSGIRequestHandler):
        def log(self, type: str, message: str, *args: object) -> None:
            pass

    port = int(os.environ.get("PORT", "0"))
    server = make_server("127.0.0.1", port, make_app(keeper), threaded=True, request_handler=Quiet)
    print(f"http://127.0.0.1:{server.port}", flush=True)
    server.serve_forever()


def main() -> None:
    if "--serve" in sys.argv and "SHUTTERKEY_SANDBOX_URL" in os.environ:
        return serve(at_sandbox())
    with shutterkey.Sandbox() as sandbox:
        keeper = sandbox.keeper(sandbox.app(redirect_uri=[offline.CALLBACK, APP_LINK]))
        if "--serve" in sys.argv:
            print(f"export SHUTTERKEY_SANDBOX_URL={sandbox.base_url}", file=sys.stderr)
            print(f"export SHUTTERKEY_SANDBOX_CONTROL={sandbox.reveal_control_token()}", file=sys.stderr)
            return serve(keeper)
        return walk(sandbox, httpx.WSGITransport(make_app(keeper)))


if __name__ == "__main__":
    main()
