"""What the Swift and the Kotlin suite share: the native library, its generated sources, and what real logins talk to."""

import json
import os
import signal
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

from . import python
from .once import once
from .suite import ROOT

GENERATED = [
    "bindings-swift/Sources/ShutterkeyCore/ShutterkeyCore.swift",
    "bindings-swift/Sources/ShutterkeyFFI/ShutterkeyFFI.h",
    "bindings-kotlin/src/main/kotlin/dev/shutterkey/core/shutterkey.kt",
]


@once
def ready(shell):
    """Builds the native library and the command. Whether that worked."""
    build = ["cargo", "build", "--locked", "-p", "shutterkey-mobile", "-p", "shutterkey-cli"]
    return shell.run(build).fine


def library(kind):
    """The native library, `a` or `so`."""
    return Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "debug" / f"libshutterkey_ffi.{kind}"


def drift(shell):
    """That the committed sources are what the library says now."""
    with tempfile.TemporaryDirectory() as folder:
        fine = shell.run([ROOT / "bindings-swift" / "scripts" / "generate.sh", folder]).fine
        stale = [name for name in GENERATED if not fine or Path(folder, name).read_bytes() != (ROOT / name).read_bytes()]
    what = "the generated sources are what the library says; if not: bindings-swift/scripts/generate.sh, and commit"
    return shell.check(what, not stale)


@contextmanager
def world(shell):
    """A running sandbox, and an example backend that is a client of it. Gives the settings that tests find them by."""
    with tempfile.TemporaryDirectory() as home, _sandbox(home) as sandbox, _backend(shell, home, sandbox) as backend:
        yield {**sandbox, "SHUTTERKEY_BACKEND_URL": backend}


@contextmanager
def _sandbox(home):
    command = library("so").with_name("shutterkey")
    env = {**os.environ, "HOME": home, "XDG_DATA_HOME": f"{home}/data"}
    with _running([command, "sandbox", "--port", "0", "--json", "--quiet"], env) as process:
        text = ""
        while not text.rstrip().endswith("}"):
            line = process.stdout.readline()
            if not line:
                raise RuntimeError("The sandbox did not start.")
            text += line
        said = json.loads(text)
        token = Path(said["control_token_file"]).read_text(encoding="utf-8").strip()
        yield {"SHUTTERKEY_SANDBOX_URL": said["url"], "SHUTTERKEY_SANDBOX_CONTROL": token}


@contextmanager
def _backend(shell, home, sandbox):
    """The Python example of a web site with an app, which prints its address first."""
    example = ROOT / "examples" / "python" / "app_backend.py"
    removed = {name for name in os.environ if name.startswith(("SHUTTERKEY_", "PYTHON"))}
    env = {name: value for name, value in os.environ.items() if name not in removed}
    with _running([python.tool("python"), example, "--serve"], {**env, **sandbox, "HOME": home}) as process:
        address = process.stdout.readline().strip()
        if not address.startswith("http://"):
            raise RuntimeError(f"The backend did not start: {address}")
        yield address


@contextmanager
def _running(command, env):
    process = subprocess.Popen(
        list(map(str, command)), cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=30)
        process.stdout.close()
