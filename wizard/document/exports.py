"""The attestation in the machine-readable forms that other programs know; each is attached beside the data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from wizard.document.cyclonedx import declarations
from wizard.document.oscal import assessment_results, plan_of_action
from wizard.document.words import _
from wizard.domain.attestation import Attestation


@dataclass(frozen=True, slots=True)
class Export:
    """An attached file: its name, what it is, and how it is made; None when there is nothing to say in it."""

    name: str
    media_type: str
    about: str
    make: Callable[[Attestation], bytes | None]


EXPORTS = (
    Export(
        "oscal-assessment-results.json",
        "application/json",
        _("The attestation as OSCAL assessment results"),
        assessment_results,
    ),
    Export(
        "oscal-poam.json",
        "application/json",
        _("What is not met and what stands under an exception, as an OSCAL plan of action and milestones"),
        plan_of_action,
    ),
    Export(
        "cyclonedx-declarations.json",
        "application/vnd.cyclonedx+json",
        _("The attestation as CycloneDX declarations"),
        declarations,
    ),
)


def exports(attestation: Attestation) -> list[tuple[Export, bytes]]:
    """What is attached beside the data, in order."""
    made = ((export, export.make(attestation)) for export in EXPORTS)
    return [(export, data) for export, data in made if data is not None]
