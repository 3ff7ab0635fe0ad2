"""A workspace: one folder that holds an assessment and its evidence, sealed, and opens with what the person knows."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from wizard.domain.language import _
from wizard.vault import files, header, recovery_key
from wizard.vault import lock as lock_
from wizard.vault.header import Header, SlotKind
from wizard.vault.keyring import Keyring
from wizard.vault.mistakes import DamagedJournal, MissingJournal, NotRead, ReadOnly
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
    from collections.abc import Callable, Mapping

    from filelock import BaseFileLock

    from wizard.vault.backups import Backup
    from wizard.vault.clock import Clock
    from wizard.vault.evidence_box import EvidenceBox
    from wizard.vault.heads import Head, Heads
    from wizard.vault.journal import Journal
    from wizard.vault.keys import Cost
    from wizard.vault.secrets import Secrets
    from wizard.vault.verification import Verification


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
    shared: str
    author_public: str
    journal: Journal
    box: EvidenceBox
    secrets: Secrets

    def __init__(
        self,
        folder: Path,
        head: Header,
        data_keys: Mapping[int, bytes],
        *,
        read_only_because: str,
        lock: BaseFileLock | None,
        home: Path | None,
        keyring: Keyring,
        clock: Clock | None,
        floor: Cost,
    ) -> None:
        from wizard.vault import building, database, evidence_box, foreign, heads, journal, key_file, keys, migrations
        from wizard.vault import secrets as second_layer

        self.folder = folder
        self.id = head.workspace
        self.keyring_said = ""
        self._lock = lock
        self._open = True
        self._key_file = key_file.KeyFile(
            folder, head, data_keys, keyring=keyring, floor=floor, changed=self._key_file_changed
        )
        # under the next data key already, when a change of data key was interrupted after that
        self._database, self._under = database.open_under(
            folder / database.NAME, keys.database_keys(head, data_keys), read_only=bool(read_only_because)
        )
        try:
            self._home = home or heads.home_folder()
            if migrations.check(self._database) < len(migrations.STEPS) and not read_only_because:
                self._back_up()
                migrations.bring_up(self._database)
            self.secrets = second_layer.Secrets(self._database, self.id, data_keys, read_only=read_only_because)
            own = building.own_keys(self.secrets)
            #: the id that its entries bear: its own, or that of the workspace that it is a part of
            self.shared = foreign.shared_id(self.secrets) or self.id
            self.author, self.author_public = own.author.id, own.author.public.hex()
            self._heads: Heads = heads.Heads(
                self._home, self.id, own.heads, keyring if self._key_file.uses_keyring else None
            )
            self._memories = self._heads.memories()
            self.journal = journal.Journal(
                self._database, self.shared, own.author, read_only=read_only_because, clock=clock, moved=self._moved
            )
            doubts = self._compare()
            self._doubted = bool(doubts) and not read_only_because
            if self._doubted:
                self.journal.read_only = self.secrets.read_only = doubts[0]
            self.box = evidence_box.EvidenceBox(folder / evidence_box.FOLDER, own.box, read_only=self.journal.read_only)
            if not self.read_only:
                self._begin_writing()
        except BaseException:
            self._database.close()
            raise

    def _begin_writing(self) -> None:
        """What only the one writer does first: finish a change of data key, sweep leftovers, remember the head."""
        if len(self._key_file.header.epochs) == 2:
            self._finish_new_data_key()
        files.sweep(self.folder)
        files.sweep(self.box.folder)
        self._remember()

    @property
    def home(self) -> Path:
        """The data folder of the person's home."""
        return self._home

    @property
    def read_only(self) -> bool:
        """True when nothing can be written."""
        return bool(self.journal.read_only)

    @property
    def read_only_because(self) -> str:
        """The sentence that says why nothing can be written, "" when it can."""
        return self.journal.read_only

    @property
    def doubts(self) -> str:
        """The sentence that says why this may be an older or another copy, "" once that is accepted or was not so."""
        return self.journal.read_only if self._doubted else ""

    @property
    def known_entries(self) -> int:
        """How many entries this computer knew of when the workspace was opened, 0 when of none."""
        return max((memory.head.count for memory in self._memories if memory.head is not None), default=0)

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
        now = datetime.now(UTC).replace(microsecond=0)
        head = keys.seal_header(Header(workspace, epoch=1, revision=1, made=now, slots=tuple(slots)), data_key)
        building.build(folder, head, data_key)
        made = cls._attach(
            folder, head, {1: data_key}, read_only=False, home=home, keyring=keyring, clock=clock, floor=floor
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
        data_keys = unlock_(head, unlock, keyring, floor or keys.FLOOR)
        keys.check_header(head, data_keys[head.epoch])
        return cls._attach(
            folder, head, data_keys, read_only=read_only, home=home, keyring=keyring, clock=clock, floor=floor
        )

    @classmethod
    def _attach(
        cls,
        folder: Path,
        head: Header,
        data_keys: Mapping[int, bytes],
        *,
        read_only: bool,
        home: Path | None,
        keyring: Keyring,
        clock: Clock | None,
        floor: Cost | None,
    ) -> Workspace:
        from wizard.vault import keys

        if read_only:
            _settle_side_file(folder, head, data_keys)
        because, lock = (_("It was opened only to read."), None) if read_only else lock_.claim(folder)
        try:
            return cls(
                folder,
                head,
                data_keys,
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
        if self._open and not self.read_only:
            self._heads.remember_in_keyring(self._head())
        self._open = False
        self._database.close()
        self._key_file.data_keys.clear()
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def __enter__(self) -> Workspace:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    # --- what it remembers ---------------------------------------------------------------------------------------

    def verify(self, progress: Callable[[int, int], None] | None = None, *, every: bool = True) -> Verification:
        """Check the whole journal, and what is remembered of it outside. `progress` hears (done, of how many).

        Without `every`, only the newest signature of each author is computed: see `verification.verify`.
        """
        from wizard.vault import verification

        found = verification.verify(
            self._database, self.shared, self._memories, self._key_file.header.revision, progress, every=every
        )
        notes = [self._heads.trouble] if self._heads.trouble else []
        if not self._memories:
            notes.append(_("This computer had not seen this workspace before, so an older copy would not be noticed."))
        return verification.with_notes(found, tuple(notes))

    def accept_as_it_is(self) -> None:
        """The person says that this older or other copy is the one to go on with: remember it, and allow writing."""
        if self._doubted:
            self._doubted = False
            self.journal.read_only = self.box.read_only = self.secrets.read_only = ""
            self._begin_writing()
            self._memories = self._heads.memories()

    def back_up(self) -> bool:
        """Copy journal and key file to the data folder, and read the copy back; False when nothing is new.

        Thins out older backups; evidence is not copied. Raises ReadOnly, NotSaved.
        """
        self._writable()
        return self._back_up()

    def newest_backup(self) -> tuple[Backup, Verification] | None:
        """The newest backup that this computer has, opened and checked entry by entry; None when there is none.

        A backup from before a change of data key opens by its own key file only, and counts as not whole here.
        """
        from wizard.vault import backups, database, keys, verification

        kept = backups.found(self._home, self.id)
        if not kept:
            return None
        raw = keys.database_keys(self._key_file.header, self._key_file.data_keys)
        try:
            copy, _under = database.open_under(kept[0].folder / database.NAME, raw, read_only=True)
        except (DamagedJournal, MissingJournal, NotRead) as mistake:
            return kept[0], verification.Verification(False, 0, "", (mistake.sentence,))
        revision = self._key_file.header.revision
        try:
            return kept[0], verification.verify(copy, self.shared, (), revision)
        finally:
            copy.close()

    def _back_up(self) -> bool:
        from wizard.vault import backups, keys

        key = keys.sub_key(self._key_file.data_keys[self._under], self.id, "database")
        return backups.make(self._home, self.folder, self._key_file.header, self._database, key) is not None

    def _head(self) -> Head:
        from wizard.vault.heads import Head

        return Head(self.journal.count, self.journal.head, self._key_file.header.revision)

    def _moved(self, count: int, head: str) -> None:
        self._heads.moved_on(self._head())

    def _remember(self) -> None:
        self._heads.remember(self._head())
        self._heads.remember_in_keyring(self._head())

    def _compare(self) -> tuple[str, ...]:
        """What the remembered heads say against this journal, at a glance; `verify` looks at everything."""
        from wizard.vault.verification import compare

        counts = [memory.head.count for memory in self._memories if memory.head is not None]
        at = {count: self.journal.hash_at(count) for count in counts}
        return compare(self._memories, self.journal.count, at, self._key_file.header.revision)

    # --- what opens it -------------------------------------------------------------------------------------------

    @property
    def remembered(self) -> bool:
        """True when the keyring of a computer opens it without the passphrase."""
        return self.since(SlotKind.KEYRING) is not None

    @property
    def strict(self) -> bool:
        """True when it asks for the passphrase and the keyring of this computer together."""
        return self._key_file.strict

    def since(self, kind: SlotKind) -> datetime | None:
        """When the present passphrase, recovery key or keyring slot was made (claimed time); None without one."""
        slot = self._key_file.header.slot(kind)
        return slot.made if slot else None

    @property
    def recovery_slot(self) -> str:
        """The id of the slot that the present recovery key opens, another one for each key; "" without one."""
        slot = self._key_file.header.slot(SlotKind.RECOVERY)
        return slot.id if slot else ""

    @property
    def data_key_since(self) -> datetime:
        """When the present data key was made (claimed time)."""
        return self._key_file.header.made

    def remember(self) -> bool:
        """Let this computer's keyring open the workspace; False when it cannot, and `keyring_said` says why.

        Raises ReadOnly, NotSaved.
        """
        self._writable()
        self.keyring_said = self._key_file.remember()
        return not self.keyring_said

    def forget(self) -> None:
        """Ask for the passphrase again from now on. Raises ReadOnly, NotSaved."""
        self._writable()
        self._heads.forget_keyring()
        self._key_file.forget()

    def prove(self, proof: WithPassphrase | WithRecoveryKey) -> None:
        """Does this open the workspace? Changes nothing. Raises as `open` does for a secret that does not."""
        self._key_file.prove(proof)

    def change_passphrase(self, new: str, proof: WithPassphrase | WithRecoveryKey) -> None:
        """Set another passphrase; the old one opens only copies of the key file from before, backups among them.

        `proof` shows that it is the person who asks, and not a passer-by at an unlocked computer. Raises
        WrongPassphrase, WrongRecoveryKey, MistypedRecoveryKey, UnusablePassphrase, ReadOnly, NotSaved.
        """
        self._writable()
        self._key_file.change_passphrase(new, proof)

    def new_recovery_key(self, proof: WithPassphrase | WithRecoveryKey) -> str:
        """Make a new recovery key and return its text, shown once; the old sheet opens only copies from before.

        Raises as `change_passphrase` does.
        """
        self._writable()
        return self._key_file.new_recovery_key(proof)

    def set_strict(self, strict: bool, passphrase: WithPassphrase) -> None:
        """Ask for passphrase and keyring together from now on, or for the passphrase alone again.

        Raises WrongPassphrase, KeyringDoesNotOpen, ReadOnly, NotSaved.
        """
        self._writable()
        self._key_file.set_strict(strict, passphrase)

    def new_data_key(self, passphrase: WithPassphrase, recovery: str) -> None:
        """Seal everything under a new data key; whoever copied the old one can open nothing written from now on.

        `recovery` is the text of a new recovery key (`recovery_key.make`, `to_text`) that the person has printed and
        typed back already. When this is interrupted at any moment, old and new secrets open the workspace, and the
        next opening finishes it. Evidence keeps its own keys. Raises as `change_passphrase` does.
        """
        self._writable()
        if len(self._key_file.header.epochs) == 2:
            self._finish_new_data_key()
        self._key_file.begin_new_data_key(passphrase, recovery)
        self._finish_new_data_key()

    def _finish_new_data_key(self) -> None:
        from wizard.vault import keys

        newest = max(self._key_file.data_keys)
        self.secrets.use(self._key_file.data_keys)
        self.secrets.renew()
        if self._under != newest:
            self._database.rekey(keys.sub_key(self._key_file.data_keys[newest], self.id, "database"))
            self._under = newest
        self._key_file.finish_new_data_key()
        self.secrets.use(self._key_file.data_keys)

    def _key_file_changed(self) -> None:
        self._heads.keyring = self._key_file.keyring if self._key_file.uses_keyring else None
        self._remember()

    def _writable(self) -> None:
        if self.read_only:
            raise ReadOnly(self.read_only_because)


def _settle_side_file(folder: Path, head: Header, data_keys: Mapping[int, bytes]) -> None:
    """Take back a write that a crash interrupted: SQLite does so for a writer only, and a reader could not open it."""
    from wizard.vault import database, keys

    if (folder / f"{database.NAME}-journal").exists():
        _because, lock = lock_.claim(folder)
        if lock is not None:
            try:
                raw = keys.database_keys(head, data_keys)
                database.open_under(folder / database.NAME, raw, read_only=False)[0].close()
            finally:
                lock.release()
