"""Keycloak as an OAuth server: one JSON line when it listens, then it runs until its input closes.

    keycloak.py FOLDER REDIRECT_URI

FOLDER is the unpacked distribution. It runs in its development mode with a database in memory; the realm is
`keycloak-realm.json`. What it writes goes to standard error.
"""

import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import threading
import uuid
from pathlib import Path

REALM = Path(__file__).with_name("keycloak-realm.json")
LISTENS = re.compile(r"Keycloak (\S+) .*Listening on: (http://127\.0\.0\.1:\d+)")
# For a life of two minutes: nothing that pays off later.
JAVA = "-Xms64m -Xmx512m -XX:MaxMetaspaceSize=256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Dfile.encoding=UTF-8"


def start(folder, settings):
    imported = folder / "data" / "import"
    imported.mkdir(parents=True, exist_ok=True)
    shutil.copy(REALM, imported / "realm.json")
    options = ["--db=dev-mem", "--http-host=127.0.0.1", "--http-port=0", "--import-realm"]
    return subprocess.Popen(
        ["sh", folder / "bin" / "kc.sh", "start-dev", *options],
        env={**os.environ, **settings, "JAVA_OPTS": JAVA},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def listening(process):
    """Its version and address; None when it ended before it listened."""
    for line in process.stdout:
        sys.stderr.write(line)
        found = LISTENS.search(line)
        if found:
            return found.groups()
    return None


def main(folder, redirect_uri):
    # With what RFC 6749 2.3.1 wants encoded.
    secret = f"{secrets.token_hex(24)}:%+ &/="
    user_id = str(uuid.uuid4())
    settings = {"INTEROP_SECRET": secret, "INTEROP_REDIRECT_URI": redirect_uri, "INTEROP_USER_ID": user_id}
    process = start(Path(folder), settings)
    try:
        found = listening(process)
        if found is None:
            return 1
        # A pipe that nobody reads would stop it when it is full.
        threading.Thread(target=shutil.copyfileobj, args=(process.stdout, sys.stderr), daemon=True).start()
        version, address = found
        issuer = f"{address}/realms/interop"
        endpoints = f"{issuer}/protocol/openid-connect"
        about = {
            "server": "keycloak",
            "version": version,
            "issuer": issuer,
            "clients": [
                {"client_id": "basic", "client_secret": secret},
                {"client_id": "post", "client_secret": secret, "token_endpoint_auth_method": "client_secret_post"},
                # Asks the person for consent. Tokens of such clients are not for the resource below.
                {"client_id": "asks", "client_secret": secret},
                {"client_id": "public"},
            ],
            "token_endpoint": f"{endpoints}/token",
            "revocation_endpoint": f"{endpoints}/revoke",
            # Its own resource for people's accounts, since userinfo wants `openid`.
            "identity_endpoint": f"{issuer}/account",
            "identity_member": "id",
            "user_id": user_id,
            "lasts": 1200,
            "approve": "accept",
            "decline": "cancel",
            "decline_at": "asks",
            "logout": f"{endpoints}/logout",
        }
        print(json.dumps(about), flush=True)
        sys.stdin.read()
    finally:
        process.terminate()
        process.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
