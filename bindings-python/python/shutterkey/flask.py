"""Routes for Flask.

    connect = Connect(keeper, keys=keys, name=lambda request: session.get("user"))
    app.register_blueprint(connect.blueprint)
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Request, Response, abort, request

from ._native import WebAnswer, WebRequest
from ._web import BODY_CAP, ROUTES, run_now
from ._web import Connect as _Connect

__all__ = ["Connect"]


class Connect(_Connect):
    __doc__ = _Connect.__doc__

    @property
    def blueprint(self) -> Blueprint:
        """All of them. A second client of the same site needs another name: `app.register_blueprint(..., name="threads")`."""
        blueprint = Blueprint("shutterkey", __name__)
        for route, methods in ROUTES.items():
            blueprint.add_url_rule(self.path(route), route, self._view(route), methods=list(methods))
        return blueprint

    def _view(self, route: str) -> Callable[[], Response]:
        def view() -> Response:
            # The request itself, not the proxy: hooks may hand it on.
            current: Request = request._get_current_object()  # type: ignore[attr-defined]
            response: Response = run_now(self._endpoint(route)(current))
            return response

        return view

    async def _copy(self, request: Request) -> WebRequest:
        body = request.stream.read(BODY_CAP + 1)
        if len(body) > BODY_CAP:
            abort(413)
        return WebRequest(request.method, request.query_string.decode("latin-1"), list(request.headers.items()), body)

    def _respond(self, answer: WebAnswer) -> Response:
        return Response(answer.body, answer.status, list(answer.headers))

    def _set_cookie(self, response: Response, cookie: str) -> None:
        response.headers.add("Set-Cookie", cookie)
