"""Gets an Instagram (Meta) access token and keeps it alive.

After ``shutterkey login``::

    keeper = shutterkey.Keeper()
    response = httpx.get(url, params=keeper.params("me"))
    keeper.report("me", response)

``Client`` and ``Keeper`` wait; ``AsyncClient`` and ``AsyncKeeper`` are for asyncio. ``Sandbox`` plays the platform on
localhost.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._aio import AsyncClient, AsyncEvents, AsyncKeeper, discover_async
    from ._codes import ErrorCode, Family, RetryKind
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
        SandboxError,
        ShutterkeyError,
        StoreError,
        ThrottledError,
        TokenError,
    )
    from ._login import login
    from ._native import (
        Account,
        AccountKey,
        AuthorizationRequest,
        Client,
        ClientConfig,
        Connection,
        Event,
        Events,
        FacebookPage,
        FileStore,
        FleetCounts,
        Grant,
        GranularScope,
        ImportReport,
        InstagramAccount,
        InstagramAccounts,
        Keeper,
        LoggedOut,
        ManualClock,
        MemoryStore,
        MintedToken,
        MissingAccounts,
        PendingAuthorization,
        PendingJar,
        Permissions,
        PostgresStore,
        Provider,
        RecordBytes,
        Refreshable,
        Resealed,
        Resumable,
        SandboxApp,
        SandboxCall,
        SandboxClock,
        SandboxPerson,
        SandboxSeeded,
        SealKeys,
        SealedStore,
        SignedRequest,
        Stored,
        StoredAccount,
        Token,
        TokenAnswer,
        TokenInspection,
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
    from ._sandbox import Sandbox
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
    "FacebookPage",
    "Family",
    "FileStore",
    "FleetCounts",
    "Grant",
    "GranularScope",
    "ImportReport",
    "InstagramAccount",
    "InstagramAccounts",
    "InternalError",
    "Keeper",
    "LoggedOut",
    "ManualClock",
    "MemoryStore",
    "MintedToken",
    "MissingAccounts",
    "NeedsLogin",
    "NetworkError",
    "PendingAuthorization",
    "PendingJar",
    "Permissions",
    "PostgresStore",
    "Provider",
    "ProviderDetails",
    "ProviderError",
    "RecordBytes",
    "RedirectError",
    "Refreshable",
    "Resealed",
    "Resumable",
    "Retry",
    "RetryKind",
    "Sandbox",
    "SandboxApp",
    "SandboxCall",
    "SandboxClock",
    "SandboxError",
    "SandboxPerson",
    "SandboxSeeded",
    "SealKeys",
    "SealedStore",
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
    "TokenInspection",
    "__version__",
    "appsecret_proof",
    "check_distinct_redirects",
    "check_return_to",
    "classify",
    "discover",
    "discover_async",
    "legacy_signature",
    "login",
    "verify_signed_request",
    "verify_webhook",
    "webhook_challenge",
]

# Everything is loaded when it is first asked for: a program pays for what it uses, and a test run that has the pytest
# plugin installed pays for nothing. What is not named here is of the native module.
_LATER = {
    "AccountError": "_errors",
    "AsyncClient": "_aio",
    "AsyncEvents": "_aio",
    "AsyncKeeper": "_aio",
    "ConfigError": "_errors",
    "DeniedError": "_errors",
    "ErrorCode": "_codes",
    "Family": "_codes",
    "InternalError": "_errors",
    "NeedsLogin": "_errors",
    "NetworkError": "_errors",
    "ProviderDetails": "_errors",
    "ProviderError": "_errors",
    "RedirectError": "_errors",
    "Retry": "_errors",
    "RetryKind": "_codes",
    "Sandbox": "_sandbox",
    "SandboxError": "_errors",
    "Sealer": "_sealing",
    "ShutterkeyError": "_errors",
    "StoreError": "_errors",
    "ThrottledError": "_errors",
    "TokenError": "_errors",
    "discover_async": "_aio",
    "AsyncStore": "_stores",
    "Store": "_stores",
    "login": "_login",
}


if not TYPE_CHECKING:  # a type checker would take every name for one of this module

    def __getattr__(name: str) -> object:
        module = _LATER.get(name, "_native" if name in __all__ else None)
        if module is None:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        value = getattr(import_module(f".{module}", __name__), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted(__all__)
