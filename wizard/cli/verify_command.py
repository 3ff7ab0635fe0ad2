"""`attestry verify`: integrity, identity, time and content of a signed attestation, each on its own line."""

from __future__ import annotations

import argparse
from dataclasses import dataclass

from wizard.cli.output import Exit, Output
from wizard.document.verify import Line, Outcome, verify
from wizard.domain.language import _

#: Larger files are no attestations (rule 1).
_LIMIT = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Verified:
    """A verdict as printed."""

    file: str
    outcome: Outcome
    integrity: Line
    identity: Line
    time: Line
    content: Line
    organisation: str = ""
    integration: str = ""
    fingerprint: str = ""
    demonstration: bool = False


_CODES = {
    Outcome.INTACT: Exit.FINE,
    Outcome.ALTERED: Exit.NOT_AS_REQUIRED,
    Outcome.NOT_AN_ATTESTATION: Exit.BAD_INPUT,
    Outcome.NOT_REPRODUCIBLE: Exit.COULD_NOT_LOOK,
}


def run(asked: argparse.Namespace, output: Output) -> Exit:
    """Print the verdict; 0 intact, 1 altered, 2 not an attestation, 3 not reproducible here."""
    try:
        with asked.file.open("rb") as stream:
            data = stream.read(_LIMIT + 1)
    except OSError as error:
        output.say(
            _("{name} could not be read ({why}). Nothing was checked.").format(
                name=asked.file, why=error.strerror or type(error).__name__
            )
        )
        return Exit.BAD_INPUT
    verdict = verify(data)
    attestation = verdict.attestation
    row = Verified(
        file=str(asked.file),
        outcome=verdict.outcome,
        integrity=verdict.integrity,
        identity=verdict.identity,
        time=verdict.time,
        content=verdict.content,
        organisation=attestation.organisation if attestation else "",
        integration=attestation.integration if attestation else "",
        fingerprint=attestation.signatory.fingerprint if attestation else "",
        demonstration=attestation.demonstration if attestation else False,
    )
    lines = [
        _("Integrity: {sentence}").format(sentence=verdict.integrity.sentence),
        _("Identity:  {sentence}").format(sentence=verdict.identity.sentence),
        _("Time:      {sentence}").format(sentence=verdict.time.sentence),
        _("Content:   {sentence}").format(sentence=verdict.content.sentence),
    ]
    if attestation is not None:
        lines.insert(0, f"{attestation.organisation}, {attestation.integration} ({attestation.release})")
        if attestation.demonstration:
            lines.insert(1, _("This is a DEMONSTRATION, not the statement of a company."))
    output.result(row, *lines)
    return _CODES[verdict.outcome]
