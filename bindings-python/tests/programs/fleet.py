"""Keeps a fleet of three accounts that are due, and is stopped: by a signal, by its own end (`daemon`), or not at all (`fork`)."""

import os
import signal
import sys
import threading

import shutterkey
from parts import DAY, NOW, keeper, say

how = sys.argv[1] if len(sys.argv) > 1 else "signal"
fleet = keeper(shutterkey.ManualClock(NOW))
lines = [
    f'{{"user_id":"1784140000000000{n}","access_token":"{os.environ["TOKEN"]}{n}","issued_at":{NOW - 58 * DAY},'
    f'"expires_at":{NOW + 2 * DAY}}}'
    for n in range(3)
]
assert fleet.import_many(lines, spread=0).added == 3

if how == "fork":
    reported = threading.Event()
    told = {"on_progress": lambda counts: reported.set() if counts.refreshed else None}
    thread = threading.Thread(target=fleet.run, kwargs={"poll": 0.05, "per_second": 1000, **told})
    thread.start()
    assert reported.wait(30)
    child = os.fork()
    if child == 0:
        # It keeps the same accounts, which the parent has kept, and stops nothing of the parent's.
        fleet.run(once=True)
        fleet.stop()
        say("child done")
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert thread.is_alive()
    fleet.stop()
    thread.join()
    say("parent done")
elif how == "daemon":
    threading.Thread(target=fleet.run, kwargs={"at_once": 2}, daemon=True).start()
    say("keeping")
    assert sys.stdin.readline().strip() == "end"
else:
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, lambda *_: fleet.stop())
    say("keeping")
    try:
        say(f"{fleet.run(at_once=2).refreshed} refreshed")
    except KeyboardInterrupt:
        say("KeyboardInterrupt")
    stored = keeper(shutterkey.ManualClock(NOW)).accounts()
    say(f"stored {sum(not each.token.reveal().startswith(os.environ['TOKEN']) for each in stored)}")
