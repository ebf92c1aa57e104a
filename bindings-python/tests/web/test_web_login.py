"""Logins through each framework's routes, against the site.sandbox."""

from __future__ import annotations

import urllib.parse
from typing import Any

import pytest

import shutterkey

FORGED = (
    "https://app.example/instagram/callback?code=AQD-from-elsewhere&state=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
)


def test_a_person_connects_an_account_and_it_is_stored_under_who_they_are(site: Any) -> None:
    browser = site.browser()
    begun = browser.start("?return_to=/settings")
    assert begun.status == 303
    assert begun.headers["cache-control"] == "no-store"
    assert browser.cookies.keys() == {"__Host-shutterkey"}

    ended = browser.back(site.sandbox.approve(begun.location))
    assert (ended.status, ended.location) == (303, "/settings#connected")
    assert browser.cookies == {}
    [(hook, connection)] = site.heard
    assert hook == "on_connected"
    assert connection.context == b"context of the site"
    assert site.token("ada.sandbox") == connection.token.reveal()


def test_the_cookie_is_for_this_host_and_out_of_reach_of_scripts(site: Any) -> None:
    [cookie] = site.browser().start().cookies
    assert cookie.startswith("__Host-shutterkey=")
    attributes = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert {"path=/", "httponly", "secure", "samesite=lax"} <= attributes
    assert not any(attribute.startswith("domain") for attribute in attributes)


def test_a20_an_answer_of_another_client_of_the_site_is_refused(site: Any, make_site: Any) -> None:
    other = make_site("flask")
    browser, elsewhere = site.browser(), other.browser()
    address = site.sandbox.approve(browser.start().location)
    elsewhere.cookies = dict(browser.cookies)
    assert elsewhere.back(address).status == 400
    assert other.heard[-1][1].code == "redirect.state_mismatch"


def test_a21_an_answer_in_another_browser_is_refused_and_the_right_one_can_still_use_it(
    site: Any,
) -> None:
    browser = site.browser()
    address = site.sandbox.approve(browser.start().location)
    thief = site.browser()
    thief.start()
    refused = thief.back(address)
    assert refused.status == 400 and "redirect.state_mismatch" in refused.text
    assert browser.back(address).status == 303


def test_a21_an_answer_for_somebody_else_of_the_same_browser_is_refused(site: Any) -> None:
    browser = site.browser()
    address = site.sandbox.approve(browser.start().location)
    browser.user = "bob.sandbox"
    refused = browser.back(address)
    assert refused.status == 403 and "redirect.session_mismatch" in refused.text
    with pytest.raises(shutterkey.ShutterkeyError):
        site.token("bob.sandbox")


def test_a22_two_tabs_both_succeed_after_forty_abandoned_logins(site: Any) -> None:
    browser = site.browser()
    for _ in range(40):
        begun = browser.start()
        assert len(begun.cookies[0]) < 4_096
    one, two = browser.start(), browser.start()
    assert browser.back(site.sandbox.approve(two.location)).status == 303
    assert browser.back(site.sandbox.approve(one.location)).status == 303


@pytest.mark.parametrize(
    "path", ["//evil.example", "https:evil.example", "/\\evil.example", "/a%0d%0ab", "https://evil.example"]
)
def test_a25_a_path_to_return_to_that_leads_elsewhere_is_refused(site: Any, path: str) -> None:
    begun = site.browser().start("?return_to=" + urllib.parse.quote(path, safe="%"))
    assert begun.status == 400 and "redirect.return_to" in begun.text
    assert begun.cookies == []


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("POST", {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}),
        ("POST", {"Sec-Fetch-Site": "same-site", "Origin": "https://blog.app.example"}),
        ("POST", {"Origin": "https://evil.example"}),
        ("POST", {"Origin": "null"}),
        ("GET", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}),
        ("GET", {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}),
        ("GET", {}),
    ],
)
def test_h4_another_site_cannot_begin_a_login(site: Any, method: str, headers: dict[str, str]) -> None:
    begun = site.browser().send(method, "/instagram/start", headers)
    assert begun.status == 403 and "redirect.cross_site" in begun.text
    assert begun.cookies == [] and "location" not in begun.headers
    assert site.heard[0][0] == "on_error"


def test_h4_a_link_on_a_page_of_the_site_begins_a_login(site: Any) -> None:
    headers = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert site.browser().send("GET", "/instagram/start", headers).status == 303


def test_h5_a_code_for_a_login_that_was_not_begun_here_is_never_exchanged(site: Any) -> None:
    for address in [FORGED.partition("&")[0], FORGED]:
        refused = site.browser().back(address)
        assert refused.status == 400
        assert "AQD-from-elsewhere" not in refused.text
    browser = site.browser()
    browser.start()
    assert browser.back(FORGED).status == 400
    assert site.sandbox.calls("oauth/access_token") == []


def test_a2_a_forged_answer_does_not_cancel_the_login(site: Any) -> None:
    browser = site.browser()
    begun = browser.start()
    assert browser.back(FORGED).cookies == []
    assert browser.back(site.sandbox.approve(begun.location)).status == 303


def test_a10_a_page_that_is_loaded_again_spends_nothing(site: Any) -> None:
    browser = site.browser()
    address = site.sandbox.approve(browser.start().location)
    kept = dict(browser.cookies)
    assert browser.back(address).status == 303
    browser.cookies = kept
    again = browser.back(address)
    assert again.status == 400 and "redirect.state_used" in again.text
    assert len(site.sandbox.calls("oauth/access_token")) == 1


def test_a24_a_person_who_declines_comes_back_to_a_page_that_leads_home(site: Any) -> None:
    browser = site.browser()
    declined = browser.back(site.sandbox.approve(browser.start().location, deny=True))
    assert declined.status == 403 and "denied.by_user" in declined.text
    assert 'href="/home"' in declined.text
    assert browser.cookies == {}


def test_a_later_step_that_fails_loses_nothing_and_ends_the_login(make_site: Any) -> None:
    site = make_site("flask")
    browser = site.browser()
    address = site.sandbox.approve(browser.start().location)
    site.sandbox.fault("/me", 400, {"error": {"message": "no", "code": 10}})
    failed = browser.back(address)
    assert failed.status == 502
    assert browser.cookies == {}
    [(hook, error)] = site.heard
    assert hook == "on_error"
    connection = site.keeper.resume(error.resumable)
    assert site.token("ada.sandbox") == connection.token.reveal()


def test_a_hook_may_answer_in_place_of_the_redirect_and_the_login_still_leaves_the_cookie(
    make_site: Any,
) -> None:
    from flask import Response

    site = make_site("flask")
    site.hooks["on_connected"] = lambda request, connection: Response("welcome", 201)
    browser = site.browser()
    ended = browser.back(site.sandbox.approve(browser.start().location))
    assert (ended.status, ended.text) == (201, "welcome")
    assert browser.cookies == {}


@pytest.mark.parametrize("framework", ["starlette", "fastapi", "flask", "django", "django-async"])
def test_the_keys_may_be_the_text_that_keygen_prints(make_site: Any, framework: str) -> None:
    site = make_site(framework, keys="keyA:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8")
    browser = site.browser()
    assert browser.back(site.sandbox.approve(browser.start().location)).status == 303


@pytest.mark.parametrize(
    ("framework", "client"),
    [
        ("starlette", "Client"),
        ("fastapi", "Client"),
        ("fastapi", "AsyncClient"),
        ("flask", "Client"),
        ("django", "Client"),
        ("django-async", "AsyncClient"),
    ],
)
def test_a_login_goes_over_the_callers_own_http_client(make_site: Any, framework: str, client: str) -> None:
    import httpx

    asked: list[str] = []

    def note(request: httpx.Request) -> None:
        asked.append(request.url.path)

    async def noted(request: httpx.Request) -> None:
        note(request)

    http = getattr(httpx, client)(event_hooks={"request": [noted if client == "AsyncClient" else note]})
    site = make_site(framework, http=http)
    browser = site.browser()
    assert browser.back(site.sandbox.approve(browser.start().location)).status == 303
    assert asked[0].endswith("/oauth/access_token")


def test_an_async_hook_in_a_framework_without_a_loop_is_said_to_be_one(make_site: Any) -> None:
    async def hook(request: Any, error: Exception) -> None:
        raise AssertionError("never awaited")

    site = make_site("flask")
    site.hooks["on_error"] = hook
    with pytest.raises(TypeError, match="plain function"):
        site.browser().back(FORGED)
