"""A Django site that connects Instagram accounts, in one file.

    python examples/python/django_app.py

runs it offline, against a sandbox, and walks its routes.
"""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Callable
from wsgiref.simple_server import WSGIRequestHandler
from wsgiref.simple_server import make_server as wsgi_server

import django
import offline
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.urls import URLPattern, path
from django.utils.html import format_html

import shutterkey
from shutterkey.django import Connect

# What `shutterkey keygen` prints, the same for all processes of the site.
KEYS = os.environ.get("SITE_KEYS", "once:" + secrets.token_urlsafe(32))

urlpatterns: list[URLPattern] = []


def signed_in(request: HttpRequest) -> str:
    """Who is signed in at this site: mostly `str(request.user.pk)`. Here, it is always the same person."""
    return "ada.sandbox"


def connected(request: HttpRequest, connection: shutterkey.Connection) -> None:
    print(f"connected: {connection.account.username}")


def deleted(request: HttpRequest, user_id: str, confirmation_code: str) -> None:
    print(f"delete what belongs to {user_id}; confirmed as {confirmation_code}")


def make_urls(config: shutterkey.ClientConfig) -> list[URLPattern]:
    keeper = shutterkey.Keeper(shutterkey.Client(config), shutterkey.MemoryStore())
    connect = Connect(keeper, keys=KEYS, name=signed_in, on_connected=connected, on_data_deletion=deleted)

    def home(request: HttpRequest) -> HttpResponse:
        form = (
            '<form method="post" action="{}"><input type="hidden" name="csrfmiddlewaretoken" value="{}">'
            "<button>Connect Instagram</button></form>"
        )
        return HttpResponse(format_html(form, connect.path("start"), get_token(request)))

    def posts(request: HttpRequest) -> HttpResponse:
        token = keeper.token(signed_in(request))  # live, refreshed when due
        return HttpResponse(f"a call with a token until {token.expires_at:%Y-%m-%d}")

    # start, callback, deauthorize, data-deletion and webhook
    return [*connect.urls, path("", home), path("posts", posts)]


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *arguments: object) -> None:
        pass


def make_server(config: shutterkey.ClientConfig, port: int) -> Callable[[], None]:
    settings.configure(
        SECRET_KEY=secrets.token_urlsafe(),
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF=sys.modules[__name__],
        MIDDLEWARE=["django.middleware.csrf.CsrfViewMiddleware"],
        LOGGING_CONFIG=None,
    )
    django.setup()
    urlpatterns.extend(make_urls(config))
    return wsgi_server("127.0.0.1", port, get_wsgi_application(), handler_class=Quiet).serve_forever


if __name__ == "__main__":
    offline.walk(make_server)
