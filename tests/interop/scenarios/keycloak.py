"""Keycloak: what holds for every server, consent, and the end of a person's session."""

import sys
from urllib.parse import parse_qs, urlsplit

from browser import Browser

from . import common
from .steps import PERSON, REDIRECT_URI, redirected, refused, scenarios_of, set_up, with_parameter


def metadata_is_found_at_an_issuer_with_a_path(ask, server, _canary):
    assert urlsplit(server["issuer"]).path == "/realms/interop", server["issuer"]
    assert ask("discover", issuer=server["issuer"])["issuer"] == server["issuer"]


def a_person_who_is_asked_for_consent_logs_in(ask, server, canary):
    set_up(ask, server, "asks")
    url = with_parameter(ask("authorize")["url"], "prompt", "consent")
    url = Browser(PERSON).walk(url, REDIRECT_URI, server["approve"])
    canary.add(parse_qs(urlsplit(url).query)["code"][0])
    ask("accept", url=url)
    token = ask("exchange", name="first")
    assert token["scopes"] == ["read", "write"] and token["refresh"], token


def fewer_scopes_than_the_server_has_are_granted_as_asked(ask, server, canary):
    set_up(ask, server, scopes=["read"])
    ask("accept", url=redirected(ask, server, canary))
    assert ask("exchange", name="first")["scopes"] == ["read"]


def a_person_who_logs_out_ends_what_was_granted(ask, server, canary):
    browser = Browser(PERSON)
    set_up(ask, server)
    ask("keeper_complete", url=redirected(ask, server, canary, browser), name="ada")
    ask("keeper_refresh", account="ada", name="second")
    browser.walk(server["logout"], None)
    error = refused(ask, "keeper_refresh", account="ada", name="third")
    assert error.code == "account.needs_login", error.code
    said = refused(ask, "refresh", token="second", name="third").answer["said"]
    assert said["kind"] == "invalid_grant" and said["said"] == "Session not active", said
    assert refused(ask, "keeper_token", account="ada").code == "account.needs_login"
    # A new login makes it well again.
    ask("keeper_complete", url=redirected(ask, server, canary), name="fourth")
    ask("keeper_token", account="fourth")


def an_account_whose_session_has_ended_logs_out_all_the_same(ask, server, canary):
    browser = Browser(PERSON)
    set_up(ask, server)
    ask("keeper_complete", url=redirected(ask, server, canary, browser), name="ada")
    browser.walk(server["logout"], None)
    assert ask("keeper_logout", account="ada") == {"revoked": True}


def the_server_tells_in_the_redirect_what_it_does_not_take(ask, server, _canary):
    for name, value, wanted in (
        ("code_challenge", None, "provider.request_rejected"),
        ("code_challenge_method", "plain", "provider.request_rejected"),
        ("scope", "admin", "provider.invalid_scope"),
    ):
        set_up(ask, server)
        asked = with_parameter(ask("authorize")["url"], name, value)
        url = Browser(PERSON).walk(asked, REDIRECT_URI)
        assert parse_qs(urlsplit(url).query)["iss"] == [server["issuer"]], url.split("?")[0]
        code = refused(ask, "accept", url=url).code
        assert code == wanted, f"{name}: {code}"


SCENARIOS = [*scenarios_of(common), *scenarios_of(sys.modules[__name__])]
