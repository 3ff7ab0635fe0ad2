"""A whole workspace as one sealed file, for another computer; the public age and tar tools open it too.

The file is a tar with two age v1 files (C2SP age specification): `key.age`, an age identity under the passphrase, and
`workspace.age`, sealed to that identity, a tar again:

    workspace.json        {"format", "version", "workspace", "events", "head", "authors", "secrets"}
    identity.txt          the age identity that opens the evidence
    events/000001.jsonl…  one entry a line: {"envelope", "payload", "salt", "signature"} (salt and signature hex)
    evidence/NAME.age…    the sealed evidence as it lies in the workspace
    end.json              {"files"}: how many came before it

    tar xf x.attestry-export; age -d key.age >key; age -d -i key workspace.age | tar x
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import re
import tarfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

import pyrage
import rfc8785
import sqlalchemy as sa

from wizard.domain.language import _
from wizard.vault import building, evidence_box, files, foreign, keys, recovery_key, verification
from wizard.vault.database import Database
from wizard.vault.header import Header, SlotKind
from wizard.vault.journal import CHUNK, event_hash
from wizard.vault.mistakes import Cancelled, NotSaved, UnusableExport, WrongExportPassphrase
from wizard.vault.secrets import Secrets
from wizard.vault.tables import AUTHORS, EVENTS
from wizard.vault.unlocking import passphrase_slot, random_slot
from wizard.vault.workspace import Workspace

_FORMAT = "attestry portable workspace"
_KEY, _INNER = "key.age", "workspace.age"
_STEP = 1024 * 1024
#: A chunk of entries or the description; evidence is streamed and has its own limit.
_LARGEST_PART = 256 * 1024 * 1024
_EVIDENCE = re.compile(r"evidence/([0-9a-f]{64})\.age")
_COMMENT = re.compile(r"# attestry workspace [0-9a-f]{32}")
_EVENTS = re.compile(r"events/\d{6}\.jsonl")


# --- writing ---------------------------------------------------------------------------------------------------------


def _never() -> bool:
    return False


def _quiet(done: int) -> None:
    pass


def take_out(
    workspace: Workspace,
    destination: Path,
    passphrase: str,
    *,
    cancelled: Callable[[], bool] = _never,
    progress: Callable[[int], None] = _quiet,
) -> None:
    """Write the whole of an open workspace into one file, whole or not at all. `progress` hears bytes.

    Whoever has the file and its passphrase has everything, the signing key included. Raises Cancelled,
    UnusablePassphrase, NotSaved.
    """
    keys.new_passphrase_bytes(passphrase)
    identity = pyrage.x25519.Identity.generate()
    text = f"# attestry workspace {workspace.id}\n{identity}\n"
    key = pyrage.passphrase.encrypt(text.encode("ascii"), _normal(passphrase))
    pull = _Pull(_inner(workspace), cancelled, progress)
    try:
        with files.new_part(destination.parent) as (part, stream):
            stream.write(_member(_KEY, len(key)) + key + _padding(len(key)))
            at = stream.tell()
            stream.write(_member(_INNER, 0))
            try:
                pyrage.encrypt_io(pull, stream, [identity.to_public()])
            except pyrage.EncryptError as error:
                raise pull.failed or OSError(str(error)) from None
            size = stream.tell() - at - 512
            stream.write(_padding(size) + bytes(1024))
            stream.seek(at)
            stream.write(_member(_INNER, size))
            _read_back(stream, at + 512, size, identity, pull)
            files.settle(part, stream, destination)
    except OSError as error:
        raise NotSaved(files.reason(error)) from None


class _Digested:
    """What comes out when the written file is opened again."""

    def __init__(self, cancelled: Callable[[], bool]) -> None:
        self._cancelled = cancelled
        self.digest = hashlib.sha256()
        self.failed: Exception | None = None

    def write(self, data: bytes) -> int:
        if self._cancelled():
            self.failed = Cancelled()
            raise self.failed
        self.digest.update(data)
        return len(data)

    def flush(self) -> None:
        """Nothing is kept."""


def _read_back(stream: BinaryIO, at: int, size: int, identity: pyrage.x25519.Identity, pull: _Pull) -> None:
    """Open what was just written, before anyone is told that it is there. Raises NotSaved, Cancelled."""
    stream.flush()
    os.fsync(stream.fileno())
    stream.seek(at)
    sink = _Digested(pull.cancelled)
    try:
        pyrage.decrypt_io(_Limited(stream, size), sink, [identity])
    except (pyrage.DecryptError, OSError, Cancelled):
        if sink.failed is not None:
            raise sink.failed from None
    if sink.digest.digest() != pull.digest.digest():
        raise NotSaved(_("the disk gave back other bytes than were written"))


def _inner(workspace: Workspace) -> Iterator[bytes]:
    """The bytes of the inner tar."""
    database, kept = workspace._database, workspace.secrets
    count, last = verification.count(database), verification.last_hash(database)
    with database.read() as connection:
        authors = {row.author: row.public.hex() for row in connection.execute(sa.select(AUTHORS))}
    described = {
        "format": _FORMAT,
        "version": 1,
        "workspace": workspace.id,
        "events": count,
        "head": last,
        "authors": authors,
        "secrets": {name: base64.b64encode(kept.get(name) or b"").decode("ascii") for name in kept.names()},
    }
    yield from _part("workspace.json", json.dumps(described).encode("ascii"))
    yield from _part("identity.txt", (kept.get("vault/evidence-identity") or b"") + b"\n")
    parts = 2
    for after in range(0, count, CHUNK):
        chunk = sa.select(EVENTS).where(EVENTS.c.position > after, EVENTS.c.position <= min(after + CHUNK, count))
        with database.read() as connection:
            rows = connection.execute(chunk.order_by(EVENTS.c.position)).all()
        parts += 1
        yield from _part(f"events/{after // CHUNK + 1:06}.jsonl", b"".join(map(_line, rows)))
    for path in sorted(workspace.box.folder.glob("??/*.age")):
        with path.open("rb") as stream:
            size = os.fstat(stream.fileno()).st_size
            yield _member(f"evidence/{path.name}", size)
            while data := stream.read(_STEP):
                yield data
            yield _padding(size)
        parts += 1
    yield from _part("end.json", json.dumps({"files": parts}).encode("ascii"))
    yield bytes(1024)


def _line(row: Any) -> bytes:
    envelope, payload = str(row.envelope, "utf-8"), str(row.payload, "utf-8")
    rest = f'"salt":"{row.salt.hex()}","signature":"{row.signature.hex()}"'
    return f'{{"envelope":{envelope},"payload":{payload},{rest}}}\n'.encode()


def _part(name: str, data: bytes) -> Iterator[bytes]:
    yield _member(name, len(data)) + data + _padding(len(data))


def _member(name: str, size: int) -> bytes:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    return info.tobuf(tarfile.GNU_FORMAT)


def _padding(size: int) -> bytes:
    return bytes(-size % 512)


def _normal(passphrase: str) -> str:
    return keys.passphrase_bytes(passphrase).decode("utf-8")


class _Pull:
    """Bytes on their way into the sealed file, as they are asked for."""

    def __init__(self, pieces: Iterator[bytes], cancelled: Callable[[], bool], progress: Callable[[int], None]) -> None:
        self._pieces = pieces
        self.cancelled = cancelled
        self.digest = hashlib.sha256()
        self._progress = progress
        self._left = memoryview(b"")
        self._done = 0
        self.failed: Exception | None = None

    def read(self, wanted: int = -1) -> bytes:
        try:
            if self.cancelled():
                raise Cancelled
            while not self._left:
                piece = next(self._pieces, None)
                if piece is None:
                    return b""
                self.digest.update(piece)
                self._left = memoryview(piece)
                self._done += len(piece)
                self._progress(self._done)
        except Exception as error:
            self.failed = error
            raise
        data, self._left = self._left[:wanted], self._left[wanted:]
        return bytes(data)


# --- reading ---------------------------------------------------------------------------------------------------------


def bring_in(file: Path, folder: Path, *, passphrase: str, floor: keys.Cost | None = None) -> str:
    """Make a workspace from the file that `take_out` wrote, under the same passphrase; open it as any other.

    Returns the text of its new recovery key, which is shown once. `floor` lets tests be quick. Raises UnreadableFile,
    NotAFile, WrongExportPassphrase, UnusableExport, AlreadyThere, CannotCreate.
    """
    with evidence_box.open_file(file) as stream:
        reading = _Reading(stream, passphrase)
        cost, least = floor or keys.calibrate(), floor or keys.FLOOR
        data_key, recovery, workspace = keys.new_data_key(), recovery_key.make(), reading.workspace
        slots = (
            passphrase_slot(data_key, keys.passphrase_bytes(passphrase), workspace, 1, cost, least),
            random_slot(data_key, recovery, workspace, 1, SlotKind.RECOVERY),
        )
        made = datetime.now(UTC).replace(microsecond=0)
        head = keys.seal_header(Header(workspace, epoch=1, revision=1, made=made, slots=slots), data_key)
        building.build(folder, head, data_key, reading.fill)
    return recovery_key.to_text(recovery)


class _Reading:
    """A portable workspace that is being read. Raises WrongExportPassphrase, UnusableExport."""

    def __init__(self, stream: BinaryIO, passphrase: str) -> None:
        self._stream = stream
        try:
            key, self._at, self._size = _outer(stream)
            text = pyrage.passphrase.decrypt(key, _normal(passphrase))
            comment, secret = text.decode("ascii").split("\n")[:2]
            if not _COMMENT.fullmatch(comment):
                raise UnusableExport
            self._identity = pyrage.x25519.Identity.from_str(secret)
            #: the workspace's id
            self.workspace = comment.rpartition(" ")[2]
        except pyrage.DecryptError:
            raise WrongExportPassphrase from None
        except (ValueError, tarfile.TarError, pyrage.IdentityError):
            raise UnusableExport from None

    def fill(self, folder: Path, opened: Database, kept: Secrets) -> None:
        """Put everything into the parts of a new workspace; nothing counts before the last byte was authentic."""
        filling = _Filling(folder / evidence_box.FOLDER, opened, kept, self.workspace)
        try:
            self._unseal(_Unpacking(filling))
            filling.finish()
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError, FileExistsError, tarfile.TarError):
            raise UnusableExport from None
        finally:
            filling.close()
        found = verification.verify(opened, foreign.shared_id(kept) or self.workspace, (), 1, every=False)
        if not found.ok or (found.events, found.head) != (filling.events, filling.head):
            raise UnusableExport

    def _unseal(self, sink: Any) -> None:
        self._stream.seek(self._at)
        try:
            pyrage.decrypt_io(_Limited(self._stream, self._size), sink, [self._identity])
        except (pyrage.DecryptError, OSError):
            raise sink.failed or UnusableExport() from None


class _Limited:
    """The next `left` bytes of a stream."""

    def __init__(self, stream: BinaryIO, left: int) -> None:
        self._stream = stream
        self._left = left

    def read(self, wanted: int = -1) -> bytes:
        data = self._stream.read(min(wanted if wanted >= 0 else _STEP, self._left))
        self._left -= len(data)
        return data


class _Unpacking:
    """Takes a tar apart as its bytes come: regular files of known names only, nothing is extracted by path."""

    def __init__(self, filling: _Filling) -> None:
        self._filling = filling
        self._buffer = bytearray()
        self._left = 0
        self._padding = 0
        self.failed: Exception | None = None

    def write(self, data: bytes) -> int:
        if self.failed is not None:
            raise self.failed
        try:
            self._buffer += data
            while self._buffer and self._step():
                pass
        except Exception as error:
            self.failed = error
            raise
        return len(data)

    def flush(self) -> None:
        """Nothing is kept back."""

    def _step(self) -> bool:
        if self._left:
            data = bytes(self._buffer[: self._left])
            del self._buffer[: len(data)]
            self._left -= len(data)
            self._filling.data(data, last=not self._left)
            return True
        if self._padding:
            skipped = min(self._padding, len(self._buffer))
            del self._buffer[:skipped]
            self._padding -= skipped
            return True
        if len(self._buffer) < 512:
            return False
        block = bytes(self._buffer[:512])
        del self._buffer[:512]
        if any(block):
            info = tarfile.TarInfo.frombuf(block, "ascii", "strict")
            if not info.isreg() or info.size < 0:
                raise UnusableExport
            self._left, self._padding = info.size, -info.size % 512
            self._filling.begin(info.name, info.size)
        return True


class _Filling:
    """Puts the parts where they belong as they come."""

    def __init__(self, evidence: Path, opened: Database, kept: Secrets, workspace: str) -> None:
        self._evidence = evidence
        self._opened = opened
        self._kept = kept
        self._workspace = workspace
        self._name = ""
        self._small = bytearray()
        self._file: BinaryIO | None = None
        self._parts = 0
        self._ended = False
        self._position = 0
        self.events = -1
        self.head = ""

    def begin(self, name: str, size: int) -> None:
        if self._ended or (self._parts == 0) != (name == "workspace.json"):
            raise UnusableExport
        self._name = name
        self._small.clear()
        match = _EVIDENCE.fullmatch(name)
        if match:
            place = self._evidence / match[1][:2]
            place.mkdir(mode=0o700, exist_ok=True)
            self._file = os.fdopen(
                os.open(place / f"{match[1]}.age", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb"
            )
        elif size > _LARGEST_PART:
            raise UnusableExport
        if not size:
            self._whole()

    def data(self, data: bytes, *, last: bool) -> None:
        if self._file is not None:
            self._file.write(data)
        else:
            self._small += data
        if last:
            self._whole()

    def finish(self) -> None:
        """Raises UnusableExport when the end did not come."""
        if not self._ended:
            raise UnusableExport

    def close(self) -> None:
        if self._file is not None:
            self._file.close()

    def _whole(self) -> None:
        if self._file is not None:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            self._file = None
        elif self._name == "workspace.json":
            self._describe(json.loads(self._small))
        elif _EVENTS.fullmatch(self._name):
            self._entries(bytes(self._small).splitlines())
        elif self._name == "end.json":
            self._ended = json.loads(self._small) == {"files": self._parts}
        elif self._name != "identity.txt":
            raise UnusableExport
        self._parts += 1

    def _describe(self, data: dict[str, Any]) -> None:
        if (data["format"], data["version"], data["workspace"]) != (_FORMAT, 1, self._workspace):
            raise UnusableExport
        self.events, self.head = int(data["events"]), str(data["head"])
        for name, text in data["secrets"].items():
            self._kept.put(str(name), base64.b64decode(text, validate=True))
        with self._opened.write() as connection:
            for author, public in data["authors"].items():
                connection.execute(sa.insert(AUTHORS).values(author=str(author), public=bytes.fromhex(public)))

    def _entries(self, lines: list[bytes]) -> None:
        rows = []
        for line in lines:
            data = json.loads(line)
            self._position += 1
            envelope = rfc8785.dumps(data["envelope"])
            rows.append(
                {
                    "position": self._position,
                    "hash": event_hash(envelope),
                    "author": str(data["envelope"]["author"]),
                    "sequence": int(data["envelope"]["sequence"]),
                    "envelope": envelope,
                    "signature": bytes.fromhex(data["signature"]),
                    "salt": bytes.fromhex(data["salt"]),
                    "payload": rfc8785.dumps(data["payload"]),
                }
            )
        if rows:
            with self._opened.write() as connection:
                connection.execute(sa.insert(EVENTS), rows)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _outer(stream: BinaryIO) -> tuple[bytes, int, int]:
    """The key's age file, and where the workspace's lies and how long it is. Raises UnusableExport, TarError."""
    first = tarfile.TarInfo.frombuf(stream.read(512), "ascii", "strict")
    if first.name != _KEY or not 0 < first.size < 64 * 1024:
        raise UnusableExport
    key = stream.read(first.size)
    stream.seek(-first.size % 512, io.SEEK_CUR)
    second = tarfile.TarInfo.frombuf(stream.read(512), "ascii", "strict")
    if second.name != _INNER or second.size <= 0:
        raise UnusableExport
    return key, stream.tell(), second.size
