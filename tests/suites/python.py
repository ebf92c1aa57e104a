"""The Python package in a virtual environment of its own: its tests, its types and its examples."""

import hashlib
import os
import sys
import tempfile
from pathlib import Path

from . import counts, parity
from .once import once
from .suite import ROOT, Counts

PACKAGE = ROOT / "bindings-python"
EXAMPLES = ROOT / "examples" / "python"
VENV = ROOT / "build" / "venv-python"
LEAST = (3, 10)


def tests(shell):
    if not ready(shell):
        return Counts(failed=1)
    env = {**environment(), parity.SETTING: str(parity.results("python"))}
    shell.note("The PostgreSQL store is not among these tests, and not counted here: the suite postgres runs tests_postgres.")
    return counts.pytest(shell.run([tool("pytest"), "-q", "--durations=5"], cwd=PACKAGE, env=env))


def postgres(shell, setting):
    """The tests that need a database; `setting` tells them where it is."""
    if not ready(shell):
        return Counts(failed=1)
    command = [tool("pytest"), "-q", "--durations=5", "tests_postgres"]
    return counts.pytest(shell.run(command, cwd=PACKAGE, env={**environment(), **setting}))


def types(shell):
    """Type checkers, on what the package gives and on those who use it; and that nothing generated is stale."""
    if not ready(shell):
        return Counts(failed=1)
    cache = ["--cache-dir", ROOT / "build" / "mypy"]
    checks = {
        "mypy --strict": [tool("mypy"), *cache, "python/shutterkey", "tools", "tests", "tests_postgres", EXAMPLES],
        "pyright on the package": [tool("pyright"), "--pythonpath", tool("python")],
        "pyright on the examples": [tool("pyright"), "--pythonpath", tool("python"), EXAMPLES],
        "the stub is what the module has": [
            *(tool("python"), "-m", "mypy.stubtest", "shutterkey"),
            *("--allowlist", "tests/stubtest-allowlist.txt", "--mypy-config-file", "pyproject.toml"),
        ],
        "the stub's docstrings are the module's": [tool("python"), "tools/document_stub.py", "--check"],
        "the names of errors are the catalogue's": [tool("python"), "tools/write_codes.py", "--check"],
    }
    total = Counts()
    for what, command in checks.items():
        total += shell.check(what, shell.run(command, cwd=PACKAGE, env=environment()).fine)
    return total


def examples(shell):
    """Each example is a program that ends by itself, well, and shows something: after a login at the sandbox."""
    if not ready(shell):
        return Counts(failed=1)
    total = Counts()
    with tempfile.TemporaryDirectory() as home:
        env = environment(home)
        login = shell.run([tool("shutterkey"), "login", "--sandbox", "--auto-approve"], cwd=home, env=env)
        total += shell.check("a login at the sandbox", login.fine)
        for example in sorted(EXAMPLES.glob("*.py")):
            if '__name__ == "__main__"' not in example.read_text(encoding="utf-8"):
                continue  # what several share, and what tests/test_docs.py runs with a network of its own
            ended = shell.run([tool("python"), example], cwd=home, env=env, apart=True)
            fine = ended.fine and ended.output.strip() != ""
            total += shell.check(f"the example {example.stem} ends well and shows something", fine)
    return total


def tool(name):
    return VENV / "bin" / name


def environment(home=None):
    """With the virtual environment's programs, and without what a person has set up for shutterkey."""
    removed = {name: None for name in os.environ if name.startswith(("SHUTTERKEY_", "PYTHON"))}
    mine = {"PATH": os.pathsep.join([str(VENV / "bin"), os.environ["PATH"]]), "BROWSER": ""}
    if home is None:
        return {**removed, **mine}
    folders = {name: None for name in os.environ if name.startswith("XDG_")}
    return {**removed, **folders, **mine, "HOME": str(home)}


@once
def ready(shell):
    """Makes the environment and builds the package into it. Whether that worked."""
    if sys.version_info < LEAST:
        shell.note(f"The package needs CPython {LEAST[0]}.{LEAST[1]}, this is {sys.version}: say PYTHON=python3.x")
        return False
    if not installed(shell, VENV, PACKAGE / "requirements-test.txt"):
        return False
    return shell.run([tool("maturin"), "develop", "--locked"], cwd=PACKAGE, env={"VIRTUAL_ENV": str(VENV)}).fine


def installed(shell, venv, requirements):
    """Makes a virtual environment with what the file asks for, unless there is one. Whether that worked."""
    stamp = venv / "installed"
    wanted = hashlib.sha256(requirements.read_bytes() + sys.version.encode()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return True
    pip = [venv / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    made = shell.run([sys.executable, "-m", "venv", "--clear", venv]).fine
    if not made or not shell.run([*pip, "-r", requirements]).fine:
        return False
    stamp.write_text(wanted)
    return True
