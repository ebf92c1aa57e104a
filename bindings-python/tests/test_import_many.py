"""Taking in a fleet: from paths, files and iterables, again without harm, and without showing what a line holds."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from support.fleet import lines

import shutterkey
from shutterkey import AsyncKeeper, ImportReport, Sandbox


@pytest.fixture(scope="module")
def world() -> Iterator[tuple[Sandbox, list[str]]]:
    with Sandbox() as sandbox:
        yield sandbox, lines(sandbox, sandbox.app(), 3)


def counts(report: ImportReport) -> tuple[int, int, int, int, int, int]:
    return (report.lines, report.added, report.replaced, report.unchanged, report.kept, report.refused)


def test_a_path_a_file_and_any_iterable_are_taken(world: tuple[Sandbox, list[str]], tmp_path: Path) -> None:
    sandbox, told = world
    path = tmp_path / "accounts.ndjson"
    path.write_text("\n".join(told) + "\n")
    sources: list[Any] = [
        path,
        str(path),
        io.StringIO(path.read_text()),
        io.BytesIO(path.read_bytes()),
        told,
        iter(told),
        (line.encode() for line in told),
    ]
    calls = len(sandbox.calls())
    for source in sources:
        keeper = sandbox.keeper(store=shutterkey.MemoryStore())
        assert counts(keeper.import_many(source)) == (3, 3, 0, 0, 0, 0)
        assert keeper.token("n1").reveal() in told[1]
    assert len(sandbox.calls()) == calls, "the provider was asked"


def test_asyncio_takes_the_same_and_asynchronous_iterables(world: tuple[Sandbox, list[str]], tmp_path: Path) -> None:
    sandbox, told = world
    path = tmp_path / "accounts.ndjson"
    path.write_text("\n".join(told))

    async def one_by_one() -> AsyncIterator[str]:
        for line in told:
            await asyncio.sleep(0)
            yield line

    async def main() -> None:
        for source in (path, told, one_by_one(), iter(told)):
            keeper = sandbox.async_keeper(store=shutterkey.MemoryStore())
            assert counts(await keeper.import_many(source)) == (3, 3, 0, 0, 0, 0)
            assert (await keeper.token("n2")).reveal() in told[2]

    asyncio.run(main())


def test_again_it_changes_nothing_and_a_dry_run_writes_nothing(world: tuple[Sandbox, list[str]]) -> None:
    sandbox, told = world
    keeper = sandbox.keeper(store=shutterkey.MemoryStore())
    assert counts(keeper.import_many(told, dry_run=True)) == (3, 3, 0, 0, 0, 0)
    assert keeper.accounts() == []
    assert counts(keeper.import_many(told)) == (3, 3, 0, 0, 0, 0)
    assert counts(keeper.import_many(told)) == (3, 0, 0, 3, 0, 0)
    assert len(keeper.accounts()) == 3


@pytest.mark.parametrize("in_asyncio", [False, True])
def test_a_line_that_is_wrong_is_told_by_its_number_and_does_not_show(
    in_asyncio: bool, world: tuple[Sandbox, list[str]]
) -> None:
    sandbox, told = world
    source: list[str | bytes] = [told[0], "", '{"access_token": "canary-1"', b'"canary-2 \xff"', "\ud800canary-3", told[1].encode()]

    async def main(keeper: AsyncKeeper) -> ImportReport:
        return await keeper.import_many(source)  # type: ignore[arg-type]

    if in_asyncio:
        report = asyncio.run(main(sandbox.async_keeper(store=shutterkey.MemoryStore())))
    else:
        report = sandbox.keeper(store=shutterkey.MemoryStore()).import_many(source)  # type: ignore[arg-type]
    assert counts(report) == (5, 2, 0, 0, 0, 3)
    assert [(number, error.code) for number, error in report.refusals] == [
        (3, "account.import_line"),
        (4, "account.import_line"),
        (5, "account.import_line"),
    ]
    assert "canary" not in f"{report!r} {report.refusals}"


def test_what_is_no_source_is_refused_and_what_a_source_raises_is_raised(world: tuple[Sandbox, list[str]], tmp_path: Path) -> None:
    sandbox, told = world
    keeper = sandbox.keeper(store=shutterkey.MemoryStore())
    wrong: list[Any] = [b"{}", {"user_id": "1"}, 7, [7], None]
    for source in wrong:
        with pytest.raises(TypeError):
            keeper.import_many(source)
    with pytest.raises(FileNotFoundError):
        keeper.import_many(tmp_path / "none")

    def breaks() -> Iterator[str]:
        yield from told
        raise LookupError("of the source")

    with pytest.raises(LookupError, match="of the source"):
        keeper.import_many(breaks())


def test_a_fleet_of_thousands_is_taken_in_and_spread_over_a_day() -> None:
    clock = shutterkey.ManualClock(1_900_000_000)
    config = shutterkey.ClientConfig(
        client_id="990602627938098", client_secret="0123456789abcdef0123456789abcdef", redirect_uri="https://app.example/"
    )
    keeper = shutterkey.Keeper(shutterkey.Client(config, clock=clock), shutterkey.MemoryStore())
    many = (
        f'{{"user_id":"1784140000000{n:04}","access_token":"IGAAcanary{n}","issued_at":1890000000,"expires_at":1901000000}}'
        for n in range(2_000)
    )
    assert counts(keeper.import_many(many, spread=3600)) == (2_000, 2_000, 0, 0, 0, 0)
    assert len(keeper.accounts()) == 2_000
