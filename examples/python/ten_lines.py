"""Ten lines, after `shutterkey login`: who am I?"""

import httpx

import shutterkey

with shutterkey.Keeper() as ig:
    answer = httpx.get("https://graph.instagram.com/v26.0/me", params={"fields": "username", **ig.params("me")})
    ig.report("me", answer)
    print(answer.json()["username"])
