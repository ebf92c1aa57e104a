"""The `standard` provider against OAuth servers of others: the same scenarios in Rust, Python and Node."""

import shlex
import shutil
import sys
import zipfile
from pathlib import Path

from . import counts, kotlin, node, python, rust, tools
from .once import once
from .suite import ROOT, Counts

FOLDER = ROOT / "tests" / "interop"
VENV = ROOT / "build" / "venv-interop"
KEYCLOAK = "26.7.3"
RUST = ["cargo", "build", "--locked", "-p", "shutterkey", "--example", "interop"]
LIMIT_SECONDS = 10 * 60


def servers(shell):
    """The servers that npm and PyPI have."""
    if not _ready(shell) or not python.installed(shell, VENV, FOLDER / "servers" / "requirements.txt"):
        return Counts(failed=1)
    node_program = tools.find("node")
    return _walks(
        shell,
        {
            "oidc-provider": [node_program, "servers/oidc-provider.mjs"],
            "oauth2-mock-server": [node_program, "servers/oauth2-mock-server.mjs"],
            "django-oauth-toolkit": [VENV / "bin" / "python", "servers/django-oauth-toolkit.py"],
        },
    )


def keycloak(shell):
    """The server that Maven Central has. It alone takes longer to start than all others together."""
    if not _ready(shell):
        return Counts(failed=1)
    folder = _unpacked(shell)
    if folder is None:
        return Counts(failed=1)
    return _walks(shell, {"keycloak": [sys.executable, "servers/keycloak.py", folder]})


def _unpacked(shell):
    """Keycloak's folder under build/, which it is put into once; None where that does not work."""
    folder = ROOT / "build" / f"keycloak-{KEYCLOAK}"
    stamp = folder / "unpacked"
    if stamp.exists():
        return folder
    get = ["org.apache.maven.plugins:maven-dependency-plugin:3.9.0:get", "-Dtransitive=false", "--strict-checksums"]
    artifact = f"-Dartifact=org.keycloak:keycloak-quarkus-dist:{KEYCLOAK}:zip"
    # Where there is no project: Maven would read its description.
    if not shell.run([*kotlin.maven(), "-q", *get, artifact], cwd=ROOT / "build").fine:
        return None
    stored = kotlin.REPOSITORY / "org" / "keycloak" / "keycloak-quarkus-dist" / KEYCLOAK
    shutil.rmtree(folder, ignore_errors=True)
    with zipfile.ZipFile(stored / f"keycloak-quarkus-dist-{KEYCLOAK}.zip") as packed:
        packed.extractall(folder.parent)
    stamp.touch()
    return folder


@once
def _ready(shell):
    """Builds the drivers, and installs what npm has. Whether that worked."""
    if not shell.run([sys.executable, FOLDER / "canary_test.py"]).fine:
        return False
    install = [tools.find("npm"), "ci", "--prefer-offline", "--ignore-scripts"]
    if not shell.run(install, cwd=FOLDER).fine or not shell.run(RUST).fine:
        return False
    return python.ready(shell) and node.ready(shell)


def _walks(shell, started_by):
    """Every scenario of the servers, each of which a command starts."""
    program = Path(rust.metadata()["target_directory"]) / "debug" / "examples" / "interop"
    drivers = {
        "rust": [program],
        "python": [python.tool("python"), "drivers/driver.py"],
        "node": [tools.find("node"), "drivers/driver.mjs"],
    }
    command = [sys.executable, FOLDER / "run.py"]
    for server, start in started_by.items():
        command += ["--server", _named(server, start)]
    command += [_named(language, start) for language, start in drivers.items()]
    return counts.walks(shell.run(command, env=python.environment(), limit=LIMIT_SECONDS))


def _named(name, command):
    return f"{name}={shlex.join(map(str, command))}"
