"""Running commands: output into the suite's log, no input, an end to every wait."""

import os
import shlex
import signal
import subprocess
from dataclasses import dataclass

from .suite import ROOT, Counts

LIMIT_SECONDS = 30 * 60
"""For one command. A cold build on two cores takes a few minutes; what takes this long hangs."""


@dataclass(frozen=True)
class Ended:
    """A command that ended."""

    code: int
    output: str
    """Standard output, and standard error unless it was asked for apart."""
    errors: str = ""

    @property
    def fine(self):
        return self.code == 0


class Shell:
    """Runs the commands of one suite."""

    def __init__(self, log):
        self._log = log
        self.said = ""

    def note(self, text):
        """Writes a line into the log."""
        self._log.write(f"{text}\n")
        self._log.flush()

    def say(self, text):
        """Shows a few words on the suite's line of the report."""
        self.said = text
        self.note(text)

    def run(self, command, *, cwd=ROOT, env=None, apart=False, limit=LIMIT_SECONDS):
        """Runs a command to its end. `env` is added to the environment; a value of None removes a name from it."""
        self.note(f"$ {shlex.join(map(str, command))}")
        environment = {**os.environ, "TERM": "dumb", **(env or {})}  # no colours in logs
        environment = {name: value for name, value in environment.items() if value is not None}
        try:
            process = subprocess.Popen(
                list(map(str, command)),
                cwd=cwd,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE if apart else subprocess.STDOUT,
                text=True,
                errors="replace",
                # A group of its own, so that an end by time also ends what the command started.
                start_new_session=True,
            )
        except OSError as error:
            self.note(str(error))
            return Ended(127, "")
        try:
            output, errors = process.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            output, errors = process.communicate()
            self.note(f"ended by the runner after {limit} seconds")
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
        self.note(output + (errors or ""))
        if process.returncode:
            self.note(f"exit code {process.returncode}")
        return Ended(process.returncode, output, errors or "")

    def check(self, what, fine):
        """Counts one check and says in the log how it went."""
        self.note(f"{'ok' if fine else 'FAILED'}: {what}")
        return Counts(passed=1) if fine else Counts(failed=1)
