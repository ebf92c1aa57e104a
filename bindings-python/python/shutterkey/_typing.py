"""Types of arguments and of names, for type checkers alone: nothing imports this when a program runs."""

from __future__ import annotations

import os
from collections.abc import AsyncIterable, Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol, TypedDict, TypeAlias

from typing_extensions import NotRequired

from ._native import FileStore, HttpResponse, MemoryStore, PostgresStore, Provider, SealedStore, SealKeys
from ._sealing import Sealer
from ._stores import AsyncStore, Store

Moment: TypeAlias = datetime | int | float
"""A ``datetime`` with a time zone, or seconds since 1970."""

Length: TypeAlias = timedelta | int | float
"""A length of time: a ``timedelta``, or seconds."""


class HasNow(Protocol):
    def now(self) -> Moment: ...


ClockLike: TypeAlias = HasNow | Callable[[], Moment]
"""A function that answers the present, or an object with ``now()``: ``ManualClock``, a sandbox's clock, ``time.time``."""

AnyHttp: TypeAlias = Any
"""``httpx.Client``, ``httpx.AsyncClient`` (for the asynchronous classes), ``requests.Session``, an object with their
``request()``, or a function ``(method, url, headers, body, timeout)``, which may be a coroutine function: it answers a
response of one of these shapes, or ``(status, headers, body)``."""
AnyStore: TypeAlias = FileStore | MemoryStore | PostgresStore | SealedStore | Store | AsyncStore
"""A built-in store, or an object of the caller's; asynchronous ones are for ``AsyncKeeper``."""

Lines: TypeAlias = str | os.PathLike[str] | Iterable[str] | Iterable[bytes]
"""A path, an open file, or lines."""
AnyLines: TypeAlias = Lines | AsyncIterable[str] | AsyncIterable[bytes]

TlsMode: TypeAlias = Literal["disable", "require", "verify-ca", "verify-full"]

ProviderLike: TypeAlias = Provider | Literal["instagram", "facebook", "threads", "legacy"]
ResponseType: TypeAlias = Literal["code", "token"]
GrantKind: TypeAlias = Literal["code", "token"]
TokenKind: TypeAlias = Literal["short", "long", "page", "system_user", "permanent", "bearer", "app"]
MissingKind: TypeAlias = Literal[
    "missing_permission", "declined_permission", "expired_permission", "portfolio_pages", "no_pages", "not_linked"
]
ExpiryKind: TypeAlias = Literal["at", "never", "unknown"]
RefreshableKind: TypeAlias = Literal["now", "not_before", "impossible"]
NoRefresh: TypeAlias = Literal["expired", "short_lived", "never_expires", "not_offered", "no_refresh_token"]
AccountStanding: TypeAlias = Literal["live", "login_needed_by", "needs_login", "blocked"]
EventKind: TypeAlias = Literal[
    "refreshed", "refresh_failed", "store_failed", "unsaved", "stalled", "at_risk", "needs_login", "blocked", "recovered"
]

Body: TypeAlias = bytes | str
Headers: TypeAlias = Mapping[str, str] | Iterable[tuple[str, str]]


class ResponseLike(Protocol):
    """A response whose body was read: of httpx, of requests, or of that shape."""

    @property
    def status_code(self) -> int: ...
    @property
    def content(self) -> bytes: ...
    @property
    def headers(self) -> Mapping[str, str]: ...


class StreamedResponseLike(Protocol):
    """A response whose body is read by a call of its own: of aiohttp, of ``urllib.request``, or of that shape."""

    @property
    def status(self) -> int: ...


Received: TypeAlias = HttpResponse | ResponseLike
"""An answer whose body was read: an ``HttpResponse``, or a response of httpx or requests."""

SealerLike: TypeAlias = SealKeys | Sealer
"""A ring of keys, or a sealer of one's own."""

Secrets: TypeAlias = str | Iterable[str]
"""One secret, or every one that may be in use."""

SendFailure: TypeAlias = Literal["timeout", "dns", "tls", "offline", "reset", "too_large"]
Method: TypeAlias = Literal["GET", "POST", "DELETE"]


class Settings(TypedDict, total=False):
    """What stands over the shared profile."""

    provider: ProviderLike | None
    client_id: str | None
    client_secret: str | None
    redirect_uri: str | None
    scopes: Iterable[str] | None
    allow_unknown_scopes: bool | None
    response_type: ResponseType | None


ReadInput: TypeAlias = Callable[[float | None], bytes | None]
"""Answers a piece of the input, ``None`` when nothing came for so many seconds, and an empty piece at its end."""

LoginMode: TypeAlias = Literal["loopback", "paste", "external"]
Product: TypeAlias = Literal["instagram", "facebook", "threads", "legacy", "standard"]
Ended: TypeAlias = Literal["app_removed", "checkpoint", "password_changed", "unconfirmed", "invalid", "role_lost"]
FaultKind: TypeAlias = Literal[
    "status", "throttle", "outage", "slow", "truncated", "oversized", "malformed", "lost", "reset", "redirect"
]
Malformed: TypeAlias = Literal["text", "html", "empty", "array", "trailing_garbage", "byte_order_mark"]
AccountType: TypeAlias = Literal["Business", "Media_Creator", "Personal"]
SandboxProfile: TypeAlias = Literal["production", "documented"]


class LoginConfiguration(TypedDict):
    """A saved configuration of Facebook Login for Business, for an app of a sandbox."""

    name: str
    permissions: list[str]
    system_user: NotRequired[bool]
    """It gives a system user's token instead of the person's own."""


class SandboxPage(TypedDict):
    """A Facebook Page of a sandbox."""

    id: str
    name: str
    owner: str
    """Username of the person who manages it."""
    instagram: str | None
    """Username of the Instagram account that is linked to it."""
    portfolio: bool
    """Owned by a business portfolio: hidden without ``business_management``."""


class AskedFault(TypedDict, total=False):
    """A fault that waits for its calls, with the members that its kind has. ``kind`` alone is always there; in a scenario
    it is ``status`` when left out."""

    endpoint: str
    kind: FaultKind
    product: Product
    account: str
    client_id: str
    times: int
    for_seconds: int
    lasting: bool
    status: int
    """Of ``status``, with ``body`` and ``headers``."""
    body: str
    headers: dict[str, str]
    code: int
    """Of ``throttle`` and ``outage``."""
    minutes: int
    """Of ``throttle``: until access comes back."""
    delay_ms: int
    """Of ``slow``, with ``dribble``: in milliseconds."""
    dribble: bool
    mib: int
    """Of ``oversized``."""
    form: Malformed
    """Of ``malformed``."""
    location: str
    """Of ``redirect``."""


class AskedUsage(TypedDict, total=False):
    """Numbers for the usage headers: percent, of an app, or of an account where one is named."""

    product: Product
    client_id: str
    account: str
    """Username of the person whose account it is: the numbers are then the account's."""
    call_count: int
    total_cputime: int
    total_time: int
    estimated_time_to_regain_access: int
    """Minutes; of an account alone."""
    for_seconds: int
    """How long they are told; until others are set when left out."""


class SandboxDelivery(TypedDict):
    """One thing that a sandbox sent to an app."""

    number: int
    """From 1 on, since the start or the last reset."""
    at: datetime
    """When, in the sandbox's time."""
    kind: Literal["deauthorize", "data_deletion", "webhook_verification", "webhook"]
    product: Product
    app_id: str
    """The client id of the app that was told."""
    account: str | None
    """Username of whom it is about."""
    url: str
    """Where it was sent, without a query."""
    status: int | None
    """The HTTP status of the answer, if there was one."""
    problem: str | None
    """What is wrong with the answer, or why there was none."""
    status_url: str | None
    """Of a data deletion: where the person can look how it stands."""
    confirmation_code: str | None
    """Of a data deletion: the code that the app gave."""


class ScenarioClock(TypedDict, total=False):
    """A sandbox's time."""

    now: int | str
    """Seconds since 1970, or ``2026-03-01T09:00:00Z``."""
    frozen: bool


class ScenarioPerson(TypedDict, total=False):
    """A person who is to be there; who is there already has to be like this."""

    account_type: AccountType
    full_name: str
    page: bool
    """``False``: without the Facebook Page that every professional account has."""


class ScenarioApp(TypedDict):
    """An app to register, as ``Sandbox.app()`` has it."""

    product: Product
    redirect_uris: NotRequired[list[str]]
    name: NotRequired[str]
    owner: NotRequired[str]
    development: NotRequired[bool]
    testers: NotRequired[list[str]]
    allow_loopback_http: NotRequired[bool]
    deauthorize_url: NotRequired[str]
    deletion_url: NotRequired[str]
    require_app_secret: NotRequired[bool]
    configurations: NotRequired[list[LoginConfiguration]]
    allow_implicit: NotRequired[bool]
    enforce_signed_requests: NotRequired[bool]
    public: NotRequired[bool]
    without_pkce: NotRequired[bool]


class ScenarioPage(TypedDict):
    """A Facebook Page to add."""

    name: str
    owner: str
    """Username of the person who manages it."""
    instagram: NotRequired[str]
    """Username of the linked Instagram account."""
    portfolio: NotRequired[bool]


class ScenarioToken(TypedDict):
    """A token that was obtained earlier."""

    app: str
    """The name of an app of the scenario."""
    person: str
    """Username of the person."""
    age_seconds: NotRequired[int]


class Scenario(TypedDict, total=False):
    """What there is to be in a sandbox: the shape of a scenario file. Apps, Pages and tokens have names of one's own, people
    their usernames; a ``client_id`` is the name of one of these apps."""

    clock: ScenarioClock
    behaviour: Switches
    people: dict[str, ScenarioPerson]
    apps: dict[str, ScenarioApp]
    pages: dict[str, ScenarioPage]
    tokens: dict[str, ScenarioToken]
    faults: list[AskedFault]
    usages: list[AskedUsage]


class Switches(TypedDict, total=False):
    """What sources disagree on, as a sandbox's switches."""

    profile: SandboxProfile
    """Sets all of them first."""
    wrapped_answers: bool
    """Instagram: answers come as ``{"data": [{…}]}``."""
    integer_ids: bool
    """Instagram: ``user_id`` of the code exchange is a JSON integer above 2^53 instead of a text."""
    permissions_array: bool
    """Instagram: ``permissions`` is an array instead of names with commas between them."""
    html_authorize_errors: bool
    """Instagram: errors of the authorize page are an HTML page instead of JSON."""
    fragment_marker: bool
    """Instagram: ``#_`` is appended to the redirect."""
    error_subcodes: bool
    """Instagram: an expired token is answered with ``error_subcode`` 463 beside code 190."""
    same_token_on_refresh: bool
    """Instagram: a refresh answers the same token with a new life instead of another token."""
    too_young_code: int
    """Instagram: the code for a refresh of a token younger than 24 hours."""
    newer_code_wording: bool
    """Instagram: a code that is used twice is called so, in the newer wording."""
    full_stops: bool
    """Instagram: messages of the code exchange end with a full stop."""
    number_app_ids: bool
    """Facebook: ``app_id`` of ``debug_token`` is a number instead of a text."""
    long_code_exchange: bool
    """Facebook: the code exchange gives a token of 60 days instead of a short one."""
    long_exchange_renews: bool
    """Facebook: exchanging a long-lived token gives a new one instead of the same one."""
    rate_headers: bool
    """Legacy: ``X-Ratelimit-*`` headers are sent; Meta's products: the usage headers that ``Sandbox.usage()`` has set."""


class SandboxSettings(TypedDict, total=False):
    """What a client of a sandbox's app may have otherwise."""

    redirect_uri: str | None
    scopes: Iterable[str] | None
    allow_unknown_scopes: bool | None
    response_type: ResponseType | None


class AuthorizeOptions(TypedDict, total=False):
    """What a login means to its caller. Everything is optional."""

    required_scopes: Iterable[str] | None
    """Without which the login is of no use: if one is not granted, completing raises ``denied.scope``."""
    optional_scopes: Iterable[str] | None
    """Which may be refused: see ``Connection.missing_scopes``."""
    expect_account: str | None
    """The user id that has to log in; another one raises ``account.mismatch``."""
    context: bytes | None
    """At most 256 bytes of the caller's own, bound to the login and given back by ``Connection.context``."""
    return_to: str | None
    """A path of the caller's own site, checked now and given back by ``Connection.return_to``."""
    session: str | None
    """The browser session that the login is bound to; accepting it then needs the same."""
    ttl: Length | None
    """How long the answer is waited for; ten minutes."""
    force_reauth: bool | None
    """Asks the provider to let the person log in anew."""
    extra: Mapping[str, str] | Iterable[tuple[str, str]] | None
    """Further parameters of the authorize URL. None that shutterkey sets itself."""
