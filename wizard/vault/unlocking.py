"""What a person can open a workspace with, and how each of them leads to the data key."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

from wizard.domain.language import _
from wizard.domain.mistakes import Mistake
from wizard.vault import recovery_key
from wizard.vault.header import Header, Slot, SlotKind
from wizard.vault.keyring import Keyring
from wizard.vault.mistakes import (
    AlteredKeyFile,
    DamagedKeyFile,
    KeyringDoesNotOpen,
    MistypedRecoveryKey,
    WrongPassphrase,
    WrongRecoveryKey,
)

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


def proof_of(text: str) -> WithPassphrase | WithRecoveryKey:
    """What a person typed to show who asks: a recovery key is told by its length and check sum, else a passphrase."""
    try:
        recovery_key.from_text(text)
    except MistypedRecoveryKey:
        return WithPassphrase(text)
    return WithRecoveryKey(text)


def unlock(head: Header, what: Unlock, keyring: Keyring, floor: Cost) -> dict[int, bytes]:
    """The data keys by epoch: the present one, and the next one while it changes.

    Raises WrongPassphrase, UnusablePassphrase, MistypedRecoveryKey, WrongRecoveryKey, KeyringDoesNotOpen,
    WeakenedKeyFile, AlteredKeyFile, DamagedKeyFile.
    """
    from wizard.vault import keys

    wrong: Mistake
    match what:
        case WithPassphrase(text):
            secret, wrong = keys.passphrase_bytes(text), WrongPassphrase()
        case WithRecoveryKey(text):
            secret, wrong = recovery_key.from_text(text), WrongRecoveryKey()
        case WithKeyring():
            if head.slot(SlotKind.KEYRING) is None:
                raise KeyringDoesNotOpen(_("This workspace is not set to open by the keyring."))
            secret, wrong = (
                _from_keyring(head, keyring, together=False),
                KeyringDoesNotOpen(_("What the keyring of this computer holds for this workspace does not open it.")),
            )
        case _:
            assert_never(what)
    tried = False
    for epoch in head.epochs:
        for slot, key in _slot_key(head, what, secret, epoch, keyring, floor):
            tried = True
            with contextlib.suppress(keys.WrongKey):
                return _both_ways(head, epoch, keys.unwrap(slot, key, workspace=head.workspace))
    raise wrong if tried else DamagedKeyFile()


def _slot_key(
    head: Header, what: Unlock, secret: bytes, epoch: int, keyring: Keyring, floor: Cost
) -> Iterator[tuple[Slot, bytes]]:
    """The slot that this secret may open, with the key it gives; nothing when there is no such slot."""
    from wizard.vault import keys

    kind = {WithPassphrase: SlotKind.PASSPHRASE, WithRecoveryKey: SlotKind.RECOVERY, WithKeyring: SlotKind.KEYRING}[
        type(what)
    ]
    slot, both = head.slot(kind, epoch), head.slot(SlotKind.BOTH, epoch)
    if slot is not None:
        stretch = kind is SlotKind.PASSPHRASE
        yield slot, keys.derive(slot.kdf, secret, floor=floor) if stretch else keys.derive_random(slot.kdf, secret)
    elif both is not None and kind is SlotKind.PASSPHRASE:
        yield both, keys.join(both.kdf, secret, _from_keyring(head, keyring, together=True), floor=floor)


def _both_ways(head: Header, epoch: int, data_key: bytes) -> dict[int, bytes]:
    """While the data key changes, each of the two leads to the other."""
    from wizard.vault import keys

    found = {epoch: data_key}
    if len(head.epochs) == 2:
        forward = epoch == head.epoch
        other = head.slot(SlotKind.NEXT, epoch + 1) if forward else head.slot(SlotKind.PREVIOUS, epoch - 1)
        if other is None:
            raise DamagedKeyFile
        key = keys.sub_key(data_key, head.workspace, "next" if forward else "previous")
        try:
            found[other.epoch] = keys.unwrap(other, keys.derive_random(other.kdf, key), workspace=head.workspace)
        except keys.WrongKey:
            raise AlteredKeyFile from None
    return found


def _from_keyring(head: Header, keyring: Keyring, *, together: bool) -> bytes:
    reply = keyring.get(head.workspace)
    if reply.secret is None:
        raise KeyringDoesNotOpen(reply.sentence, together=together)
    return reply.secret


def passphrase_slot(
    data_key: bytes, secret: bytes, workspace: str, epoch: int, cost: Cost, floor: Cost, half: bytes | None = None
) -> Slot:
    """A new slot that opens with the passphrase, or with it and the keyring's `half` together."""
    from wizard.vault import keys

    kdf = keys.stretched(cost)
    key = keys.derive(kdf, secret, floor=floor) if half is None else keys.join(kdf, secret, half, floor=floor)
    kind = SlotKind.PASSPHRASE if half is None else SlotKind.BOTH
    return keys.wrap(data_key, key, workspace=workspace, epoch=epoch, kind=kind, kdf=kdf)


def random_slot(data_key: bytes, secret: bytes, workspace: str, epoch: int, kind: SlotKind) -> Slot:
    """A new slot that opens with a random secret: the recovery key's bits, or what the keyring holds."""
    from wizard.vault import keys

    kdf = keys.unstretched()
    return keys.wrap(data_key, keys.derive_random(kdf, secret), workspace=workspace, epoch=epoch, kind=kind, kdf=kdf)
