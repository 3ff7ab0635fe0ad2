"""`attestry verify`: integrity, identity, time and content of a signed attestation, each on its own line.

Then what only the reviewer decides (the key, their terms, the attestation before it) and the evidence handed over.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, replace

from wizard.cli.look_again import lines, look_again
from wizard.cli.output import Exit, Output
from wizard.document.handed_over import HandedOver, Match, Piece
from wizard.document.verify import Line, Outcome
from wizard.domain.language import _
from wizard.session.deeds import reviewing
from wizard.session.deeds.looking_again import Again
from wizard.session.known_keys import CannotRemember
from wizard.session.settings import Home


@dataclass(frozen=True, slots=True)
class Verified:
    """A verdict as printed."""

    file: str
    outcome: Outcome
    integrity: Line
    identity: Line
    time: Line
    content: Line
    key: Line
    terms: Line
    history: Line
    shown: Line
    sha256: str = ""
    organisation: str = ""
    integration: str = ""
    fingerprint: str = ""
    demonstration: bool = False
    remembered: bool = False
    evidence: tuple[Piece, ...] = ()
    evidence_not_named: tuple[str, ...] = ()
    evidence_unread: tuple[str, ...] = ()
    again: Again | None = None


CODES = {
    Outcome.INTACT: Exit.FINE,
    Outcome.ALTERED: Exit.NOT_AS_REQUIRED,
    Outcome.NOT_AN_ATTESTATION: Exit.BAD_INPUT,
    Outcome.NOT_REPRODUCIBLE: Exit.COULD_NOT_LOOK,
}


def home_of(asked: argparse.Namespace) -> Home:
    """Where this person's data lie: below `--home`, else in the places of this system."""
    return Home.below(asked.home) if asked.home else Home.default()


def run(asked: argparse.Namespace, output: Output) -> Exit:
    """Print the verdict; 0 intact, 1 altered, 2 not an attestation, 3 not reproducible here."""
    home = home_of(asked)
    found = reviewing.review(
        asked.file,
        home,
        reviewing.Asked(
            tuple(asked.trust),
            tuple(asked.trust_time),
            asked.evidence,
            asked.previous,
            asked.opening,
            asked.reference,
            asked.max_age,
        ),
    )
    if found.problem:
        output.say(found.problem)
    if asked.evidence is not None and found.evidence is None:
        output.say(_("The evidence was not compared: the digests are not those that were signed."))
    remembered = False
    if asked.remember or asked.remember_instead:
        try:
            reviewing.remember(found, home, instead=asked.remember_instead)
            remembered = True
        except CannotRemember as mistake:
            output.say(mistake.sentence)
    verdict, policy, attestation = found.verification, found.policy, found.verification.attestation
    evidence = found.evidence or HandedOver(())
    row = Verified(
        file=str(asked.file),
        outcome=verdict.outcome,
        integrity=verdict.integrity,
        identity=verdict.identity,
        time=verdict.time,
        content=verdict.content,
        key=policy.key,
        terms=policy.terms,
        history=policy.history,
        shown=found.shown,
        sha256=found.digest,
        organisation=attestation.organisation if attestation else "",
        integration=attestation.integration if attestation else "",
        fingerprint=attestation.signatory.fingerprint if attestation else "",
        demonstration=attestation.demonstration if attestation else False,
        remembered=remembered,
        evidence=evidence.pieces,
        evidence_not_named=evidence.others,
        evidence_unread=evidence.unread,
    )
    again = None
    if asked.look_again:
        if attestation is None or not found.holds:
            output.say(_("The hosts were not looked at again: the data are not those that were signed."))
        else:
            again = look_again(asked, attestation, output)
    output.result(replace(row, again=again), *_lines(found, remembered), *(lines(again) if again else ()))
    return CODES[verdict.outcome]


def _lines(found: reviewing.Reviewed, remembered: bool) -> Iterator[str]:
    verdict, policy, attestation = found.verification, found.policy, found.verification.attestation
    if attestation is not None:
        yield f"{attestation.organisation}, {attestation.integration} ({attestation.release})"
        if attestation.demonstration:
            yield _("This is a DEMONSTRATION, not the statement of a company.")
    yield _("Integrity: {sentence}").format(sentence=verdict.integrity.sentence)
    yield _("Identity:  {sentence}").format(sentence=verdict.identity.sentence)
    yield _("Time:      {sentence}").format(sentence=verdict.time.sentence)
    yield _("Content:   {sentence}").format(sentence=verdict.content.sentence)
    yield _("Shown:     {sentence}").format(sentence=found.shown.sentence)
    yield _("Key:       {sentence}").format(sentence=policy.key.sentence)
    yield _("Terms:     {sentence}").format(sentence=policy.terms.sentence)
    yield _("History:   {sentence}").format(sentence=policy.history.sentence)
    if remembered and attestation is not None:
        yield _("This key is remembered now for {organisation}.").format(organisation=attestation.organisation)
    if found.evidence is not None:
        yield from _evidence(found.evidence)


def _evidence(evidence: HandedOver) -> Iterator[str]:
    yield _("Evidence:  {matched} matched, {different} different, {missing} missing.").format(
        matched=evidence.count(Match.MATCHED),
        different=evidence.count(Match.DIFFERENT),
        missing=evidence.count(Match.MISSING),
    )
    for piece in evidence.pieces:
        match piece.match:
            case Match.MATCHED:
                yield _("  matched    {name} ({file})").format(name=piece.name, file=piece.file)
            case Match.DIFFERENT:
                yield _("  different  {name} ({file} has another digest)").format(name=piece.name, file=piece.file)
            case Match.MISSING:
                yield _("  missing    {name}").format(name=piece.name)
    for name in evidence.unread:
        yield _("  unread     {name}").format(name=name)
    for name in evidence.others:
        yield _("  not named  {name}").format(name=name)
