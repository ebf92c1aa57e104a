"""The pytest plugin, in test runs of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import TypeAlias

import pytest

Run: TypeAlias = Callable[..., pytest.RunResult]

pytest_plugins = ["pytester"]


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a test file in a process of its own, with the plugin as the entry point would load it, which an installed
    package has and a folder on the path has not."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")

    def run(source: str, *arguments: str) -> pytest.RunResult:
        pytester.makepyfile(source)
        return pytester.runpytest_subprocess(
            "-p", "shutterkey.pytest_plugin", "-p", "no:cacheprovider", *arguments
        )

    return run


def test_a_test_gets_a_sandbox_of_its_own_that_is_closed_after_it(run: Run) -> None:
    result = run(
        """
        import pytest, shutterkey

        seen = []

        def test_one(shutterkey_sandbox):
            seen.append(shutterkey_sandbox)
            shutterkey_sandbox.app()

        def test_other(shutterkey_sandbox):
            assert shutterkey_sandbox.apps() == []
            assert shutterkey_sandbox is not seen[0]
            with pytest.raises(shutterkey.SandboxError, match="closed"):
                seen[0].apps()
        """
    )
    result.assert_outcomes(passed=2)


def test_a_keeper_with_an_account_follows_the_clock(run: Run) -> None:
    result = run(
        """
        from datetime import timedelta

        def test_year(shutterkey_sandbox, shutterkey_keeper):
            for _ in range(12):
                shutterkey_sandbox.clock.advance(timedelta(days=30))
                assert shutterkey_keeper.token("me").is_live(shutterkey_sandbox.clock.now())
                shutterkey_keeper.settle()
            assert shutterkey_sandbox.calls("refresh_access_token", status=200)
        """
    )
    result.assert_outcomes(passed=1)


def test_fixtures_serve_asynchronous_tests(run: Run) -> None:
    pytest.importorskip("pytest_asyncio")
    result = run(
        """
        import pytest

        @pytest.mark.asyncio
        async def test_login(shutterkey_sandbox):
            keeper = shutterkey_sandbox.async_keeper()
            login = keeper.authorize()
            await keeper.complete(login.pending, await shutterkey_sandbox.approve_async(login.url), name="me")
            assert (await keeper.token("me")).kind == "long"
        """,
        *("-p", "pytest_asyncio.plugin", "-W", "ignore"),
    )
    result.assert_outcomes(passed=1)


def test_a_run_that_asks_for_no_fixture_loads_nothing_of_it(run: Run) -> None:
    result = run(
        """
        import sys

        def test_nothing():
            loaded = {name for name in sys.modules if name.startswith("shutterkey")}
            assert loaded == {"shutterkey", "shutterkey.pytest_plugin"}
        """
    )
    result.assert_outcomes(passed=1)


def test_the_fixtures_explain_themselves(run: Run) -> None:
    run("def test_nothing(): pass", "--fixtures").stdout.fnmatch_lines(
        [
            "shutterkey_sandbox*",
            "*The login platform on localhost, for this test alone*",
            "shutterkey_keeper*",
        ]
    )


def test_importing_the_package_loads_neither_the_native_module_nor_what_it_needs() -> None:
    script = "import sys; before = set(sys.modules); import shutterkey; print(sorted(set(sys.modules) - before))"
    shown = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert shown.strip() == "['__future__', 'shutterkey']"
