"""Runs the cases of a topic."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import shutterkey

from . import answers, begin, handover, scenarios, sealed, show, signed, web
from .files import Case, VectorFile, all_files
from .world import World

TOPICS: dict[str, Callable[..., Any]] = {
    "authorize": begin.authorize,
    "config": begin.config,
    "error-answer": answers.error,
    "handover": handover.handover,
    "identify-answer": answers.identify,
    "jar": sealed.jar,
    "metadata": answers.metadata,
    "pasted": begin.pasted,
    "proof": signed.proof,
    "redirect": begin.redirect,
    "request": answers.request,
    "return-to": begin.return_to,
    "scenarios": scenarios.scenario,
    "scopes": begin.scopes,
    "seal": sealed.seal,
    "signed-request": signed.signed_request,
    "token-answer": answers.token,
    "token-life": answers.token_life,
    "web": web.web,
    "webhook": signed.webhook,
}
"""What runs the cases of a topic: it is given a world and the case's input, and answers what the case came to."""


@dataclass
class Run:
    """What the cases of a topic came to."""

    ran: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    found: dict[str, Any] = field(default_factory=dict)
    """By the case's id."""
    reached: set[tuple[type[shutterkey.ShutterkeyError], str]] = field(default_factory=set)


@cache
def topic(name: str) -> Run:
    """Runs every case of a topic, once a session."""
    return run_file(all_files()[name])


def run_file(file: VectorFile) -> Run:
    """Runs every case of a file."""
    run = Run()
    for case in file.cases:
        try:
            _case(run, file, case)
        except Exception as failure:
            # The input is not of the documented form, or a step was not the expected one.
            run.failures.append(f"{file.topic}/{case.id}: {type(failure).__name__}: {failure}")
    return run


def _case(run: Run, file: VectorFile, case: Case) -> None:
    world = World(file.define)
    try:
        found = {"ok": TOPICS[file.topic](world, **case.input)}
    except shutterkey.ShutterkeyError as error:
        found = {"error": show.error(error)}
        world.met.append(error)
        world.print(error)
    run.ran[case.surface] += 1
    run.found[case.id] = found
    run.reached.update((type(error), error.code) for error in world.met)
    difference = show.disagreement(case.result, found)
    if difference is not None:
        run.failures.append(f"{file.topic}/{case.id}: {difference}")
    printed = "\n".join(world.printed)
    for secret in (*case.secrets, *world.secrets):
        if secret in printed:
            where = printed.index(secret)
            run.failures.append(
                f"{file.topic}/{case.id}: prints the secret {secret}: …{printed[max(where - 120, 0) : where + 80]}…"
            )
