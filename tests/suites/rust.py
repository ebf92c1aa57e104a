"""The Rust suites. `--locked`: what is tested is what Cargo.lock says."""

import json
import os
import re
import shutil
import subprocess
from functools import lru_cache

from . import counts, parity
from .suite import ROOT, Counts

# What the pure floors of the core must not bring along.
FORBIDDEN = {"tokio", "rustls", "reqwest", "hyper", "mio", "rustix"}


def fmt(shell):
    return shell.check("cargo fmt", shell.run(["cargo", "fmt", "--all", "--check"]).fine)


# The mobile crate's one feature is the generator of its Swift and Kotlin sources, which takes a minute to compile.
WITHOUT_GENERATOR = (["--workspace", "--exclude", "shutterkey-mobile", "--all-features"], ["-p", "shutterkey-mobile"])


def clippy(shell):
    total = Counts()
    for packages in WITHOUT_GENERATOR:
        command = ["cargo", "clippy", "--quiet", "--locked", *packages, "--all-targets", "--", "-D", "warnings"]
        total += shell.check("cargo clippy", shell.run(command).fine)
    return total


def doc(shell):
    total = Counts()
    for packages in WITHOUT_GENERATOR:
        ended = shell.run(["cargo", "doc", "--locked", "--no-deps", *packages], env={"RUSTDOCFLAGS": "-D warnings"})
        # Cargo's own warnings, such as two crates writing the same page, are not rustdoc's to deny.
        warned = re.search(r"^warning", ended.output, re.MULTILINE)
        total += shell.check("cargo doc", ended.fine and not warned)
    return total


def core(shell):
    env = {parity.SETTING: str(parity.results("rust"))}
    # The ignored ones mount file systems of their own. Where that cannot be done they count as skipped.
    mounts = ["--", "--include-ignored"] if _can_mount() else []
    return _test(shell, "shutterkey", "--all-features", *mounts, env=env)


def _can_mount():
    """Whether this is Linux, as root or with user namespaces."""
    flags = ["-m"] if os.name == "posix" and os.geteuid() == 0 else ["-r", "-m"]
    if not shutil.which("unshare"):
        return False
    tried = ["unshare", *flags, "mount", "-t", "tmpfs", "none", "/mnt"]
    return subprocess.run(tried, check=False, capture_output=True).returncode == 0


def sandbox(shell):
    return _test(shell, "shutterkey-sandbox", "--all-features")


def cli(shell):
    # What a build says that has not every store; the binary is that of the suite first-command.
    without = ["--test", "small", "a_build_without"]
    return _test(shell, "shutterkey-cli", "--all-features") + _test(shell, "shutterkey-cli", *without)


def _test(shell, package, *options, env=None):
    return counts.cargo(shell.run(["cargo", "test", "--locked", "--no-fail-fast", "-p", package, *options], env=env))


def examples(shell):
    """Each example is a program that ends by itself, well."""
    total = Counts()
    targets = _package("shutterkey-examples")["targets"]
    for name in [target["name"] for target in targets if "bin" in target["kind"]]:
        ended = shell.run(["cargo", "run", "--locked", "-p", "shutterkey-examples", "--bin", name], apart=True)
        fine = ended.fine and ended.output.strip() != ""
        total += shell.check(f"the example {name} ends well and shows something", fine)
    return total


def core_bare(shell):
    total = Counts()
    core = _package("shutterkey")
    for feature in ["", *sorted(set(core["features"]) - {"default"})]:
        # Clippy compiles as `cargo check` does, and denies warnings without compiling the dependencies anew.
        command = ["cargo", "clippy", "--quiet", "--locked", "-p", "shutterkey", "--lib", "--no-default-features"]
        ended = shell.run([*command, "--features", feature, "--", "-D", "warnings"])
        total += shell.check(f"builds with {feature or 'no feature'}", ended.fine)
    tree = ["cargo", "tree", "--locked", "-p", "shutterkey", "--no-default-features", "-e", "normal"]
    ended = shell.run([*tree, "--prefix", "none", "--format", "{p}"])
    crates = {line.split()[0] for line in ended.output.splitlines() if line.strip()}
    found = sorted(crates & FORBIDDEN)
    fine = "shutterkey" in crates and not found
    total += shell.check(f"without features no runtime, TLS or file system {found or ''}", fine)
    return total


def _package(name):
    return next(package for package in metadata()["packages"] if package["name"] == name)


@lru_cache(maxsize=None)
def metadata():
    """What cargo knows of the workspace."""
    command = ["cargo", "metadata", "--locked", "--no-deps", "--format-version", "1"]
    return json.loads(subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout)
