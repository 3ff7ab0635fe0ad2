"""What has just arrived: what it is, and which requirements it shall support."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from wizard.domain.evidence import Evidence
from wizard.domain.language import _, ngettext
from wizard.domain.questionnaire import Questionnaire
from wizard.gui import words
from wizard.gui.pages.form import Form
from wizard.gui.pages.picker import RequirementPicker, suggested
from wizard.gui.widgets.buttons import FilledButton, OutlineButton
from wizard.gui.widgets.card import Card
from wizard.gui.widgets.day_field import DayField
from wizard.gui.widgets.fields import LineField
from wizard.gui.widgets.folded import Folded
from wizard.gui.widgets.plain import ElidedLabel, PlainLabel
from wizard.session.endpoints import told_under


def kind_of(media_type: str) -> str:
    """What a file is, as people say it."""
    return {
        "application/pdf": _("PDF"),
        "image/png": _("Picture (PNG)"),
        "image/jpeg": _("Picture (JPEG)"),
        "image/gif": _("Picture (GIF)"),
        "application/json": _("JSON"),
        "application/xml": _("XML"),
        "text/html": _("Web page"),
        "text/plain": _("Text"),
        "application/zip": _("Packed files (zip or Office)"),
        "application/gzip": _("Packed file"),
    }.get(media_type, _("A kind of file that is not known here"))


class NoteForm(QWidget):
    """A note beside a piece of evidence, and the day on which it stops to count. `changed` at every key."""

    changed = Signal()

    def __init__(self, note: str = "", expires: date | None = None):
        super().__init__()
        self.note = LineField(note)
        self.expires = DayField()
        self.expires.set_iso(expires.isoformat() if expires else "")
        form = Form(fields=420, labels=96)
        form.row(_("Note"), self.note)
        form.row(
            _("Expires"), self.expires, _("From that day on it is marked as too old. Leave it empty if it stays true.")
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(form)
        self.note.textChanged.connect(self.changed)
        self.expires.changed.connect(self.changed)

    def day(self) -> date | None:
        """The day. Raises ValueError with the sentence for something that is none."""
        return self.expires.day()


class FilingSheet(Card):
    """`filed(id, requirements, note, expires)` or `refused(id)`; it stays until one of the two."""

    filed = Signal(str, object, str, object)
    refused = Signal(str)

    def __init__(
        self,
        item: Evidence,
        questionnaire: Questionnaire,
        wanted: Collection[str] = (),
        why_unread: str = "",
        not_looked: str = "",
    ):
        super().__init__("accent")
        self.item = item
        offered = suggested(questionnaire, item.name)
        ticked = tuple(item.requirements) or tuple(wanted)  # a name is no proof: what it suggests is ticked by a person
        name = ElidedLabel(item.name, "heading")
        said = _("{kind} · {size} · added just now").format(
            kind=kind_of(item.media_type), size=words.size(item.sealed.size)
        )
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(name, 1)
        head.addWidget(PlainLabel(said, "quiet"))
        self.body.addLayout(head)
        self.body.addWidget(
            PlainLabel(
                item.read_as
                or " ".join(
                    filter(None, (why_unread, _("Kept as evidence. Nothing was read from it. File it under:")))
                ),
                "text" if item.read_as else "quiet",
                wrap=True,
            )
        )
        told = told_under(questionnaire, item)
        if told:
            said = _(
                "If it describes your API (OpenAPI) or is a browser's recording of it (HAR), file it under "
                "{requirement}: the checks then call the endpoints that it lists."
            )
            self.body.addWidget(PlainLabel(said.format(requirement=told), "quiet", wrap=True))
            offered = tuple(dict.fromkeys((*offered, told)))
        if not_looked:
            self.body.addWidget(PlainLabel(not_looked, "quiet", wrap=True))
        self.picker = RequirementPicker(questionnaire, offered, ticked)
        self.picker.changed.connect(self._draw)
        self.body.addWidget(self.picker)
        self.more = Folded(_("Note and expiry"))
        self.note = NoteForm(item.note, item.expires)
        self.more.body.addWidget(self.note)
        self.body.addWidget(self.more)
        self.file_button = FilledButton()
        self.others_button = OutlineButton(_("Choose others…"))
        self.refuse_button = OutlineButton(_("Do not keep"))
        self.problem = PlainLabel("", "red", wrap=True)
        self.problem.hide()
        self.file_button.clicked.connect(self._file)
        self.others_button.clicked.connect(self._others)
        self.refuse_button.clicked.connect(lambda: self.refused.emit(item.id))
        row = QHBoxLayout()
        row.setSpacing(8)
        for button in (self.file_button, self.others_button, self.refuse_button):
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(PlainLabel(_("The file is kept here, sealed, and goes nowhere else."), "quiet"))
        self.body.addWidget(self.problem)
        self.body.addLayout(row)
        self._draw()

    def _draw(self) -> None:
        n = len(self.picker.picked)
        self.file_button.setText(
            ngettext("File under {n} requirement", "File under {n} requirements", n).format(n=n)
            if n
            else _("Keep without a requirement")
        )
        self.others_button.setVisible(self.picker.search.isHidden())

    def _others(self) -> None:
        self.picker.show_search(True)
        self.picker.search.setFocus()
        self._draw()

    def _file(self) -> None:
        try:
            expires = self.note.day()
        except ValueError as wrong:
            self.problem.setText(str(wrong))
            self.problem.show()
            self.more.button.set_open(True)
            return
        self.filed.emit(self.item.id, self.picker.picked, self.note.note.text().strip(), expires)
