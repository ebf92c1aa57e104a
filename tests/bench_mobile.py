#!/usr/bin/env python3
"""Measures the mobile library: its size (x86_64 stands in for a phone's processor), and what calls cost from Swift and Kotlin."""

import gzip
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True

from suites import swift_tool, tools  # noqa: E402
from suites.kotlin import maven  # noqa: E402
from suites.shell import Shell  # noqa: E402
from suites.suite import ROOT  # noqa: E402

BUILD = ["cargo", "build", "--quiet", "--locked", "--profile", "mobile", "-p", "shutterkey-mobile"]
# As build-aar.sh links: identical functions are folded and relocations packed, which lld knows how to do.
FLAGS = "-C link-arg=-Wl,--icf=safe -C link-arg=-Wl,--pack-dyn-relocs=android"


def main():
    size()
    subprocess.run(BUILD, cwd=ROOT, check=True)
    with tempfile.TemporaryFile("w+") as log:
        shell = Shell(log)
        swift(shell)
        kotlin(shell)


def size():
    folder = ROOT / "target" / "mobile-size"
    host = re.search(r"^host: (.+)$", subprocess.check_output(["rustc", "-vV"], text=True), re.MULTILINE)[1]
    # For a target that is named, so that build scripts, which have to run here, are linked as ever.
    build = [*BUILD, "--target", host]
    env = {**os.environ, "CARGO_TARGET_DIR": str(folder), "RUSTFLAGS": FLAGS}
    if subprocess.run(build, cwd=ROOT, env=env).returncode:
        print("mobile  this linker folds nothing; without that:")
        subprocess.run(build, cwd=ROOT, env={**env, "RUSTFLAGS": ""}, check=True)
    with tempfile.NamedTemporaryFile() as stripped:
        library = folder / host / "mobile" / "libshutterkey_ffi.so"
        subprocess.run(["strip", "--strip-all", "-o", stripped.name, library], check=True)
        whole = stripped.read()
    print(f"mobile  the stripped library has {len(whole):,} bytes (aim 1,000,000), {len(gzip.compress(whole)):,} compressed")


def swift(shell):
    if not swift_tool.ready(shell):
        print("swift   not measured: no toolchain")
        return
    tool = swift_tool.find()
    library = ROOT / "build" / "swift-lib-mobile"
    library.mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / "target" / "mobile" / "libshutterkey_ffi.a", library)
    package = ["--package-path", tool.path(ROOT / "bindings-swift" / "bench")]
    scratch = ["--scratch-path", tool.path(ROOT / "build" / "swift-bench")]
    linker = ["-Xlinker", f"-L{tool.path(library)}"]
    ended = tool.run(shell, "run", "-c", "release", *package, *scratch, *linker, "bench")
    show("swift", ended)


def kotlin(shell):
    native = ROOT / "target" / "mobile" / "libshutterkey_ffi.so"
    if not tools.find("mvn"):
        print("kotlin  not measured: no Maven")
        return
    command = [*maven(), "-q", f"-Dshutterkey.native={native}", "test-compile", "exec:java"]
    show("kotlin", shell.run(command, cwd=ROOT / "bindings-kotlin"))


def show(language, ended):
    # Maven colours what it does not print.
    plain = re.sub(r"\x1b\[[0-9;]*m", "", ended.output)
    lines = [line for line in plain.splitlines() if line.startswith(f"{language} ")]
    print("\n".join(lines) if ended.fine and lines else f"{language} not measured:\n{ended.output[-2_000:]}")


if __name__ == "__main__":
    main()
