"""Looks for live secrets in a file before it becomes evidence: with one inside it is not sealed until that is settled.

The same engine as for code, in process, over the file's bytes (archives, Office files and databases unfolded), over
the words and the metadata of a PDF, and over the metadata of pictures; pictures themselves are not read, and that is
said. Of a secret only its mask, its keyed hash and its place leave this module.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import secrets
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from wizard.checks import sample_secrets
from wizard.checks.code import containers, in_memory, wording
from wizard.checks.code.coverage import Counting
from wizard.checks.code.leak import Leak, Masker, Tier, Where
from wizard.domain import events as e
from wizard.domain.evidence import Evidence
from wizard.domain.language import _, ngettext
from wizard.domain.mistakes import Mistake
from wizard.formats.blacking_out import NotBlackedOut, can_be_marked
from wizard.formats.kind import HEAD, media_type
from wizard.formats.preview import MAX_BYTES
from wizard.formats.text import PdfText
from wizard.session.deeds import scanning
from wizard.session.deeds.pdf_words import PdfWords
from wizard.session.found_secrets import SAMPLES, false_alarms, settled
from wizard.session.session import Session

if TYPE_CHECKING:
    from wizard.checks.code.engine import Kingfisher, Stop
    from wizard.checks.code.searching import Hit, Search

#: Kinds of files whose contents are not words: only what stands in them as text (metadata) is looked at.
_PICTURES = ("image/", "audio/", "video/")
_MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Examined:
    """What was found in one file: secrets that may still work, those that are only listed, and what was not read.

    `in_addresses` are the keyed hashes of live ones that stand in an address. `digest` is the SHA-256 of what was
    looked at, "" where nothing was.
    """

    live: tuple[Leak, ...] = ()
    listed: tuple[Leak, ...] = ()
    unread: tuple[str, ...] = ()
    in_addresses: frozenset[str] = frozenset()
    digest: str = ""


class WayOut(StrEnum):
    """How a person gets a secret out of a file: black it out here, take it out of the mail in whose Base64 nobody would
    find it, or take it out where the file was made, because only pictures and texts can be blacked out.
    """

    BLACK_OUT = "black-out"
    MAIL = "mail"
    SOURCE = "source"


class HeldBack(Mistake):
    """A file that holds what looks like a live secret: it was not sealed."""

    def __init__(self, path: Path, examined: Examined, way_out: WayOut = WayOut.BLACK_OUT) -> None:
        n = len({leak.fingerprint for leak in examined.live})
        shown = list(dict.fromkeys(f"{leak.masked} ({_place(leak)})" for leak in examined.live))
        named = ", ".join(shown[:_MOST_NAMED]) + (" …" if len(shown) > _MOST_NAMED else "")
        said = ngettext(
            "{name} was not added: it holds what looks like a live secret: {named}. {way}, or say what it is.",
            "{name} was not added: it holds what looks like {n} live secrets: {named}. {way}, or say what they are.",
            n,
        )
        way = {
            WayOut.BLACK_OUT: ngettext("Black it out", "Black them out", n),
            WayOut.MAIL: ngettext("Take it out of the mail and add that", "Take them out of the mail and add that", n),
            WayOut.SOURCE: ngettext(
                "Make the file again without it and add that", "Make the file again without them and add that", n
            ),
        }[way_out]
        super().__init__(said.format(name=path.name, n=n, named=named, way=way))
        self.path = path
        self.examined = examined
        self.way_out = way_out


async def examine(session: Session, path: Path, open_: Callable[[Path], BinaryIO]) -> Examined:
    """Look into a file. Raises the mistakes of opening it; an engine that cannot be started is said in `unread`."""
    return await _examined(session, lambda: open_(path))


async def examine_bytes(session: Session, data: bytes) -> Examined:
    """The same for what is in memory."""
    return await _examined(session, lambda: io.BytesIO(data))


async def let_pass(
    session: Session, path: Path, open_: Callable[[Path], BinaryIO], requirements: Collection[str] = ()
) -> Examined:
    """Look into a file that is about to be sealed. Raises `HeldBack` when it holds a live secret.

    A file that is to show something about logs or addresses is a sample of them, whether it is sealed or not.
    """
    examined = await examine(session, path, open_)
    await note_sample(session, path.name, examined, requirements)
    if examined.live:
        raise HeldBack(path, examined, await asyncio.to_thread(_way_out, open_, path, examined))
    return examined


def _way_out(open_: Callable[[Path], BinaryIO], path: Path, examined: Examined) -> WayOut:
    """What a person can do about the secrets in a file."""
    with open_(path) as stream:
        data = stream.read(MAX_BYTES + 1)
    try:
        can_be_marked(data)
    except NotBlackedOut:
        return WayOut.SOURCE
    if containers.kind(data, path.name) != "mail":
        return WayOut.BLACK_OUT
    parts = in_memory.in_base64(data)
    encoded = any(leak.file.partition("!")[0] in parts for leak in examined.live)
    return WayOut.MAIL if encoded else WayOut.BLACK_OUT


async def note_filed(session: Session, item: Evidence) -> None:
    """As `note_sample`, for a piece that is sealed already and was filed under these requirements now."""
    named = _checks_of(session, item.requirements)
    if item.sealed.size <= MAX_BYTES and named & {sample_secrets.LOGS.id, sample_secrets.ADDRESSES.id}:
        data = await asyncio.to_thread(session.workspace.box.read, item.sealed, MAX_BYTES)
        await note_sample(session, item.name, await examine_bytes(session, data), item.requirements)


def _checks_of(session: Session, requirements: Collection[str]) -> set[str]:
    known = session.questionnaire
    return {check for id in requirements if (found := known.owner_of(id)) for check in found.checks}


async def note_sample(session: Session, name: str, examined: Examined, requirements: Collection[str]) -> None:
    """Record what a sample of logs or addresses shows, for the checks of the requirements that it is filed under."""
    named = _checks_of(session, requirements)
    results = []
    for check in (sample_secrets.LOGS, sample_secrets.ADDRESSES):
        if check.id not in named:
            continue
        before = session.assessment.observations.get((check.id, ""))
        reading = sample_secrets.Reading.from_facts(before.result.facts if before else {})
        every = check is sample_secrets.LOGS
        leaks = [leak for leak in examined.live if every or leak.fingerprint in examined.in_addresses]
        now = session.clock()
        closed = settled(session.assessment, now.date())
        reading = reading.with_sample(name, leaks, closed, whole=not examined.unread)
        judgement = sample_secrets.judge(reading, false_alarms(session.assessment))
        results.append(check.result("", judgement, now))
    if results:
        looked = e.Looked(run=secrets.token_hex(8), host=SAMPLES, results=tuple(results))
        await asyncio.wrap_future(session.record(looked))


async def look_at_text(session: Session, text: str) -> Examined:
    """The secrets in words that a person pasted: addresses, a piece of a log. Nothing of them is kept."""
    return await examine_bytes(session, text.encode("utf-8", "replace"))


@dataclass
class _Looking:
    """One file on its way through the engine."""

    engine: Kingfisher
    masker: Masker
    stop: Stop
    session: Session
    counting: Counting = field(default_factory=Counting)
    hits: list[Hit] = field(default_factory=list)
    pictured: bool = False

    def through(self, search: Callable[[Search], Iterable[Hit]]) -> None:
        from wizard.checks.code.searching import Search as Made

        words = PdfWords(lambda: self.stop.is_set)

        def read_pdf(data: bytes) -> PdfText:
            text = words(data)
            self.pictured = self.pictured or text.pictures
            return text

        now = self.session.clock()
        self.hits += search(Made(self.engine, self.masker, self.counting, self.stop, None, now, read_pdf))


async def _examined(session: Session, open_: Callable[[], BinaryIO]) -> Examined:
    from wizard.checks.code.engine import NoEngine, Stop

    stop = Stop()
    try:
        engine = await asyncio.to_thread(scanning.engine, session.workspace.home)
        masker = Masker(await asyncio.to_thread(scanning.key, session))
    except NoEngine as mistake:
        with await asyncio.to_thread(open_):
            return Examined(unread=(mistake.sentence,))
    looking = _Looking(engine, masker, stop, session)
    try:
        kind, digest = await asyncio.to_thread(_bytes, looking, open_)
    except asyncio.CancelledError:
        stop.set()
        raise
    unread = []
    if kind.startswith(_PICTURES):
        unread.append(_("The picture itself was not read for secrets, only its metadata. Look at it yourself."))
    if looking.pictured:
        unread.append(_("Pictures inside the PDF were not read for secrets. Look at them yourself."))
    gaps = looking.counting.freeze().gaps
    unread += [wording.gap(replace(gap, places=tuple(each or _("this file") for each in gap.places))) for gap in gaps]
    return replace(_sorted(session, looking, tuple(unread)), digest=digest)


def _bytes(looking: _Looking, open_: Callable[[], BinaryIO]) -> tuple[str, str]:
    """Search a file: what kind it is, and the digest of what was looked at."""
    with open_() as stream:
        kind = media_type(stream.read(HEAD))
        size = stream.seek(0, io.SEEK_END)
        stream.seek(0)
        looking.through(partial(_windows, stream, size))
        stream.seek(0)
        digest = hashlib.sha256()
        while piece := stream.read(1024 * 1024):
            digest.update(piece)
        return kind, digest.hexdigest()


def _windows(stream: BinaryIO, size: int, search: Search) -> list[Hit]:
    return search.stream(stream.read, size, "")


def _sorted(session: Session, looking: _Looking, unread: tuple[str, ...]) -> Examined:
    closed = settled(session.assessment, session.clock().date())
    leaks: dict[tuple[str, str], Leak] = {}
    for hit in looking.hits:
        because = hit.judged.because
        leak = Leak(
            hit.rule, hit.judged.tier, Where.FILE, hit.inside, hit.line, "", hit.masked, hit.fingerprint, because
        )
        leaks.setdefault((hit.fingerprint, hit.rule), leak)
    live = tuple(leak for leak in leaks.values() if leak.tier is not Tier.C and leak.fingerprint not in closed)
    in_addresses = frozenset(hit.fingerprint for hit in looking.hits if hit.in_address)
    return Examined(live, tuple(leak for leak in leaks.values() if leak not in live), unread, in_addresses)


def _place(leak: Leak) -> str:
    line = _("line {n}").format(n=leak.line)
    return f"{leak.file}, {line}" if leak.file else line
