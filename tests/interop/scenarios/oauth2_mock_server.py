"""oauth2-mock-server: what comes of answers that are broken. The codes are those of the shared cases (tests/vectors)."""

import sys
from contextlib import contextmanager

from . import broken
from .steps import logged_in, redirected, refused, scenarios_of, set_up

SENT = ["GET /authorize", "POST /token"]
"""What a login asks of the server: its code is sent once, whatever comes back."""


@contextmanager
def _ordered(server, canary, **order):
    """Answers are like that inside. Of the list that it gives: what was asked of the server, once it has ended."""
    server.order(**order)
    asked = []
    try:
        yield asked
    finally:
        answer = server.order()
        asked.extend(answer["requests"])
        for secret in answer["secrets"]:
            canary.add(secret)


def _every(cases, check):
    """Runs `check` with what each case says, all of them, and fails with those that are not so."""
    failed = {}
    for name, fault, wanted in cases:
        try:
            check(fault, wanted)
        except Exception as error:  # told below, with the others
            failed[name] = f"{type(error).__name__}: {error}"
    assert not failed, failed


def _code_of(error, wanted):
    assert error.code == wanted, f"{error.code} instead of {wanted}"


def _exchanges_are_refused(ask, server, canary, cases):
    set_up(ask, server)

    def check(fault, wanted):
        with _ordered(server, canary, token=fault) as asked:
            ask("accept", url=redirected(ask, server, canary))
            error = refused(ask, "exchange", name="first")
        _code_of(error, wanted)
        assert asked == SENT, asked

    _every(cases, check)


def a_login_without_faults_ends_well(ask, server, canary):
    with _ordered(server, canary) as asked:
        token = logged_in(ask, server, canary, "public")
        assert ask("identify", token="first") == {"user_id": "johndoe"}
        ask("revoke", token="first")
    assert token["lasts"] == 3600 and token["refresh"], token
    assert asked[-4:] == [*SENT, "GET /userinfo", "POST /revoke"], asked


def metadata_that_names_another_issuer_is_refused(ask, server, canary):
    with _ordered(server, canary, issuer="https://attacker.example"):
        assert refused(ask, "discover", issuer=server["issuer"]).code == "redirect.issuer_mismatch"


def an_answer_without_a_usable_token_is_refused(ask, server, canary):
    _exchanges_are_refused(ask, server, canary, broken.NO_TOKEN)


def a_token_of_another_type_than_bearer_is_refused(ask, server, canary):
    _exchanges_are_refused(ask, server, canary, broken.NO_BEARER)


def a_lifetime_that_cannot_be_is_refused(ask, server, canary):
    _exchanges_are_refused(ask, server, canary, broken.NO_LIFETIME)


def an_answer_that_is_not_json_is_refused(ask, server, canary):
    _exchanges_are_refused(ask, server, canary, broken.NO_JSON)


def an_error_is_told_by_its_word_whatever_the_status(ask, server, canary):
    _exchanges_are_refused(ask, server, canary, broken.REFUSED)


def a_status_counts_where_there_is_no_word_and_no_redirect_is_followed(ask, server, canary):
    _exchanges_are_refused(ask, server, canary, broken.STATUS_ALONE)


def what_servers_do_and_rfc_6749_allows_is_taken(ask, server, canary):
    set_up(ask, server)

    def check(fault, wanted):
        with _ordered(server, canary, token=fault):
            ask("accept", url=redirected(ask, server, canary))
            token = ask("exchange", name="first")
        assert {name: token[name] for name in wanted} == wanted, token

    _every(broken.TOLERATED, check)


def a_broken_redirect_sends_no_code(ask, server, canary):
    set_up(ask, server)

    def check(fault, wanted):
        with _ordered(server, canary, redirect=fault) as asked:
            error = refused(ask, "keeper_complete", url=redirected(ask, server, canary), name="ada")
        _code_of(error, wanted)
        assert asked == ["GET /authorize"], asked

    _every(broken.REDIRECTS, check)


def a_wrong_state_leaves_the_login_untouched(ask, server, canary):
    set_up(ask, server)
    url = redirected(ask, server, canary)
    assert refused(ask, "accept", url=url.replace("state=", "state=x")).code == "redirect.state_mismatch"
    ask("accept", url=url)
    assert ask("exchange", name="first")["lasts"] == 3600


def an_answer_that_names_nobody_is_refused(ask, server, canary):
    logged_in(ask, server, canary)

    def check(fault, wanted):
        with _ordered(server, canary, userinfo=fault) as asked:
            error = refused(ask, "identify", token="first")
        _code_of(error, wanted)
        assert asked == ["GET /userinfo"], asked

    _every(broken.PERSONS, check)


def a_refresh_without_a_new_refresh_token_keeps_the_old_one(ask, server, canary):
    first = logged_in(ask, server, canary)
    with _ordered(server, canary, refresh={"drop": ["refresh_token"]}):
        second = ask("refresh", token="first", name="second")
    assert second["refresh"] == first["refresh"] and second["access"] != first["access"]


def a_broken_refresh_leaves_the_stored_token(ask, server, canary):
    set_up(ask, server)
    first = ask("keeper_complete", url=redirected(ask, server, canary), name="ada")

    def check(fault, wanted):
        with _ordered(server, canary, refresh=fault) as asked:
            error = refused(ask, "keeper_refresh", account="ada", name="second")
        _code_of(error, wanted)
        # A refresh token may be rotated by a request whose answer cannot be used: it is not sent again.
        assert asked == ["POST /token"], asked
        assert ask("keeper_stored", account="ada")["refresh"] == first["refresh"]
        assert ask("keeper_token", account="ada")["access"] == first["access"]

    broken_ones = [case for case in broken.NO_TOKEN + broken.NO_JSON if case[0] != "no refresh_token"]
    unavailable = [case for case in broken.STATUS_ALONE if case[2] == "provider.unavailable"]
    _every([*broken_ones, *unavailable], check)


def a_refresh_that_is_refused_for_good_needs_a_login(ask, server, canary):
    set_up(ask, server)
    ask("keeper_complete", url=redirected(ask, server, canary), name="ada")
    refusal = {"status": 400, "body": {"error": "invalid_grant"}}
    with _ordered(server, canary, refresh=refusal) as asked:
        _code_of(refused(ask, "keeper_refresh", account="ada", name="second"), "account.needs_login")
        _code_of(refused(ask, "keeper_refresh", account="ada", name="second"), "account.needs_login")
    assert asked == ["POST /token"], asked


def a_secret_that_is_refused_at_a_refresh_ends_no_account(ask, server, canary):
    set_up(ask, server)
    first = ask("keeper_complete", url=redirected(ask, server, canary), name="ada")
    for fault in ({"status": 401, "body": {"error": "invalid_client"}}, {"status": 401, "raw": ""}):
        with _ordered(server, canary, refresh=fault):
            _code_of(refused(ask, "keeper_refresh", account="ada", name="second"), "provider.client_rejected")
        assert ask("keeper_token", account="ada")["access"] == first["access"]


def a_revocation_that_fails_is_told_and_the_account_is_gone(ask, server, canary):
    set_up(ask, server)
    ask("keeper_complete", url=redirected(ask, server, canary), name="ada")
    with _ordered(server, canary, revoke={"status": 503}):
        assert ask("keeper_logout", account="ada") == {"revoked": False}
    _code_of(refused(ask, "keeper_token", account="ada"), "account.not_found")


SCENARIOS = scenarios_of(sys.modules[__name__])
