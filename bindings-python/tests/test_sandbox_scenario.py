"""Scenarios: from a file and from a mapping, all or nothing, and what was made by the names that were given."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import shutterkey
from shutterkey import Sandbox

if TYPE_CHECKING:
    from shutterkey._typing import Scenario

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "sandbox" / "scenario.toml"

SHOP: Scenario = {
    "clock": {"now": "2026-03-01T09:00:00Z", "frozen": True},
    "people": {"ada": {"account_type": "Media_Creator"}},
    "apps": {"shop": {"product": "instagram", "redirect_uris": ["https://localhost/"], "testers": ["ada"]}},
    "tokens": {"old": {"app": "shop", "person": "ada", "age_seconds": 86_400}},
    "faults": [{"endpoint": "/me", "kind": "outage", "client_id": "shop"}],
    "usages": [{"account": "ada", "call_count": 95}],
}


def test_the_example_is_there_from_the_start_and_people_log_in_there() -> None:
    with Sandbox(scenario=EXAMPLE) as sandbox:
        made = sandbox.seeded
        assert sandbox.clock.now() == datetime(2026, 3, 1, 9, tzinfo=timezone.utc)
        keeper = sandbox.keeper(made.apps["shop"])
        login = keeper.authorize()
        connection = keeper.complete(login.pending, sandbox.approve(login.url, "ada"), name="ada")
        assert connection.account.user_id == made.people["ada"].user_id
        assert made.tokens["due"].client_id == made.apps["shop"].client_id
        assert made.pages["bookshop"]["instagram"] == "ada.sandbox"
        pages = sandbox.keeper(made.apps["pages"], scopes=["instagram_basic", "pages_show_list"])
        login = pages.authorize()
        pages.complete(login.pending, sandbox.approve(login.url, "grace"), name="grace")
        [account] = pages.instagram_accounts("grace").accounts
        assert account.account.user_id == made.people["ada"].user_id


def test_a_mapping_makes_the_same_as_a_file_of_it(tmp_path: Path) -> None:
    file = tmp_path / "scenario.json"
    file.write_text(json.dumps(SHOP))
    tokens = []
    for scenario in (SHOP, file, str(file)):
        with Sandbox() as sandbox:
            made = sandbox.seed(scenario)
            tokens.append(made.tokens["old"].reveal())
            assert made.tokens["old"].issued_at == datetime(2026, 2, 28, 9, tzinfo=timezone.utc)
            assert list(sandbox.seeded.apps) == ["shop"]
            [fault] = sandbox.faults()
            assert fault["client_id"] == made.apps["shop"].client_id
            assert tokens[-1] not in repr(made)
            sandbox.reset()
            assert sandbox.seeded.apps == {}
    assert len(set(tokens)) == 1


def test_a_mistake_changes_nothing_and_is_told_by_its_place(tmp_path: Path) -> None:
    wrong: Scenario = {**SHOP, "tokens": {"old": {"app": "shopp", "person": "ada"}}}
    with Sandbox() as sandbox:
        before = sandbox.save_world()
        with pytest.raises(shutterkey.SandboxError, match=r"tokens\.old\.app: there is no app .shopp.*it has shop"):
            sandbox.seed(wrong)
        with pytest.raises(shutterkey.SandboxError, match=r"apps\.shop\.redirect_url: .*expected one of `product`"):
            sandbox.seed({"apps": {"shop": {"product": "legacy", "redirect_url": "x"}}})  # type: ignore[arg-type]
        with pytest.raises(shutterkey.SandboxError, match=r"nowhere\.toml: the file cannot be read"):
            sandbox.seed(tmp_path / "nowhere.toml")
        assert sandbox.save_world() == before
    with pytest.raises(shutterkey.SandboxError, match=r"tokens\.old\.app"):
        Sandbox(scenario=wrong)


def test_what_was_seeded_cannot_be_pickled_since_it_holds_tokens() -> None:
    import pickle

    with Sandbox(scenario=SHOP) as sandbox, pytest.raises(TypeError):
        pickle.dumps(sandbox.seeded)
