"""Every state of the computer's keyring ends at a working passphrase; none leaves a key in the clear."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import keyring.backends.chainer
import keyring.backends.fail
import keyring.backends.null
import keyring.errors
import pytest
from vault_place import PASSPHRASE, Kept, Place, keyring_of

from wizard.vault import mistakes
from wizard.vault.keyring import Keyring, State
from wizard.vault.unlocking import WithKeyring, WithPassphrase, WithRecoveryKey
from wizard.vault.workspace import keyring_opens


class Locked(Kept):
    """The desktop's keyring is locked and nobody answers its prompt."""

    def set_password(self, service: str, name: str, value: str) -> None:
        raise keyring.errors.InitError("Failed to create the collection: Prompt dismissed..")

    def get_password(self, service: str, name: str) -> str | None:
        raise keyring.errors.KeyringLocked("Failed to unlock the collection!")


class Hangs(Kept):
    """Waits for a prompt that nobody sees."""

    let_go = threading.Event()

    def set_password(self, service: str, name: str, value: str) -> None:
        self.let_go.wait(20)

    def get_password(self, service: str, name: str) -> str | None:
        self.let_go.wait(20)
        return None


class Forgets(Kept):
    """Says yes and keeps nothing, as the null back end does."""

    def set_password(self, service: str, name: str, value: str) -> None:
        pass


class Garbles(Kept):
    """Keeps something else than it was given."""

    def set_password(self, service: str, name: str, value: str) -> None:
        super().set_password(service, name, value[:-1])


class TooSmall(Kept):
    """Takes no value longer than a handful of characters."""

    def set_password(self, service: str, name: str, value: str) -> None:
        raise OSError(1783, "stub received bad data")


class Denied(Kept):
    """The system refuses this program."""

    def set_password(self, service: str, name: str, value: str) -> None:
        raise keyring.errors.PasswordSetError("access denied")

    def get_password(self, service: str, name: str) -> str | None:
        raise RuntimeError("org.freedesktop.DBus.Error.AccessDenied")


class NotText(Kept):
    """Hands back what is no text."""

    def get_password(self, service: str, name: str) -> Any:
        return 5


class ClearText(Kept):
    """A back end that keeps secrets in a readable file, as some add-ons do."""


STATES = [
    (lambda: keyring_of(Kept()), State.WORKS),
    (lambda: keyring_of(Locked()), State.LOCKED),
    (lambda: keyring_of(Hangs(), patience=0.1), State.SLOW),
    (lambda: keyring_of(Forgets()), State.FORGETS),
    (lambda: keyring_of(Garbles()), State.FORGETS),
    (lambda: keyring_of(TooSmall()), State.LOCKED),
    (lambda: keyring_of(Denied()), State.LOCKED),
    (lambda: keyring_of(NotText()), State.FORGETS),
    (lambda: Keyring(ClearText), State.UNTRUSTED),
    (lambda: Keyring(keyring.backends.null.Keyring), State.UNTRUSTED),
    (lambda: Keyring(keyring.backends.fail.Keyring), State.ABSENT),
    (Keyring, State.ABSENT),  # the test suite runs without one
]


@pytest.mark.parametrize(("make", "state"), STATES, ids=lambda value: getattr(value, "value", ""))
def test_each_state_is_told_and_ends_at_the_passphrase(place: Place, make: Callable[[], Keyring], state: State) -> None:
    begun, ring = time.monotonic(), make()
    assert ring.probe().state is state
    assert ring.probe().sentence
    workspace = place.create(remember=True, keyring=ring)
    assert workspace.remembered is (state is State.WORKS)
    assert bool(workspace.keyring_said) is (state is not State.WORKS)
    assert keyring_opens(place.folder, ring) is (state is State.WORKS)
    workspace.close()
    if state is State.WORKS:
        place.open(WithKeyring(), keyring=ring).close()
    else:
        with pytest.raises(mistakes.KeyringDoesNotOpen, match="Type your passphrase"):
            place.open(WithKeyring(), keyring=ring)
    place.open(keyring=ring).close()
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize("make", [make for make, state in STATES if state is not State.WORKS])
def test_a_keyring_that_stops_working_leads_to_the_passphrase(place: Place, make: Callable[[], Keyring]) -> None:
    good, ring = Kept(), make()
    made = place.create(remember=True, keyring=keyring_of(good))
    made.close()
    with pytest.raises(mistakes.KeyringDoesNotOpen, match="Type your passphrase"):
        place.open(WithKeyring(), keyring=ring)
    opened = place.open(keyring=ring)
    assert not opened.read_only


def test_an_item_deleted_altered_or_of_another_workspace(place: Place) -> None:
    good = Kept()
    ring = keyring_of(good)
    made = place.create(remember=True, keyring=ring)
    made.close()
    key = ("Attestry", made.id)
    value = good.items[key]
    for wrong, sentence in [
        (None, "holds no key"),
        (("y" if value.startswith("x") else "x") + value[1:], "does not open it"),
        ("not base 64 \u2713", "is not what was put there"),
        ("", "does not open it"),
    ]:
        if wrong is None:
            del good.items[key]
        else:
            good.items[key] = wrong
        with pytest.raises(mistakes.KeyringDoesNotOpen, match=sentence):
            place.open(WithKeyring(), keyring=ring)
        place.open(keyring=ring).close()


class TwoItems(Kept):
    """Two items under one name, as some back ends allow: the older one answers."""

    def __init__(self) -> None:
        super().__init__()
        self.first: dict[tuple[str, str], str] = {}

    def set_password(self, service: str, name: str, value: str) -> None:
        self.first.setdefault((service, name), value)
        super().set_password(service, name, value)

    def get_password(self, service: str, name: str) -> str | None:
        return self.first.get((service, name))


def test_of_two_items_under_one_name_the_wrong_one_leads_to_the_passphrase(place: Place) -> None:
    two = TwoItems()
    made = place.create(remember=True, keyring=keyring_of(two))
    made.close()
    two.first["Attestry", made.id] = "A" * 43 + "="
    with pytest.raises(mistakes.KeyringDoesNotOpen, match="Type your passphrase"):
        place.open(WithKeyring(), keyring=keyring_of(two))
    again = place.open(keyring=keyring_of(two))
    assert not again.remember(), "what is put there does not come back"
    assert again.keyring_said


@pytest.mark.parametrize("make", [make for make, state in STATES if state is not State.WORKS])
def test_in_each_state_a_strict_workspace_is_opened_by_its_recovery_key_and_then_by_a_passphrase(
    place: Place, make: Callable[[], Keyring]
) -> None:
    good = Kept()
    made = place.create(keyring=keyring_of(good))
    made.set_strict(True, WithPassphrase(PASSPHRASE))
    made.close()
    with pytest.raises(mistakes.Mistake) as refused:  # what it keeps garbled is a wrong half, which no one can tell
        place.open(keyring=make())
    assert "recovery key" in refused.value.sentence
    assert "Type your passphrase" not in refused.value.sentence
    saved = place.open(WithRecoveryKey(place.recovery_key), keyring=make())
    assert not saved.read_only
    saved.change_passphrase("another good passphrase", WithRecoveryKey(place.recovery_key))
    saved.close()
    place.open(WithPassphrase("another good passphrase"), keyring=make()).close()


def test_a_probe_leaves_nothing_and_the_item_is_one_small_key(place: Place) -> None:
    good = Kept()
    ring = keyring_of(good)
    assert ring.probe().works
    assert good.items == {}
    made = place.create(remember=True, keyring=ring)
    made.close()
    assert set(good.items) == {("Attestry", made.id), ("Attestry", f"{made.id}:head")}
    assert all(len(value) < 1280 for value in good.items.values())


def test_forgetting_takes_key_and_slot_away(place: Place) -> None:
    good = Kept()
    ring = keyring_of(good)
    made = place.create(remember=True, keyring=ring)
    made.forget()
    assert good.items == {}
    assert not made.remembered
    made.close()
    assert good.items == {}
    assert not keyring_opens(place.folder, ring)
    again = place.open(keyring=ring)
    assert again.remember()
    again.close()
    place.open(WithKeyring(), keyring=ring).close()


def test_of_several_back_ends_the_first_trusted_one_is_taken() -> None:
    good = Kept()

    class Chain(keyring.backends.chainer.ChainerBackend):
        backends = (ClearText(), good)  # type: ignore[assignment]

    Chain.__module__, Chain.__qualname__ = "keyring.backends.chainer", "ChainerBackend"
    name = f"{Kept.__module__}.{Kept.__qualname__}"
    assert Keyring(Chain, trusted=frozenset({name})).put("a", b"b").works
    assert ("Attestry", "a") in good.items
    Chain.backends = (ClearText(),)  # type: ignore[assignment]
    assert Keyring(Chain, trusted=frozenset({name})).put("a", b"b").state is State.UNTRUSTED


def test_no_secret_is_printed() -> None:
    ring = keyring_of(Kept())
    ring.put("a", b"CANARY")
    assert "CANARY" not in repr(ring.get("a"))
    assert ring.get("a").secret == b"CANARY"


@pytest.mark.slow
def test_a_keyring_that_hangs_is_waited_for_once() -> None:
    ring = keyring_of(Hangs(), patience=0.5)
    begun = time.monotonic()
    for _ in range(5):
        assert ring.get("a").state is State.SLOW
        assert ring.forget("a").state is State.SLOW
    assert time.monotonic() - begun < 4  # ten times 0.5 s would be 5


@pytest.fixture(autouse=True, scope="module")
def _nothing_hangs_on() -> Any:
    yield
    Hangs.let_go.set()
