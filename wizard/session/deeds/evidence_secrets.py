"""Looks for live secrets in a file before it becomes evidence: with one inside it is not sealed until that is settled.

The same engine as for code, in process, over the file's bytes (archives, Office files and databases unfolded), over
the words and the metadata of a PDF, and over the metadata of pictures; pictures themselves are not read, and that is
said. Of a secret only its mask, its keyed hash and its place leave this module.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import secrets
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from wizard.checks import sample_secrets
from wizard.checks.code import wording
from wizard.checks.code.coverage import Counting
from wizard.checks.code.leak import Leak, Masker, Tier, Where
from wizard.domain import events as e
from wizard.domain.language import _, ngettext
from wizard.domain.mistakes import Mistake
from wizard.formats.kind import HEAD, media_type
from wizard.formats.text import MAX_BYTES
from wizard.session.deeds import scanning
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


class HeldBack(Mistake):
    """A file that holds what looks like a live secret: it was not sealed."""

    def __init__(self, path: Path, examined: Examined) -> None:
        n = len({leak.fingerprint for leak in examined.live})
        shown = list(dict.fromkeys(f"{leak.masked} ({_place(leak)})" for leak in examined.live))
        named = ", ".join(shown[:_MOST_NAMED]) + (" …" if len(shown) > _MOST_NAMED else "")
        said = ngettext(
            "{name} was not added: it holds what looks like a live secret: {named}. Black it out, or say what it is.",
            "{name} was not added: it holds what looks like {n} live secrets: {named}. Black them out, or say what "
            "they are.",
            n,
        )
        super().__init__(said.format(name=path.name, n=n, named=named))
        self.path = path
        self.examined = examined


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
        raise HeldBack(path, examined)
    return examined


async def note_sample(session: Session, name: str, examined: Examined, requirements: Collection[str]) -> None:
    """Record what a sample of logs or addresses shows, for the checks of the requirements that it is filed under."""
    known = session.questionnaire
    named = {check for id in requirements if (found := known.owner_of(id)) for check in found.checks}
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
    hits: list[tuple[str, Hit]] = field(default_factory=list)

    def through(self, search: Callable[[Search], Iterable[Hit]], place: str = "") -> None:
        from wizard.checks.code.searching import Search as Made

        made = Made(self.engine, self.masker, self.counting, self.stop, None, self.session.clock())
        self.hits += [(place, hit) for hit in search(made)]

    def words(self, text: str, place: str) -> None:
        data = text.encode("utf-8", "replace")

        def looked(search: Search) -> list[Hit]:
            return search.data(data, "")

        self.through(looked, place)


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
        kind, pdf, digest = await asyncio.to_thread(_bytes, looking, open_)
        unread = []
        if kind == "application/pdf":
            unread += await _pdf(looking, pdf)
        elif kind.startswith(_PICTURES):
            unread.append(_("The picture itself was not read for secrets, only its metadata. Look at it yourself."))
    except asyncio.CancelledError:
        stop.set()
        raise
    unread += [wording.gap(gap) for gap in looking.counting.freeze().gaps]
    return replace(_sorted(session, looking, tuple(unread)), digest=digest)


def _bytes(looking: _Looking, open_: Callable[[], BinaryIO]) -> tuple[str, bytes, str]:
    """Search the bytes as they are; of a PDF they come back, for its words are packed. Last, the digest of all."""
    with open_() as stream:
        kind = media_type(stream.read(HEAD))
        size = stream.seek(0, io.SEEK_END)
        stream.seek(0)
        looking.through(partial(_windows, stream, size))
        stream.seek(0)
        data = stream.read(MAX_BYTES + 1) if kind == "application/pdf" else b""
        stream.seek(0)
        digest = hashlib.sha256()
        while piece := stream.read(1024 * 1024):
            digest.update(piece)
        return kind, data, digest.hexdigest()


def _windows(stream: BinaryIO, size: int, search: Search) -> list[Hit]:
    return search.stream(stream.read, size, "")


async def _pdf(looking: _Looking, data: bytes) -> list[str]:
    from wizard.jobs import worker_process

    if len(data) > MAX_BYTES:
        return [_("This PDF is larger than 64 MB, so its words were not read for secrets.")]
    try:
        answer = await worker_process.ask("words", {}, data)
        parts = json.loads(answer.data)
    except (worker_process.WorkerRefused, worker_process.WorkerFailed) as failed:
        return [failed.sentence]
    for place, key in (("", "words"), (_("metadata"), "metadata")):
        await asyncio.to_thread(looking.words, str(parts.get(key, "")), place)
    out = []
    if parts.get("pictures"):
        out.append(_("Pictures inside the PDF were not read for secrets. Look at them yourself."))
    if not parts.get("whole"):
        out.append(_("The PDF is so long that not all of its words were read for secrets."))
    return out


def _sorted(session: Session, looking: _Looking, unread: tuple[str, ...]) -> Examined:
    closed = settled(session.assessment, session.clock().date())
    leaks: dict[tuple[str, str], Leak] = {}
    for place, hit in looking.hits:
        file = "!".join(filter(None, (place, hit.inside)))
        because = hit.judged.because
        leak = Leak(hit.rule, hit.judged.tier, Where.FILE, file, hit.line, "", hit.masked, hit.fingerprint, because)
        leaks.setdefault((hit.fingerprint, hit.rule), leak)
    live = tuple(leak for leak in leaks.values() if leak.tier is not Tier.C and leak.fingerprint not in closed)
    in_addresses = frozenset(hit.fingerprint for _place, hit in looking.hits if hit.in_address)
    return Examined(live, tuple(leak for leak in leaks.values() if leak not in live), unread, in_addresses)


def _place(leak: Leak) -> str:
    line = _("line {n}").format(n=leak.line)
    return f"{leak.file}, {line}" if leak.file else line
