"""What a sandbox sends to apps."""

from __future__ import annotations

import json

from ._sandbox_words import SandboxWords, as_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from ._native import SandboxApp
    from ._typing import Product, SandboxDelivery


class SandboxDeliveries(SandboxWords):
    """The part of ``Sandbox`` that calls apps, signed with their secrets, on this machine alone."""

    def deliver_deauthorize(
        self, person: str = "studio", *, app: SandboxApp | None = None, product: Product = "instagram"
    ) -> SandboxDelivery:
        """Tells an app, at its ``deauthorize_url``, that a person removed it; by default the product's newest app. What is
        wrong with the answer is the delivery's ``problem``. Its server must answer in the meantime: one on this event loop
        needs ``deliver_deauthorize_async()``."""
        return self._deliver("deliver_deauthorize", app, product, person=person)

    def deliver_deletion(
        self, person: str = "studio", *, app: SandboxApp | None = None, product: Product = "instagram"
    ) -> SandboxDelivery:
        """Asks an app, at its ``deletion_url``, to delete a person's data."""
        return self._deliver("deliver_deletion", app, product, person=person)

    def subscribe_webhook(
        self,
        callback_url: str,
        verify_token: str,
        fields: Iterable[str] = (),
        *,
        app: SandboxApp | None = None,
        product: Product = "instagram",
    ) -> SandboxDelivery:
        """Asks an address for its challenge, and subscribes it as an app's webhook when the answer is right: to these
        fields, or to all."""
        given = {"callback_url": callback_url, "verify_token": verify_token, "fields": list(fields)}
        return self._deliver("subscribe_webhook", app, product, **given)

    def deliver_webhook(
        self, payload: Any = None, *, app: SandboxApp | None = None, product: Product = "instagram"
    ) -> SandboxDelivery:
        """Delivers to an app's webhook: what becomes JSON, or a change of the first subscribed field."""
        return self._deliver("deliver_webhook", app, product, payload=payload)

    async def deliver_deauthorize_async(
        self, person: str = "studio", *, app: SandboxApp | None = None, product: Product = "instagram"
    ) -> SandboxDelivery:
        """As ``deliver_deauthorize()``, for asyncio."""
        return await self._deliver_async("deliver_deauthorize", app, product, person=person)

    async def deliver_deletion_async(
        self, person: str = "studio", *, app: SandboxApp | None = None, product: Product = "instagram"
    ) -> SandboxDelivery:
        """As ``deliver_deletion()``, for asyncio."""
        return await self._deliver_async("deliver_deletion", app, product, person=person)

    async def subscribe_webhook_async(
        self,
        callback_url: str,
        verify_token: str,
        fields: Iterable[str] = (),
        *,
        app: SandboxApp | None = None,
        product: Product = "instagram",
    ) -> SandboxDelivery:
        """As ``subscribe_webhook()``, for asyncio."""
        given = {"callback_url": callback_url, "verify_token": verify_token, "fields": list(fields)}
        return await self._deliver_async("subscribe_webhook", app, product, **given)

    async def deliver_webhook_async(
        self, payload: Any = None, *, app: SandboxApp | None = None, product: Product = "instagram"
    ) -> SandboxDelivery:
        """As ``deliver_webhook()``, for asyncio."""
        return await self._deliver_async("deliver_webhook", app, product, payload=payload)

    def deliveries(self) -> list[SandboxDelivery]:
        """What was sent to apps, on demand and by itself (removing an app tells it), oldest first."""
        return [_delivery(sent) for sent in json.loads(self._control("deliveries", ""))]

    def _deliver(self, word: str, app: SandboxApp | None, product: Product, **body: Any) -> SandboxDelivery:
        return _delivery(json.loads(self._control_wait(word, self._about(app, product, body))))

    async def _deliver_async(self, word: str, app: SandboxApp | None, product: Product, **body: Any) -> SandboxDelivery:
        return _delivery(json.loads(await self._control_later(word, self._about(app, product, body))))

    def _about(self, app: SandboxApp | None, product: Product, body: dict[str, Any]) -> str:
        told = self._app(app, product)
        return as_json(product=told.product, client_id=told.client_id, **body)


def _delivery(sent: dict[str, Any]) -> SandboxDelivery:
    from datetime import datetime, timezone

    delivery: Any = {**sent, "at": datetime.fromtimestamp(sent["at"], timezone.utc)}
    return delivery  # type: ignore[no-any-return]
