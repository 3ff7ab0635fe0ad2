"""The places of an open assessment in order, and how each stands in the sidebar."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from typing import TYPE_CHECKING

from wizard.domain.finding import Mark
from wizard.domain.language import _
from wizard.gui import words
from wizard.gui.context import Place
from wizard.gui.sidebar import SideRow
from wizard.gui.theme import ColorName
from wizard.gui.words import Sign

if TYPE_CHECKING:
    from wizard.domain.questionnaire import Section
    from wizard.session.session import Session
    from wizard.session.summaries import SectionSummary


def title(session: Session) -> str:
    """What the assessment is called."""
    described = session.assessment.described
    return described.integration or described.organisation or _("Untitled assessment")


def window_title(session: Session | None, page: str) -> str:
    """What the window and the task switcher call it; read from the left, also where a name reads from the right."""
    name = title(session) if session is not None else ""
    whole = " · ".join(dict.fromkeys(part for part in (name, page, "Attestry") if part))
    from_the_right = any(unicodedata.bidirectional(sign) in ("R", "AL") for sign in name)
    return f"\u200e{whole}" if from_the_right else whole


#: The places behind the sections; while a request is answered, those that it needs.
_BEHIND = ("checks", "code", "vulnerabilities", "evidence", "team", "review", "sign")
_ANSWERING = ("evidence", "reply")
#: What stands for them where a place of the lead's is asked for.
_ONLY_THE_LEADS = ("scope", "team", "editors", "review", "sign", "done")


def allowed(place: Place, session: Session | None) -> Place:
    """The place, or the reply, where someone who answers a request would come to what is only the lead's."""
    if session is not None and session.request is not None and place.page in _ONLY_THE_LEADS:
        return Place("reply")
    return place


def place_of_section(section: Section) -> Place:
    """Where a section is answered; the scoping questions have a page of their own."""
    return Place("scope") if section.scoping else Place("section", section.id)


def section_state(summary: SectionSummary) -> tuple[Sign, str]:
    """Glyph and word of a section: what needs a person first, then how far it is."""
    if summary.contradicted:
        return words.sign(Mark.CONTRADICTED), _("{n} contradicted").format(n=summary.contradicted)
    if summary.not_met:
        return words.sign(Mark.NOT_MET), _("{n} not met").format(n=summary.not_met)
    if summary.blind:
        return words.sign(Mark.COULD_NOT_LOOK), _("{n} not seen").format(n=summary.unseen)
    if summary.carried and summary.answered == summary.total:
        return words.sign(Mark.IN_PROGRESS), _("{n} to read again").format(n=summary.carried)
    if summary.complete:
        return words.complete_sign(), words.complete()
    mark = Mark.IN_PROGRESS if summary.started else Mark.NOT_STARTED
    return words.sign(mark), words.word(mark)


def side_rows(session: Session) -> tuple[SideRow, ...]:
    """Home, the sections, a line, and the places behind them."""
    from wizard.session import summaries

    rows = [SideRow(Place("home"), _("Home"), icon="home")]
    for summary in summaries.section_summaries(session.questionnaire, session.findings, session.assessment.carried):
        sign, word = section_state(summary)
        red = summary.contradicted or summary.not_met
        colour: ColorName = "contradicts" if red else "unsure" if summary.blind else "quiet"
        rows.append(
            SideRow(
                place_of_section(summary.section),
                summary.section.title,
                summary.count,
                colour,
                sign,
                word="" if red or summary.blind else word,
            )
        )
    checks = SideRow(Place("checks"), _("Checks"), icon="eye")
    evidence = SideRow(Place("evidence"), _("Evidence"), icon="paperclip")
    if session.request is not None:
        behind = [checks] if session.request.heading.hosts else []
        behind += [evidence, SideRow(Place("reply"), _("Your reply"), icon="lock")]
    else:
        behind = [
            checks,
            SideRow(Place("code"), _("Code"), icon="search"),
            SideRow(Place("vulnerabilities"), _("Vulnerability ledger"), icon="flag"),
            evidence,
            SideRow(Place("team"), _("Team"), icon="people"),
            SideRow(Place("review"), _("Review"), icon="list"),
            SideRow(Place("sign"), _("Sign"), icon="pencil"),
        ]
    return (*rows, replace(behind[0], ruled=True), *behind[1:])


def order(session: Session) -> tuple[Place, ...]:
    """The places that Back and Next walk through."""
    sections = (place_of_section(s) for s in session.questionnaire.sections)
    rest = (Place(name) for name in (_ANSWERING if session.request is not None else _BEHIND))
    return tuple(dict.fromkeys((Place("home"), *sections, *rest)))


def written(place: Place) -> str:
    """A place as it is remembered between runs."""
    return "\n".join((place.page, place.item, place.requirement))


def read(text: str, session: Session) -> Place:
    """The remembered place; home when it is not there (any more)."""
    parts = [*text.split("\n"), "", ""][:3]
    place = Place(*parts)
    known = {p.page for p in order(session)}
    requirement = place.requirement if place.requirement in session.questionnaire.by_id else ""
    if place.page == "section" and place.item not in {s.id for s in session.questionnaire.sections}:
        return Place("home")
    return Place(place.page, place.item, requirement) if place.page in known else Place("home")


def saved(session: Session) -> str:
    """What the foot says about saving: the time of the last durable deed."""
    if session.read_only:
        return _("Open for reading only")
    if session.saved_at is None:
        return ""
    now = session.clock()
    today = session.saved_at.astimezone().date() == now.astimezone().date()
    when = words.clock(session.saved_at) if today else words.ago(session.saved_at, now)
    return _("Saved {when}").format(when=when)
