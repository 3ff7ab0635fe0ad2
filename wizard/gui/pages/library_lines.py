"""How one library of a repository stands in the list: name, version, the worst that is known, file and state."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from wizard.checks.dependencies import wording
from wizard.checks.dependencies.states import Checked, State
from wizard.domain.language import _
from wizard.domain.observation import Result
from wizard.domain.vulnerability import RANK, Disposal
from wizard.gui.icons import Glyph
from wizard.gui.theme import ColorName
from wizard.gui.widgets.fact_table import Cell, Line

#: What needs a person stands first.
ORDER = (State.VULNERABLE, State.CANNOT_BE_CHECKED, State.NOT_CHECKED, State.NONE_KNOWN)


@dataclass(frozen=True, slots=True)
class Row:
    """One library in one repository."""

    repository: str
    checked: Checked
    #: worst first, and last the key
    order: tuple[int, int, str]
    #: the words by which it is found
    searched: str

    @property
    def key(self) -> str:
        """Known by where it stands, across looks."""
        return self.order[2]


def rows_of(repository: str, checked: Iterable[Checked]) -> tuple[Row, ...]:
    """The rows of one repository as they stand in the list. 15,000 take a fifth of a second: not in the window."""
    return tuple(sorted((_row(repository, each) for each in checked), key=lambda row: row.order))


def _row(repository: str, checked: Checked) -> Row:
    one = checked.dependency
    key = "\n".join((repository, *one.package, one.commit, one.file, str(one.line)))
    worst = min((RANK[flaw.severity.rating] for flaw in checked.vulnerabilities), default=len(RANK))
    names = (name for flaw in checked.vulnerabilities for name in (flaw.id, *flaw.aliases))
    searched = " ".join((one.ecosystem, one.name, one.version, one.file, *names)).lower()
    return Row(repository, checked, (ORDER.index(checked.state), worst, key), searched)


def line(row: Row, decisions: tuple[Disposal | None, ...]) -> Line:
    """One row of the table."""
    checked, one = row.checked, row.checked.dependency
    worst = sorted(checked.vulnerabilities, key=lambda flaw: RANK[flaw.severity.rating])
    against = wording.flaw(worst[0]) if worst else ""
    if len(worst) > 1:
        against += f" +{len(worst) - 1}"
    decided = bool(decisions) and all(decisions)
    bad = checked.state is State.VULNERABLE and not decided
    unsure = checked.state in (State.CANNOT_BE_CHECKED, State.NOT_CHECKED)
    color: ColorName = "contradicts" if bad else "unsure" if unsure else "quiet"
    glyph = Glyph.TRIANGLE if bad else Glyph.DISC if decided and not unsure else None
    state = _("Decided") if decided and not unsure else wording.state(checked.state).capitalize()
    if decided and unsure:  # a word does not look: what cannot be checked stays that
        against = _("A person said what is known")
    return Line(
        row.key,
        (
            Cell(one.name, tip=f"{one.ecosystem} {one.name}"),
            Cell(one.version, mono=True),
            Cell(against, tip="\n".join(map(wording.flaw, worst))),
            Cell(f"{one.file}:{one.line}" if one.line else one.file, mono=True, tip=row.repository),
            Cell(state, color, glyph, color, tip=wording.because(checked)),
        ),
    )


def looked_up(results: Sequence[Result | None]) -> str:
    """What a look did, in a sentence; None and a result without counts are no look."""
    facts = [each.facts if each is not None else {} for each in results]
    if any("counts" not in each or each.get("unknown") or each.get("trouble") for each in facts):
        return _("Not every library could be looked up.")
    if any(each.get("blind") for each in facts):
        return _("The libraries that are listed were looked up; some files do not tell all of theirs.")
    return _("The libraries were looked up.")
