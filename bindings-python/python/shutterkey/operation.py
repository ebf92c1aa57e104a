"""Whole sequences without I/O, for an event loop of one's own (trio, a game, a scheduler).

An :class:`Operation` asks for a request to be sent, for a record of a store, for a while to wait, and goes on with the
answer; **every step is answered exactly once, in order**, and what fails is an answer too::

    async def drive(running):
        step = running.begin()
        while True:
            match step:
                case Step.Done(value):
                    return value
                case Step.Send(request):
                    answer = await send(request)        # Answer.Response(…) or Answer.SendFailed("timeout")
                case Step.Wait(seconds):
                    await trio.sleep(seconds)
                    answer = Answer.Waited()
                case _:
                    answer = await on_store(step)       # where a namespace was given
            step = running.step(answer)

    token = await drive(operation.refresh(config, token))

``Client`` and ``Keeper`` drive the same operations with threads, ``AsyncClient`` and ``AsyncKeeper`` with asyncio.
"""

from __future__ import annotations

from ._native import Answer, Kept, Operation, Reported, Step

app_token = Operation.app_token
complete = Operation.complete
discover = Operation.discover
exchange = Operation.exchange
extend = Operation.extend
identify = Operation.identify
import_token = Operation.import_token
inspect_token = Operation.inspect_token
instagram_accounts = Operation.instagram_accounts
keep_fresh = Operation.keep_fresh
logout = Operation.logout
permissions = Operation.permissions
refresh = Operation.refresh
report = Operation.report
resume = Operation.resume
revoke = Operation.revoke
revoke_permission = Operation.revoke_permission
store_again = Operation.store_again

__all__ = [
    "Answer",
    "Kept",
    "Operation",
    "Reported",
    "Step",
    "app_token",
    "complete",
    "discover",
    "exchange",
    "extend",
    "identify",
    "import_token",
    "inspect_token",
    "instagram_accounts",
    "keep_fresh",
    "logout",
    "permissions",
    "refresh",
    "report",
    "resume",
    "revoke",
    "revoke_permission",
    "store_again",
]
