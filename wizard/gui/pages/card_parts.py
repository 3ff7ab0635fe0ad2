"""The parts of an open card: its source, its questions, guidance, evidence, and the note beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from wizard.domain import newer
from wizard.domain.evidence import Evidence
from wizard.domain.finding import Finding, not_asked_because
from wizard.domain.language import _
from wizard.domain.questionnaire import Questionnaire, Requirement
from wizard.gui import words
from wizard.gui.icons import Glyph
from wizard.gui.questions import widget_for
from wizard.gui.questions.base import WAITS_MS, QuestionWidget
from wizard.gui.questions.files import FilesQuestion
from wizard.gui.widgets.badge import GlyphMark
from wizard.gui.widgets.buttons import ChipButton, LinkButton
from wizard.gui.widgets.card import Panel
from wizard.gui.widgets.drop_zone import DropZone
from wizard.gui.widgets.flow import Flow
from wizard.gui.widgets.growing_text import GrowingText
from wizard.gui.widgets.plain import FactLabel, PlainLabel, label_for

if TYPE_CHECKING:
    from wizard.session.session import Session


def _grid() -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(6)
    grid.setColumnMinimumWidth(0, 116)
    grid.setColumnStretch(1, 1)
    return grid


def _add(grid: QGridLayout, label: str, texts: tuple[str, ...]) -> None:
    if texts:
        row = grid.rowCount()
        top = Qt.AlignmentFlag.AlignTop
        grid.addWidget(PlainLabel(label, "quiet"), row, 0, top)
        column = QVBoxLayout()
        column.setSpacing(2)
        for text in texts:
            column.addWidget(PlainLabel(text, wrap=True))
        grid.addLayout(column, row, 1)


class SourcePanel(Panel):
    """Page, heading, the day it was read, the page's own word, and the digest of its block."""

    def __init__(self, questionnaire: Questionnaire, requirement: Requirement, parent: QWidget | None = None):
        super().__init__(parent, inset=True)
        grid = _grid()
        source = requirement.source
        if source is not None:
            _add(grid, _("Page"), (source.page,))
            _add(grid, _("Heading"), (source.heading,))
            _add(grid, _("Read on"), (words.day(source.read_on),))
            _add(grid, _("Its own word"), (source.word,))
            grid.addWidget(PlainLabel(_("Digest"), "quiet"), grid.rowCount(), 0)
            grid.addWidget(FactLabel(source.digest), grid.rowCount() - 1, 1)
        _add(grid, _("Good to know"), requirement.notes)
        self.body.addLayout(grid)
        if source is not None:
            copy = LinkButton(_("Copy the page's address"), "copy")
            copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(source.page))
            self.body.addWidget(copy, 0, Qt.AlignmentFlag.AlignLeft)


class Guidance(QWidget):
    """Why it matters, what shows it and what does not, and how to put it right."""

    def __init__(self, requirement: Requirement, parent: QWidget | None = None):
        super().__init__(parent)
        grid = _grid()
        grid.setContentsMargins(0, 0, 0, 0)
        self.setLayout(grid)
        _add(grid, _("Why this matters"), (requirement.why,) if requirement.why else ())
        _add(grid, _("Good evidence"), requirement.good_evidence)
        _add(grid, _("Weak evidence"), requirement.bad_evidence)
        _add(grid, _("How to get there"), (requirement.fix,) if requirement.fix else ())


class PartsList(QWidget):
    """Each part of a requirement with its state; hidden for a requirement without parts."""

    def __init__(self, requirement: Requirement, parent: QWidget | None = None):
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        self._rows: dict[str, tuple[GlyphMark, PlainLabel]] = {}
        for part in requirement.parts:
            mark = GlyphMark(Glyph.RING, "quiet")
            because = PlainLabel("", "quiet", wrap=True)
            row = QHBoxLayout()
            row.setSpacing(8)
            row.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
            row.addWidget(PlainLabel(part.id, "id"), 0, Qt.AlignmentFlag.AlignTop)
            row.addWidget(PlainLabel(part.title), 0, Qt.AlignmentFlag.AlignTop)
            row.addWidget(because, 1)
            column.addLayout(row)
            self._rows[part.id] = (mark, because)
        self.setVisible(bool(requirement.parts))

    def show_finding(self, finding: Finding) -> None:
        """Show each part's state and why."""
        for part in finding.parts:
            mark, because = self._rows[part.id]
            sign = words.sign(part.mark)
            mark.set(sign.glyph, sign.color, words.word(part.mark))
            because.setText(_("{state}: {because}").format(state=words.word(part.mark), because=part.because))


class QuestionsBox(QWidget):
    """The questions of a requirement; hidden ones stay as a line that says why they are not asked."""

    edited = Signal(object, object)
    files_dropped = Signal(object, object)

    def __init__(self, session: Session, requirement: Requirement, parent: QWidget | None = None):
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 4)
        column.setSpacing(16)
        self.widgets: dict[str, QuestionWidget] = {}
        self._why: dict[str, PlainLabel] = {}
        for question in session.questionnaire.questions_for(requirement.id):
            widget = widget_for(question)
            widget.edited.connect(lambda answer, w=widget: self.edited.emit(w, answer))
            if isinstance(widget, FilesQuestion):
                widget.files_dropped.connect(lambda paths, w=widget: self.files_dropped.emit(w, paths))
            why = PlainLabel("", "quiet", wrap=True)
            column.addWidget(widget)
            column.addWidget(why)
            self.widgets[question.id] = widget
            self._why[question.id] = why

    def redraw(self, session: Session, origin: object = None) -> None:
        """Show what is recorded in every field but the one that the change came from."""
        answers = session.assessment.answers
        names = {id: item.name for id, item in session.assessment.evidence.items()}
        for id, widget in self.widgets.items():
            reason = not_asked_because(widget.question, answers)
            held = session.held_because(id)
            about = session.held_because(*newer.answer_items(session.questionnaire, id))
            widget.setVisible(not reason)
            widget.setEnabled(not (session.read_only or about))
            self._why[id].setVisible(bool(reason or held))
            asked = _("Not asked: {ask} {reason}").format(ask=widget.question.ask, reason=reason)
            self._why[id].setText(asked if reason else held)
            if isinstance(widget, FilesQuestion):
                widget.set_names(names)
            if widget is not origin:
                widget.show_answer(answers.get(id))

    def focus_first(self, open_questions: tuple[str, ...]) -> None:
        """Put the cursor into the first question that is still open, else into the first."""
        wanted = [w for id, w in self.widgets.items() if id in open_questions and w.isVisibleTo(self)]
        wanted += [w for w in self.widgets.values() if w.isVisibleTo(self)]
        if wanted:
            wanted[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def flush(self) -> None:
        """Hand over what is being typed."""
        for widget in self.widgets.values():
            widget.flush()


class EvidenceStrip(QWidget):
    """The files filed under a requirement as chips, and a place to drop more."""

    dropped = Signal(object)
    pressed = Signal(str)

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.zone = DropZone()
        self.zone.dropped.connect(self.dropped)
        self._row = Flow(stretch_last=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._row)
        self._shown: tuple[tuple[str, str], ...] | None = None

    def show_files(self, requirement: str, files: tuple[Evidence, ...]) -> None:
        """Show these files."""
        shown = tuple((item.id, item.name) for item in files)
        if shown == self._shown:
            return
        self._shown = shown
        self.zone.link.setAccessibleName(_("Choose evidence for {id}").format(id=requirement))
        chips: list[QWidget] = []
        for id, name in shown:
            short = name if len(name) <= 32 else f"{name[:20]}…{name[-10:]}"
            chip = ChipButton(short.replace("&", "&&"), "file", soft=True)
            chip.setToolTip(name)
            chip.setAccessibleName(_("Evidence {name}").format(name=name))
            chip.clicked.connect(lambda _on=False, id=id: self.pressed.emit(id))
            chips.append(chip)
        self._row.replace([*chips, self.zone])


class NoteField(QWidget):
    """The note beside a requirement; it saves itself like an answer."""

    def __init__(self, keep: Callable[[str], object], parent: QWidget | None = None):
        super().__init__(parent)
        self._keep = keep
        self._last = ""
        self.text = GrowingText(hint=_("Printed beside the requirement"))
        self._timer = QTimer(self, singleShot=True, interval=WAITS_MS)
        self._timer.timeout.connect(self.flush)
        self.text.textChanged.connect(self._timer.start)
        self.text.left.connect(self.flush)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        label = label_for(_("Note"), self.text, "quiet")
        self.text.setAccessibleName(_("Note"))
        column.addWidget(label)
        column.addWidget(self.text)

    def show_note(self, text: str) -> None:
        """Show what is recorded, unless something typed still waits."""
        if self.text.text().strip() == self._last.strip() and text != self._last:
            self._last = text
            self.text.setText(text)
            self._timer.stop()

    def not_saved(self) -> None:
        """It could not be saved: keep it, and hand it over again when the field is left."""
        self._last = "\0"

    def flush(self) -> None:
        """Hand over what was typed, now."""
        self._timer.stop()
        text = self.text.text().strip()
        if text != self._last.strip():
            self._last = text
            self._keep(text)
