"""What a sandbox does on demand: apps, ends of tokens, Pages, faults, usage."""

from __future__ import annotations

import json

from ._native import NativeSandbox

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from ._native import SandboxApp
    from ._typing import AskedFault, AskedUsage, Ended, FaultKind, Length, LoginConfiguration, Malformed, Product, SandboxPage


class SandboxWords(NativeSandbox):
    """The part of ``Sandbox`` that asks for things."""

    def app(
        self,
        product: Product = "instagram",
        redirect_uri: str | Iterable[str] | None = None,
        *,
        name: str = "",
        owner: str | None = None,
        development: bool = False,
        testers: Iterable[str] = (),
        allow_loopback_http: bool = False,
        deauthorize_url: str = "",
        deletion_url: str = "",
        require_app_secret: bool = False,
        configurations: Iterable[LoginConfiguration] = (),
        allow_implicit: bool = False,
        enforce_signed_requests: bool = False,
        public: bool = False,
        without_pkce: bool = False,
    ) -> SandboxApp:
        """Registers an app of a product. ``redirect_uri`` is one or several; ``https://localhost/`` by default.

        ``development``: only its owner and ``testers`` can authorize it. ``allow_loopback_http``: accept http on this
        machine, which the platform does not. ``deauthorize_url`` and ``deletion_url``, on this machine, are told when a
        person removes the app or asks for deletion. ``require_app_secret`` (calls need ``appsecret_proof``) and
        ``configurations`` (each gets a ``config_id``) are facebook's; ``allow_implicit`` and
        ``enforce_signed_requests`` are legacy's; ``public`` (no secret) and ``without_pkce`` are standard's.
        """
        if redirect_uri is None:
            redirect_uri = "https://localhost/"
        spec = {
            "product": product,
            "redirect_uris": [redirect_uri] if isinstance(redirect_uri, str) else list(redirect_uri),
            "name": name,
            "owner": owner,
            "development": development,
            "testers": list(testers),
            "allow_loopback_http": allow_loopback_http,
            "deauthorize_url": deauthorize_url,
            "deletion_url": deletion_url,
            "require_app_secret": require_app_secret,
            "configurations": list(configurations),
            "allow_implicit": allow_implicit,
            "enforce_signed_requests": enforce_signed_requests,
            "public": public,
            "without_pkce": without_pkce,
        }
        return self._register(json.dumps(spec))

    def expire(self, person: str = "studio", *, product: Product | None = None) -> int:
        """The tokens of a person end now by time, of one product or of all. Answers how many."""
        return int(self._word("expire", person=person, product=product)["tokens"])

    def invalidate(self, person: str, why: Ended, *, product: Product | None = None) -> int:
        """The tokens of a person die before their time, of one product or of all. Answers how many."""
        return int(self._word("invalidate", person=person, why=why, product=product)["tokens"])

    def clear_checkpoint(self, person: str = "studio") -> int:
        """The person clears a checkpoint: the same tokens live again. Answers how many."""
        return int(self._word("clear_checkpoint", person=person)["tokens"])

    def page(
        self, name: str, owner: str = "studio", *, instagram: str | None = None, portfolio: bool = False
    ) -> SandboxPage:
        """Adds a Facebook Page, linked to this person's Instagram account. Every professional person has one already."""
        page: SandboxPage = self._word("page", name=name, owner=owner, instagram=instagram, portfolio=portfolio)
        return page

    def pages(self) -> list[SandboxPage]:
        """All Facebook Pages, in the order in which they came."""
        pages: list[SandboxPage] = json.loads(self._control("pages", ""))
        return pages

    def remove_pages(self, person: str) -> None:
        """Removes all Facebook Pages of a person."""
        self._word("remove_pages", person=person)

    def fault(
        self,
        endpoint: str = "",
        status: int | None = None,
        body: Any = None,
        *,
        kind: FaultKind | None = None,
        times: int | None = None,
        for_: Length | None = None,
        lasting: bool = False,
        product: Product | None = None,
        account: str | None = None,
        client_id: str | None = None,
        headers: Mapping[str, str] | None = None,
        code: int | None = None,
        minutes: int | None = None,
        delay: Length | None = None,
        dribble: bool = False,
        mib: int | None = None,
        form: Malformed | None = None,
        location: str | None = None,
    ) -> None:
        """Makes calls of an endpoint whose path contains ``endpoint`` go wrong: the next one, the next ``times``, those
        ``for_`` a length of sandbox time, or ``lasting`` until ``clear_faults()``; of one ``product``, ``account``
        (username) or app alone.

        By default they are answered with ``status`` and ``body``: a text, or anything that becomes JSON. Other kinds:
        ``throttle`` (``code`` 4, 17, 32, 613 or 80002; ``minutes``), ``outage`` (``code`` 1, 2, or 0 for a proxy's
        page), ``slow`` (``delay``, ``dribble``), ``truncated``, ``oversized`` (``mib``), ``malformed`` (``form``),
        ``lost`` (acted on, and the answer gets lost), ``reset`` (not acted on), ``redirect`` (``location``).
        """
        text = body if body is None or isinstance(body, str) else json.dumps(body)
        wait = None if delay is None else _seconds(delay) * 1000
        self._word(
            "fault",
            endpoint=endpoint,
            kind=kind,
            status=status,
            body=text,
            times=times,
            for_seconds=None if for_ is None else int(_seconds(for_)),
            lasting=lasting,
            product=product,
            account=account,
            client_id=client_id,
            headers=None if headers is None else dict(headers),
            code=code,
            minutes=minutes,
            delay_ms=None if wait is None else int(wait),
            dribble=dribble,
            mib=mib,
            form=form,
            location=location,
        )

    def faults(self) -> list[AskedFault]:
        """The faults that still wait for their calls."""
        faults: list[AskedFault] = json.loads(self._control("faults", ""))
        return faults

    def clear_faults(self) -> None:
        """Takes back all faults."""
        self._word("clear_faults")

    def usage(
        self,
        call_count: int = 0,
        *,
        total_cputime: int = 0,
        total_time: int = 0,
        estimated_time_to_regain_access: int = 0,
        account: str | None = None,
        client_id: str | None = None,
        product: Product | None = None,
        for_: Length | None = None,
    ) -> None:
        """Makes answers of Meta's products that succeed carry these numbers, in percent: of an app (of every one without
        ``client_id``) in ``X-App-Usage``, or of an ``account`` (username) in ``X-Business-Use-Case-Usage``, which has
        ``estimated_time_to_regain_access`` in minutes too. ``for_`` a length of sandbox time, or until others are set.
        Nothing fails by it: a limit that was reached is the fault ``throttle``.
        """
        self._word(
            "usage",
            call_count=call_count,
            total_cputime=total_cputime,
            total_time=total_time,
            estimated_time_to_regain_access=estimated_time_to_regain_access,
            account=account,
            client_id=client_id,
            product=product,
            for_seconds=None if for_ is None else int(_seconds(for_)),
        )

    def usages(self) -> list[AskedUsage]:
        """The numbers that are told now, the newest last."""
        usages: list[AskedUsage] = json.loads(self._control("usages", ""))
        return usages

    def clear_usages(self) -> None:
        """Tells no numbers any more."""
        self._word("clear_usages")

    def _word(self, word: str, **body: Any) -> Any:
        return json.loads(self._control(word, as_json(**body)))

    def _app(self, app: SandboxApp | None, product: Product) -> SandboxApp:
        return app or self._known_app(product) or self.app(product, name=self._app_name or "")

    def _known_app(self, product: Product) -> SandboxApp | None:
        apps = [app for app in self.apps(product) if self._app_name in (None, app.name)]
        return apps[-1] if apps else None


def as_json(**body: Any) -> str:
    return json.dumps({name: value for name, value in body.items() if value is not None})


def _seconds(length: Length) -> float:
    return float(length) if isinstance(length, (int, float)) else length.total_seconds()
