"""What can go wrong: one exception class a family, all below :class:`ShutterkeyError`."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime
    from typing import Any

    from ._codes import ErrorCode, Family, RetryKind
    from ._native import Resumable


class Retry:
    """Whether trying again makes sense.

    ``kind`` is ``never``, ``backoff``, ``after`` (see ``after``), ``login``, ``reconsent``, ``user_action`` (see ``url``)
    or ``fix_config``.
    """

    __slots__ = ("after", "kind", "url")

    kind: RetryKind
    after: datetime | None
    url: str | None

    def __init__(self, kind: RetryKind, after: datetime | None = None, url: str | None = None) -> None:
        self.kind = kind
        self.after = after
        self.url = url

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Retry):
            return NotImplemented
        return (self.kind, self.after, self.url) == (other.kind, other.after, other.url)

    def __hash__(self) -> int:
        return hash((self.kind, self.after, self.url))

    def __repr__(self) -> str:
        detail = f", after={self.after!r}" if self.after else f", url={self.url!r}" if self.url else ""
        return f"Retry({self.kind!r}{detail})"


class ProviderDetails:
    """What the provider itself said: ``status`` (HTTP), ``kind``, ``code``, ``subcode``, ``said``, ``trace_id`` (name it
    when you ask the provider's support) and ``is_transient``. What does not occur is ``None``; tokens are left out."""

    __slots__ = ("code", "is_transient", "kind", "said", "status", "subcode", "trace_id")

    status: int | None
    kind: str | None
    code: int | None
    subcode: int | None
    said: str | None
    trace_id: str | None
    is_transient: bool

    def __init__(
        self,
        status: int | None,
        kind: str | None,
        code: int | None,
        subcode: int | None,
        said: str | None,
        trace_id: str | None,
        is_transient: bool,
    ) -> None:
        self.status = status
        self.kind = kind
        self.code = code
        self.subcode = subcode
        self.said = said
        self.trace_id = trace_id
        self.is_transient = is_transient

    def __repr__(self) -> str:
        pairs = ((name, getattr(self, name)) for name in ("status", "kind", "code", "subcode", "said", "trace_id"))
        return "ProviderDetails(" + ", ".join(f"{name}={value!r}" for name, value in pairs if value is not None) + ")"


class ShutterkeyError(Exception):
    """Everything that shutterkey raises on purpose. No member of it ever holds a secret, but for ``resumable``."""

    family: Family
    """The part of the job that it belongs to; there is a class for each."""
    code: ErrorCode
    """The stable dotted code, such as ``redirect.state_mismatch``. New ones may come; none is ever renamed."""
    message: str
    """What happened."""
    hint: str
    """What to do, and where."""
    retry: Retry
    """Whether trying again makes sense."""
    provider: ProviderDetails | None
    """What the provider itself said, if it said anything."""
    reason: str | None
    """Why, as the code of another error, where there is a reason behind it (``account.needs_login``)."""
    resumable: Resumable | None
    """What finishes a login whose code is spent: give it to ``resume()``."""

    def __init__(
        self,
        text: str,
        *,
        family: Family,
        code: ErrorCode,
        message: str,
        hint: str,
        retry: Retry,
        provider: ProviderDetails | None = None,
        reason: str | None = None,
        resumable: Resumable | None = None,
    ) -> None:
        super().__init__(text)
        self.family = family
        self.code = code
        self.message = message
        self.hint = hint
        self.retry = retry
        self.provider = provider
        self.reason = reason
        self.resumable = resumable
        # Python 3.11 and newer print notes below the message of a traceback.
        self.__notes__ = [f"Hint: {hint}"]

    def __reduce__(self) -> tuple[Any, ...]:
        # Without `resumable`: it holds a token.
        retry = (self.retry.kind, self.retry.after, self.retry.url)
        provider = self.provider and tuple(getattr(self.provider, name) for name in _SAID)
        return make, (self.family, self.code, str(self), self.message, self.hint, retry, provider, self.reason, None)


_SAID = ("status", "kind", "code", "subcode", "said", "trace_id", "is_transient")


class ConfigError(ShutterkeyError):
    """The client's configuration is wrong or incomplete."""


class RedirectError(ShutterkeyError):
    """The authorization response (the redirect) was refused."""


class DeniedError(ShutterkeyError):
    """The person, or the platform on their behalf, did not grant what was asked."""


class ProviderError(ShutterkeyError):
    """The provider refused a request, or answered something that cannot be used."""


class NetworkError(ShutterkeyError):
    """The provider could not be reached, or its answer did not arrive whole."""


class ThrottledError(ShutterkeyError):
    """The provider asks for patience."""


class TokenError(ShutterkeyError):
    """The token cannot do what was asked of it."""


class AccountError(ShutterkeyError):
    """The account, not the token, is what stands in the way."""


class NeedsLogin(AccountError):
    """``account.needs_login``: the account has no live token any more, and only a new login helps. ``reason`` says why."""


class StoreError(ShutterkeyError):
    """The place where tokens are kept failed or refused."""


class InternalError(ShutterkeyError):
    """A driver or shutterkey itself broke its own contract."""


class SandboxError(Exception):
    """The sandbox could not do what it was asked. What the platform in it answers to a client is no such error."""


_FAMILIES: dict[str, type[ShutterkeyError]] = {
    "config": ConfigError,
    "redirect": RedirectError,
    "denied": DeniedError,
    "provider": ProviderError,
    "network": NetworkError,
    "throttled": ThrottledError,
    "token": TokenError,
    "account": AccountError,
    "store": StoreError,
    "internal": InternalError,
}


def make(
    family: Family,
    code: ErrorCode,
    text: str,
    message: str,
    hint: str,
    retry: tuple[RetryKind, datetime | None, str | None],
    provider: tuple[Any, ...] | None,
    reason: str | None,
    resumable: Resumable | None,
) -> ShutterkeyError:
    """The exception of an error of the core."""
    kind = NeedsLogin if code == "account.needs_login" else _FAMILIES.get(family, ShutterkeyError)
    return kind(
        text,
        family=family,
        code=code,
        message=message,
        hint=hint,
        retry=Retry(*retry),
        provider=ProviderDetails(*provider) if provider else None,
        reason=reason,
        resumable=resumable,
    )


def _is_public() -> None:
    for named in (Retry, ProviderDetails, ShutterkeyError, NeedsLogin, SandboxError, *_FAMILIES.values()):
        named.__module__ = "shutterkey"


_is_public()
