"""Puts a signed attestation and chosen evidence into one file to hand in."""

from __future__ import annotations

import os
import secrets
import threading
from collections.abc import Collection
from pathlib import Path
from typing import IO, BinaryIO, cast

from wizard.document import bundle
from wizard.document.handed_over import HandedOver, Match, Piece
from wizard.document.rules import LARGEST_FILE
from wizard.document.verify import verify
from wizard.domain.attestation import Attestation
from wizard.domain.evidence import Evidence
from wizard.domain.language import _
from wizard.domain.mistakes import Mistake
from wizard.jobs.runner import Hear, Job, Progress
from wizard.session.deeds import reviewing
from wizard.session.session import Session


class NotBundled(Mistake):
    """No bundle was made; the text says why."""


def make(
    session: Session, pdf: Path, out: Path, chosen: Collection[str] | None = None, hear: Hear = lambda event: None
) -> Job[tuple[Evidence, ...]]:
    """Write the bundle: the PDF as it lies there, and the evidence with these ids (all that it names unless given).

    The job returns what went in, and fails with `NotBundled`, `CannotRead` or the vault's mistakes; the file is whole
    or not there at all.
    """
    stopped = threading.Event()

    def work(progress: Progress) -> tuple[Evidence, ...]:
        data = reviewing.read(pdf)
        found = verify(data)
        if found.attestation is None or not reviewing.holds(found):
            raise NotBundled(
                _("{name} does not verify, so no bundle was made of it. {why}").format(name=pdf.name, why=found.trouble)
            )
        pieces = tuple(one for one in found.attestation.evidence if chosen is None or one.id in chosen)
        done = 0

        def copy(one: Evidence, stream: IO[bytes]) -> None:
            nonlocal done
            progress(done, len(pieces), one.name)
            session.workspace.box.open(one.sealed, cast(BinaryIO, stream), cancelled=stopped.is_set)
            done += 1

        partly = out.with_name(f".{out.name}.{secrets.token_hex(4)}.part")
        try:
            handle = os.open(partly, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
            with os.fdopen(handle, "w+b") as stream:
                bundle.write(stream, data, found.attestation, pieces, copy)
                stream.flush()
                os.fsync(stream.fileno())
            partly.replace(out)
        except OSError as error:
            raise NotBundled(
                _("{name} could not be written there ({why}). No bundle was made. Choose another folder.").format(
                    name=out.name, why=error.strerror or type(error).__name__
                )
            ) from error
        finally:
            partly.unlink(missing_ok=True)
        return pieces

    async def run(progress: Progress) -> tuple[Evidence, ...]:
        import asyncio

        try:
            return await asyncio.to_thread(work, progress)
        finally:
            stopped.set()

    return session.runner.start(run, _("Making the bundle"), hear)


def opened(path: Path) -> bundle.Bundle | None:
    """The bundle at `path`; None when it is no zip. Raises `NotABundle` and `CannotRead`."""
    try:
        if not path.is_file():
            return None
        with path.open("rb") as stream:
            if not bundle.is_zip(stream.read(4)):
                return None
            return bundle.read(stream, LARGEST_FILE)
    except OSError as error:
        raise reviewing.CannotRead(
            _("{name} could not be read ({why}). Nothing was checked.").format(
                name=path, why=error.strerror or type(error).__name__
            )
        ) from error


def compared(attestation: Attestation, found: bundle.Bundle) -> HandedOver:
    """The evidence in the bundle against the digests that the attestation names, in its order."""
    good = {one.digest: one.name for one in found.evidence if one.holds}
    bad = {one.digest: one.name for one in found.evidence if not one.holds}
    pieces = []
    for one in attestation.evidence:
        digest = one.sealed.digest
        match = Match.MATCHED if digest in good else Match.DIFFERENT if digest in bad else Match.MISSING
        pieces.append(Piece(one.name, digest, match, good.get(digest) or bad.get(digest, ""), one.requirements))
    used = {piece.file for piece in pieces}
    return HandedOver(tuple(pieces), tuple(one.name for one in found.evidence if one.name not in used))
