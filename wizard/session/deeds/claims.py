"""What a bundle claims: whose keys count, and how far its sender saw each author. Claims accuse nobody."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from wizard.domain.language import _
from wizard.domain.mistakes import Mistake
from wizard.session.session import Session

if TYPE_CHECKING:
    from wizard.exchange.packet import Manifest, Packet


class BadBundle(Mistake):
    """A packet of an editor that is whole, and still cannot be taken."""


def own_keys(session: Session) -> Mapping[str, bytes]:
    """The public keys of those who take part or took part."""
    assessment = session.assessment
    members = [*assessment.members.values(), *(member for member, _last in assessment.former.values())]
    found = {member.author: key_of(member.author, member.public) for member in members}
    # a member with a key that is none keeps nobody else from exchanging
    return {**{author: key for author, key in found.items() if key}, **session.workspace.journal.public_keys()}


def key_of(author: str, public: str) -> bytes:
    """The raw Ed25519 key of an author from its hex, b"" when it is not the one that the author is named after."""
    try:
        key = bytes.fromhex(public)
    except ValueError:
        return b""
    return key if hashlib.sha256(key).hexdigest() == author else b""


def new_keys(session: Session, packet: Packet) -> Mapping[str, bytes]:
    """The public keys of who began it, and of those whom entries of this packet add."""
    trusted = {session.assessment.history.founder, *added(packet)}
    found = {author: key_of(author, key) for author, key in packet.manifest.keys if author in trusted}
    if not all(found.values()):
        raise BadBundle(
            _("The bundle of {sender} names a key that is none. Nothing was added. Ask them for another one.").format(
                sender=session.name_of(packet.manifest.sender.author)
            )
        )
    return found


def added(packet: Packet) -> Iterable[str]:
    """Whom entries of a packet add; whether the author of such an entry may do so is decided by the fold."""
    for one in packet.entries:
        if b'"member-added"' in one.envelope:
            try:
                yield str(json.loads(one.payload)["member"]["author"])
            except (ValueError, TypeError, KeyError, RecursionError):
                continue


def compare_heads(session: Session, manifest: Manifest) -> list[str]:
    """Every sender says how far they know each author: what is withheld from here or told differently is noticed."""

    places = session.workspace.journal.places()
    at = {place: hash_ for hash_, place in places.items()}
    out = []
    for author, sequence, hash_ in manifest.heads:
        here = at.get((author, sequence))
        sender = session.name_of(manifest.sender.author)
        if here is not None and here != hash_:
            # so they say; only two signed entries under one number prove it, and those are refused as `Forked`
            out.append(
                _(
                    "{sender} claims to have seen another entry number {n} of {who} than the one here. Either two "
                    "histories of {who} are told, or {sender} does not tell the truth. Ask both."
                ).format(sender=sender, n=sequence, who=session.name_of(author))
            )
        elif here is None and author == session.workspace.author:
            out.append(
                _(
                    "{sender} claims to have seen entries of your own key that are not here. If you restored an older "
                    "copy of this workspace, open the newest one and do not write to this one; else ask {sender}."
                ).format(sender=sender)
            )
        elif here is None:
            out.append(
                _(
                    "{sender} has seen entries of {who} that have not arrived here: they are delayed or withheld."
                ).format(sender=sender, who=session.name_of(author))
            )
    return out
