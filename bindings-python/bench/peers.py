"""The same jobs by the libraries that people use today. One that is not installed is left out, and said so."""

from __future__ import annotations

import base64
import hashlib
import secrets
import sys
from collections.abc import Callable
from typing import Any

Jobs = dict[str, Callable[[], object]]
ENDPOINT = "https://www.instagram.com/oauth/authorize"


def _missing(name: str, error: ImportError) -> None:
    print(f"    {name} is not installed: {error}", file=sys.stderr)


def authorize(client_id: str, redirect: str, scope: str) -> Jobs:
    """An authorize URL with fresh state and PKCE with S256."""
    jobs: Jobs = {}
    try:
        from authlib.common.security import generate_token
        from authlib.integrations.requests_client import OAuth2Session as AuthlibSession

        session: Any = AuthlibSession(
            client_id, "secret", scope=scope, redirect_uri=redirect, code_challenge_method="S256"
        )
        jobs["Authlib"] = lambda: session.create_authorization_url(ENDPOINT, code_verifier=generate_token(48))
    except ImportError as error:
        _missing("Authlib", error)
    try:
        from requests_oauthlib import OAuth2Session

        pkce: Any = OAuth2Session(client_id, redirect_uri=redirect, scope=[scope], pkce="S256")
        jobs["requests-oauthlib"] = lambda: pkce.authorization_url(ENDPOINT)
    except ImportError as error:
        _missing("requests-oauthlib", error)
    try:
        import asyncio

        from httpx_oauth.oauth2 import BaseOAuth2

        oauth: Any = BaseOAuth2(client_id, "secret", ENDPOINT, "https://api.instagram.com/oauth/access_token")

        def httpx_oauth() -> object:
            # It makes neither state nor challenge, and has a coroutine for the URL, which is stepped by hand.
            verifier = secrets.token_urlsafe(32)
            challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
            work = oauth.get_authorization_url(redirect, secrets.token_urlsafe(32), [scope], challenge, "S256")
            try:
                work.send(None)
            except StopIteration as done:
                return done.value
            raise AssertionError("it waited")

        del asyncio
        httpx_oauth()
        jobs["httpx-oauth, with state and challenge made for it"] = httpx_oauth
    except ImportError as error:
        _missing("httpx-oauth", error)
    try:
        from msal.oauth2cli.oauth2 import Client

        msal: Any = Client({"authorization_endpoint": ENDPOINT, "token_endpoint": ENDPOINT}, client_id)
        jobs["MSAL (its oauth2cli)"] = lambda: msal.initiate_auth_code_flow(scope=[scope], redirect_uri=redirect)
    except ImportError as error:
        _missing("MSAL", error)
    return jobs


def accept(redirect: str, state: str, url: Callable[[], str]) -> Jobs:
    """The redirect read, and its state compared."""
    jobs: Jobs = {}
    try:
        from authlib.oauth2.rfc6749.parameters import parse_authorization_code_response

        jobs["Authlib"] = lambda: parse_authorization_code_response(url(), state=state)
    except ImportError as error:
        _missing("Authlib", error)
    try:
        from oauthlib.oauth2.rfc6749.parameters import parse_authorization_code_response as parse

        jobs["oauthlib (requests-oauthlib)"] = lambda: parse(url(), state=state)
    except ImportError as error:
        _missing("oauthlib", error)
    return jobs


def parse(body: bytes) -> Jobs:
    """A token answer read."""
    jobs: Jobs = {}
    text = body.decode()
    try:
        from authlib.oauth2.rfc6749 import OAuth2Token

        import json

        jobs["Authlib"] = lambda: OAuth2Token.from_dict(json.loads(text))
    except ImportError as error:
        _missing("Authlib", error)
    try:
        from oauthlib.oauth2.rfc6749.parameters import parse_token_response

        # It insists on a token type, which Instagram does not send.
        standard = text.replace("{", '{"token_type": "bearer", ', 1)
        jobs["oauthlib"] = lambda: parse_token_response(standard)
    except ImportError as error:
        _missing("oauthlib", error)
    return jobs
