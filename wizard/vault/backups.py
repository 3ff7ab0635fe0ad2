"""Copies of journal and key file, made by themselves, read back before they count, and put back on a copy only.

They lie in the person's data folder, sealed as the workspace is. Evidence is not in them: it is never changed in
place. Kept are the last ten, and the newest of each of the last thirty days.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from wizard.domain.language import _
from wizard.domain.mistakes import Mistake
from wizard.formats import regular
from wizard.vault import files, header, keys, lock, verification
from wizard.vault.database import NAME, Database, open_under
from wizard.vault.header import Header
from wizard.vault.heads import home_folder
from wizard.vault.keyring import Keyring
from wizard.vault.mistakes import (
    AlteredKeyFile,
    DamagedJournal,
    DamagedKeyFile,
    KeyringDoesNotOpen,
    NotAWorkspace,
    NotSaved,
    ReadOnly,
    UnusableBackup,
    WeakenedKeyFile,
    WrongPassphrase,
    WrongRecoveryKey,
)
from wizard.vault.unlocking import Unlock, unlock

KEPT = 10
KEPT_DAYS = 30
_NAME = re.compile(r"(\d{8}T\d{6}Z)-(\d+)-([0-9a-f]{8}|empty)-(\d+)")
_STAMP = "%Y%m%dT%H%M%SZ"
#: Beside the backups of a workspace: the folder that it was last backed up from.
_WHENCE = "folder"


@dataclass(frozen=True, slots=True)
class Backup:
    """One backup: its folder, when it was made (claimed time), and how many events it holds."""

    folder: Path
    made: datetime
    events: int


def folder_for(home: Path, workspace: str) -> Path:
    """Where the backups of a workspace lie."""
    return home / "backups" / workspace


def found(home: Path, workspace: str) -> tuple[Backup, ...]:
    """The whole backups of a workspace, newest first."""
    backups = []
    try:
        names = [path.name for path in folder_for(home, workspace).iterdir()]
    except OSError:
        return ()
    for name in names:
        match = _NAME.fullmatch(name)
        if match:
            made = datetime.strptime(match[1], _STAMP).replace(tzinfo=UTC)
            backups.append(Backup(folder_for(home, workspace) / name, made, int(match[2])))
    return tuple(sorted(backups, key=lambda backup: (backup.made, backup.events, _revision(backup)), reverse=True))


def _revision(backup: Backup) -> int:
    """The key file's revision, which stands last in the name: it tells two backups of one second apart."""
    last = backup.folder.name.rpartition("-")[2]
    return int(last) if last.isdecimal() else 0


def of(folder: Path, home: Path | None = None) -> tuple[Backup, ...]:
    """The backups that this computer has of a workspace, newest first.

    When its key file is gone or damaged, they are those of the workspace that was last backed up from this folder.
    Raises NewerWorkspace.
    """
    home, folder = home or home_folder(), header.folder_of(folder)
    try:
        return found(home, header.read(folder).workspace)
    except (NotAWorkspace, DamagedKeyFile):
        here = [note.parent.name for note in home.glob(f"backups/*/{_WHENCE}") if _reads(note) == _whence(folder)]
        kept = (found(home, workspace) for workspace in here)
        return max(kept, key=lambda backups: [backup.made for backup in backups[:1]], default=())


def _whence(folder: Path) -> bytes:
    return os.fsencode(folder.resolve())


def _reads(note: Path) -> bytes:
    try:
        with regular.opened(note) as stream:
            return stream.read(65_536)
    except OSError:
        return b""


def _note_whence(home: Path, workspace: str, folder: Path) -> None:
    """Remember where the workspace lies, for the day on which its key file cannot say which one it is."""
    note = folder_for(home, workspace) / _WHENCE
    if _reads(note) != _whence(folder):
        files.replace_file(note, _whence(folder))


def make(home: Path, workspace: Path, head: Header, database: Database, key: bytes) -> Backup | None:
    """Copy journal and key file as they are now, and read the copy back; None when the newest backup is the same.

    `key` is the raw key of the database. Raises NotSaved.
    """
    events, last = verification.count(database), verification.last_hash(database)
    same = f"-{events}-{last[:8] or 'empty'}-{head.revision}"
    before = found(home, head.workspace)
    if before and before[0].folder.name.endswith(same):
        return None
    made = datetime.now(UTC).replace(microsecond=0)
    place = folder_for(home, head.workspace) / f"{made.strftime(_STAMP)}{same}"
    building = place.with_name(f".{secrets.token_hex(8)}{files.PART}")
    try:
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        files.sweep(place.parent)
        building.mkdir(mode=0o700)
        with database.alone() as connection:
            connection.execute("VACUUM INTO ?", (str(building / NAME),))
        (building / NAME).chmod(0o600)
        _sync(building / NAME)
        files.replace_file(building / header.NAME, (workspace / header.NAME).read_bytes())
        _read_back(building, key, events)
        if not place.exists():
            building.rename(place)
        files.sync_folder(place.parent)
        _note_whence(home, head.workspace, workspace)
        _thin(found(home, head.workspace), made)
    except OSError as error:
        raise NotSaved(files.reason(error)) from None
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return Backup(place, made, events)


def _sync(path: Path) -> None:
    with path.open("r+b") as stream:
        os.fsync(stream.fileno())


def _read_back(folder: Path, key: bytes, events: int) -> None:
    """Raises NotSaved when the copy is not whole."""
    try:
        copy = Database(folder / NAME, key, read_only=True)
    except DamagedJournal:
        raise NotSaved(_("the disk gave back other bytes than were written")) from None
    try:
        if not verification.pages_whole(copy) or verification.count(copy) != events:
            raise NotSaved(_("the disk gave back other bytes than were written"))
    finally:
        copy.close()


def _thin(backups: Sequence[Backup], now: datetime) -> None:
    """Remove what is neither among the last ten nor the newest of one of the last thirty days."""
    days: set[object] = set()
    for number, backup in enumerate(backups):
        first_of_day = backup.made.date() not in days
        days.add(backup.made.date())
        recent = first_of_day and (now.date() - backup.made.date()).days < KEPT_DAYS
        if number >= KEPT and not recent:
            shutil.rmtree(backup.folder, ignore_errors=True)


def restore(
    backup: Backup, folder: Path, how: Unlock, *, keyring: Keyring | None = None, floor: keys.Cost = keys.FLOOR
) -> Path:
    """Put a backup back into a workspace that is closed; returns the folder where what was there is kept.

    Only a copy that was checked whole replaces anything. The key file in the workspace stays when it opens the backup;
    else the backup's own is put back too. Opening it afterwards says that it is an older copy, where it is. Raises
    UnusableBackup, ReadOnly when a window writes there, NotSaved, and what unlocking raises.
    """
    workspace = header.folder_of(folder)
    because, held = lock.claim(workspace)
    if held is None:
        raise ReadOnly(because)
    try:
        return _restore(backup, workspace, how, keyring or Keyring(), floor)
    finally:
        held.release()


def _restore(backup: Backup, workspace: Path, how: Unlock, keyring: Keyring, floor: keys.Cost) -> Path:
    kept = workspace / f"before restoring {datetime.now(UTC).strftime(_STAMP)} {secrets.token_hex(2)}"
    trial = workspace / f".{secrets.token_hex(8)}{files.PART}"
    try:
        trial.mkdir(mode=0o700)
        shutil.copyfile(backup.folder / NAME, trial / NAME)
        _try_out(backup, workspace, trial, how, keyring, floor)
        kept.mkdir(mode=0o700)
        side = f"{NAME}-journal"
        for name in (NAME, side, header.NAME):
            if (workspace / name).exists():
                shutil.copyfile(workspace / name, kept / name)
                _sync(kept / name)
        files.sync_folder(kept)
        files.sync_folder(workspace)
        (workspace / side).unlink(missing_ok=True)  # it belongs to the file that is replaced
        for name in (header.NAME, NAME):
            if (trial / name).exists():
                _move(trial / name, workspace / name)
    except OSError as error:
        raise NotSaved(files.reason(error)) from None
    finally:
        shutil.rmtree(trial, ignore_errors=True)
    return kept


def _move(part: Path, target: Path) -> None:
    part.chmod(0o600)
    with part.open("r+b") as stream:
        files.settle(part, stream, target)


def _try_out(backup: Backup, workspace: Path, trial: Path, how: Unlock, keyring: Keyring, floor: keys.Cost) -> None:
    """Leaves the key file in `trial` when the workspace's own does not open this backup. Raises UnusableBackup."""
    refused: Mistake = UnusableBackup()
    ours = ""
    for place in (workspace, backup.folder):
        try:
            head = header.read(place)
            if ours and head.workspace != ours:
                continue
            ours = head.workspace
            data_keys = unlock(head, how, keyring, floor)
            keys.check_header(head, data_keys[head.epoch])
            copy, _epoch = open_under(trial / NAME, keys.database_keys(head, data_keys), read_only=True)
        except (WrongPassphrase, WrongRecoveryKey, KeyringDoesNotOpen) as mistake:
            refused = mistake
            continue
        except (NotAWorkspace, DamagedKeyFile, AlteredKeyFile, WeakenedKeyFile, DamagedJournal):
            continue
        try:
            whole = verification.verify(copy, head.workspace, (), head.revision).ok
        finally:
            copy.close()
        if whole:
            if place == backup.folder:
                shutil.copyfile(backup.folder / header.NAME, trial / header.NAME)
            return
    raise refused
