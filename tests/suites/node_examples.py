"""The programs under examples/node: installed beside the package, compiled as strictly as it is, and run."""

import json
import os
import re
import tempfile

from . import node, tools
from .once import once
from .suite import ROOT, Counts

EXAMPLES = ROOT / "examples" / "node"
TOLD = EXAMPLES / "build" / "vitest.json"

STATUS = re.compile(r"^\S.*? {2,}(\d{3})(?: {2}|$)", re.MULTILINE)
LOGIN = ["303", "303"]
WALKED = [*LOGIN, "200", "400", "403"]
SHOWN = {"express-app": WALKED, "fastify-app": [*WALKED, "200", "200", "400", "200", "200"], "next-walk": LOGIN}
"""What the requests of a walk are answered."""


def examples(shell):
    """Each example ends by itself, well, and shows something: a walk, how each request was answered. Those that are tests pass."""
    if not ready(shell):
        return Counts(failed=1)
    total = Counts()
    with tempfile.TemporaryDirectory() as home:
        env = environment(home)
        for example in _programs():
            ended = shell.run([tools.find("node"), f"build/{example}.js"], cwd=EXAMPLES, env=env, apart=True, limit=60)
            shown = ended.output.strip() != "" and STATUS.findall(ended.output) == SHOWN.get(example, [])
            fine = ended.fine and shown and ended.errors == ""
            total += shell.check(f"the example {example} ends well and shows what it should", fine)
        return total + _tests(shell, env)


def _programs():
    """All but tests, and what others import: parts that several share, and the ten lines, which have a test of their own."""
    texts = {path.name: path.read_text(encoding="utf-8") for path in EXAMPLES.glob("*.ts")}
    names = [name.removesuffix(".ts") for name in texts if not name.endswith((".test.ts", ".config.ts"))]
    return sorted(name for name in names if not any(f"'./{name}.ts'" in text for text in texts.values()))


def _tests(shell, env):
    TOLD.unlink(missing_ok=True)
    reporters = ["--reporter=default", "--reporter=json", f"--outputFile.json={TOLD}"]
    ended = shell.run([EXAMPLES / "node_modules" / ".bin" / "vitest", "run", *reporters], cwd=EXAMPLES, env=env)
    if not TOLD.exists():
        return Counts(failed=1)
    told = json.loads(TOLD.read_text(encoding="utf-8"))
    failed = told["numFailedTests"] + told["numPendingTests"]
    return Counts(told["numPassedTests"], max(failed, 0 if ended.fine else 1))


def environment(home):
    """Without what a person has set up for shutterkey."""
    removed = {name: None for name in os.environ if name.startswith(("SHUTTERKEY_", "XDG_", "NODE_"))}
    return {**removed, "HOME": str(home), "NO_COLOR": "1"}


@once
def ready(shell):
    """Builds the package and compiles the examples. Whether that worked."""
    commands = (["ci", "--prefer-offline"], ["run", "build"])
    return node.ready(shell) and all(shell.run([tools.find("npm"), *command], cwd=EXAMPLES).fine for command in commands)
