"""django-oauth-toolkit (PyPI) as an OAuth server: one JSON line when it listens, then it runs until its input closes.

A Django project in one file, with a database in a folder that goes with it. A login is walked through Django's own login
and the toolkit's own consent page. `/whoami` is a resource beside it: whose token it is, for logins without `openid`.
"""

import json
import secrets
import sys
import tempfile
import threading
import warnings
from importlib.metadata import version
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

import django
from django.conf import settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.http import JsonResponse
from django.urls import include, path

LASTS = 1800
LOGIN_PAGE = '<form method="post">{% csrf_token %}{{ form }}<input type="submit" value="Log in"></form>'
BASE_PAGE = "{% block content %}{% endblock %}"


def configure(folder):
    settings.configure(
        SECRET_KEY=secrets.token_hex(32),
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF=__name__,
        USE_TZ=True,
        LOGIN_URL="/login/",
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": folder / "db.sqlite3"}},
        # A hash that is made to be slow would be most of the suite's time.
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        INSTALLED_APPS=[
            "django.contrib.contenttypes",
            "django.contrib.auth",
            "django.contrib.sessions",
            "oauth2_provider",
        ],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "OPTIONS": {
                    "loaders": [
                        (
                            "django.template.loaders.locmem.Loader",
                            {"registration/login.html": LOGIN_PAGE, "oauth2_provider/base.html": BASE_PAGE},
                        ),
                        "django.template.loaders.app_directories.Loader",
                    ],
                    "context_processors": ["django.template.context_processors.request"],
                },
            }
        ],
        OAUTH2_PROVIDER={
            "SCOPES": {"read": "Read", "write": "Write"},
            "PKCE_REQUIRED": True,
            "ACCESS_TOKEN_EXPIRE_SECONDS": LASTS,
            "ROTATE_REFRESH_TOKEN": True,
            "REFRESH_TOKEN_REUSE_PROTECTION": True,
            # RFC 9700, as the toolkit does it for those who ask.
            "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
            "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
            "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,
        },
    )
    # The project is tried over plain http; which settings it would need elsewhere is not at issue.
    warnings.simplefilter("ignore")
    django.setup()
    call_command("migrate", verbosity=0)


def whoami(request):
    from oauth2_provider.oauth2_backends import get_oauthlib_core

    known, found = get_oauthlib_core().verify_request(request, scopes=["read"])
    if not known:
        return JsonResponse({"error": "invalid_token"}, status=401)
    return JsonResponse({"user_id": found.user.get_username()})


def routes():
    from django.contrib.auth.views import LoginView
    from oauth2_provider import urls

    return [
        path("login/", LoginView.as_view()),
        path("o/", include((urls.base_urlpatterns, "oauth2_provider"), namespace="oauth2_provider")),
        # RFC 8414: at the root of the host.
        path("", include((urls.metadata_urlpatterns, "oauth2_provider"), namespace="oauth2_metadata")),
        path("whoami", whoami),
    ]


def people_and_clients(redirect_uri):
    from django.contrib.auth.models import User
    from oauth2_provider.models import Application

    User.objects.create_user("ada", password="not-a-secret")
    # With what RFC 6749 2.3.1 wants encoded.
    secret = f"{secrets.token_hex(24)}:%+ &/="
    clients = [
        {"client_id": "basic", "client_secret": secret},
        {"client_id": "post", "client_secret": secret, "token_endpoint_auth_method": "client_secret_post"},
        {"client_id": "public"},
    ]
    for client in clients:
        Application.objects.create(
            client_id=client["client_id"],
            client_secret=client.get("client_secret", ""),
            client_type="confidential" if "client_secret" in client else "public",
            authorization_grant_type="authorization-code",
            redirect_uris=redirect_uri,
        )
    return clients


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        pass


def main(redirect_uri):
    with tempfile.TemporaryDirectory() as folder:
        configure(Path(folder))
        globals()["urlpatterns"] = routes()
        clients = people_and_clients(redirect_uri)
        server = Server(("127.0.0.1", 0), Quiet)
        server.set_app(get_wsgi_application())
        threading.Thread(target=server.serve_forever, daemon=True).start()
        issuer = f"http://127.0.0.1:{server.server_port}"
        about = {
            "server": "django-oauth-toolkit",
            "version": version("django-oauth-toolkit"),
            "issuer": issuer,
            "clients": clients,
            "token_endpoint": f"{issuer}/o/token/",
            "revocation_endpoint": f"{issuer}/o/revoke_token/",
            "identity_endpoint": f"{issuer}/whoami",
            "identity_member": "user_id",
            "user_id": "ada",
            "lasts": LASTS,
            "approve": "allow",
            "decline": "Cancel",
        }
        print(json.dumps(about), flush=True)
        sys.stdin.read()
        server.shutdown()


if __name__ == "__main__":
    main(sys.argv[1])
