"""The login platform on localhost."""

from __future__ import annotations

from ._native import Client, FileStore, Keeper, MemoryStore
from ._sandbox_deliveries import SandboxDeliveries

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType

    from typing_extensions import Self, Unpack

    from ._aio import AsyncClient, AsyncKeeper
    from ._native import SandboxApp
    from ._typing import AnyHttp, AnyStore, Length, Product, SandboxSettings


class Sandbox(SandboxDeliveries):
    """Plays the Instagram login platform on localhost: today's and the one of the 2010s, with apps, people, consent
    pages, codes, tokens and a clock that can be moved. No request ever leaves the machine::

        with shutterkey.Sandbox() as sandbox:
            keeper = sandbox.keeper()
            login = keeper.authorize()
            keeper.complete(login.pending, sandbox.approve(login.url), name="me")
            sandbox.clock.advance(timedelta(days=50))
            keeper.token("me")

    Each is a world of its own: fresh, drawn from ``seed`` (1), or a kept ``world``: the text that ``save_world()``
    answered, or the path of a file with it. ``port`` 0 takes any free one. ``profile`` says how it answers where
    sources disagree: as ``production`` is reported to (the default of a fresh world), or as ``documented``.
    ``clock_start`` is its present at the start; otherwise the machine's. ``scenario`` is what there is from the start, as
    for ``seed()``; ``seeded`` answers what was made.

    It runs until ``close()``, the end of ``with`` or ``async with``, or of the process. A forked child cannot drive it,
    only talk to it over HTTP. Raises ``SandboxError`` for whatever it cannot do.
    """

    _store: AnyStore | None = None

    @classmethod
    def kept(cls) -> Self:
        """The world that the command ``shutterkey login --sandbox`` keeps, with its accounts: ``keeper().token("me")``
        works after it. What changes is kept as well, when this is closed; use it in one program at a time."""
        return cls(_kept=True)

    @property
    def store(self) -> AnyStore:
        """Where its keepers keep accounts by default: in memory, and for ``kept()`` where the command does."""
        if self._store is None:
            folder = self._accounts
            self._store = MemoryStore() if folder is None else FileStore(folder)
        return self._store

    def client(
        self,
        app: SandboxApp | None = None,
        *,
        product: Product = "instagram",
        http: AnyHttp | None = None,
        **settings: Unpack[SandboxSettings],
    ) -> Client:
        """A client of an app of this sandbox, which follows its clock: of the product's newest app, which is made if
        there is none. Settings are those of ``SandboxApp.config()``."""
        return Client(self._app(app, product).config(**settings), http=http, clock=self.clock)

    def keeper(
        self,
        app: SandboxApp | None = None,
        store: AnyStore | None = None,
        *,
        product: Product = "instagram",
        namespace: str = "default",
        reread: Length | None = None,
        capacity: int = 10_000,
        http: AnyHttp | None = None,
        **settings: Unpack[SandboxSettings],
    ) -> Keeper:
        """A keeper of such a client's accounts, by default in the sandbox's own store."""
        client = self.client(app, product=product, http=http, **settings)
        store = self.store if store is None else store
        return Keeper(client, store, namespace=namespace, reread=reread, capacity=capacity)

    def async_client(
        self,
        app: SandboxApp | None = None,
        *,
        product: Product = "instagram",
        http: AnyHttp | None = None,
        **settings: Unpack[SandboxSettings],
    ) -> AsyncClient:
        """As ``client()``, for asyncio."""
        from ._aio import AsyncClient

        return AsyncClient(self._app(app, product).config(**settings), http=http, clock=self.clock)

    def async_keeper(
        self,
        app: SandboxApp | None = None,
        store: AnyStore | None = None,
        *,
        product: Product = "instagram",
        namespace: str = "default",
        reread: Length | None = None,
        capacity: int = 10_000,
        http: AnyHttp | None = None,
        **settings: Unpack[SandboxSettings],
    ) -> AsyncKeeper:
        """As ``keeper()``, for asyncio."""
        from ._aio import AsyncKeeper

        client = self.async_client(app, product=product, http=http, **settings)
        store = self.store if store is None else store
        return AsyncKeeper(client, store, namespace=namespace, reread=reread, capacity=capacity)

    async def approve_async(
        self, url: str, person: str | None = None, *, untick: Iterable[str] | None = None, deny: bool = False
    ) -> str:
        """As ``approve()``, for asyncio."""
        return await self._approve(url, person, untick, deny)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._close()


Sandbox.__module__ = "shutterkey"
