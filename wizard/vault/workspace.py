"""A workspace: one folder that holds an assessment and its evidence, sealed, and opens with what the person knows."""

from __future__ import annotations

import contextlib
import os
import secrets
import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from wizard.domain.language import _
from wizard.vault import files, header, recovery_key
from wizard.vault.header import Header, SlotKind
from wizard.vault.keyring import Keyring
from wizard.vault.mistakes import NotSaved, ReadOnly
from wizard.vault.unlocking import (
    Unlock,
    WithPassphrase,
    WithRecoveryKey,
    passphrase_slot,
    random_slot,
)
from wizard.vault.unlocking import unlock as unlock_

# The database, the sealing and the cryptography are imported when a workspace is made or opened: the first window
# paints without them.
if TYPE_CHECKING:
    from collections.abc import Callable

    from filelock import BaseFileLock

    from wizard.vault.clock import Clock
    from wizard.vault.database import Database
    from wizard.vault.evidence_box import EvidenceBox
    from wizard.vault.heads import Head, Heads
    from wizard.vault.journal import Journal
    from wizard.vault.keys import Cost
    from wizard.vault.secrets import Secrets
    from wizard.vault.verification import Verification

_LOCK = "writer.lock"
_JOURNAL = "journal.db"
_SNAPSHOT = "snapshot.sealed"
#: A snapshot larger than this is not kept: reading it would take longer than folding.
_LARGEST_SNAPSHOT = 256 * 1024 * 1024


def keyring_opens(folder: Path, keyring: Keyring | None = None) -> bool:
    """Does this workspace open by the keyring, and is a keyring there? Never raises, never asks the person."""
    try:
        slot = header.read(header.folder_of(folder)).slot(SlotKind.KEYRING)
    except Exception:
        return False
    return slot is not None and (keyring or Keyring()).available().works


class Workspace:
    """An open workspace. Made by `create` and `open`; `close` it, or use it in a `with` block.

    `read_only_because` is the sentence that says why nothing can be written, "" when it can. `keyring_said` is the
    keyring's sentence when it was to remember this workspace and did not, else "".
    """

    folder: Path
    id: str
    author: str
    author_public: str
    journal: Journal
    box: EvidenceBox
    secrets: Secrets

    def __init__(
        self,
        folder: Path,
        head: Header,
        data_key: bytes,
        *,
        read_only_because: str,
        lock: BaseFileLock | None,
        home: Path | None,
        keyring: Keyring,
        clock: Clock | None,
        floor: Cost,
    ) -> None:
        from wizard.vault import building, database, evidence_box, heads, journal, keys, migrations
        from wizard.vault import secrets as second_layer

        self.folder = folder
        self.id = head.workspace
        self.keyring_said = ""
        self._header = head
        self._data_key = data_key
        self._floor = floor
        self._keyring = keyring
        self._lock = lock
        self._writing_keys = threading.Lock()
        self._database: Database = database.Database(
            folder / database.NAME,
            keys.sub_key(data_key, self.id, "database"),
            read_only=bool(read_only_because),
        )
        try:
            migrations.check(self._database)
            if not read_only_because:
                migrations.bring_up(self._database)
            self.secrets = second_layer.Secrets(
                self._database, self.id, {head.epoch: data_key}, read_only=read_only_because
            )
            author, box_keys = building.own_keys(self.secrets)
            self.author, self.author_public = author.id, author.public.hex()
            self._heads: Heads = heads.Heads(
                home or heads.home_folder(),
                self.id,
                keys.sub_key(data_key, self.id, "heads"),
                keyring if head.slot(SlotKind.KEYRING) else None,
            )
            self._memories = self._heads.memories()
            self.journal = journal.Journal(
                self._database, self.id, author, read_only=read_only_because, clock=clock, moved=self._moved
            )
            self._doubts = self._compare()
            self._older = bool(self._doubts) and not read_only_because
            if self._older:
                self.journal.read_only = self.secrets.read_only = self._doubts[0]
            elif not read_only_because:
                self._remember()
            self.box = evidence_box.EvidenceBox(
                folder / evidence_box.FOLDER, box_keys, read_only=self.journal.read_only
            )
            if not self.read_only:
                self.box.sweep()
        except BaseException:
            self._database.close()
            raise

    @property
    def read_only(self) -> bool:
        """True when nothing can be written."""
        return bool(self.journal.read_only)

    @property
    def read_only_because(self) -> str:
        """The sentence that says why nothing can be written, "" when it can."""
        return self.journal.read_only

    # --- making and opening -------------------------------------------------------------------------------------

    @classmethod
    def create(
        cls,
        folder: Path,
        *,
        passphrase: str,
        remember: bool,
        home: Path | None = None,
        keyring: Keyring | None = None,
        clock: Clock | None = None,
        floor: Cost | None = None,
    ) -> tuple[Workspace, str]:
        """Make a new workspace in a folder that does not exist yet or is empty, and open it.

        Returns it with the text of its recovery key, which is shown once. `remember` asks the keyring to open it
        without the passphrase. `home` is the data folder for head copies; `floor` lets tests be quick. Raises
        AlreadyThere, CannotCreate, UnusablePassphrase, UnsafeEngine, NoEncryption.
        """
        from wizard.vault import building, keys

        keyring = keyring or Keyring()
        cost = floor or keys.calibrate()
        secret, recovery = keys.new_passphrase_bytes(passphrase), recovery_key.make()
        data_key, workspace = keys.new_data_key(), secrets.token_hex(16)
        slots = [
            passphrase_slot(data_key, secret, workspace, 1, cost, floor or keys.FLOOR),
            random_slot(data_key, recovery, workspace, 1, SlotKind.RECOVERY),
        ]
        head = keys.seal_header(Header(workspace, epoch=1, revision=1, slots=tuple(slots)), data_key)
        building.build(folder, head, data_key)
        made = cls._attach(
            folder, head, data_key, read_only=False, home=home, keyring=keyring, clock=clock, floor=floor
        )
        made._memories = made._heads.memories()
        if remember:
            made.remember()
        return made, recovery_key.to_text(recovery)

    @classmethod
    def open(
        cls,
        folder: Path,
        unlock: Unlock,
        *,
        read_only: bool = False,
        home: Path | None = None,
        keyring: Keyring | None = None,
        clock: Clock | None = None,
        floor: Cost | None = None,
    ) -> Workspace:
        """Open a workspace by its folder or the open.attestry file in it; it is never made here.

        Raises NotAWorkspace, DamagedKeyFile, WeakenedKeyFile, AlteredKeyFile, NewerWorkspace, WrongPassphrase,
        UnusablePassphrase, MistypedRecoveryKey, WrongRecoveryKey, KeyringDoesNotOpen, MissingJournal, DamagedJournal,
        UnsafeEngine, NoEncryption, NotRead.
        """
        from wizard.vault import keys

        folder = header.folder_of(folder)
        keyring = keyring or Keyring()
        head = header.read(folder)
        data_key = unlock_(head, unlock, keyring, floor or keys.FLOOR)
        keys.check_header(head, data_key)
        return cls._attach(
            folder, head, data_key, read_only=read_only, home=home, keyring=keyring, clock=clock, floor=floor
        )

    @classmethod
    def _attach(
        cls,
        folder: Path,
        head: Header,
        data_key: bytes,
        *,
        read_only: bool,
        home: Path | None,
        keyring: Keyring,
        clock: Clock | None,
        floor: Cost | None,
    ) -> Workspace:
        from wizard.vault import keys

        because, lock = (_("It was opened only to read."), None) if read_only else _claim(folder)
        try:
            return cls(
                folder,
                head,
                data_key,
                read_only_because=because,
                lock=lock,
                home=home,
                keyring=keyring,
                clock=clock,
                floor=floor or keys.FLOOR,
            )
        except BaseException:
            if lock is not None:
                lock.release()
            raise

    def close(self) -> None:
        """Let go of the files and the keys; calling it twice is fine."""
        if not self.read_only and self._data_key:
            self._heads.remember_in_keyring(self._head())
        self._database.close()
        self._data_key = b""
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def __enter__(self) -> Workspace:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    # --- what it remembers ---------------------------------------------------------------------------------------

    def verify(self, progress: Callable[[int, int], None] | None = None) -> Verification:
        """Check the whole journal, and what is remembered of it outside. `progress` hears (done, of how many)."""
        from wizard.vault import verification

        found = verification.verify(self._database, self.id, self._memories, self._header.revision, progress)
        notes = [self._heads.trouble] if self._heads.trouble else []
        if not self._memories:
            notes.append(_("This computer had not seen this workspace before, so an older copy would not be noticed."))
        return verification.with_notes(found, tuple(notes))

    def accept_as_it_is(self) -> None:
        """The person says that this older or other copy is the one to go on with: remember it, and allow writing."""
        if self._older:
            self._older, self._memories, self._doubts = False, (), ()
            self.journal.read_only = self.box.read_only = self.secrets.read_only = ""
            self._remember()

    def snapshot_get(self, head: str) -> bytes | None:
        """What `snapshot_put` kept for exactly this head of the journal; None when there is none or it is damaged."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        try:
            raw = (self.folder / _SNAPSHOT).read_bytes()
            return AESGCM(self._snapshot_key()).decrypt(raw[:12], raw[12:], head.encode("ascii"))
        except (OSError, ValueError, InvalidTag):
            return None

    def snapshot_put(self, head: str, data: bytes) -> None:
        """Keep something derived from the journal up to `head`, sealed, in the place of the one before.

        It may be lost at any time: when the disk does not take it, nothing is said, because nothing is lost.
        """
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        if self.read_only or len(data) > _LARGEST_SNAPSHOT:
            return
        nonce = secrets.token_bytes(12)
        sealed = nonce + AESGCM(self._snapshot_key()).encrypt(nonce, data, head.encode("ascii"))
        with contextlib.suppress(OSError):
            files.replace_file(self.folder / _SNAPSHOT, sealed)

    def _snapshot_key(self) -> bytes:
        from wizard.vault import keys

        return keys.sub_key(self._data_key, self.id, "snapshot")

    def _head(self) -> Head:
        from wizard.vault.heads import Head

        return Head(self.journal.count, self.journal.head, self._header.revision)

    def _moved(self, count: int, head: str) -> None:
        self._heads.remember(self._head())

    def _remember(self) -> None:
        self._heads.remember(self._head())
        self._heads.remember_in_keyring(self._head())

    def _compare(self) -> tuple[str, ...]:
        """What the remembered heads say against this journal, at a glance; `verify` looks at everything."""
        from wizard.vault.verification import compare

        counts = [memory.head.count for memory in self._memories if memory.head is not None]
        at = {count: self.journal.hash_at(count) for count in counts}
        return compare(self._memories, self.journal.count, at, self._header.revision)

    # --- what opens it -------------------------------------------------------------------------------------------

    @property
    def remembered(self) -> bool:
        """True when the keyring of a computer opens it without the passphrase."""
        return self._header.slot(SlotKind.KEYRING) is not None

    def remember(self) -> bool:
        """Let this computer's keyring open the workspace; False when it cannot, and `keyring_said` says why."""
        from wizard.vault import keys

        self._writable()
        reply = self._keyring.probe()
        if reply.works:
            secret = keys.new_data_key()
            reply = self._keyring.put(self.id, secret)
            if reply.works:
                slot = random_slot(self._data_key, secret, self.id, self._header.epoch, SlotKind.KEYRING)
                self._heads.keyring = self._keyring
                self._change(lambda head: head.with_slot(slot))
        self.keyring_said = "" if reply.works else reply.sentence
        return reply.works

    def forget(self) -> None:
        """Ask for the passphrase again from now on. Raises ReadOnly, NotSaved."""
        self._writable()
        self._change(lambda head: head.without(SlotKind.KEYRING, head.epoch))
        self._keyring.forget(self.id)
        self._heads.forget_keyring()
        self._heads.keyring = None

    def change_passphrase(self, new: str, proof: WithPassphrase | WithRecoveryKey) -> None:
        """Set another passphrase; the old one opens nothing from now on.

        `proof` shows that it is the person who asks, and not a passer-by at an unlocked computer. Raises
        WrongPassphrase, WrongRecoveryKey, MistypedRecoveryKey, UnusablePassphrase, ReadOnly, NotSaved.
        """
        from wizard.vault import keys

        self._writable()
        secret = keys.new_passphrase_bytes(new)
        self._prove(proof)
        cost = self._floor if self._floor != keys.FLOOR else keys.calibrate()
        slot = passphrase_slot(self._data_key, secret, self.id, self._header.epoch, cost, self._floor)
        self._change(lambda head: head.with_slot(slot))

    def new_recovery_key(self, proof: WithPassphrase | WithRecoveryKey) -> str:
        """Make a new recovery key and return its text, which is shown once; the old sheet opens nothing from now on.

        Raises as `change_passphrase` does.
        """
        self._writable()
        self._prove(proof)
        key = recovery_key.make()
        slot = random_slot(self._data_key, key, self.id, self._header.epoch, SlotKind.RECOVERY)
        self._change(lambda head: head.with_slot(slot))
        return recovery_key.to_text(key)

    def _prove(self, proof: WithPassphrase | WithRecoveryKey) -> None:
        unlock_(self._header, proof, self._keyring, self._floor)

    def _writable(self) -> None:
        if self.read_only:
            raise ReadOnly(self.read_only_because)

    def _change(self, change: Callable[[Header], Header]) -> None:
        """Write a changed key file, durable when this returns. Raises NotSaved; then the old one still stands."""
        from wizard.vault import keys

        with self._writing_keys:
            changed = change(replace(self._header, revision=self._header.revision + 1))
            changed = keys.seal_header(changed, self._data_key)
            try:
                header.write(self.folder, changed)
            except OSError as error:
                raise NotSaved(files.reason(error)) from None
            self._header = changed
            self._remember()


def _claim(folder: Path) -> tuple[str, BaseFileLock | None]:
    """Become the one writer: "" and the lock, or the sentence why this opening only reads."""
    from filelock import FileLock, Timeout

    lock = FileLock(folder / _LOCK, timeout=0, thread_local=False, mode=0o600)
    try:
        lock.acquire()
        if not os.access(folder, os.W_OK) or not os.access(folder / _JOURNAL, os.W_OK):
            lock.release()
            raise PermissionError
    except Timeout:
        because = _("It is open in another window of Attestry, which can write. Close that one to write here.")
        return because, None
    except OSError:
        because = _("Its folder is write-protected. Make it writable, or copy the workspace elsewhere, to write.")
        return because, None
    return "", lock
