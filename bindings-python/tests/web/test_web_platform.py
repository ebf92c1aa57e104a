"""What the platform calls: deauthorize, data deletion, webhooks."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest

import shutterkey

OTHER_SECRET = "another-app-secret-canary"
DELIVERY = (
    b'{"object":"instagram","entry":[{"id":"17841400000000001","time":1520383571,'
    b'"changes":[{"field":"comments","value":{"text":"caf\\u00e9"}}]}]}'
)


def signed(site: Any, user_id: str, secret: str = "", age: int = 0, algorithm: str = "HMAC-SHA256") -> str:
    """A `signed_request` that was issued `age` seconds ago."""
    issued_at = int(site.sandbox.clock.now().timestamp()) - age
    payload = {"user_id": user_id, "algorithm": algorithm, "issued_at": issued_at}
    encoded = base64.urlsafe_b64encode(json.dumps(payload).encode()).rstrip(b"=")
    mac = hmac.digest((secret or site.app_secret).encode(), encoded, hashlib.sha256)
    return (base64.urlsafe_b64encode(mac).rstrip(b"=") + b"." + encoded).decode()


def connected(site: Any) -> Any:
    browser = site.browser()
    browser.back(site.sandbox.approve(browser.start().location))
    (hook, connection) = site.heard.pop()
    assert hook == "on_connected"
    return connection


def webhook(site: Any, body: bytes, headers: dict[str, str]) -> Any:
    return site.send("POST", "/instagram/webhook", headers, body)


@pytest.mark.parametrize("secret", ["", OTHER_SECRET])
def test_f1_a_person_who_removes_the_app_is_forgotten(site: Any, secret: str) -> None:
    connection = connected(site)
    callback = signed(site, connection.account.app_scoped_id, secret)
    assert site.post_form("/instagram/deauthorize", signed_request=callback).status == 200
    assert site.heard == [("on_deauthorized", connection.account.app_scoped_id, connection.key)]
    with pytest.raises(shutterkey.ShutterkeyError) as caught:
        site.token("ada.sandbox")
    assert caught.value.code == "account.not_found"


def test_f1_a_callback_about_somebody_unknown_is_answered_as_well(site: Any) -> None:
    callback = signed(site, "999")
    assert site.post_form("/instagram/deauthorize", signed_request=callback).status == 200
    assert site.heard == [("on_deauthorized", "999", None)]


def test_f1_what_is_not_signed_by_the_platform_removes_nothing(site: Any) -> None:
    connection = connected(site)
    user_id = connection.account.app_scoped_id
    good = signed(site, user_id)
    for bad in [
        signed(site, user_id, "a-guess"),
        signed(site, user_id, algorithm="none"),
        signed(site, user_id, age=4_000),
        good.replace(".", ""),
        good + ".",
        good[1:],
        "",
    ]:
        for path in ["/instagram/deauthorize", "/instagram/data-deletion"]:
            refused = site.post_form(path, signed_request=bad)
            assert refused.status in (400, 403)
            assert refused.headers["content-type"].startswith("application/json")
    assert site.heard == []
    assert site.token("ada.sandbox")


def test_a_deletion_is_carried_out_confirmed_and_its_status_can_be_looked_up(site: Any) -> None:
    connection = connected(site)
    user_id = connection.account.app_scoped_id
    answered = site.post_form("/instagram/data-deletion", signed_request=signed(site, user_id))
    confirmed = json.loads(answered.text)
    code = confirmed["confirmation_code"]
    assert confirmed["url"] == f"https://app.example/instagram/data-deletion?code={code}"
    assert code.isalnum() and user_id not in code
    assert site.heard == [("on_data_deletion", user_id, code)]
    with pytest.raises(shutterkey.ShutterkeyError):
        site.token("ada.sandbox")

    site.hooks["deletion_status"] = lambda request, code, requested_at: "Two of <three> backups are done."
    page = site.send("GET", f"/instagram/data-deletion?code={code}", {}, b"")
    assert page.status == 200 and "Two of &#60;three&#62; backups" in page.text
    assert site.heard[-1][:2] == ("deletion_status", code)


def test_a_confirmation_code_cannot_be_made_up(site: Any) -> None:
    answered = site.post_form("/instagram/data-deletion", signed_request=signed(site, "999"))
    code = json.loads(answered.text)["confirmation_code"]
    last = "0" if code[-1] != "0" else "1"
    for guess in [code[:-1] + last, "abc123", "", code.upper() if not code.isdigit() else "x"]:
        page = site.send("GET", f"/instagram/data-deletion?code={guess}", {}, b"")
        assert page.status == 404
    assert site.send("GET", "/instagram/data-deletion", {}, b"").status == 404


def test_f2_a_delivery_is_handed_on_when_its_exact_bytes_are_signed(site: Any) -> None:
    signature = "sha256=" + hmac.new(site.app_secret.encode(), DELIVERY, hashlib.sha256).hexdigest()
    headers = {"Content-Type": "application/json", "X-Hub-Signature-256": signature}
    assert webhook(site, DELIVERY, headers).status == 200
    [(hook, payload)] = site.heard
    assert hook == "on_webhook"
    assert payload["entry"][0]["changes"][0]["value"] == {"text": "café"}

    written_again = json.dumps(json.loads(DELIVERY)).encode()
    assert webhook(site, written_again, headers).status == 403
    assert webhook(site, DELIVERY, {"Content-Type": "application/json"}).status == 400
    assert webhook(site, b"", headers).status == 400
    assert len(site.heard) == 1


def test_f2_the_subscription_check_echoes_the_challenge_for_the_right_token_alone(site: Any) -> None:
    query = "/instagram/webhook?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token="
    answered = site.send("GET", query + "verify-token-canary", {}, b"")
    assert (answered.status, answered.text) == (200, "1158201444")
    assert answered.headers["content-type"].startswith("text/plain")
    assert site.send("GET", query + "guess", {}, b"").status == 403


def test_a_body_that_is_too_large_is_not_taken_in(make_site: Any) -> None:
    for framework in ["starlette", "flask"]:
        site = make_site(framework)
        assert webhook(site, b" " * ((1 << 20) + 1), {"X-Hub-Signature-256": "sha256=00"}).status == 413


def test_djangos_own_check_stays_on_for_people_and_off_for_the_platform(make_site: Any) -> None:
    from django.test import override_settings

    site = make_site("django")
    with override_settings(MIDDLEWARE=["django.middleware.csrf.CsrfViewMiddleware"]):
        enforced = {"enforce_csrf_checks": True}
        assert site.send("POST", "/instagram/start", {"Sec-Fetch-Site": "same-origin"}, b"", **enforced).status == 403
        callback = f"signed_request={signed(site, '999')}".encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        assert site.send("POST", "/instagram/deauthorize", headers, callback, **enforced).status == 200
