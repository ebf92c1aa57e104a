"""The wheel, as it is shipped: built from the source distribution, installed where there is no Rust, and used."""

import os
import re
import shutil
import tarfile
import tempfile
import zipfile
from pathlib import Path

from . import python, rust
from .suite import ROOT, Counts

DIST = ROOT / "build" / "dist-python"
LARGEST = 6_000_000
"""Bytes. A wheel that is larger has something in it that nobody meant to ship."""

SCRIPT = Path(__file__).with_name("wheel_script.py")


def wheel(shell):
    if not python.ready(shell):
        return Counts(failed=1)
    shutil.rmtree(DIST, ignore_errors=True)
    sdist = _sdist(shell)
    if sdist is None:
        return Counts(failed=1)
    total = shell.check("the source distribution has what a build needs", _whole(sdist, shell))
    built = _build(shell, sdist)
    if built is None:
        return total + Counts(failed=1)
    total += shell.check("the wheel has what it should and nothing else", _proper(built, shell))
    size = built.stat().st_size
    total += shell.check(f"the wheel is small: {size:,} bytes", size < LARGEST)
    ran = []
    for version, program in sorted(interpreters(shell).items()):
        fine = _used(shell, built, program)
        total += shell.check(f"CPython {version[0]}.{version[1]} installs and uses it without Rust", fine)
        ran.append(f"{version[0]}.{version[1]}")
    shell.say(f"{size / 1e6:.1f} MB, CPython {' '.join(ran)}")
    return total


def _sdist(shell):
    shell.run([python.tool("maturin"), "sdist", "--out", DIST], cwd=python.PACKAGE)
    return next(DIST.glob("*.tar.gz"), None)


def _build(shell, sdist):
    """With the build isolation of pip, as on the machine of somebody who has Rust."""
    env = {"CARGO_TARGET_DIR": rust.metadata()["target_directory"]}
    pip = [python.tool("python"), "-m", "pip", "wheel", "--disable-pip-version-check"]
    shell.run([*pip, "--no-deps", "--wheel-dir", DIST, sdist], env=env)
    return next(DIST.glob("*.whl"), None)


def _whole(sdist, shell):
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    wanted = {"Cargo.toml", "Cargo.lock", "pyproject.toml", "LICENSE-MIT", "LICENSE-APACHE", "PKG-INFO"}
    wanted |= {f"{crate}/Cargo.toml" for crate in ("core", "cli", "sandbox", "bindings-python")}
    missing = sorted(wanted - names)
    shell.note(f"missing: {missing}")
    return not missing


def _proper(built, shell):
    with zipfile.ZipFile(built) as archive:
        names = set(archive.namelist())
        metadata = archive.read(next(name for name in names if name.endswith("/METADATA"))).decode()
    modules = {f"shutterkey/{path.name}" for path in (python.PACKAGE / "python" / "shutterkey").glob("*.py*")}
    wanted = modules | {"shutterkey/py.typed", "shutterkey/_native.abi3.so"}
    info = {name for name in names if ".dist-info/" in name}
    licences = {Path(name).name for name in info if "/licenses/" in name}
    problems = {
        "missing": sorted(wanted - names),
        "not meant to be there": sorted(names - info - wanted),
        "licences": sorted({"LICENSE-MIT", "LICENSE-APACHE"} - licences),
        "dependencies": re.findall(r"^Requires-Dist: .*$", metadata, re.MULTILINE),
        "readme": [] if "# shutterkey for Python" in metadata else ["not in the metadata"],
    }
    shell.note(str(problems))
    return not any(problems.values())


def _used(shell, built, program):
    with tempfile.TemporaryDirectory() as folder:
        venv, home = Path(folder, "venv"), Path(folder, "home")
        home.mkdir()
        env = {**python.environment(home), "PATH": str(venv / "bin")}
        pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-index"]
        steps = [
            [program, "-m", "venv", venv],
            [venv / "bin" / "python", *pip, built],
            [venv / "bin" / "shutterkey", "login", "--sandbox", "--auto-approve"],
            [venv / "bin" / "python", "-W", "error", SCRIPT],
        ]
        return all(shell.run(step, cwd=home, env=env).fine for step in steps)


def interpreters(shell):
    """Every CPython of this machine that the package is for: its version and its program."""
    places = [shutil.which(f"python3.{minor}") for minor in range(python.LEAST[1], 20)]
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"), "versions")
    places += [str(path) for path in sorted(pyenv.glob("*/bin/python3"), reverse=True)]
    asks = "import sys, venv, ensurepip; print(sys.implementation.name, *sys.version_info[:2])"
    found = {}
    for place in filter(None, places):
        said = shell.run([place, "-c", asks], apart=True)
        name, *version = said.output.split() or [""]
        version = tuple(map(int, version))
        if said.fine and name == "cpython" and version >= python.LEAST:
            found.setdefault(version, place)
    return found
