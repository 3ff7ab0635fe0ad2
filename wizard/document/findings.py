"""What the attestation amounts to, counted and sorted for the reader: the worst first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from wizard.document import marks
from wizard.domain.attestation import Attestation, Item, Seen
from wizard.domain.finding import Mark
from wizard.domain.observation import WORST_FIRST, Level, Verdict
from wizard.domain.questionnaire import Obligation


@dataclass(frozen=True, slots=True)
class Tally:
    """How many duties bear each mark; recommendations are counted apart."""

    duties: int
    by_mark: dict[Mark, int]
    recommendations: int
    recommendations_not_met: int

    def of(self, mark: Mark) -> int:
        """How many duties bear this mark."""
        return self.by_mark.get(mark, 0)

    @property
    def not_fine(self) -> int:
        """Duties that a reviewer must look at."""
        return sum(map(self.of, (Mark.NOT_MET, Mark.EXCEPTION, Mark.COULD_NOT_LOOK, Mark.NOT_STARTED)))


def items(attestation: Attestation) -> Iterator[Item]:
    """Every requirement in the questionnaire's order, without the scoping questions."""
    return (item for group in attestation.groups for item in group.items)


def worst_first(group: tuple[Item, ...]) -> list[Item]:
    """A section's requirements, worst first, otherwise in their order."""
    order = list(Mark)
    return sorted(group, key=lambda item: order.index(item.mark))


def tally(attestation: Attestation) -> Tally:
    """The counts for page 1."""
    duties = [item for item in items(attestation) if item.obligation is Obligation.MUST]
    advice = [item for item in items(attestation) if item.obligation is Obligation.RECOMMENDED]
    by_mark: dict[Mark, int] = {}
    for item in duties:
        mark = marks.merged(item.mark)
        by_mark[mark] = by_mark.get(mark, 0) + 1
    not_met = sum(item.mark is Mark.RECOMMENDATION_NOT_MET for item in advice)
    return Tally(len(duties), by_mark, len(advice), not_met)


def marked(attestation: Attestation, *wanted: Mark) -> list[Item]:
    """The requirements with one of these marks; contradicted ones before those that a person says no to."""
    found = [item for item in items(attestation) if item.mark in wanted]
    return sorted(found, key=lambda item: list(Mark).index(item.mark))


def all_seen(item: Item) -> tuple[Seen, ...]:
    """Everything seen about a requirement and its parts, worst first."""
    seen = (*item.seen, *(one for part in item.parts for one in part.seen))
    return tuple(
        sorted(seen, key=lambda one: (WORST_FIRST.index(one.result.verdict), one.result.check, one.result.subject))
    )


def failing(item: Item) -> tuple[Seen, ...]:
    """What was seen against a requirement."""
    return tuple(s for s in all_seen(item) if s.result.verdict is Verdict.FAIL and s.result.level is Level.MUST)


def exceptions_of(item: Item) -> list[tuple[str, Item]]:
    """The requirement and its parts that stand under an exception, with their ids."""
    return [(one.id, one) for one in (item, *item.parts) if one.exception is not None]


def evidence_numbers(attestation: Attestation) -> dict[str, str]:
    """E-01, E-02 and so on, by evidence id."""
    width = max(2, len(str(len(attestation.evidence))))
    return {one.id: f"E-{number:0{width}}" for number, one in enumerate(attestation.evidence, 1)}


def holds_back(attestation: Attestation, kind: str) -> int:
    """How many items of a kind ("item", "evidence", "weakness", "notes" …) a summary holds back."""
    return sum(not one.salt for one in attestation.commitments if one.leaf.partition(":")[0] == kind)
