"""What several suites need and one of them sets up."""

from functools import wraps


def once(make):
    """`make(shell)` answers whether it worked. It is called by whoever asks first; the others get the same answer."""
    made = []

    @wraps(make)
    def ready(shell):
        if not made:
            made.append(make(shell))
        elif not made[0]:
            shell.note("This was not set up; the log of the suite before says why.")
        return made[0]

    return ready
