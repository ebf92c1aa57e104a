"""System programs that suites need: looked for, installed where that is our business, or named."""

import glob
import os
import re
import shutil
from dataclasses import dataclass
from typing import Tuple


@dataclass(frozen=True)
class Tool:
    """A program, under the names that systems give it."""

    wanted: str
    """What to tell a person."""
    names: Tuple[str, ...]
    package: str
    """On Debian and its kin."""
    variable: str = ""
    """Environment variable that names the program."""
    major: int = 0
    """The least version."""
    folders: str = ""
    """A pattern of folders off the path that it may be in; the last one counts."""


SYSTEM = {
    "node": Tool("Node.js 20 or newer", ("node",), "nodejs", major=20),
    "npm": Tool("npm", ("npm",), "npm"),
    "java": Tool("a JDK, 17 or newer", ("javac",), "default-jdk-headless", major=17),
    "mvn": Tool("Maven", ("mvn",), "maven"),
    "chromium": Tool(
        "Chromium (or CHROMIUM=/path/to/it)",
        ("chromium", "chromium-browser", "google-chrome"),
        "chromium",
        variable="CHROMIUM",
    ),
    "openssl": Tool("OpenSSL's command", ("openssl",), "openssl"),
    "postgres": Tool(
        "a PostgreSQL server, 12 or newer",
        ("postgres",),
        "postgresql",
        major=12,
        folders="/usr/lib/postgresql/*/bin",
    ),
    "dbus-daemon": Tool("a D-Bus message bus (dbus-daemon)", ("dbus-daemon",), "dbus"),
    "gnome-keyring": Tool("GNOME Keyring (gnome-keyring-daemon)", ("gnome-keyring-daemon",), "gnome-keyring"),
    "pgbouncer": Tool("PgBouncer", ("pgbouncer",), "pgbouncer", folders="/usr/sbin"),
}


def find(name):
    """The program's path, or None."""
    tool = SYSTEM[name]
    named = os.environ.get(tool.variable) if tool.variable else None
    for candidate in (named,) if named else tool.names:
        path = shutil.which(candidate) or _off_the_path(tool, candidate)
        if path:
            return path
    return None


def _off_the_path(tool, program):
    found = [folder for folder in glob.glob(tool.folders) if os.access(os.path.join(folder, program), os.X_OK)]
    # By number: 9 comes before 15.
    found.sort(key=lambda folder: [int(number) for number in re.findall(r"\d+", folder)])
    return os.path.join(found[-1], program) if found else None


def provide(names, shell):
    """Installs what is missing where this is a Debian-like system and we are root. Answers what is still missing."""
    # A program that a person named is theirs to provide.
    missing = {name for name in names if not find(name) and not os.environ.get(SYSTEM[name].variable)}
    apt = shutil.which("apt-get")
    if missing and apt and os.name == "posix" and os.geteuid() == 0:
        packages = sorted(SYSTEM[name].package for name in missing)
        print(f"set-up: apt-get install {' '.join(packages)}", flush=True)
        quiet = {"DEBIAN_FRONTEND": "noninteractive"}
        shell.run([apt, "update"], env=quiet)
        # Without fonts a page is a row of boxes.
        shell.run([apt, "install", "-y", "--no-install-recommends", *packages, "fonts-dejavu-core"], env=quiet)
    return {name for name in names if not find(name) or not _new_enough(name, shell)}


def _new_enough(name, shell):
    if not SYSTEM[name].major:
        return True
    found = re.search(r"(\d+)\.", shell.run([find(name), "--version"]).output)
    return found is not None and int(found.group(1)) >= SYSTEM[name].major
