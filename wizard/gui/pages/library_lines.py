"""How one library of a repository stands in the list: name, version, the worst that is known, file and state."""

from __future__ import annotations

from collections.abc import Sequence
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

    @property
    def key(self) -> str:
        """Known by where it stands, across looks."""
        one = self.checked.dependency
        return "\n".join((self.repository, *one.package, one.commit, one.file, str(one.line)))

    @property
    def searched(self) -> str:
        """The words by which it is found."""
        one = self.checked.dependency
        names = (name for flaw in self.checked.vulnerabilities for name in (flaw.id, *flaw.aliases))
        return " ".join((one.ecosystem, one.name, one.version, one.file, *names)).lower()

    @property
    def order(self) -> tuple[int, int, str]:
        """Worst first."""
        worst = min((RANK[flaw.severity.rating] for flaw in self.checked.vulnerabilities), default=len(RANK))
        return ORDER.index(self.checked.state), worst, self.key


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
