"""Views for Django.

    connect = Connect(keeper, keys=keys, name=lambda request: request.user.pk)
    urlpatterns = [*connect.urls, ...]

With an `AsyncKeeper` the views are async, and hooks may be. Django's own CSRF check stays on for `start`; what the platform
posts is signed instead, and what an app posts belongs to a login that was begun for its user.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.http.request import RawPostDataException
from django.urls import URLPattern, path

from ._native import WebAnswer, WebRequest
from ._web import ROUTES, run_now
from ._web import Connect as _Connect

__all__ = ["Connect"]


class Connect(_Connect):
    __doc__ = _Connect.__doc__

    def __init__(self, keeper: Any, **settings: Any) -> None:
        super().__init__(keeper, **settings)
        self._awaits = hasattr(keeper, "_keeper")

    @property
    def urls(self) -> list[URLPattern]:
        """All of them, for `urlpatterns`: they are whole paths, to be included without a prefix."""
        return [
            path(self.path(route).removeprefix("/"), self._view(route), name=f"shutterkey-{route}") for route in ROUTES
        ]

    def _view(self, route: str) -> Callable[..., Any]:
        endpoint = self._endpoint(route)

        async def waiting(request: HttpRequest) -> HttpResponse:
            response: HttpResponse = await endpoint(request)
            return response

        def at_once(request: HttpRequest) -> HttpResponse:
            response: HttpResponse = run_now(endpoint(request))
            return response

        view: Any = waiting if self._awaits else at_once
        # What the platform posts is signed, and an app is no page: neither has the site's form token. The core checks both.
        view.csrf_exempt = route not in ("start", "callback")
        return cast("Callable[..., Any]", view)

    async def _copy(self, request: HttpRequest) -> WebRequest:
        try:
            body = request.body
        except RawPostDataException:
            # A form with files that a middleware has read: `start` has none.
            body = b""
        method = request.method or ""
        return WebRequest(method, request.META.get("QUERY_STRING", ""), list(request.headers.items()), body)

    def _respond(self, answer: WebAnswer) -> HttpResponse:
        headers = dict(answer.headers)
        cookie = headers.pop("set-cookie", None)
        response = HttpResponse(answer.body, status=answer.status, headers=headers)
        if cookie is not None:
            self._set_cookie(response, cookie)
        return response

    def _set_cookie(self, response: HttpResponse, cookie: str) -> None:
        response.cookies.load(cookie)
