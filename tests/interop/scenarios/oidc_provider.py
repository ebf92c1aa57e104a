"""oidc-provider: what holds for every server, and its words."""

import sys

from . import common
from .steps import redirected, refused, scenarios_of, set_up


def metadata_of_another_host_of_this_server_is_refused(ask, server, _canary):
    other = server["issuer"].replace("127.0.0.1", "localhost")
    assert refused(ask, "discover", issuer=other).code == "redirect.issuer_mismatch"


def a_wrong_secret_is_told_in_the_servers_words(ask, server, canary):
    canary.add("a-wrong-secret-of-a-client")
    set_up(ask, server, secret="a-wrong-secret-of-a-client")
    ask("accept", url=redirected(ask, server, canary))
    said = refused(ask, "exchange", name="first").answer["said"]
    assert said["kind"] == "invalid_client" and said["said"], said


SCENARIOS = [*scenarios_of(common), *scenarios_of(sys.modules[__name__])]
