"""Which questions are asked now, which answers are complete, and which say that a duty is not met."""

from __future__ import annotations

from collections.abc import Mapping

from wizard.domain.answers import Answer, AnswerState, Row
from wizard.domain.conditions import holds
from wizard.domain.language import _
from wizard.domain.questionnaire import AnswerKind, Part, Question, Questionnaire, Requirement


def questions(questionnaire: Questionnaire, requirement: Requirement, part: Part | None) -> tuple[Question, ...]:
    """The questions that serve a requirement, or one part of it together with those for the requirement as a whole."""
    if part is None:
        return questionnaire.questions_for(requirement.id)
    both = (*questionnaire.questions_exactly_for(requirement.id), *questionnaire.questions_exactly_for(part.id))
    return tuple(dict.fromkeys(both))


def not_asked_because(question: Question, answers: Mapping[str, Answer]) -> str:
    """The reason why a question is hidden now; "" while it is asked."""
    if question.when is not None and holds(question.when, answers) is False:
        return question.otherwise or _("An earlier answer makes this question unnecessary.")
    return ""


def complete(question: Question, answer: Answer | None) -> bool:
    """True when nothing that the question demands is missing.

    A table needs its fixed rows and every required cell of each row, a declaration must be accepted, and a choice must
    be one of the options. Not applicable with a reason is complete.
    """
    if answer is None or not answer.given:
        return False
    if answer.state is AnswerState.NOT_APPLICABLE:
        return True
    value = answer.value
    match question.kind:
        case AnswerKind.TABLE:
            return isinstance(value, tuple) and _complete_table(question, [r for r in value if isinstance(r, Row)])
        case AnswerKind.DECLARATION:
            return isinstance(value, Row) and value.get("accepted") == "yes"
        case AnswerKind.YES_NO:
            return value in ("yes", "no")
        case AnswerKind.CHOICE:
            return isinstance(value, str) and question.option(value) is not None
        case AnswerKind.CHOICES:
            return isinstance(value, tuple) and all(isinstance(id, str) and question.option(id) for id in value)
        case _:
            return True


def says_no(requirement: Requirement, question: Question, answers: Mapping[str, Answer]) -> bool:
    """True when the answer itself says that the duty is not met.

    Unless the questionnaire says otherwise that is "no" to a yes/no question; a scoping question is no duty.
    """
    if question.unmet is not None:
        return holds(question.unmet, answers) is True
    answer = answers.get(question.id)
    return (
        question.kind is AnswerKind.YES_NO
        and not requirement.scoping
        and answer is not None
        and answer.state is AnswerState.GIVEN
        and answer.value == "no"
    )


def _complete_table(question: Question, rows: list[Row]) -> bool:
    filled = [row for row in rows if any(text.strip() for _column, text in row.cells)]
    fixed = all(any(set(wanted) <= set(row.cells) for row in filled) for wanted in question.rows)
    cells = all(row.get(column.id).strip() for row in filled for column in question.columns if column.required)
    return bool(filled) and fixed and cells
