"""The npm package as it is shipped: installed where there is no Rust, whole and in parts, and built from its sources."""

import json
import os
import re
import shutil
import tarfile
import time
from pathlib import Path

from . import node, rust, tools
from .suite import ROOT, Counts

SCRATCH = ROOT / "build" / "npm-package"
RELEASE = ROOT / "build" / "npm"
LARGEST = 6_000_000
"""Bytes. A package that is larger has something in it that nobody meant to ship."""

SCRIPT = Path(__file__).with_name("npm_script.mjs")
CRATES = ("core", "sandbox", "cli", "bindings-node")
LICENCES = {"LICENSE-MIT", "LICENSE-APACHE"}
AT_INSTALL = {"preinstall", "install", "postinstall", "prepare"}
SECRET = re.compile(rb"PRIVATE KEY|_auth(?:Token)?\s*=|\bIGAA(?!SANDBOX)\w{40}|\bEAA(?!SANDBOX)\w{40}")

# The package is ES modules alone. Every Node that it is for can require() them, which the other profiles do not know.
ATTW = ["--profile", "esm-only"]

ENTRIES = ["", "/protocol", "/operation", "/testing", "/web", "/express", "/fastify"]
CONDITIONS = ["edge-light", "workerd", "browser"]
NEEDS_NODE = "shutterkey needs Node.js: this is a browser or an edge runtime"
BUILD = "with Rust installed, build it: npx shutterkey-build"
SAME = """
const entries = process.argv.slice(1).map((entry) => `shutterkey${entry}`);
for (const entry of entries) if (require(entry) !== await import(entry)) throw new Error(entry);
"""
NAMES = "for (const entry of process.argv.slice(1)) console.log(Object.keys(await import(`shutterkey${entry}`)).join())"


def package(shell):
    shutil.rmtree(SCRATCH, ignore_errors=True)
    if not _ready(shell):
        return Counts(failed=1)
    whole = _packed(shell, node.PACKAGE, "whole")
    if whole is None:
        return Counts(failed=1)
    size = whole.stat().st_size
    total = shell.check("the package has what it should and nothing else", _proper(whole, shell))
    total += shell.check(f"the package is small: {size:,} bytes", size < LARGEST)
    total += _linted(shell, whole)
    total += _whole(shell, whole)
    partial = shell.run([tools.find("node"), "scripts/release.js"], cwd=node.PACKAGE)
    fine = not partial.fine and " lacks shutterkey." in partial.output
    total += shell.check("a release that lacks a platform is none", fine)
    parts = _parts(shell)
    if parts is None:
        return total + Counts(failed=1)
    built, seconds = _in_parts(shell, *parts)
    small = parts[0].stat().st_size
    shell.say(f"{size / 1e6:.1f} MB, {small / 1e6:.1f} MB without a binary, built from its sources in {seconds:.0f} s")
    return total + built


def _ready(shell):
    """The tools are those of the lock file."""
    commands = (["ls"], ["ci", "--prefer-offline"])
    return any(shell.run([tools.find("npm"), *command], cwd=node.PACKAGE).fine for command in commands)


def _packed(shell, folder, name):
    """With the scripts of npm, as whoever publishes does."""
    made = SCRATCH / name
    made.mkdir(parents=True, exist_ok=True)
    before = set(made.iterdir())
    packed = shell.run([tools.find("npm"), "pack", "--foreground-scripts", "--pack-destination", made], cwd=folder)
    return next(iter(set(made.iterdir()) - before), None) if packed.fine else None


def _contents(packed):
    with tarfile.open(packed) as archive:
        members = [member for member in archive.getmembers() if member.isfile()]
        return {member.name.partition("/")[2]: archive.extractfile(member).read() for member in members}


def _proper(packed, shell):
    files = _contents(packed)
    manifest = json.loads(files["package.json"])
    natives = {name for name in files if name.endswith(".node")}
    wanted = {"package.json", "README.md", "native.d.ts", *LICENCES, *natives}
    wanted |= {f"lib/{path.stem}.{end}" for path in (node.PACKAGE / "ts").glob("*.ts") for end in ("js", "d.ts")}
    workspace = ("Cargo.toml", "Cargo.lock", ".cargo/config.toml", "bindings-node/build.rs")
    wanted |= {f"source/{name}" for name in (*workspace, *LICENCES)}
    for crate in CRATES:
        sources = (path for path in (ROOT / crate / "src").rglob("*") if path.is_file())
        wanted |= {f"source/{crate}/Cargo.toml"} | {f"source/{path.relative_to(ROOT)}" for path in sources}
    home = os.fsencode(Path.home())
    problems = {
        "missing": sorted(wanted - set(files)),
        "not meant to be there": sorted(set(files) - wanted),
        "native parts": [] if len(natives) == 1 else sorted(natives),
        "secrets": sorted(name for name in set(files) - natives if SECRET.search(files[name])),
        "this machine": sorted(name for name in set(files) - natives if home in files[name]),
        "dependencies": sorted({"dependencies", "optionalDependencies", "bundleDependencies"} & set(manifest)),
        "run when it is installed": sorted(AT_INSTALL & set(manifest["scripts"])),
    }
    shell.note(str(problems))
    return not any(problems.values())


def _linted(shell, packed):
    programs = node.PACKAGE / "node_modules" / ".bin"
    total = shell.check("publint", shell.run([programs / "publint", "run", "--strict", packed]).fine)
    return total + shell.check("are the types wrong?", shell.run([programs / "attw", *ATTW, packed]).fine)


def _whole(shell, packed):
    """In one package, which needs nothing else."""
    place = _Place(shell, "in-one")
    total = shell.check("it is installed without a network, without scripts and without Rust", place.install(packed))
    total += shell.check("import and require answer the same modules", place.evaluate(SAME, *ENTRIES).fine)
    said = place.npx("shutterkey", "--version").output
    total += shell.check("the command says its version", said == _version(packed))
    total += shell.check("a program logs in at a sandbox and keeps a token", place.works())
    for condition in CONDITIONS:
        total += shell.check(f"every name says under {condition} that it needs Node.js", _refused(place, condition))
    return total


def _version(packed):
    return f"shutterkey {json.loads(_contents(packed)['package.json'])['version']}\n"


def _refused(place, condition):
    """A bundler that misses a name would say that, and not the sentence."""
    names = place.evaluate(NAMES, *ENTRIES).output.splitlines()
    fine = len(names) == len(ENTRIES)
    for entry, its in zip(ENTRIES, names):
        importing = f"import {{ {its} }} from 'shutterkey{entry}'"
        ended = place.run("--conditions", condition, "--input-type=module", "--eval", importing)
        fine &= not ended.fine and NEEDS_NODE in ended.output
    return fine


def _parts(shell):
    """The package without a binary, and the package of this platform."""
    lay_out = ["run", "release", "--", "--at-hand"]
    if not shell.run([tools.find("npm"), *lay_out], cwd=node.PACKAGE).fine:
        return None
    folders = sorted(RELEASE.iterdir())
    packed = [_packed(shell, folder, "split") for folder in folders]
    return packed if len(packed) == 2 and all(packed) else None


def _in_parts(shell, main, platform):
    """As npm would install it from a registry; and where no platform fits."""
    files, its = _contents(main), _contents(platform)
    binary = [name for name in its if name.endswith(".node")]
    names = set(its) == {"package.json", "README.md", *LICENCES, *binary} and len(binary) == 1
    manifest, pinned = json.loads(its["package.json"]), json.loads(files["package.json"])["optionalDependencies"]
    total = shell.check("the platform's package is its binary", names and {"cpu", "os"} <= set(manifest))
    total += shell.check("the package names its very version", pinned == {manifest["name"]: manifest["version"]})
    total += shell.check("the package itself has no binary", not any(name.endswith(".node") for name in files))
    for packed in (main, platform):
        publint = node.PACKAGE / "node_modules" / ".bin" / "publint"
        total += shell.check(f"publint on {packed.name}", shell.run([publint, "run", "--strict", packed]).fine)

    both = _Place(shell, "in-parts")
    total += shell.check("the parts are installed together", both.install(main, platform))
    total += shell.check("a program works with the parts", both.works())

    alone = _Place(shell, "without-binary")
    total += shell.check("the package is installed where no platform fits", alone.install(main))
    unbuilt = alone.evaluate("await import('shutterkey')")
    total += shell.check("the error says how to build it", not unbuilt.fine and BUILD in unbuilt.output)
    unbuilt = alone.npx("shutterkey", "--version")
    one_line = BUILD in unbuilt.output and len(unbuilt.output.splitlines()) == 1
    total += shell.check("so does the command, in one line", unbuilt.code == 126 and one_line)
    rustless = alone.npx("shutterkey-build")
    said = "There is no Rust here" in rustless.output
    total += shell.check("without Rust, building says so", rustless.code == 1 and said)
    started = time.monotonic()
    total += shell.check("it is built from its sources", alone.build())
    seconds = time.monotonic() - started
    said = alone.npx("shutterkey", "--version").output
    total += shell.check("what was built is the command", said == _version(main))
    return total + shell.check("a program works with what was built", alone.works()), seconds


class _Place:
    """A folder of somebody who has Node and nothing else."""

    def __init__(self, shell, name):
        self._shell = shell
        self._folder = SCRATCH / name
        home, programs = SCRATCH / f"{name}-home", SCRATCH / f"{name}-programs"
        for folder in (self._folder, home, programs):
            folder.mkdir()
        for program in ("node", "npm", "npx", "sh"):
            (programs / program).symlink_to(shutil.which(program))
        (self._folder / "package.json").write_text('{ "private": true }\n', encoding="utf-8")
        shutil.copy(SCRIPT, self._folder)
        set_up = ("SHUTTERKEY_", "XDG_", "NPM_CONFIG_", "NODE_")
        removed = {name: None for name in os.environ if name.upper().startswith(set_up)}
        quiet = {"npm_config_update_notifier": "false", "npm_config_audit": "false", "npm_config_fund": "false"}
        self._env = {**removed, **quiet, "PATH": str(programs), "HOME": str(home), "BROWSER": ""}

    def install(self, *packages):
        return self._run("npm", "install", "--offline", "--ignore-scripts", *packages).fine

    def npx(self, *command):
        return self._run("npx", "--no-install", *command)

    def run(self, *arguments):
        return self._run("node", *arguments)

    def evaluate(self, code, *arguments):
        """CommonJS, in which `await` stands as in a module."""
        return self.run("--eval", f"(async () => {{ {code} }})()", *arguments)

    def works(self):
        return self.run(SCRIPT.name).fine

    def build(self):
        """With the Rust of this machine. What other crates come to is what the package was built with; its own are built again."""
        user = Path.home()
        env = {
            "PATH": os.pathsep.join([self._env["PATH"], os.environ["PATH"]]),
            "CARGO_HOME": os.environ.get("CARGO_HOME", str(user / ".cargo")),
            "RUSTUP_HOME": os.environ.get("RUSTUP_HOME", str(user / ".rustup")),
            "CARGO_TARGET_DIR": str(rust.metadata()["target_directory"]),
        }
        return self._run("npx", "--no-install", "shutterkey-build", env=env).fine

    def _run(self, *command, env=None):
        return self._shell.run(command, cwd=self._folder, env={**self._env, **(env or {})})
