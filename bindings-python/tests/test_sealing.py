"""Sealing keys, pending jars, and sealers of one's own."""

from __future__ import annotations

import pickle
import threading

import pytest
import shutterkey
from shutterkey import PendingAuthorization, PendingJar, SealKeys, testing

NOW = 1_800_000_000
CONFIG = shutterkey.ClientConfig(
    client_id="990602627938098",
    client_secret="0123456789abcdef0123456789abcdef",
    redirect_uri="https://app.example/callback",
)


def login(first: int = 0) -> PendingAuthorization:
    return testing.authorize(CONFIG, entropy=bytes([first] * 64), now=NOW).pending


def test_a_ring_reads_back_from_its_text() -> None:
    keys = SealKeys.generate()
    again = SealKeys.parse(keys.serialize())
    assert again.serialize() == keys.serialize()
    assert PendingAuthorization.open(login().seal(keys), again, "instagram").handle == login().handle


def test_a_rotated_ring_seals_with_the_new_key_and_opens_what_the_old_one_sealed() -> None:
    old, new = SealKeys.generate(), SealKeys.generate()
    before = login().seal(old)
    ring = old.rotated(new)
    assert ring.serialize() == f"{new.serialize()},{old.serialize()}"
    assert PendingAuthorization.open(before, ring, "instagram").handle == login().handle
    assert PendingAuthorization.open(login().seal(ring), new, "instagram").handle == login().handle


def test_a_ring_does_not_show_its_keys() -> None:
    keys = testing.seal_keys(bytes(range(36)))
    _, _, secret = keys.serialize().partition(":")
    assert secret not in f"{keys!r} {keys}" and "00010203" in repr(keys)
    with pytest.raises(TypeError, match="holds a secret"):
        pickle.dumps(keys)


def test_a_sealed_login_opens_for_its_provider_and_session_alone() -> None:
    keys = SealKeys.generate()
    sealed = login().seal(keys, "browser-1")
    assert PendingAuthorization.open(sealed, keys, "instagram", "browser-1").handle == login().handle
    for provider, session in (("instagram", None), ("instagram", "browser-2"), ("threads", "browser-1")):
        with pytest.raises(shutterkey.RedirectError) as raised:
            PendingAuthorization.open(sealed, keys, provider, session)
        assert raised.value.code == "redirect.seal_invalid"


def test_a_known_nonce_seals_to_the_same_text_every_time() -> None:
    keys = testing.seal_keys(bytes(36))
    texts = {testing.seal(login(), keys, nonce=bytes(24), session="s") for _ in range(2)}
    [text] = texts
    assert PendingAuthorization.open(text, keys, "instagram", "s").handle == login().handle
    assert login().seal(keys, "s") != text


def test_known_randomness_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="24 bytes"):
        testing.seal(login(), testing.seal_keys(bytes(36)), nonce=bytes(23))
    with pytest.raises(ValueError, match="36 bytes"):
        testing.seal_keys(bytes(35))
    with pytest.raises(ValueError, match="64 bytes"):
        testing.authorize(CONFIG, entropy=bytes(32), now=NOW)


class Vault:
    """Keeps the text and hands out a handle; binds it to purpose and context as it should."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str, str], bytes] = {}
        self.threads: set[int] = set()

    def seal(self, purpose: str, context: str, plain: bytes) -> str:
        self.threads.add(threading.get_ident())
        handle = f"vault-{len(self.kept)}"
        self.kept[purpose, context, handle] = plain
        return handle

    def open(self, purpose: str, context: str, sealed: str) -> bytes:
        return self.kept[purpose, context, sealed]


def test_a_sealer_of_ones_own_takes_the_place_of_keys() -> None:
    vault: shutterkey.Sealer = Vault()
    handle = login().seal(vault, "browser-1")
    assert handle == "vault-0"
    assert PendingAuthorization.open(handle, vault, "instagram", "browser-1").handle == login().handle
    assert vault.threads == {threading.get_ident()}  # type: ignore[attr-defined]


def test_what_a_sealer_of_ones_own_raises_is_the_cause() -> None:
    vault = Vault()
    with pytest.raises(shutterkey.RedirectError) as opening:
        PendingAuthorization.open("vault-9", vault, "instagram")
    assert opening.value.code == "redirect.seal_invalid"
    assert isinstance(opening.value.__cause__, KeyError)

    class Broken(Vault):
        def seal(self, purpose: str, context: str, plain: bytes) -> str:
            raise OSError("no connection to the vault")

    with pytest.raises(shutterkey.ConfigError) as sealing:
        login().seal(Broken())
    assert sealing.value.code == "config.seal_key"
    assert isinstance(sealing.value.__cause__, OSError)


def test_an_interruption_in_a_sealer_of_ones_own_is_not_swallowed() -> None:
    class Interrupted(Vault):
        def open(self, purpose: str, context: str, sealed: str) -> bytes:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        PendingAuthorization.open("x", Interrupted(), "instagram")
    with pytest.raises(KeyboardInterrupt):
        PendingJar.from_cookie("__Host-shutterkey=x", Interrupted(), now=NOW)


def test_what_is_no_sealer_is_refused() -> None:
    with pytest.raises(TypeError, match="SealKeys"):
        login().seal("id:key")  # type: ignore[arg-type]


def test_two_tabs_log_in_at_once_with_one_jar() -> None:
    keys = SealKeys.generate()
    jar = PendingJar.from_cookie(None, keys, now=NOW)
    jar.add(login(1))
    jar.add(login(2))
    cookie = jar.to_set_cookie(keys, now=NOW)
    assert cookie.startswith("__Host-shutterkey=") and "; Secure" in cookie

    back = PendingJar.from_cookie(cookie.partition(";")[0], keys, now=NOW)
    url = testing.authorize(CONFIG, entropy=bytes([1] * 64), now=NOW).url
    state = url.partition("state=")[2].partition("&")[0]
    found = back.find(f"code=x&state={state}")
    assert found.handle == login(1).handle
    back.remove(found.handle)
    assert len(back) == 1 and repr(back) == "PendingJar(1 logins)"


def test_a_jar_asks_a_sealer_that_looks_into_it_without_locking() -> None:
    jar = PendingJar.from_cookie(None, Vault(), now=NOW)
    jar.add(login())

    class Curious(Vault):
        def seal(self, purpose: str, context: str, plain: bytes) -> str:
            assert len(jar) == 1
            return super().seal(purpose, context, plain)

    assert "vault-0" in jar.to_set_cookie(Curious(), now=NOW)
