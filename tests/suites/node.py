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
    shell.note("The PostgreSQL store is not among these tests, and not counted here: the suite postgres runs tests_postgres.")
    return total + _tests(shell, "build/tests/", {parity.SETTING: str(parity.results("node"))})


def postgres(shell, setting):
    """The tests that need a database; `setting` tells them where it is."""
    if not ready(shell) or not shell.run([tools.find("npm"), "run", "build:tests"], cwd=PACKAGE).fine:
        return Counts(failed=1)
    return _tests(shell, "build/tests_postgres/", setting)


def _tests(shell, folder, env):
    command = [tools.find("node"), "--enable-source-maps", "--test", "--test-reporter=spec", "--test-timeout=180000"]
    return counts.node(shell.run([*command, folder], cwd=PACKAGE, env=env))


@once
def ready(shell):
    """Installs the tools and builds the package. Whether that worked."""
    _COMMITTED.append(GENERATED.read_text(encoding="utf-8"))
    commands = (["ci", "--prefer-offline"], ["run", "build:native"], ["run", "build:ts"])
    return all(shell.run([tools.find("npm"), *command], cwd=PACKAGE).fine for command in commands)


_COMMITTED = []
"""What building may write anew, as it was before."""
