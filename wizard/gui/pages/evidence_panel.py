"""One piece of evidence: what it shows, drawn in the limited child, what it supports, and what can be done with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QImage, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout

from wizard.domain.evidence import Evidence
from wizard.domain.language import _, ngettext
from wizard.gui import words
from wizard.gui.context import Context
from wizard.gui.pages.filing_sheet import NoteForm, kind_of
from wizard.gui.pages.form import beside
from wizard.gui.pages.picker import RequirementPicker
from wizard.gui.theme import theme
from wizard.gui.widgets.buttons import ChipButton, IconButton, LinkButton, OutlineButton
from wizard.gui.widgets.card import Card
from wizard.gui.widgets.picture import Picture
from wizard.gui.widgets.plain import ElidedLabel, FactLabel, PlainLabel
from wizard.session.deeds import evidence as deeds

if TYPE_CHECKING:
    from wizard.session.session import Session

_WIDE = 520


class EvidencePanel(Card):
    """`export`, `removed` and `refiled` carry the evidence's id; `wanted(id, page)` asks for a preview."""

    export = Signal(str)
    removed = Signal(str)
    refiled = Signal(str, object, str, object)
    wanted = Signal(str, int)
    closed = Signal()

    def __init__(self, context: Context):
        super().__init__()
        self._context = context
        self._item: Evidence | None = None
        self._page = 0
        self._pages = 1
        self.title = ElidedLabel("", "heading")
        close = IconButton("cross", _("Close the details"))
        close.clicked.connect(self.closed)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(close)
        self.picture = Picture(_("Preview"))
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setFont(theme().mono())
        self.text.setAccessibleName(_("Preview"))
        self.text.setFixedHeight(320)
        self.said = PlainLabel("", "quiet", wrap=True)
        self.before = ChipButton(_("Page before"))
        self.after = ChipButton(_("Next page"))
        self._where = PlainLabel("", "quiet")
        self.before.clicked.connect(lambda: self._turn(-1))
        self.after.clicked.connect(lambda: self._turn(1))
        self._turner = beside(self.before, self._where, self.after)
        preview = QVBoxLayout()
        preview.setSpacing(8)
        preview.addWidget(self.picture)
        preview.addWidget(self.text)
        preview.addWidget(self.said)
        preview.addLayout(self._turner)
        preview.addStretch(1)
        self._facts = QVBoxLayout()
        self._facts.setSpacing(6)
        self._facts.setAlignment(Qt.AlignmentFlag.AlignTop)
        sides = QHBoxLayout()
        sides.setSpacing(20)
        sides.addLayout(preview, 5)
        sides.addLayout(self._facts, 4)
        self.kind = PlainLabel("", "quiet", wrap=True)
        self.digest = FactLabel("")
        self.copy = LinkButton(_("Copy digest"))
        self.copy.clicked.connect(self._copy)
        self._facts.addWidget(self.kind)
        self._facts.addWidget(PlainLabel(_("Digest (SHA-256)"), "quiet"))
        self._facts.addWidget(self.digest)
        self._facts.addLayout(beside(self.copy))
        self.blacked_out = PlainLabel("", "quiet", wrap=True)
        self._facts.addWidget(self.blacked_out)
        self.held = PlainLabel("", "unsure", wrap=True)
        self._facts.addWidget(self.held)
        self._filing = QVBoxLayout()
        self._facts.addLayout(self._filing)
        self.problem = PlainLabel("", "red", wrap=True)
        self.problem.hide()
        self.save = OutlineButton(_("File it so"))
        self.save.clicked.connect(self._refile)
        self.export_button = OutlineButton(_("Export a copy…"))
        self.remove_button = OutlineButton(_("Remove"))
        self.export_button.clicked.connect(lambda: self.export.emit(self._id))
        self.remove_button.clicked.connect(lambda: self.removed.emit(self._id))
        self._facts.addWidget(self.problem)
        self._facts.addLayout(beside(self.save, self.export_button, self.remove_button))
        self._facts.addWidget(
            PlainLabel(
                _("A copy is written in clear to where you say. Nothing is opened by itself."), "quiet", wrap=True
            )
        )
        self._facts.addStretch(1)
        self.body.addLayout(head)
        self.body.addLayout(sides)
        self._picker: RequirementPicker | None = None
        self._note: NoteForm | None = None

    @property
    def _id(self) -> str:
        return self._item.id if self._item else ""

    @property
    def picker(self) -> RequirementPicker | None:
        """The requirements that it is filed under."""
        return self._picker

    def show_item(self, item: Evidence, session: Session) -> None:
        """Show one piece; the preview of another is let go, and this one's is asked for."""
        other = self._item is None or self._item.id != item.id
        changed = other or self._item != item
        self._item = item
        self.title.setText(item.name)
        added = words.exactly(item.added_at) if item.added_at else ""
        self.kind.setText(
            _("{kind}, {size}, added {when}{by}").format(
                kind=kind_of(item.media_type), size=words.size(item.sealed.size), when=added, by=_by(item, session)
            )
        )
        self.blacked_out.setVisible(item.blacked_out > 0)
        self.blacked_out.setText(_blacked_out(item, session) if item.blacked_out else "")
        digest = item.sealed.digest
        self.digest.setText("\n".join(digest[i : i + 32] for i in range(0, len(digest), 32)))
        held = session.held_because(item.id, *item.requirements)
        changed = changed or held != self.held.text()
        self.held.setText(held)
        self.held.setVisible(bool(held))
        if changed:
            self._draw_filing(item, session)
        for button in (self.save, self.remove_button):
            button.setVisible(not (session.read_only or held))
        if other:
            self._page, self._pages = 0, 1
            self._say(_("Opening the preview…"))
            self.wanted.emit(item.id, 0)

    def show_preview(self, id: str, preview: deeds.Preview) -> None:
        """Show what the child drew, if it is still wanted."""
        if id != self._id:
            return
        self._page, self._pages = preview.page, preview.pages
        drawn = preview.kind == "image" and preview.data.startswith(b"\x89PNG\r\n")
        image = QImage.fromData(preview.data) if drawn else QImage()
        self.picture.setVisible(not image.isNull())
        self.text.setVisible(preview.kind == "text")
        self.said.setVisible(preview.kind == "image" and image.isNull())
        self.said.setText(_("This could not be drawn here. Export a copy to look at it."))
        if not image.isNull():
            self.picture.show_picture(QPixmap.fromImage(image), 420)
        elif preview.kind == "text":
            self.text.setPlainText(preview.data.decode("utf-8", "replace"))
        many = preview.pages > 1
        for widget in (self.before, self.after, self._where):
            widget.setVisible(many)
        self._where.setText(_("{n} of {all}").format(n=preview.page + 1, all=preview.pages))
        self.before.setEnabled(preview.page > 0)
        self.after.setEnabled(preview.page + 1 < preview.pages)

    def say_no_preview(self, id: str, sentence: str) -> None:
        """Say why nothing is shown."""
        if id == self._id:
            self._say(sentence)

    def _say(self, sentence: str) -> None:
        for widget in (self.picture, self.text, self.before, self.after, self._where):
            widget.hide()
        self.said.setText(sentence)
        self.said.show()

    def _draw_filing(self, item: Evidence, session: Session) -> None:
        from wizard.gui.pages.form import empty

        empty(self._filing)
        self._filing.addWidget(PlainLabel(_("What it supports"), "quiet"))
        self._picker = RequirementPicker(session.questionnaire, (), item.requirements)
        self._picker.show_search(True)
        self._note = NoteForm(item.note, item.expires)
        for part in (self._picker, self._note):
            part.setEnabled(not (session.read_only or self.held.text()))
            part.changed.connect(self._edited)
            self._filing.addWidget(part)
        self._edited()

    def _edited(self) -> None:
        item, picker, note = self._item, self._picker, self._note
        if item is None or picker is None or note is None:
            return
        try:
            same_day = note.day() == item.expires
            self.problem.hide()
        except ValueError as wrong:
            same_day = False
            self.problem.setText(str(wrong))
            self.problem.show()
        same = same_day and note.note.text().strip() == item.note and set(picker.picked) == set(item.requirements)
        self.save.setEnabled(not same and self.problem.isHidden())

    def _refile(self) -> None:
        if self._item and self._picker and self._note:
            self.refiled.emit(self._id, self._picker.picked, self._note.note.text().strip(), self._note.day())

    def _turn(self, step: int) -> None:
        page = self._page + step
        if 0 <= page < self._pages:
            self.wanted.emit(self._id, page)

    def _copy(self) -> None:
        if self._item is not None:
            QGuiApplication.clipboard().setText(self._item.sealed.digest)
            self.copy.setText(_("Copied"))


def _by(item: Evidence, session: Session) -> str:
    """Who showed it, where that was not this person."""

    if item.added_by in ("", session.workspace.author):
        return ""
    return _(" by {who}").format(who=session.name_of(item.added_by))


def _blacked_out(item: Evidence, session: Session) -> str:
    """What was done before it was sealed, and the digest of the file as it was, where this workspace knows it."""
    from wizard.session.deeds import redacting

    done = ngettext(
        "{n} place was blacked out before it was sealed.",
        "{n} places were blacked out before it was sealed.",
        item.blacked_out,
    ).format(n=item.blacked_out)
    digest = redacting.original_digest(session, item.id)
    if not digest:
        return done
    return _("{done} The file as it was is not kept here; its digest is {digest}. That stays in this vault.").format(
        done=done, digest=" ".join(digest[i : i + 16] for i in range(0, len(digest), 16))
    )
