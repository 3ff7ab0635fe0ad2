"""Changes what opens a workspace: passphrase, recovery key, keyring, and the data key itself."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from wizard.domain.language import _
from wizard.vault import files, header, keys, recovery_key
from wizard.vault.header import Header, Slot, SlotKind
from wizard.vault.keyring import Keyring
from wizard.vault.keys import Cost
from wizard.vault.mistakes import KeyringDoesNotOpen, NotSaved
from wizard.vault.unlocking import Unlock, WithPassphrase, WithRecoveryKey, passphrase_slot, random_slot, unlock


class KeyFile:
    """The key file of one open workspace, and the data keys by epoch: the present one, and the next while it changes.

    Every change is durable when its method returns, or did not happen; `changed` is told after each.
    """

    def __init__(
        self,
        folder: Path,
        head: Header,
        data_keys: Mapping[int, bytes],
        *,
        keyring: Keyring,
        floor: Cost,
        changed: Callable[[], None],
    ) -> None:
        self._folder = folder
        self._changed = changed
        self._writing = threading.RLock()
        self._floor = floor
        self.keyring = keyring
        self.header = head
        self.data_keys = dict(data_keys)

    def __repr__(self) -> str:
        return f"KeyFile({self.header.workspace})"

    @property
    def data_key(self) -> bytes:
        """The present data key."""
        return self.data_keys[self.header.epoch]

    @property
    def uses_keyring(self) -> bool:
        """True when a keyring opens it, alone or together with the passphrase."""
        return self._has(SlotKind.KEYRING) or self._has(SlotKind.BOTH)

    @property
    def strict(self) -> bool:
        """True when the passphrase opens it only together with the keyring of this computer."""
        return self._has(SlotKind.BOTH)

    def remember(self) -> str:
        """Let the keyring alone open it: "" when it will, else the sentence why not. Raises NotSaved."""
        if self.strict:
            return _("This workspace asks for passphrase and keyring together, so the keyring alone cannot open it.")
        secret, why = self._new_keyring_secret()
        if secret:
            slot = random_slot(self.data_key, secret, self.header.workspace, self.header.epoch, SlotKind.KEYRING)
            self._change(lambda head: head.with_slot(slot))
        return why

    def forget(self) -> None:
        """Ask for the passphrase again from now on. Raises NotSaved."""
        self._change(lambda head: head.without(SlotKind.KEYRING, head.epoch))
        if not self.strict:
            self.keyring.forget(self.header.workspace)

    def change_passphrase(self, new: str, proof: WithPassphrase | WithRecoveryKey) -> None:
        """Set another passphrase. Where the keyring no longer answers, a strict workspace becomes an ordinary one.

        Raises WrongPassphrase, WrongRecoveryKey, MistypedRecoveryKey, UnusablePassphrase, NotSaved.
        """
        secret = keys.new_passphrase_bytes(new)
        self.prove(proof)
        half = self.keyring.get(self.header.workspace).secret if self.strict else None
        self._set_passphrase(secret, half)

    def set_strict(self, strict: bool, passphrase: WithPassphrase) -> None:
        """Ask for passphrase and keyring together from now on, or for the passphrase alone again.

        The recovery key opens it either way. Raises WrongPassphrase, UnusablePassphrase, KeyringDoesNotOpen, NotSaved.
        """
        self.prove(passphrase)
        half = None
        if strict:
            half, why = self._new_keyring_secret()
            if half is None:
                raise KeyringDoesNotOpen(why)
        self._set_passphrase(keys.passphrase_bytes(passphrase.text), half)
        if not strict and not self.uses_keyring:
            self.keyring.forget(self.header.workspace)

    def new_recovery_key(self, proof: WithPassphrase | WithRecoveryKey) -> str:
        """Make a new recovery key and return its text; the old sheet opens only copies from before."""
        self.prove(proof)
        key = recovery_key.make()
        slot = random_slot(self.data_key, key, self.header.workspace, self.header.epoch, SlotKind.RECOVERY)
        self._change(lambda head: head.with_slot(slot))
        return recovery_key.to_text(key)

    # --- another data key -----------------------------------------------------------------------------------------

    def begin_new_data_key(self, passphrase: WithPassphrase, recovery: str) -> None:
        """First half: a next data key beside the present one, each reachable from the other.

        Whatever opens the workspace now or opens it afterwards opens it in between too. `recovery` is the text of a
        recovery key that the person has already, so that no crash can lose it. Raises as `change_passphrase` does.
        """
        self.prove(passphrase)
        data_key, epoch, workspace = keys.new_data_key(), self.header.epoch + 1, self.header.workspace
        secret = keys.passphrase_bytes(passphrase.text)
        half = self.keyring.get(workspace).secret if self.uses_keyring else None
        slots = [random_slot(data_key, recovery_key.from_text(recovery), workspace, epoch, SlotKind.RECOVERY)]
        slots.append(self._passphrase_slot(data_key, epoch, secret, half if self.strict else None))
        if half is not None and self._has(SlotKind.KEYRING):
            slots.append(random_slot(data_key, half, workspace, epoch, SlotKind.KEYRING))
        slots.append(
            random_slot(data_key, keys.sub_key(self.data_key, workspace, "next"), workspace, epoch, SlotKind.NEXT)
        )
        slots.append(
            random_slot(
                self.data_key, keys.sub_key(data_key, workspace, "previous"), workspace, epoch - 1, SlotKind.PREVIOUS
            )
        )
        self._change(lambda head: replace(head, slots=(*head.slots, *slots)))
        self.data_keys[epoch] = data_key

    def finish_new_data_key(self) -> None:
        """Second half, when nothing is sealed under the old data key any more: drop whatever opens that."""
        epoch = self.header.epoch + 1
        kept = tuple(slot for slot in self.header.slots if slot.epoch == epoch and slot.kind is not SlotKind.NEXT)
        self._change(lambda head: replace(head, epoch=epoch, made=kept[0].made, slots=kept))
        self.data_keys = {epoch: self.data_keys[epoch]}

    # --- helpers --------------------------------------------------------------------------------------------------

    def _has(self, kind: SlotKind) -> bool:
        return self.header.slot(kind) is not None

    def prove(self, proof: Unlock) -> None:
        """Does this open the workspace? Changes nothing. Raises as `unlocking.unlock` does."""
        unlock(self.header, proof, self.keyring, self._floor)

    def _new_keyring_secret(self) -> tuple[bytes | None, str]:
        """A fresh secret that the keyring holds, or None and the sentence why it does not."""
        secret = keys.new_data_key()
        reply = self.keyring.probe()
        if reply.works:
            reply = self.keyring.put(self.header.workspace, secret)
        return (secret, "") if reply.works else (None, reply.sentence)

    def _set_passphrase(self, secret: bytes, half: bytes | None) -> None:
        slot = self._passphrase_slot(self.data_key, self.header.epoch, secret, half)

        def change(head: Header) -> Header:
            for kind in (SlotKind.PASSPHRASE, SlotKind.BOTH):
                head = head.without(kind, head.epoch)
            if half is not None:  # the keyring alone opens it no longer, and its item was replaced
                head = head.without(SlotKind.KEYRING, head.epoch)
            return head.with_slot(slot)

        self._change(change)

    def _passphrase_slot(self, data_key: bytes, epoch: int, secret: bytes, half: bytes | None) -> Slot:
        cost = self._floor if self._floor != keys.FLOOR else keys.calibrate()
        return passphrase_slot(data_key, secret, self.header.workspace, epoch, cost, self._floor, half)

    def _change(self, change: Callable[[Header], Header]) -> None:
        """Write a changed key file, durable when this returns. Raises NotSaved; then the old one still stands."""
        with self._writing:
            changed = change(replace(self.header, revision=self.header.revision + 1))
            changed = keys.seal_header(changed, self.data_keys[changed.epoch])
            try:
                header.write(self._folder, changed)
            except OSError as error:
                raise NotSaved(files.reason(error)) from None
            self.header = changed
            self._changed()
