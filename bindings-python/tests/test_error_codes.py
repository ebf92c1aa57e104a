"""The catalogue of errors: its names for type checkers, its classes, and that its errors can be met."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import get_args

import pytest
import shutterkey
from shutterkey import FileStore, Keeper, MemoryStore, ShutterkeyError, _codes, _native, operation
from shutterkey.operation import Answer, Step
from vectors_support import run, scenarios
from vectors_support.files import all_files
from vectors_support.world import World

CODES: dict[str, str] = {row[0]: row[1] for row in _native.catalogue()}

UNREACHABLE = {
    "config.certificate": "the listener behind TLS is the command's; the package has none",
    "internal.entropy": "the operating system would have to have no randomness; nothing here can take it away",
    "store.denied": "a database says so: tests_postgres meets it",
    "store.schema": "a database says so: tests_postgres meets it",
    "store.read_only": "a database that is a standby says so; the core's tests meet it",
    "store.locked": "a keychain says so, and this package has no store in one; the core's tests meet it",
    "store.full": "a database whose disk is full says so; the core's tests meet it",
}
"""Errors that neither a shared case nor a test of this package can meet, and why."""

CLASSES = {
    "config": shutterkey.ConfigError,
    "redirect": shutterkey.RedirectError,
    "denied": shutterkey.DeniedError,
    "provider": shutterkey.ProviderError,
    "network": shutterkey.NetworkError,
    "throttled": shutterkey.ThrottledError,
    "token": shutterkey.TokenError,
    "account": shutterkey.AccountError,
    "store": shutterkey.StoreError,
    "internal": shutterkey.InternalError,
}


def store_refused(tmp_path: Path) -> ShutterkeyError:
    """A folder that everybody may write to."""
    folder = tmp_path / "open to all"
    folder.mkdir()
    folder.chmod(0o777)
    with pytest.raises(ShutterkeyError) as raised:
        FileStore(folder)
    return raised.value


def store_busy(tmp_path: Path) -> ShutterkeyError:
    """A refresh whose lease somebody else has and keeps."""
    world = World(all_files()["scenarios"].define)
    key = shutterkey.AccountKey("instagram", "990602627938098", "17841400000000001")
    running = operation.keep_fresh(world.client("instagram"), key, namespace="test")
    step = running.begin(1_800_000_000)
    while not isinstance(step, Step.Done):
        match step:
            case Step.Load():
                record = scenarios.record_bytes(world, "due")
                step = running.step(Answer.Loaded(record, 7), 1_800_000_000)
            case Step.Lease():
                step = running.step(Answer.LeaseHeld(), 1_800_000_000)
            case Step.Wait():
                step = running.step(Answer.Waited(), 1_800_000_000)
    assert step.value.account.state == "live"
    problem = step.value.problem
    assert isinstance(problem, ShutterkeyError)
    return problem


def internal_misuse(tmp_path: Path) -> ShutterkeyError:
    """A client and what another one would be made of."""
    config = shutterkey.ClientConfig(client_id="990602627938098", redirect_uri="https://app.example/callback")
    with pytest.raises(ShutterkeyError) as raised:
        Keeper(config, MemoryStore(), client_id="990602627938098")  # type: ignore[call-overload]
    return raised.value


def offline_keeper(store: shutterkey.SealedStore | MemoryStore) -> Keeper:
    config = shutterkey.ClientConfig(client_id="990602627938098", redirect_uri="https://app.example/callback")
    return Keeper(config, store)


def account_import_line(tmp_path: Path) -> ShutterkeyError:
    """A line that is not one."""
    report = offline_keeper(MemoryStore()).import_many([f"{tmp_path}"])
    return report.refusals[0][1]


def store_seal_invalid(tmp_path: Path) -> ShutterkeyError:
    """A record that another key has sealed."""
    below = MemoryStore()
    sealed = [shutterkey.SealedStore(below, shutterkey.SealKeys.generate()) for _ in range(2)]
    line = '{"user_id":"17841400000000001","access_token":"IGAAcanary","name":"me"}'
    assert offline_keeper(sealed[0]).import_many([line]).added == 1
    with pytest.raises(ShutterkeyError) as raised:
        offline_keeper(sealed[1]).account("me")
    return raised.value


BESIDE_THE_CASES = [store_refused, store_busy, internal_misuse, account_import_line, store_seal_invalid]


@pytest.fixture(scope="module")
def reached(tmp_path_factory: pytest.TempPathFactory) -> set[tuple[type[ShutterkeyError], str]]:
    """Class and code of every error that the shared cases and the functions above come to."""
    met = {(type(error), error.code) for meet in BESIDE_THE_CASES for error in [meet(tmp_path_factory.mktemp("met"))]}
    return met.union(*(run.topic(topic).reached for topic in run.TOPICS))


def test_every_code_is_reached_or_cannot_be(reached: set[tuple[type[ShutterkeyError], str]]) -> None:
    assert {code for _, code in reached} | set(UNREACHABLE) == set(CODES)
    assert not {code for _, code in reached} & set(UNREACHABLE), "these can be reached after all"


def test_every_family_is_reached_as_its_own_class(reached: set[tuple[type[ShutterkeyError], str]]) -> None:
    assert set(CLASSES) == set(CODES.values()), "there is a class for each family"
    for kind, code in reached:
        expected = shutterkey.NeedsLogin if code == "account.needs_login" else CLASSES[CODES[code]]
        assert kind is expected, code
    assert {CODES[code] for _, code in reached} == set(CLASSES)


def test_every_class_is_caught_as_a_shutterkey_error() -> None:
    assert all(issubclass(kind, ShutterkeyError) for kind in CLASSES.values())
    assert issubclass(shutterkey.NeedsLogin, shutterkey.AccountError)


def test_the_names_for_type_checkers_are_those_of_the_catalogue() -> None:
    assert get_args(_codes.ErrorCode) == tuple(CODES)
    assert get_args(_codes.Family) == tuple(dict.fromkeys(CODES.values()))
    assert {retry for *_, retry in _native.catalogue()} <= set(get_args(_codes.RetryKind))


def test_the_written_names_are_fresh() -> None:
    tool = Path(__file__).parents[1] / "tools" / "write_codes.py"
    spec = importlib.util.spec_from_file_location("write_codes", tool)
    assert spec is not None and spec.loader is not None
    write_codes = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(write_codes)
    assert write_codes.FILE.read_text(encoding="utf-8") == write_codes.text(), "run tools/write_codes.py"
