"""The npm package: builds the native part and the TypeScript, and runs what is tested from JavaScript."""

from . import counts, tools
from .suite import ROOT, Counts

PACKAGE = ROOT / "bindings-node"
GENERATED = PACKAGE / "native.d.ts"


def package(shell):
    if not ready(shell) or not shell.run([tools.find("npm"), "run", "build:tests"], cwd=PACKAGE).fine:
        return Counts(failed=1)
    generated = GENERATED.read_text(encoding="utf-8") == _COMMITTED[0]
    total = shell.check("native.d.ts is what the native part says; commit it", generated)
    command = [tools.find("node"), "--enable-source-maps", "--test", "--test-reporter=spec", "--test-timeout=180000"]
    return total + counts.node(shell.run([*command, "build/tests/"], cwd=PACKAGE))


def ready(shell):
    """Installs the tools and builds the package, once for all suites. Whether that worked."""
    if not _MADE:
        _COMMITTED.append(GENERATED.read_text(encoding="utf-8"))
        _MADE.append(_make(shell))
    elif not _MADE[0]:
        shell.note("The package is not built; the log of the suite before says why.")
    return _MADE[0]


_MADE = []
_COMMITTED = []
"""What building may write anew, as it was before."""


def _make(shell):
    commands = (["ci", "--prefer-offline"], ["run", "build:native"], ["run", "build:ts"])
    return all(shell.run([tools.find("npm"), *command], cwd=PACKAGE).fine for command in commands)
