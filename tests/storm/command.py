"""The command `shutterkey`, in a home folder of its own."""

import os
import subprocess


class Shutterkey:
    """The program, without what a person has set up for it."""

    def __init__(self, path, home):
        self._path = path
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("SHUTTERKEY_", "XDG_"))}
        self._environment = {**kept, "HOME": str(home)}
        self._home = home

    def start(self, *arguments, variables, **pipes):
        environment = {**self._environment, **variables}
        command = [self._path, *arguments, "--quiet"]
        return subprocess.Popen(command, cwd=self._home, env=environment, stdin=subprocess.DEVNULL, text=True, **pipes)

    def run(self, *arguments, variables=None):
        """Runs it to its end, which has to be a good one. What it printed."""
        with self.start(*arguments, variables=variables or {}, stdout=subprocess.PIPE) as process:
            output, _ = process.communicate()
        assert process.returncode == 0, f"shutterkey {arguments[0]} ended with {process.returncode}"
        return output

    def token(self, account, variables):
        """The token that a store has for an account, which is not due."""
        return self.run("token", "--account", account, variables=variables).strip()
