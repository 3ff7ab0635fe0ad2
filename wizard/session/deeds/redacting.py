"""Blacks out parts of a picture or a text before it is sealed: only what came out is ever kept here.

The file is read into memory, drawn and blacked out in the limited child, and what the child gives back is sealed. The
person's own file stays as it is; nothing of it is written anywhere by this app.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from wizard.domain.codec import to_json
from wizard.domain.evidence import Evidence
from wizard.domain.language import _
from wizard.formats import blacking_out
from wizard.formats.blacking_out import Box as Box
from wizard.formats.blacking_out import Span as Span
from wizard.formats.kind import HEAD, media_type
from wizard.jobs.runner import Hear, Job, Progress
from wizard.session.deeds import evidence, evidence_secrets
from wizard.session.deeds.evidence import PREVIEW_LIMIT, Added, UnusableFile
from wizard.session.session import Session

#: Where the vault keeps the digests of the files as they were, by evidence. They are in no entry, so no teammate and no
#: reviewer gets one: whoever has what is left could try which six digits in it give that digest.
_ORIGINAL = "evidence/original/"
#: Wide enough to aim at single characters of a whole screen.
_SHOWN_WIDTH = 2000


@dataclass(frozen=True, slots=True)
class Original:
    """A file that is to be blacked out, in memory only: what it is, and how it is shown for marking.

    `kind` is "picture" (`shown` is a PNG) or "text" (`shown` is UTF-8, in the characters that spans count).
    """

    path: Path
    kind: str
    data: bytes = field(repr=False)
    shown: bytes = field(repr=False)

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of the file as it is."""
        return hashlib.sha256(self.data).hexdigest()


def look(session: Session, path: Path, hear: Hear = lambda event: None) -> Job[Original]:
    """Read a picture or text for marking. Fails with UnusableFile, NotBlackedOut, and the mistakes of opening files."""

    def read() -> tuple[str, bytes]:
        with evidence.opened(path) as stream:
            data = stream.read(PREVIEW_LIMIT + 1)
        if len(data) > PREVIEW_LIMIT:
            raise UnusableFile(
                _("{name} is larger than 64 MB, so it cannot be blacked out here.").format(name=path.name)
            )
        return blacking_out.can_be(data[:HEAD]), data

    async def work(progress: Progress) -> Original:
        from wizard.jobs import worker_process

        kind, data = await asyncio.to_thread(read)
        limits = worker_process.Limits(seconds=15)
        if kind == "text":
            answer = await worker_process.ask("text_for_marking", {}, data, limits)
        else:
            answer = await worker_process.ask("preview", {"page": 0, "width": _SHOWN_WIDTH}, data, limits)
        return Original(path, kind, data, answer.data)

    return session.runner.start(work, _("Opening {name}").format(name=path.name), hear)


def original_digest(session: Session, id: str) -> str:
    """SHA-256 (hex) of the file that a piece of evidence was blacked out from; "" when it was made elsewhere."""
    return (session.workspace.secrets.get(f"{_ORIGINAL}{id}") or b"").decode("ascii", "replace")


def seal(
    session: Session,
    original: Original,
    marks: Sequence[Box] | Sequence[Span],
    requirements: Collection[str],
    hear: Hear = lambda event: None,
    *,
    note: str = "",
    expires: date | None = None,
) -> Job[Added]:
    """Black the marks out, seal what came out, and file it under requirements.

    What came out is looked through for live secrets as every file is: fails with `HeldBack` while one is left.
    """

    async def work(progress: Progress) -> Added:
        from wizard.jobs import worker_process

        progress(0, 0, _("Blacking out"))
        asked = {
            "boxes": [to_json(mark) for mark in marks if isinstance(mark, Box)],
            "spans": [to_json(mark) for mark in marks if isinstance(mark, Span)],
        }
        answer = await worker_process.ask("black_out", asked, original.data, worker_process.Limits(seconds=60))
        places = answer.said.get("places")
        progress(0, 0, _("Looking for secrets in {name}").format(name=original.path.name))
        looked = await evidence_secrets.let_pass(
            session, original.path, lambda _path: io.BytesIO(answer.data), requirements
        )
        sealed = await asyncio.to_thread(session.workspace.box.seal_bytes, answer.data)
        item = Evidence(
            id=secrets.token_hex(8),
            name=evidence.shown_name(_name(original.path)),
            media_type=media_type(answer.data[:HEAD]),
            sealed=sealed,
            requirements=tuple(requirements),
            note=note,
            expires=expires,
            blacked_out=places if isinstance(places, int) else len(marks),
        )
        kept = original.digest.encode("ascii")
        await asyncio.to_thread(session.workspace.secrets.put, f"{_ORIGINAL}{item.id}", kept)
        item, why_not, _change = await evidence.record(session, item, progress)
        unread = ((item.id, why_not),) if why_not else ()
        return Added((item,), (), unread, ((item.id, " ".join(looked.unread)),) if looked.unread else ())

    return session.runner.start(work, _("Blacking out {name}").format(name=original.path.name), hear)


def _name(path: Path) -> str:
    return _("{name} (blacked out){kind}").format(name=path.stem, kind=path.suffix)
