"""The Swift package: built in Swift 6 mode without a warning, and tested on this system."""

import shutil

from . import counts, mobile, parity, python, swift_guide, swift_tool
from .suite import ROOT, Counts

BUILD = ROOT / "build" / "swift"
LIBRARY = ROOT / "build" / "swift-lib"
"""The static library alone: beside a dynamic one, the linker would take that."""


def tests(shell):
    if not swift_tool.ready(shell):
        return Counts(skipped=1)
    if not (python.ready(shell) and mobile.ready(shell)):
        return Counts(failed=1)
    total = mobile.drift(shell)
    LIBRARY.mkdir(parents=True, exist_ok=True)
    shutil.copy(mobile.library("a"), LIBRARY)
    with mobile.world(shell) as settings:
        swift = swift_tool.find()
        env = {**settings, parity.SETTING: swift.path(parity.results("swift"))}
        total += counts.xctest(swift.run(shell, "test", *options(swift), env=env))
        return total + _guide(shell, swift) + _example(shell, swift, settings)


def _guide(shell, swift):
    source = ROOT / "build" / "swift-guide" / "Guide.swift"
    blocks = swift_guide.write(source)
    modules = f"{swift.path(BUILD)}/debug/Modules"
    module_map = swift.path(ROOT / "bindings-swift" / "Sources" / "ShutterkeyFFI" / "module.modulemap")
    compiler = ["-typecheck", "-swift-version", "6", "-I", modules, "-Xcc", f"-fmodule-map-file={module_map}"]
    # A page shows what one gets; that it does nothing with it is no mistake.
    ended = swift.run(shell, *compiler, swift.path(source), program="swiftc")
    return shell.check(f"the {blocks} blocks of docs/swift.md and the README compile", ended.fine and blocks > 5)


def _example(shell, swift, settings):
    """The command-line app connects an account through the backend."""
    package = ["--package-path", swift.path(ROOT / "examples" / "swift")]
    scratch = ["--scratch-path", swift.path(ROOT / "build" / "swift-example")]
    linker = ["-Xlinker", f"-L{swift.path(LIBRARY)}", "-Xswiftc", "-warnings-as-errors"]
    ended = swift.run(
        shell, "run", *package, *scratch, *linker, "connect-account", "--auto-approve", env=settings
    )
    return shell.check("the example connects an account through its backend", "connected: studio.sandbox" in ended.output)


def options(swift):
    """How the package is built: into a folder of its own, and a warning is an error."""
    strict = ["-Xswiftc", "-warnings-as-errors"]
    return ["--scratch-path", swift.path(BUILD), "-Xlinker", f"-L{swift.path(LIBRARY)}", *strict]
