"""The test suites, in the order in which they run: what is quick and says most comes first."""

from . import browser, command, interop, keychain, kotlin, node, node_examples, npm_package, parity, postgres, python, rust, runner, storm, swift, wheel
from .suite import Suite

ALL = [
    Suite("runner", "the counting of this very runner", runner.counting),
    Suite("fmt", "Rust code is formatted", rust.fmt),
    Suite("clippy", "no warning in any Rust target", rust.clippy),
    Suite("doc", "no warning in the Rust documentation", rust.doc),
    Suite("core", "crate shutterkey with all features, documentation examples included", rust.core),
    Suite("core-bare", "crate shutterkey without features and with each one alone", rust.core_bare),
    Suite(
        "postgres",
        "the PostgreSQL store, from Rust, Python, Node and all of them at once, against a server and a PgBouncer of its own",
        postgres.store,
        needs=("postgres", "pgbouncer", "openssl", "node", "npm"),
    ),
    Suite(
        "keychain",
        "the keychain store, from Rust and by the command, against a GNOME Keyring on a bus of its own",
        keychain.store,
        needs=("dbus-daemon", "gnome-keyring"),
    ),
    Suite("sandbox", "crate shutterkey-sandbox", rust.sandbox),
    Suite("cli", "crate shutterkey-cli", rust.cli),
    Suite("examples", "the programs under examples/", rust.examples),
    Suite("python", "the Python package in an environment of its own; its PostgreSQL store: postgres", python.tests),
    Suite("python-types", "mypy --strict, pyright, and the stub against the module", python.types, needs=("node",)),
    Suite("python-examples", "the programs under examples/python", python.examples),
    Suite("python-wheel", "the wheel, installed where there is no Rust", wheel.wheel),
    Suite("node", "the npm package, from JavaScript; its PostgreSQL store: postgres", node.package, needs=("node", "npm")),
    Suite("node-examples", "the programs under examples/node", node_examples.examples, needs=("node", "npm")),
    Suite("node-package", "the npm package, installed where there is no Rust", npm_package.package, needs=("node", "npm")),
    Suite("swift", "the Swift package, its guide and its example", swift.tests),
    Suite("kotlin", "the Kotlin package on the JVM, its guide and its example", kotlin.tests, needs=("java", "mvn")),
    Suite("parity", "every language ran the same shared cases and found the same", parity.same),
    Suite(
        "storm",
        "processes of all languages that share a file store; a PostgreSQL store: postgres",
        storm.files,
        needs=("node", "npm"),
    ),
    Suite("interop", "Rust, Python and Node against three OAuth servers of others", interop.servers, needs=("node", "npm")),
    Suite("interop-keycloak", "Rust, Python and Node against Keycloak", interop.keycloak, needs=("node", "npm", "java", "mvn")),
    Suite("first-command", "the README's first command, in an empty home folder", command.first_command),
    Suite("journeys", "a person in a real browser", browser.journeys, needs=("node", "npm", "chromium", "openssl")),
]
