"""Someone stands for a section as it is now, or takes that back: a signed entry that the document prints."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime

from wizard.domain import events as e
from wizard.domain.approved import approvals, content_of
from wizard.domain.finding import Mark
from wizard.domain.language import _
from wizard.domain.mistakes import Mistake
from wizard.domain.questionnaire import Section
from wizard.session.changes import Change
from wizard.session.session import Session


class NotAllAnswered(Mistake):
    """A section was to be approved in which something is still open."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Who approved a section and when; `own` for this person, `counts` while nothing there is another since."""

    who: str
    at: datetime
    own: bool
    counts: bool


def complete(session: Session, section: Section) -> bool:
    """Is everything in a section answered?"""
    marks = {session.findings[requirement.id].mark for requirement in section.requirements if not requirement.computed}
    return not marks & {Mark.NOT_STARTED, Mark.IN_PROGRESS}


def may(session: Session, section: Section) -> bool:
    """Would an approval by this person count? Whoever answers a request sees but what they were asked for."""
    whole = session.request is None
    return whole and session.assessment.allows(session.workspace.author, e.SectionApproved(section.id))


def standings(session: Session, section: Section) -> tuple[Standing, ...]:
    """Everyone who approved a section and did not take it back, those whose approval still counts first."""
    counting = approvals(session.questionnaire, session.assessment, section)
    given = session.assessment.approvals.get(section.id, {}).values()
    lapsed = [n for n in given if n not in counting]
    return tuple(
        Standing(session.name_of(noted.author), noted.at, noted.author == session.workspace.author, counts)
        for some, counts in ((counting, True), (lapsed, False))
        for noted in some
    )


def approve(session: Session, section: Section) -> Future[Change]:
    """Stand for a section as it is now. Raises `NotAllAnswered`."""
    if not complete(session, section):
        raise NotAllAnswered(
            _("{section} was not approved: something in it is still open. Answer it first.").format(
                section=section.title
            )
        )
    content = content_of(session.questionnaire, session.assessment, section)
    title = _("Approved {section}").format(section=section.title)
    return session.record(e.SectionApproved(section.id, content), title=title)


def take_back(session: Session, section: Section) -> Future[Change]:
    """No longer stand for a section."""
    return session.record(e.SectionApproved(section.id))
