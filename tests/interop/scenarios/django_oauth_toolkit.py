"""django-oauth-toolkit: what holds for every server but one thing, which is this one's own."""

import sys
from urllib.parse import parse_qs, urlsplit

from browser import Browser

from . import common
from .steps import PERSON, REDIRECT_URI, refused, scenarios_of, set_up, with_parameter

WITHOUT_ISS = "redirect.issuer_missing"
"""It promises `iss` and leaves it out of every error response. RFC 9207 2.4 wants such a response refused."""


def a_denial_without_the_promised_iss_is_refused_for_that(ask, server, _canary):
    set_up(ask, server)
    url = Browser(PERSON).walk(ask("authorize")["url"], REDIRECT_URI, server["decline"])
    answered = parse_qs(urlsplit(url).query)
    assert answered["error"] == ["access_denied"] and "iss" not in answered, list(answered)
    assert refused(ask, "accept", url=url).code == WITHOUT_ISS


def the_server_wants_the_challenge_that_a_login_has(ask, server, _canary):
    set_up(ask, server)
    for name, value in (("code_challenge", None), ("code_challenge_method", "plain")):
        url = Browser(PERSON).walk(with_parameter(ask("authorize")["url"], name, value), REDIRECT_URI, "allow")
        assert parse_qs(urlsplit(url).query)["error"] == ["invalid_request"], url.split("?")[0]
        assert refused(ask, "accept", url=url).code == WITHOUT_ISS


SCENARIOS = [
    *(each for each in scenarios_of(common) if each is not common.a_login_that_the_person_declines_is_told_as_that),
    *scenarios_of(sys.modules[__name__]),
]
