"""The npm package: builds the native part and the TypeScript, and runs what is tested from JavaScript."""

from . import counts, parity, tools
from .once import once
from .suite import ROOT, Counts

PACKAGE = ROOT / "bindings-node"
GENERATED = PACKAGE / "native.d.ts"


def package(shell):
    if not ready(shell) or not shell.run([tools.find("npm"), "run", "build:tests"], cwd=PACKAGE).fine:
        return Counts(failed=1)
    generated = GENERATED.read_text(encoding="utf-8") == _COMMITTED[0]
    total = shell.check("native.d.ts is what the native part says; commit it", generated)
    command = [tools.find("node"), "--enable-source-maps", "--test", "--test-reporter=spec", "--test-timeout=180000"]
    env = {parity.SETTING: str(parity.results("node"))}
    return total + counts.node(shell.run([*command, "build/tests/"], cwd=PACKAGE, env=env))


@once
def ready(shell):
    """Installs the tools and builds the package. Whether that worked."""
    _COMMITTED.append(GENERATED.read_text(encoding="utf-8"))
    commands = (["ci", "--prefer-offline"], ["run", "build:native"], ["run", "build:ts"])
    return all(shell.run([tools.find("npm"), *command], cwd=PACKAGE).fine for command in commands)


_COMMITTED = []
"""What building may write anew, as it was before."""
