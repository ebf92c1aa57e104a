"""A Django site that connects Instagram accounts, in one file.

    python examples/python/django_app.py

runs it offline, against a sandbox, and walks its routes.
"""

from __future__ import annotations

import os
import secrets
import sys

import httpx
import offline
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.urls import URLPattern, path
from django.utils.html import format_html

import shutterkey
from shutterkey.django import Connect

# What `shutterkey keygen` prints, the same for all processes of the site.
KEYS = os.environ.get("SITE_KEYS") or shutterkey.SealKeys.generate()

urlpatterns: list[URLPattern] = []


def signed_in(request: HttpRequest) -> str:
    """Who is signed in at this site: mostly `str(request.user.pk)`. Here, it is always the same person."""
    return "ada.sandbox"


def connected(request: HttpRequest, connection: shutterkey.Connection) -> None:
    print(f"connected: {connection.account.username}")


def deleted(request: HttpRequest, user_id: str, confirmation_code: str) -> None:
    print(f"delete what belongs to {user_id}; confirmed as {confirmation_code}")


def make_urls(keeper: shutterkey.Keeper) -> list[URLPattern]:
    connect = Connect(keeper, keys=KEYS, name=signed_in, on_connected=connected, on_data_deletion=deleted)

    def home(request: HttpRequest) -> HttpResponse:
        form = """<form method="post" action="{}"><input type="hidden" name="csrfmiddlewaretoken" value="{}">
            <input type="hidden" name="return_to" value="/posts"><button>Connect Instagram</button></form>"""
        return HttpResponse(format_html(form, connect.path("start"), get_token(request)))

    def posts(request: HttpRequest) -> HttpResponse:
        token = keeper.token(signed_in(request))  # live, refreshed when due
        return HttpResponse(f"called with a token until {token.expires_at:%Y-%m-%d}")

    # start, callback, deauthorize, data-deletion and webhook; those for an app are in app_backend.py
    return [*connect.urls, path("", home), path("posts", posts)]


def make_app(keeper: shutterkey.Keeper) -> WSGIHandler:
    settings.configure(
        SECRET_KEY=secrets.token_urlsafe(),
        ALLOWED_HOSTS=["site.example"],
        ROOT_URLCONF=sys.modules[__name__],
        MIDDLEWARE=["django.middleware.csrf.CsrfViewMiddleware"],
    )
    urlpatterns.extend(make_urls(keeper))
    return get_wsgi_application()


if __name__ == "__main__":
    with shutterkey.Sandbox() as sandbox:
        keeper = sandbox.keeper(sandbox.app(redirect_uri=offline.CALLBACK))
        offline.walk(sandbox, httpx.WSGITransport(make_app(keeper)))
