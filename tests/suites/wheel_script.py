"""What a person does first with the package: the token that `shutterkey login` has stored, and a login of one's own."""

import subprocess
from datetime import timedelta

import shutterkey

printed = subprocess.run(["shutterkey", "token"], check=True, capture_output=True, text=True).stdout.strip()
with shutterkey.Sandbox.kept() as kept:
    assert kept.keeper().token("me").reveal() == printed

with shutterkey.Sandbox() as sandbox:
    keeper = sandbox.keeper()
    login = keeper.authorize()
    keeper.complete(login.pending, sandbox.approve(login.url), name="me")
    first = keeper.token("me").reveal()
    sandbox.clock.advance(timedelta(days=59))
    assert keeper.token("me").is_live(sandbox.clock.now())
    keeper.settle()
    assert keeper.token("me").reveal() != first
print(f"shutterkey {shutterkey.__version__} works")
