"""Programs that answer JSON lines: drivers of a language, and servers that take orders."""

import json
import os
import signal
import subprocess
import tempfile

PATIENCE = 15
"""Seconds that a program has to end when its input closes. Keycloak's takes some."""


class Program:
    """A program that runs in a folder until its input closes. Use it in a `with`."""

    def __init__(self, command, folder):
        # Into a file: a pipe that nobody reads would stop the program when it is full.
        self._errors = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")  # noqa: SIM115
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": self._errors}
        # A group of its own, so that an end by force also ends what the program started.
        self._process = subprocess.Popen(command, cwd=folder, text=True, start_new_session=True, **pipes)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()
        self._errors.close()

    def read(self):
        """The next line."""
        line = self._process.stdout.readline()
        if not line:
            self.end()
            raise AssertionError("the program has ended; what it wrote on standard error is shown below")
        return json.loads(line)

    def tell(self, told):
        """Writes one line."""
        try:
            self._process.stdin.write(json.dumps(told) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass  # read() says that it has ended

    def ask(self, asked):
        """Writes one line and reads the next."""
        self.tell(asked)
        return self.read()

    def end(self):
        """Closes its input, waits for it, and answers its exit code."""
        if self._process.poll() is not None and self._process.stdin.closed:
            return self._process.returncode
        try:
            self._process.stdin.close()
        except BrokenPipeError:
            pass
        try:
            self._process.wait(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._process.stdout.close()
        return self._process.returncode

    def errors(self):
        """What it has written on standard error."""
        self._errors.seek(0)
        return self._errors.read()
