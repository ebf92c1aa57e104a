"""What Meta signs and wants signed, beyond the shared cases: forms of arguments that are Python's own."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import datetime, timezone

import pytest
import shutterkey
from shutterkey import protocol

NOW = 1_800_000_000
SECRET = "0123456789abcdef0123456789abcdef"


def signed(secret: str = SECRET) -> str:
    payload = json.dumps({"algorithm": "HMAC-SHA256", "user_id": "1234567890", "issued_at": NOW}).encode()
    encoded = base64.urlsafe_b64encode(payload).rstrip(b"=")
    signature = base64.urlsafe_b64encode(hmac.digest(secret.encode(), encoded, "sha256")).rstrip(b"=")
    return f"{signature.decode()}.{encoded.decode()}"


def test_one_secret_may_be_given_as_it_is_and_several_as_any_iterable() -> None:
    for secrets in (SECRET, ["another", SECRET], (name for name in ("another", SECRET))):
        verified = shutterkey.verify_signed_request(signed(), secrets, now=NOW)
        assert verified.user_id == "1234567890"
        assert verified.issued_at == datetime.fromtimestamp(NOW, timezone.utc)


def test_verified_callbacks_are_equal_by_what_they_say() -> None:
    one, other = (shutterkey.verify_signed_request(signed(), SECRET, now=NOW) for _ in range(2))
    assert one == other and "1234567890" in repr(one)


def test_no_secret_at_all_is_a_mistake_of_configuration() -> None:
    with pytest.raises(shutterkey.ConfigError) as raised:
        shutterkey.verify_signed_request(signed(), [], now=NOW)
    assert raised.value.code == "config.secret_missing"


def test_a_delivery_is_verified_over_its_raw_bytes() -> None:
    body = b'{"object": "instagram"}'
    signature = "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    shutterkey.verify_webhook(body, signature, SECRET)
    with pytest.raises(shutterkey.ProviderError) as raised:
        shutterkey.verify_webhook(body + b" ", signature, SECRET)
    assert raised.value.code == "provider.signature_invalid"


def test_a_proof_is_made_of_a_token_or_its_value() -> None:
    token = shutterkey.Token("IGAAcanary0token0123456789")
    assert shutterkey.appsecret_proof(SECRET, token) == shutterkey.appsecret_proof(SECRET, token.reveal())


def test_legacy_parameters_are_a_mapping_or_pairs() -> None:
    mapping = {"count": "10", "access_token": "x"}
    assert shutterkey.legacy_signature(SECRET, "/media", mapping) == shutterkey.legacy_signature(
        SECRET, "/media", list(mapping.items())
    )


class Answer:
    status_code = 400
    headers = {"x-fb-trace-id": "abc"}
    content = b'{"error": {"message": "Error validating access token", "type": "OAuthException", "code": 190}}'


def test_the_meaning_of_an_answer_is_an_exception_that_is_not_raised() -> None:
    for meaning in (
        shutterkey.classify(Answer(), now=NOW),
        shutterkey.classify(Answer.status_code, Answer.content, Answer.headers, now=NOW),
        shutterkey.classify(protocol.HttpResponse(Answer.status_code, Answer.content, Answer.headers), now=NOW),
    ):
        assert isinstance(meaning, shutterkey.TokenError)
        assert meaning.provider is not None and meaning.provider.code == 190
    assert shutterkey.classify(200, b"{}") is None


def test_a_return_to_of_another_site_is_refused() -> None:
    shutterkey.check_return_to("/dashboard?tab=1")
    with pytest.raises(shutterkey.RedirectError) as raised:
        shutterkey.check_return_to("//elsewhere.example")
    assert raised.value.code == "redirect.return_to"
