"""Whole operations: each step that is expected, and the answer that is played."""

from __future__ import annotations

import json
from typing import Any

import shutterkey
from shutterkey import operation
from shutterkey.operation import Answer, Step

from . import show
from .files import text
from .world import World, definition, response


def scenario(
    world: World,
    now: int,
    run: dict[str, Any],
    script: list[dict[str, Any]],
    interrupted: dict[str, Any] | None = None,
    resume_script: list[dict[str, Any]] | None = None,
) -> Any:
    play = _Play(world, now)
    started, shown = getattr(_Run(play), run["operation"])(
        **{name: value for name, value in run.items() if name != "operation"}
    )
    try:
        end = play.act(started, script)
    except shutterkey.ShutterkeyError as error:
        if interrupted is None:
            raise
        assert show.contains(show.error(error), interrupted), f"interrupted by {show.error(error)}"
        world.print(error)
        world.print(error.resumable)
        assert error.resumable is not None
        end = play.act(operation.resume(error.resumable), resume_script or [])
    else:
        assert interrupted is None, "the first run was to be interrupted"
    world.print(end)
    return shown(end)


class _Run:
    """Begins the operations of the files, each with how its end is shown."""

    def __init__(self, play: _Play) -> None:
        self.play = play
        self.world = play.world

    def _granted(self, login: str, redirect: Any) -> tuple[shutterkey.PendingAuthorization, shutterkey.Grant]:
        pending = self.world.login(login)
        with definition():
            grant = pending.accept(text(redirect), now=self.play.now)
        self.world.print(grant)
        return pending, grant

    def complete(
        self, client: str, login: str, redirect: Any, namespace: str | None = None, alias: str | None = None
    ) -> Any:
        pending, grant = self._granted(login, redirect)
        config = self.world.client(client)
        return operation.complete(config, pending, grant, namespace=namespace, name=alias), show.connection

    def exchange(self, client: str, login: str, redirect: Any) -> Any:
        pending, grant = self._granted(login, redirect)
        started = operation.exchange(self.world.client(client), pending, grant)
        return started, lambda answer: show.token(answer.token)

    def extend(self, client: str, token: Any) -> Any:
        return operation.extend(self.world.client(client), self.world.token(token)), show.token

    def refresh(self, client: str, token: Any) -> Any:
        return operation.refresh(self.world.client(client), self.world.token(token)), show.token

    def identify(self, client: str, token: Any) -> Any:
        return operation.identify(self.world.client(client), self.world.token(token)), show.account

    def revoke(self, client: str, token: Any) -> Any:
        return operation.revoke(self.world.client(client), self.world.token(token)), lambda nothing: nothing

    def inspect_token(self, client: str, token: Any, inspector: Any = None) -> Any:
        by = None if inspector is None else self.world.token(inspector)
        return operation.inspect_token(self.world.client(client), self.world.token(token), inspector=by), self._inspected

    def _inspected(self, inspection: shutterkey.TokenInspection) -> Any:
        self.world.print(inspection.error)
        return show.inspection(inspection)

    def app_token(self, client: str) -> Any:
        return operation.app_token(self.world.client(client)), show.token

    def instagram_accounts(self, client: str, token: Any) -> Any:
        return operation.instagram_accounts(self.world.client(client), self.world.token(token)), self._found

    def _found(self, found: shutterkey.InstagramAccounts) -> Any:
        for account in found.accounts:
            self.world.print(account)
            self.world.print(account.page)
        for printed in (*found.unlinked, found.reason, found.note):
            self.world.print(printed)
        return show.instagram_accounts(found)

    def permissions(self, client: str, token: Any) -> Any:
        return operation.permissions(self.world.client(client), self.world.token(token)), show.permissions

    def revoke_permission(self, client: str, token: Any, permission: str) -> Any:
        started = operation.revoke_permission(self.world.client(client), self.world.token(token), permission)
        return started, lambda nothing: nothing

    # The name of a keyword is no name of a method.
    def _import(
        self,
        client: str,
        token: Any,
        from_device: bool = False,
        namespace: str | None = None,
        alias: str | None = None,
    ) -> Any:
        config, value = self.world.client(client), text(token)
        started = operation.import_token(config, value, from_device=from_device, namespace=namespace, name=alias)
        return started, show.connection

    def keep_fresh(self, client: str, account: list[str], namespace: str, even_if_not_due: bool = False) -> Any:
        config, key = self.world.client(client), shutterkey.AccountKey(*account)
        started = operation.keep_fresh(config, key, namespace=namespace, even_if_not_due=even_if_not_due)
        return started, self._kept

    def _kept(self, kept: operation.Kept) -> Any:
        self.world.print(kept.account)
        self.world.print(kept.problem)
        return show.kept(kept)

    def report(
        self, client: str, account: list[str], namespace: str, response: dict[str, Any], used: Any = None
    ) -> Any:
        started = operation.report(
            self.world.client(client),
            shutterkey.AccountKey(*account),
            _response(response),
            namespace=namespace,
            used=None if used is None else self.world.token(used),
        )
        return started, self._reported

    def _reported(self, reported: operation.Reported) -> Any:
        self.world.print(reported.account)
        self.world.print(reported.error)
        return show.reported(reported)

    def logout(self, client: str, account: list[str], namespace: str) -> Any:
        started = operation.logout(self.world.client(client), shutterkey.AccountKey(*account), namespace=namespace)
        return started, self._logged_out

    def _logged_out(self, out: shutterkey.LoggedOut) -> Any:
        self.world.print(out.problem)
        problem = {} if out.problem is None else {"problem": out.problem.code}
        return {"revoked": out.revoked, **problem}

    def discover(self, issuer: str) -> Any:
        return operation.discover(issuer), show.provider


setattr(_Run, "import", _Run._import)
_response = response


class _Play:
    """Drives an operation with a script: no step more, none less, none other."""

    def __init__(self, world: World, now: int) -> None:
        self.world = world
        self.now = now

    def act(self, running: Any, script: list[dict[str, Any]]) -> Any:
        turns = iter(script)
        try:
            step = running.begin(self.now)
            while not isinstance(step, Step.Done):
                step = self._turn(running, step, next(turns, None))
        except shutterkey.ShutterkeyError as error:
            left = list(turns)
            assert not left, f"{len(left)} steps that were expected and not asked; the end was {error}"
            raise
        left = list(turns)
        assert not left, f"{len(left)} steps that were expected and not asked"
        self.world.print(running)
        self.world.print(step)
        return step.value

    def _turn(self, running: Any, asked: Any, turn: dict[str, Any] | None) -> Any:
        self.world.print(asked)
        shown = _shown(asked)
        assert turn is not None, f"asked beyond the script: {shown}"
        return self._answered(running, asked, shown, **turn)

    def _answered(
        self,
        running: Any,
        asked: Any,
        shown: dict[str, Any],
        expect: dict[str, Any],
        answer: Any,
        now: int | None = None,
    ) -> Any:
        assert show.contains(shown, expect), f"expected {expect}\n  asked {shown}"
        if isinstance(asked, Step.Send):
            self.world.print(asked.request)
        if now is not None:
            self.now = now
        given = self._answer(**({answer: None} if isinstance(answer, str) else answer))
        self.world.print(given)
        return running.step(given, self.now)

    def _answer(self, **spec: Any) -> Any:
        [(name, value)] = spec.items()
        match name:
            case "response":
                return Answer.Response(response(value))
            case "send_failed":
                return Answer.SendFailed(value)
            case "loaded":
                return Answer.Loaded() if value is None else self._loaded(**value)
            case "leased":
                return Answer.Leased(value)
            case "lease_held":
                return Answer.LeaseHeld()
            case "saved":
                return Answer.Saved(value)
            case "conflict":
                return Answer.Conflict()
            case "store_failed":
                return Answer.StoreFailed(value)
            case "released":
                return Answer.Released()
            case "deleted":
                return Answer.Deleted()
            case "waited":
                return Answer.Waited()
        raise AssertionError(f"no such answer: {name}")

    def _loaded(self, record: Any, version: int) -> Any:
        return Answer.Loaded(record_bytes(self.world, record), version)


def record_bytes(world: World, record: Any) -> bytes:
    """A record as a store holds it."""
    return json.dumps(world.named("records", record)).encode()


def _shown(step: Any) -> dict[str, Any]:
    match step:
        case Step.Send(request):
            return {"step": "send", **show.request(request)}
        case Step.Load(key):
            return {"step": "load", "key": key}
        case Step.Lease(key, ttl):
            return {"step": "lease", "key": key, "ttl": int(ttl)}
        case Step.Save():
            return {
                "step": "save",
                "key": step.key,
                "expected": step.expected,
                "fence": step.fence,
                "record": json.loads(step.record),
                "forget_at": show.seconds(step.forget_at),
            }
        case Step.Release(key, fence):
            return {"step": "release", "key": key, "fence": fence}
        case Step.Delete(key, expected):
            return {"step": "delete", "key": key, "expected": expected}
        case Step.Wait():
            return {"step": "wait"}
    raise AssertionError(f"no such step: {step}")
