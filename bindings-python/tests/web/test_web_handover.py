"""An app that shares its logins with the site, through each framework's routes."""

from __future__ import annotations

import json
from typing import Any

import pytest

import shutterkey
from shutterkey import _native
from shutterkey.protocol import HandoverStart

REDIRECT = "https://app.example/instagram/callback"
APP_REDIRECT = "https://app.example/instagram/app"


def approved(site: Any, app: Any, **decision: Any) -> str:
    """What the app hands over: it began, its user went to the platform and came back."""
    begun = HandoverStart.parse(app.begin().text)
    redirect = site.sandbox.approve(begun.url, **decision)
    return begun.answer(redirect, now=site.sandbox.clock.now()).to_json()


def told(refused: Any) -> tuple[int, str]:
    """The status of a refusal, and its code; it is said to an app as JSON."""
    assert refused.headers["content-type"] == "application/json"
    error = json.loads(refused.text)["error"]
    assert error.keys() == {"code", "message", "hint"}
    return refused.status, error["code"]


def exchanges(site: Any) -> int:
    return len(site.sandbox.calls("oauth/access_token"))


def test_a_person_connects_an_account_in_the_app_and_it_is_stored_under_who_they_are_here(site: Any) -> None:
    app = site.browser()
    begun = app.begin()
    assert (begun.status, begun.headers["cache-control"], begun.cookies) == (200, "no-store", [])
    assert json.loads(begun.text).keys() == {"version", "url", "handle", "expires_at"}
    start = HandoverStart.parse(begun.text)
    assert start.redirect_uri == APP_REDIRECT and "force_reauth" in start.url

    redirect = site.sandbox.approve(start.url, "studio")
    ended = app.finish(start.answer(redirect, now=site.sandbox.clock.now()).to_json())
    assert (ended.status, ended.headers["cache-control"], ended.cookies) == (200, "no-store", [])
    [(hook, connection)] = site.heard
    assert hook == "on_connected" and connection.context == b"context of the site"
    assert site.token("ada.sandbox") == connection.token.reveal()
    said = json.loads(ended.text)
    assert said["account"]["user_id"] == connection.account.user_id
    assert (said["account"]["username"], said["missing_scopes"]) == ("studio.sandbox", [])
    assert connection.token.reveal() not in ended.text


def test_h5_a_login_that_was_begun_for_another_user_is_refused(site: Any) -> None:
    app, thief = site.browser(), site.browser()
    thief.user = "eve.sandbox"
    handed = approved(site, app)
    assert told(thief.finish(handed)) == (400, "redirect.seal_invalid")
    assert exchanges(site) == 0
    assert [hook for hook, *_ in site.heard] == ["on_error"]
    assert app.finish(handed).status == 200


def test_h5_a_code_without_the_handle_of_its_login_is_never_exchanged(site: Any) -> None:
    app, other = site.browser(), site.browser()
    mine, planted = json.loads(approved(site, app)), json.loads(approved(site, other))
    for handle, code in [
        (mine["handle"], "redirect.state_mismatch"),
        ("", "redirect.seal_invalid"),
        ("sk1.keyA.made-up", "redirect.seal_invalid"),
    ]:
        assert told(app.finish(json.dumps({**planted, "handle": handle}))) == (400, code)
    del planted["handle"]
    assert told(app.finish(json.dumps(planted))) == (400, "redirect.malformed")
    assert exchanges(site) == 0


def test_h5_what_another_backend_sealed_is_refused(site: Any, make_site: Any) -> None:
    elsewhere = make_site("flask", keys=shutterkey.SealKeys.generate())
    assert told(site.browser().finish(approved(elsewhere, elsewhere.browser()))) == (400, "redirect.seal_invalid")
    assert exchanges(site) == 0


def test_an_app_whose_user_is_not_signed_in_is_refused(site: Any) -> None:
    app = site.browser()
    handed = approved(site, app)
    app.user = None
    assert told(app.begin()) == (403, "redirect.session_mismatch")
    assert told(app.finish(handed)) == (403, "redirect.session_mismatch")
    assert exchanges(site) == 0
    assert [error.code for hook, error in site.heard] == ["redirect.session_mismatch"] * 2


def test_a_login_is_finished_once(site: Any) -> None:
    app = site.browser()
    handed = approved(site, app)
    assert app.finish(handed).status == 200
    assert told(app.finish(handed)) == (400, "redirect.state_used")
    assert exchanges(site) == 1


def test_a_page_of_another_site_is_nobodys_app(site: Any) -> None:
    browser = site.browser()
    handed = approved(site, browser)
    elsewhere = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    assert told(browser.begin(**elsewhere)) == (403, "redirect.cross_site")
    assert told(browser.finish(handed, **elsewhere)) == (403, "redirect.cross_site")
    assert told(browser.finish(handed, **{"Content-Type": "text/plain"})) == (400, "redirect.malformed")
    for path in ["handover-start", "handover-finish"]:
        assert browser.send("GET", f"/instagram/{path}").status in (400, 405)
    assert exchanges(site) == 0


def test_a_person_who_declines_is_said_so_by_app_and_backend(site: Any) -> None:
    app = site.browser()
    begun = app.begin().text
    start = HandoverStart.parse(begun)
    declined = site.sandbox.approve(start.url, deny=True)
    with pytest.raises(shutterkey.DeniedError):
        start.answer(declined, now=site.sandbox.clock.now())
    handed = {"version": 1, "handle": json.loads(begun)["handle"], "redirect_url": declined}
    assert told(app.finish(json.dumps(handed))) == (403, "denied.by_user")


def test_neither_an_error_nor_its_answer_repeats_what_an_app_sent(site: Any) -> None:
    app = site.browser()
    handed = approved(site, app)
    app.user = "eve.sandbox"
    refused = app.finish(handed)
    [(_, error)] = site.heard
    _, handle, redirect_url = json.loads(handed).values()
    for secret in [handle, redirect_url, redirect_url.partition("?")[2]]:
        assert secret not in refused.text + repr(error) + str(error)


def test_without_a_redirect_uri_of_its_own_the_app_takes_the_sites(make_site: Any) -> None:
    site = make_site("flask", app_redirect_uri=None)
    app = site.browser()
    assert HandoverStart.parse(app.begin().text).redirect_uri == REDIRECT
    assert app.finish(approved(site, app)).status == 200


def test_an_app_is_not_asked_for_djangos_form_token(make_site: Any) -> None:
    from django.test import override_settings

    site = make_site("django")
    with override_settings(MIDDLEWARE=["django.middleware.csrf.CsrfViewMiddleware"]):
        headers = {"X-User": "ada.sandbox"}
        begun = site.send("POST", "/instagram/handover-start", headers, b"", enforce_csrf_checks=True)
        assert begun.status == 200


def test_a_hand_over_that_is_too_large_is_not_taken_in(make_site: Any) -> None:
    for framework in ["starlette", "flask"]:
        assert make_site(framework).browser().finish(" " * ((1 << 20) + 1)).status == 413


def test_a_hook_may_answer_in_place_of_the_account(make_site: Any) -> None:
    from flask import Response

    site = make_site("flask")
    site.hooks["on_connected"] = lambda request, connection: Response("welcome", 201)
    app = site.browser()
    ended = app.finish(approved(site, app))
    assert (ended.status, ended.text) == (201, "welcome")


def test_the_routes_of_a_client_alone_accept_and_send_nothing(sandbox: shutterkey.Sandbox) -> None:
    client = sandbox.client(sandbox.app(redirect_uri=REDIRECT))
    routes = _native.WebRoutes(client, shutterkey.SealKeys.generate().serialize())
    begun = HandoverStart.parse(routes.handover_start(_native.WebRequest("POST"), session="ada").body)
    handed = begun.answer(sandbox.approve(begun.url), now=sandbox.clock.now()).to_json()
    request = _native.WebRequest("POST", headers=[("Content-Type", "application/json")], body=handed.encode())
    answer = routes.accept_handover(request, session="ada")
    assert answer.error is None and answer.pending is not None and answer.grant is not None
    assert sandbox.calls("oauth/access_token") == []
    assert client.complete_grant(answer.pending, answer.grant).account.username
    with pytest.raises(shutterkey.InternalError, match="takes a keeper"):
        routes.handover_finish(request, session="ada")
