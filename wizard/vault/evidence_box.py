"""The evidence box: files sealed in one streamed pass, under names that say nothing about what is held.

Each is an ordinary age v1 file (C2SP age specification), so that the public age tool opens it with the workspace's
identity. The name is an HMAC-SHA256 of the contents under a key of this workspace: the same file is kept once, and
nobody without the key can tell that a known document is here.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import io
import os
import re
import secrets
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import pyrage

from wizard.domain.evidence import Sealed
from wizard.domain.language import _
from wizard.domain.mistakes import Mistake
from wizard.formats import regular
from wizard.vault import files
from wizard.vault.mistakes import (
    Cancelled,
    Changed,
    DamagedEvidence,
    NotAFile,
    NotSaved,
    ReadOnly,
    TooBig,
    UnreadableFile,
)

FOLDER = "evidence"
_NAME = re.compile(r"[0-9a-f]{64}")
_STEP = 1024 * 1024
#: No single piece of evidence is larger.
LARGEST = 16 * 1024**3


@dataclass(frozen=True, slots=True)
class BoxKeys:
    """The age identity that opens the box (its secret text form) and the key of the names."""

    identity: str
    names: bytes

    def __repr__(self) -> str:
        return "BoxKeys()"


def new_keys() -> BoxKeys:
    """Keys for a new box."""
    return BoxKeys(str(pyrage.x25519.Identity.generate()), secrets.token_bytes(32))


def open_file(path: Path) -> BinaryIO:
    """Open a file that is offered as evidence, never waiting for one. Raises NotAFile for folders, pipes and devices,
    UnreadableFile for what cannot be read."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise NotAFile(path.name)
        return regular.opened(path)
    except OSError as error:
        raise UnreadableFile(path.name, files.reason(error)) from None
    except ValueError:  # a NUL in the name
        raise UnreadableFile(path.name, _("its name is broken")) from None


class _Passing:
    """Clear bytes passing by: counted, digested, and stopped when the person says so.

    The library that seals turns every exception into its own: `failed` keeps ours.
    """

    def __init__(self, cancelled: Callable[[], bool], progress: Callable[[int], None]) -> None:
        self._cancelled = cancelled
        self._progress = progress
        self._told = 0
        self.digest = hashlib.sha256()
        self.size = 0
        self.failed: Exception | None = None

    def passes(self, data: bytes) -> None:
        if self._cancelled():
            raise Cancelled
        self.digest.update(data)
        self.size += len(data)
        if self.size - self._told >= _STEP:
            self._told = self.size
            self._progress(self.size)


class _Reading(_Passing):
    """What is sealed, on its way in; its name is made on the way."""

    def __init__(
        self, stream: BinaryIO, names: bytes, cancelled: Callable[[], bool], progress: Callable[[int], None]
    ) -> None:
        super().__init__(cancelled, progress)
        self._stream = stream
        self._left = _length(stream)
        self.name = hmac.new(names, digestmod=hashlib.sha256)

    def read(self, wanted: int = -1) -> bytes:
        try:
            # a file that grows meanwhile is read as far as it went at the beginning: it ends
            data = self._stream.read(min(wanted if wanted >= 0 else _STEP, self._left))
            self._left -= len(data)
            self.passes(data)
            self.name.update(data)
            if self.size > LARGEST:
                raise TooBig(self.size, LARGEST)
        except Exception as error:
            self.failed = error
            raise
        return data


class _Writing:
    """Sealed bytes on their way to the disk, digested."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.digest = hashlib.sha256()
        self.failed: Exception | None = None

    def write(self, data: bytes) -> int:
        try:
            self._stream.write(data)
        except Exception as error:
            self.failed = error
            raise
        self.digest.update(data)
        return len(data)

    def flush(self) -> None:
        """The part is flushed when it is settled."""


class _Opening(_Passing):
    """Clear bytes on their way out; nothing more leaves once something went wrong."""

    def __init__(self, out: BinaryIO | None, cancelled: Callable[[], bool], progress: Callable[[int], None]) -> None:
        super().__init__(cancelled, progress)
        self._out = out

    def write(self, data: bytes) -> int:
        if self.failed is not None:
            raise self.failed
        try:
            self.passes(data)
            if self._out is not None:
                self._out.write(data)
        except Exception as error:
            self.failed = error
            raise
        return len(data)

    def flush(self) -> None:
        """Whoever gave the stream flushes it."""


def _never() -> bool:
    return False


def _quiet(done: int) -> None:
    pass


class EvidenceBox:
    """The evidence folder of one workspace. Every method blocks and may be called from any thread.

    `read_only` is the sentence that says why nothing may be sealed, "" when it may.
    """

    def __init__(self, folder: Path, keys: BoxKeys, *, read_only: str) -> None:
        self.folder = folder
        self._identity = pyrage.x25519.Identity.from_str(keys.identity)
        self._recipient = self._identity.to_public()
        self._names = keys.names
        self.read_only = read_only

    def seal(
        self,
        stream: BinaryIO,
        *,
        cancelled: Callable[[], bool] = _never,
        progress: Callable[[int], None] = _quiet,
        digest: str = "",
    ) -> Sealed:
        """Seal what the stream gives, in one pass with little memory; durable when it returns.

        `progress` hears the number of bytes read so far. An empty stream is sealed too: the caller sees `size` 0.
        With `digest` (SHA-256, in hex) only those bytes are sealed, and others are refused.
        Raises Cancelled (nothing is left behind), ReadOnly, NotSaved, NotAFile, UnreadableFile, TooBig, Changed.
        """
        if self.read_only:
            raise ReadOnly(self.read_only)
        reading = _Reading(stream, self._names, cancelled, progress)
        try:
            with files.new_part(self.folder) as (part, target):
                writing = _Writing(target)
                self._encrypt(reading, writing)
                if digest and reading.digest.hexdigest() != digest:
                    raise Changed()
                return self._keep(part, target, reading, writing, cancelled)
        except OSError as error:
            raise NotSaved(files.reason(error)) from None

    def seal_bytes(self, data: bytes) -> Sealed:
        """Seal bytes that are at hand."""
        return self.seal(io.BytesIO(data))

    def open(
        self,
        sealed: Sealed,
        out: BinaryIO,
        *,
        cancelled: Callable[[], bool] = _never,
        progress: Callable[[int], None] = _quiet,
    ) -> None:
        """Write the clear bytes to `out`. Nothing is written before the sealed file is known to be whole.

        Raises DamagedEvidence, Cancelled, and OSError of `out`.
        """
        if self._sealed_digest(sealed, cancelled) != sealed.sealed_digest:
            # sealed again after damage, or damaged: only its contents can tell
            self._decrypt(sealed, None, cancelled, _quiet)
        self._decrypt(sealed, out, cancelled, progress)

    def export(
        self,
        sealed: Sealed,
        destination: Path,
        *,
        cancelled: Callable[[], bool] = _never,
        progress: Callable[[int], None] = _quiet,
    ) -> None:
        """Write a clear copy to a file, whole or not at all. Raises DamagedEvidence, Cancelled, NotSaved."""
        try:
            with files.new_part(destination.parent) as (part, stream):
                self.open(sealed, stream, cancelled=cancelled, progress=progress)
                _read_back(stream, sealed.digest, cancelled)
                files.settle(part, stream, destination)
        except OSError as error:
            raise NotSaved(files.reason(error)) from None

    def read(self, sealed: Sealed, limit: int) -> bytes:
        """The clear bytes, at most `limit` of them. Raises TooBig, DamagedEvidence."""
        if sealed.size > limit:
            raise TooBig(sealed.size, limit)
        out = io.BytesIO()
        self.open(sealed, out)
        return out.getvalue()

    def verify(
        self,
        sealed: Sealed,
        *,
        cancelled: Callable[[], bool] = _never,
        progress: Callable[[int], None] = _quiet,
    ) -> str:
        """Open it without keeping anything: "" when it is whole, else the sentence that says what is wrong."""
        try:
            self._decrypt(sealed, None, cancelled, progress)
        except DamagedEvidence as damage:
            return damage.sentence
        return ""

    def verify_sealed(self, sealed: Sealed, *, cancelled: Callable[[], bool] = _never) -> str:
        """As `verify`, but what stands on the disk as it was written is not opened, which is quicker."""
        try:
            if self._sealed_digest(sealed, cancelled) == sealed.sealed_digest:
                return ""
        except DamagedEvidence as damage:
            return damage.sentence
        return self.verify(sealed, cancelled=cancelled)

    def measure(self, name: str, *, cancelled: Callable[[], bool] = _never) -> Sealed:
        """Digest and size of what is sealed under a name, found by opening it. Raises DamagedEvidence, Cancelled."""
        sealed = Sealed(name, "", "", 0)
        opening = self._opened(sealed, None, cancelled, _quiet)
        if opening is None:
            raise _not_what_was_sealed(sealed)
        return Sealed(name, opening.digest.hexdigest(), "", opening.size)

    def verify_record(self, name: str, digest: str, *, cancelled: Callable[[], bool] = _never) -> str:
        """As `verify`, for a sealed record of which only name and digest are known."""
        try:
            found = self.measure(name, cancelled=cancelled)
        except DamagedEvidence as damage:
            return damage.sentence
        return "" if found.digest == digest else _not_what_was_sealed(found).sentence

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise DamagedEvidence(
                _("The journal names a piece of evidence in a way that this app never does, so it was not opened.")
            )
        return self.folder / name[:2] / f"{name}.age"

    def _encrypt(self, reading: _Reading, writing: _Writing) -> None:
        try:
            pyrage.encrypt_io(reading, writing, [self._recipient])
        except (pyrage.EncryptError, OSError, Cancelled, Mistake) as error:
            raise reading.failed or writing.failed or error from None
        # the library drops the error of its last write (up to 8 KiB): a disk that filled up just then left a cut file
        if writing.failed is not None:
            raise writing.failed

    def _keep(
        self, part: Path, target: BinaryIO, reading: _Reading, writing: _Writing, cancelled: Callable[[], bool]
    ) -> Sealed:
        """Give the written part its place, or keep the same contents that are there already and are whole."""
        written = writing.digest.hexdigest()
        sealed = Sealed(reading.name.hexdigest(), reading.digest.hexdigest(), written, reading.size)
        place = self._path(sealed.name)
        with contextlib.suppress(DamagedEvidence):
            self._decrypt(sealed, None, cancelled, _quiet)
            return Sealed(sealed.name, sealed.digest, self._sealed_digest(sealed, cancelled), sealed.size)
        _read_back(target, writing.digest.hexdigest(), cancelled)
        if not place.parent.exists():
            place.parent.mkdir(mode=0o700, exist_ok=True)
            files.sync_folder(self.folder)
        files.settle(part, target, place)
        return sealed

    def _sealed_digest(self, sealed: Sealed, cancelled: Callable[[], bool]) -> str:
        with self._sealed_file(sealed) as stream:
            return _digest(stream, cancelled)

    def _sealed_file(self, sealed: Sealed) -> BinaryIO:
        try:
            return open_file(self._path(sealed.name))
        except (UnreadableFile, NotAFile):
            raise DamagedEvidence(
                _(
                    "The sealed file of this evidence ({name}…) is missing or cannot be read. "
                    "Put it back from a backup of this workspace, or add the evidence again."
                ).format(name=sealed.name[:12])
            ) from None

    def _decrypt(
        self,
        sealed: Sealed,
        out: BinaryIO | None,
        cancelled: Callable[[], bool],
        progress: Callable[[int], None],
    ) -> None:
        opening = self._opened(sealed, out, cancelled, progress)
        if opening is None or (opening.digest.hexdigest(), opening.size) != (sealed.digest, sealed.size):
            raise _not_what_was_sealed(sealed)

    def _opened(
        self,
        sealed: Sealed,
        out: BinaryIO | None,
        cancelled: Callable[[], bool],
        progress: Callable[[int], None],
    ) -> _Opening | None:
        """What passed by, None when the file is not one that this box sealed. Raises what `out` raises, Cancelled."""
        opening = _Opening(out, cancelled, progress)
        with self._sealed_file(sealed) as stream:
            try:
                pyrage.decrypt_io(stream, opening, [self._identity])
            except (pyrage.DecryptError, OSError, Cancelled):
                if opening.failed is not None:
                    raise opening.failed from None
                return None
        return opening


def _not_what_was_sealed(sealed: Sealed) -> DamagedEvidence:
    return DamagedEvidence(
        _(
            "The sealed file of this evidence ({name}…) is not what was sealed. "
            "Put it back from a backup of this workspace, or add the evidence again."
        ).format(name=sealed.name[:12])
    )


def _read_back(target: BinaryIO, digest: str, cancelled: Callable[[], bool]) -> None:
    """Read what was just written before anyone is told that it is saved. Raises NotSaved, Cancelled."""
    target.flush()
    os.fsync(target.fileno())
    target.seek(0)
    if _digest(target, cancelled) != digest:
        raise NotSaved(_("the disk gave back other bytes than were written"))


def _digest(stream: BinaryIO, cancelled: Callable[[], bool]) -> str:
    """SHA-256 (hex) of the rest of the stream."""
    digest = hashlib.sha256()
    while data := stream.read(_STEP):
        if cancelled():
            raise Cancelled
        digest.update(data)
    return digest.hexdigest()


def _length(stream: BinaryIO) -> int:
    """How far the stream is read: a file's length now, or as far as a stream in memory goes. Raises NotAFile."""
    try:
        status = os.fstat(stream.fileno())
    except (OSError, AttributeError, ValueError):
        return LARGEST + 1
    if not stat.S_ISREG(status.st_mode):
        raise NotAFile(_("That"))
    return status.st_size
