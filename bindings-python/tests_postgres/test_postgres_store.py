"""The PostgreSQL store from Python: its promises, its settings, its refusals, and what it does not show."""

from __future__ import annotations

import asyncio
import pickle

import pytest
from servers import KEYS, Way, address, beside, new_schema, open_store, ready, schema_of

import shutterkey
from shutterkey import PostgresStore, Sandbox, SealKeys
from shutterkey.testing import StoreReport, check_async_store, check_store


def kept(report: StoreReport) -> None:
    assert report.passed, str(report)
    # Leases on the database's clock do not follow one of ours.
    assert [finding.why for finding in report.skipped] == ["the store has a clock of its own"] * 2, str(report)
    assert len(report.findings) > 30


@pytest.mark.parametrize("way", ["port", "bouncer_port"])
def test_it_keeps_every_promise_in_two_handles_directly_and_behind_a_pooler(way: Way) -> None:
    report = check_store(lambda: ready(way), second=beside(way), own_clock=True)
    kept(report)


def test_it_keeps_every_promise_for_asyncio() -> None:
    async def make() -> PostgresStore:
        store = open_store(new_schema())
        await store.migrate_async()
        await store.check_async()
        return store

    async def main() -> StoreReport:
        return await check_async_store(make, second=beside(), own_clock=True)

    kept(asyncio.run(main()))


def test_an_account_of_one_keeper_is_another_ones_and_of_asyncio_too() -> None:
    store = ready()
    with Sandbox() as sandbox:
        token = sandbox.mint_token("studio", age=2 * 86_400).reveal()
        keeper = sandbox.keeper(store=store)
        assert keeper.import_token(token, name="me").token.reveal() == token

        async def main() -> str:
            other = sandbox.async_keeper(store=open_store(schema_of(store), "bouncer_port"))
            return (await other.token("me")).reveal()

        assert asyncio.run(main()) == token
        with pytest.raises(shutterkey.StoreError) as raised:
            sandbox.keeper(store=open_store(schema_of(store), seal_keys=SealKeys.generate())).account("me")
        assert raised.value.code == "store.seal_invalid"


def test_keys_are_rotated_and_a_store_without_keys_gets_one() -> None:
    schema = new_schema()
    plain = open_store(schema, unsealed=True)
    plain.migrate()
    assert (plain.is_sealed, open_store(schema).is_sealed) == (False, True)
    with Sandbox() as sandbox:
        token = sandbox.mint_token("studio", age=2 * 86_400).reveal()
        sandbox.keeper(store=plain).import_token(token, name="me")
        assert not open_store(schema).reseal().is_complete
        first = open_store(schema).reseal(seal_plain=True)
        assert (first.is_complete, first.resealed > 0) == (True, True)
        newer = SealKeys.generate()
        both = open_store(schema, seal_keys=KEYS.rotated(newer).serialize())

        async def main() -> shutterkey.Resealed:
            return await both.reseal_async()

        assert asyncio.run(main()).resealed == first.resealed
        assert sandbox.keeper(store=open_store(schema, seal_keys=newer)).token("me").reveal() == token
    with pytest.raises(shutterkey.ConfigError) as raised:
        plain.reseal()
    assert raised.value.code == "config.seal_key"


def test_migrations_are_text_for_people_who_apply_them_by_hand() -> None:
    schema = new_schema()
    store = open_store(schema, table_prefix="keeps_")
    text = store.migrations()
    assert f'"{schema}"."keeps_records"' in text
    with pytest.raises(shutterkey.StoreError) as raised:
        store.check()
    assert raised.value.code == "store.schema"
    store.migrate()
    store.migrate()
    store.check()


def test_what_goes_wrong_is_an_error_of_the_store_family_that_shows_no_password() -> None:
    wrong = PostgresStore(address(password="canary-1"), seal_keys=KEYS)
    away = PostgresStore("postgres://canary-2:canary-3@127.0.0.1:1/app", seal_keys=KEYS, deadline=2, pool_size=1)
    for store, code in ((wrong, "store.denied"), (away, "store.unavailable")):
        for asked in (store.migrate, store.check):
            with pytest.raises(shutterkey.StoreError) as raised:
                asked()
            assert raised.value.code == code
            assert "canary" not in f"{raised.value!r} {raised.value} {raised.value.__cause__!r}"
    with pytest.raises(shutterkey.StoreError):
        asyncio.run(_check(wrong))


async def _check(store: PostgresStore) -> None:
    await store.check_async()


def test_roots_and_modes_of_tls_are_taken() -> None:
    from servers import described

    with open(described()["root"], encoding="utf-8") as file:
        root = file.read()
    store = ready(tls="verify-full", root_certificates=root)
    store.check()
    open_store(schema_of(store), tls="verify-full", root_certificates=root.encode()).check()
    with pytest.raises(shutterkey.StoreError):
        open_store(schema_of(store), tls="verify-full").check()


def test_a_fleet_is_imported_and_kept_by_two_keepers_over_the_database() -> None:
    store = ready("bouncer_port")
    with Sandbox() as sandbox:
        app = sandbox.app()
        keepers = [sandbox.keeper(app, open_store(schema_of(store))) for _ in range(2)]
        started = int(sandbox.clock.now().timestamp())
        people = [sandbox.person(f"person{n}") for n in range(12)]
        lines = [
            f'{{"user_id":"{person.user_id}","access_token":"{sandbox.mint_token(person.username, app=app).reveal()}",'
            f'"issued_at":{started},"expires_at":{started + 60 * 86_400}}}'
            for person in people
        ]
        assert keepers[0].import_many(lines).added == 12
        sandbox.clock.advance(55 * 86_400)

        async def main() -> list[shutterkey.FleetCounts]:
            return await asyncio.gather(*(asyncio.to_thread(keeper.run, per_second=1_000, once=True) for keeper in keepers))

        assert sum(counts.refreshed for counts in asyncio.run(main())) == 12
        assert len(sandbox.calls("refresh_access_token", status=200)) == 12


def test_a_store_shows_where_it_leads_and_nobody_who_goes_there_and_is_not_pickled() -> None:
    assert repr(open_store("s")) == 'PostgresStore("s"."records" in localhost/app, sealed)'
    assert repr(open_store("s", unsealed=True)).endswith(", unsealed)")
    with pytest.raises(TypeError, match="holds a secret"):
        pickle.dumps(open_store("s"))
