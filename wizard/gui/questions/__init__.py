"""One widget for each kind of answer."""

from __future__ import annotations

from wizard.domain.questionnaire import AnswerKind, Question
from wizard.gui.questions.base import QuestionWidget
from wizard.gui.questions.choosing import ChoiceQuestion, ChoicesQuestion, YesNoQuestion
from wizard.gui.questions.files import FilesQuestion
from wizard.gui.questions.people import ContactQuestion, DeclarationQuestion
from wizard.gui.questions.simple import DateQuestion, DurationQuestion, ListQuestion, NumberQuestion, TextQuestion
from wizard.gui.questions.table import TableQuestion

#: completeness is a test: every kind has its widget
WIDGETS: dict[AnswerKind, type[QuestionWidget]] = {
    AnswerKind.YES_NO: YesNoQuestion,
    AnswerKind.TEXT: TextQuestion,
    AnswerKind.NUMBER: NumberQuestion,
    AnswerKind.DATE: DateQuestion,
    AnswerKind.DURATION: DurationQuestion,
    AnswerKind.CHOICE: ChoiceQuestion,
    AnswerKind.CHOICES: ChoicesQuestion,
    AnswerKind.LIST: ListQuestion,
    AnswerKind.TABLE: TableQuestion,
    AnswerKind.FILES: FilesQuestion,
    AnswerKind.CONTACT: ContactQuestion,
    AnswerKind.DECLARATION: DeclarationQuestion,
}


def widget_for(question: Question) -> QuestionWidget:
    """The widget that asks this question."""
    return WIDGETS[question.kind](question)
