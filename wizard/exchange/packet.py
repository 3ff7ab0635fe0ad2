"""The sealed file that carries signed entries and evidence from one person to others.

An ordinary age v1 file (C2SP age specification) to the recipients' keys. age does not say who wrote it, so inside
stands a manifest that the sender signed, and everything that follows is what the manifest says: so many entries, then
these files, each by size and SHA-256. Nothing inside is compressed and nothing names a place on a disk.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import pyrage
import rfc8785

from wizard.domain.bulk import many_values
from wizard.domain.codec import Unreadable, from_json, to_json
from wizard.domain.events import Carried
from wizard.domain.evidence import Sealed
from wizard.domain.members import Member
from wizard.exchange.mistakes import Damaged, Newer, NotForYou, NotOurs, NotRead, TooBig
from wizard.exchange.request import check_signature
from wizard.formats import regular

SUFFIX = ".attestry-reply"
BUNDLE_SUFFIX = ".attestry-bundle"
_MAGIC = b"attestry packet v1\n"
_PREFIX = b"attestry packet v1\x00"
_AGE = b"age-encryption.org/v1\n"
_STEP = 256 * 1024
_NAME = re.compile(r"[0-9a-f]{64}")

MOST_ENTRIES = 100_000
MOST_FILES = 10_000
_LARGEST_MANIFEST = 8 * 1024 * 1024
_LARGEST_ENTRIES = 512 * 1024 * 1024
#: One entry as a line: envelope and payload, escaped.
_LONGEST_LINE = 6 * 1024 * 1024
_LARGEST_FILE = 16 * 1024**3


@dataclass(frozen=True, slots=True)
class Item:
    """A file in a packet: the name that its entry gives it, SHA-256 (hex) and size of the clear bytes."""

    name: str
    digest: str
    size: int

    @property
    def sealed(self) -> Sealed:
        """The same, as the evidence box says it."""
        return Sealed(self.name, self.digest, "", self.size)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is in a packet, signed by `sender`. `kind` is "reply" or "bundle"; `request` the hash that it answers.

    `keys` are the public keys (hex) of the authors of its entries, by their SHA-256; `heads` every author's newest
    entry (sequence, hash) as the sender knows it.
    """

    kind: str
    workspace: str
    sender: Member
    made_at: datetime
    entries: int
    entries_size: int
    entries_digest: str
    files: tuple[Item, ...]
    keys: tuple[tuple[str, str], ...] = ()
    heads: tuple[tuple[str, int, str], ...] = ()
    request: str = ""
    #: the key of who began the assessment, as the sender knows it
    founder: str = ""


@dataclass(frozen=True, slots=True)
class Packet:
    """What was read: the manifest and the entries; `digest` (hex) is the SHA-256 of the sealed file."""

    manifest: Manifest
    entries: tuple[Carried, ...]
    digest: str

    @property
    def items(self) -> dict[str, Item]:
        """The files in it by name."""
        return {item.name: item for item in self.manifest.files}


def drain(stream: BinaryIO) -> None:
    """Read a file of a packet to its end, and keep nothing of it."""
    while stream.read(_STEP):
        pass


def entries_bytes(entries: Sequence[Carried]) -> bytes:
    """Entries as they stand in a packet: one JSON list a line."""
    lines = (
        json.dumps([str(e.envelope, "utf-8"), e.signature.hex(), e.salt.hex(), str(e.payload, "utf-8")])
        for e in entries
    )
    return "".join(f"{line}\n" for line in lines).encode("ascii")


def read_entries(data: bytes) -> tuple[Carried, ...]:
    """The entries of a packet. Raises ValueError."""
    out = []
    for line in data.splitlines():
        if len(line) > _LONGEST_LINE:
            raise ValueError("an entry is too long")
        parts = json.loads(line)
        if not isinstance(parts, list) or len(parts) != 4 or not all(isinstance(part, str) for part in parts):
            raise ValueError("not an entry")
        envelope, signature, salt, payload = parts
        out.append(
            Carried(envelope.encode("utf-8"), bytes.fromhex(signature), bytes.fromhex(salt), payload.encode("utf-8"))
        )
    return tuple(out)


def write(
    target: BinaryIO,
    manifest: Manifest,
    entries: bytes,
    give: Callable[[Item, BinaryIO], None],
    sign: Callable[[bytes], bytes],
    recipients: Sequence[str],
    progress: Callable[[int], None] = lambda count: None,
) -> None:
    """Seal a packet into `target`; `give(item, out)` writes the clear bytes of a file. Raises what `give` raises."""
    manifest = replace(manifest, entries_size=len(entries), entries_digest=hashlib.sha256(entries).hexdigest())
    written = rfc8785.dumps(to_json(manifest))

    def push(out: BinaryIO) -> None:
        out.write(_MAGIC + len(written).to_bytes(4, "big") + written + sign(_signed(written)))
        out.write(entries)
        for done, item in enumerate(manifest.files):
            progress(done)
            give(item, out)

    failed: list[BaseException] = []
    sealed = _Target(target)
    with _pipe(push, failed) as stream:
        try:
            pyrage.encrypt_io(stream, sealed, [pyrage.x25519.Recipient.from_str(r) for r in recipients])
        except (pyrage.EncryptError, OSError) as error:
            raise (failed[0] if failed else sealed.failed or OSError(str(error))) from None
    if failed:
        raise failed[0]
    if sealed.failed is not None:
        raise sealed.failed


class _Target:
    """Where sealed bytes go. It keeps what went wrong: the library drops the error of its last write."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.failed: OSError | None = None

    def write(self, data: bytes) -> int:
        try:
            return self._stream.write(data)
        except OSError as error:
            self.failed = error
            raise

    def flush(self) -> None:
        self._stream.flush()


def read(
    path: Path,
    identity: pyrage.x25519.Identity,
    take: Callable[[Item, BinaryIO], None] | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> Packet:
    """Open a packet. Without `take` the files in it are checked only; with it, each is handed over as a clear stream.

    A packet counts only when this returns: what `take` got before belongs to nothing until then. Raises Refused, and
    what `take` raises.
    """
    name = path.name or str(path)
    try:
        digest, length = _digest_of(path)
        with regular.opened(path) as sealed:
            if sealed.read(len(_AGE)) != _AGE:
                raise NotOurs(name)
            sealed.seek(0)
            failed: list[BaseException] = []

            def push(out: BinaryIO) -> None:
                pyrage.decrypt_io(sealed, out, [identity])

            try:
                with _pipe(push, failed) as stream:
                    manifest, entries = _open(stream, name, length, take, stopped)
            except _Cut:
                raise _what(failed, name) from None
            if failed:
                raise _what(failed, name)
    except OSError as error:
        raise NotRead(name, error) from None
    return Packet(manifest, entries, digest)


class Stopped(Exception):
    """The person does not want to wait for it."""


class _Cut(Exception):
    """The clear stream ended before the manifest said so."""


def _what(failed: list[BaseException], name: str) -> Exception:
    if failed and isinstance(failed[0], pyrage.DecryptError) and "matching" in str(failed[0]).lower():
        return NotForYou(name)
    return Damaged(name)


def _open(
    stream: BinaryIO,
    name: str,
    length: int,
    take: Callable[[Item, BinaryIO], None] | None,
    stopped: Callable[[], bool],
) -> tuple[Manifest, tuple[Carried, ...]]:
    magic = _exactly(stream, len(_MAGIC))
    if magic != _MAGIC:
        raise Newer(name) if magic.startswith(b"attestry packet") else NotOurs(name)
    size = int.from_bytes(_exactly(stream, 4), "big")
    if size > _LARGEST_MANIFEST:
        raise TooBig(name)
    written = _exactly(stream, size)
    signature = _exactly(stream, 64)
    try:
        manifest = from_json(Manifest, json.loads(written))
    except (Unreadable, ValueError, RecursionError):
        raise Damaged(name) from None
    check_signature(manifest.sender, _signed(written), signature, name)
    _limits(manifest, name, length)
    data = _exactly(stream, manifest.entries_size)
    if hashlib.sha256(data).hexdigest() != manifest.entries_digest:
        raise Damaged(name)
    try:
        with many_values():
            entries = read_entries(data)
    except (ValueError, RecursionError):
        raise Damaged(name) from None
    if len(entries) != manifest.entries:
        raise Damaged(name)
    for item in manifest.files:
        part = _Part(stream, item, stopped)
        if take is None:
            drain(io.BufferedReader(part))
        else:
            take(item, io.BufferedReader(part))
        if not part.whole:
            raise Damaged(name)
    if stream.read(1):
        raise Damaged(name)
    return manifest, entries


def _limits(manifest: Manifest, name: str, length: int) -> None:
    """Refuse what promises too much, and what promises more than the file can hold, before anything is read."""
    sizes = [item.size for item in manifest.files]
    if (
        manifest.entries > MOST_ENTRIES
        or len(sizes) > MOST_FILES
        or manifest.entries_size > _LARGEST_ENTRIES
        or any(size > _LARGEST_FILE for size in sizes)
    ):
        raise TooBig(name)
    sound = (
        manifest.kind in ("reply", "bundle")
        and all(_NAME.fullmatch(i.name) and _NAME.fullmatch(i.digest) and i.size >= 0 for i in manifest.files)
        and len({item.name for item in manifest.files}) == len(sizes)
        and manifest.entries >= 0
        and manifest.entries_size >= 0
        and manifest.entries_size + sum(sizes) <= length
    )
    if not sound:
        raise Damaged(name)


class _Part(io.RawIOBase):
    """One file inside the stream: it ends where the manifest says, and `whole` says whether it was that file."""

    def __init__(self, stream: BinaryIO, item: Item, stopped: Callable[[], bool]) -> None:
        super().__init__()
        self._stream, self._item, self._stopped = stream, item, stopped
        self._left = item.size
        self._digest = hashlib.sha256()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        data = self._more(len(view))
        view[: len(data)] = data
        return len(data)

    def read(self, size: int = -1) -> bytes:
        return self._more(size if size >= 0 else _STEP)

    def _more(self, size: int) -> bytes:
        if self._stopped():
            raise Stopped
        if not self._left:
            return b""
        data = self._stream.read(min(size, self._left, _STEP))
        if not data:
            raise _Cut
        self._left -= len(data)
        self._digest.update(data)
        return data

    @property
    def whole(self) -> bool:
        """Was all of it read, and was it what the manifest says?"""
        return not self._left and self._digest.hexdigest() == self._item.digest


def _exactly(stream: BinaryIO, size: int) -> bytes:
    parts, left = [], size
    while left:
        data = stream.read(min(left, _STEP))
        if not data:
            raise _Cut
        parts.append(data)
        left -= len(data)
    return b"".join(parts)


def _signed(written: bytes) -> bytes:
    return _PREFIX + hashlib.sha256(written).digest()


def _digest_of(path: Path) -> tuple[str, int]:
    """SHA-256 (hex) and length of the sealed file."""
    digest, length = hashlib.sha256(), 0
    with regular.opened(path) as stream:
        while data := stream.read(_STEP):
            digest.update(data)
            length += len(data)
    return digest.hexdigest(), length


@contextlib.contextmanager
def _pipe(push: Callable[[BinaryIO], None], failed: list[BaseException]) -> Iterator[BinaryIO]:
    """What `push` writes, as a stream to read; what goes wrong in it is put into `failed`, complete when this ends.

    Clear bytes go through memory only. Leaving the block early makes `push` end too.
    """
    reading, writing = os.pipe()

    def run() -> None:
        try:
            with os.fdopen(writing, "wb", buffering=_STEP) as out:
                push(out)
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=run, name="attestry packet", daemon=True)
    stream = os.fdopen(reading, "rb", buffering=_STEP)
    thread.start()
    try:
        yield stream
    finally:
        stream.close()
        thread.join()
