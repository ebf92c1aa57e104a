"""Gets an Instagram (Meta) access token and keeps it alive.

After ``shutterkey login``::

    keeper = shutterkey.Keeper()
    response = httpx.get(url, params=keeper.params("me"))
    keeper.report("me", response)

``Client`` and ``Keeper`` wait; ``AsyncClient`` and ``AsyncKeeper`` are for asyncio. ``Sandbox`` plays the platform on
localhost.
"""

from __future__ import annotations

import atexit as _atexit
import os as _os

from . import _native
from ._errors import (
    AccountError,
    ConfigError,
    DeniedError,
    InternalError,
    NeedsLogin,
    NetworkError,
    ProviderDetails,
    ProviderError,
    RedirectError,
    Retry,
    ShutterkeyError,
    StoreError,
    ThrottledError,
    TokenError,
)
from ._native import (
    Account,
    AccountKey,
    AuthorizationRequest,
    Client,
    ClientConfig,
    Connection,
    Event,
    Events,
    FileStore,
    Grant,
    Keeper,
    LoggedOut,
    ManualClock,
    MemoryStore,
    PendingAuthorization,
    PendingJar,
    Provider,
    RecordBytes,
    Refreshable,
    Resumable,
    SealKeys,
    SignedRequest,
    Stored,
    StoredAccount,
    Token,
    TokenAnswer,
    __version__,
    appsecret_proof,
    check_distinct_redirects,
    check_return_to,
    classify,
    discover,
    legacy_signature,
    verify_signed_request,
    verify_webhook,
    webhook_challenge,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._aio import AsyncClient, AsyncEvents, AsyncKeeper, discover_async
    from ._codes import ErrorCode, Family, RetryKind
    from ._sealing import Sealer
    from ._stores import AsyncStore, Store

__all__ = [
    "Account",
    "AccountError",
    "AccountKey",
    "AsyncClient",
    "AsyncEvents",
    "AsyncKeeper",
    "AsyncStore",
    "AuthorizationRequest",
    "Client",
    "ClientConfig",
    "ConfigError",
    "Connection",
    "DeniedError",
    "ErrorCode",
    "Event",
    "Events",
    "Family",
    "FileStore",
    "Grant",
    "InternalError",
    "Keeper",
    "LoggedOut",
    "ManualClock",
    "MemoryStore",
    "NeedsLogin",
    "NetworkError",
    "PendingAuthorization",
    "PendingJar",
    "Provider",
    "ProviderDetails",
    "ProviderError",
    "RecordBytes",
    "RedirectError",
    "Refreshable",
    "Resumable",
    "Retry",
    "RetryKind",
    "SealKeys",
    "Sealer",
    "ShutterkeyError",
    "SignedRequest",
    "Store",
    "StoreError",
    "Stored",
    "StoredAccount",
    "ThrottledError",
    "Token",
    "TokenAnswer",
    "TokenError",
    "__version__",
    "appsecret_proof",
    "check_distinct_redirects",
    "check_return_to",
    "classify",
    "discover",
    "discover_async",
    "legacy_signature",
    "verify_signed_request",
    "verify_webhook",
    "webhook_challenge",
]

# What is not needed by everybody is loaded when it is first asked for.
_LATER = {
    "AsyncClient": "_aio",
    "AsyncEvents": "_aio",
    "AsyncKeeper": "_aio",
    "ErrorCode": "_codes",
    "Family": "_codes",
    "RetryKind": "_codes",
    "Sealer": "_sealing",
    "discover_async": "_aio",
    "AsyncStore": "_stores",
    "Store": "_stores",
}


if not TYPE_CHECKING:  # a type checker would take every name for one of this module

    def __getattr__(name: str) -> object:
        module = _LATER.get(name)
        if module is None:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        value = getattr(import_module(f".{module}", __name__), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted(__all__)


# A child begins with threads of its own, and the interpreter does not end under a thread of ours.
if hasattr(_os, "register_at_fork"):
    _os.register_at_fork(
        before=_native.before_fork,
        after_in_parent=_native.after_fork_in_parent,
        after_in_child=_native.after_fork_in_child,
    )
_atexit.register(_native.at_exit)
