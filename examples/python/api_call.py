"""A script that calls the API for months: a live token each time, and what to do when there is none.

    python examples/python/api_call.py

runs it offline: first as it goes every day, then after the person has changed their password.
"""

from __future__ import annotations

import httpx

import shutterkey

API = "https://graph.instagram.com/v26.0"


def username(ig: shutterkey.Keeper, api: str = API) -> str:
    answer = httpx.get(f"{api}/me", params={"fields": "user_id,username", **ig.params("me")})
    ig.report("me", answer.status_code, answer.content, answer.headers)
    name: str = answer.json()["username"]
    return name


def main() -> None:
    with shutterkey.Sandbox() as sandbox:
        app = sandbox.app(redirect_uri="https://localhost/")
        ig = sandbox.keeper(app)
        login = ig.authorize()
        ig.complete(login.pending, sandbox.approve(login.url, person="studio"), name="me")
        api = f"{sandbox.base_url}/instagram/v26.0"

        for month in range(1, 7):
            sandbox.clock.advance(30 * 86_400)
            name = username(ig, api)
            ig.settle()  # what was due is refreshed beside the call; this waits for it, so that it can be shown
            print(f"month {month}: {name}, with a token until {ig.account('me').token.expires_at:%Y-%m-%d}")

        sandbox.fault("/me", 400, PASSWORD_CHANGED)
        try:
            username(ig, api)
        except shutterkey.NeedsLogin as error:
            print(f"{error.code} ({error.reason}): {error.hint}")


PASSWORD_CHANGED = """{"error": {"message": "Error validating access token", "type": "OAuthException", "code": 190,
"error_subcode": 460, "fbtrace_id": "A1b2C3"}}"""

if __name__ == "__main__":
    main()
