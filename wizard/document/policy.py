"""What only the reviewer can decide about an attestation: the key, their own terms, and the attestation before it.

Rules 9, 10 and 11 of the verifier. Each is one line, and says "not asked" where the reviewer gave nothing to go by.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256

from wizard.document.canonical import canonical
from wizard.document.fingerprint import words
from wizard.document.identity import known_for, same_name
from wizard.document.lines import Line, LineState
from wizard.document.questionnaire_kept import changed
from wizard.document.verify import Outcome, Verification
from wizard.domain.attestation import Attestation
from wizard.domain.language import _, ngettext
from wizard.domain.questionnaire import Questionnaire

#: So many things that differ are named; the rest is counted.
_FEW = 8


@dataclass(frozen=True, slots=True)
class Terms:
    """What the reviewer expects; "" and None: not asked. `questionnaires` are those that they know, by digest."""

    questionnaires: Mapping[str, Questionnaire] = field(default_factory=dict)
    reference: str = ""
    oldest_days: int | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """Rules 9 to 11."""

    key: Line
    terms: Line
    history: Line


def policy(
    found: Verification,
    known: Mapping[str, str],
    terms: Terms,
    today: date,
    previous: tuple[bytes, Verification] | None = None,
) -> Policy:
    """The three lines; `previous` is an older attestation with what verifying it found. Never raises."""
    return Policy(_key(found, known), _terms(found, terms, today), history(found, previous))


def _untold() -> Line:
    return Line(LineState.UNKNOWN, _("Not checked, because the integrity does not hold."))


def _key(found: Verification, known: Mapping[str, str]) -> Line:
    """Rule 9: never good for a key that nobody knows."""
    attestation = found.attestation
    if attestation is None or not found.fingerprint:
        return _untold()
    if attestation.demonstration:
        return Line(LineState.UNKNOWN, _("Demonstration key: it is never remembered."))
    before = known_for(attestation.organisation, known)
    if before == found.fingerprint:
        sentence = _("Remembered: the key of {organisation}.").format(organisation=attestation.organisation)
        return Line(LineState.GOOD, sentence)
    spoken = " · ".join(words(found.fingerprint))
    if before:
        sentence = _(
            "Another key than the one remembered for {organisation}. Ask them over a channel you trust. "
            "The key now, in words: {words}"
        ).format(organisation=attestation.organisation, words=spoken)
        return Line(LineState.BAD, sentence)
    sentence = _("Unknown key: for {organisation} none is remembered. In words: {words}").format(
        organisation=attestation.organisation, words=spoken
    )
    return Line(LineState.UNKNOWN, sentence)


def _terms(found: Verification, terms: Terms, today: date) -> Line:
    """Rule 10: the questionnaire is one that the reviewer knows, the reference is theirs, and it is not too old."""
    attestation = found.attestation
    if attestation is None or not found.fingerprint:
        return _untold()
    wrong = []
    if terms.reference and attestation.reference.strip() != terms.reference.strip():
        said = attestation.reference or _("none")
        wrong.append(
            _("The reference is {said}, and you issued {wanted}.").format(said=said, wanted=terms.reference.strip())
        )
    age = (today - attestation.signed_at.date()).days
    if terms.oldest_days is not None and age > terms.oldest_days:
        wrong.append(
            ngettext("It was signed {n} day ago", "It was signed {n} days ago", age).format(n=age)
            + ngettext(", and you allow {n} day.", ", and you allow {n} days.", terms.oldest_days).format(
                n=terms.oldest_days
            )
        )
    if wrong:
        return Line(LineState.BAD, " ".join(wrong))
    title = f"{attestation.questionnaire} {attestation.questionnaire_version}"
    not_asked = [
        word
        for word, given in ((_("reference"), bool(terms.reference)), (_("age"), terms.oldest_days is not None))
        if not given
    ]
    after = " " + _("Not asked: {what}.").format(what=", ".join(not_asked)) if not_asked else ""
    questionnaire = terms.questionnaires.get(attestation.questionnaire_digest)
    if questionnaire is None:
        sentence = _("The questionnaire {title} is not one that this version knows: compare its sentences.")
        return Line(LineState.UNKNOWN, sentence.format(title=title) + after)
    if ids := changed(questionnaire, attestation):
        sentence = _(
            "The document says that its questionnaire is {title}, and it is not: {ids} differ from it, or are missing. "
            "Do not rely on it; ask who signed."
        )
        return Line(LineState.BAD, sentence.format(title=title, ids=_few(ids)))
    sentence = _("The questionnaire is {title}, word for word as this version has it.").format(title=title)
    return Line(LineState.UNKNOWN if not_asked else LineState.GOOD, sentence + after)


def _other_workspace(attestation: Attestation, before: Attestation) -> str:
    """What it means that two attestations have two journals: the rule itself is about one."""
    since = attestation.since
    if since is not None and since.data_digest == sha256(canonical(before)).hexdigest():
        return _(
            "A new workspace was begun from the earlier attestation, as its signer says. What was done in the old one "
            "after that does not stand in the new journal: compare the two documents."
        )
    return _(
        "The earlier attestation comes from another workspace, and this one does not say that it was begun from it. So "
        "nothing shows what happened in between: ask why a new one was begun, and compare the two documents."
    )


def _few(ids: tuple[str, ...]) -> str:
    """The first names, and how many more."""
    more = len(ids) - _FEW
    return ", ".join(ids[:_FEW]) + (_(" and {n} more").format(n=more) if more > 0 else "")


def history(found: Verification, previous: tuple[bytes, Verification] | None) -> Line:
    """Rule 11: the journal of the same workspace went on from where the previous attestation saw it."""
    attestation = found.attestation
    if attestation is None or not found.fingerprint:
        return _untold()
    if previous is None:
        return Line(LineState.UNKNOWN, _("Not asked: no earlier attestation was handed over."))
    data, before = previous
    if before.attestation is None or before.outcome is not Outcome.INTACT:
        return Line(LineState.BAD, _("The earlier attestation does not verify, so nothing can be compared with it."))
    earlier, now = before.attestation.journal, attestation.journal
    if not same_name(before.attestation.organisation, attestation.organisation):
        sentence = _("The earlier attestation is of {other}, not of {organisation}.").format(
            other=before.attestation.organisation, organisation=attestation.organisation
        )
        return Line(LineState.BAD, sentence)
    same = attestation == before.attestation or (attestation.root and attestation.root == before.attestation.root)
    if same and earlier == now:
        sentence = _("Both are one attestation, or one and its public summary: there is no history between them.")
        return Line(LineState.UNKNOWN, sentence)
    if earlier.workspace != now.workspace:
        return Line(LineState.UNKNOWN, _other_workspace(attestation, before.attestation))
    if earlier.events > now.events:
        sentence = _("The journal had {before} events then and has {now} now: it was taken back.").format(
            before=earlier.events, now=now.events
        )
        return Line(LineState.BAD, sentence)
    if earlier.events == now.events and earlier.head != now.head:
        return Line(LineState.BAD, _("The journal has as many events as then, and they are others."))
    if sha256(data).hexdigest() not in now.earlier_attestations:
        return Line(LineState.BAD, _("The journal does not name the earlier attestation: it is another history."))
    sentence = _("The journal went on from the earlier attestation: {before} events then, {now} now.").format(
        before=earlier.events, now=now.events
    )
    return Line(LineState.GOOD, sentence)
