"""Logging in from a script or a notebook."""

from __future__ import annotations

import sys
import time

from ._errors import ShutterkeyError
from ._native import (
    Client,
    ClientConfig,
    Connection,
    Keeper,
    LoopbackListener,
    check_login,
    login_mode,
    profile_store,
    redirect_elsewhere,
    take_pasted,
)
from ._native import open_browser as _open

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from typing_extensions import Unpack

    from ._native import Grant, PendingAuthorization, SandboxApp
    from ._sandbox import Sandbox
    from ._typing import AnyHttp, AnyStore, Product, Settings

# Longer than the wait itself, so that it is the wait that ends, in seconds.
_GRACE = 30

# How long to wait before each further try to finish what a fault of the network or the store interrupted.
_PAUSES = (1, 4, 10)

_BY_HAND = "If your browser shows nothing, open this address yourself:"
_PASTE = "Paste the address of the page that you end on, or an error's text, and press Enter; it is not shown."


def login(
    name: str = "me",
    *,
    timeout: float = 300,
    open_browser: bool = True,
    store: AnyStore | None = None,
    namespace: str = "default",
    http: AnyHttp | None = None,
    sandbox: Sandbox | None = None,
    product: Product = "instagram",
    person: str | None = None,
    **settings: Unpack[Settings],
) -> Connection:
    """Logs a person in through their browser, and keeps the account under ``name``: ``Keeper().token(name)`` answers
    its token from then on. For scripts and notebooks; it waits, and Ctrl-C ends it.

    The client is the shared profile's, with ``settings`` over it, and the account goes to the profile's store or to
    ``store``. How the answer comes back follows from the redirect URI: ``http`` on this machine is listened for; for
    ``https://localhost/`` the person pastes the address of the page on which the browser ends. ``open_browser=False``
    prints the address alone.

    ``sandbox`` logs in there instead, to a ``product`` of it, by default into the sandbox's own store
    (``sandbox.keeper()`` finds it): in the browser, or, where none can be opened and where a ``person`` is named, by
    ``sandbox.approve()``. Its settings are those of ``SandboxApp.config()``.

    Raises ``redirect.state_expired`` when nothing is answered within ``timeout`` seconds (the question that a notebook
    asks waits for ever); ``config.redirect_uri`` where the redirect goes to a web site, whose routes complete logins;
    and what can be wrong with the configuration, the answer and the store. Nothing is stored then.
    """
    if sandbox is not None:
        return _in_sandbox(name, sandbox, product, person, timeout, open_browser, store, namespace, http, settings)
    config = ClientConfig.from_profile(**settings)
    store = profile_store(**settings) if store is None else store
    keeper = Keeper(Client(config, http=http), store, namespace=namespace)
    mode, why = login_mode(config)
    if mode == "external":
        raise redirect_elsewhere(config)
    # Before the browser: nobody should approve for nothing.
    check_login(keeper, name)
    listener = LoopbackListener(config.redirect_uri) if mode == "loopback" else None
    return _by_hand(keeper, name, listener, why, timeout, open_browser)


def _in_sandbox(
    name: str,
    sandbox: Sandbox,
    product: Product,
    person: str | None,
    timeout: float,
    open_browser: bool,
    store: AnyStore | None,
    namespace: str,
    http: AnyHttp | None,
    settings: Any,
) -> Connection:
    app, listener = _app_of(sandbox, product, by_hand=person is None)
    if listener is not None:
        settings["redirect_uri"] = listener.redirect_uri
    keeper = sandbox.keeper(app, store, product=product, namespace=namespace, http=http, **settings)
    check_login(keeper, name)
    if listener is not None:
        _, why = login_mode(keeper.client.config)
        return _by_hand(keeper, name, listener, why, timeout, open_browser, sandbox)
    request = keeper.authorize()
    return keeper.complete(request.pending, sandbox.approve(request.url, person), name=name)


def _app_of(sandbox: Sandbox, product: Product, by_hand: bool) -> tuple[SandboxApp, LoopbackListener | None]:
    """The app to log in to, and what takes the redirect of a real browser."""
    known = sandbox._known_app(product)
    name = sandbox._app_name or ""
    if not by_hand:
        return known or sandbox.app(product, name=name, allow_implicit=True), None
    if known is not None:
        for redirect_uri in known.redirect_uris:
            try:
                return known, LoopbackListener(redirect_uri)
            except ShutterkeyError:
                continue
    listener = LoopbackListener("http://127.0.0.1/callback", any_port=True)
    redirect_uri = listener.redirect_uri
    return sandbox.app(product, redirect_uri, name=name, allow_loopback_http=True, allow_implicit=True), listener


def _by_hand(
    keeper: Keeper,
    name: str,
    listener: LoopbackListener | None,
    why: str,
    timeout: float,
    open_browser: bool,
    sandbox: Sandbox | None = None,
) -> Connection:
    try:
        request = keeper.authorize(ttl=timeout + _GRACE)
        nowhere = _open(request.url) if open_browser else "Open this address in a browser:"
        if nowhere and open_browser and sandbox is not None:
            return keeper.complete(request.pending, sandbox.approve(request.url), name=name)
        _say(f"{why}\n{nowhere or _BY_HAND}\n\n{request.url}\n")
        grant = (
            listener.wait(request.pending, keeper.client, timeout)
            if listener is not None
            else _pasted(request.pending, keeper.client, timeout)
        )
    finally:
        if listener is not None:
            listener.close()
    return _complete(keeper, request.pending, grant, name)


def _complete(keeper: Keeper, pending: PendingAuthorization, grant: Grant, name: str) -> Connection:
    """When a step after the exchange fails in passing, it is tried again: the code is spent, and what was received is
    safe."""
    try:
        return keeper.complete_grant(pending, grant, name=name)
    except ShutterkeyError as error:
        failed = error
    for pause in _PAUSES:
        if failed.resumable is None or failed.retry.kind != "backoff":
            break
        _say(f"The token was received, and a later step failed: {failed} Trying to finish.")
        time.sleep(pause)
        try:
            return keeper.resume(failed.resumable)
        except ShutterkeyError as error:
            failed = error
    raise failed


def _pasted(pending: PendingAuthorization, client: Client, timeout: float) -> Grant:
    from . import _paste

    _say(_PASTE)
    with _paste.reader(timeout) as read:
        return take_pasted(pending, client, read, _explain, timeout)


def _explain(error: ShutterkeyError) -> None:
    _say(f"{error}\n{error.hint}")


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
