"""What cases refer to by name: clients, logins, tokens, records."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import shutterkey
from shutterkey import protocol, testing

from . import printing
from .files import data, text


class World:
    """The definitions of a file, the secrets of what was made from them, everything that was printed on the way, and
    the errors that were met."""

    def __init__(self, define: dict[str, dict[str, Any]]) -> None:
        self.define = define
        self.secrets: list[str] = []
        self.printed: list[str] = []
        self.met: list[shutterkey.ShutterkeyError] = []

    def print(self, value: object) -> None:
        """Keeps every printed form of a value, to be searched for secrets."""
        self.printed.append(printing.every_form(value))

    def _secret(self, secret: str) -> None:
        # A text of a few letters occurs by accident.
        if len(secret) >= 8:
            self.secrets.append(secret)

    def named(self, kind: str, spec: Any) -> dict[str, Any]:
        """A definition by its name, or written out in the case itself."""
        found: dict[str, Any] = self.define[kind][spec] if isinstance(spec, str) else spec
        return found

    def client(self, name: str) -> shutterkey.ClientConfig:
        """A client that is there for a case to begin with."""
        with definition():
            return self.build_client(**self.define["clients"][name])

    def build_client(
        self,
        *,
        provider: Any,
        client_id: Any,
        sandbox: dict[str, Any] | None = None,
        client_secret: Any = None,
        redirect_uri: Any = None,
        scopes: list[Any] | None = None,
        allow_unknown_scopes: bool = False,
        response_type: Any = None,
    ) -> shutterkey.ClientConfig:
        platform = shutterkey.Provider.by_id(provider) if isinstance(provider, str) else _standard(**provider)
        if sandbox is not None:
            platform = platform.at_sandbox(**sandbox)
        secret = None if client_secret is None else text(client_secret)
        if secret is not None:
            self._secret(secret)
        config = shutterkey.ClientConfig(
            platform,
            client_id=text(client_id),
            client_secret=secret,
            redirect_uri=None if redirect_uri is None else text(redirect_uri),
            scopes=None if scopes is None else [text(scope) for scope in scopes],
            allow_unknown_scopes=allow_unknown_scopes,
            response_type=response_type,
        )
        self.print(config)
        return config

    def login(self, name: str) -> shutterkey.PendingAuthorization:
        """A login that is there for a case to begin with."""
        with definition():
            return self.begin(**self.define["logins"][name]).pending

    def begin(
        self, *, client: str, now: int, entropy: str, options: dict[str, Any] | None = None
    ) -> shutterkey.AuthorizationRequest:
        known = bytes.fromhex(entropy)
        request = testing.authorize(self.client(client), entropy=known, now=now, **_options(**options or {}))
        self._secret(request.url.partition("state=")[2].partition("&")[0])
        verifier = request.pending.reveal_verifier()
        if verifier is not None:
            self._secret(verifier)
        self.print(request)
        self.print(request.pending)
        return request

    def token(self, spec: Any) -> shutterkey.Token:
        """A token that is there for a case to begin with."""
        with definition():
            token = self.build_token(**self.named("tokens", spec))
        self.print(token)
        return token

    def build_token(
        self,
        *,
        client: str,
        value: Any,
        kind: Any,
        scopes: list[str] | None = None,
        issued_at: int | None = None,
        expiry: Any = "unknown",
        data_access_until: int | None = None,
        refresh_token: Any = None,
    ) -> shutterkey.Token:
        self._secret(text(value))
        second = None if refresh_token is None else text(refresh_token)
        if second is not None:
            self._secret(second)
        return shutterkey.Token(
            text(value),
            provider=self.client(client).provider,
            kind=kind,
            scopes=scopes,
            issued_at=issued_at,
            expires_at=_expires_at(expiry),
            data_access_until=data_access_until,
            refresh_token=second,
        )


@contextmanager
def definition() -> Iterator[None]:
    """What a case begins with is in order: an error in it is not the case's result."""
    try:
        yield
    except shutterkey.ShutterkeyError as error:
        raise AssertionError(f"a definition is refused: {error}") from error


def _expires_at(expiry: Any) -> int | Literal["never"] | None:
    match expiry:
        case "unknown":
            return None
        case "never":
            return "never"
    assert set(expiry) == {"at"}
    return int(expiry["at"])


def _standard(
    *,
    issuer: str | None = None,
    iss_promised: bool = False,
    authorize_endpoint: Any = None,
    token_endpoint: Any = None,
    identity_endpoint: str | None = None,
    id_member: str = "sub",
    revocation_endpoint: str | None = None,
    without_pkce: bool = False,
    secret_in_body: bool = False,
) -> shutterkey.Provider:
    return shutterkey.Provider.standard(
        authorize_endpoint=None if authorize_endpoint is None else text(authorize_endpoint),
        token_endpoint=None if token_endpoint is None else text(token_endpoint),
        issuer=issuer,
        issuer_promised=iss_promised,
        identity_endpoint=identity_endpoint,
        identity_member=id_member,
        revocation_endpoint=revocation_endpoint,
        secret_in_body=secret_in_body,
        pkce=not without_pkce,
    )


def _options(
    *,
    required_scopes: list[str] | None = None,
    optional_scopes: list[str] | None = None,
    expect_account: str | None = None,
    context: Any = None,
    return_to: Any = None,
    session: str | None = None,
    ttl: int | None = None,
    extra: list[tuple[str, Any]] | None = None,
    force_reauth: bool = False,
) -> dict[str, Any]:
    return {
        "required_scopes": required_scopes,
        "optional_scopes": optional_scopes,
        "expect_account": expect_account,
        "context": None if context is None else data(context),
        "return_to": None if return_to is None else text(return_to),
        "session": session,
        "ttl": ttl,
        "extra": None if extra is None else [(name, text(value)) for name, value in extra],
        "force_reauth": force_reauth,
    }


def response(spec: dict[str, Any]) -> protocol.HttpResponse:
    """An answer of a provider."""
    return _response(**spec)


def _response(*, status: int, body: Any, headers: dict[str, str] | None = None) -> protocol.HttpResponse:
    return protocol.HttpResponse(status, data(body), headers)
