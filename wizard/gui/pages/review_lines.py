"""What the review shows, as values: groups worst first, filters, and what changed since the last signature."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, assert_never

from wizard.domain import events as e
from wizard.domain.finding import Basis, Finding, Mark, judge
from wizard.domain.language import _, ngettext
from wizard.gui import outline, words
from wizard.gui.context import Place

if TYPE_CHECKING:
    from wizard.session.session import Session


class Only(Enum):
    """What the chips above the groups leave."""

    ALL = "all"
    OPEN = "open"
    CONTRADICTED = "contradicted"
    UNPROVEN = "unproven"
    EXCEPTIONS = "exceptions"
    CHANGED = "changed"

    @property
    def word(self) -> str:
        """What stands on the chip."""
        match self:
            case Only.ALL:
                return _("All")
            case Only.OPEN:
                return _("Open")
            case Only.CONTRADICTED:
                return _("Contradicted")
            case Only.UNPROVEN:
                return _("Without evidence")
            case Only.EXCEPTIONS:
                return _("Exceptions")
            case Only.CHANGED:
                return _("Changed since signing")
        assert_never(self)

    def keeps(self, finding: Finding, changed: frozenset[str]) -> bool:
        """True when this chip leaves the finding in."""
        match self:
            case Only.ALL:
                return True
            case Only.OPEN:
                return finding.mark in (Mark.NOT_STARTED, Mark.IN_PROGRESS)
            case Only.CONTRADICTED:
                return finding.contradicted
            case Only.UNPROVEN:
                return finding.mark is Mark.SAID or (finding.basis is Basis.SAID and not finding.evidence)
            case Only.EXCEPTIONS:
                return finding.mark is Mark.EXCEPTION
            case Only.CHANGED:
                return finding.id in changed
        assert_never(self)


@dataclass(frozen=True, slots=True)
class Shown:
    """One row: its finding in words."""

    id: str
    name: str
    because: str
    mark: Mark
    note: str = ""


def shown(session: Session, finding: Finding, changed: frozenset[str] = frozenset()) -> Shown:
    """A finding as a row."""
    requirement = session.questionnaire.by_id[finding.id]
    because = finding.because
    noted = session.assessment.exceptions.get(finding.id)
    if finding.mark is Mark.EXCEPTION and noted is not None and isinstance(noted.payload, e.ExceptionSet):
        until = words.day(noted.payload.until, session.clock().date()) if noted.payload.until else ""
        because = _("Until {day}, owner {owner}. {control}").format(
            day=until, owner=noted.payload.owner, control=noted.payload.control
        )
    elif finding.contradicted and finding.explained:
        stop = "" if because.endswith((".", "…", "?")) else "."
        because = _("{why} Explained.").format(why=because + stop)
    note = _("changed since signing") if finding.id in changed else ""
    return Shown(finding.id, f"{finding.id} · {requirement.title}", because, finding.mark, note)


def place_of(session: Session, id: str) -> Place:
    """Where a requirement is answered; a page's own name leads to that page."""
    section = session.questionnaire.section_of.get(id)
    if section is None:
        return Place(id if id in ("scope", "evidence", "team", "review", "sign", "checks") else "home")
    place = outline.place_of_section(section)
    return Place(place.page, place.item, id)


def heading(mark: Mark, count: int) -> str:
    """The heading of a group: its word and how many."""
    return _("{word} · {n}").format(word=words.word(mark), n=count)


def sentence(session: Session, findings: Mapping[str, Finding], stopping: int) -> str:
    """ "47 of 47 answered. 2 things stand between you and a signature." """
    duties = tuple(session.questionnaire.requirements)
    done = sum(findings[d.id].mark not in (Mark.NOT_STARTED, Mark.IN_PROGRESS) for d in duties)
    out = _("{done} of {all} answered.").format(done=done, all=len(duties))
    if stopping:
        return f"{out} " + ngettext(
            "{n} thing stands between you and a signature.", "{n} things stand between you and a signature.", stopping
        ).format(n=stopping)
    return _("{answered} Nothing stands between you and a signature.").format(answered=out)


def changed_since_signing(session: Session) -> frozenset[str]:
    """The duties whose word is another one than when the last attestation was signed. Reads the journal: slow."""
    from wizard.domain.assessment import fold

    if not session.assessment.attestations:
        return frozenset()
    last = session.assessment.attestations[-1]
    if not isinstance(last.payload, e.Attested):
        return frozenset()
    until = last.payload.events
    then = fold(event for number, event in enumerate(session.workspace.journal.events()) if number < until)
    before = judge(session.questionnaire, then, last.at, session.kinds)
    return frozenset(id for id, finding in session.findings.items() if before[id].mark is not finding.mark)
