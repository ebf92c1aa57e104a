"""The shared cases of tests/vectors, through the public API of this package.

Every language runs the same files. A file that cannot be read whole, an id that occurs twice, a member that is not
known, a case that cannot be run and a secret that is printed are failures like a wrong result.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from vectors_support import run
from vectors_support.files import Case, all_files


def test_every_file_has_what_runs_it() -> None:
    assert set(all_files()) == set(run.TOPICS), "the files, and what runs them"


def test_no_id_occurs_twice() -> None:
    ids = Counter(case.id for file in all_files().values() for case in file.cases)
    assert [name for name, times in ids.items() if times > 1] == []


@pytest.mark.parametrize("topic", sorted(all_files()))
def test_every_case_has_its_stated_result_and_prints_no_secret(topic: str) -> None:
    assert topic in run.TOPICS, f"nothing runs the cases of {topic}"
    result = run.topic(topic)
    device, server = result.ran["device"], result.ran["server"]
    print(f"{topic:16} {device + server:4} cases: {device} device, {server} server")
    assert not result.failures, f"{len(result.failures)} cases failed:\n" + "\n".join(result.failures)
    assert device + server == len(all_files()[topic].cases), "every case was run"


def test_what_was_found_is_written_down_for_the_comparison_of_languages() -> None:
    found = {name: result for topic in all_files() for name, result in run.topic(topic).found.items()}
    assert len(found) == sum(len(file.cases) for file in all_files().values())
    if path := os.environ.get("SHUTTERKEY_VECTOR_RESULTS"):
        Path(path).write_text(json.dumps({"language": "python", "cases": found}), encoding="utf-8")


def changed(topic: str, name: str, **members: Any) -> list[str]:
    """What is said of one case of a file when something of it is changed."""
    file = all_files()[topic]
    case: Case = next(case for case in file.cases if case.id == name)
    assert run.run_file(replace(file, cases=(case,))).failures == []
    return run.run_file(replace(file, cases=(replace(case, **members),))).failures


def a_case(topic: str, kind: str) -> Case:
    return next(case for case in all_files()[topic].cases if kind in case.result)


@pytest.mark.parametrize("topic", sorted(all_files()))
def test_another_result_than_the_stated_one_is_a_failure(topic: str) -> None:
    for kind, other in (("ok", {"ok": "another"}), ("error", {"error": {"family": "config", "code": "config.other"}})):
        if any(kind in case.result for case in all_files()[topic].cases):
            [failure] = changed(topic, a_case(topic, kind).id, result=other)
            assert "stated" in failure


@pytest.mark.parametrize("topic", sorted(all_files()))
def test_a_member_that_is_not_known_is_a_failure(topic: str) -> None:
    case = all_files()[topic].cases[0]
    [failure] = changed(topic, case.id, input={**case.input, "surprise": True})
    assert "surprise" in failure


def test_a_secret_that_is_printed_is_a_failure() -> None:
    case = next(case for case in all_files()["authorize"].cases if "ok" in case.result)
    [*failures] = changed("authorize", case.id, secrets=(case.result["ok"]["pending"]["handle"],))
    assert failures and "prints the secret" in failures[0]


def test_a_step_more_or_less_than_the_script_has_is_a_failure() -> None:
    case = next(case for case in all_files()["scenarios"].cases if "ok" in case.result and case.input["script"])
    script = case.input["script"]
    [failure] = changed("scenarios", case.id, input={**case.input, "script": script[:-1]})
    assert "asked beyond the script" in failure
    [failure] = changed("scenarios", case.id, input={**case.input, "script": [*script, script[-1]]})
    assert "expected and not asked" in failure
