"""Routes for Starlette and FastAPI.

    connect = Connect(keeper, keys=keys, name=lambda request: request.session.get("user"))
    app = FastAPI(routes=connect.routes)

Hooks may be async. One that is not runs on the event loop.
"""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from ._native import WebAnswer, WebRequest
from ._web import BODY_CAP, ROUTES
from ._web import Connect as _Connect

__all__ = ["Connect"]


class Connect(_Connect):
    __doc__ = _Connect.__doc__
    _awaits = True

    @property
    def routes(self) -> list[BaseRoute]:
        """All of them, for `Starlette(routes=...)` or `app.routes.extend(...)`."""
        return [
            Route(self.path(route), self._endpoint(route), methods=methods, name=f"shutterkey-{route}")
            for route, methods in ROUTES.items()
        ]

    async def _copy(self, request: Request) -> WebRequest:
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > BODY_CAP:
                raise HTTPException(413)
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw]
        return WebRequest(request.method, request.scope["query_string"].decode("latin-1"), headers, bytes(body))

    def _respond(self, answer: WebAnswer) -> Response:
        return Response(answer.body, answer.status, dict(answer.headers))

    def _set_cookie(self, response: Response, cookie: str) -> None:
        response.headers.append("set-cookie", cookie)
