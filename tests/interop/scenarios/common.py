"""What is true of every language against a real server. Each scenario has a driver of its own."""

from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from browser import walk

REDIRECT_URI = "http://127.0.0.1:4000/callback"
PERSON = {"login": "ada", "password": "not-a-secret"}


def refused(call, *arguments, **named):
    """The typed error that a call is answered with."""
    try:
        call(*arguments, **named)
    except Exception as error:
        if not hasattr(error, "answer"):
            raise
        return error
    raise AssertionError(f"{arguments[0]} was not refused")


def set_up(ask, server, client="basic", secret=None, scopes=("read", "write")):
    ask("discover", issuer=server["issuer"], identity_endpoint=f"{server['issuer']}/whoami", **_how(client))
    known = {each["client_id"]: each for each in server["clients"]}[client]
    secret = secret or known.get("client_secret")
    with_secret = {"client_secret": secret} if secret else {}
    ask("client_of", client_id=client, redirect_uri=REDIRECT_URI, scopes=list(scopes), **with_secret)


def _how(client):
    return {"secret_in_body": True} if client == "post" else {}


def redirected(ask, canary):
    """A person logs in: the redirect URL that the server sent the browser to."""
    url = ask("authorize")["url"]
    canary.add(parse_qs(urlsplit(url).query)["state"][0])
    answer = walk(url, REDIRECT_URI, PERSON)
    canary.add(parse_qs(urlsplit(answer).query)["code"][0])
    return answer


def logged_in(ask, server, canary, client="basic"):
    set_up(ask, server, client)
    ask("accept", url=redirected(ask, canary))
    return ask("exchange", name="first")


def with_parameter(url, name, value):
    parts = urlsplit(url)
    kept = [(key, old) for key, old in parse_qsl(parts.query) if key != name]
    return parts._replace(query=urlencode(kept + ([(name, value)] if value else []))).geturl()


def discovery_reads_the_endpoints_and_the_promise_of_iss(ask, server, _canary):
    found = ask("discover", issuer=server["issuer"])
    assert found["issuer"] == server["issuer"] and found["issuer_promised"] is True, found
    assert found["token_endpoint"] == f"{server['issuer']}/token", found
    assert found["revocation_endpoint"] == f"{server['issuer']}/token/revocation", found


def metadata_of_another_issuer_is_refused(ask, server, _canary):
    other = server["issuer"].replace("127.0.0.1", "localhost")
    assert refused(ask, "discover", issuer=other).code == "redirect.issuer_mismatch"


def the_scope_openid_is_refused_with_a_sentence(ask, server, _canary):
    error = refused(set_up, ask, server, scopes=["read", "openid"])
    assert error.code == "config.unsupported" and "openid" in error.answer["text"], error.answer


def a_login_always_has_a_challenge_with_s256(ask, server, _canary):
    set_up(ask, server)
    query = parse_qs(urlsplit(ask("authorize")["url"]).query)
    assert query["code_challenge_method"] == ["S256"] and len(query["code_challenge"][0]) == 43, list(query)


def a_confidential_client_logs_in_with_basic(ask, server, canary):
    token = logged_in(ask, server, canary, "basic")
    assert token["lasts"] == 3600 and token["scopes"] == ["read", "write"] and token["refresh"], token
    assert ask("identify", token="first") == {"user_id": "ada"}


def a_confidential_client_logs_in_with_the_secret_in_the_body(ask, server, canary):
    logged_in(ask, server, canary, "post")
    assert ask("identify", token="first") == {"user_id": "ada"}


def a_public_client_logs_in_without_a_secret(ask, server, canary):
    logged_in(ask, server, canary, "public")
    assert ask("identify", token="first") == {"user_id": "ada"}


def a_redirect_with_another_iss_is_refused(ask, server, canary):
    set_up(ask, server)
    url = with_parameter(redirected(ask, canary), "iss", "https://attacker.example")
    assert refused(ask, "accept", url=url).code == "redirect.issuer_mismatch"


def a_redirect_without_the_promised_iss_is_refused(ask, server, canary):
    set_up(ask, server)
    url = with_parameter(redirected(ask, canary), "iss", None)
    assert refused(ask, "accept", url=url).code.startswith("redirect.issuer_"), url.split("?")[0]


def a_login_that_is_completed_twice_sends_its_code_once(ask, server, canary):
    set_up(ask, server)
    url = redirected(ask, canary)
    ask("keeper_complete", url=url, name="ada")
    code = refused(ask, "keeper_complete", url=url, name="again").code
    assert code == "redirect.state_used", code
    # This server ends every token of a code that comes twice.
    assert ask("identify", token="ada") == {"user_id": "ada"}


def a_refresh_rotates_and_the_old_refresh_token_ends_the_family(ask, server, canary):
    first = logged_in(ask, server, canary)
    second = ask("refresh", token="first", name="second")
    assert second["access"] != first["access"] and second["refresh"] != first["refresh"]
    error = refused(ask, "refresh", token="first", name="third")
    assert error.answer["said"]["kind"] == "invalid_grant" and error.answer["said"]["status"] == 400, error.answer
    assert refused(ask, "refresh", token="second", name="third").answer["said"]["kind"] == "invalid_grant"


def a_keeper_has_stored_the_rotated_token_when_it_answers(ask, server, canary):
    set_up(ask, server)
    first = ask("keeper_complete", url=redirected(ask, canary), name="ada")
    assert first["user_id"] == "ada", first
    second = ask("keeper_refresh", account="ada", name="second")
    stored = ask("keeper_stored", account="ada")
    assert second["refresh"] != first["refresh"] and stored["refresh"] == second["refresh"]
    assert stored["access"] == second["access"] == ask("keeper_token", account="ada")["access"]


def a_keeper_whose_family_was_ended_needs_a_login(ask, server, canary):
    set_up(ask, server)
    ask("keeper_complete", url=redirected(ask, canary), name="ada")
    ask("keeper_refresh", account="ada", name="second")
    refused(ask, "refresh", token="ada", name="stolen")
    assert refused(ask, "keeper_refresh", account="ada", name="third").code == "account.needs_login"
    assert refused(ask, "keeper_token", account="ada").code == "account.needs_login"


def a_revoked_token_is_refused_by_the_server(ask, server, canary):
    logged_in(ask, server, canary)
    ask("revoke", token="first")
    assert refused(ask, "identify", token="first").answer["said"]["status"] == 401


def a_logout_revokes_at_the_server(ask, server, canary):
    set_up(ask, server)
    ask("keeper_complete", url=redirected(ask, canary), name="ada")
    assert ask("keeper_logout", account="ada") == {"revoked": True}
    assert refused(ask, "refresh", token="ada", name="second").answer["said"]["kind"] == "invalid_grant"


def a_wrong_secret_is_told_in_the_servers_words(ask, server, canary):
    canary.add("a-wrong-secret-of-a-client")
    set_up(ask, server, secret="a-wrong-secret-of-a-client")
    ask("accept", url=redirected(ask, canary))
    said = refused(ask, "exchange", name="first").answer["said"]
    assert said["kind"] == "invalid_client" and said["status"] == 401 and said["said"], said


def a_login_that_the_person_declines_is_told_as_that(ask, server, canary):
    set_up(ask, server)
    url = walk(ask("authorize")["url"], REDIRECT_URI, PERSON, cancel="/abort")
    assert parse_qs(urlsplit(url).query)["error"] == ["access_denied"], url.split("?")[0]
    assert refused(ask, "accept", url=url).code == "denied.by_user"


_NAMES = ("a_", "discovery_", "metadata_", "the_")
OIDC_PROVIDER = [value for name, value in list(globals().items()) if name.startswith(_NAMES)]
