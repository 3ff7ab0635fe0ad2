"""Small forms that open inside a card: a known gap, why something does not apply, why an answer stands."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from wizard.domain import events as e
from wizard.domain.language import _
from wizard.gui.widgets.buttons import OutlineButton
from wizard.gui.widgets.card import Panel
from wizard.gui.widgets.day_field import DayField
from wizard.gui.widgets.fields import LineField
from wizard.gui.widgets.growing_text import GrowingText
from wizard.gui.widgets.plain import PlainLabel, label_for


class CardForm(Panel):
    """`kept` when the deed is pressed, `closed` when the person changed their mind; Esc closes and keeps the text."""

    kept = Signal()
    closed = Signal()
    taken_back = Signal()

    def __init__(self, title: str, sentence: str, deed: str, back: str = "", parent: QWidget | None = None):
        super().__init__(parent, inset=True)
        self.body.addWidget(PlainLabel(title, "strong"))
        self.body.addWidget(PlainLabel(sentence, "quiet", wrap=True))
        self.fields = QVBoxLayout()
        self.fields.setSpacing(4)
        self.body.addLayout(self.fields)
        self._problem = PlainLabel("", "red", wrap=True)
        self._problem.hide()
        self.body.addWidget(self._problem)
        self.deed = OutlineButton(deed)
        self.deed.clicked.connect(self.kept)
        self.close_button = OutlineButton(_("Close"))
        self.close_button.clicked.connect(self.closed)
        self.back = OutlineButton(back)
        self.back.clicked.connect(self.taken_back)
        self.back.hide()
        row = QHBoxLayout()
        row.setSpacing(8)
        for button in (self.deed, self.close_button, self.back):
            row.addWidget(button)
        row.addStretch()
        self.body.addLayout(row)

    def add_field(self, label: str, field: QWidget) -> None:
        """One more field with its label above it."""
        field.setAccessibleName(label)
        self.fields.addWidget(label_for(label, field, "quiet"))
        self.fields.addWidget(field)

    def say(self, sentence: str) -> None:
        """Say under the fields what is still missing."""
        self._problem.setText(sentence)
        self._problem.setVisible(bool(sentence))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)


class ReasonForm(CardForm):
    """One text: a reason or an explanation."""

    def __init__(self, title: str, sentence: str, label: str, deed: str, back: str, parent: QWidget | None = None):
        super().__init__(title, sentence, deed, back, parent)
        self.text = GrowingText(lines=2)
        self.add_field(label, self.text)
        self.setFocusProxy(self.text)

    def show_reason(self, text: str) -> None:
        """Show what is recorded, so that it can be changed or taken back."""
        if text and not self.text.text():
            self.text.setText(text)
        self.back.setVisible(bool(text))


def not_applicable_form() -> ReasonForm:
    """Asks why a requirement does not apply."""
    return ReasonForm(
        _("This does not apply"),
        _("The reason is printed in the attestation. It counts until an answer or a look says otherwise."),
        _("Why it does not apply"),
        _("Keep this reason"),
        _("It does apply"),
    )


def explanation_form() -> ReasonForm:
    """Asks why an answer stands although a look says otherwise."""
    return ReasonForm(
        _("Explain the contradiction"),
        _("The state stays what it is, and your words are printed beside it. Without them nobody can sign."),
        _("Why the answer stands"),
        _("Keep this explanation"),
        _("Take it back"),
    )


class ExceptionForm(CardForm):
    """A known gap with owner, something that covers it, and a date."""

    def __init__(self, parent: QWidget | None = None):
        super().__init__(
            _("Note an exception"),
            _("A known gap is not a pass. It is printed on the first page, with its owner and its date."),
            _("Keep this exception"),
            _("Withdraw it"),
            parent,
        )
        self.gap, self.control = GrowingText(), GrowingText()
        self.owner, self.until = LineField(), DayField()
        self.owner.setMaximumWidth(420)
        self.add_field(_("What is missing"), self.gap)
        self.add_field(_("What covers it meanwhile"), self.control)
        self.add_field(_("Who owns it"), self.owner)
        self.add_field(_("Until when"), self.until)
        self.setFocusProxy(self.gap)

    def show_exception(self, exception: e.ExceptionSet | None) -> None:
        """Show what is recorded."""
        self.back.setVisible(exception is not None)
        if exception is None or self.gap.text():
            return
        self.gap.setText(exception.gap)
        self.control.setText(exception.control)
        self.owner.setText(exception.owner)
        self.until.set_iso(exception.until.isoformat() if exception.until else "")

    def exception(self, requirement: str) -> e.ExceptionSet:
        """What is typed. Raises ValueError with the sentence to show."""
        until: date | None = self.until.day()
        return e.ExceptionSet(
            requirement, self.gap.text().strip(), self.owner.text().strip(), self.control.text().strip(), until
        )
