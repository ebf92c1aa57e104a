"""The PostgreSQL store from Rust, Python, Node and all of them at once, against a real server and a real PgBouncer that are thrown away afterwards.

`python3 tests/suites/postgres.py` starts both, prints the setting for `cargo test`, and ends with Ctrl-C.
"""

import json
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

if __package__:
    from . import counts, node, python, storm, tools
    from .suite import Counts
else:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    from suites import counts, node, python, storm, tools
    from suites.suite import Counts

SETTING = "SHUTTERKEY_TEST_POSTGRES"
"""Names the file that tells the tests where the servers are."""

TARGETS = [f"store_postgres{part}" for part in ("", "_migrations", "_refusals", "_tls", "_sharing", "_fleet", "_outage")]

COMMAND_TARGETS = ["keep_postgres"]
"""Those of the command."""

DATABASE = "app"

STORM_DATABASE = "storm"
"""In which no other test has records, sealed with other keys, in the schema that everybody has who names none."""


def store(shell):
    packages = [_package("shutterkey", TARGETS), _package("shutterkey-cli", COMMAND_TARGETS)]
    total = Counts()
    for package in packages:
        # They are left out of `cargo test` and so of clippy's --all-targets: without servers they can only fail.
        total += shell.check("clippy", shell.run(["cargo", "clippy", "--quiet", *package, "--", "-D", "warnings"]).fine)
    with servers(shell) as described:
        if described is None:
            return total + Counts(failed=1)
        env = {SETTING: str(described)}
        for package in packages:
            total += counts.cargo(shell.run(["cargo", "test", "--no-fail-fast", *package], env=env))
        return total + python.postgres(shell, env) + node.postgres(shell, env) + storm.postgres(shell, described)


def _package(name, targets):
    words = [word for target in targets for word in ("--test", target)]
    return ["--locked", "-p", name, "--all-features", *words]


@contextmanager
def servers(shell):
    """Both servers, running; the file that describes them, or None when one did not start."""
    with tempfile.TemporaryDirectory(prefix="shutterkey-postgres-") as name:
        folder = Path(name)
        user = _unprivileged(folder)
        cluster = Cluster(shell, folder, user)
        try:
            yield cluster.start()
        finally:
            cluster.stop()


def _unprivileged(folder):
    """PostgreSQL refuses to run as root. The words to begin a command with, and who owns the folder from now on."""
    if os.geteuid() != 0:
        return []
    names = {entry.pw_name for entry in pwd.getpwall()}
    user = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    os.chown(folder, user.pw_uid, user.pw_gid)
    return [shutil.which("setpriv"), f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]


class Cluster:
    """A server with TLS and passwords, and a PgBouncer in transaction mode before it."""

    def __init__(self, shell, folder, user):
        self._shell = shell
        self._folder = folder
        self._user = user
        self._bin = Path(tools.find("postgres")).resolve().parent
        self._port, self._bouncer_port = _free_port(), _free_port()
        self._passwords = {name: secrets.token_urlsafe(18) for name in ("boss", "app")}
        self._bouncer = None

    def start(self):
        made = self._certificates() and self._init() and self._run(*self.control(), "start")
        if not made or not self._database() or not self._pool():
            return None
        return self._describe()

    def stop(self):
        if self._bouncer:
            self._bouncer.send_signal(signal.SIGINT)
            self._bouncer.wait()
        self._run(*self.control(), "stop", "-m", "immediate")

    def control(self):
        """The command that starts and stops the server, without the word for it."""
        return [self._bin / "pg_ctl", "-D", self._folder / "data", "-l", self._folder / "server.log", "-w", "-t", "60"]

    def _run(self, *command, env=None):
        ended = self._shell.run([*self._user, *command], cwd=self._folder, env=env)
        return ended.fine

    def _certificates(self):
        """A root, and a certificate of it for localhost."""
        # TLS libraries take a root only where it says what it is.
        root = "basicConstraints=critical,CA:TRUE"
        leaf = "subjectAltName=DNS:localhost\nbasicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\n"
        (self._folder / "leaf.cnf").write_text(leaf, encoding="utf-8")
        request = [tools.find("openssl"), "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        return (
            self._run(*request, "-x509", "-keyout", "root.key", "-out", "root.pem", "-subj", "/CN=root", "-addext", root)
            and self._run(*request, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=localhost")
            and self._run(
                *[tools.find("openssl"), "x509", "-req", "-in", "server.csr", "-CA", "root.pem", "-CAkey", "root.key"],
                *["-CAcreateserial", "-out", "server.pem", "-extfile", "leaf.cnf"],
            )
        )

    def _init(self):
        (self._folder / "boss").write_text(self._passwords["boss"], encoding="utf-8")
        fine = self._run(
            *[self._bin / "initdb", "-D", "data", "-U", "boss", "--pwfile", "boss", "-A", "scram-sha-256"],
            *["-E", "UTF8", "--locale", "C", "--no-sync"],
        )
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": self._port,
            "unix_socket_directories": self._folder,
            "max_connections": 120,
            "ssl": "on",
            "ssl_cert_file": self._folder / "server.pem",
            "ssl_key_file": self._folder / "server.key",
            # Thrown away at the end, and a crash of the machine is not what is tested.
            "fsync": "off",
            "shared_buffers": "64MB",
        }
        if fine:
            lines = "".join(f"{name} = '{value}'\n" for name, value in settings.items())
            with open(self._folder / "data" / "postgresql.conf", "a", encoding="utf-8") as file:
                file.write(lines)
        return fine

    def _database(self):
        # A collation that orders keys otherwise than their bytes do, where the server has one (since 15).
        collated = "TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en-US'"
        if not self._sql(f"CREATE ROLE app LOGIN PASSWORD '{self._passwords['app']}'"):
            return False
        made = (f"CREATE DATABASE {name} OWNER app" for name in (DATABASE, STORM_DATABASE))
        return all(self._sql(f"{words} {collated}") or self._sql(words) for words in made)

    def _sql(self, statement):
        psql = [self._bin / "psql", "-h", self._folder, "-p", str(self._port), "-U", "boss", "-d", "postgres", "-q"]
        return self._run(*psql, "-c", statement, env={"PGPASSWORD": self._passwords["boss"]})

    def _pool(self):
        users = "".join(f'"{name}" "{password}"\n' for name, password in self._passwords.items())
        (self._folder / "users.txt").write_text(users, encoding="utf-8")
        (self._folder / "bouncer.ini").write_text(
            f"""[databases]
{DATABASE} = host=127.0.0.1 port={self._port}
{STORM_DATABASE} = host=127.0.0.1 port={self._port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {self._bouncer_port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = {self._folder}/users.txt
pool_mode = transaction
max_client_conn = 200
default_pool_size = 4
server_login_retry = 1
""",
            encoding="utf-8",
        )
        command = [*self._user, tools.find("pgbouncer"), self._folder / "bouncer.ini"]
        self._shell.note(" ".join(map(str, command)))
        log = open(self._folder / "bouncer.log", "w", encoding="utf-8")
        self._bouncer = subprocess.Popen(list(map(str, command)), stdout=log, stderr=log, start_new_session=True)
        answers = _answers(self._bouncer_port, self._bouncer)
        if not answers:
            self._shell.note((self._folder / "bouncer.log").read_text(encoding="utf-8"))
        return answers

    def _describe(self):
        file = self._folder / "servers.json"
        described = {
            "port": self._port,
            "bouncer_port": self._bouncer_port,
            "socket": str(self._folder),
            "root": str(self._folder / "root.pem"),
            "database": DATABASE,
            "storm_database": STORM_DATABASE,
            "app": self._passwords["app"],
            "boss": self._passwords["boss"],
            "control": list(map(str, [*self._user, *self.control()])),
        }
        file.write_text(json.dumps(described), encoding="utf-8")
        return file


def _free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def _answers(port, process):
    """Whether something listens before half a minute has passed, and the process is still there."""
    until = time.monotonic() + 30
    while process.poll() is None and time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return True
        except OSError:
            time.sleep(0.05)
    return False


if __name__ == "__main__":
    from suites.shell import Shell

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with servers(Shell(sys.stderr)) as running:
        if running is None:
            sys.exit(1)
        print(f"{SETTING}={running}", flush=True)
        try:
            signal.pause()
        except KeyboardInterrupt:
            pass
