"""The same for ``asyncio``. What is not waited for is the same method; what is, is a coroutine.

A task that is cancelled stops waiting and nothing else: what the provider has sent is still stored, and no lease stays.
"""

from __future__ import annotations

from ._native import Client, Events, Keeper, _discover

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from types import TracebackType

    from typing_extensions import Self, Unpack

    from ._native import (
        Account,
        AccountKey,
        AuthorizationRequest,
        ClientConfig,
        Connection,
        Event,
        FleetCounts,
        Grant,
        ImportReport,
        InstagramAccounts,
        LoggedOut,
        PendingAuthorization,
        Permissions,
        Provider,
        Resumable,
        StoredAccount,
        Token,
        TokenAnswer,
        TokenInspection,
    )
    from ._typing import (
        AnyHttp,
        AnyLines,
        AnyStore,
        AuthorizeOptions,
        Body,
        ClockLike,
        Headers,
        Length,
        Moment,
        ResponseLike,
        Settings,
        StreamedResponseLike,
        TokenKind,
    )


class AsyncClient:
    """A :class:`Client` for ``asyncio``, for callers who keep tokens themselves. Most people want an :class:`AsyncKeeper`.

    Made as a :class:`Client` is; ``http=`` may also be an ``httpx.AsyncClient``.
    """

    __slots__ = ("_client",)

    def __init__(
        self,
        config: ClientConfig | None = None,
        *,
        http: AnyHttp | None = None,
        clock: ClockLike | None = None,
        **settings: Unpack[Settings],
    ) -> None:
        self._client = Client._for_asyncio(config, http=http, clock=clock, **settings)

    @property
    def config(self) -> ClientConfig:
        """The configuration."""
        return self._client.config

    def now(self) -> datetime:
        """The present, on this client's clock."""
        return self._client.now()

    def authorize(self, **options: Unpack[AuthorizeOptions]) -> AuthorizationRequest:
        """Begins a login: the URL to open in the person's browser, and what to keep until the answer comes."""
        return self._client.authorize(**options)

    async def complete(self, pending: PendingAuthorization, redirect_url: str) -> Connection:
        """Completes a login from its redirect URL. Nothing is stored. A login is completed once."""
        grant = pending.accept(redirect_url, now=self._client.now())
        return await self._client._complete_grant(pending, grant)

    async def complete_grant(self, pending: PendingAuthorization, grant: Grant) -> Connection:
        """The same for a grant that was accepted before: with a session, from a query, or pasted."""
        return await self._client._complete_grant(pending, grant)

    async def resume(self, resumable: Resumable) -> Connection:
        """Finishes a login whose code is spent and whose later step failed."""
        return await self._client._resume(resumable)

    async def exchange(self, pending: PendingAuthorization, grant: Grant) -> TokenAnswer:
        """The exchange alone."""
        return await self._client._exchange(pending, grant)

    async def extend(self, token: Token) -> Token:
        """Makes a short-lived token long-lived."""
        return await self._client._extend(token)

    async def refresh(self, token: Token) -> Token:
        """Refreshes a token."""
        return await self._client._refresh(token)

    async def identify(self, token: Token) -> Account:
        """Asks whose token it is."""
        return await self._client._identify(token)

    async def revoke(self, token: Token) -> None:
        """Ends a token at the provider."""
        await self._client._revoke(token)

    async def inspect_token(self, token: Token, *, inspector: Token | None = None) -> TokenInspection:
        """Asks the platform what a token is: whether it lives, whose it is, and which app it was made for. ``inspector``
        asks instead of the app itself."""
        return await self._client._inspect_token(token, inspector)

    async def app_token(self) -> Token:
        """Asks for the app's own token (RFC 6749 4.4)."""
        return await self._client._app_token()

    async def instagram_accounts(self, token: Token) -> InstagramAccounts:
        """The Instagram accounts that a token leads to; an empty answer has a reason."""
        return await self._client._instagram_accounts(token)

    async def permissions(self, token: Token) -> Permissions:
        """What became of each permission: granted, declined or expired."""
        return await self._client._permissions(token)

    async def revoke_permission(self, token: Token, permission: str) -> None:
        """Takes one permission back. The token lives on without it."""
        await self._client._revoke_permission(token, permission)

    def __repr__(self) -> str:
        return f"Async{self._client!r}"


class AsyncKeeper:
    """A :class:`Keeper` for ``asyncio``: keeps the tokens of one client's accounts alive.

    Made as a :class:`Keeper` is, with an :class:`AsyncClient` where that takes a :class:`Client`.
    """

    __slots__ = ("_client", "_keeper")

    def __init__(
        self,
        client: AsyncClient | ClientConfig | None = None,
        store: AnyStore | None = None,
        *,
        namespace: str = "default",
        reread: Length | None = None,
        capacity: int = 10_000,
        http: AnyHttp | None = None,
        clock: ClockLike | None = None,
        **settings: Unpack[Settings],
    ) -> None:
        self._client = client if isinstance(client, AsyncClient) else None
        self._keeper = Keeper._for_asyncio(
            client._client if isinstance(client, AsyncClient) else client,
            store,
            namespace=namespace,
            reread=reread,
            capacity=capacity,
            http=http,
            clock=clock,
            **settings,
        )

    @property
    def client(self) -> AsyncClient:
        """The client."""
        if self._client is None:
            client = AsyncClient.__new__(AsyncClient)
            client._client = self._keeper.client
            self._client = client
        return self._client

    @property
    def store(self) -> AnyStore:
        """The store, as it was given."""
        return self._keeper.store

    @property
    def namespace(self) -> str:
        """The namespace in the store."""
        return self._keeper.namespace

    def authorize(self, **options: Unpack[AuthorizeOptions]) -> AuthorizationRequest:
        """Begins a login: the URL to open in the person's browser, and what to keep until the answer comes."""
        return self._keeper.authorize(**options)

    async def complete(
        self, pending: PendingAuthorization, redirect_url: str, *, name: str | None = None
    ) -> Connection:
        """Completes a login from its redirect URL and stores the account, under a name of the caller's own if one is
        given. Two callbacks of one login at once get the same result; a later one gets ``redirect.state_used``."""
        grant = pending.accept(redirect_url, now=self._keeper.client.now())
        return await self._keeper._complete_grant(pending, grant, name)

    async def complete_grant(
        self, pending: PendingAuthorization, grant: Grant, *, name: str | None = None
    ) -> Connection:
        """The same for a grant that was accepted before: with a session, from a query, or pasted."""
        return await self._keeper._complete_grant(pending, grant, name)

    async def resume(self, resumable: Resumable) -> Connection:
        """Finishes a login whose code is spent and whose later step failed."""
        return await self._keeper._resume(resumable)

    async def import_token(
        self,
        token: str | Token,
        *,
        name: str | None = None,
        kind: TokenKind | None = None,
        expires_at: Moment | None = None,
        from_device: bool = False,
    ) -> Connection:
        """Takes a token that was made elsewhere, asks the provider whose it is and stores the account. One that came
        ``from_device`` is taken only if the provider says that it was made for this app."""
        return await self._keeper._import_token(token, name, kind, expires_at, from_device)

    async def import_many(
        self, source: AnyLines, *, dry_run: bool = False, spread: Length | None = None
    ) -> ImportReport:
        """Takes in the accounts of a fleet: a line of NDJSON each, from a path, an open file, or any iterable of lines,
        which may be asynchronous. See :meth:`Keeper.import_many`."""
        from ._lines import batches

        taking = self._keeper._import(dry_run, spread)
        async for batch in batches(source):
            await taking.add(batch)
        return await taking.finish()

    async def run(
        self,
        *,
        per_second: float = 10.0,
        at_once: int = 16,
        poll: Length = 30.0,
        once: bool = False,
        on_progress: Callable[[FleetCounts], object] | None = None,
    ) -> FleetCounts:
        """Keeps every account of this client in the store alive; see :meth:`Keeper.run`.

        A task that is cancelled finishes what is under way before it ends; cancelled once more, it ends at once, and
        what is under way is finished beside it. ``stop()`` ends it with the counts.
        """
        import asyncio

        running = self._keeper._run(per_second, at_once, poll, once)
        done = running.done()
        try:
            while not done.done():
                await asyncio.wait([done], timeout=None if on_progress is None else 1)
                counts = running.changed()
                if on_progress is not None and counts is not None:
                    on_progress(counts)
        except BaseException:
            running.stop()
            await asyncio.wait([done])
            # Somebody has looked at it.
            done.exception()
            raise
        return done.result()

    def stop(self) -> None:
        """Has every :meth:`run` of this keeper in this process finish what is under way and end."""
        self._keeper.stop()

    async def token(self, name: str) -> Token:
        """A live token of the account with this name, or user id. From memory while it is fresh; refreshed beside the
        answer when it is due, and only near its end does a caller wait. One refresh serves all callers."""
        fresh = self._keeper._fresh(name)
        return fresh if fresh is not None else await self._keeper._token(name)

    async def params(self, name: str) -> dict[str, str]:
        """The account's token as query parameters: ``{"access_token": …}``."""
        return (await self.token(name)).params()

    async def headers(self, name: str) -> dict[str, str]:
        """The account's token as a header (RFC 6750 2.1): ``{"Authorization": "Bearer …"}``."""
        return (await self.token(name)).headers()

    async def refresh(self, name: str) -> Token:
        """Refreshes now, although it may not be due. Younger than 24 hours raises ``token.too_young``."""
        return await self._keeper._refresh(name)

    async def report(
        self,
        name: str,
        response: ResponseLike | StreamedResponseLike | int,
        body: Body | None = None,
        headers: Headers | None = None,
    ) -> None:
        """Tells the keeper what an API answered to a call with the account's token: a response whose body was read, or
        status, body and headers. Raises what the answer means when it is not a success."""
        await self._keeper._report(name, response, body, headers)

    async def account(self, name: str) -> StoredAccount:
        """One account as the store has it."""
        return await self._keeper._account(name)

    async def accounts(self) -> list[StoredAccount]:
        """This client's accounts in the store, ordered by key."""
        return await self._keeper._accounts()

    async def find_app_scoped(self, app_scoped_id: str) -> AccountKey | None:
        """The account that a deauthorize or data-deletion callback is about."""
        return await self._keeper._find_app_scoped(app_scoped_id)

    async def instagram_accounts(self, name: str) -> InstagramAccounts:
        """The Instagram accounts that the account's token leads to; an empty answer has a reason."""
        return await self._keeper._instagram_accounts(name)

    async def logout(self, name: str) -> LoggedOut:
        """Ends the account's token at the provider where that is possible, and removes the account."""
        return await self._keeper._logout(name)

    def forget(self, name: str) -> None:
        """Drops an account from memory; the store keeps it."""
        self._keeper.forget(name)

    def events(self) -> AsyncEvents:
        """What happens beside the answers, for ``async for``. A bounded queue; one reader gets each event."""
        return AsyncEvents(self._keeper)

    async def settle(self) -> None:
        """Waits until everything that runs beside the answers has ended."""
        await self._keeper._settle()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.settle()

    def __repr__(self) -> str:
        return f"Async{self._keeper!r}"


class AsyncEvents:
    """What happens beside a keeper's answers: ``async for event in keeper.events()``. Cancelling it loses no event."""

    __slots__ = ("_events", "_keeper")

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper
        self._events: Events = keeper.events()

    def try_next(self) -> Event | None:
        """The next event if there is one."""
        return self._events.try_next()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Event:
        while True:
            event = self._events.try_next()
            if event is not None:
                return event
            await self._keeper._event_ready()


async def discover_async(
    issuer: str,
    *,
    id: str | None = None,
    name: str | None = None,
    identity_endpoint: str | None = None,
    identity_member: str = "sub",
    secret_in_body: bool = False,
    pkce: bool = True,
    http: AnyHttp | None = None,
) -> Provider:
    """:func:`discover` for ``asyncio``."""
    return await _discover(
        issuer,
        id=id,
        name=name,
        identity_endpoint=identity_endpoint,
        identity_member=identity_member,
        secret_in_body=secret_in_body,
        pkce=pkce,
        http=http,
    )


AsyncClient.__module__ = AsyncKeeper.__module__ = AsyncEvents.__module__ = discover_async.__module__ = "shutterkey"
