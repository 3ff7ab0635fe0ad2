"""Files that show something: sealed, filed under requirements, looked at, taken out again as clear copies."""

from __future__ import annotations

import asyncio
import os
import secrets
import threading
from collections.abc import Collection, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import BinaryIO

from wizard.domain import events as e
from wizard.domain.evidence import Evidence
from wizard.domain.language import _, ngettext
from wizard.domain.mistakes import Mistake
from wizard.formats.kind import HEAD, media_type
from wizard.jobs.runner import Hear, Job, Progress
from wizard.session.changes import Change
from wizard.session.deeds import evidence_secrets, looking, vulnerabilities
from wizard.session.deeds.evidence_secrets import HeldBack
from wizard.session.session import Session

#: What is handed to the child that draws previews.
PREVIEW_LIMIT = 64 * 1024 * 1024


class UnusableFile(Mistake):
    """A file that cannot be evidence: empty, not a file, or not readable."""


class NoSuchEvidence(Mistake):
    """Evidence that is not there any more."""


@dataclass(frozen=True, slots=True)
class Added:
    """What adding files did: the evidence, a sentence for each file that was left out, and (by evidence) why a file
    could not be read as a report, and what of it nobody looked at for secrets. `held` were left out for one."""

    evidence: tuple[Evidence, ...]
    left_out: tuple[str, ...]
    unread: tuple[tuple[str, str], ...] = ()
    not_looked: tuple[tuple[str, str], ...] = ()
    held: tuple[HeldBack, ...] = ()

    @property
    def sentence(self) -> str:
        """What was added, what was read from it, and what could not be read: "Added a.xml. ZAP report, 14 alerts …"."""
        added = _("Added {names}.").format(names=", ".join(item.name for item in self.evidence))
        read = (f"{item.read_as}." for item in self.evidence if item.read_as)
        return " ".join((added, *read, *(why for _id, why in self.unread)))


@dataclass(frozen=True, slots=True)
class Preview:
    """What is shown of a piece of evidence: `kind` is image (PNG bytes) or text (UTF-8)."""

    kind: str
    page: int
    pages: int
    data: bytes


def add(
    session: Session,
    paths: Sequence[Path],
    requirements: Collection[str],
    hear: Hear = lambda event: None,
    *,
    note: str = "",
    expires: date | None = None,
    replaces: str = "",
) -> Job[Added]:
    """Seal files and file them under requirements. A file that cannot be used is left out with its sentence.

    Raises `HeldByNewer` before anything is read.
    """
    session.refuse_newer(*requirements, replaces)
    title = ngettext("Adding {n} file", "Adding {n} files", len(paths)).format(n=len(paths))

    async def work(progress: Progress) -> Added:
        added: list[Evidence] = []
        left_out: list[str] = []
        unread: list[tuple[str, str]] = []
        not_looked: list[tuple[str, str]] = []
        held: list[HeldBack] = []
        for path in paths:
            try:
                progress(0, 0, _("Looking for secrets in {name}").format(name=path.name))
                examined = await evidence_secrets.let_pass(session, path, opened, requirements)
                item = await _seal(
                    session, path, tuple(requirements), note, expires, replaces, progress, examined.digest
                )
            except Mistake as mistake:
                left_out.append(mistake.sentence)
                held += [mistake] if isinstance(mistake, HeldBack) else []
                continue
            if examined.unread:
                not_looked.append((item.id, " ".join(examined.unread)))
            item, why_not, change = await record(session, item, progress)
            if why_not:
                unread.append((item.id, why_not))
            added.append(item)
            progress(len(added), len(paths), item.name, change)
        if left_out and not added and not held:
            raise UnusableFile(" ".join(left_out))
        return Added(tuple(added), tuple(left_out), tuple(unread), tuple(not_looked), tuple(held))

    return session.runner.start(work, title, hear)


async def record(session: Session, item: Evidence, progress: Progress) -> tuple[Evidence, str, Change]:
    """Read a sealed piece as a report where it is one, and record it: as it was recorded, and why it was not read."""
    progress(0, 0, _("Reading {name}").format(name=item.name))
    read = await vulnerabilities.read_report(session, item)
    item = read.item
    payloads = (e.EvidenceAdded(item), *((read.payload,) if read.payload else ()))
    change = await asyncio.wrap_future(session.record(*payloads, title=_("Added {name}").format(name=item.name)))
    unread = await looking.read_document(session, item)
    return item, unread or read.why_not, change


async def _seal(
    session: Session,
    path: Path,
    requirements: tuple[str, ...],
    note: str,
    expires: date | None,
    replaces: str,
    progress: Progress,
    digest: str,
) -> Evidence:
    stopped = threading.Event()

    def seal() -> Evidence:
        with opened(path) as stream:
            size = os.fstat(stream.fileno()).st_size
            head = stream.read(HEAD)
            stream.seek(0)
            sealed = session.workspace.box.seal(
                stream,
                cancelled=stopped.is_set,
                progress=lambda count: progress(count, size, path.name),
                digest=digest,
            )
        return Evidence(
            id=secrets.token_hex(8),
            name=shown_name(path.name),
            media_type=media_type(head),
            sealed=sealed,
            requirements=requirements,
            note=note,
            expires=expires,
            replaces=replaces,
        )

    try:
        return await asyncio.to_thread(seal)
    except asyncio.CancelledError:
        stopped.set()
        raise


def opened(path: Path) -> BinaryIO:
    """A regular, non-empty file, opened without waiting for pipes or devices. Raises `UnusableFile` or the vault's."""
    from wizard.vault.evidence_box import open_file

    stream = open_file(path)
    if os.fstat(stream.fileno()).st_size == 0:
        stream.close()
        raise UnusableFile(
            _("{name} is empty, so it shows nothing. It was not added. Save it again, then add it.").format(
                name=path.name
            )
        )
    return stream


def shown_name(name: str) -> str:
    """A file name as it is kept: what could be taken for something else is written out as an escape."""
    safe = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in name)
    return safe.strip()[:255] or _("unnamed")


def file(
    session: Session, id: str, requirements: Collection[str], note: str = "", expires: date | None = None
) -> Future[Change]:
    """Change what a piece of evidence supports, its note and its expiry."""
    item = _item(session, id)
    payload = e.EvidenceFiled(id, tuple(requirements), note, expires)
    return session.record(payload, title=_("Filed {name}").format(name=item.name))


def read_filed(session: Session, id: str, before: Collection[str], hear: Hear = lambda event: None) -> Job[str]:
    """Let the checks of the requirements that a piece was filed under since `before` read it, as they do with what is
    added there at once. Gives the sentence for one that they should have read and could not, else "".
    """
    item = _item(session, id)
    gained = replace(item, requirements=tuple(each for each in item.requirements if each not in before))

    async def work(progress: Progress) -> str:
        progress(0, 0, _("Reading {name}").format(name=item.name))
        await evidence_secrets.note_filed(session, gained)
        return await looking.read_document(session, gained)

    return session.runner.start(work, _("Reading {name}").format(name=item.name), hear)


def remove(session: Session, id: str) -> Future[Change]:
    """Let a piece of evidence no longer count; it can be undone."""
    item = _item(session, id)
    return session.record(e.EvidenceRemoved(id), title=_("Removed {name}").format(name=item.name))


def export_copy(session: Session, id: str, destination: Path, hear: Hear = lambda event: None) -> Job[Path]:
    """Write a clear copy of a piece of evidence to `destination`, checked against its digest before it appears."""
    item = _item(session, id)

    stopped = threading.Event()

    async def work(progress: Progress) -> Path:
        try:
            await asyncio.to_thread(
                session.workspace.box.export,
                item.sealed,
                destination,
                cancelled=stopped.is_set,
                progress=lambda count: progress(count, item.sealed.size, item.name),
            )
        except asyncio.CancelledError:
            stopped.set()
            raise
        return destination

    return session.runner.start(work, _("Exporting {name}").format(name=item.name), hear)


def preview(
    session: Session, id: str, page: int = 0, width: int = 900, hear: Hear = lambda event: None
) -> Job[Preview]:
    """Draw a piece of evidence in the limited child: PNG, JPEG, a PDF page or text."""
    item = _item(session, id)

    async def work(progress: Progress) -> Preview:
        from wizard.jobs import worker_process

        data = await asyncio.to_thread(session.workspace.box.read, item.sealed, PREVIEW_LIMIT)
        limits = worker_process.Limits(seconds=15)
        answer = await worker_process.ask("preview", {"page": page, "width": width}, data, limits)
        kind, pages = answer.said.get("kind"), answer.said.get("pages")
        return Preview(
            kind=kind if kind in ("image", "text") and isinstance(kind, str) else "text",
            page=page,
            pages=pages if isinstance(pages, int) else 1,
            data=answer.data,
        )

    return session.runner.start(work, _("Opening {name}").format(name=item.name), hear)


def _item(session: Session, id: str) -> Evidence:
    item = session.assessment.evidence.get(id)
    if item is None:
        raise NoSuchEvidence(_("This piece of evidence is no longer here. Nothing was changed."))
    return item
