"""What scenarios are made of."""

from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from browser import Browser

REDIRECT_URI = "http://127.0.0.1:4000/callback"
PERSON = {"login": "ada", "username": "ada", "password": "not-a-secret"}


def scenarios_of(module):
    """Every scenario that the module has written itself, in their order."""
    own = (value for name, value in vars(module).items() if callable(value) and not name.startswith("_"))
    return [value for value in own if value.__module__ == module.__name__]


def refused(call, *arguments, **named):
    """The typed error that a call is answered with."""
    try:
        call(*arguments, **named)
    except Exception as error:
        if not hasattr(error, "answer"):
            raise
        return error
    raise AssertionError(f"{arguments[0]} was not refused")


def set_up(ask, server, client="basic", secret=None, scopes=("read", "write")):
    """A provider from the server's metadata, and the client of that name."""
    known = {each["client_id"]: each for each in server["clients"]}[client]
    ask(
        "discover",
        issuer=server["issuer"],
        identity_endpoint=server["identity_endpoint"],
        identity_member=server["identity_member"],
        secret_in_body=known.get("token_endpoint_auth_method") == "client_secret_post",
    )
    secret = secret or known.get("client_secret")
    with_secret = {"client_secret": secret} if secret else {}
    ask("client_of", client_id=client, redirect_uri=REDIRECT_URI, scopes=list(scopes), **with_secret)


def redirected(ask, server, canary, browser=None):
    """A person logs in: the redirect URL that the server sent the browser to."""
    url = ask("authorize")["url"]
    canary.add(parse_qs(urlsplit(url).query)["state"][0])
    answer = (browser or Browser(PERSON)).walk(url, REDIRECT_URI, server.get("approve"))
    for code in parse_qs(urlsplit(answer).query).get("code", ()):
        canary.add(code)
    return answer


def logged_in(ask, server, canary, client="basic"):
    """The token of a person who has logged in, under the name `first`."""
    set_up(ask, server, client)
    ask("accept", url=redirected(ask, server, canary))
    return ask("exchange", name="first")


def with_parameter(url, name, value):
    """The URL with another value of a parameter; None takes it out."""
    parts = urlsplit(url)
    kept = [(key, old) for key, old in parse_qsl(parts.query) if key != name]
    return parts._replace(query=urlencode(kept + ([(name, value)] if value else []))).geturl()
