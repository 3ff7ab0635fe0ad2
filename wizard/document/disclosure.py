"""Binds every item of an attestation by a salted digest, so that a summary can hold some back and still be checked.

The full document and its public summary carry the same digests, hence the same root. Whoever is handed an item later
computes its digest again: the salt keeps anyone from guessing an item that was not handed over.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from wizard.document.canonical import UnwritableText
from wizard.domain.attestation import Attestation, Item
from wizard.domain.codec import to_json
from wizard.domain.disclosure import LEDGER, Commitment, Disclosure, level_of
from wizard.domain.language import _
from wizard.domain.mistakes import Mistake
from wizard.domain.observation import Json

#: Domain prefixes, so that no digest of one kind is a digest of another.
_ITEM, _ROOT = b"attestry item v1\x00", b"attestry commitments v1\x00"
#: Bytes of a salt, and the largest file with handed-over items.
SALT, LARGEST_OPENING = 32, 20_000_000
FORMAT = "attestry-opening/1"


class NotAnOpening(Mistake):
    """A file that was handed over as held-back items is none; the text says why."""


class NothingToOpen(Mistake):
    """Items were asked for that the attestation does not show in full."""


@dataclass(frozen=True, slots=True)
class Opened:
    """One item with the salt (hex) that proves it, and its content as JSON."""

    leaf: str
    salt: str
    content: Json = None


@dataclass(frozen=True, slots=True)
class Opening:
    """Items that were held back in a summary and are handed over now; `root` names the attestation."""

    format: str
    root: str
    items: tuple[Opened, ...]


def leaves(attestation: Attestation) -> Iterator[tuple[str, Json]]:
    """Every item by its leaf, with the content that is committed to: what stands in the data when shown in full."""
    for item in attestation.scoping:
        yield f"scoping:{item.id}", to_json(item)
    for group in attestation.groups:
        for item in group.items:
            yield f"item:{item.id}", to_json(item)
    for piece in attestation.evidence:
        yield f"evidence:{piece.id}", to_json(piece)
    for weakness in attestation.ledger:
        yield f"weakness:{weakness.number}", to_json(weakness)
    yield "notes", to_json(attestation.notes)
    yield "since", to_json(attestation.since)


def commit(attestation: Attestation, salt: Callable[[int], bytes]) -> Attestation:
    """The full attestation with a commitment to each item; `salt` gives that many random bytes."""
    made = []
    for leaf, content in leaves(attestation):
        own = salt(SALT).hex()
        made.append(Commitment(leaf, _digest(leaf, own, content), own))
    return replace(attestation, commitments=tuple(made), root=root_of(made))


def root_of(commitments: Iterable[Commitment]) -> str:
    """SHA-256 (hex) over all leaves with their digests, in their order."""
    return sha256(_ROOT + _canonical([[one.leaf, one.digest] for one in commitments])).hexdigest()


def summarise(full: Attestation, levels: Mapping[str, Disclosure]) -> Attestation:
    """The public summary of a committed attestation: states stay, and what is not to be shown is held back.

    `levels` are those that the person set, by requirement id, `LEDGER` or `THE_REST`.
    """

    def shown(item: Item) -> Item:
        level = level_of(levels, item.id)
        return item if level is Disclosure.FULL else hold_back(item, level)

    groups = tuple(replace(group, items=tuple(map(shown, group.items)), approved=()) for group in full.groups)
    scoping = tuple(map(shown, full.scoping))
    named = {id for item in (*scoping, *(i for g in groups for i in g.items)) for id in _evidence_of(item)}
    every = (*full.scoping, *(i for g in full.groups for i in g.items))
    claimed = {id for item in every for id in _evidence_of(item)}
    rest = level_of(levels, "") is Disclosure.FULL
    summary = replace(
        full,
        summary=True,
        groups=groups,
        scoping=scoping,
        # a file that an item claims goes with it; one that none claims is part of the rest
        evidence=tuple(one for one in full.evidence if one.id in named or (rest and one.id not in claimed)),
        ledger=full.ledger if level_of(levels, LEDGER) is Disclosure.FULL else (),
        notes=full.notes if rest else (),
        since=full.since if rest else None,
    )
    kept = _shown_leaves(summary, rest)
    commitments = tuple(one if one.leaf in kept else replace(one, salt="") for one in full.commitments)
    return replace(summary, commitments=commitments)


def hold_back(item: Item, level: Disclosure) -> Item:
    """What a summary shows of an item that is not shown in full: that it exists, what it asks, and its state."""
    because = (
        _("The particulars are held back in this summary; they are handed over on request.")
        if level is Disclosure.REQUEST
        else _("The particulars are held back in this summary and known by their digest.")
    )
    return replace(
        item,
        because=because,
        explanation="",
        comment="",
        not_applicable_reason="",
        withdrawn="",
        exception=None,
        said=(),
        seen=(),
        evidence=(),
        parts=tuple(hold_back(part, level) for part in item.parts),
        disclosure=level,
    )


def trouble(attestation: Attestation) -> str:
    """Why the data do not fit their commitments; "" when they do, and for data that make none."""
    if not attestation.commitments:
        return _("a summary without commitments") if attestation.summary or attestation.root else ""
    if attestation.root != root_of(attestation.commitments):
        return _("the commitments have another root than the one named")
    by_leaf = {one.leaf: one for one in attestation.commitments}
    if len(by_leaf) != len(attestation.commitments):
        return _("an item is committed to twice")
    content = dict(leaves(attestation))
    held = set()
    for item in (*attestation.scoping, *(i for group in attestation.groups for i in group.items)):
        if item.disclosure is not Disclosure.FULL:
            if item != replace(hold_back(item, item.disclosure), because=item.because):
                return _("{id} is said to be held back and is not").format(id=item.id)
            held.add(item.id)
    if held and not attestation.summary:
        return _("something is held back in a document that is no summary")
    for leaf, found in content.items():
        one = by_leaf.pop(leaf, None)
        kind, _colon, id = leaf.partition(":")
        if one is None:
            return _("{leaf} is not committed to").format(leaf=leaf)
        if not one.salt:
            empty = leaf in ("notes", "since") and not found
            if attestation.summary and (empty or (kind in ("item", "scoping") and id in held)):
                continue
            return _("{leaf} is shown and has no salt").format(leaf=leaf)
        if id in held and kind in ("item", "scoping"):
            return _("{leaf} is held back and has a salt").format(leaf=leaf)
        if _digest(leaf, one.salt, found) != one.digest:
            return _("{leaf} does not fit its digest").format(leaf=leaf)
    for leaf, one in by_leaf.items():
        if not attestation.summary or one.salt or leaf.partition(":")[0] not in ("evidence", "weakness"):
            return _("{leaf} is committed to and is missing").format(leaf=leaf)
    return ""


def opening(full: Attestation, wanted: Iterable[str]) -> bytes:
    """A file that hands over items of a full attestation, by id or leaf. Raises `NothingToOpen`."""
    salts = {one.leaf: one.salt for one in full.commitments if one.salt}
    content = dict(leaves(full))
    items = []
    for name in wanted:
        leaf = next((one for one in content if name in (one, one.partition(":")[2]) and one in salts), None)
        if leaf is None:
            raise NothingToOpen(
                _(
                    "{name} is not shown in full in this attestation, so it cannot be handed over from it. Nothing was "
                    "written. Take the full attestation, and an id such as DATA-4."
                ).format(name=name)
            )
        items.append(Opened(leaf, salts[leaf], content[leaf]))
    listed = [{"leaf": one.leaf, "salt": one.salt, "content": one.content} for one in items]
    return _canonical({"format": FORMAT, "root": full.root, "items": listed})


def read_opening(data: bytes, name: str) -> Opening:
    """What a file called `name` hands over. Raises `NotAnOpening`."""
    try:
        if len(data) > LARGEST_OPENING:
            raise ValueError("too large")
        opened = _opening(json.loads(data.decode("utf-8")))
    except (ValueError, RecursionError, TypeError, KeyError) as error:
        raise NotAnOpening(
            _("{name} holds no items that were held back. Nothing was compared with it. Ask for it again.").format(
                name=name
            )
        ) from error
    return opened


def _opening(parsed: Any) -> Opening:
    """The content of an item is JSON of any shape, so it is not read by its type. Raises ValueError and others."""
    items = tuple(Opened(one["leaf"], one["salt"], one["content"]) for one in parsed["items"])
    opened = Opening(parsed["format"], parsed["root"], items)
    texts = (opened.format, opened.root, *(text for one in items for text in (one.leaf, one.salt)))
    if opened.format != FORMAT or not all(isinstance(text, str) for text in texts):
        raise ValueError("another format")
    return opened


def fits(attestation: Attestation, opened: Opening) -> tuple[tuple[str, bool], ...]:
    """For each item that was handed over: its leaf, and whether it is the one that was committed to. Never raises."""
    digests = {one.leaf: one.digest for one in attestation.commitments}
    out = []
    for one in opened.items:
        try:
            same = _digest(one.leaf, one.salt, one.content) == digests.get(one.leaf)
        except (ValueError, TypeError, RecursionError, UnwritableText):
            same = False
        out.append((one.leaf, same and opened.root == attestation.root))
    return tuple(out)


def from_full(full: Attestation) -> Opening:
    """Everything that a full attestation can hand over."""
    salts = {one.leaf: one.salt for one in full.commitments if one.salt}
    return Opening(FORMAT, full.root, tuple(Opened(leaf, salts[leaf], c) for leaf, c in leaves(full) if leaf in salts))


def _shown_leaves(summary: Attestation, rest: bool) -> set[str]:
    shown = {f"scoping:{item.id}" for item in summary.scoping if item.disclosure is Disclosure.FULL}
    shown |= {f"item:{i.id}" for g in summary.groups for i in g.items if i.disclosure is Disclosure.FULL}
    shown |= {f"evidence:{piece.id}" for piece in summary.evidence}
    shown |= {f"weakness:{weakness.number}" for weakness in summary.ledger}
    return shown | ({"notes", "since"} if rest else set())


def _evidence_of(item: Item) -> Iterator[str]:
    yield from item.evidence
    for part in item.parts:
        yield from _evidence_of(part)


def _digest(leaf: str, salt: str, content: Json) -> str:
    return sha256(_ITEM + bytes.fromhex(salt) + _canonical([leaf, content])).hexdigest()


def _canonical(value: Any) -> bytes:
    import rfc8785

    try:
        data: bytes = rfc8785.dumps(value)
    except (UnicodeError, rfc8785.CanonicalizationError) as error:
        raise UnwritableText from error
    return data
