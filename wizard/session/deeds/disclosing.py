"""What a public summary shows, and the items that are handed over later to somebody who has only the summary."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from wizard.document import disclosure
from wizard.document.lines import Line, LineState
from wizard.document.summary import counted
from wizard.document.verify import Verification, verify
from wizard.domain import events as e
from wizard.domain.attestation import Attestation
from wizard.domain.disclosure import LEDGER, THE_REST, Disclosure, level_of
from wizard.domain.language import _
from wizard.session.changes import Change
from wizard.session.deeds.reviewing import CannotRead, holds, read
from wizard.session.session import Session
from wizard.session.writing import write


@dataclass(frozen=True, slots=True)
class Level:
    """One line of the choice: what it is about, in words, the level that counts, and whether it was set for it."""

    about: str
    title: str
    level: Disclosure
    own: bool


def levels(session: Session) -> tuple[Level, ...]:
    """Every item whose level can be set: all else first, then the requirements, then the ledger."""
    found = session.assessment.disclosures
    items = [(requirement.id, requirement.title) for requirement in session.questionnaire.by_id.values()]
    rows = [(THE_REST, _("Everything that is not named below")), *items, (LEDGER, _("Vulnerability ledger"))]
    return tuple(Level(id, title, level_of(found, id), id in found) for id, title in rows)


def set_level(session: Session, about: str, level: Disclosure | None) -> Future[Change]:
    """Set how much a public summary shows of a requirement, `LEDGER` or `THE_REST`; None takes it back."""
    title = _("Changed what the summary shows of {id}").format(id=about or _("the rest"))
    return session.record(e.DisclosureSet(about, level), title=title)


def hand_over(full: Path, items: Sequence[str], out: Path) -> tuple[str, ...]:
    """Write items of a full attestation into a file for somebody who has its summary; their names.

    Raises `CannotRead` for a file that does not verify, and `disclosure.NothingToOpen`.
    """
    attestation = _full(full)
    data = disclosure.opening(attestation, items)
    try:
        write(out, data)
    except OSError as error:
        raise CannotRead(
            _("{name} could not be written ({why}). Nothing was handed over.").format(
                name=out.name, why=error.strerror or type(error).__name__
            )
        ) from error
    return tuple(one.leaf for one in disclosure.read_opening(data, out.name).items)


def shown(found: Verification, opening: Path | None) -> Line:
    """How much the document shows, and whether what was handed over beside it is what it holds back.

    `opening` is a file of `hand_over`, or the full attestation itself. Raises `CannotRead` and `NotAnOpening`.
    """
    attestation = found.attestation
    if attestation is None or not holds(found):
        return Line(LineState.UNKNOWN, _("Not checked, because the integrity does not hold."))
    held = counted(attestation)
    if opening is None:
        if not held:
            return Line(LineState.GOOD, _("Everything that was signed is shown."))
        return Line(LineState.UNKNOWN, _("Held back and known by digest only: {what}.").format(what=held))
    results = disclosure.fits(attestation, _opening(opening))
    wrong = [leaf for leaf, good in results if not good]
    if wrong or not results:
        return Line(
            LineState.BAD,
            _("What was handed over is not what was signed: {leaves}.").format(leaves=", ".join(wrong) or _("nothing")),
        )
    return Line(
        LineState.GOOD,
        _("What was handed over is what was signed: {leaves}.").format(leaves=_named([leaf for leaf, _ok in results])),
    )


def _named(leaves: Sequence[str]) -> str:
    names = [leaf.partition(":")[2] or leaf for leaf in leaves]
    return ", ".join(names) if len(names) <= 12 else _("all {n} items").format(n=len(names))


def _opening(path: Path) -> disclosure.Opening:
    data = read(path)
    if data.startswith(b"%PDF"):
        return disclosure.from_full(_full(path))
    return disclosure.read_opening(data, path.name)


def _full(path: Path) -> Attestation:
    found = verify(read(path))
    if found.attestation is None or not holds(found):
        raise CannotRead(
            _("{name} does not verify, so nothing was taken from it. {why}").format(name=path.name, why=found.trouble)
        )
    return found.attestation
