"""One file to hand in: the signed PDF, chosen evidence and a list of both with digests, in a plain zip."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import IO, BinaryIO

from wizard.domain.attestation import Attestation
from wizard.domain.evidence import Evidence
from wizard.domain.language import _
from wizard.domain.mistakes import Mistake

MANIFEST, PDF, EVIDENCE = "manifest.json", "attestation.pdf", "evidence/"
FORMAT = "attestry-bundle/1"
#: Larger than any bundle that a person would hand in.
MOST_FILES, LARGEST = 5_000, 8 * 1024**3
_LARGEST_MANIFEST, _CHUNK = 4_000_000, 1 << 20
#: The first moment that a zip can name: the same for every file, so that the same content gives the same bytes.
_WHEN = (1980, 1, 1, 0, 0, 0)


class NotABundle(Mistake):
    """A zip that is not a submission bundle; the text says why."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One file of a bundle as the list names it; `holds` is whether its bytes have that digest."""

    name: str
    digest: str
    size: int
    holds: bool


@dataclass(frozen=True, slots=True)
class Bundle:
    """An opened bundle: the PDF's bytes, and every piece of evidence that lies in it."""

    pdf: bytes
    evidence: tuple[Listed, ...]
    trouble: str = ""


def is_zip(head: bytes) -> bool:
    """True for what begins as a zip."""
    return head.startswith(b"PK\x03\x04")


def names(evidence: Iterable[Evidence]) -> dict[str, str]:
    """A file name in the bundle for each piece, by its id: its number and own name, without a path in it."""
    out = {}
    for number, piece in enumerate(evidence, 1):
        kept = "".join(c if c.isalnum() or c in " .-_()" else "_" for c in piece.name).strip(" .")[-120:]
        out[piece.id] = f"{EVIDENCE}{number:03} {kept or 'file'}"
    return out


def write(
    out: BinaryIO,
    pdf: bytes,
    attestation: Attestation,
    chosen: Iterable[Evidence],
    copy: Callable[[Evidence, IO[bytes]], None],
) -> None:
    """Write the bundle; `copy` puts the clear bytes of a piece into a stream. The same content, the same bytes."""
    pieces = list(chosen)
    place = names(attestation.evidence)
    listed = [{"name": PDF, "sha256": sha256(pdf).hexdigest(), "size": len(pdf)}]
    listed += [
        {"name": place[one.id], "sha256": one.sealed.digest, "size": one.sealed.size, "evidence": one.name}
        for one in pieces
    ]
    manifest = {
        "format": FORMAT,
        "organisation": attestation.organisation,
        "integration": attestation.integration,
        "reference": attestation.reference,
        "signed_at": attestation.signed_at.isoformat().replace("+00:00", "Z"),
        "files": listed,
    }
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        text = json.dumps(manifest, indent=2, ensure_ascii=False, sort_keys=True) + "\n"
        archive.writestr(_entry(MANIFEST), text.encode())
        archive.writestr(_entry(PDF), pdf)
        for one in pieces:
            with archive.open(_entry(place[one.id]), "w", force_zip64=one.sealed.size > 2**31 - 1) as stream:
                copy(one, stream)


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _WHEN)
    entry.external_attr = 0o600 << 16
    entry.create_system = 3
    return entry


def read(data: IO[bytes], largest_pdf: int) -> Bundle:
    """Open a bundle without unpacking anything to disk. Raises `NotABundle`; never more than was written is read."""
    try:
        room = data.seek(0, os.SEEK_END)
        with zipfile.ZipFile(data) as archive:
            return _read(archive, largest_pdf, min(room, LARGEST))
    except NotABundle:
        raise
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError, EOFError, KeyError) as error:
        raise NotABundle(_no(_("it cannot be read"))) from error


def _read(archive: zipfile.ZipFile, largest_pdf: int, room: int) -> Bundle:
    entries = archive.infolist()
    # nothing is packed: what the files claim together cannot be more than the zip itself
    if len(entries) > MOST_FILES or sum(one.file_size for one in entries) > room:
        raise NotABundle(_no(_("it is larger than any bundle")))
    if any(one.compress_type != zipfile.ZIP_STORED or one.flag_bits & 1 for one in entries):
        raise NotABundle(_no(_("it is packed or encrypted, and Attestry’s are not")))
    found = {one.filename: one for one in entries}
    if len(found) != len(entries) or MANIFEST not in found or PDF not in found:
        raise NotABundle(_no(_("it holds no manifest, no PDF, or one name twice")))
    if found[MANIFEST].file_size > _LARGEST_MANIFEST or found[PDF].file_size > largest_pdf:
        raise NotABundle(_no(_("its manifest or PDF is too large")))
    listed = _manifest(archive.read(found[MANIFEST]))
    pdf = archive.read(found[PDF])
    extra = set(found) - set(listed) - {MANIFEST}
    trouble = ""
    if extra:
        trouble = _("It holds files that its manifest does not name: {names}.").format(
            names=", ".join(sorted(extra)[:5])
        )
    out = []
    for name, (wanted, size) in listed.items():
        if name == PDF:
            if sha256(pdf).hexdigest() != wanted:
                trouble = _("The PDF in it is not the one that its manifest names.")
            continue
        entry = found.get(name)
        holds = entry is not None and entry.file_size == size and _digest(archive, entry) == wanted
        out.append(Listed(name, wanted, size, holds))
    return Bundle(pdf, tuple(out), trouble)


def _digest(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> str:
    digest = sha256()
    try:
        with archive.open(entry) as stream:
            while part := stream.read(_CHUNK):
                digest.update(part)
    except (zipfile.BadZipFile, EOFError):  # its bytes do not fit even the zip's own sum
        return ""
    return digest.hexdigest()


def _manifest(data: bytes) -> dict[str, tuple[str, int]]:
    try:
        parsed = json.loads(data.decode("utf-8"))
        if parsed["format"] != FORMAT:
            raise ValueError
        listed = {one["name"]: (one["sha256"], one["size"]) for one in parsed["files"]}
        good = all(isinstance(n, str) and isinstance(d, str) and isinstance(s, int) for n, (d, s) in listed.items())
        if not good or len(listed) != len(parsed["files"]) or PDF not in listed:
            raise ValueError
    except (ValueError, TypeError, KeyError, RecursionError, AttributeError) as error:
        raise NotABundle(_no(_("its manifest cannot be read"))) from error
    return listed


def _no(why: str) -> str:
    return _("This zip is not a submission bundle: {why}. Ask for the PDF itself.").format(why=why)
