"""What is true of every language against each real server."""

from . import django_oauth_toolkit, keycloak, oauth2_mock_server, oidc_provider

SERVERS = {
    "oidc-provider": oidc_provider.SCENARIOS,
    "oauth2-mock-server": oauth2_mock_server.SCENARIOS,
    "django-oauth-toolkit": django_oauth_toolkit.SCENARIOS,
    "keycloak": keycloak.SCENARIOS,
}
