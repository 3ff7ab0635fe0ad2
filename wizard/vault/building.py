"""Builds the folder of a new workspace, whole or not at all."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from wizard.domain.language import _
from wizard.vault import database, evidence_box, files, header, journal, keys, migrations
from wizard.vault.header import Header
from wizard.vault.mistakes import AlreadyThere, CannotCreate, DamagedJournal, NotSaved
from wizard.vault.secrets import Secrets

_AUTHOR = "vault/author"
_BOX_IDENTITY = "vault/evidence-identity"
_BOX_NAMES = "vault/evidence-names"
_HEADS = "vault/heads"


def build(
    folder: Path, head: Header, data_key: bytes, fill: Callable[[Path, database.Database, Secrets], None] | None = None
) -> None:
    """Build the folder beside its place and move it there whole: a crash leaves no half workspace.

    `fill` puts in what it holds from the first, keys of its own by default. Raises AlreadyThere, CannotCreate.
    """
    place = folder.absolute()
    building = place.parent / f".{secrets.token_hex(8)}{files.PART}"
    try:
        if place.exists() and (not place.is_dir() or any(place.iterdir())):
            raise AlreadyThere(place.name)
        place.parent.mkdir(parents=True, exist_ok=True)
        building.mkdir(mode=0o700)
        try:
            _furnish(building, head, data_key, fill or _new_keys)
            if place.exists():
                place.rmdir()
            building.rename(place)
            files.sync_folder(place.parent)
        finally:
            shutil.rmtree(building, ignore_errors=True)
    except OSError as error:
        raise CannotCreate(place.name, files.reason(error)) from None
    except ValueError:
        raise CannotCreate(_("that place"), _("its name is broken")) from None
    except NotSaved as error:
        raise CannotCreate(place.name, error.reason) from None


def _furnish(
    folder: Path, head: Header, data_key: bytes, fill: Callable[[Path, database.Database, Secrets], None]
) -> None:
    """The parts of a new workspace; the key file comes last, because it makes the folder a workspace."""
    (folder / evidence_box.FOLDER).mkdir(mode=0o700)
    opened = database.Database(folder / database.NAME, keys.sub_key(data_key, head.workspace, "database"), create=True)
    try:
        (folder / database.NAME).chmod(0o600)
        migrations.bring_up(opened)
        fill(folder, opened, Secrets(opened, head.workspace, {head.epoch: data_key}, read_only=""))
    finally:
        opened.close()
    header.write(folder, head)


def _new_keys(folder: Path, opened: database.Database, kept: Secrets) -> None:
    seed, box_keys = secrets.token_bytes(32), evidence_box.new_keys()
    kept.put(_AUTHOR, seed)
    kept.put(_BOX_IDENTITY, box_keys.identity.encode("ascii"))
    kept.put(_BOX_NAMES, box_keys.names)
    kept.put(_HEADS, secrets.token_bytes(32))
    journal.introduce(opened, journal.author_of(seed))


@dataclass(frozen=True, slots=True)
class OwnKeys:
    """The workspace's own keys, which lie in its database: author, evidence box, and the key of the head copies."""

    author: journal.Author
    box: evidence_box.BoxKeys
    heads: bytes

    def __repr__(self) -> str:
        return "OwnKeys()"


def own_keys(kept: Secrets) -> OwnKeys:
    """Read them back. Raises DamagedJournal when one is not there."""
    seed, identity, names, heads = (kept.get(name) for name in (_AUTHOR, _BOX_IDENTITY, _BOX_NAMES, _HEADS))
    if seed is None or identity is None or names is None or heads is None:
        raise DamagedJournal
    return OwnKeys(journal.author_of(seed), evidence_box.BoxKeys(identity.decode("ascii"), names), heads)
