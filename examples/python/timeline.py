"""The tokens of a few accounts over a year, drawn: when each was issued, refreshed and lost. As in a notebook.

    python examples/python/timeline.py              draws with characters
    python examples/python/timeline.py tokens.svg   writes a picture
"""

from __future__ import annotations

import sys
from datetime import datetime, timedelta

import shutterkey

WEEKS = 52
PEOPLE = ("studio", "bakery", "maker")


# %% a year of three accounts, on a clock that is moved
def a_year() -> tuple[datetime, dict[str, list[str]]]:
    """For every account a mark a week: `=` live, `R` refreshed in that week, `.` no token."""
    with shutterkey.Sandbox() as sandbox:
        ig = sandbox.keeper(sandbox.app(redirect_uri="https://localhost/"))
        begin = sandbox.clock.now()
        for person in PEOPLE:
            login = ig.authorize()
            ig.complete(login.pending, sandbox.approve(login.url, person=person), name=person)
        weeks: dict[str, list[str]] = {person: [] for person in PEOPLE}
        for week in range(WEEKS):
            sandbox.clock.advance(timedelta(weeks=1))
            for place, person in enumerate(PEOPLE):
                # The second is used for half a year, the third not between the tenth and the thirtieth week.
                used = week < (WEEKS, 26, 10)[place] or (place == 2 and week >= 30)
                weeks[person].append(mark(ig, person, used))
        return begin, weeks


def mark(ig: shutterkey.Keeper, name: str, used: bool) -> str:
    before = ig.account(name).token.issued_at
    if used:
        try:
            ig.token(name)
            ig.settle()
        except shutterkey.NeedsLogin:
            return "."
    stored = ig.account(name)
    if not stored.token.is_live(ig.client.now()):
        return "."
    return "R" if stored.token.issued_at != before else "="


# %% the drawing
def as_text(begin: datetime, weeks: dict[str, list[str]]) -> str:
    lines = [f"{name:>8} {''.join(marks)}" for name, marks in weeks.items()]
    return "\n".join([f"{'':8} {begin:%Y-%m-%d}, a year; = live, R refreshed, . no token", *lines])


def as_picture(begin: datetime, weeks: dict[str, list[str]]) -> str:
    colours = {"=": "#2f7d5b", "R": "#7bc8a4", ".": "#d9d4cc"}
    rows = [
        f'<text x="8" y="{52 + 34 * row}">{name}</text>'
        + "".join(
            f'<rect x="{90 + 12 * week}" y="{36 + 34 * row}" width="11" height="22" fill="{colours[mark]}"/>'
            for week, mark in enumerate(marks)
        )
        for row, (name, marks) in enumerate(weeks.items())
    ]
    size = f'viewBox="0 0 {100 + 12 * WEEKS} {44 + 34 * len(weeks)}"'
    title = f'<text x="8" y="20">from {begin:%Y-%m-%d}: dark live, light refreshed, grey no token</text>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="14">{title}{"".join(rows)}</svg>'


if __name__ == "__main__":
    year = a_year()
    print(as_text(*year))
    if len(sys.argv) > 1:
        with open(sys.argv[1], "w", encoding="utf-8") as picture:
            picture.write(as_picture(*year))
