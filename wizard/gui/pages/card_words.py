"""What a requirement's card says: what was said, what was seen, why something is not asked, in sentences."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from wizard.domain import events as e
from wizard.domain import readable
from wizard.domain.answers import Answer, AnswerState, Row
from wizard.domain.finding import Basis, Finding, Mark, not_asked_because
from wizard.domain.language import _, ngettext
from wizard.domain.observation import Method, Observation, Outcome, Verdict
from wizard.domain.questionnaire import Question, Requirement
from wizard.gui import words
from wizard.gui.widgets.plain import Role
from wizard.session.deeds import renewing

if TYPE_CHECKING:
    from wizard.session.session import Session

#: a longer answer is cut on the card; it stands in full in its field and in the PDF
_LONG = 280
#: as many results stand on a card; all of them stand on the checks page
_SHOWN = 4


def asked_of(session: Session, requirement: str) -> list[str]:
    """Who answers a requirement and until when, a line; none when nobody was asked."""
    from wizard.session.deeds import sharing

    assigned = sharing.owner_of(session, requirement)
    if assigned is None:
        return []
    said = _("{who} answers this.")
    if assigned.due is not None:
        late = assigned.due < session.clock().date()
        said = _("{who} answers this; it was due {day}.") if late else _("{who} answers this, until {day}.")
    lines = [said.format(who=assigned.owner, day=words.day(assigned.due) if assigned.due else "")]
    if others := sharing.others_who_answered(session, requirement, assigned.owner):
        names = ", ".join(others)
        lines.append(_("Answered by {names}, and {who} was asked.").format(names=names, who=assigned.owner))
    return lines


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a column: its text and how it looks; `fact` for what a machine sent."""

    text: str
    role: Role = "text"
    fact: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """What was said, or what was seen: heading, lines, and when (newest)."""

    heading: str
    lines: tuple[Line, ...]
    at: datetime | None = None
    against: bool = False


def asked(session: Session, requirement: Requirement) -> tuple[Question, ...]:
    """The questions that are asked now."""
    answers = session.assessment.answers
    return tuple(q for q in session.questionnaire.questions_for(requirement.id) if not not_asked_because(q, answers))


def said(session: Session, requirement: Requirement) -> Column:
    """What people said to it."""
    answers = session.assessment.answers
    questions = asked(session, requirement)
    given = [(q, answers[q.id]) for q in questions if q.id in answers and answers[q.id].given]
    lines: list[Line] = []
    for question, answer in given:
        if len(given) > 1:
            lines.append(Line(question.ask, "quiet"))
        lines.append(Line(answer_words(session, question, answer)))
    claimed = session.assessment.not_applicable.get(requirement.id)
    times = [a.at for _q, a in given if a.at]
    if claimed is not None:
        lines.append(Line(_("Does not apply: {reason}").format(reason=getattr(claimed.payload, "reason", ""))))
        times.append(claimed.at)
    unknown = [q for q in questions if q.id in answers and answers[q.id].state is AnswerState.NOT_KNOWN]
    if unknown:
        lines.append(Line(_("Not known yet: {asks}").format(asks=" ".join(q.ask for q in unknown)), "quiet"))
    if not lines:
        lines.append(Line(_("Nothing yet."), "quiet"))
    return Column(_who_said(session, [answer.author for _q, answer in given]), tuple(lines), max(times, default=None))


def _who_said(session: Session, authors: list[str]) -> str:
    """Whose words they are: this person's, or those of a teammate who replied."""

    others = tuple(dict.fromkeys(a for a in authors if a and a != session.workspace.author))
    if not others:
        return _("You said")
    named = [session.name_of(author) for author in others]
    if len(others) < len(set(authors)):
        named.append(_("you"))
    return _("{who} said").format(who=", ".join(named))


def answer_words(session: Session, question: Question, answer: Answer) -> str:
    """An answer in words; a long table only by its size."""
    if readable.is_table(answer) and isinstance(answer.value, tuple):
        rows = [row for row in answer.value if isinstance(row, Row)]
        firsts = [row.cells[0][1] for row in rows if row.cells]
        names = ", ".join(dict.fromkeys(firsts))
        count = ngettext("{n} row", "{n} rows", len(rows)).format(n=len(rows))
        return _cut(f"{count}: {names}" if names else count)
    files = {id: item.name for id, item in session.assessment.evidence.items()}
    return _cut(readable.one_line(question, answer, files))


def seen(session: Session, requirement: Requirement, finding: Finding) -> Column | None:
    """What checks saw and evidence shows; None while there is neither."""
    relevant = [o for o in finding.observations if o.result.verdict is not Verdict.NOT_APPLICABLE]
    against = any(o.result.outcome is Outcome.CONTRADICTS for o in relevant)
    files = session.assessment.evidence_for(requirement.id)
    if not relevant:
        if not files:
            return None
        words = ngettext(
            "{n} file is kept for this; a reviewer can ask for it.",
            "{n} files are kept for this; a reviewer can ask for them.",
            len(files),
        ).format(n=len(files))
        return Column(_("The evidence"), (Line(words),), max((f.added_at for f in files if f.added_at), default=None))
    methods = {o.result.method for o in relevant}
    heading = _("The check saw")
    if Method.TEST not in methods:
        heading = _("The document says") if Method.EXAMINE in methods else _("Reading the answers shows")
    # Many checks of one host end in the same words: they are said once.
    told = list(dict.fromkeys(tuple(_observation(o)) for o in relevant))
    lines = [line for each in told[:_SHOWN] for line in each]
    if finding.mark is Mark.COULD_NOT_LOOK and not any(line.role == "unsure" for line in lines):
        lines.insert(0, Line(finding.because, "unsure"))
    if len(told) > _SHOWN:
        more = len(told) - _SHOWN
        lines.append(Line(ngettext("and {n} more", "and {n} more", more).format(n=more), "quiet"))
    return Column(heading, tuple(lines), max(o.result.at for o in relevant), against)


#: A label breaks lines only between words: what is longer than its column would be cut without a word of it.
_UNBROKEN = re.compile(r"(\S{32})\S{9,}")


def _observation(observation: Observation) -> Iterable[Line]:
    result = observation.result
    summary = result.summary
    if result.subject and result.subject not in summary:
        summary = _("{subject}: {summary}").format(subject=result.subject, summary=summary)
    if result.verdict is Verdict.UNKNOWN:  # of a recommendation too
        yield Line(summary, "unsure")
        if result.next_step:
            yield Line(result.next_step, "quiet")
        return
    match result.outcome:
        case Outcome.CONTRADICTS:
            yield Line(summary, "contradicts")
            proof = next((text for text in result.proof.splitlines() if text.strip()), "")
            if proof:
                yield Line(_cut(_UNBROKEN.sub(r"\1…", proof.strip())), fact=True)
        case _:
            yield Line(summary)


def in_short(session: Session, requirement: Requirement, finding: Finding) -> str:
    """A collapsed card's half-sentence: "You said yes · nothing seen yet"."""
    questions = asked(session, requirement)
    if finding.mark in (Mark.DOES_NOT_APPLY, Mark.COULD_NOT_LOOK):
        return finding.because
    if finding.mark in (Mark.NOT_STARTED, Mark.IN_PROGRESS):
        if requirement.computed or not questions:
            return finding.because
        left = len(finding.open_questions)
        if not finding.answered:
            return ngettext("{n} question", "{n} questions", len(questions)).format(n=len(questions))
        return ngettext("{n} more to answer", "{n} more to answer", left).format(n=left) if left else finding.because
    answers = session.assessment.answers
    given = [q for q in questions if q.id in answers and answers[q.id].given]
    if len(given) == 1 and answers[given[0].id].value in ("yes", "no"):
        word = _("You said yes") if answers[given[0].id].value == "yes" else _("You said no")
    else:
        word = ngettext("{n} answer given", "{n} answers given", len(given)).format(n=len(given))
    if finding.basis is Basis.SAID and not finding.observations:
        return _("{said} · nothing seen yet").format(said=word)
    return word


def remedy(finding: Finding) -> str:
    """The snippet that puts right what the worst look saw; "" when there is none."""
    against = (o for o in finding.observations if o.result.outcome is Outcome.CONTRADICTS and o.result.fix)
    return next((o.result.fix for o in against), "")


def without_evidence(session: Session, requirement: Requirement, finding: Finding) -> bool:
    """True for something that rests on words alone."""
    return finding.mark is Mark.SAID and not session.assessment.evidence_for(requirement.id)


def section_sentence(findings: Iterable[Finding]) -> str:
    """What a section page knows now."""
    from wizard.session import summaries

    all_ = tuple(findings)
    done = sum(summaries.answered(f) for f in all_)
    parts = [_("{done} of {all} answered.").format(done=done, all=len(all_))]
    contradicted = sum(f.mark is Mark.CONTRADICTED for f in all_)
    if contradicted:
        parts.append(
            ngettext(
                "{n} answer says yes, a look says otherwise.",
                "{n} answers say yes, a look says otherwise.",
                contradicted,
            ).format(n=contradicted)
        )
    not_met = sum(f.mark is Mark.NOT_MET for f in all_)
    if not_met:
        parts.append(ngettext("{n} is not met.", "{n} are not met.", not_met).format(n=not_met))
    return " ".join(parts)


def _cut(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= _LONG else plain[: _LONG - 1].rstrip() + "…"


def carried(session: Session, requirement: str) -> str:
    """That answers were carried over from an earlier attestation and wait to be looked at; "" when none does."""
    waiting = renewing.carried(session, requirement)
    if not waiting:
        return ""
    n = len(waiting)
    return ngettext(
        "An answer comes from the attestation of {day}. Read it, then keep it or change it.",
        "{n} answers come from the attestation of {day}. Read them, then keep or change them.",
        n,
    ).format(n=n, day=words.day(session.assessment.carried[waiting[0].id]))


def _written_apart(session: Session, requirement: str) -> bool:
    fields = {f"answer:{question.id}" for question in session.questionnaire.questions_for(requirement)}
    fields |= {f"{what}:{requirement}" for what in ("comment", "not-applicable", "exception", "explanation")}
    return bool(fields & set(session.assessment.history.conflicts))


def noted(session: Session, requirement: str, finding: Finding) -> str:
    """What else is to be known of a requirement, a line each."""
    assessment = session.assessment
    lines = [line] if (line := carried(session, requirement)) else []
    lines += asked_of(session, requirement)
    if _written_apart(session, requirement):
        lines.append(
            _("Several people said different things here. The worse counts until one is chosen on the page “Team”.")
        )
    exception = assessment.exceptions.get(requirement)
    if exception is not None and isinstance(exception.payload, e.ExceptionSet):
        known = exception.payload
        until = words.day(known.until) if known.until else ""
        lines.append(
            _("Exception until {until}, owner {owner}: {gap} Covered by: {control}").format(
                until=until, owner=known.owner, gap=known.gap, control=known.control
            )
        )
    explained = assessment.explanations.get(requirement)
    if explained is not None:
        lines.append(_("Explained: {text}").format(text=getattr(explained.payload, "text", "")))
    if finding.withdrawn:
        lines.append(_("The reason why it does not apply no longer counts: {why}").format(why=finding.withdrawn))
    return "\n".join(lines)
