"""What every question has: the words, the field, "not known yet", and answers that save themselves while one types."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QAbstractScrollArea, QVBoxLayout, QWidget

from wizard.domain.answers import Answer, AnswerState, Value
from wizard.domain.language import _
from wizard.domain.questionnaire import Question
from wizard.gui.widgets.fields import TickBox
from wizard.gui.widgets.plain import PlainLabel, label_for

#: how long after the last key an answer is handed over
WAITS_MS = 300


class QuestionWidget(QWidget):
    """One question. `edited(Answer)` about 300 ms after the last key, and when the focus leaves a field.

    Subclasses build the field in `build`, return what it holds from `value`, and fill it in `show_value`. While
    something typed has not been handed over, `show_answer` changes nothing.
    """

    edited = Signal(object)
    #: kinds that say "not known yet" themselves turn this off
    OWN_UNKNOWN = False

    def __init__(self, question: Question, parent: QWidget | None = None):
        super().__init__(parent)
        self.question = question
        self._dirty = False
        self._filling = False
        self._last = Answer(question.id, AnswerState.GIVEN)
        self._answered = False
        self._timer = QTimer(self, singleShot=True, interval=WAITS_MS)
        self._timer.timeout.connect(self.flush)
        self.body = QVBoxLayout()
        self.body.setSpacing(6)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        self.field = self.build()
        self.ask = label_for(question.ask, self.field, wrap=True)
        column.addWidget(self.ask)
        if question.help:
            self.help = PlainLabel(question.help, "quiet", wrap=True)
            column.addWidget(self.help)
        column.addLayout(self.body)
        self.problem = PlainLabel("", "red", wrap=True)
        self.problem.hide()
        column.addWidget(self.problem)
        self.unknown = TickBox(_("Not known yet"))
        self.unknown.setAccessibleDescription(question.ask)
        self.unknown.toggled.connect(self._unknown_toggled)
        column.addWidget(self.unknown)
        self.unknown.setVisible(not self.OWN_UNKNOWN)
        if not self.field.accessibleName():
            self.field.setAccessibleName(question.ask)
        self.setFocusProxy(self.field)
        self.watch(self)

    def build(self) -> QWidget:
        """Put the field into `body` and return the widget that the label is a buddy of."""
        raise NotImplementedError

    def value(self) -> Value:
        """What the field holds now, in the spelling of `domain.answers.Value`. Raises ValueError with a sentence."""
        raise NotImplementedError

    def show_value(self, value: Value) -> None:
        """Fill the field; an empty value empties it."""
        raise NotImplementedError

    def answer(self) -> Answer:
        """What is said now. Raises ValueError with the sentence that says why it cannot be kept."""
        if self.unknown.isChecked():
            return Answer(self.question.id, AnswerState.NOT_KNOWN)
        return Answer(self.question.id, AnswerState.GIVEN, self.value())

    def show_answer(self, answer: Answer | None) -> None:
        """Show what is recorded; nothing changes while something typed waits to be handed over."""
        if self._dirty:
            return
        self._answered = answer is not None
        shown = answer or Answer(self.question.id, AnswerState.GIVEN)
        if self._answered and shown == self._last and not self._last_differs(shown):
            return
        self._last = shown
        self._filling = True
        self.fill(shown)
        self._filling = False
        self._say("")

    def fill(self, answer: Answer) -> None:
        """Fill every field from a recorded answer."""
        unknown = self._answered and answer.state is AnswerState.NOT_KNOWN
        self.unknown.setChecked(unknown)
        self._enable(not unknown)
        self.show_value(answer.value if answer.state is AnswerState.GIVEN else "")

    def flush(self) -> None:
        """Hand over what was typed, now. What cannot be kept stays in the field, with the reason under it."""
        self._timer.stop()
        if not self._dirty:
            return
        try:
            answer = self.answer()
        except ValueError as wrong:
            self._say(str(wrong))
            return
        self._say("")
        self._dirty = False
        if answer != self._last:
            self._last = answer
            self._answered = True
            self.edited.emit(answer)

    def refuse(self, sentence: str) -> None:
        """What was handed over was not recorded: keep it in the field and say why."""
        self._dirty = True
        self._last = Answer(self.question.id, AnswerState.NOT_KNOWN, reason="\0")
        self._say(sentence)

    def not_saved(self, _answer: Answer | None = None) -> None:
        """It could not be saved, and the page says why: keep it, and hand it over again when the field is left."""
        self.refuse(_("This is not saved yet."))

    def changed(self, *_args: object) -> None:
        """A key was pressed or something chosen; wait a little for more."""
        if not self._filling:
            self._dirty = True
            self._timer.start()

    def chosen(self, *_args: object) -> None:
        """Something was chosen that needs no more keys: hand it over now."""
        if not self._filling:
            self._dirty = True
            self.flush()

    def watch(self, widget: QWidget) -> None:
        """Hand over when the focus leaves any field inside `widget`."""
        for inner in _inner(widget):
            inner.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusOut and self._dirty:
            self.flush()
        return False

    def set_editable(self, editable: bool) -> None:
        """For an assessment that may only be read, nothing can be changed."""
        self.setEnabled(editable)

    def _last_differs(self, shown: Answer) -> bool:
        try:
            return self.answer() != shown
        except ValueError:
            return True

    def _enable(self, on: bool) -> None:
        self.field.setEnabled(on)

    def _unknown_toggled(self, on: bool) -> None:
        self._enable(not on)
        self.chosen()

    def _say(self, sentence: str) -> None:
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))
        self.field.setAccessibleDescription(sentence or self.question.help)


def _inner(widget: QWidget) -> Iterator[QWidget]:
    for child in widget.findChildren(QWidget):
        yield child
        if isinstance(child, QAbstractScrollArea):
            yield child.viewport()
