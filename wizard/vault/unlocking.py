"""What a person can open a workspace with, and how each of them leads to the data key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

from wizard.domain.language import _
from wizard.vault import recovery_key
from wizard.vault.header import Header, Slot, SlotKind
from wizard.vault.keyring import Keyring
from wizard.vault.mistakes import DamagedKeyFile, KeyringDoesNotOpen, WrongPassphrase, WrongRecoveryKey

if TYPE_CHECKING:
    from wizard.vault.keys import Cost


@dataclass(frozen=True, slots=True)
class WithPassphrase:
    """Open with what the person types; together with the keyring when the workspace asks for both."""

    text: str

    def __repr__(self) -> str:
        return "WithPassphrase()"


@dataclass(frozen=True, slots=True)
class WithKeyring:
    """Open with what this computer's keyring holds."""


@dataclass(frozen=True, slots=True)
class WithRecoveryKey:
    """Open with the printed recovery key."""

    text: str

    def __repr__(self) -> str:
        return "WithRecoveryKey()"


Unlock = WithPassphrase | WithKeyring | WithRecoveryKey


def unlock(head: Header, what: Unlock, keyring: Keyring, floor: Cost) -> bytes:
    """The present data key. Raises WrongPassphrase, UnusablePassphrase, MistypedRecoveryKey, WrongRecoveryKey,
    KeyringDoesNotOpen, WeakenedKeyFile, DamagedKeyFile."""
    match what:
        case WithPassphrase(text):
            return _by_passphrase(head, text, keyring, floor)
        case WithRecoveryKey(text):
            return _by_recovery_key(head, text)
        case WithKeyring():
            return _by_keyring(head, keyring)
    assert_never(what)


def _by_passphrase(head: Header, text: str, keyring: Keyring, floor: Cost) -> bytes:
    from wizard.vault import keys

    secret = keys.passphrase_bytes(text)
    slot, both = head.slot(SlotKind.PASSPHRASE), head.slot(SlotKind.BOTH)
    try:
        if slot is not None:
            return keys.unwrap(slot, keys.derive(slot.kdf, secret, floor=floor), workspace=head.workspace)
        if both is not None:
            half = _from_keyring(head, keyring)
            return keys.unwrap(both, keys.join(both.kdf, secret, half, floor=floor), workspace=head.workspace)
    except keys.WrongKey:
        raise WrongPassphrase from None
    raise DamagedKeyFile


def _by_recovery_key(head: Header, text: str) -> bytes:
    from wizard.vault import keys

    secret = recovery_key.from_text(text)
    slot = head.slot(SlotKind.RECOVERY)
    if slot is None:
        raise DamagedKeyFile
    try:
        return keys.unwrap(slot, keys.derive_random(slot.kdf, secret), workspace=head.workspace)
    except keys.WrongKey:
        raise WrongRecoveryKey from None


def _by_keyring(head: Header, keyring: Keyring) -> bytes:
    from wizard.vault import keys

    slot = head.slot(SlotKind.KEYRING)
    if slot is None:
        raise KeyringDoesNotOpen(_("This workspace is not set to open by the keyring."))
    secret = _from_keyring(head, keyring)
    try:
        return keys.unwrap(slot, keys.derive_random(slot.kdf, secret), workspace=head.workspace)
    except keys.WrongKey:
        raise KeyringDoesNotOpen(
            _("What the keyring of this computer holds for this workspace does not open it.")
        ) from None


def _from_keyring(head: Header, keyring: Keyring) -> bytes:
    reply = keyring.get(head.workspace)
    if reply.secret is None:
        raise KeyringDoesNotOpen(reply.sentence)
    return reply.secret


def passphrase_slot(data_key: bytes, secret: bytes, workspace: str, epoch: int, cost: Cost, floor: Cost) -> Slot:
    """A new slot that opens with the passphrase."""
    from wizard.vault import keys

    kdf = keys.stretched(cost)
    key = keys.derive(kdf, secret, floor=floor)
    return keys.wrap(data_key, key, workspace=workspace, epoch=epoch, kind=SlotKind.PASSPHRASE, kdf=kdf)


def random_slot(data_key: bytes, secret: bytes, workspace: str, epoch: int, kind: SlotKind) -> Slot:
    """A new slot that opens with a random secret: the recovery key's bits, or what the keyring holds."""
    from wizard.vault import keys

    kdf = keys.unstretched()
    return keys.wrap(data_key, keys.derive_random(kdf, secret), workspace=workspace, epoch=epoch, kind=kind, kdf=kdf)
