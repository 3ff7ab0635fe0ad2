"""Verifies a signed attestation and says what it found on four separate lines; it never fails on a hostile file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from wizard.document import rules
from wizard.document.broken import Broken, Stamp
from wizard.document.fingerprint import groups, words
from wizard.document.identity import identity as identity_of
from wizard.document.identity import leads_to
from wizard.document.lines import Line, LineState
from wizard.document.words import day, moment
from wizard.domain.attestation import Attestation
from wizard.domain.language import _
from wizard.domain.mistakes import Mistake

if TYPE_CHECKING:
    from cryptography import x509

__all__ = ["Line", "LineState", "Outcome", "Verification", "verify"]

#: The signer's clock and the printed time of signing may differ by the time that signing takes.
_SAME_TIME = timedelta(hours=1)


class Outcome(StrEnum):
    """The verdict in one word."""

    INTACT = "intact"
    ALTERED = "altered"
    NOT_AN_ATTESTATION = "not-an-attestation"
    NOT_REPRODUCIBLE = "not-reproducible"


@dataclass(frozen=True, slots=True)
class Verification:
    """What was found. `fingerprint` is that of the key that signed, "" when there is no good signature."""

    outcome: Outcome
    integrity: Line
    identity: Line
    time: Line
    content: Line
    attestation: Attestation | None = None
    fingerprint: str = ""
    signer: str = ""
    problems: tuple[str, ...] = ()
    #: true when a time stamp lies over the signature
    stamped: bool = False

    @property
    def trouble(self) -> str:
        """Why it does not hold: the sentence of the line that decides."""
        return (self.content if self.integrity.state is LineState.GOOD else self.integrity).sentence

    @property
    def fingerprint_groups(self) -> tuple[str, str]:
        """As it is printed: two lines of four groups."""
        return groups(self.fingerprint)

    @property
    def fingerprint_words(self) -> tuple[str, ...]:
        """As it is read out: four lines of four words."""
        return words(self.fingerprint)


def verify(
    pdf: bytes,
    known: Mapping[str, str] | None = None,
    roots: Sequence[x509.Certificate] = (),
    time_roots: Sequence[x509.Certificate] = (),
) -> Verification:
    """Check rules 1 to 8. `known` maps an organisation to the key fingerprint (SHA-256 hex) it signed with before.

    `roots` are certificates that the reviewer trusts; where there are any, they decide the identity line.
    `time_roots` are those that the reviewer trusts for time stamps.

    Never raises. The verdict is "intact" only when one signature covers the whole file and the pages rebuilt from the
    attached data are byte for byte the beginning of it (or the same document written by another library build).
    """
    try:
        return _verify(pdf, known or {}, roots, time_roots)
    except Exception as error:  # whatever a hostile file does to a parser, the answer is: not verified
        sentence = _("Cannot be verified: {kind} while reading the file.").format(kind=type(error).__name__)
        return _nothing(Outcome.ALTERED if rules.looks_like_ours(pdf) else Outcome.NOT_AN_ATTESTATION, sentence)


def _verify(
    pdf: bytes,
    known: Mapping[str, str],
    roots: Sequence[x509.Certificate],
    time_roots: Sequence[x509.Certificate],
) -> Verification:
    try:
        found = rules.embedded(pdf)
    except Broken as broken:
        if rules.looks_like_ours(pdf):
            sentence = _("Cannot be verified. {why}").format(why=broken)
            return replace(_nothing(Outcome.ALTERED, sentence), problems=(str(broken),))
        return _nothing(
            Outcome.NOT_AN_ATTESTATION, _("This is not an attestation made with Attestry. {why}").format(why=broken)
        )
    if found is None:
        if rules.looks_like_ours(pdf):
            sentence = _("Cannot be verified. Rule 7: the attached data are missing.")
            return replace(_nothing(Outcome.ALTERED, sentence), problems=(sentence,))
        sentence = _("This PDF holds no attestation: no data of one are attached to it.")
        return _nothing(Outcome.NOT_AN_ATTESTATION, sentence)
    attestation = found.attestation
    try:
        signed = rules.signature(pdf)
        rules.quiet(pdf, attestation)
    except Broken as broken:
        state = _("Changed after signing, or not signed. {why}") if broken.rule != 1 else _("Cannot be verified. {why}")
        verdict = _nothing(Outcome.ALTERED, state.format(why=broken))
        return replace(verdict, attestation=attestation, problems=(str(broken),))
    stamp = signed.stamp
    proved = stamp.at if stamp is not None and _authority(stamp, time_roots) is not None else None
    fingerprint, identity = identity_of(attestation, signed, known, roots, proved)
    content, outcome = _content(pdf, attestation, signed)
    problems = []
    sentence = _("Unchanged since signing; one signature over the whole file.")
    if signed.archived is not None:
        sentence = _("Unchanged since signing; one signature over the whole document, and a time stamp over both.")
    integrity = Line(LineState.GOOD, sentence)
    if fingerprint != attestation.signatory.fingerprint:
        sentence = _("Rule 7: the data name another key than the one that signed.")
        integrity = Line(LineState.BAD, _("Cannot be verified. {why}").format(why=sentence))
        outcome = Outcome.ALTERED
        problems.append(sentence)
    if content.state is LineState.BAD:
        problems.append(content.sentence)
    return Verification(
        outcome=outcome,
        integrity=integrity,
        identity=identity,
        time=_time(attestation, signed, time_roots),
        content=content,
        attestation=attestation,
        fingerprint=fingerprint,
        signer=_name(signed),
        stamped=signed.stamp is not None,
        problems=tuple(problems),
    )


def _nothing(outcome: Outcome, sentence: str) -> Verification:
    unknown = Line(LineState.UNKNOWN, _("Not checked, because the integrity does not hold."))
    return Verification(outcome, Line(LineState.BAD, sentence), unknown, unknown, unknown)


def _name(signed: rules.Signed) -> str:
    from cryptography.x509.oid import NameOID

    found = signed.certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(found[0].value) if found else signed.certificate.subject.rfc4514_string()


def _time(attestation: Attestation, signed: rules.Signed, roots: Sequence[x509.Certificate]) -> Line:
    """When it was signed, and who says so; a time stamp is worth what the reviewer thinks of its authority."""
    claimed = signed.at or attestation.signed_at
    said = _("Claimed by the signer’s clock: {claimed}").format(claimed=moment(claimed))
    state = LineState.UNKNOWN
    stamp = signed.stamp
    if stamp is not None:
        name = stamp.certificate.subject.rfc4514_string()
        root = _authority(stamp, roots)
        if root is not None:
            state = LineState.GOOD
            said = _("Confirmed by the time-stamp authority {name}: signed before {at}").format(
                name=name, at=moment(stamp.at)
            )
        else:
            said = _(
                "A time stamp says that it was signed before {at}; whether its authority ({name}) can be trusted is "
                "for you to say. Claimed by the signer’s clock: {claimed}"
            ).format(at=moment(stamp.at), name=name, claimed=moment(claimed))
        if abs(stamp.at - claimed) > _SAME_TIME:
            state = LineState.UNKNOWN
            said += _(", while the signer’s clock said {claimed}").format(claimed=moment(claimed))
    if signed.archived is not None:
        sentence = _(". A second time stamp, of {at}, lies over the whole file; its authority ({name}) was not checked")
        if _authority(signed.archived, roots) is not None:
            sentence = _(". A second time stamp, of {at}, lies over the whole file; you trust its authority ({name})")
        name = signed.archived.certificate.subject.rfc4514_string()
        said += sentence.format(at=moment(signed.archived.at), name=name)
    if claimed > datetime.now(UTC) + _SAME_TIME:
        return Line(LineState.BAD, said + ". " + _("That is still to come: one of the two clocks is wrong."))
    if abs(claimed - attestation.signed_at) > _SAME_TIME:
        state = LineState.UNKNOWN
        said += _(", while the document says {printed}").format(printed=moment(attestation.signed_at))
    if datetime.now(UTC).date() > attestation.valid_until:
        end = day(attestation.valid_until)
        return Line(LineState.BAD, said + ". " + _("The validity ended on {end}.").format(end=end))
    return Line(state, said + ".")


def _authority(stamp: Stamp, roots: Sequence[x509.Certificate]) -> x509.Certificate | None:
    """Which of the roots vouches for a time stamp, at the time that it says."""
    return leads_to(stamp.certificate, stamp.others, roots, stamp.at, set(), {"time_stamping"}) if roots else None


def _content(pdf: bytes, attestation: Attestation, signed: rules.Signed) -> tuple[Line, Outcome]:
    """Rule 8: rebuild the pages from the data and compare."""
    from wizard.document.build import UnknownLayout, build
    from wizard.document.compare import same_document
    from wizard.document.renderer import renderer

    first = pdf[: signed.first_revision_ends]
    try:
        rebuilt = build(attestation)
    except UnknownLayout as mistake:
        return Line(LineState.UNKNOWN, mistake.sentence), Outcome.NOT_REPRODUCIBLE
    except Mistake as mistake:
        sentence = _("Rule 8: the pages cannot be rebuilt. {why}").format(why=mistake.sentence)
        return Line(LineState.BAD, sentence), Outcome.ALTERED
    if rebuilt == first:
        return Line(LineState.GOOD, _("Pages match the embedded data (rebuilt, byte for byte).")), Outcome.INTACT
    if same_document(rebuilt, first):
        sentence = _("Pages match the embedded data (rebuilt; the same pages, written by another library build).")
        return Line(LineState.GOOD, sentence), Outcome.INTACT
    if attestation.fonts and attestation.fonts != renderer():
        sentence = _(
            "Pages not checked: they were made with {theirs}, here is {ours}. Read the data themselves, or verify with "
            "the version that made them."
        ).format(theirs=", ".join(attestation.fonts), ours=", ".join(renderer()))
        return Line(LineState.UNKNOWN, sentence), Outcome.NOT_REPRODUCIBLE
    return Line(LineState.BAD, _("Rule 8: the pages do not show the data that are attached.")), Outcome.ALTERED
