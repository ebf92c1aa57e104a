"""What importing adds to a bare interpreter, beside peers: median of fresh processes, alternating.

The package loads its parts when they are first asked for; measured is what a program has that uses a keeper.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time

MODULES = (
    "shutterkey",
    "oauthlib.oauth2",
    "httpx_oauth.oauth2",
    "requests_oauthlib",
    "msal",
    "authlib.integrations.requests_client",
)
USED = {"shutterkey": "; shutterkey.Keeper, shutterkey.ShutterkeyError"}


def took(code: str) -> float:
    began = time.perf_counter()
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run([sys.executable, "-S", "-c", PATH + code], check=True, stdout=subprocess.DEVNULL, env=environment)
    return (time.perf_counter() - began) * 1000


PATH = f"import sys; sys.path[:0] = {[p for p in sys.path if p]!r}\n"


def main(rounds: int = 21) -> None:
    for module in MODULES:
        took(f"import {module}{USED.get(module, '')}")  # writes byte code
    bare: list[float] = []
    added: dict[str, list[float]] = {module: [] for module in MODULES}
    for _ in range(rounds):
        base = took("pass")
        bare.append(base)
        for module in MODULES:
            added[module].append(took(f"import {module}{USED.get(module, '')}") - base)
    print(f"import, over a bare interpreter ({statistics.median(bare):.1f} ms):")
    for module, figures in added.items():
        print(f"    {module:40} {statistics.median(figures):7.1f} ms   ({min(figures):.1f} to {max(figures):.1f})")


if __name__ == "__main__":
    main()
