"""Becoming one of several editors: a workspace with keys of one's own, a card for the lead, then the lead's bundle."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from wizard.domain.language import _
from wizard.domain.members import Member, Role, as_name
from wizard.domain.mistakes import Mistake
from wizard.jobs.runner import Runner
from wizard.session import opening
from wizard.session.deeds import claims
from wizard.session.session import Clock, Session, now_utc
from wizard.session.settings import Preferences
from wizard.vault.workspace import Workspace

if TYPE_CHECKING:
    from wizard.vault.keys import Cost
    from wizard.vault.unlocking import Unlock

_NAME = opening.WAITING_NAME


class CannotJoin(Mistake):
    """A bundle that does not make this workspace part of a team."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A vault that waits for the lead's bundle: where it and its card lie, the fingerprint of its key (hex), and the
    recovery key that is shown once.
    """

    folder: Path
    card: Path
    author: str
    recovery_key: str


def prepare(
    folder: Path,
    preferences: Preferences,
    *,
    passphrase: str,
    remember: bool,
    name: str,
    card: Path,
    floor: Cost | None = None,
) -> Prepared:
    """Make an empty workspace and write the card for the lead. Raises CannotJoin, and the mistakes of the vault.

    Nothing is made where the card cannot be written.
    """
    from wizard.exchange import card as cards
    from wizard.vault import files, foreign

    try:
        with files.new_part(card.parent):
            pass
    except OSError as error:
        raise CannotJoin(
            _("The card could not be written to {path} ({reason}). Nothing was made. Choose another folder.").format(
                path=card, reason=files.reason(error)
            )
        ) from None
    workspace, recovery = Workspace.create(
        folder, passphrase=passphrase, remember=remember, home=preferences.home.data, floor=floor
    )
    try:
        workspace.secrets.put(_NAME, name.strip().encode("utf-8", "replace"))
        own = foreign.own_side(workspace.secrets)
        member = Member(own.author, own.public.hex(), as_name(name), Role.CONTRIBUTOR, own.recipient)
        files.replace_file(card, cards.write(member, own.sign))
    except OSError as error:
        raise CannotJoin(
            _(
                "The vault is made, but the card could not be written to {path} ({reason}). "
                "Make another vault, with its card in another folder."
            ).format(path=card, reason=files.reason(error))
        ) from None
    finally:
        workspace.close()
    preferences.remember(folder, _("Waiting for the lead's bundle"))
    return Prepared(folder, card, own.author, recovery)


def sender_of(
    folder: Path, unlock: Unlock, bundle: Path, preferences: Preferences, floor: Cost | None = None
) -> Member:
    """Who sealed the bundle for this workspace, whose fingerprint is to be compared before joining. Raises Refused."""
    from wizard.exchange import packet
    from wizard.vault import foreign

    with Workspace.open(folder, unlock, home=preferences.home.data, floor=floor) as workspace:
        return packet.read(bundle, foreign.own_side(workspace.secrets).identity).manifest.sender


def join(
    folder: Path,
    unlock: Unlock,
    bundle: Path,
    preferences: Preferences,
    *,
    expected: str,
    runner: Runner | None = None,
    clock: Clock = now_utc,
    floor: Cost | None = None,
) -> Session:
    """Take the lead's first bundle, and open the assessment. `expected` is the sender's key that was compared.

    Raises Refused, RefusedEntries, CannotJoin and the mistakes of the vault; then the workspace is as empty as before.
    """
    from wizard.exchange import packet as packets
    from wizard.vault import foreign

    with Workspace.open(folder, unlock, home=preferences.home.data, floor=floor) as workspace:
        packet = packets.read(bundle, foreign.own_side(workspace.secrets).identity)
        manifest = packet.manifest
        if manifest.sender.author != expected or workspace.journal.count or manifest.kind != "bundle":
            raise CannotJoin(
                _("This bundle makes this workspace no part of a team. Nothing was changed. Ask for the first one.")
            )
        keys = {author: claims.key_of(author, key) for author, key in manifest.keys}
        if not all(keys.values()):
            raise CannotJoin(_("The bundle names a key that is none. Nothing was changed. Ask for another one."))
        checked = foreign.check(workspace.journal, manifest.workspace, workspace.author, packet.entries, keys)
        if checked.waiting or not checked.events:
            raise CannotJoin(_("The bundle is not complete. Nothing was changed. Ask for one with everything in it."))
        foreign.become_part(workspace, foreign.Shared(manifest.workspace, manifest.founder))
        needed = {name for event in checked.events for name in foreign.files_of(event.payload)}

        def take(item: packets.Item, stream: BinaryIO) -> None:
            if item.name in needed:
                foreign.keep(workspace.box, stream, item.sealed)
            else:
                packets.drain(stream)

        packets.read(bundle, foreign.own_side(workspace.secrets).identity, take)
        workspace.journal.store(checked.rows, {row["author"]: keys[row["author"]] for row in checked.rows})
    return opening.open_(folder, unlock, preferences, runner=runner, clock=clock, floor=floor)
