"""The npm package: builds the native part and the TypeScript, and runs what is tested from JavaScript."""

from . import counts, tools
from .suite import ROOT, Counts

PACKAGE = ROOT / "bindings-node"
GENERATED = PACKAGE / "native.d.ts"


def package(shell):
    npm = tools.find("npm")
    committed = GENERATED.read_text(encoding="utf-8")
    for command in (["ci", "--prefer-offline"], ["run", "build:native"], ["run", "build:ts"], ["run", "build:tests"]):
        if not shell.run([npm, *command], cwd=PACKAGE).fine:
            return Counts(failed=1)
    generated = GENERATED.read_text(encoding="utf-8") == committed
    total = shell.check("native.d.ts is what the native part says; commit it", generated)
    command = [tools.find("node"), "--enable-source-maps", "--test", "--test-reporter=spec", "--test-timeout=180000"]
    return total + counts.node(shell.run([*command, "build/tests/"], cwd=PACKAGE))
