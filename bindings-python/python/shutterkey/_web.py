"""What the adapters to web frameworks share: which hooks are called when. What a request may do and what is answered is
decided in the core."""

from __future__ import annotations

import inspect
import json
import logging
from collections.abc import Callable, Coroutine, Iterable, Mapping
from typing import Any, TypeVar

from ._native import Keeper, SealKeys, WebAnswer, WebRequest, WebRoutes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._aio import AsyncKeeper

T = TypeVar("T")

# The most that a body may have, in bytes. A delivery of a webhook holds up to a thousand updates.
BODY_CAP = 1 << 20

ROUTES: Mapping[str, tuple[str, ...]] = {
    "start": ("GET", "POST"),
    "callback": ("GET",),
    "deauthorize": ("POST",),
    "data-deletion": ("GET", "POST"),
    "webhook": ("GET", "POST"),
    "handover-start": ("POST",),
    "handover-finish": ("POST",),
}

_log = logging.getLogger("shutterkey.web")


class Connect:
    """The routes with which people connect their accounts, for one keeper.

    keeper              where accounts are stored
    keys                what seals the cookie that logins wait in, a `SealKeys` or what `shutterkey keygen` prints: the same for
                        all processes, and for all clients of a site
    name(request)       who is logged in at this site, or None. The login is bound to it, and the account is stored under it;
                        an app whose user is nobody is refused
    context(request)    small data of yours that comes back with the connection
    options             further options of `authorize()`, such as required_scopes
    origin, trusted_origins, prefix, home, app_redirect_uri, app_secrets, verify_token
                        see the guide; without any of them, everything follows from the redirect URI
    on_connected(request, connection)
                        a login is completed and stored; may answer a response in place of the redirect
    on_deauthorized(request, user_id, removed)
                        the person removed the app; the keeper has removed the account, whose key is `removed`
    on_data_deletion(request, user_id, confirmation_code)
                        the person wants everything deleted; do it, or note it down, before you return
    deletion_status(request, confirmation_code, requested_at)
                        what the status page says, where the deletion takes longer
    on_webhook(request, payload)
                        a verified delivery
    on_error(request, error)
                        a login did not come about; may answer a response in place of the page
    """

    # Whether the framework awaits.
    _awaits = False

    def __init__(
        self,
        keeper: Keeper | AsyncKeeper,
        *,
        keys: SealKeys | str,
        name: Callable[[Any], Any] | None = None,
        context: Callable[[Any], Any] | None = None,
        options: Mapping[str, Any] | None = None,
        origin: str | None = None,
        trusted_origins: Iterable[str] = (),
        prefix: str | None = None,
        home: str | None = None,
        app_redirect_uri: str | None = None,
        app_secrets: Iterable[str] = (),
        verify_token: str | None = None,
        on_connected: Callable[..., Any] | None = None,
        on_deauthorized: Callable[..., Any] | None = None,
        on_data_deletion: Callable[..., Any] | None = None,
        deletion_status: Callable[..., Any] | None = None,
        on_webhook: Callable[..., Any] | None = None,
        on_error: Callable[..., Any] | None = None,
    ) -> None:
        self._routes = WebRoutes(
            keeper if isinstance(keeper, Keeper) else keeper._keeper,
            keys.serialize() if isinstance(keys, SealKeys) else keys,
            origin=origin,
            trusted_origins=list(trusted_origins),
            prefix=prefix,
            home=home,
            app_redirect_uri=app_redirect_uri,
            app_secrets=list(app_secrets),
            verify_token=verify_token,
        )
        self._name = name
        self._context = context
        self._options = dict(options or {})
        self._on_connected = on_connected
        self._on_deauthorized = on_deauthorized
        self._on_data_deletion = on_data_deletion
        self._deletion_status = deletion_status
        self._on_webhook = on_webhook
        self._on_error = on_error

    def path(self, route: str) -> str:
        """The path of a route: start, callback, deauthorize, data-deletion, webhook, handover-start or handover-finish."""
        return self._routes.path(route)

    def url(self, route: str) -> str:
        """The address of a route, as it is entered in the App Dashboard."""
        return self._routes.url(route)

    # What a framework has its own words for.

    async def _copy(self, request: Any) -> WebRequest:
        raise NotImplementedError

    def _respond(self, answer: WebAnswer) -> Any:
        raise NotImplementedError

    def _set_cookie(self, response: Any, cookie: str) -> None:
        raise NotImplementedError

    # The routes.

    async def _start(self, request: Any) -> Any:
        copied = await self._copy(request)
        answer = self._routes.start(copied, **await self._login(request))
        return await self._sent("start", request, answer)

    async def _callback(self, request: Any) -> Any:
        return await self._completed("callback", request)

    async def _handover_start(self, request: Any) -> Any:
        copied = await self._copy(request)
        answer = self._routes.handover_start(copied, **await self._login(request))
        return await self._sent("handover-start", request, answer)

    async def _handover_finish(self, request: Any) -> Any:
        return await self._completed("handover-finish", request)

    async def _deauthorize(self, request: Any) -> Any:
        answer = await self._run("deauthorize", await self._copy(request))
        if self._fine("deauthorize", answer):
            await self._ask(self._on_deauthorized, request, answer.user_id, answer.removed)
        return self._respond(answer)

    async def _data_deletion(self, request: Any) -> Any:
        copied = await self._copy(request)
        if request.method == "POST":
            answer = await self._run("data_deletion", copied)
            if self._fine("data-deletion", answer):
                await self._ask(self._on_data_deletion, request, answer.user_id, answer.confirmation_code)
            return self._respond(answer)
        answer = self._routes.deletion_status(copied)
        if answer.error is None:
            words = await self._ask(self._deletion_status, request, answer.confirmation_code, answer.issued_at)
            answer = self._routes.deletion_status(copied, words)
        return self._respond(answer)

    async def _webhook(self, request: Any) -> Any:
        copied = await self._copy(request)
        answer = self._routes.webhook(copied)
        if self._fine("webhook", answer) and answer.delivery:
            await self._ask(self._on_webhook, request, json.loads(copied.body))
        return self._respond(answer)

    def _endpoint(self, route: str) -> Callable[[Any], Coroutine[Any, Any, Any]]:
        handler: Callable[[Any], Coroutine[Any, Any, Any]] = getattr(self, "_" + route.replace("-", "_"))
        return handler

    # What they share.

    async def _login(self, request: Any) -> dict[str, Any]:
        context = await self._ask(self._context, request)
        bound = context.encode() if isinstance(context, str) else context
        return {**self._options, "context": bound, "session": await self._who(request)}

    async def _completed(self, route: str, request: Any) -> Any:
        copied = await self._copy(request)
        who = await self._who(request)
        answer = await self._run(route.replace("-", "_"), copied, session=who, name=who)
        return await self._sent(route, request, answer, self._on_connected, answer.connection)

    async def _who(self, request: Any) -> str | None:
        who = await self._ask(self._name, request)
        return None if who is None else str(who)

    async def _run(self, method: str, copied: WebRequest, **arguments: Any) -> WebAnswer:
        if self._awaits:
            answer: WebAnswer = await getattr(self._routes, "_" + method)(copied, **arguments)
        else:
            answer = getattr(self._routes, method)(copied, **arguments)
        return answer

    async def _sent(
        self, route: str, request: Any, answer: WebAnswer, hook: Callable[..., Any] | None = None, *values: Any
    ) -> Any:
        if self._fine(route, answer):
            own = await self._ask(hook, request, *values)
        else:
            own = await self._ask(self._on_error, request, answer.error)
        if own is None:
            return self._respond(answer)
        for name, value in answer.headers:
            if name == "set-cookie":
                self._set_cookie(own, value)
        return own

    @staticmethod
    def _fine(route: str, answer: WebAnswer) -> bool:
        if answer.error is not None:
            # An error of shutterkey holds no secret.
            _log.log(logging.WARNING if answer.status >= 500 else logging.INFO, "%s: %s", route, answer.error)
        return answer.error is None

    async def _ask(self, hook: Callable[..., Any] | None, *values: Any) -> Any:
        answered = None if hook is None else hook(*values)
        if not inspect.isawaitable(answered):
            return answered
        if not self._awaits:
            if inspect.iscoroutine(answered):
                answered.close()
            raise TypeError("an async hook needs an async framework; give a plain function")
        return await answered


def run_now(coroutine: Coroutine[Any, Any, T]) -> T:
    """Runs to its end what never waits: a route of a framework without an event loop."""
    try:
        coroutine.send(None)
    except StopIteration as ended:
        value: T = ended.value
        return value
    coroutine.close()
    raise RuntimeError("a route without an event loop was about to wait")
