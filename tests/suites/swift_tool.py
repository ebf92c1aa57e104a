"""The Swift toolchain: this system's own, or Debian's in a folder of its own.

Debian has had Swift since trixie. Where there is none on the path, and this is a Debian-like system on which we are root, that
release is put into build/swift-root once (half a minute, 2.7 GB), and entered for each command.
"""

import os
import re
import shutil

from .once import once
from .suite import ROOT

FOLDER = ROOT / "build" / "swift-root"
RELEASE = "trixie"
PACKAGES = ["swiftlang", "libc6-dev", "libstdc++-14-dev", "ca-certificates"]
INSIDE = "/src"
"""Where the repository is, inside."""

BUBBLEWRAP = ["bwrap", "--bind", FOLDER, "/", "--proc", "/proc", "--dev", "/dev", "--bind", ROOT, INSIDE]
MOUNTS = [
    *("unshare", "--mount", "sh", "-c"),
    """set -e; root=$1; source=$2; shift 2
    mount -t proc proc "$root/proc"; mount --rbind /dev "$root/dev"; mount --bind "$source" "$root/src"
    exec chroot "$root" "$@" """,
    *("sh", FOLDER, ROOT),
]
"""Two ways into the folder, with this repository in it: the second is for where bubblewrap may not do its work. Nothing stays mounted."""


class Swift:
    """Runs `swift` with the repository as working folder. Its arguments name folders by `path`."""

    def __init__(self, enter):
        self._enter = enter

    def path(self, path):
        """A path of the repository, as the toolchain sees it."""
        return f"{INSIDE}/{path.relative_to(ROOT)}" if self._enter else str(path)

    def run(self, shell, *arguments, env=None, program="swift"):
        given = env or {}
        if not self._enter:
            return shell.run([program, *arguments], env=given)
        known = {"HOME": "/tmp", "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", **given}
        settings = [f"{name}={value}" for name, value in known.items()]
        return shell.run([*self._enter, "env", "-i", "-C", INSIDE, *settings, program, *arguments])


_made = []


def find():
    """The toolchain that `ready` found."""
    return _made[0]


@once
def ready(shell):
    """Finds the toolchain, or installs it. Whether there is one."""
    if shutil.which("swift"):
        found = re.search(r"Swift version (\d+)", shell.run(["swift", "--version"]).output)
        if found and int(found.group(1)) >= 6:
            _made.append(Swift(None))
            return True
    if not (shutil.which("apt-get") and os.geteuid() == 0):
        shell.note("Swift 6 is missing: install it (swift.org, or the package swiftlang of Debian 13), or run this as root on Debian.")
        return False
    if not (FOLDER / "installed").exists() and not _install(shell):
        return False
    for enter in (BUBBLEWRAP, MOUNTS):
        swift = Swift(enter)
        if swift.run(shell, "--version").fine:
            _made.append(swift)
            return True
    shell.note("The folder with Swift cannot be entered: neither by bubblewrap nor by mounts of our own.")
    return False


def _install(shell):
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    if not (shutil.which("mmdebstrap") and shutil.which("bwrap")):
        shell.run(["apt-get", "update"], env=quiet)
        shell.run(["apt-get", "install", "-y", "--no-install-recommends", "mmdebstrap", "bubblewrap"], env=quiet)
    mirror = _mirror(shell)
    if not mirror:
        shell.note("No Debian mirror is among this system's package sources.")
        return False
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.parent.mkdir(exist_ok=True)
    made = shell.run(["mmdebstrap", "--variant=apt", f"--include={','.join(PACKAGES)}", RELEASE, str(FOLDER), mirror])
    if made.fine:
        (FOLDER / "src").mkdir(exist_ok=True)
        (FOLDER / "installed").touch()
    return made.fine


def _mirror(shell):
    """Where this system's own packages come from."""
    command = ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages", "Origin: Debian", "Component: main"]
    uris = [uri for uri in shell.run(command).output.split() if "security" not in uri]
    return uris[0] if uris else None
