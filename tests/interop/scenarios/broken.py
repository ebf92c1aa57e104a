"""Broken answers and what becomes of each: a name, the order to the server (servers/oauth2-mock-server.mjs), the code."""

import base64
import json

BAD = "provider.bad_response"
TOKEN = '"access_token":"{access_token}","token_type":"Bearer"'

NO_TOKEN = [
    ("no access_token", {"drop": ["access_token"]}, BAD),
    *(
        (f"access_token is {json.dumps(value)[:30]}", {"set": {"access_token": value}}, BAD)
        for value in (None, "", 123, True, ["a"], {"a": "b"}, "abc\r\nX-Evil: 1", "abc def", "abc\x00def", "a" * 9000)
    ),
    ("refresh_token has a line break", {"set": {"refresh_token": "abc\n"}}, BAD),
    ("an empty object", {"body": {}}, BAD),
]

NO_BEARER = [
    ("no token_type", {"drop": ["token_type"]}, BAD),
    ("token_type is null", {"set": {"token_type": None}}, BAD),
    ("token_type is a number", {"set": {"token_type": 1}}, BAD),
    ("token_type is empty", {"set": {"token_type": ""}}, "provider.unsupported_token_type"),
    ("token_type is mac", {"set": {"token_type": "mac"}}, "provider.unsupported_token_type"),
    ("token_type is DPoP", {"set": {"token_type": "DPoP"}}, "provider.unsupported_token_type"),
]

NO_LIFETIME = [
    *(
        (f"expires_in is {json.dumps(value)}", {"set": {"expires_in": value}}, BAD)
        for value in (-1, "-1", "", "abc", "1e3", "0xff", 3600.5, True, [3600], 346_896_000, "99999999999999999999")
    ),
    *(
        (f"expires_in is {value}", {"raw": f'{{{TOKEN},"expires_in":{value}}}'}, BAD)
        for value in ("1e308", "1e999", "NaN", "9223372036854775807", "18446744073709551616")
    ),
]

TOLERATED = [
    ("expires_in in words", {"set": {"expires_in": "1800"}}, {"lasts": 1800}),
    ("expires_in is null", {"set": {"expires_in": None}}, {"lasts": None}),
    ("expires_in is zero", {"set": {"expires_in": 0}}, {"lasts": None}),
    ("no expires_in", {"drop": ["expires_in"]}, {"lasts": None}),
    ("token_type in lower case", {"set": {"token_type": "bearer"}}, {"lasts": 3600}),
    ("another content type", {"headers": {"content-type": "text/javascript"}}, {"lasts": 3600}),
    ("a content type of pages", {"headers": {"content-type": "text/html; charset=utf-8"}}, {"lasts": 3600}),
    ("no refresh_token", {"drop": ["refresh_token"]}, {"refresh": None}),
    ("no scope", {"drop": ["scope"]}, {"scopes": ["read", "write"]}),
    ("fewer scopes", {"set": {"scope": "read"}}, {"scopes": ["read"]}),
    ("more scopes", {"set": {"scope": "read write admin"}}, {"scopes": ["admin", "read", "write"]}),
    ("members that nobody knows", {"set": {"error": None, "a": {"b": [1, 2.5, None]}}}, {"lasts": 3600}),
    ("status 201", {"status": 201}, {"lasts": 3600}),
]

PAGE = "<!DOCTYPE html><html><body>Your token is {access_token}</body></html>"
HTML = {"content-type": "text/html"}
JSON = {"content-type": "application/json"}

NO_JSON = [
    ("a page", {"raw": PAGE, "headers": HTML}, BAD),
    ("a page that begins with the token", {"raw": "<{access_token}>", "headers": HTML}, BAD),
    ("a page that says it is JSON", {"raw": PAGE, "headers": JSON}, BAD),
    ("nothing", {"raw": "", "headers": JSON}, BAD),
    ("white space", {"raw": " \r\n", "headers": JSON}, BAD),
    ("an array", {"raw": '["{access_token}","Bearer",3600]', "headers": JSON}, BAD),
    ("a string", {"raw": '"{access_token}"', "headers": JSON}, BAD),
    ("null", {"raw": "null", "headers": JSON}, BAD),
    ("a form", {"raw": "access_token={access_token}&expires=5183944", "headers": JSON}, BAD),
    ("a script", {"raw": f"/**/callback({{{TOKEN}}})", "headers": {"content-type": "text/javascript"}}, BAD),
    ("a text after it", {"raw": f"{{{TOKEN}}}x", "headers": JSON}, BAD),
    ("another object after it", {"raw": f"{{{TOKEN}}}{{}}", "headers": JSON}, BAD),
    ("cut", {"raw": '{"access_token":"{access_token}","token_ty', "headers": JSON}, BAD),
    ("the token twice", {"raw": f'{{{TOKEN},"access_token":"evil"}}', "headers": JSON}, BAD),
    ("deep", {"raw": '{"access_token":' + "[" * 100_000, "headers": JSON}, BAD),
    ("a byte order mark", {"raw": f"\ufeff{{{TOKEN}}}", "headers": JSON}, BAD),
    ("two bytes a character", {"raw_base64": base64.b64encode(f"{{{TOKEN}}}".encode("utf-16")).decode()}, BAD),
    ("no text", {"raw_base64": base64.b64encode(b'{"access_token":"\xff\xfe"}').decode()}, BAD),
    ("two million characters", {"raw": f"{{{TOKEN},{' ' * 2_000_000}}}", "headers": JSON}, "network.too_large"),
]


def _refusal(status, error, code):
    words = f"{error} with status {status}"
    return (words, {"status": status, "body": {"error": error, "error_description": "words of the server"}}, code)


REFUSED = [
    _refusal(400, "invalid_grant", "provider.grant_rejected"),
    _refusal(400, "invalid_request", "provider.request_rejected"),
    _refusal(400, "unauthorized_client", "provider.client_rejected"),
    _refusal(400, "unsupported_grant_type", "provider.request_rejected"),
    _refusal(400, "invalid_scope", "provider.invalid_scope"),
    _refusal(400, "a_word_of_its_own", "provider.request_rejected"),
    _refusal(400, "access_denied", "denied.by_user"),
    _refusal(401, "invalid_client", "provider.client_rejected"),
    _refusal(429, "slow_down", "throttled.app"),
    _refusal(500, "server_error", "provider.unavailable"),
    _refusal(503, "temporarily_unavailable", "provider.unavailable"),
    # A refusal counts with any status.
    _refusal(200, "invalid_grant", "provider.grant_rejected"),
    _refusal(200, "invalid_client", "provider.client_rejected"),
    _refusal(500, "invalid_grant", "provider.grant_rejected"),
]

STATUS_ALONE = [
    *(
        (f"status {status} and a page", {"status": status, "raw": PAGE, "headers": HTML}, code)
        for status, code in (
            (400, "provider.request_rejected"),
            (403, "provider.request_rejected"),
            (404, "provider.request_rejected"),
            (429, "throttled.app"),
            (500, "provider.unavailable"),
            (502, "provider.unavailable"),
            (503, "provider.unavailable"),
        )
    ),
    # A token in an answer that is none.
    ("a token with status 400", {"status": 400}, "provider.request_rejected"),
    ("a token with status 500", {"status": 500}, "provider.unavailable"),
    *(
        (f"status {status}", {"status": status, "headers": {"location": "/token"}}, "provider.unexpected_redirect")
        for status in (301, 302, 303, 307, 308)
    ),
]

REDIRECTS = [
    ("no state", {"drop": ["state"]}, "redirect.state_missing"),
    ("an empty state", {"set": {"state": ""}}, "redirect.state_missing"),
    ("another state", {"set": {"state": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"}}, "redirect.state_mismatch"),
    ("another state after it", {"add": "&state=evil"}, "redirect.duplicate_parameter"),
    ("another code after it", {"add": "&code=evil"}, "redirect.duplicate_parameter"),
    ("no code", {"drop": ["code"]}, "redirect.code_missing"),
    ("an empty code", {"set": {"code": ""}}, "redirect.code_missing"),
    ("a code with a line break", {"set": {"code": "a\r\nb"}}, "redirect.malformed"),
    ("an id_token beside the code", {"set": {"id_token": "eyJhbGciOiJub25lIn0.e30."}}, "redirect.response_unsupported"),
    ("a response of JARM", {"set": {"response": "eyJhbGciOiJub25lIn0.e30."}}, "redirect.response_unsupported"),
    ("another issuer", {"set": {"iss": "https://attacker.example"}}, "redirect.issuer_mismatch"),
    ("65 parameters", {"add": "".join(f"&p{number}=1" for number in range(65))}, "redirect.too_large"),
    ("17 KiB", {"set": {"padding": "a" * 17_000}}, "redirect.too_large"),
    # The state is looked at first: a denial can be forged.
    ("a denial without state", {"set": {"error": "access_denied"}, "drop": ["state", "code"]}, "redirect.state_missing"),
    *(
        (f"{error} beside the code", {"set": {"error": error}}, code)
        for error, code in (
            ("access_denied", "denied.by_user"),
            ("invalid_scope", "provider.invalid_scope"),
            ("unauthorized_client", "provider.client_rejected"),
            ("invalid_request", "provider.request_rejected"),
            ("unsupported_response_type", "provider.request_rejected"),
            ("server_error", "provider.unavailable"),
            ("temporarily_unavailable", "provider.unavailable"),
            ("a_word_of_its_own", "denied.by_provider"),
        )
    ),
]

PERSONS = [
    ("no sub", {"drop": ["sub"]}, BAD),
    *(
        (f"sub is {json.dumps(value)}", {"set": {"sub": value}}, BAD)
        for value in (None, "", True, -1, 1.5, ["johndoe"], {"id": "johndoe"}, "john\ndoe")
    ),
    ("an array", {"body": [{"sub": "johndoe"}]}, BAD),
    ("a page", {"raw": "<html></html>", "headers": HTML}, BAD),
    ("sub twice", {"raw": '{"sub":"johndoe","sub":"evil"}', "headers": JSON}, BAD),
    ("status 401", {"status": 401, "body": {"error": "invalid_token"}}, "token.invalid"),
    ("status 403", {"status": 403, "body": {"error": "insufficient_scope"}}, "provider.permission_missing"),
    ("status 401 alone", {"status": 401, "raw": ""}, "token.invalid"),
    ("status 302", {"status": 302, "headers": {"location": "/userinfo"}}, "provider.unexpected_redirect"),
]
