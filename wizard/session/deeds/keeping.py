"""Keeps an assessment: backed up, tried out, checked again, taken along, and put back when something broke it."""

from __future__ import annotations

import asyncio
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from wizard.domain.language import _, ngettext
from wizard.domain.mistakes import Mistake
from wizard.jobs.runner import Hear, Job, Progress
from wizard.session.session import Session

if TYPE_CHECKING:
    from wizard.vault.backups import Backup
    from wizard.vault.keys import Cost
    from wizard.vault.unlocking import Unlock, WithPassphrase
    from wizard.vault.verification import Verification

#: When every sealed file was read again last, as the vault keeps it.
_SCRUBBED = "keeping/scrubbed"
BACKUP_EVERY = timedelta(days=1)
SCRUB_EVERY = timedelta(days=7)
#: Of so many sealed files one is opened in a weekly check, beside reading all of them.
_SAMPLE = 20
#: How often is looked whether a day has gone by: a computer that slept counts no hours.
_LOOK_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check of everything found: `problems` are sentences, empty when all is whole.

    `files` were read, `opened` of them decrypted too; `backup` is when the newest backup was made, None without one.
    """

    problems: tuple[str, ...]
    events: int
    files: int
    opened: int
    backup: datetime | None

    @property
    def sentence(self) -> str:
        """It in one sentence, for the page."""
        if self.problems:
            return " ".join(self.problems)
        seen = ngettext("{n} entry", "{n} entries", self.events).format(n=self.events)
        files = ngettext("{n} sealed file", "{n} sealed files", self.files).format(n=self.files)
        backup = _("the newest backup opens") if self.backup else _("there is no backup yet")
        return _("Everything is as it was written: {entries}, {files}, and {backup}.").format(
            entries=seen, files=files, backup=backup
        )


def look_after(session: Session, said: Callable[[str], None]) -> Job[None]:
    """Back up now and once a day, and check the sealed files once a week, for as long as the assessment is open.

    Nothing is backed up while the journal is not known to be whole, so that no damaged copy drives out a good one.
    `said` hears the sentence of whatever went wrong, on another thread.
    """
    stopped = threading.Event()

    async def work(progress: Progress) -> None:
        backed_up: datetime | None = None
        told = ""
        try:
            while True:
                sentence = ""
                if session.verification is not None and session.verification.ok and not session.read_only:
                    now = session.clock()
                    try:
                        if backed_up is None or now - backed_up >= BACKUP_EVERY:
                            await asyncio.to_thread(session.workspace.back_up)
                            backed_up = now
                        if now - scrubbed(session) >= SCRUB_EVERY:
                            found = await asyncio.to_thread(_check, session, progress, stopped, False)
                            sentence = " ".join(found.problems)
                    except Mistake as mistake:
                        sentence = _("No backup could be made. {why}").format(why=mistake.sentence)
                if sentence and sentence != told:
                    said(sentence)
                told = sentence
                await asyncio.sleep(_LOOK_SECONDS)
        finally:
            stopped.set()

    return session.runner.start(work, _("Keeping it safe"))


def back_up(session: Session, hear: Hear = lambda event: None) -> Job[bool]:
    """Make a backup now; False when the newest one has everything already."""

    async def work(progress: Progress) -> bool:
        return await asyncio.to_thread(session.workspace.back_up)

    return session.runner.start(work, _("Making a backup"), hear)


def scrubbed(session: Session) -> datetime:
    """When every sealed file was read again last; the beginning of time when never."""
    raw = session.workspace.secrets.get(_SCRUBBED)
    try:
        return datetime.fromisoformat(raw.decode("ascii")) if raw else datetime.min.replace(tzinfo=UTC)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)


def check_everything(session: Session, hear: Hear = lambda event: None) -> Job[Checked]:
    """Check the journal, open every sealed file, and try out the newest backup."""
    stopped = threading.Event()

    async def work(progress: Progress) -> Checked:
        try:
            verification = await asyncio.to_thread(
                session.workspace.verify, lambda done, total: progress(done, total, _("Checking the journal"))
            )
            found = await asyncio.to_thread(_check, session, progress, stopped, True)
            problems = (*verification.problems, *found.problems)
            session.verification = replace(verification, ok=not problems, problems=problems)
            return replace(found, problems=problems, events=verification.events)
        finally:
            stopped.set()

    return session.runner.start(work, _("Checking everything"), hear)


def _check(session: Session, progress: Progress, stopped: threading.Event, every: bool) -> Checked:
    """Read every sealed file, open `every` one or a few by chance, and try the newest backup. Raises Cancelled."""
    workspace, problems = session.workspace, list[str]()
    items = tuple(session.assessment.evidence.values())
    opened = 0
    for number, item in enumerate(items):
        if stopped.is_set():
            break
        progress(number, len(items), _("Checking the evidence"))
        if every or secrets.randbelow(_SAMPLE) == 0:
            opened += 1
            sentence = workspace.box.verify(item.sealed, cancelled=stopped.is_set)
        else:
            sentence = workspace.box.verify_sealed(item.sealed, cancelled=stopped.is_set)
        if sentence:
            problems.append(f"{item.name}: {sentence}")
    newest = workspace.newest_backup()
    if newest is not None and not newest[1].ok:
        problems.append(
            _("The newest backup is not whole, so it could not be put back. {why}").format(
                why=" ".join(newest[1].problems)
            )
        )
    if not problems and not session.read_only and not stopped.is_set():
        workspace.secrets.put(_SCRUBBED, session.clock().isoformat().encode("ascii"))
    return Checked(
        tuple(problems), workspace.journal.count, len(items), opened, newest[0].made if newest is not None else None
    )


# --- when it is an older copy, or broken --------------------------------------------------------------------------


def accept_as_it_is(session: Session, hear: Hear = lambda event: None) -> Job[Verification]:
    """Go on with this older or other copy, because the person says so, and check it again."""

    async def work(progress: Progress) -> Verification:
        await asyncio.to_thread(session.workspace.accept_as_it_is)
        verification = await asyncio.to_thread(session.workspace.verify)
        session.verification = verification
        return verification

    return session.runner.start(work, _("Going on with this copy"), hear)


def backups_of(folder: Path, home: Path) -> tuple[Backup, ...]:
    """The backups of a workspace that this computer has, newest first; none when even its key file is gone."""
    from wizard.vault import backups
    from wizard.vault.mistakes import DamagedKeyFile, NewerWorkspace, NotAWorkspace

    try:
        return backups.of(folder, home)
    except (NotAWorkspace, DamagedKeyFile, NewerWorkspace):
        return ()


def restore(backup: Backup, folder: Path, how: Unlock, *, floor: Cost | None = None) -> Path:
    """Put a backup back into a workspace that is closed; returns where what was there is kept. Blocks.

    Raises the mistakes of `vault.backups.restore`. `floor` lets tests be quick.
    """
    from wizard.vault import backups, keys

    return backups.restore(backup, folder, how, floor=floor or keys.FLOOR)


# --- taken along --------------------------------------------------------------------------------------------------


def export_workspace(
    session: Session, destination: Path, passphrase: str, hear: Hear = lambda event: None
) -> Job[Path]:
    """Write the whole workspace into one file under a passphrase of its own; whole or not at all."""
    from wizard.vault import portable

    stopped = threading.Event()

    async def work(progress: Progress) -> Path:
        try:
            await asyncio.to_thread(
                portable.take_out,
                session.workspace,
                destination,
                passphrase,
                cancelled=stopped.is_set,
                progress=lambda done: progress(done, 0, destination.name),
            )
        finally:
            stopped.set()
        return destination

    return session.runner.start(work, _("Exporting the workspace"), hear)


def import_workspace(file: Path, folder: Path, passphrase: str, *, floor: Cost | None = None) -> str:
    """Make a workspace from such a file, and return the text of its new recovery key, shown once. Blocks.

    Raises the mistakes of `vault.portable.bring_in`. `floor` lets tests be quick.
    """
    from wizard.vault import portable

    return portable.bring_in(file, folder, passphrase=passphrase, floor=floor)


# --- another data key ---------------------------------------------------------------------------------------------


def new_recovery_text() -> str:
    """The text of a fresh recovery key, to be written down and typed back before anything is changed."""
    from wizard.vault import recovery_key

    return recovery_key.to_text(recovery_key.make())


def new_data_key(
    session: Session, passphrase: WithPassphrase, recovery: str, hear: Hear = lambda event: None
) -> Job[None]:
    """Seal everything under a new data key; `recovery` is a new recovery key that the person has written down."""

    async def work(progress: Progress) -> None:
        await asyncio.to_thread(session.workspace.new_data_key, passphrase, recovery)
        await asyncio.to_thread(session.workspace.back_up)  # the ones before open by the old key only

    return session.runner.start(work, _("Sealing everything under a new key"), hear)
