"""Those who take part in a storm, each a process; which tokens its callers got, by digest, and how often."""

import hashlib
import subprocess

from program import Program


def digest(secret):
    return hashlib.sha256(secret.encode()).hexdigest()[:16]


class Driver:
    """A keeper of one language with many callers."""

    def __init__(self, command, folder, place, told):
        self.place = place
        self.callers = told["callers"]
        self._command = command
        self._folder = folder
        self._told = told
        self._program = None
        self._end = (None, "it was not started")

    def open(self):
        """Starts it, and returns when it has a keeper over the store."""
        self._program = Program(self._command, self._folder)
        self._program.ask({"op": "open", **self._told})

    def take_in(self, minted):
        """Puts the account into the store."""
        self._program.ask({"op": "import", "token": minted["access_token"], "expires_at": minted["expires_at"]})

    def begin(self):
        self._program.tell({"op": "storm"})

    def answers(self):
        return self._program.read()

    def end(self):
        """Its exit code, and what it wrote on standard error."""
        if self._program:
            with self._program as program:
                self._end = (program.end(), program.errors())
            self._program = None
        return self._end


class Command:
    """`shutterkey token`: one caller, who comes to a store that others have opened."""

    callers = 1

    def __init__(self, shutterkey, account, place, variables):
        self.place = place
        self._shutterkey = shutterkey
        self._account = account
        self._variables = variables
        self._process = None
        self._errors = "it was not started"

    def open(self):
        """It opens the store when it begins."""

    def begin(self):
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        self._process = self._shutterkey.start("token", "--account", self._account, variables=self._variables, **pipes)

    def answers(self):
        output, self._errors = self._process.communicate()
        return {digest(line): 1 for line in output.splitlines()}

    def end(self):
        if not self._process:
            return None, self._errors
        if self._process.poll() is None:
            self._process.kill()
            _, self._errors = self._process.communicate()
        return self._process.returncode, self._errors
