"""What holds for every server that has people, rotation and revocation. Each scenario has a driver of its own."""

from urllib.parse import parse_qs, urlsplit

from browser import Browser

from .steps import PERSON, REDIRECT_URI, logged_in, redirected, refused, set_up, with_parameter


def discovery_reads_the_endpoints_and_the_promise_of_iss(ask, server, _canary):
    found = ask("discover", issuer=server["issuer"])
    assert found["issuer"] == server["issuer"] and found["issuer_promised"] is True, found
    assert found["token_endpoint"] == server["token_endpoint"], found
    assert found["revocation_endpoint"] == server["revocation_endpoint"], found


def metadata_of_an_issuer_that_differs_by_a_slash_is_refused(ask, server, _canary):
    assert refused(ask, "discover", issuer=server["issuer"] + "/").code == "redirect.issuer_mismatch"


def the_scope_openid_is_refused_with_a_sentence(ask, server, _canary):
    error = refused(set_up, ask, server, scopes=["read", "openid"])
    assert error.code == "config.unsupported" and "openid" in error.answer["text"], error.answer


def a_login_always_has_a_challenge_with_s256(ask, server, _canary):
    set_up(ask, server)
    query = parse_qs(urlsplit(ask("authorize")["url"]).query)
    assert query["code_challenge_method"] == ["S256"] and len(query["code_challenge"][0]) == 43, list(query)


def a_confidential_client_logs_in_with_basic(ask, server, canary):
    token = logged_in(ask, server, canary, "basic")
    # A server may count from the moment at which it began to answer.
    assert server["lasts"] - 5 <= token["lasts"] <= server["lasts"], token
    assert token["scopes"] == ["read", "write"] and token["refresh"], token
    assert ask("identify", token="first") == {"user_id": server["user_id"]}


def a_confidential_client_logs_in_with_the_secret_in_the_body(ask, server, canary):
    logged_in(ask, server, canary, "post")
    assert ask("identify", token="first") == {"user_id": server["user_id"]}


def a_public_client_logs_in_without_a_secret(ask, server, canary):
    logged_in(ask, server, canary, "public")
    assert ask("identify", token="first") == {"user_id": server["user_id"]}


def a_redirect_with_another_iss_is_refused(ask, server, canary):
    set_up(ask, server)
    url = with_parameter(redirected(ask, server, canary), "iss", "https://attacker.example")
    assert refused(ask, "accept", url=url).code == "redirect.issuer_mismatch"


def a_redirect_without_the_promised_iss_is_refused(ask, server, canary):
    set_up(ask, server)
    url = with_parameter(redirected(ask, server, canary), "iss", None)
    assert refused(ask, "accept", url=url).code.startswith("redirect.issuer_"), url.split("?")[0]


def a_login_that_is_completed_twice_sends_its_code_once(ask, server, canary):
    set_up(ask, server)
    url = redirected(ask, server, canary)
    ask("keeper_complete", url=url, name="ada")
    code = refused(ask, "keeper_complete", url=url, name="again").code
    assert code == "redirect.state_used", code
    # A server ends the tokens of a code that comes twice (RFC 6749 4.1.2).
    assert ask("identify", token="ada") == {"user_id": server["user_id"]}


def a_refresh_rotates_and_the_old_refresh_token_ends_the_family(ask, server, canary):
    first = logged_in(ask, server, canary)
    second = ask("refresh", token="first", name="second")
    assert second["access"] != first["access"] and second["refresh"] != first["refresh"]
    error = refused(ask, "refresh", token="first", name="third")
    assert error.answer["said"]["kind"] == "invalid_grant" and error.answer["said"]["status"] == 400, error.answer
    assert refused(ask, "refresh", token="second", name="third").answer["said"]["kind"] == "invalid_grant"


def a_keeper_has_stored_the_rotated_token_when_it_answers(ask, server, canary):
    set_up(ask, server)
    first = ask("keeper_complete", url=redirected(ask, server, canary), name="ada")
    assert first["user_id"] == server["user_id"], first
    second = ask("keeper_refresh", account="ada", name="second")
    stored = ask("keeper_stored", account="ada")
    assert second["refresh"] != first["refresh"] and stored["refresh"] == second["refresh"]
    assert stored["access"] == second["access"] == ask("keeper_token", account="ada")["access"]


def a_keeper_whose_family_was_ended_needs_a_login(ask, server, canary):
    set_up(ask, server)
    ask("keeper_complete", url=redirected(ask, server, canary), name="ada")
    ask("keeper_refresh", account="ada", name="second")
    refused(ask, "refresh", token="ada", name="stolen")
    assert refused(ask, "keeper_refresh", account="ada", name="third").code == "account.needs_login"
    assert refused(ask, "keeper_token", account="ada").code == "account.needs_login"


def a_revoked_token_is_refused_by_the_server(ask, server, canary):
    logged_in(ask, server, canary)
    ask("revoke", token="first")
    assert refused(ask, "identify", token="first").answer["said"]["status"] == 401


def a_token_that_is_revoked_twice_is_no_error(ask, server, canary):
    logged_in(ask, server, canary)
    ask("revoke", token="first")
    ask("revoke", token="first")


def a_logout_revokes_at_the_server(ask, server, canary):
    set_up(ask, server)
    ask("keeper_complete", url=redirected(ask, server, canary), name="ada")
    assert ask("keeper_logout", account="ada") == {"revoked": True}
    assert refused(ask, "refresh", token="ada", name="second").answer["said"]["kind"] == "invalid_grant"


def a_wrong_secret_is_told_as_the_clients_fault(ask, server, canary):
    canary.add("a-wrong-secret-of-a-client")
    set_up(ask, server, secret="a-wrong-secret-of-a-client")
    ask("accept", url=redirected(ask, server, canary))
    error = refused(ask, "exchange", name="first")
    assert error.code == "provider.client_rejected", error.code
    assert error.answer["said"]["status"] == 401, error.answer["said"]


def a_login_that_the_person_declines_is_told_as_that(ask, server, canary):
    set_up(ask, server, server.get("decline_at", "basic"))
    # Also a server that remembers an older consent asks.
    url = with_parameter(ask("authorize")["url"], "prompt", "consent")
    url = Browser(PERSON).walk(url, REDIRECT_URI, server["decline"])
    assert parse_qs(urlsplit(url).query)["error"] == ["access_denied"], url.split("?")[0]
    error = refused(ask, "accept", url=url)
    assert error.code == "denied.by_user", error.code
