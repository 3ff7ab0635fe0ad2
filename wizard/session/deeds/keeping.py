"""Keeps an assessment: backed up, tried out, checked again, taken along, and put back when something broke it."""

from __future__ import annotations

import asyncio
import json
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from wizard.domain import events as e
from wizard.domain.codec import Unreadable, from_json, to_json
from wizard.domain.evidence import Sealed
from wizard.domain.language import _, ngettext
from wizard.domain.mistakes import Mistake
from wizard.domain.renewal import Renewed
from wizard.jobs.runner import Hear, Job, Progress, blocking
from wizard.session.session import Session
from wizard.vault.mistakes import Cancelled

if TYPE_CHECKING:
    from wizard.vault.backups import Backup
    from wizard.vault.keys import Cost
    from wizard.vault.unlocking import Unlock, WithPassphrase
    from wizard.vault.verification import Verification

#: How far the check of every sealed file is, as the vault keeps it.
_SCRUBBED = "keeping/scrubbed"
#: Which recovery key was typed back, as the vault keeps it: the id of its slot.
_WRITTEN_DOWN = "keeping/recovery-key"
BACKUP_EVERY = timedelta(days=1)
SCRUB_EVERY = timedelta(days=7)
#: Of so many sealed files one is opened in a weekly check, beside reading all of them.
_SAMPLE = 20
#: After so many seconds of checking, how far it is is kept: what was read is not read again after a stop.
_KEPT_EVERY = 5.0
#: How often is looked whether a day has gone by: a computer that slept counts no hours.
_LOOK_SECONDS = 600.0
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Scrub:
    """How far the weekly check of every sealed file is.

    `finished` is when all of them had been read the last time. `upto` is the name of the last file that was read in
    the round that began at `begun`; "" when no round is under way.
    """

    finished: datetime = _NEVER
    begun: datetime = _NEVER
    upto: str = ""


@dataclass(frozen=True, slots=True)
class _File:
    """One sealed file: its name in the box, what people call it, and how to check it; `every` opens it whatever."""

    name: str
    called: str
    check: Callable[[bool, Callable[[], bool]], str]


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


def look_after(session: Session, said: Callable[[str], None], due: Callable[[], object]) -> Job[None]:
    """Back up now and once a day, for as long as the assessment is open, and say when the weekly check is `due`.

    Nothing is backed up while the journal is not known to be whole, so that no damaged copy drives out a good one.
    `said` hears the sentence of whatever went wrong, `due` is called once a week at most and begins `scrub`; both on
    another thread.
    """

    async def work(progress: Progress) -> None:
        backed_up: datetime | None = None
        asked: datetime | None = None
        told = ""
        while True:
            sentence = ""
            if session.verification is not None and session.verification.ok and not session.read_only:
                now = session.clock()
                try:
                    if backed_up is None or now - backed_up >= BACKUP_EVERY:
                        await asyncio.to_thread(session.workspace.back_up)
                        backed_up = now
                    # whoever stopped it is not asked again on the same day
                    quiet = asked is not None and now - asked < BACKUP_EVERY
                    if not quiet and now - _last_check(session) >= SCRUB_EVERY:
                        asked = now
                        due()
                except Mistake as mistake:
                    sentence = _("No backup could be made. {why}").format(why=mistake.sentence)
            if sentence and sentence != told:
                said(sentence)
            told = sentence
            await asyncio.sleep(_LOOK_SECONDS)

    return session.runner.start(work, _("Keeping it safe"))


def _last_check(session: Session) -> datetime:
    """When the weekly check ended last; where nothing is sealed yet, the beginning counts as one."""
    found, finished = session.assessment, scrubbed(session).finished
    sealed = found.evidence or found.observations
    return finished if sealed or found.started_at is None else max(finished, found.started_at)


def back_up(session: Session, hear: Hear = lambda event: None) -> Job[bool]:
    """Make a backup now; False when the newest one has everything already."""

    async def work(progress: Progress) -> bool:
        return await asyncio.to_thread(session.workspace.back_up)

    return session.runner.start(work, _("Making a backup"), hear)


def scrubbed(session: Session) -> Scrub:
    """How far the check of every sealed file is."""
    raw = session.workspace.secrets.get(_SCRUBBED)
    try:
        return from_json(Scrub, json.loads(raw)) if raw else Scrub()
    except (ValueError, Unreadable):
        return Scrub()


def scrub(session: Session, hear: Hear = lambda event: None) -> Job[Checked]:
    """Check the journal with every signature, read every sealed file again, open one in twenty, and try out the newest
    backup.

    Stopped or closed in the middle, it goes on with the file where it was the next time.
    """
    return _checking(session, hear, _("Reading the sealed files again"), every=False)


def check_everything(session: Session, hear: Hear = lambda event: None) -> Job[Checked]:
    """As `scrub`, but every sealed file is opened."""
    return _checking(session, hear, _("Checking everything"), every=True)


def _checking(session: Session, hear: Hear, title: str, *, every: bool) -> Job[Checked]:
    stopped = threading.Event()

    def check(progress: Progress) -> Checked:
        def journal(done: int, total: int) -> None:
            if stopped.is_set():
                raise Cancelled
            progress(done, total, _("Checking the journal"))

        verification = session.workspace.verify(journal)
        found = _check(session, progress, stopped, every=every)
        problems = (*verification.problems, *found.problems)
        if every or not verification.ok:  # the weekly check may have read only some of the files
            session.verification = replace(verification, ok=not problems, problems=problems)
        return replace(found, problems=problems, events=verification.events)

    async def work(progress: Progress) -> Checked:
        return await blocking(lambda: check(progress), stopped)

    return session.runner.start(work, title, hear)


def _check(session: Session, progress: Progress, stopped: threading.Event, *, every: bool) -> Checked:
    """Read every sealed file, open `every` one or a few by chance, and try the newest backup. Raises Cancelled."""
    workspace, problems = session.workspace, list[str]()
    began, kept = session.clock(), scrubbed(session)
    files = sorted(_sealed_files(session), key=lambda file: file.name)
    todo = files if every or not kept.upto else [file for file in files if file.name > kept.upto]
    mark = Scrub(kept.finished, kept.begun if todo is not files else began, "" if todo is files else kept.upto)
    opened, kept_at, upto = 0, time.monotonic(), mark.upto
    try:
        for number, file in enumerate(todo, len(files) - len(todo)):
            progress(number, len(files), _("Checking the evidence"))
            whole = every or secrets.randbelow(_SAMPLE) == 0
            opened += whole
            if sentence := file.check(whole, stopped.is_set):
                problems.append(f"{file.called}: {sentence}")
            if stopped.is_set():
                raise Cancelled
            # a damaged file is met again by the next round, so the mark stays before it
            upto = upto if problems else file.name
            if time.monotonic() - kept_at > _KEPT_EVERY:
                _keep(session, replace(mark, upto=upto))
                kept_at = time.monotonic()
    except Cancelled:
        _keep(session, replace(mark, upto=upto))
        raise
    newest = workspace.newest_backup()
    if newest is not None and not newest[1].ok:
        problems.append(
            _("The newest backup is not whole, so it could not be put back. {why}").format(
                why=" ".join(newest[1].problems)
            )
        )
    _keep(session, replace(mark, upto=upto) if problems else Scrub(finished=began))
    return Checked(
        tuple(problems), workspace.journal.count, len(files), opened, newest[0].made if newest is not None else None
    )


def _keep(session: Session, mark: Scrub) -> None:
    if not session.read_only:
        session.workspace.secrets.put(_SCRUBBED, json.dumps(to_json(mark)).encode("ascii"))


def _sealed_files(session: Session) -> tuple[_File, ...]:
    """Every sealed file that the journal names: evidence, with earlier revisions and what was removed, read reports,
    the records of looks, and the data of what was signed."""
    box = session.workspace.box

    def sealed(name: str, one: Sealed) -> _File:
        return _File(
            one.name,
            name,
            lambda whole, stop: box.verify(one, cancelled=stop) if whole else box.verify_sealed(one, cancelled=stop),
        )

    def record(name: str, digest: str, host: str) -> _File:
        called = _("The record of a look at {host}").format(host=host)
        return _File(name, called, lambda whole, stop: box.verify_record(name, digest, cancelled=stop))

    found: dict[str, _File] = {}
    for event in session.workspace.journal.events():
        match event.payload:
            case e.EvidenceAdded(item) if item.sealed.name not in found:
                found[item.sealed.name] = sealed(item.name, item.sealed)
            case e.Looked(record_name=name, record=digest, host=host) if name and name not in found:
                found[name] = record(name, digest, host or _("the answers"))
            case e.ReportRead(report) if report.record.name not in found:
                found[report.record.name] = sealed(_("What was read from a report"), report.record)
            case e.Attested(data=Sealed() as data) | Renewed(data=Sealed() as data) if data.name not in found:
                found[data.name] = sealed(_("What was signed"), data)
            case _:
                pass
    return tuple(found.values())


# --- what opens it --------------------------------------------------------------------------------------------------


def written_down(session: Session) -> bool:
    """True when the present recovery key was typed back: then there is a sheet with it."""
    slot = session.workspace.recovery_slot
    return bool(slot) and session.workspace.secrets.get(_WRITTEN_DOWN) == slot.encode("ascii")


def note_written_down(session: Session) -> None:
    """The person typed the present recovery key back, or opened the workspace with it. Raises ReadOnly, NotSaved."""
    session.workspace.secrets.put(_WRITTEN_DOWN, session.workspace.recovery_slot.encode("ascii"))


# --- when it is an older copy, or broken --------------------------------------------------------------------------


def accept_as_it_is(session: Session, hear: Hear = lambda event: None) -> Job[Verification]:
    """Go on with this older or other copy, because the person says so, note that in it, and check it again."""

    def accept() -> Verification:
        workspace = session.workspace
        accepted = e.OlderCopyAccepted(workspace.journal.count, workspace.known_entries)
        workspace.accept_as_it_is()
        if not session.read_only:  # a reviewer's copy takes nothing down
            session.record(accepted).result()
        return workspace.verify()

    async def work(progress: Progress) -> Verification:
        verification = await asyncio.to_thread(accept)
        session.verification = verification
        return verification

    return session.runner.start(work, _("Going on with this copy"), hear)


def backups_of(folder: Path, home: Path) -> tuple[Backup, ...]:
    """The backups of a workspace that this computer has, newest first, whatever became of its folder's files."""
    from wizard.vault import backups
    from wizard.vault.mistakes import NewerWorkspace

    try:
        return backups.of(folder, home)
    except NewerWorkspace:
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
        await asyncio.to_thread(note_written_down, session)
        await asyncio.to_thread(session.workspace.back_up)  # the ones before open by the old key only

    return session.runner.start(work, _("Sealing everything under a new key"), hear)
