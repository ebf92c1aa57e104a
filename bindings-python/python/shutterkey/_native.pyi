# The native module, for type checkers and editors. Signatures are written by hand and held to the module by stubtest;
# docstrings come from the module (tools/document_stub.py).

import os
from asyncio import Future
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import GenericAlias, TracebackType
from typing import Any, Generic, Literal, NoReturn, TypeVar, final, overload

from typing_extensions import Self, Unpack, disjoint_base

from ._aio import AsyncClient
from ._codes import ErrorCode, Family, RetryKind
from ._errors import ShutterkeyError
from ._sealing import Sealer
from ._typing import (
    AccountStanding,
    AccountType,
    AnyHttp,
    AnyStore,
    AuthorizeOptions,
    Body,
    ClockLike,
    EventKind,
    ExpiryKind,
    GrantKind,
    Headers,
    Length,
    Lines,
    LoginMode,
    Method,
    MissingKind,
    Moment,
    NoRefresh,
    Product,
    ProviderLike,
    ReadInput,
    Received,
    RefreshableKind,
    ResponseLike,
    ResponseType,
    SandboxPage,
    SandboxProfile,
    Scenario,
    SealerLike,
    Secrets,
    SendFailure,
    Settings,
    StreamedResponseLike,
    Switches,
    TlsMode,
    TokenKind,
)

__all__ = [
    "Account",
    "AccountKey",
    "Answer",
    "AuthorizationRequest",
    "Client",
    "ClientConfig",
    "Connection",
    "Event",
    "Events",
    "FacebookPage",
    "FileStore",
    "FleetCounts",
    "FleetRun",
    "Grant",
    "GranularScope",
    "Handover",
    "HandoverStart",
    "HttpRequest",
    "HttpResponse",
    "Import",
    "ImportReport",
    "InstagramAccount",
    "InstagramAccounts",
    "Keeper",
    "Kept",
    "ListedPage",
    "LoggedOut",
    "LoopbackListener",
    "ManualClock",
    "MemoryStore",
    "MintedToken",
    "MissingAccounts",
    "NativeSandbox",
    "Operation",
    "PagesAnswer",
    "PendingAuthorization",
    "PendingJar",
    "Permissions",
    "PostgresStore",
    "Provider",
    "RecordBytes",
    "Refreshable",
    "ReplayGuard",
    "Reported",
    "Resealed",
    "Resumable",
    "SandboxApp",
    "SandboxCall",
    "SandboxClock",
    "SandboxPerson",
    "SandboxSeeded",
    "SealKeys",
    "SealedStore",
    "SignedRequest",
    "Step",
    "Stored",
    "StoredAccount",
    "Token",
    "TokenAnswer",
    "TokenInspection",
    "WebAnswer",
    "WebRequest",
    "WebRoutes",
    "__version__",
    "_discover",
    "after_fork_in_child",
    "after_fork_in_parent",
    "appsecret_proof",
    "at_exit",
    "before_fork",
    "build_accounts_request",
    "build_app_token_request",
    "build_exchange_request",
    "build_extend_request",
    "build_identify_request",
    "build_inspect_request",
    "build_metadata_request",
    "build_permissions_request",
    "build_refresh_request",
    "build_revoke_permission_request",
    "build_revoke_request",
    "catalogue",
    "check_distinct_redirects",
    "check_login",
    "check_return_to",
    "check_store",
    "classify",
    "discover",
    "legacy_signature",
    "login_mode",
    "metadata_urls",
    "open_browser",
    "parse_accounts_response",
    "parse_app_token_response",
    "parse_exchange_response",
    "parse_extend_response",
    "parse_identify_response",
    "parse_inspect_response",
    "parse_metadata",
    "parse_permissions_response",
    "parse_refresh_response",
    "parse_revoke_response",
    "profile_store",
    "redirect_elsewhere",
    "resolve_profile",
    "run_command",
    "settle_future",
    "take_pasted",
    "testing_authorize",
    "testing_seal",
    "testing_seal_keys",
    "verify_signed_request",
    "verify_webhook",
    "webhook_challenge",
]

__version__: str

# --- Providers and configuration ---

@final
class Provider:
    """A platform that issues tokens: its endpoints, scopes, lifetimes and habits."""
    @staticmethod
    def instagram() -> Provider:
        """Instagram API with Instagram Login: professional accounts, 60-day tokens."""
    @staticmethod
    def facebook() -> Provider:
        """Facebook Login for Business: Instagram accounts that are linked to a Facebook Page."""
    @staticmethod
    def threads() -> Provider:
        """Threads API."""
    @staticmethod
    def legacy() -> Provider:
        """The Instagram platform of 2010 to 2020. It answers in a sandbox only."""
    @staticmethod
    def by_id(id: str) -> Provider:
        """A built-in provider by its name: `instagram`, `facebook`, `threads` or `legacy`."""
    @staticmethod
    def standard(
        *,
        authorize_endpoint: str | None = None,
        token_endpoint: str | None = None,
        id: str | None = None,
        name: str | None = None,
        issuer: str | None = None,
        issuer_promised: bool = False,
        identity_endpoint: str | None = None,
        identity_member: str = "sub",
        revocation_endpoint: str | None = None,
        secret_in_body: bool = False,
        pkce: bool = True,
    ) -> Provider:
        """Any server of RFC 6749, described by hand; `discover()` reads the description from the server (RFC 8414).
        PKCE with S256 unless it is switched off. Authorization and token endpoint are needed: `config.missing`.
        """
    @staticmethod
    def in_sandbox(id: str, base: str, origin: str | None = None) -> Provider:
        """The platform of that name, played by a sandbox at this address; `origin` names the sandbox in stored records.
        """
    def at_sandbox(self, base: str, origin: str | None = None) -> Provider:
        """The same platform, played by a sandbox at this address."""
    @property
    def id(self) -> str:
        """Its stable name."""
    @property
    def name(self) -> str:
        """Its name for people."""
    @property
    def origin(self) -> str:
        """Where its tokens belong: they are sent nowhere else."""
    @property
    def is_sandbox(self) -> bool:
        """Whether a sandbox plays it."""
    @property
    def authorize_endpoint(self) -> str | None:
        """Where people are sent to log in; `None` where a provider that has ended has none."""
    @property
    def token_endpoint(self) -> str | None:
        """Where codes are exchanged; `None` where a provider that has ended has none."""
    @property
    def revocation_endpoint(self) -> str | None:
        """The revocation endpoint (RFC 7009), where it has one."""
    @property
    def issuer(self) -> str | None:
        """The issuer that its answers may name (RFC 9207)."""
    @property
    def issuer_promised(self) -> bool:
        """Whether an answer without `iss` is refused."""
    @property
    def pkce(self) -> bool:
        """Whether logins carry a PKCE challenge."""
    @property
    def secret_in_body(self) -> bool:
        """Whether a standard server gets the secret as a parameter instead of HTTP Basic."""

@final
class ClientConfig:
    """Who the client is: provider, client id, app secret, redirect URI and scopes. Everything that can be wrong with it
    is refused here, with a sentence that says what to do.
    """
    def __new__(
        cls,
        provider: ProviderLike | None = None,
        *,
        client_id: str,
        client_secret: str | None = None,
        redirect_uri: str | None = None,
        scopes: Iterable[str] | None = None,
        allow_unknown_scopes: bool = False,
        response_type: ResponseType | None = None,
    ) -> Self: ...
    @staticmethod
    def from_profile(**settings: Unpack[Settings]) -> ClientConfig:
        """The configuration of the shared profile: environment, `shutterkey.toml`, the user's own file. What is given
        here stands over it.
        """
    def with_redirect_uri(self, redirect_uri: str) -> ClientConfig:
        """The same configuration with another redirect URI."""
    @property
    def provider(self) -> Provider:
        """The platform."""
    @property
    def client_id(self) -> str:
        """The app's id."""
    @property
    def has_client_secret(self) -> bool:
        """Whether there is an app secret; its value stays inside."""
    @property
    def redirect_uri(self) -> str:
        """Where the provider sends people back to."""
    @property
    def scopes(self) -> tuple[str, ...]:
        """The scopes that logins ask for."""
    @property
    def response_type(self) -> ResponseType:
        """`code`, or `token`."""
    def __reduce__(self) -> NoReturn: ...

def check_distinct_redirects(configs: Sequence[ClientConfig]) -> None:
    """Refuses clients that share a redirect URI unless each one's provider names itself in its answers (RFC 9700 4.4).
    """

def discover(
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
    """Describes a standard server from its own metadata (RFC 8414, OpenID Connect Discovery). The keyword arguments say
    what the metadata does not: an id of one's own, who answers whose token it is, and exceptions. Raises
    `redirect.issuer_mismatch`, `provider.bad_response`, `config.insecure_endpoint` and the `network` family.
    """
def _discover(
    issuer: str,
    *,
    id: str | None = None,
    name: str | None = None,
    identity_endpoint: str | None = None,
    identity_member: str = "sub",
    secret_in_body: bool = False,
    pkce: bool = True,
    http: AnyHttp | None = None,
) -> Future[Provider]:
    """The same, answering a future of the running loop."""

# --- Logins ---

@final
class AuthorizationRequest:
    """Where to send the person, and what to keep until the answer comes."""
    @property
    def url(self) -> str:
        """The authorize URL, to be opened in the person's own browser. It carries the state: do not log it."""
    @property
    def pending(self) -> PendingAuthorization:
        """What the answer is checked against. Keep it with the person's session."""
    def __reduce__(self) -> NoReturn: ...

@final
class PendingAuthorization:
    """A login that was begun and waits for its answer. It holds the state and the code verifier, which are secrets.

    It lives ten minutes by default and is bound to its provider, client id, redirect URI and, if the caller wants,
    to a browser session. `serialize()` and `seal()` let it wait anywhere; it never travels in `state`.
    """
    def accept(self, url: str, *, now: Moment | None = None, session: str | None = None) -> Grant:
        """Checks a whole redirect URL: that it came to the registered address, its state, then error, then code. For a
        loopback listener, a paste or a deep link.
        """
    def accept_query(self, query: str, *, now: Moment | None = None, session: str | None = None) -> Grant:
        """The same for the raw query of a route that is itself the registered redirect: behind a proxy, a server does
        not know its own URL.
        """
    def accept_pasted(self, text: str, *, now: Moment | None = None, session: str | None = None) -> Grant:
        """The same for what a person pasted: quotes, line breaks and a missing scheme are forgiven, a missing state is
        not.
        """
    def serialize(self) -> str:
        """All of it as text, a secret: for a server-side session. In a cookie or a form use `seal()`."""
    @staticmethod
    def deserialize(text: str) -> PendingAuthorization:
        """Reads what `serialize()` wrote."""
    def seal(self, keys: SealerLike, session: str | None = None) -> str:
        """Seals the login for a cookie, a hidden field or a handle, with a `SealKeys` or a sealer of one's own.
        Provider and session are bound to it. Whoever has the sealed text can present it again: single use is the
        store's part.
        """
    @staticmethod
    def open(sealed: str, keys: SealerLike, provider: str, session: str | None = None) -> PendingAuthorization:
        """Opens a sealed login of this provider and session. Raises `redirect.seal_invalid` for anything else."""
    def reveal_verifier(self) -> str | None:
        """The code verifier (RFC 7636), a secret, for an exchange of one's own; `None` without PKCE."""
    @property
    def provider(self) -> str:
        """The provider's stable name."""
    @property
    def redirect_uri(self) -> str:
        """Where the answer will come to."""
    @property
    def response_type(self) -> ResponseType:
        """`code` or `token`."""
    @property
    def created_at(self) -> datetime:
        """When the login was begun."""
    @property
    def expires_at(self) -> datetime:
        """Until when its answer is accepted."""
    @property
    def context(self) -> bytes | None:
        """The caller's own data."""
    @property
    def return_to(self) -> str | None:
        """Where the person goes afterwards."""
    @property
    def expected_account(self) -> str | None:
        """The account that has to log in, if it is one in particular."""
    @property
    def handle(self) -> str:
        """A public name of this login, for logs and stores: nothing can be done with it."""
    def __reduce__(self) -> NoReturn: ...

@final
class Grant:
    """What an accepted answer grants: a code to be exchanged, or, by explicit choice of `response_type`, a token. It is
    used once: a client that it was given to has it.
    """
    @property
    def kind(self) -> GrantKind:
        """`code` or `token`."""
    def reveal_code(self) -> str | None:
        """The code, a secret; `None` for a token, and once it was used."""
    def reveal_access_token(self) -> str | None:
        """The access token, a secret; `None` for a code, and once it was used."""
    def reveal_long_lived_token(self) -> str | None:
        """The long-lived token beside it (Facebook Login), a secret."""
    def __reduce__(self) -> NoReturn: ...

@final
class Resumable:
    """What is left of a login whose code is spent and whose later step failed: give it to `resume()`, and the login is
    finished without a new one. It holds the token that was received and cannot be pickled.
    """
    @property
    def handle(self) -> str:
        """The public name of the login."""
    @property
    def token(self) -> Token:
        """The token that was received, for callers without a store."""

# --- Sealing ---

@final
class SealKeys:
    """A ring of keys for `seal()` and `PendingJar`: the first seals, all open. To rotate, put a new key in front and
    drop the last one after the longest life of what it sealed.

    XChaCha20-Poly1305 with a random nonce and a key for each purpose (HKDF-SHA256).
    """
    @staticmethod
    def generate() -> SealKeys:
        """A ring of one new key, from the system's randomness."""
    @staticmethod
    def parse(text: str) -> SealKeys:
        """Reads keys as `serialize()` and `shutterkey keygen` write them: `id:key`, separated by commas or white space.
        Raises `config.seal_key`.
        """
    def serialize(self) -> str:
        """The ring as text, a secret: for a secret store, never for a log."""
    def rotated(self, newer: SealKeys) -> SealKeys:
        """The ring with the keys of another one in front, which seal from now on."""
    def __reduce__(self) -> NoReturn: ...

@final
class PendingJar:
    """The pending logins of one browser, newest first, in one sealed cookie: `Cookie` header in, `Set-Cookie` value
    out. Two tabs can log in at once; of many abandoned logins the newest eight stay. The cookie is what binds a
    login to the browser that began it.
    """
    @staticmethod
    def from_cookie(
        cookie_header: str | None, keys: SealerLike, *, now: Moment | None = None, secure: bool = True
    ) -> PendingJar:
        """Reads the jar from a `Cookie` header. A jar that is missing, expired, foreign or damaged is an empty jar.
        `secure` is false only for a site on http://localhost.
        """
    def add(self, pending: PendingAuthorization) -> None:
        """Puts a login in front."""
    def find(self, query: str) -> PendingAuthorization:
        """The login that a callback's raw query belongs to, by its state. It stays in the jar until it is removed: a
        wrong answer must not cancel it. Raises `redirect.state_missing`, `redirect.state_mismatch` and the like.
        """
    def remove(self, handle: str) -> None:
        """Takes out a login that is completed, or was denied, by its handle."""
    def __len__(self) -> int: ...
    def to_set_cookie(self, keys: SealerLike, *, now: Moment | None = None) -> str:
        """The value of a `Set-Cookie` header that stores the jar as it is now: HttpOnly, SameSite=Lax, Secure and
        `__Host-` unless the site is on http://localhost, and gone when the last login is.
        """
    def __reduce__(self) -> NoReturn: ...

# --- A login that an app and its backend share ---

@final
class HandoverStart:
    """What a backend gives its app to begin a login: the address to open in the system's browser, and a handle, which
    is the login, sealed for the user who is signed in. Both are secrets.
    """
    @staticmethod
    def seal(login: AuthorizationRequest, keys: SealerLike, session: str) -> HandoverStart:
        """Begins, at the backend: seals what `authorize()` answered for the user who is signed in, with a `SealKeys` or
        a sealer of one's own.
        """
    @staticmethod
    def parse(json: str) -> HandoverStart:
        """Reads what a backend sent. Members that are not known are passed over. Raises `config.unsupported` for
        another version, `config.invalid` for what is not the start of a hand-over.
        """
    @property
    def url(self) -> str:
        """The address to open in the system's browser. It carries the state: do not log it."""
    @property
    def redirect_uri(self) -> str:
        """Where the answer will come to."""
    @property
    def expires_at(self) -> datetime:
        """Until when its answer is accepted."""
    def to_json(self) -> str:
        """All of it as JSON, a secret: what a backend sends, and what an app keeps while the browser is open."""
    def answer(self, redirect_url: str, *, now: Moment | None = None) -> Handover:
        """Checks what the browser came back with, as far as an app can, and makes of it what the backend gets. Raises
        the `redirect` family for an answer that is not this login's, the `denied` family when the person or the
        provider said no.
        """
    def __reduce__(self) -> NoReturn: ...

@final
class Handover:
    """What an app gives its backend to finish a login: the answer, and the handle that it had with the address."""
    @staticmethod
    def parse(json: str) -> Handover:
        """Reads what an app sent. Members that are not known are passed over. Raises `redirect.malformed` for what is
        not a hand-over, and for one of another version.
        """
    def to_json(self) -> str:
        """All of it as JSON, a secret: the body of the app's request to its backend."""
    def accept(
        self, client: Client | AsyncClient | ClientConfig, keys: SealerLike, session: str, *, now: Moment | None = None
    ) -> tuple[PendingAuthorization, Grant]:
        """Opens the handle for the user who is signed in, and accepts the answer with every check: the pending login
        and its grant, for `complete_grant()`. `now` is by default the client's present, or the machine's for a
        configuration. Raises `redirect.seal_invalid` for a handle that was not made here for this user.
        """
    def __reduce__(self) -> NoReturn: ...

# --- What the platform signs, and other checks ---

@final
class SignedRequest:
    """A verified callback of the platform: deauthorize, or data deletion."""
    @property
    def user_id(self) -> str:
        """Whom it is about: the app-scoped id. `Keeper.find_app_scoped()` finds the account."""
    @property
    def issued_at(self) -> datetime:
        """When it was made."""
    def __eq__(self, other: object, /) -> bool: ...

def verify_signed_request(
    signed_request: str, app_secrets: Secrets, *, now: Moment | None = None
) -> SignedRequest:
    """Verifies a `signed_request` form field and reads whom it is about. Give every app secret that may sign:
    Instagram's and Meta's, and one that was just replaced. Raises `provider.signature_invalid`;
    `provider.callback_malformed` when it is more than an hour old, or not what Meta sends.
    """
def verify_webhook(body: bytes, signature: str | None, app_secrets: Secrets) -> None:
    """Verifies a webhook delivery: `X-Hub-Signature-256` over the raw bytes of the body. Give every app secret that may
    sign. Raises `provider.signature_invalid`; `provider.callback_malformed` without the header or a body.
    """
def webhook_challenge(query: str, verify_token: str) -> str:
    """Answers a webhook's subscription check: the challenge to send back as plain text with status 200. Raises
    `provider.verify_token_mismatch` and `provider.callback_malformed`; answer 403 then.
    """
def appsecret_proof(app_secret: str, access_token: str | Token) -> str:
    """`appsecret_proof` for a call with this very token: lower-case hexadecimal HMAC-SHA256 under the app secret."""
def legacy_signature(
    client_secret: str, endpoint: str, parameters: Mapping[str, str] | Iterable[tuple[str, str]]
) -> str:
    """`sig` of the legacy platform's calls: over the endpoint without `/v1` and the parameters."""
@overload
def classify(
    response: Received, body: Body | None = None, headers: Headers | None = None, *, now: Moment | None = None
) -> ShutterkeyError | None:
    """What an API's answer means: `None` for a success, else an exception that was not raised. Takes a response whose
    body was read, or status, body and headers.
    """
@overload
def classify(
    response: StreamedResponseLike, body: Body, headers: Headers | None = None, *, now: Moment | None = None
) -> ShutterkeyError | None: ...
@overload
def classify(
    response: int, body: Body | None = None, headers: Headers | None = None, *, now: Moment | None = None
) -> ShutterkeyError | None: ...
def check_return_to(path: str) -> None:
    """Refuses a `return_to` that could lead to another site, with `redirect.return_to`. Beginning a login checks it as
    well.
    """

# --- Tokens ---

@final
class Token:
    """An access token with what is known about it. Its value comes out by `reveal()` alone.

    A token that the caller has kept: of Instagram unless `provider` says otherwise, and with what is known about it;
    `expires_at` is a moment, `"never"`, or `None` when it is not known. Raises `token.malformed` for a value that no
    token has.
    """
    def __new__(
        cls,
        value: str,
        *,
        provider: ProviderLike | None = None,
        kind: TokenKind = "long",
        scopes: Iterable[str] | None = None,
        issued_at: Moment | None = None,
        expires_at: Moment | Literal["never"] | None = None,
        data_access_until: Moment | None = None,
        refresh_token: str | None = None,
    ) -> Self: ...
    def reveal(self) -> str:
        """The token itself, a secret: for the request that needs it, not for a log."""
    def params(self) -> dict[str, str]:
        """The token as query parameters: `{"access_token": …}`, a secret. For `requests.get(url, params=…)`."""
    def headers(self) -> dict[str, str]:
        """The token as a header (RFC 6750 2.1): `{"Authorization": "Bearer …"}`, a secret."""
    @property
    def kind(self) -> TokenKind:
        """What it is: `short` (an hour or two), `long` (sixty days), `page`, `system_user`, `permanent`, `bearer` or
        `app`.
        """
    @property
    def scopes(self) -> tuple[str, ...] | None:
        """The scopes that were granted; `None` when the provider did not say."""
    @property
    def issued_at(self) -> datetime | None:
        """When it was issued, if that is known."""
    @property
    def expires_at(self) -> datetime | None:
        """When it expires. `None`: see `expiry`."""
    @property
    def expiry(self) -> ExpiryKind:
        """What is known of its expiry: `at` (see `expires_at`), `never`, or `unknown` (an imported token; one refresh
        tells).
        """
    @property
    def data_access_until(self) -> datetime | None:
        """Until when the app may read the person's data with it, where the provider limits that (Facebook Login)."""
    @property
    def has_refresh_token(self) -> bool:
        """Whether a refresh token came with it (RFC 6749 1.5)."""
    def reveal_refresh_token(self) -> str | None:
        """The refresh token, a secret, for callers who keep tokens themselves."""
    def is_live(self, now: Moment | None = None) -> bool:
        """Whether it works at a moment, as far as time can tell; by default now, on the machine's clock."""
    def live_until(self, now: Moment | None = None) -> datetime | None:
        """Until when it works, if it works at that moment and its end is known."""
    def refreshable(self, now: Moment | None = None) -> Refreshable:
        """Whether it can be refreshed at a moment; by default now, on the machine's clock."""
    def __str__(self) -> NoReturn: ...
    def __format__(self, spec: str, /) -> NoReturn: ...
    def __reduce__(self) -> NoReturn: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, memo: object) -> Self: ...

@final
class Refreshable:
    """Whether a token can be refreshed at a moment."""
    @property
    def kind(self) -> RefreshableKind:
        """`now`, `not_before` (see `not_before`) or `impossible` (see `reason`)."""
    @property
    def not_before(self) -> datetime | None:
        """From which moment on."""
    @property
    def reason(self) -> NoRefresh | None:
        """Why not: `expired`, `short_lived`, `never_expires`, `not_offered` or `no_refresh_token`."""
    def __bool__(self) -> bool: ...
    def __eq__(self, other: object, /) -> bool: ...

@final
class TokenAnswer:
    """What a code was exchanged for."""
    @property
    def token(self) -> Token:
        """The token."""
    @property
    def user_id(self) -> str | None:
        """The user id beside it, exact. Which of the account's ids it is differs; `identify()` tells for certain."""

# --- Accounts ---

@final
class Account:
    """An account as the provider describes it. Ids are exact texts."""
    @property
    def user_id(self) -> str:
        """Its own id: for Instagram the professional account id, the same in webhooks and for publishing."""
    @property
    def app_scoped_id(self) -> str | None:
        """The id that this app alone sees, where it is another one; deauthorize and data-deletion callbacks carry it.
        """
    @property
    def username(self) -> str | None:
        """Its user name, without `@`."""
    @property
    def name(self) -> str | None:
        """The name it shows."""
    @property
    def account_type(self) -> str | None:
        """`Business`, `Media_Creator`, … in the provider's own spelling."""
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class AccountKey:
    """Names an account in a store: provider, app and user.

    The key of these three, for the operations of one's own driver; a keeper finds accounts by name or user id.
    """
    def __new__(cls, provider: str, app_id: str, user_id: str) -> Self: ...
    @property
    def provider(self) -> str:
        """The provider's stable name."""
    @property
    def app_id(self) -> str:
        """The app (client id) that the token belongs to."""
    @property
    def user_id(self) -> str:
        """The account; a keeper takes it wherever it takes a name."""
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class Connection:
    """A connected account: who it is, its token, and what the caller had bound to the login."""
    @property
    def key(self) -> AccountKey:
        """Its key in a store."""
    @property
    def account(self) -> Account:
        """The account."""
    @property
    def token(self) -> Token:
        """Its token, long-lived where the provider has that."""
    @property
    def missing_scopes(self) -> tuple[str, ...]:
        """Scopes that were asked for and not granted. Empty as well when the provider did not say what it granted."""
    @property
    def context(self) -> bytes | None:
        """The caller's own data."""
    @property
    def return_to(self) -> str | None:
        """Where to send the person, as it was checked when the login began."""

@final
class StoredAccount:
    """An account in a store, with its token and how it stands."""
    @property
    def key(self) -> AccountKey:
        """Its key in the store."""
    @property
    def account(self) -> Account:
        """The account."""
    @property
    def token(self) -> Token:
        """Its token, as it is stored: it may be due, or dead. `Keeper.token()` answers a live one."""
    @property
    def state(self) -> AccountStanding:
        """How it stood when it was read: `live`, `login_needed_by` (see `login_by`), `needs_login` or `blocked` (see
        `reason`; a checkpoint clears without a new login).
        """
    @property
    def login_by(self) -> datetime | None:
        """Until when a new login is needed, for `login_needed_by`."""
    @property
    def reason(self) -> str | None:
        """Why it needs a login or is blocked: the code of an error."""
    @property
    def recheck_at(self) -> datetime | None:
        """When a blocked account is worth asking again."""
    def at(self, now: Moment) -> StoredAccount:
        """The same account as it stands at another moment, by its record alone."""

@final
class LoggedOut:
    """An account that was forgotten."""
    @property
    def revoked(self) -> bool:
        """Whether the provider confirmed that the token is ended."""
    @property
    def problem(self) -> ShutterkeyError | None:
        """Why it is not, where it is not: the provider has no such call, or could not be reached. An exception that was
        not raised.
        """

# --- What a token is, and where it leads ---

@final
class TokenInspection:
    """What the platform says about a token (Meta's `debug_token`). That it is valid does not say that it is yours:
    compare `app_id` with your own before you take a token from somebody else.
    """
    @property
    def is_valid(self) -> bool:
        """Whether the platform would accept it."""
    @property
    def app_id(self) -> str | None:
        """The app that it was made for. Threads' answers show none."""
    @property
    def application(self) -> str | None:
        """The name of that app."""
    @property
    def kind(self) -> str | None:
        """What kind of token it is: `user`, `page`, `app`, `system_user`, or another word as the platform wrote it."""
    @property
    def user_id(self) -> str | None:
        """Whose it is, as that app sees the person."""
    @property
    def profile_id(self) -> str | None:
        """The Page that it acts for."""
    @property
    def scopes(self) -> tuple[str, ...]:
        """What was granted."""
    @property
    def granular_scopes(self) -> tuple[GranularScope, ...]:
        """Which of it was granted for some Pages or accounts only."""
    @property
    def issued_at(self) -> datetime | None:
        """When it was issued. Not all answers say."""
    @property
    def expires_at(self) -> datetime | None:
        """When it expires. `None`: see `expiry`."""
    @property
    def expiry(self) -> ExpiryKind:
        """What is known of its expiry: `at` (see `expires_at`), `never` or `unknown`."""
    @property
    def data_access_until(self) -> datetime | None:
        """When data stop being readable with it (Facebook's 90 days without activity). `None`: see `data_access`."""
    @property
    def data_access(self) -> ExpiryKind:
        """What is known of that: `at` (see `data_access_until`), `never` or `unknown`."""
    @property
    def error(self) -> ShutterkeyError | None:
        """Why it is not valid: an exception that was not raised, the same as when a call with the token fails."""

@final
class GranularScope:
    """A permission, and what it was granted for."""
    @property
    def scope(self) -> str:
        """The permission."""
    @property
    def target_ids(self) -> tuple[str, ...] | None:
        """The Pages or accounts; `None`: all of them, those to come as well."""
    def __eq__(self, other: object, /) -> bool: ...

@final
class Permissions:
    """What became of each permission that was ever asked for."""
    @property
    def granted(self) -> tuple[str, ...]:
        """Those that the token has."""
    @property
    def declined(self) -> tuple[str, ...]:
        """Those that the person refused, or took back."""
    @property
    def expired(self) -> tuple[str, ...]:
        """Those that lapsed: Meta takes back what was not used for 90 days."""
    def __eq__(self, other: object, /) -> bool: ...

@final
class InstagramAccounts:
    """The Instagram accounts that a token leads to, and why there are none or not all."""
    @property
    def accounts(self) -> tuple[InstagramAccount, ...]:
        """The accounts, in the platform's order."""
    @property
    def unlinked(self) -> tuple[FacebookPage, ...]:
        """The Pages without a linked professional account."""
    @property
    def reason(self) -> MissingAccounts | None:
        """Why there is no account. Present if and only if there is none."""
    @property
    def note(self) -> MissingAccounts | None:
        """Why there may be more Pages, and with them accounts, than these."""

@final
class InstagramAccount:
    """A professional Instagram account, and how it is reached."""
    @property
    def account(self) -> Account:
        """The account. Its id is the one for publishing and webhooks."""
    @property
    def page(self) -> FacebookPage | None:
        """The Facebook Page that it is linked to, with the Page's token; `None` with Instagram Login, which needs no
        Page.
        """

@final
class FacebookPage:
    """A Facebook Page."""
    @property
    def id(self) -> str:
        """Its id."""
    @property
    def name(self) -> str | None:
        """Its name."""
    @property
    def token(self) -> Token | None:
        """Its own token, where the person's role gives one. Calls that act for the Page are made with it, and an
        `appsecret_proof` is made over it.
        """

@final
class MissingAccounts:
    """Why Instagram accounts are missing from a list."""
    @property
    def kind(self) -> MissingKind:
        """`missing_permission`, `declined_permission`, `expired_permission` (see `permission`), `portfolio_pages`,
        `no_pages` or `not_linked` (see `pages`).
        """
    @property
    def permission(self) -> str | None:
        """The permission that it is about."""
    @property
    def pages(self) -> int | None:
        """How many Pages there are, for `not_linked`."""
    @property
    def message(self) -> str:
        """What is the matter, in a sentence."""
    @property
    def hint(self) -> str:
        """What to do about it."""
    def __eq__(self, other: object, /) -> bool: ...

# --- Client ---

@final
class Client:
    """A client of one provider, for callers who keep tokens themselves. Most people want a `Keeper`.

    A client of this configuration. Without one, it is made of the keyword arguments over the shared profile.
    """
    @overload
    def __new__(
        cls, config: ClientConfig, *, http: AnyHttp | None = None, clock: ClockLike | None = None
    ) -> Self: ...
    @overload
    def __new__(
        cls,
        config: None = None,
        *,
        http: AnyHttp | None = None,
        clock: ClockLike | None = None,
        **settings: Unpack[Settings],
    ) -> Self: ...
    @property
    def config(self) -> ClientConfig:
        """The configuration."""
    def now(self) -> datetime:
        """The present, on this client's clock."""
    def authorize(self, **options: Unpack[AuthorizeOptions]) -> AuthorizationRequest:
        """Begins a login: the URL to open in the person's browser, and what to keep until the answer comes."""
    def complete(self, pending: PendingAuthorization, redirect_url: str) -> Connection:
        """Completes a login from its redirect URL: exchange, long-lived exchange where there is one, and whose token it
        is. Nothing is stored. A login is completed once.
        """
    def complete_grant(self, pending: PendingAuthorization, grant: Grant) -> Connection:
        """The same for a grant that was accepted before: with a session, from a query, or pasted."""
    def resume(self, resumable: Resumable) -> Connection:
        """Finishes a login whose code is spent and whose later step failed."""
    def exchange(self, pending: PendingAuthorization, grant: Grant) -> TokenAnswer:
        """The exchange alone."""
    def extend(self, token: Token) -> Token:
        """Makes a short-lived token long-lived."""
    def refresh(self, token: Token) -> Token:
        """Refreshes a token."""
    def identify(self, token: Token) -> Account:
        """Asks whose token it is."""
    def revoke(self, token: Token) -> None:
        """Ends a token at the provider."""
    def inspect_token(self, token: Token, *, inspector: Token | None = None) -> TokenInspection:
        """Asks the platform what a token is: whether it lives, whose it is, and which app it was made for (Meta's
        `debug_token`). `inspector` asks instead of the app itself: a token of one of its developers, or for Threads
        of one of its testers.
        """
    def app_token(self) -> Token:
        """Asks for the app's own token (RFC 6749 4.4)."""
    def instagram_accounts(self, token: Token) -> InstagramAccounts:
        """The Instagram accounts that a token leads to; an empty answer has a reason."""
    def permissions(self, token: Token) -> Permissions:
        """What became of each permission: granted, declined or expired."""
    def revoke_permission(self, token: Token, permission: str) -> None:
        """Takes one permission back. The token lives on without it."""
    # For AsyncClient.
    @staticmethod
    def _for_asyncio(
        config: ClientConfig | None = None,
        *,
        http: AnyHttp | None = None,
        clock: ClockLike | None = None,
        **settings: Unpack[Settings],
    ) -> Client:
        """As the class itself; its HTTP may be asynchronous."""
    def _complete_grant(self, pending: PendingAuthorization, grant: Grant) -> Future[Connection]: ...
    def _resume(self, resumable: Resumable) -> Future[Connection]: ...
    def _exchange(self, pending: PendingAuthorization, grant: Grant) -> Future[TokenAnswer]: ...
    def _extend(self, token: Token) -> Future[Token]: ...
    def _refresh(self, token: Token) -> Future[Token]: ...
    def _identify(self, token: Token) -> Future[Account]: ...
    def _revoke(self, token: Token) -> Future[None]: ...
    def _inspect_token(self, token: Token, inspector: Token | None) -> Future[TokenInspection]: ...
    def _app_token(self) -> Future[Token]: ...
    def _instagram_accounts(self, token: Token) -> Future[InstagramAccounts]: ...
    def _permissions(self, token: Token) -> Future[Permissions]: ...
    def _revoke_permission(self, token: Token, permission: str) -> Future[None]: ...

# --- Keeper ---

@final
class Keeper:
    """Keeps the tokens of one client's accounts alive: a token that was got once simply goes on working. One keeper
    serves all threads of a process, and goes on working in a forked child.

    A keeper of this client's accounts in this store. Without arguments: of the shared profile, in the store that
    `shutterkey login` wrote. Keyword arguments stand over the profile.
    """
    @overload
    def __new__(
        cls,
        client: Client | ClientConfig,
        store: AnyStore,
        *,
        namespace: str = "default",
        reread: Length | None = None,
        capacity: int = ...,
    ) -> Self: ...
    @overload
    def __new__(
        cls,
        client: None = None,
        store: AnyStore | None = None,
        *,
        namespace: str = "default",
        reread: Length | None = None,
        capacity: int = ...,
        http: AnyHttp | None = None,
        clock: ClockLike | None = None,
        **settings: Unpack[Settings],
    ) -> Self: ...
    @property
    def client(self) -> Client:
        """The client."""
    @property
    def store(self) -> AnyStore:
        """The store, as it was given."""
    @property
    def namespace(self) -> str:
        """The namespace in the store."""
    def authorize(self, **options: Unpack[AuthorizeOptions]) -> AuthorizationRequest:
        """Begins a login: the URL to open in the person's browser, and what to keep until the answer comes."""
    def complete(self, pending: PendingAuthorization, redirect_url: str, *, name: str | None = None) -> Connection:
        """Completes a login from its redirect URL and stores the account, under a name of the caller's own where one is
        given. What is received is saved as soon as it is received. Two callbacks of one login at once get the same
        result; a later one gets `redirect.state_used`.
        """
    def complete_grant(self, pending: PendingAuthorization, grant: Grant, *, name: str | None = None) -> Connection:
        """The same for a grant that was accepted before: with a session, from a query, or pasted."""
    def resume(self, resumable: Resumable) -> Connection:
        """Finishes a login whose code is spent and whose later step failed."""
    def import_token(
        self,
        token: str | Token,
        *,
        name: str | None = None,
        kind: TokenKind | None = None,
        expires_at: Moment | None = None,
        from_device: bool = False,
    ) -> Connection:
        """Takes a token that was made elsewhere, such as by the dashboard's *Generate token*, asks the provider whose
        it is and stores the account. By default it is a long-lived one of unknown expiry: one refresh tells.

        One that came `from_device`, or from anybody else whose word does not count, is taken only if the provider
        says that it was made for this app (Facebook's `debug_token`); otherwise `token.wrong_app`. Where the
        provider does not say, devices hand in codes.
        """
    def import_many(self, source: Lines, *, dry_run: bool = False, spread: Length | None = None) -> ImportReport:
        """Takes in the accounts of a fleet: a line of NDJSON each, from a path, an open file, or any iterable of lines.
        A line is an object with `user_id` and `access_token`, and what else is known: `name`, `kind`, `issued_at`,
        `expires_at` and `data_access_until` (seconds since 1970), `scopes`, `refresh_token`, `app_scoped_id`,
        `username`.

        The provider is not asked: whoever has the file vouches for it. A line that cannot be taken is reported, and
        the others are. Again, it changes nothing, so an import that was cut short is simply begun again. Refreshes
        that are due at once are spread over `spread` (a day). With `dry_run` nothing is written.
        """
    def run(
        self,
        *,
        per_second: float = 10.0,
        at_once: int = 16,
        poll: Length = ...,
        once: bool = False,
        on_progress: Callable[[FleetCounts], object] | None = None,
    ) -> FleetCounts:
        """Keeps every account of this client in the store alive: claims what is due, refreshes it evenly below
        `per_second` with at most `at_once` under way, slower when the provider's usage headers say that the app's
        limit nears, and looks again every `poll` seconds. Any number of processes and machines do so over one store,
        and each account is refreshed by one of them. `once` ends when nothing is due any more, for a job that cron
        starts.

        Ends by `stop()` from another thread or a signal handler, with the counts, or by Ctrl-C, which is raised:
        what is under way is finished before. `on_progress` is called with the counts once a second while they
        change. What became of each account is an event as ever. A store that fails is asked again after a pause;
        with `once`, it raises.
        """
    def stop(self) -> None:
        """Has every `run()` of this keeper in this process finish what is under way and end."""
    def token(self, name: str) -> Token:
        """A live token of the account with this name, or user id. From memory while it is fresh; refreshed beside the
        answer when it is due, and only near its end does a caller wait. One refresh serves all callers.
        """
    def params(self, name: str) -> dict[str, str]:
        """The account's token as query parameters: `{"access_token": …}`. For `requests.get(url, params=…)`."""
    def headers(self, name: str) -> dict[str, str]:
        """The account's token as a header (RFC 6750 2.1): `{"Authorization": "Bearer …"}`."""
    def refresh(self, name: str) -> Token:
        """Refreshes now, although it may not be due. The provider's rules hold: younger than 24 hours raises
        `token.too_young`.
        """
    @overload
    def report(
        self, name: str, response: ResponseLike, body: Body | None = None, headers: Headers | None = None
    ) -> None:
        """Tells the keeper what an API answered to a call with the account's token: a response of httpx, requests or
        aiohttp's shape, or status, body and headers. Raises what the answer means when it is not a success:
        `NeedsLogin` when the token is dead, which is remembered.
        """
    @overload
    def report(
        self, name: str, response: StreamedResponseLike, body: Body, headers: Headers | None = None
    ) -> None: ...
    @overload
    def report(self, name: str, response: int, body: Body | None = None, headers: Headers | None = None) -> None: ...
    def account(self, name: str) -> StoredAccount:
        """One account as the store has it."""
    def accounts(self) -> list[StoredAccount]:
        """This client's accounts in the store, ordered by key."""
    def find_app_scoped(self, app_scoped_id: str) -> AccountKey | None:
        """The account that a deauthorize or data-deletion callback is about."""
    def instagram_accounts(self, name: str) -> InstagramAccounts:
        """The Instagram accounts that the account's token leads to; an empty answer has a reason."""
    def logout(self, name: str) -> LoggedOut:
        """Ends the account's token at the provider where that is possible, and removes the account."""
    def forget(self, name: str) -> None:
        """Drops an account from memory; the store keeps it."""
    def events(self) -> Events:
        """What happens beside the answers: refreshes, failures of refreshes, accounts that need a login. A bounded
        queue; one reader gets each event.
        """
    def settle(self) -> None:
        """Waits until everything that runs beside the answers has ended."""
    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None: ...
    # For AsyncKeeper.
    @staticmethod
    def _for_asyncio(
        client: Client | ClientConfig | None = None,
        store: AnyStore | None = None,
        *,
        namespace: str = "default",
        reread: Length | None = None,
        capacity: int = ...,
        http: AnyHttp | None = None,
        clock: ClockLike | None = None,
        **settings: Unpack[Settings],
    ) -> Keeper:
        """As the class itself; its HTTP and its store may be asynchronous."""
    def _fresh(self, name: str) -> Token | None: ...
    def _complete_grant(
        self, pending: PendingAuthorization, grant: Grant, name: str | None
    ) -> Future[Connection]: ...
    def _resume(self, resumable: Resumable) -> Future[Connection]: ...
    def _import_token(
        self,
        token: str | Token,
        name: str | None,
        kind: TokenKind | None,
        expires_at: Moment | None,
        from_device: bool,
    ) -> Future[Connection]: ...
    def _import(self, dry_run: bool, spread: Length | None) -> Import: ...
    def _run(self, per_second: float, at_once: int, poll: Length, once: bool) -> FleetRun: ...
    def _token(self, name: str) -> Future[Token]: ...
    def _refresh(self, name: str) -> Future[Token]: ...
    def _report(
        self,
        name: str,
        response: ResponseLike | StreamedResponseLike | int,
        body: Body | None,
        headers: Headers | None,
    ) -> Future[None]: ...
    def _account(self, name: str) -> Future[StoredAccount]: ...
    def _accounts(self) -> Future[list[StoredAccount]]: ...
    def _find_app_scoped(self, app_scoped_id: str) -> Future[AccountKey | None]: ...
    def _instagram_accounts(self, name: str) -> Future[InstagramAccounts]: ...
    def _logout(self, name: str) -> Future[LoggedOut]: ...
    def _settle(self) -> Future[None]: ...
    def _event_ready(self) -> Future[None]: ...

@final
class Events:
    """What happens beside a keeper's answers. Iterating waits for the next event, for ever; `next()` waits for a while.
    """
    def try_next(self) -> Event | None:
        """The next event if there is one."""
    def next(self, timeout: Length | None = None) -> Event | None:
        """The next event; waits at most `timeout` seconds for it, and for ever by default. `None`: there was none."""
    def __iter__(self) -> Iterator[Event]: ...
    def __next__(self) -> Event: ...

@final
class Event:
    """Something that happened to an account."""
    @property
    def account(self) -> AccountKey:
        """The account."""
    @property
    def kind(self) -> EventKind:
        """What happened: `refreshed`, `refresh_failed`, `store_failed`, `unsaved`, `stalled`, `at_risk`, `needs_login`,
        `blocked` or `recovered`.
        """
    @property
    def error(self) -> ShutterkeyError | None:
        """Why, where something went wrong: an exception that was not raised."""
    @property
    def until(self) -> datetime | None:
        """Until when the token lives, of an account at risk: it was not or cannot be refreshed."""
    @property
    def at(self) -> datetime:
        """When."""

# --- Stores ---

@final
class MemoryStore:
    """Keeps tokens in this process's memory: they are gone when it ends, and a forked child begins with a copy."""
    def __new__(cls) -> Self: ...

@final
class FileStore:
    """Keeps tokens in files of a folder that is readable by its owner alone; processes share it.

    The store in this folder, which is made if it is not there.
    """
    def __new__(cls, path: str | os.PathLike[str]) -> Self: ...
    @property
    def path(self) -> Path:
        """The folder."""

@final
class SealedStore:
    """Any store, with records sealed on the way in and opened on the way out: the store never sees a token. It goes
    around a `FileStore`, a `MemoryStore` or one of your own.

    With a ring of keys (`SealKeys`, or the text that `shutterkey keygen` prints), or a sealer of your own. Keys of
    records, `due_at` and `forget_at` stay in plain sight.
    """
    @overload
    def __new__(cls, store: AnyStore, seal_keys: SealKeys | str, *, sealer: None = None) -> Self: ...
    @overload
    def __new__(cls, store: AnyStore, seal_keys: None = None, *, sealer: Sealer) -> Self: ...
    @property
    def store(self) -> AnyStore:
        """The store below, which holds the sealed records."""
    def reseal(self, prefix: str = "", *, seal_plain: bool = False, now: Moment | None = None) -> Resealed:
        """Seals anew, with the key that seals now, every record whose key begins with `prefix` and that another key
        sealed. Each is leased meanwhile, so that no refresh is disturbed; one that somebody has is passed over. Run
        it until the answer `is_complete`, then take the old key out.

        `seal_plain`: records that are not sealed at all are sealed, too, for the one pass after a store got its
        first key.
        """
    def reseal_async(
        self, prefix: str = "", *, seal_plain: bool = False, now: Moment | None = None
    ) -> Future[Resealed]:
        """`reseal()` for `asyncio`."""

@final
class PostgresStore:
    """Keeps tokens in a PostgreSQL database (12 or later), sealed with a key that the database never sees: for many
    processes on many machines, with leases on the database's clock, directly or behind PgBouncer in transaction
    mode.

    `address` is `postgres://user:password@host:port/database?sslmode=…`. Say `seal_keys` (a `SealKeys`, or the text
    that `shutterkey keygen` prints), a `sealer` of your own, or `unsealed=True`. Nothing is connected before it is
    used; a forked child has connections of its own.
    """
    def __new__(
        cls,
        address: str,
        *,
        seal_keys: SealKeys | str | None = None,
        sealer: Sealer | None = None,
        unsealed: bool = False,
        schema: str | None = None,
        table_prefix: str | None = None,
        pool_size: int | None = None,
        deadline: Length | None = None,
        tls: TlsMode | None = None,
        root_certificates: str | bytes | None = None,
    ) -> Self: ...
    @property
    def is_sealed(self) -> bool:
        """Whether records are sealed."""
    def migrate(self) -> None:
        """Makes the tables, or brings them up to this release. Safe at every start and by several at once; where
        nothing is to be done it needs no right to change tables. Raises `store.denied` without the right to,
        `store.schema` where the tables are of a release that is too new.
        """
    def migrate_async(self) -> Future[None]:
        """`migrate()` for `asyncio`."""
    def check(self) -> None:
        """Looks whether the database answers and has tables that this release works with; raises `store.schema` and the
        rest of the `store` family.
        """
    def check_async(self) -> Future[None]:
        """`check()` for `asyncio`."""
    def migrations(self) -> str:
        """What `migrate()` sends, as text for `psql --single-transaction --set ON_ERROR_STOP=1 --file`. It can be
        applied again.
        """
    def reseal(self, prefix: str = "", *, seal_plain: bool = False, now: Moment | None = None) -> Resealed:
        """Seals anew, with the key that seals now, every record whose key begins with `prefix` and that another key
        sealed. Each is leased meanwhile, so that no refresh is disturbed; one that somebody has is passed over. Run
        it until the answer `is_complete`, then take the old key out.

        `seal_plain`: records that are not sealed at all are sealed, too, for the one pass after a store got its
        first key.
        """
    def reseal_async(
        self, prefix: str = "", *, seal_plain: bool = False, now: Moment | None = None
    ) -> Future[Resealed]:
        """`reseal()` for `asyncio`."""
    def __reduce__(self) -> NoReturn: ...

@final
class Resealed:
    """What a pass that seals records anew has done."""
    @property
    def resealed(self) -> int:
        """How many were sealed anew."""
    @property
    def current(self) -> int:
        """How many the key that seals now had sealed before."""
    @property
    def busy(self) -> int:
        """How many were passed over, since somebody else has them at the moment."""
    @property
    def unreadable(self) -> list[tuple[str, ShutterkeyError]]:
        """The keys of those that cannot be opened, each with why; they are left as they are."""
    @property
    def is_complete(self) -> bool:
        """Whether every record is sealed with the present key now."""

# --- Fleets ---

@final
class ImportReport:
    """What became of the lines of `Keeper.import_many()`."""
    @property
    def lines(self) -> int:
        """Lines with something on them."""
    @property
    def added(self) -> int:
        """Accounts that were not there."""
    @property
    def replaced(self) -> int:
        """Accounts whose token took the place of one that was dead or older."""
    @property
    def unchanged(self) -> int:
        """Accounts that were there with this token."""
    @property
    def kept(self) -> int:
        """Accounts that are there with another token, as new for all that is known, which stays."""
    @property
    def refused(self) -> int:
        """Lines that could not be taken."""
    @property
    def refusals(self) -> list[tuple[int, ShutterkeyError]]:
        """Why, by the number of the line from 1 on, in order: exceptions that were not raised, of the first thousand.
        """

@final
class Import:
    """An import that is under way."""
    def add(self, lines: Sequence[str | bytes]) -> Future[None]:
        """A future that is ready when these lines are taken in."""
    def finish(self) -> Future[ImportReport]:
        """A future of what became of all."""

@final
class FleetCounts:
    """What `Keeper.run()` has done."""
    @property
    def accounts(self) -> int:
        """How many accounts were looked after."""
    @property
    def refreshed(self) -> int:
        """Tokens that were refreshed."""
    @property
    def unchanged(self) -> int:
        """Accounts that were looked at and needed nothing."""
    @property
    def failed(self) -> int:
        """Refreshes that failed; the token lives, and it is tried again."""
    @property
    def at_risk(self) -> int:
        """Accounts that came to be at risk."""
    @property
    def needs_login(self) -> int:
        """Accounts that were found to need a login."""
    @property
    def blocked(self) -> int:
        """Accounts whose person has to do something first."""
    @property
    def lost(self) -> int:
        """Accounts whose token is dead and could not be renewed this time, or whose record could not be read or kept.
        """
    @property
    def store_failures(self) -> int:
        """How often the store could not be asked for what is due."""
    def __eq__(self, other: object, /) -> bool: ...

@final
class FleetRun:
    """A fleet that is kept. When nobody has this any more, it stops."""
    def changed(self) -> FleetCounts | None:
        """The counts if they have changed since this was asked before."""
    def stop(self) -> None:
        """Finishes what is under way and begins nothing more."""
    def done(self) -> Future[FleetCounts]:
        """A future of the counts at the end."""

# --- Clocks ---

@final
class RecordBytes:
    """A record as a store sees it: bytes that hold a token, and two moments in plain sight.

    Moments of a store are whole seconds since 1970 (UTC), which every database can keep and compare. The bytes are a
    secret: keep them as secrets are kept, and print them nowhere.
    """

    def __new__(cls, data: bytes, *, due_at: Moment | None = None, forget_at: Moment | None = None) -> Self: ...
    @property
    def data(self) -> bytes:
        """The record itself."""

    @property
    def due_at(self) -> int | None:
        """When the keeper wants to see it again; `None`: not by time. What `list` is asked for by."""

    @property
    def forget_at(self) -> int | None:
        """From when on it may be removed, and is answered as if it were; `None`: never."""

    def __reduce__(self) -> NoReturn: ...

@final
class Stored:
    """A record as it came out of a store, with its version."""

    def __new__(cls, record: RecordBytes, version: int) -> Self: ...
    @property
    def record(self) -> RecordBytes:
        """The record."""

    @property
    def version(self) -> int:
        """Grows with every write of the key, and is never used twice, not even after a deletion."""

    def __reduce__(self) -> NoReturn: ...

@final
class ManualClock:
    """A clock that stands still until it is moved, for tests: give it to a client or a keeper as `clock=`.

    A clock that stands at `now`; by default at the machine's present.
    """
    def __new__(cls, now: Moment | None = None) -> Self: ...
    def advance(self, length: Length) -> None:
        """Moves by a length of time, in seconds or as a `timedelta`; backwards if it is negative."""
    def set(self, now: Moment) -> None:
        """Moves to a moment, forwards or backwards."""
    def now(self) -> datetime:
        """The moment it stands at."""

# --- Requests and their answers ---

@final
class HttpRequest:
    """A request to be sent by a driver. It may hold a code, a token or the app secret: its printed form has method,
    host and path alone.

    Whoever sends it: https only (a loopback address excepted), redirects not followed, no cookies, within
    `deadline`, at most `body_cap` bytes read, and tried once unless it is `replay_safe`.
    """
    @property
    def method(self) -> Method:
        """`GET`, `POST` or `DELETE`."""
    @property
    def url(self) -> str:
        """The whole address. It may hold a token or the app secret."""
    @property
    def headers(self) -> dict[str, str]:
        """Header names, in lower case, and values. A value may hold the client's credentials."""
    @property
    def body(self) -> bytes | None:
        """The body, form-encoded ASCII; `None` without one. It may hold a code or the app secret."""
    @property
    def replay_safe(self) -> bool:
        """Whether it may be sent again when no answer came. A code exchange never is."""
    @property
    def deadline(self) -> float:
        """How long it may take, from connecting to the last byte, in seconds."""
    @property
    def body_cap(self) -> int:
        """How many bytes of the answer's body may be read."""
    def __reduce__(self) -> NoReturn: ...

@final
class HttpResponse:
    """An answer as it was received: status, headers, whole body. Its printed form has status and length alone. Wherever
    one is taken, a response of httpx or requests whose body was read is taken as well.

    `body` is bytes or text, `headers` a mapping or pairs; names in any case.
    """
    def __new__(cls, status: int, body: Body | None = None, headers: Headers | None = None) -> Self: ...
    @property
    def status(self) -> int:
        """The HTTP status."""
    @property
    def is_success(self) -> bool:
        """Whether the status is 2xx."""
    def header(self, name: str) -> str | None:
        """The first header of that name, in any case."""
    @property
    def body(self) -> bytes:
        """The body. It may hold a token."""
    def __reduce__(self) -> NoReturn: ...

def build_exchange_request(config: ClientConfig, code: str, verifier: str | None = None) -> HttpRequest:
    """The exchange of a code. `verifier` is `PendingAuthorization.reveal_verifier()`. It may be sent once."""
def build_extend_request(config: ClientConfig, token: Token) -> HttpRequest:
    """The exchange of a short-lived token for a long-lived one."""
def build_refresh_request(config: ClientConfig, token: Token) -> HttpRequest:
    """The refresh of a token."""
def build_identify_request(provider: ProviderLike | ClientConfig, token: Token) -> HttpRequest:
    """The question whose token it is. `provider` may be the configuration: the app secret then proves the call, where
    the platform takes such proofs (Facebook's `appsecret_proof`).
    """
def build_revoke_request(config: ClientConfig, token: Token) -> HttpRequest:
    """The end of a token at the provider."""
def build_inspect_request(config: ClientConfig, token: Token, *, inspector: Token | None = None) -> HttpRequest:
    """What a token is, and which app it was made for (Meta's `debug_token`). The app asks under its own name;
    `inspector` asks instead where it is given: a token of one of the app's developers, or for Threads of one of its
    testers.
    """
def build_app_token_request(config: ClientConfig) -> HttpRequest:
    """The app's own token, for the client's credentials (RFC 6749 4.4)."""
def build_accounts_request(config: ClientConfig, token: Token, *, after: str | None = None) -> HttpRequest:
    """The person's Facebook Pages, each with its token and the Instagram account that is linked to it; from the cursor
    `after` on.
    """
def build_permissions_request(config: ClientConfig, token: Token) -> HttpRequest:
    """What was granted, declined, and what has expired."""
def build_revoke_permission_request(config: ClientConfig, token: Token, permission: str) -> HttpRequest:
    """Takes one permission back. Its answer is read by `parse_revoke_response()`."""
def build_metadata_request(url: str) -> HttpRequest:
    """The request for the metadata at one of `metadata_urls()`."""
def metadata_urls(issuer: str) -> tuple[str, str]:
    """Where a server's metadata may be (RFC 8414 3.1, OpenID Connect Discovery 4): ask in this order."""
def parse_exchange_response(
    provider: ProviderLike, asked: Iterable[str], response: Received, *, now: Moment | None = None
) -> TokenAnswer:
    """Reads the answer to a code exchange. `asked` are the scopes of the login: what was granted where RFC 6749 5.1
    lets the answer be silent. Raises the provider's refusal.
    """
def parse_extend_response(
    provider: ProviderLike, token: Token, response: Received, *, now: Moment | None = None
) -> Token:
    """Reads the answer to the exchange for a long-lived token. Raises the provider's refusal."""
def parse_refresh_response(
    provider: ProviderLike,
    token: Token,
    response: Received,
    *,
    expected: Account | str | None = None,
    now: Moment | None = None,
) -> Token:
    """Reads the answer to a refresh: what it does not say stays as it was. `expected` is the account, or its user id;
    an answer that names another one raises `account.mismatch`.
    """
def parse_identify_response(provider: ProviderLike, response: Received, *, now: Moment | None = None) -> Account:
    """Reads whose token it is. Raises the provider's refusal."""
def parse_revoke_response(response: Received, *, now: Moment | None = None) -> None:
    """Reads the answer to a revocation. Raises the provider's refusal."""
def parse_inspect_response(response: Received, *, now: Moment | None = None) -> TokenInspection:
    """Reads what a token is. A token that is not valid is no error here: see `TokenInspection.error`. Raises the
    provider's refusal to say.
    """
def parse_app_token_response(provider: ProviderLike, response: Received, *, now: Moment | None = None) -> Token:
    """Reads the app's own token. Raises the provider's refusal."""
def parse_accounts_response(
    provider: ProviderLike, token: Token, response: Received, *, now: Moment | None = None
) -> PagesAnswer:
    """Reads a part of the list of Pages. `token` is the one that it was asked with. Raises the provider's refusal."""
def parse_permissions_response(response: Received, *, now: Moment | None = None) -> Permissions:
    """Reads the list of permissions. Raises the provider's refusal."""
def parse_metadata(
    issuer: str,
    response: Received,
    *,
    id: str | None = None,
    name: str | None = None,
    identity_endpoint: str | None = None,
    identity_member: str = "sub",
    secret_in_body: bool = False,
    pkce: bool = True,
) -> Provider:
    """Reads a server's metadata into a provider; the keyword arguments are those of `discover()`."""

@final
class PagesAnswer:
    """A part of the person's list of Pages."""
    @property
    def pages(self) -> tuple[ListedPage, ...]:
        """The Pages, in order."""
    @property
    def after(self) -> str | None:
        """From where the list goes on; `None`: it is over."""

@final
class ListedPage:
    """A Page of the person's list."""
    @property
    def page(self) -> FacebookPage:
        """The Page."""
    @property
    def account(self) -> Account | None:
        """The professional Instagram account that is linked to it, where one is."""

@final
class ReplayGuard:
    """Single use without a store: remembers which logins were completed for as long as their answers would be accepted.
    It knows what it has seen itself; over several processes single use takes a store. A `Client` has one.
    """
    def __new__(cls) -> Self: ...
    def spend(self, pending: PendingAuthorization, *, now: Moment | None = None) -> None:
        """Marks a login as used. Raises `redirect.state_used` when it was before."""
    def unspend(self, pending: PendingAuthorization) -> None:
        """Takes the mark back: the code never left this machine."""

# --- Operations ---

_Gives = TypeVar("_Gives", covariant=True)
_Result = TypeVar("_Result", covariant=True)

@final
class Operation(Generic[_Gives]):
    """A sequence in progress, without socket, store, clock or randomness of its own: it asks for each by a `Step`, and
    goes on with the `Answer`. Every step is answered exactly once, in order. What fails goes into the machine as an
    answer, so that a failure has one meaning everywhere. An operation that raised, or that gave `Step.Done`, is
    finished.
    """
    @staticmethod
    def complete(
        config: ClientConfig,
        pending: PendingAuthorization,
        grant: Grant,
        *,
        namespace: str | None = None,
        name: str | None = None,
    ) -> Operation[Connection]:
        """Completes a login; gives a `Connection`. With a namespace it is stored there before it is given; without one
        no store is asked.
        """
    @staticmethod
    def resume(resumable: Resumable) -> Operation[Connection]:
        """Finishes a login whose code is spent; gives a `Connection`."""
    @staticmethod
    def exchange(config: ClientConfig, pending: PendingAuthorization, grant: Grant) -> Operation[TokenAnswer]:
        """Exchanges a code; gives a `TokenAnswer`."""
    @staticmethod
    def extend(config: ClientConfig, token: Token) -> Operation[Token]:
        """Makes a short-lived token long-lived; gives a `Token`."""
    @staticmethod
    def refresh(config: ClientConfig, token: Token) -> Operation[Token]:
        """Refreshes a token; gives a `Token`."""
    @staticmethod
    def identify(provider: ProviderLike | ClientConfig, token: Token) -> Operation[Account]:
        """Asks whose token it is; gives an `Account`. `provider` may be the configuration: the app secret then proves
        the call, where the platform takes such proofs (Facebook's `appsecret_proof`).
        """
    @staticmethod
    def revoke(config: ClientConfig, token: Token) -> Operation[None]:
        """Ends a token at the provider; gives `None`."""
    @staticmethod
    def inspect_token(
        config: ClientConfig, token: Token, *, inspector: Token | None = None
    ) -> Operation[TokenInspection]:
        """Asks the platform what a token is (Meta's `debug_token`); gives a `TokenInspection`. `inspector` asks instead
        of the app itself: a token of one of its developers, or for Threads of one of its testers.
        """
    @staticmethod
    def app_token(config: ClientConfig) -> Operation[Token]:
        """Asks for the app's own token (RFC 6749 4.4); gives a `Token`."""
    @staticmethod
    def instagram_accounts(config: ClientConfig, token: Token) -> Operation[InstagramAccounts]:
        """Finds the Instagram accounts that a token leads to; gives `InstagramAccounts`."""
    @staticmethod
    def permissions(config: ClientConfig, token: Token) -> Operation[Permissions]:
        """Asks what became of each permission; gives `Permissions`."""
    @staticmethod
    def revoke_permission(config: ClientConfig, token: Token, permission: str) -> Operation[None]:
        """Takes one permission back; gives `None`."""
    @staticmethod
    def discover(
        issuer: str,
        *,
        id: str | None = None,
        name: str | None = None,
        identity_endpoint: str | None = None,
        identity_member: str = "sub",
        secret_in_body: bool = False,
        pkce: bool = True,
    ) -> Operation[Provider]:
        """Describes a standard server from its own metadata (RFC 8414); gives a `Provider`. The keyword arguments say
        what the metadata does not.
        """
    @staticmethod
    def import_token(
        config: ClientConfig,
        token: str | Token,
        *,
        kind: TokenKind | None = None,
        expires_at: Moment | Literal["never"] | None = None,
        account: Account | str | None = None,
        namespace: str | None = None,
        name: str | None = None,
        from_device: bool = False,
    ) -> Operation[Connection]:
        """Takes a token that was made elsewhere; gives a `Connection`. `account` says whose it is where the provider
        does not say; `expires_at` may be `"never"`. One that came `from_device` is taken only if the provider says
        that it was made for this app.
        """
    @staticmethod
    def keep_fresh(
        config: ClientConfig, account: AccountKey, *, namespace: str = "default", even_if_not_due: bool = False
    ) -> Operation[Kept]:
        """Makes sure that an account has a live token, refreshing it if it is due; gives a `Kept`."""
    @staticmethod
    def report(
        config: ClientConfig,
        account: AccountKey,
        response: Received,
        *,
        namespace: str = "default",
        used: Token | None = None,
    ) -> Operation[Reported]:
        """Remembers what an API's answer says about an account's token; gives a `Reported`. `used` is the token that
        the call was made with.
        """
    @staticmethod
    def logout(config: ClientConfig, account: AccountKey, *, namespace: str = "default") -> Operation[LoggedOut]:
        """Ends an account's token at the provider where that is possible, and removes the account; gives a `LoggedOut`.
        """
    @staticmethod
    def store_again(
        config: ClientConfig, account: StoredAccount, *, namespace: str = "default"
    ) -> Operation[StoredAccount]:
        """Writes an account that a problem of `Kept` left in memory alone, unless something newer is stored by now;
        gives the `StoredAccount` that the store holds then.
        """
    def __class_getitem__(cls, gives: Any) -> GenericAlias: ...
    def begin(self, now: Moment | None = None) -> Step[_Gives]:
        """The first step. `now` is the machine's present by default."""
    def step(self, answer: Answer, now: Moment | None = None) -> Step[_Gives]:
        """The next step, given the answer to the last one."""

@disjoint_base
class Step(Generic[_Gives]):
    """What an operation asks its driver to do; `match` tells which. Lengths are in seconds, moments are `datetime`."""
    def __class_getitem__(cls, gives: Any) -> GenericAlias: ...
    @final
    class Send(Step[_Result]):
        """Send a request. Answer `Response` or `SendFailed`."""
        __match_args__ = ("request",)
        def __new__(cls, request: HttpRequest) -> Self: ...
        @property
        def request(self) -> HttpRequest: ...
    @final
    class Load(Step[_Result]):
        """Load a record. Answer `Loaded` or `StoreFailed`."""
        __match_args__ = ("key",)
        def __new__(cls, key: str) -> Self: ...
        @property
        def key(self) -> str: ...
    @final
    class Lease(Step[_Result]):
        """Take a lease on a key; it frees itself after `ttl`. Answer `Leased`, `LeaseHeld` or `StoreFailed`."""
        __match_args__ = ("key", "ttl")
        def __new__(cls, key: str, ttl: float) -> Self: ...
        @property
        def key(self) -> str: ...
        @property
        def ttl(self) -> float: ...
    @final
    class Save(Step[_Result]):
        """Write a record if the present version is `expected` (`None`: there is none) and no later lease than `fence`
        was given out. The record holds a token. Answer `Saved`, `Conflict` or `StoreFailed`.
        """
        __match_args__ = ("key", "record", "expected", "fence", "due_at", "forget_at")
        def __new__(
            cls,
            key: str,
            record: bytes,
            expected: int | None,
            fence: int | None,
            due_at: datetime | None,
            forget_at: datetime | None,
        ) -> Self: ...
        @property
        def key(self) -> str: ...
        @property
        def record(self) -> bytes: ...
        @property
        def expected(self) -> int | None: ...
        @property
        def fence(self) -> int | None: ...
        @property
        def due_at(self) -> datetime | None: ...
        @property
        def forget_at(self) -> datetime | None: ...
    @final
    class Release(Step[_Result]):
        """Give a lease back. Answer `Released` or `StoreFailed`."""
        __match_args__ = ("key", "fence")
        def __new__(cls, key: str, fence: int) -> Self: ...
        @property
        def key(self) -> str: ...
        @property
        def fence(self) -> int: ...
    @final
    class Delete(Step[_Result]):
        """Remove a record if it still has this version. Answer `Deleted`, `Conflict` or `StoreFailed`."""
        __match_args__ = ("key", "expected")
        def __new__(cls, key: str, expected: int) -> Self: ...
        @property
        def key(self) -> str: ...
        @property
        def expected(self) -> int: ...
    @final
    class Wait(Step[_Result]):
        """Wait, on the machine's own time. Answer `Waited`."""
        __match_args__ = ("seconds",)
        def __new__(cls, seconds: float) -> Self: ...
        @property
        def seconds(self) -> float: ...
    @final
    class Done(Step[_Result]):
        """Finished."""
        __match_args__ = ("value",)
        def __new__(cls, value: Any) -> Self: ...
        @property
        def value(self) -> _Result: ...

@disjoint_base
class Answer:
    """What a driver answers to a `Step`."""
    @final
    class Response(Answer):
        """The response, whatever its status: an `HttpResponse`, or one of httpx or requests whose body was read."""
        __match_args__ = ("response",)
        def __new__(cls, response: Received) -> Self: ...
        @property
        def response(self) -> Received: ...
    @final
    class SendFailed(Answer):
        """No response, or none that could be read whole: `timeout`, `dns`, `tls`, `offline`, `reset` or `too_large`."""
        __match_args__ = ("reason",)
        def __new__(cls, reason: SendFailure) -> Self: ...
        @property
        def reason(self) -> str: ...
    @final
    class Loaded(Answer):
        """The record with its version; without arguments: there is none."""
        __match_args__ = ("record", "version")
        def __new__(cls, record: bytes | None = None, version: int = 0) -> Self: ...
        @property
        def record(self) -> bytes | None: ...
        @property
        def version(self) -> int: ...
    @final
    class Leased(Answer):
        """The lease, by its number: it grows with every lease of a key."""
        __match_args__ = ("fence",)
        def __new__(cls, fence: int) -> Self: ...
        @property
        def fence(self) -> int: ...
    @final
    class LeaseHeld(Answer):
        """Somebody else has the lease."""
        __match_args__ = ()
        def __new__(cls) -> Self: ...
    @final
    class Saved(Answer):
        """The version that was written: it grows with every write of a key."""
        __match_args__ = ("version",)
        def __new__(cls, version: int) -> Self: ...
        @property
        def version(self) -> int: ...
    @final
    class Conflict(Answer):
        """Another version is there, or a later lease."""
        __match_args__ = ()
        def __new__(cls) -> Self: ...
    @final
    class StoreFailed(Answer):
        """The store could not do it: a code of the `store` family."""
        __match_args__ = ("code",)
        def __new__(cls, code: ErrorCode = ...) -> Self: ...
        @property
        def code(self) -> str: ...
    @final
    class Released(Answer):
        """The lease is back."""
        __match_args__ = ()
        def __new__(cls) -> Self: ...
    @final
    class Deleted(Answer):
        """The record is gone."""
        __match_args__ = ()
        def __new__(cls) -> Self: ...
    @final
    class Waited(Answer):
        """The time has passed."""
        __match_args__ = ()
        def __new__(cls) -> Self: ...

@final
class Kept:
    """An account that was looked after: its token lives."""
    @property
    def account(self) -> StoredAccount:
        """The account as it is now."""
    @property
    def refreshed(self) -> bool:
        """Whether this call refreshed its token."""
    @property
    def stalled(self) -> bool:
        """Whether a refresh succeeded and did not move the expiry."""
    @property
    def at_risk(self) -> datetime | None:
        """Until when the token lives, of an account that came to be at risk; told once for a token."""
    @property
    def problem(self) -> ShutterkeyError | None:
        """What went wrong although the token lives, as an exception that was not raised: a failed refresh, or a
        refreshed token that could not be stored and is in `account` alone; `store_again` tries to store it later.
        """

@final
class Reported:
    """What the report of an API's answer led to."""
    @property
    def account(self) -> StoredAccount:
        """The account as it is now."""
    @property
    def meaning(self) -> ShutterkeyError | None:
        """What the answer means, as an exception that was not raised; `None` for a success."""
    @property
    def changed(self) -> bool:
        """Whether the account's record was changed."""
    @property
    def error(self) -> ShutterkeyError | None:
        """The exception to raise: that the account needs a login, or what the answer means otherwise."""

# --- For tests ---

def testing_authorize(
    config: ClientConfig, *, entropy: bytes, now: Moment, **options: Unpack[AuthorizeOptions]
) -> AuthorizationRequest:
    """Begins a login with known randomness: 64 bytes, the first 32 of them the state, the last 32 the code verifier.
    Such a login can be forged by anybody who reads the test. The other keyword arguments are those of
    `Client.authorize()`.
    """
def testing_seal(
    pending: PendingAuthorization, keys: SealKeys, *, nonce: bytes, session: str | None = None
) -> str:
    """`PendingAuthorization.seal()` with a known nonce of 24 bytes."""
def testing_seal_keys(entropy: bytes) -> SealKeys:
    """A ring of one key of known randomness: 36 bytes, of which four name the key."""
def resolve_profile(
    profile_file: str | None = None,
    user_file: str | None = None,
    environment: Mapping[str, str] | None = None,
    *,
    trust_endpoints: bool = False,
) -> ClientConfig:
    """The configuration that a machine's profile comes to: `shutterkey.toml` and the user's own file as texts, and the
    environment. Nothing is read from this machine. Raises the `config` family.
    """

# --- Sandbox ---

@disjoint_base
class NativeSandbox:
    """What `shutterkey.Sandbox` is made of."""
    def __new__(
        cls,
        *,
        port: int = 0,
        seed: int | None = None,
        world: str | os.PathLike[str] | None = None,
        profile: SandboxProfile | None = None,
        clock_start: Moment | None = None,
        scenario: Scenario | str | os.PathLike[str] | None = None,
        _kept: bool = False,
    ) -> Self: ...
    @property
    def base_url(self) -> str:
        """`http://127.0.0.1:PORT`, without a slash at the end."""
    def reveal_control_token(self) -> str:
        """What the header `X-Shutterkey-Control` must carry at `/control/…`, for programs that drive this sandbox over
        HTTP. A secret, new in every run.
        """
    @property
    def clock(self) -> SandboxClock:
        """The sandbox's time, which its clients follow."""
    def person(self, name: str, *, account_type: AccountType = "Business") -> SandboxPerson:
        """The person of this name (`ada` and `ada.sandbox` are the same), added if there is none: by default with a
        business account; `account_type` is `Business`, `Media_Creator` or `Personal`, as the platform spells it.
        """
    def people(self) -> list[SandboxPerson]:
        """Everybody, in the order in which they came. A fresh world has `studio` and `bakery` (business), `maker`
        (creator) and `visitor` (personal).
        """
    def _register(self, spec: str) -> SandboxApp:
        """Registers an app; `spec` is JSON as the control API takes it."""
    def seed(self, scenario: Scenario | str | os.PathLike[str]) -> SandboxSeeded:
        """Makes what a scenario describes: a mapping, or the path of a file. All of it, or nothing if it has one
        mistake, which `SandboxError` tells with its place and with what is allowed there. Answers what was made, by
        the scenario's names.
        """
    @property
    def seeded(self) -> SandboxSeeded:
        """What scenarios made since the start or the last reset, by their names; of two of one name the later one."""
    def _control(self, word: str, body: str) -> str:
        """One call of the control API: its path below `/control/`, its body as JSON text. Answers JSON text."""
    def _control_wait(self, word: str, body: str) -> str:
        """As `_control()`, for what takes time."""
    def apps(self, product: Product = "instagram") -> list[SandboxApp]:
        """The apps of a product, in the order in which they were registered."""
    def approve(
        self, url: str, person: str | None = None, *, untick: Iterable[str] | None = None, deny: bool = False
    ) -> str:
        """Walks an authorize URL of this sandbox to its end over real HTTP: picks the person (`studio` by default),
        sends the consent form, and answers the redirect URL, which is not followed. `untick` names permissions to
        refuse; `deny` presses *Cancel*. Raises `SandboxError` with the platform's own words where it shows an error
        instead.
        """
    def mint_token(
        self,
        person: str = "studio",
        *,
        product: Product = "instagram",
        age: Length | None = None,
        app: SandboxApp | None = None,
    ) -> MintedToken:
        """A token as if it had been obtained `age` ago (just now by default), without a login: of this app, or of the
        product's newest one (one is made if there is none).
        """
    def calls(self, matching: str | None = None, *, status: int | None = None) -> list[SandboxCall]:
        """What was called since the start or the last reset, oldest first; never with secrets. Those whose endpoint
        contains `matching`, and that were answered with `status`.
        """
    @property
    def behaviour(self) -> Switches:
        """The switches for what sources disagree on: a copy, to read. `set_behaviour()` changes them."""
    def set_behaviour(self, **switches: Unpack[Switches]) -> None:
        """Sets switches from now on, by their names; `profile` (`production` or `documented`) sets all of them first.
        """
    def reset(self) -> None:
        """Back to a fresh world of the same seed and switches: no apps, the first people, no calls, no faults, the
        machine's time.
        """
    def save_world(self) -> str:
        """The whole world as JSON text, for `Sandbox(world=…)`. It holds the sandbox's secrets and tokens."""
    def close(self) -> None:
        """Closes the port and waits until it is closed. More than once is fine; in a forked child it does nothing."""
    def __enter__(self) -> Self: ...
    def __exit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        trace: TracebackType | None = None,
        /,
    ) -> None: ...
    def __reduce__(self) -> NoReturn: ...
    def _approve(self, url: str, person: str | None, untick: Iterable[str] | None, deny: bool) -> Future[str]: ...
    def _control_later(self, word: str, body: str) -> Future[str]: ...
    def _close(self) -> Future[None]: ...
    @property
    def _app_name(self) -> str | None:
        """The name of the app whose accounts its keepers keep by default; `None`: the newest one."""
    @property
    def _accounts(self) -> Path | None:
        """The folder of its accounts, for the world that the command keeps."""

@final
class SandboxSeeded:
    """What scenarios made, by the names that they gave."""
    @property
    def people(self) -> dict[str, SandboxPerson]:
        """People, by their names without `.sandbox`."""
    @property
    def apps(self) -> dict[str, SandboxApp]:
        """Apps."""
    @property
    def pages(self) -> dict[str, SandboxPage]:
        """Facebook Pages."""
    @property
    def tokens(self) -> dict[str, MintedToken]:
        """Tokens."""
    def __reduce__(self) -> NoReturn: ...

@final
class SandboxClock:
    """A sandbox's clock: it runs with the machine's, and can be moved or stopped. The sandbox's clients follow it; give
    it to others as `clock=`.
    """
    def advance(self, length: Length) -> None:
        """Moves by a length of time, in seconds or as a `timedelta`; backwards if it is negative. A frozen clock moves
        as well and stays frozen.
        """
    def set(self, now: Moment) -> None:
        """Sets the present; the clock runs on from there, or stands there if it is frozen."""
    def freeze(self) -> None:
        """Stops it at its present moment."""
    def unfreeze(self) -> None:
        """Lets it run again from the moment at which it stands."""
    @property
    def is_frozen(self) -> bool:
        """Whether it stands still."""
    def now(self) -> datetime:
        """The present of the sandbox."""

@final
class SandboxPerson:
    """A sandbox person: whom one picks instead of typing a password. All are made up."""
    @property
    def username(self) -> str:
        """The unique name; ends with `.sandbox`."""
    @property
    def full_name(self) -> str:
        """The name that is shown."""
    @property
    def account_type(self) -> AccountType:
        """`Business`, `Media_Creator` or `Personal`."""
    @property
    def user_id(self) -> str:
        """The id on today's platform."""
    @property
    def legacy_id(self) -> str:
        """The id on the platform of the 2010s."""
    @property
    def media_count(self) -> int:
        """Pictures posted."""
    @property
    def follows_count(self) -> int:
        """Accounts that this one follows."""
    @property
    def followers_count(self) -> int:
        """Accounts that follow this one."""
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class SandboxApp:
    """An app that is registered in a sandbox."""
    @property
    def product(self) -> Product:
        """`instagram`, `facebook`, `threads`, `legacy` or `standard`."""
    @property
    def name(self) -> str:
        """Its name."""
    @property
    def client_id(self) -> str:
        """The client id: for `instagram` the Instagram app ID."""
    def reveal_client_secret(self) -> str | None:
        """The secret, for clients that are not made by `config()`; `None` for a public one."""
    @property
    def meta_app_id(self) -> str | None:
        """Meta's products: the Meta app ID, which is the wrong one for Instagram Login and Threads."""
    @property
    def config_ids(self) -> tuple[str, ...]:
        """`facebook`: the ids of its saved Login configurations."""
    @property
    def redirect_uris(self) -> tuple[str, ...]:
        """As registered."""
    @property
    def authorize_url(self) -> str:
        """Where to send a browser."""
    @property
    def token_url(self) -> str:
        """Where to exchange a code."""
    def config(
        self,
        *,
        redirect_uri: str | None = None,
        scopes: Iterable[str] | None = None,
        allow_unknown_scopes: bool | None = None,
        response_type: ResponseType | None = None,
    ) -> ClientConfig:
        """The configuration of a client of this app. By default with its first redirect URI; give such a client the
        sandbox's clock, or let `Sandbox.client()` make it.
        """
    def __reduce__(self) -> NoReturn: ...

@final
class MintedToken:
    """A token that was made without a login. Its value comes out by `reveal()` alone."""
    def reveal(self) -> str:
        """The token itself: for `Keeper.import_token()`, or a request."""
    def reveal_refresh_token(self) -> str | None:
        """The refresh token beside it; `standard` only."""
    @property
    def client_id(self) -> str:
        """The app that it belongs to."""
    @property
    def username(self) -> str:
        """Whose token it is."""
    @property
    def user_id(self) -> str:
        """Their id on the product's platform."""
    @property
    def issued_at(self) -> datetime:
        """When it was issued, in the sandbox's time."""
    @property
    def expires_at(self) -> datetime | None:
        """When it ends; `None` for `legacy`."""
    def __reduce__(self) -> NoReturn: ...

@final
class SandboxCall:
    """One request that a sandbox answered; never with secrets."""
    @property
    def at(self) -> datetime:
        """When, in the sandbox's time."""
    @property
    def endpoint(self) -> str:
        """The route, such as `/instagram/refresh_access_token`; `(unknown)` where there is none for the path."""
    @property
    def method(self) -> str:
        """`GET`, `POST`, …"""
    @property
    def status(self) -> int:
        """The HTTP status of the answer."""
    @property
    def grant_type(self) -> str | None:
        """The grant type of a token request, where the endpoint knows it."""
    @property
    def account(self) -> str | None:
        """The username whom the answer is about, where it is about one."""
    @property
    def client_id(self) -> str | None:
        """The client id that called, where it is a registered one."""
    @property
    def number(self) -> int:
        """Its number since the start or the last reset, from 1 on."""
    @property
    def fault(self) -> str | None:
        """The kind of the fault that it was given, if any."""

# --- Logging in from a script, and the command ---

@final
class LoopbackListener:
    """Takes the redirect of one login on this machine."""
    def __new__(cls, redirect_uri: str, *, any_port: bool = False) -> Self: ...
    @property
    def redirect_uri(self) -> str:
        """What the login must be begun with."""
    def wait(self, pending: PendingAuthorization, client: Client, timeout: Length) -> Grant:
        """Serves until the answer is here, at most `timeout`. Then, and when Ctrl-C stops it, the port is free."""
    def close(self) -> None:
        """Frees the port."""

def login_mode(config: ClientConfig) -> tuple[LoginMode, str]:
    """How the answer of this client's logins comes back (`loopback`, `paste` or `external`), and a sentence that says
    why.
    """
def redirect_elsewhere(config: ClientConfig) -> ShutterkeyError:
    """Why the answer of this client's logins cannot be taken in a script: an exception that was not raised."""
def open_browser(url: str) -> str | None:
    """Opens an address in the person's browser. `None`: a program was started with it; otherwise a sentence that says
    why none was.
    """
def profile_store(**settings: Unpack[Settings]) -> FileStore | PostgresStore:
    """The store of the profile with these settings over it."""
def check_login(keeper: Keeper, name: str) -> None:
    """Refuses a login that could not be kept: under a name that no account can have, or in a store that cannot be
    written to.
    """
def take_pasted(
    pending: PendingAuthorization,
    client: Client,
    read: ReadInput,
    explain: Callable[[ShutterkeyError], None],
    timeout: Length,
) -> Grant:
    """Takes what a person pastes. `read(pause)` answers a piece of the input, `None` when nothing came for `pause`
    seconds (which may be `None`: the caller's own time is over), and an empty one at its end. `explain(error)` shows
    why something was not the answer.
    """
def run_command(arguments: Sequence[str]) -> int:
    """Runs the command `shutterkey` with these arguments, without the program's name, and answers its exit code. It
    takes over Ctrl-C and the process's output: for a process of its own.
    """

# --- For the package and its tools ---

def catalogue() -> list[tuple[ErrorCode, Family, str, str, RetryKind]]:
    """The catalogue of errors: (code, family, summary, hint, retry) of each, in its order. For tests and tools."""
def before_fork() -> None:
    """Holds the built-in stores still."""
def after_fork_in_parent() -> None: ...
def after_fork_in_child() -> None:
    """Forgets what belongs to the parent."""
def at_exit() -> None:
    """Before the interpreter goes away: what was begun beside the answers is finished, within bounds, and then no
    thread of ours enters Python any more.
    """
@overload
def check_store(
    make: Callable[[], object], second: Callable[[Any], object] | None, own_clock: bool, asyncio: Literal[False]
) -> list[tuple[str, Literal["passed", "failed", "skipped"], str | None]]:
    """Runs every check on a store that `make` makes for it. Answers what was found, or, with `asyncio`, a future of it.
    """

@overload
def check_store(
    make: Callable[[], object], second: Callable[[Any], object] | None, own_clock: bool, asyncio: Literal[True]
) -> Future[list[tuple[str, Literal["passed", "failed", "skipped"], str | None]]]: ...
def settle_future(future: Future[Any], ok: bool, value: object) -> None:
    """Gives a future its result, unless it was cancelled. For the package alone."""

# --- Web ---

@final
class WebRequest:
    """A request, copied from a framework's own: method, raw query, all header fields, raw body."""
    def __new__(
        cls, method: str, query: str = "", headers: Sequence[tuple[str, str]] = ..., body: bytes = ...
    ) -> WebRequest: ...
    @property
    def body(self) -> bytes:
        """The raw body."""

@final
class WebAnswer:
    """What a route came to: the response to send in any case, the error if there was one, and what was verified."""
    @property
    def status(self) -> int: ...
    @property
    def headers(self) -> list[tuple[str, str]]:
        """Pairs of name and value; each name once."""
    @property
    def body(self) -> str: ...
    @property
    def error(self) -> ShutterkeyError | None:
        """An exception that was not raised; `None` when all went well."""
    @property
    def pending(self) -> PendingAuthorization | None:
        """What was verified; each member is `None` where it has no meaning."""
    @property
    def grant(self) -> Grant | None: ...
    @property
    def connection(self) -> Connection | None: ...
    @property
    def user_id(self) -> str | None:
        """The app-scoped id that a callback of the platform is about."""
    @property
    def issued_at(self) -> datetime | None:
        """When that callback was made, or a deletion was asked for."""
    @property
    def removed(self) -> AccountKey | None:
        """The account that was removed."""
    @property
    def confirmation_code(self) -> str | None: ...
    @property
    def delivery(self) -> bool:
        """Whether the body is a verified delivery of the webhook."""

@final
class WebRoutes:
    """The decisions of one client's routes; `shutterkey.starlette`, `.flask` and `.django` are made of it."""
    def __new__(
        cls,
        of: Keeper | Client,
        keys: str,
        *,
        origin: str | None = None,
        trusted_origins: Sequence[str] = ...,
        prefix: str | None = None,
        home: str | None = None,
        app_redirect_uri: str | None = None,
        app_secrets: Sequence[str] = ...,
        verify_token: str | None = None,
    ) -> WebRoutes: ...
    def path(self, route: str) -> str:
        """The path of a route: `start`, `callback`, `deauthorize`, `data-deletion`, `webhook`, `handover-start` or
        `handover-finish`.
        """
    def url(self, route: str) -> str:
        """The address of a route, as it is entered in the App Dashboard."""
    def start(self, request: WebRequest, **options: Unpack[AuthorizeOptions]) -> WebAnswer:
        """Begins a login. The options are those of `authorize()`; `session` says who is logged in."""
    def accept(self, request: WebRequest, *, session: str | None = None) -> WebAnswer:
        """Accepts an answer and sends nothing: `pending` and `grant`, for callers who complete the login themselves."""
    def callback(self, request: WebRequest, *, session: str | None = None, name: str | None = None) -> WebAnswer:
        """Accepts an answer and completes the login with the keeper, which stores the account, under a name if one is
        given.
        """
    def deauthorize(self, request: WebRequest) -> WebAnswer:
        """Verifies a deauthorize callback and removes the account."""
    def data_deletion(self, request: WebRequest) -> WebAnswer:
        """Verifies a data-deletion request and removes the account."""
    def verify(self, route: str, request: WebRequest) -> WebAnswer:
        """Verifies one of the two and removes nothing."""
    def deletion_status(self, request: WebRequest, words: str | None = None) -> WebAnswer:
        """The status page of a deletion. `words` say how far it has come, where it is not done at once."""
    def webhook(self, request: WebRequest) -> WebAnswer:
        """The subscription check, or a delivery."""
    def handover_start(self, request: WebRequest, **options: Unpack[AuthorizeOptions]) -> WebAnswer:
        """Begins a login that an app shares with this site. The options are those of `authorize()`; `session` says who
        is signed in.
        """
    def accept_handover(self, request: WebRequest, *, session: str | None = None) -> WebAnswer:
        """Accepts what an app hands over and sends nothing: `pending` and `grant`, for callers who complete the login
        themselves.
        """
    def handover_finish(self, request: WebRequest, *, session: str | None = None, name: str | None = None) -> WebAnswer:
        """Accepts what an app hands over and completes the login with the keeper, as `callback()` does."""
    def _callback(
        self, request: WebRequest, *, session: str | None = None, name: str | None = None
    ) -> Future[WebAnswer]: ...
    def _deauthorize(self, request: WebRequest) -> Future[WebAnswer]: ...
    def _data_deletion(self, request: WebRequest) -> Future[WebAnswer]: ...
    def _handover_finish(
        self, request: WebRequest, *, session: str | None = None, name: str | None = None
    ) -> Future[WebAnswer]: ...
