"""Questions that offer what can be said: yes or no, one of several, some of several."""

from __future__ import annotations

from PySide6.QtWidgets import QButtonGroup, QVBoxLayout, QWidget

from wizard.domain.answers import Answer, AnswerState, Value
from wizard.domain.language import _
from wizard.gui.questions.base import QuestionWidget
from wizard.gui.widgets.fields import Choice, ComboField, TickBox
from wizard.gui.widgets.flow import Flow
from wizard.gui.widgets.growing_text import GrowingText
from wizard.gui.widgets.plain import label_for

#: with more options than this, they stand in a list that opens
_ALL_VISIBLE = 7


class YesNoQuestion(QuestionWidget):
    """Yes, no, does not apply with a reason, or not known yet."""

    OWN_UNKNOWN = True

    def build(self) -> QWidget:
        group = QButtonGroup(self)
        group.setExclusive(True)
        self._choices = {
            "yes": Choice(_("Yes")),
            "no": Choice(_("No")),
            "n/a": Choice(_("Does not apply")),
            "unknown": Choice(_("Not known yet")),
        }
        self._group = group
        row = Flow(gap=24)
        row.setAccessibleName(self.question.ask)
        for choice in self._choices.values():
            choice.setAccessibleName(choice.text())  # the label is the first one's buddy and would rename it
            choice.setAccessibleDescription(self.question.ask)
            group.addButton(choice)
            row.add(choice)
            choice.clicked.connect(self._clicked)
        self._reason = GrowingText(lines=1)
        self._reason.setAccessibleName(_("Why it does not apply"))
        self._reason.textChanged.connect(self.changed)
        self._because = label_for(_("Why it does not apply"), self._reason, "quiet")
        self.body.addWidget(row)
        self.body.addWidget(self._because)
        self.body.addWidget(self._reason)
        self._show_reason()
        return self._choices["yes"]

    def answer(self) -> Answer:
        chosen = next((key for key, choice in self._choices.items() if choice.isChecked()), "")
        if chosen == "n/a":
            reason = self._reason.text().strip()
            if not reason:
                raise ValueError(_("Say why it does not apply; without a reason it is not saved yet."))
            return Answer(self.question.id, AnswerState.NOT_APPLICABLE, reason=reason)
        if chosen in ("yes", "no"):
            return Answer(self.question.id, AnswerState.GIVEN, chosen)
        return Answer(self.question.id, AnswerState.NOT_KNOWN if chosen else AnswerState.GIVEN)

    def value(self) -> Value:
        return self.answer().value

    def fill(self, answer: Answer) -> None:
        match answer.state:
            case AnswerState.NOT_APPLICABLE:
                chosen = "n/a"
            case AnswerState.NOT_KNOWN:
                chosen = "unknown" if self._answered else ""
            case AnswerState.GIVEN:
                chosen = answer.value if isinstance(answer.value, str) else ""
        self._group.setExclusive(False)
        for key, choice in self._choices.items():
            choice.setChecked(key == chosen)
        self._group.setExclusive(True)
        self._reason.setText(answer.reason)
        self._show_reason()

    def _clicked(self) -> None:
        self._show_reason()
        if self._choices["n/a"].isChecked() and not self._reason.text().strip():
            self._dirty = True
            self._reason.setFocus()
        else:
            self.chosen()

    def _show_reason(self) -> None:
        shown = self._choices["n/a"].isChecked()
        self._because.setVisible(shown)
        self._reason.setVisible(shown)


class ChoiceQuestion(QuestionWidget):
    """One of several: all visible while they are few."""

    def build(self) -> QWidget:
        self._combo: ComboField | None = None
        self._buttons: dict[str, Choice] = {}
        options = self.question.options
        if len(options) > _ALL_VISIBLE:
            self._combo = ComboField()
            self._combo.addItem(_("Choose one"), "")
            for option in options:
                self._combo.addItem(option.label, option.id)
            self._combo.activated.connect(self.chosen)
            self.body.addWidget(self._combo)
            return self._combo
        self._group = QButtonGroup(self)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        for option in options:
            button = Choice(option.label.replace("&", "&&"))
            button.setAccessibleDescription(self.question.ask)
            button.clicked.connect(self.chosen)
            self._group.addButton(button)
            self._buttons[option.id] = button
            column.addWidget(button)
        inside.setFocusProxy(next(iter(self._buttons.values())))
        self.body.addWidget(inside)
        return inside

    def value(self) -> Value:
        if self._combo is not None:
            return str(self._combo.currentData() or "")
        return next((id for id, button in self._buttons.items() if button.isChecked()), "")

    def show_value(self, value: Value) -> None:
        if self._combo is not None:
            self._combo.setCurrentIndex(max(0, self._combo.findData(value)))
            return
        self._group.setExclusive(False)
        for id, button in self._buttons.items():
            button.setChecked(id == value)
        self._group.setExclusive(True)


class ChoicesQuestion(QuestionWidget):
    """Some of several. "None of these" (an option called none) excludes the others."""

    def build(self) -> QWidget:
        self._ticks: dict[str, TickBox] = {}
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        for option in self.question.options:
            tick = TickBox(option.label.replace("&", "&&"))
            tick.setAccessibleDescription(self.question.ask)
            tick.clicked.connect(lambda on, id=option.id: self._clicked(id, on))
            self._ticks[option.id] = tick
            column.addWidget(tick)
        inside.setFocusProxy(next(iter(self._ticks.values())))
        self.body.addWidget(inside)
        return inside

    def value(self) -> Value:
        return tuple(id for id, tick in self._ticks.items() if tick.isChecked())

    def show_value(self, value: Value) -> None:
        for id, tick in self._ticks.items():
            tick.setChecked(isinstance(value, tuple) and id in value)

    def _clicked(self, id: str, on: bool) -> None:
        if on:
            for other, tick in self._ticks.items():
                if other != id and "none" in (id, other):
                    tick.setChecked(False)
        self.changed()
