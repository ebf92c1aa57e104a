"""Callers in many processes over one database: whoever comes, one refresh is made."""

from __future__ import annotations

import os

import pytest
from servers import KEYS, address, ready, schema_of
from support.provider import LocalProvider
from support.storm import one_refresh_for_all

import shutterkey


@pytest.mark.parametrize("callers", ["threads", "tasks"])
@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_a_thousand_callers_in_four_processes_make_one_refresh(method: str, callers: str) -> None:
    schema = schema_of(ready("bouncer_port"))
    store = {"STORE_ADDRESS": address("bouncer_port"), "STORE_SCHEMA": schema, "STORE_KEYS": KEYS.serialize()}
    one_refresh_for_all(method, callers, store)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_child_of_a_fork_shares_no_connection_with_its_parent() -> None:
    store = ready()
    with LocalProvider() as provider:
        config = shutterkey.ClientConfig(
            shutterkey.Provider.in_sandbox("instagram", provider.base),
            client_id="990602627938098",
            client_secret="sandbox0123456789abcdef",
            redirect_uri="https://localhost/",
        )
        keeper = shutterkey.Keeper(shutterkey.Client(config), store, reread=0)
        keeper.import_token(provider.token(), name="me")
        children = list[int]()
        for _ in range(4):
            child = os.fork()
            if child == 0:
                os._exit(0 if all(keeper.account("me").token.is_live() for _ in range(50)) else 1)
            children.append(child)
        # Meanwhile the parent asks on its own; answers to others' questions would be garbled or wait for ever.
        for _ in range(50):
            assert keeper.account("me").token.is_live()
        assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0] * 4
        assert keeper.account("me").token.is_live()
