"""The key file open.attestry: says which workspace this is and which secrets can open it, and holds none in clear."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from wizard.domain.codec import Unreadable, from_json, to_json
from wizard.formats import regular
from wizard.vault import files
from wizard.vault.mistakes import DamagedKeyFile, NewerWorkspace, NotAWorkspace

NAME = "open.attestry"
VERSION = 1
_FORMAT = "attestry workspace"
#: A key file is a few kilobytes; anything larger is not one.
_LARGEST = 64 * 1024


class SlotKind(StrEnum):
    """Which secret opens a slot."""

    PASSPHRASE = "passphrase"  # noqa: S105
    KEYRING = "keyring"
    #: passphrase and keyring together
    BOTH = "both"
    RECOVERY = "recovery"
    #: while the data key changes: the next one under the present one, and the other way round
    NEXT = "next"
    PREVIOUS = "previous"


@dataclass(frozen=True, slots=True)
class Kdf:
    """How the slot's secret becomes its key: "argon2id" (RFC 9106) with its costs, or "hkdf-sha256" (RFC 5869).

    `salt` is hex. The costs are 0 for HKDF, whose secrets are random and need no stretching.
    """

    name: str
    salt: str
    memory_kib: int = 0
    iterations: int = 0
    lanes: int = 0


@dataclass(frozen=True, slots=True)
class Slot:
    """The data key, sealed by AES-256-GCM under the slot's key. `nonce` and `sealed` are hex, `made` a claimed time."""

    kind: SlotKind
    id: str
    epoch: int
    kdf: Kdf
    nonce: str
    sealed: str
    made: datetime


@dataclass(frozen=True, slots=True)
class Header:
    """The whole key file. `epoch` numbers the data key, made at `made`, `revision` every change of this file.

    `mac` is hex.
    """

    workspace: str
    epoch: int
    revision: int
    made: datetime
    slots: tuple[Slot, ...]
    mac: str = ""
    version: int = VERSION

    def slot(self, kind: SlotKind, epoch: int = 0) -> Slot | None:
        """The slot of that kind for the data key of that epoch, the present one unless it is named."""
        return next((slot for slot in self.slots if slot.kind is kind and slot.epoch == (epoch or self.epoch)), None)

    @property
    def epochs(self) -> tuple[int, ...]:
        """The present data key's epoch, and the next one's while it changes."""
        changing = self.slot(SlotKind.NEXT, self.epoch + 1) is not None
        return (self.epoch, self.epoch + 1) if changing else (self.epoch,)

    def with_slot(self, slot: Slot) -> Header:
        """The header with this slot in the place of one of the same kind and epoch."""
        return replace(self.without(slot.kind, slot.epoch), slots=(*self.without(slot.kind, slot.epoch).slots, slot))

    def without(self, kind: SlotKind, epoch: int) -> Header:
        """The header without the slot of that kind and epoch."""
        return replace(self, slots=tuple(s for s in self.slots if (s.kind, s.epoch) != (kind, epoch)))


def folder_of(place: Path) -> Path:
    """The workspace folder for what a person chose: the folder itself or the open.attestry file inside."""
    return place.parent if place.name == NAME else place


def read(folder: Path) -> Header:
    """Read and check the shape of the key file. Raises NotAWorkspace, DamagedKeyFile, NewerWorkspace."""
    try:
        with regular.opened(folder / NAME) as stream:
            raw = stream.read(_LARGEST + 1)
    except OSError as error:
        raise NotAWorkspace(folder.name) from error
    try:
        if len(raw) > _LARGEST:
            raise DamagedKeyFile
        data: Any = json.loads(raw)
        if not isinstance(data, dict) or data.pop("format", None) != _FORMAT:
            raise DamagedKeyFile
        data.pop("about", None)
        version = data.get("version", VERSION)
        if isinstance(version, int) and version > VERSION:
            raise NewerWorkspace(version, VERSION)
        header = from_json(Header, data)
    except (ValueError, RecursionError, Unreadable) as error:
        raise DamagedKeyFile from error
    _check(header)
    return header


def _check(header: Header) -> None:
    """Refuse ids and lengths that this app never writes: ids become file names and user names of keyring items."""
    fine = _is_hex(header.workspace, 16) and _is_hex(header.mac, 32) and header.epoch >= 1 and header.revision >= 1
    for slot in header.slots:
        fine = fine and _is_hex(slot.id, 8) and _is_hex(slot.nonce, 12) and _is_hex(slot.sealed, 48)
        fine = fine and _is_hex(slot.kdf.salt, 16)
    if not fine or len({(slot.kind, slot.epoch) for slot in header.slots}) != len(header.slots):
        raise DamagedKeyFile


def _is_hex(text: str, size: int) -> bool:
    return len(text) == 2 * size and all(sign in "0123456789abcdef" for sign in text)


def write(folder: Path, header: Header) -> None:
    """Atomically replace the key file. Raises OSError; then the old one still stands."""
    content = to_json(header)
    assert isinstance(content, dict)
    about = (
        "Attestry opens this workspace with this file. It holds no answer, and no key in clear; "
        "without it the workspace cannot be opened."
    )
    data = {"format": _FORMAT, "version": VERSION, "about": about, **content}
    files.replace_file(folder / NAME, json.dumps(data, indent=1).encode("ascii"))
