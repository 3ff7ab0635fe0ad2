"""What was decided about known flaws of libraries, and what that makes of each repository's look."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from wizard.domain import events as e
from wizard.domain.assessment import Assessment
from wizard.domain.language import _
from wizard.domain.ledger import names_in
from wizard.domain.observation import Json
from wizard.domain.vulnerability import Decision, Disposal, Ledger, LedgerState

if TYPE_CHECKING:
    from wizard.checks.dependencies.advisory import Vulnerability as Flaw
    from wizard.checks.dependencies.states import Checked
    from wizard.session.session import Session

_CHECK = "dependencies"
#: Stands in place of a flaw's name where somebody says what is known of a package that cannot be checked.
_UNCHECKED = "CANNOT-BE-CHECKED"
_NONE = (Decision.NOT_AFFECTED, Decision.FALSE_POSITIVE)
_CLOSED = (LedgerState.NOT_AFFECTED, LedgerState.FALSE_POSITIVE)

#: The names of a flaw as the ledger spells them, by what the look calls it.
Names = Mapping[str, Iterable[str]]


@dataclass(frozen=True, slots=True)
class Decisions:
    """Which flaws, by the ledger's names, do not affect the product, and which are accepted until when."""

    closed: frozenset[str]
    until: Mapping[str, date]
    #: by package, what a person said of one that cannot be checked
    said: Mapping[str, str]

    @classmethod
    def of(cls, assessment: Assessment, ledger: Ledger) -> Decisions:
        """What was decided on rows of the ledger, and on flaws that only our own look knows."""
        closed = {name for row in ledger.rows if row.state in _CLOSED for name in row.keys}
        until = {
            name: row.disposal.until
            for row in ledger.rows
            if row.state is LedgerState.ACCEPTED and row.disposal and row.disposal.until
            for name in row.keys
        }
        known = {name for row in ledger.rows for name in row.keys}
        said = {}
        for name, noted in assessment.disposals.items():
            payload = noted.payload
            disposal = payload.disposal if isinstance(payload, e.VulnerabilityDisposed) else None
            if name in known or disposal is None or not disposal.valid:
                continue
            package, _bar, about = name.rpartition("|")
            if about == _UNCHECKED:
                said[package] = _words(disposal)
                continue
            if disposal.decision in _NONE:
                closed.add(name)
            elif disposal.decision is Decision.ACCEPTED and disposal.until is not None:
                until[name] = disposal.until
        return cls(frozenset(closed), until, said)

    def settled(self, names: Names) -> frozenset[str]:
        """The flaws that were shown not to affect the product."""
        return frozenset(flaw for flaw, called in names.items() if not self.closed.isdisjoint(called))

    def accepted(self, names: Names) -> dict[str, date]:
        """The flaws that stay for a known time, each with its day."""
        days = {flaw: [self.until[name] for name in called if name in self.until] for flaw, called in names.items()}
        return {flaw: min(found) for flaw, found in days.items() if found}


def _words(disposal: Disposal) -> str:
    if disposal.decision is not Decision.ACCEPTED or disposal.until is None:
        return _("not affected, because: {because}").format(because=disposal.because)
    return _("accepted until {day} by {owner}, because: {because} What protects: {control}").format(
        day=disposal.until.isoformat(), owner=disposal.owner, because=disposal.because, control=disposal.control
    )


def names_of(row: Checked, flaw: Flaw | None) -> tuple[str, ...]:
    """What the ledger calls a flaw of a library; of one that cannot be checked (None), what is known of it at all."""
    if flaw is None:
        from wizard.checks.dependencies.judging import package

        return (f"{package(row)}|{_UNCHECKED}",)
    return names_in(row.dependency.name, (flaw.id, *flaw.aliases))


def decision(session: Session, names: Iterable[str]) -> Disposal | None:
    """What was decided about a flaw that goes by any of these names."""
    for name in names:
        noted = session.assessment.disposals.get(name)
        if noted is not None and isinstance(noted.payload, e.VulnerabilityDisposed) and noted.payload.disposal:
            return noted.payload.disposal
    return None


def _said(facts: Mapping[str, Json]) -> list[str]:
    said = facts.get("said")
    return [str(each) for each in said] if isinstance(said, list | tuple) else []


def judged_again(session: Session, ledger: Ledger) -> e.Looked | None:
    """One repository whose verdict changed with what was decided about its libraries, or with the age of the data;
    None when none did. It is the same look, judged again: its time, its run and its sealed record stay.
    """
    seen = [each for (check, _place), each in session.assessment.observations.items() if check == _CHECK]
    if not seen:
        return None
    from wizard.checks.dependencies.judging import CHECK, Reading, judge

    decisions = Decisions.of(session.assessment, ledger)
    for observation in seen:
        before = observation.result
        reading, called = Reading.from_facts(before.facts), before.facts.get("names")
        if reading is None or not isinstance(called, Mapping):
            continue
        names = {flaw: [str(n) for n in each] for flaw, each in called.items() if isinstance(each, list | tuple)}
        today = session.clock().date()
        judgement = judge(reading, today, decisions.settled(names), decisions.accepted(names), decisions.said)
        facts = {**{name: fact for name, fact in before.facts.items() if name != "said"}, **judgement.facts}
        after = replace(CHECK.result(before.subject, judgement, before.at), facts=facts, rule=before.rule)
        if (after.verdict, after.summary, after.excepted_until, _said(facts)) != (
            before.verdict,
            before.summary,
            before.excepted_until,
            _said(before.facts),
        ):
            return e.Looked(
                run=observation.run,
                host=before.subject,
                results=(after,),
                record=observation.record,
                record_name=str(facts.get("record_name", "")),
            )
    return None
