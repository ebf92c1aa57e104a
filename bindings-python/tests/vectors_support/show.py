"""Results in the neutral form of the files, and how they are compared."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from typing import Any

import shutterkey
from shutterkey import operation, protocol

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def seconds(at: datetime | None) -> int | None:
    return None if at is None else (at - EPOCH) // timedelta(seconds=1)


FIRST = seconds(datetime.min.replace(tzinfo=timezone.utc)) or 0
LAST = seconds(datetime.max.replace(tzinfo=timezone.utc)) or 0


def _present(**members: Any) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}


def error(error: shutterkey.ShutterkeyError) -> dict[str, Any]:
    said = error.provider
    return _present(
        family=error.family,
        code=error.code,
        retry=error.retry.kind,
        after=seconds(error.retry.after),
        address=error.retry.url,
        reason=error.reason,
        message=error.message,
        resumable=error.resumable is not None,
        provider=said
        and _present(
            status=said.status,
            kind=said.kind,
            code=said.code,
            subcode=said.subcode,
            said=said.said,
            trace_id=said.trace_id,
            is_transient=said.is_transient or None,
        ),
    )


def config(config: shutterkey.ClientConfig) -> dict[str, Any]:
    return {
        "provider": config.provider.id,
        "client_id": config.client_id,
        "redirect_uri": config.redirect_uri,
        "response_type": config.response_type,
        "scopes": list(config.scopes),
    }


def token(token: shutterkey.Token) -> dict[str, Any]:
    return _present(
        value=token.reveal(),
        kind=token.kind,
        scopes=None if token.scopes is None else list(token.scopes),
        issued_at=seconds(token.issued_at),
        expiry={"at": seconds(token.expires_at)} if token.expiry == "at" else token.expiry,
        data_access_until=seconds(token.data_access_until),
        refresh_token=token.reveal_refresh_token(),
    )


def _expiry(kind: str, at: datetime | None) -> Any:
    return {"at": seconds(at)} if kind == "at" else kind


def inspection(inspection: shutterkey.TokenInspection) -> dict[str, Any]:
    said = inspection.error and error(inspection.error)
    if said:
        # The sentences of errors are not compared in every case.
        del said["message"]
    return _present(
        is_valid=inspection.is_valid,
        app_id=inspection.app_id,
        application=inspection.application,
        kind=inspection.kind,
        user_id=inspection.user_id,
        profile_id=inspection.profile_id,
        scopes=list(inspection.scopes),
        granular_scopes=[_granular(granular) for granular in inspection.granular_scopes],
        issued_at=seconds(inspection.issued_at),
        expiry=_expiry(inspection.expiry, inspection.expires_at),
        data_access=_expiry(inspection.data_access, inspection.data_access_until),
        error=said,
    )


def _granular(granular: shutterkey.GranularScope) -> dict[str, Any]:
    targets = granular.target_ids
    return _present(scope=granular.scope, target_ids=None if targets is None else list(targets))


def permissions(permissions: shutterkey.Permissions) -> dict[str, Any]:
    return {
        "granted": list(permissions.granted),
        "declined": list(permissions.declined),
        "expired": list(permissions.expired),
    }


def instagram_accounts(found: shutterkey.InstagramAccounts) -> dict[str, Any]:
    return _present(
        accounts=[
            _present(account=account(each.account), page=each.page and _page(each.page)) for each in found.accounts
        ],
        unlinked=[_page(page) for page in found.unlinked],
        reason=found.reason and _missing(found.reason),
        note=found.note and _missing(found.note),
    )


def _page(page: shutterkey.FacebookPage) -> dict[str, Any]:
    return _present(id=page.id, name=page.name, token=page.token and token(page.token))


def _missing(missing: shutterkey.MissingAccounts) -> dict[str, Any]:
    return _present(
        kind=missing.kind, permission=missing.permission, pages=missing.pages, message=missing.message
    )


def life(token: shutterkey.Token, now: int) -> dict[str, Any]:
    until = token.live_until(now)
    validity = "expired" if not token.is_live(now) else "live" if until is None else {"live_until": seconds(until)}
    refreshable = token.refreshable(now)
    refresh = {
        "now": "now",
        "not_before": {"not_before": seconds(refreshable.not_before)},
        "impossible": {"impossible": refreshable.reason},
    }
    return {"validity": validity, "refresh": refresh[refreshable.kind]}


def account(account: shutterkey.Account) -> dict[str, Any]:
    return _present(
        user_id=account.user_id,
        app_scoped_id=account.app_scoped_id,
        username=account.username,
        name=account.name,
        account_type=account.account_type,
    )


def grant(grant: shutterkey.Grant) -> dict[str, Any]:
    return _present(
        code=grant.reveal_code(),
        access_token=grant.reveal_access_token(),
        long_lived_token=grant.reveal_long_lived_token(),
    )


def pending(pending: shutterkey.PendingAuthorization) -> dict[str, Any]:
    return _present(
        provider=pending.provider,
        redirect_uri=pending.redirect_uri,
        response_type=pending.response_type,
        created_at=seconds(pending.created_at),
        expires_at=seconds(pending.expires_at),
        handle=pending.handle,
        context=None if pending.context is None else pending.context.decode(),
        return_to=pending.return_to,
        expect_account=pending.expected_account,
    )


def request(request: protocol.HttpRequest) -> dict[str, Any]:
    return _present(
        method=request.method,
        url=request.url,
        headers=request.headers,
        body=None if request.body is None else request.body.decode(),
        replay_safe=request.replay_safe,
    )


def provider(provider: shutterkey.Provider) -> dict[str, Any]:
    return _present(
        origin=provider.origin,
        authorize=provider.authorize_endpoint,
        token=provider.token_endpoint,
        revoke=provider.revocation_endpoint,
        issuer=provider.issuer,
        iss_promised=provider.issuer_promised,
        pkce=provider.pkce,
        secret_in_body=provider.secret_in_body,
    )


def key(key: shutterkey.AccountKey) -> str:
    return f"{key.provider}/{key.app_id}/{key.user_id}"


def connection(connection: shutterkey.Connection) -> dict[str, Any]:
    return _present(
        key=key(connection.key),
        account=account(connection.account),
        token=token(connection.token),
        missing_scopes=list(connection.missing_scopes),
        context=None if connection.context is None else connection.context.decode(),
        return_to=connection.return_to,
    )


def state(account: shutterkey.StoredAccount) -> Any:
    return {
        "live": "live",
        "login_needed_by": {"login_needed_by": seconds(account.login_by)},
        "needs_login": {"needs_login": account.reason},
        "blocked": {"blocked": account.reason, "recheck": seconds(account.recheck_at)},
    }[account.state]


def kept(kept: operation.Kept) -> dict[str, Any]:
    return _present(
        token=kept.account.token.reveal(),
        state=state(kept.account),
        refreshed=kept.refreshed,
        stalled=kept.stalled,
        at_risk=seconds(kept.at_risk),
        problem=kept.problem and kept.problem.code,
    )


def reported(reported: operation.Reported) -> dict[str, Any]:
    return _present(
        changed=reported.changed,
        state=state(reported.account),
        meaning=reported.meaning and reported.meaning.code,
    )


def disagreement(stated: dict[str, Any], found: dict[str, Any]) -> str | None:
    """How a result differs from the stated one: a value must be equal; of an error, the stated members must be."""
    stated = within_datetime(stated)
    if "error" in stated and "error" in found:
        agree = contains(found["error"], stated["error"])
    else:
        agree = equal(found, stated)
    return None if agree else f"\n  stated {json.dumps(stated)}\n  found  {json.dumps(found)}"


def within_datetime(stated: Any) -> Any:
    """The same with moments that no ``datetime`` can be at its ends: the years 1 and 9999."""
    if isinstance(stated, dict):
        return {name: within_datetime(value) for name, value in stated.items()}
    if type(stated) is int:
        return min(max(stated, FIRST), LAST)
    return stated


def contains(whole: Any, part: Any) -> bool:
    """Whether every member of ``part`` is in ``whole``, at every depth of objects."""
    if isinstance(whole, dict) and isinstance(part, dict):
        return all(name in whole and contains(whole[name], value) for name, value in part.items())
    return equal(whole, part)


def equal(one: Any, other: Any) -> bool:
    """As JSON: ``true`` is not 1 there."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
