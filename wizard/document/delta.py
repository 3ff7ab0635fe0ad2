"""What changed between two attestations of one partner, on one page: facts, scope, requirements, evidence, ledger."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wizard.document.findings import holds_back, items
from wizard.document.identity import same_name
from wizard.document.words import day
from wizard.domain.attestation import Attestation, Item
from wizard.domain.changed import Delta, FactChanged, Moved, Way
from wizard.domain.finding import Mark
from wizard.domain.language import _
from wizard.domain.mistakes import Mistake
from wizard.domain.questionnaire import Obligation
from wizard.domain.vulnerability import LedgerState


class OtherPartner(Mistake):
    """The two attestations are not of one partner; the text names the field that differs."""


#: From what a reviewer must look at to what is fine; marks on one step are neither better nor worse.
_STEPS = (
    (Mark.CONTRADICTED,),
    (Mark.NOT_MET,),
    (Mark.NOT_STARTED, Mark.IN_PROGRESS, Mark.COULD_NOT_LOOK),
    (Mark.EXCEPTION,),
    (Mark.RECOMMENDATION_NOT_MET,),
    (Mark.SAID, Mark.DOES_NOT_APPLY),
    (Mark.SHOWN,),
    (Mark.SEEN,),
)


def delta(old: Attestation, new: Attestation) -> Delta:
    """What changed from `old` to `new`. Raises `OtherPartner`."""
    if old.demonstration != new.demonstration:
        raise OtherPartner(_("One of the two is a demonstration, the other is not. They are not compared."))
    for word, before, after in (
        (_("organisation"), old.organisation, new.organisation),
        (_("integration"), old.integration, new.integration),
    ):
        if not same_name(before, after):
            raise OtherPartner(
                _(
                    "These are not two attestations of one partner: the {word} is “{before}” in one and “{after}” in "
                    "the other. Nothing was compared."
                ).format(word=word, before=before, after=after)
            )
    then, now = {i.id: i for i in items(old)}, {i.id: i for i in items(new)}
    ids = [*now, *(id for id in then if id not in now)]
    moved = [m for id in ids if (m := _moved(then.get(id), now.get(id))) is not None]
    moved.sort(key=lambda m: (list(Way).index(m.way), _step(m.after)))
    hosts = [{host.subject for host in a.hosts} for a in (old, new)]
    whole = not (old.summary or new.summary)  # a summary holds evidence back: what it does not show is not gone
    evidence = [{(e.sealed.digest, e.name) for e in a.evidence if whole} for a in (old, new)]
    return Delta(
        facts=tuple(_facts(old, new)),
        moved=tuple(moved),
        same=len(ids) - len(moved),
        reworded=tuple(id for id in ids if _reworded(then.get(id), now.get(id))),
        hosts_added=tuple(sorted(hosts[1] - hosts[0])),
        hosts_gone=tuple(sorted(hosts[0] - hosts[1])),
        repositories_added=_only(new.repositories, old.repositories),
        repositories_gone=_only(old.repositories, new.repositories),
        evidence_added=tuple(sorted(name for _digest, name in evidence[1] - evidence[0])),
        evidence_gone=tuple(sorted(name for _digest, name in evidence[0] - evidence[1])),
        evidence_kept=len(evidence[0] & evidence[1]),
        ledger_before=_open(old),
        ledger_after=_open(new),
    )


def _open(attestation: Attestation) -> int | None:
    if holds_back(attestation, "weakness"):
        return None
    return sum(weakness.state in (LedgerState.OPEN, LedgerState.ACCEPTED) for weakness in attestation.ledger)


def _only(these: Sequence[str], those: Sequence[str]) -> tuple[str, ...]:
    return tuple(sorted(set(these) - set(those)))


def _facts(old: Attestation, new: Attestation) -> Iterator[FactChanged]:
    def signatory(a: Attestation) -> str:
        return ", ".join(filter(None, (a.signatory.name, a.signatory.role)))

    for what, before, after in (
        (_("Signed on"), day(old.signed_at), day(new.signed_at)),
        (_("Valid until"), day(old.valid_until), day(new.valid_until)),
        (_("Release"), old.release, new.release),
        (_("Reference"), old.reference, new.reference),
        (_("Signatory"), signatory(old), signatory(new)),
        (_("Signing key"), old.signatory.fingerprint[:32], new.signatory.fingerprint[:32]),
        (_("Workspace"), old.journal.workspace, new.journal.workspace),
        (
            _("Questionnaire"),
            f"{old.questionnaire} {old.questionnaire_version}",
            f"{new.questionnaire} {new.questionnaire_version}",
        ),
        (_("Questionnaire digest"), old.questionnaire_digest[:16], new.questionnaire_digest[:16]),
        (_("Scope statement"), old.scope_statement, new.scope_statement),
    ):
        if before != after:
            yield FactChanged(what, before, after)


def _moved(before: Item | None, after: Item | None) -> Moved | None:
    shown = after or before
    if shown is None or (before is not None and after is not None and before.mark is after.mark):
        return None
    ways = (_step(before.mark if before else None), _step(after.mark if after else None))
    if before is None or after is None or ways[0] == ways[1]:
        way = Way.WORSE if before is None and after is not None and _bad(after) else Way.OTHER
    else:
        way = Way.BETTER if ways[1] > ways[0] else Way.WORSE
    return Moved(
        shown.id,
        shown.title,
        before.mark if before else None,
        after.mark if after else None,
        way,
        after.because if after else "",
    )


def _bad(item: Item) -> bool:
    return item.obligation is Obligation.MUST and item.mark in (Mark.CONTRADICTED, Mark.NOT_MET)


def _step(mark: Mark | None) -> int:
    return next((n for n, step in enumerate(_STEPS) if mark in step), len(_STEPS))


def _reworded(before: Item | None, after: Item | None) -> bool:
    """True when the sentence of the source page that a requirement stands on is another one now."""
    if before is None or after is None or before.source is None or after.source is None:
        return False
    return before.source.digest != after.source.digest
