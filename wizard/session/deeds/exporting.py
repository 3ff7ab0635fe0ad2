"""Saves what goes with a signed attestation: the data in other programs' words, the verifier page, reminders."""

from __future__ import annotations

from enum import Enum
from pathlib import Path

from wizard.document.canonical import canonical
from wizard.document.exports import exports
from wizard.document.reminders import reminders
from wizard.document.verify import verify
from wizard.domain.attestation import Attestation
from wizard.domain.language import _
from wizard.domain.mistakes import Mistake
from wizard.resources import asset
from wizard.session.deeds import reviewing
from wizard.session.writing import write


class NotSaved(Mistake):
    """Nothing was saved; the text says why."""


class Companion(Enum):
    """What can be saved beside the PDF; the value is the file's usual name."""

    DATA = "attestation.json"
    OSCAL_RESULTS = "oscal-assessment-results.json"
    OSCAL_PLAN = "oscal-poam.json"
    CYCLONEDX = "cyclonedx-declarations.json"
    VERIFIER = "verifier.html"
    REMINDERS = "reminders.ics"


def companions(attestation: Attestation) -> tuple[Companion, ...]:
    """What there is for this attestation: without anything to do there is no plan of action."""
    made = {export.name for export, _data in exports(attestation)}
    always = (Companion.DATA, Companion.VERIFIER, Companion.REMINDERS)
    return tuple(one for one in Companion if one in always or one.value in made)


def save(pdf: Path, companion: Companion, target: Path) -> Path:
    """Verify the signed file as it lies there now, and write what goes with it to `target`, whole or not at all.

    Raises `NotSaved`, and `reviewing.CannotRead` when the PDF is gone.
    """
    if target.resolve() == pdf.resolve():
        raise NotSaved(_("That is the signed PDF itself. Nothing was saved. Choose another name."))
    found = verify(reviewing.read(pdf))
    if found.attestation is None or not reviewing.holds(found):
        raise NotSaved(
            _("{name} does not verify, so nothing was made from it. {why}").format(name=pdf.name, why=found.trouble)
        )
    try:
        write(target, _made(found.attestation, companion))
    except OSError as error:
        raise NotSaved(
            _("{name} could not be written there ({why}). Nothing was saved. Choose another folder.").format(
                name=target.name, why=error.strerror or type(error).__name__
            )
        ) from error
    return target


def _made(attestation: Attestation, companion: Companion) -> bytes:
    match companion:
        case Companion.DATA:
            return canonical(attestation)
        case Companion.VERIFIER:
            return asset("document", "verifier.html").read_bytes()
        case Companion.REMINDERS:
            return reminders(attestation)
        case _:
            made = {export.name: data for export, data in exports(attestation)}
            if companion.value not in made:
                raise NotSaved(_("There is nothing to say in {name}. Nothing was saved.").format(name=companion.value))
            return made[companion.value]
