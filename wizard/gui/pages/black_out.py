"""Blacks out parts of a picture or a text before it is sealed: mark, look, seal. What was there is never kept."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QWidget

from wizard.domain.language import _, ngettext
from wizard.gui.context import Context, Place
from wizard.gui.pages.form import beside
from wizard.gui.widgets import choosing
from wizard.gui.widgets.buttons import OutlineButton
from wizard.gui.widgets.marking import MarkedPicture, MarkedText
from wizard.gui.widgets.page import Foot, Page
from wizard.gui.widgets.plain import PlainLabel
from wizard.session.deeds import redacting
from wizard.session.deeds.evidence import Added
from wizard.session.deeds.redacting import Box, Span


class BlackOutPage(Page):
    """`Place.item` is the file's path, "" to choose one; `Place.requirement` what it shall support."""

    def __init__(self, context: Context, parent: QWidget | None = None):
        super().__init__(
            context,
            _("Black out parts of a file"),
            _("Only what comes out is sealed and kept. Your own file stays as it is, where it is."),
            parent,
        )
        self._original: redacting.Original | None = None
        self._requirement = ""
        self._working = False
        self.choose = OutlineButton(_("Choose a picture or a text…"))
        self.choose.clicked.connect(self._choose)
        self.deeds.addWidget(self.choose)
        self.picture = MarkedPicture()
        self.text = MarkedText()
        self.how = PlainLabel("", "quiet", wrap=True)
        self.mark_button = OutlineButton(_("Black out what is selected"))
        self.back_button = OutlineButton(_("Take the last mark away"))
        self._count = PlainLabel("", "quiet")
        self.mark_button.clicked.connect(self.text.mark_selection)
        self.back_button.clicked.connect(self._take_last)
        for part in (self.picture, self.text):
            part.changed.connect(self._draw)
        self.text.selectionChanged.connect(self._draw)
        self.body.addWidget(self.how)
        self.body.addLayout(beside(self.mark_button, self.back_button, self._count, gap=12))
        self.body.addWidget(self.picture)
        self.body.addWidget(self.text)
        self.body.addStretch(1)

    def shown(self, place: Place) -> None:
        """Begin with the file that is asked for."""
        self._requirement = place.requirement
        self._let_go()
        if place.item:
            self._look(Path(place.item))

    def left(self) -> None:
        """Nothing of the file stays behind."""
        self._let_go()

    def foot(self) -> Foot:
        marks = len(self._marks())
        return Foot(
            left=_("Nothing is sealed yet"),
            next_text=_("Black out and seal"),
            next_filled=True,
            next_enabled=bool(marks) and not self._working,
            why="" if marks or self._original is None else _("Mark something first"),
        )

    def next_pressed(self) -> bool:
        original, session = self._original, self.context.open
        marks = self._marks()
        if original is None or not marks or self._working:
            return True
        self._working = True
        self.foot_changed.emit()
        under = (self._requirement,) if self._requirement else ()
        self.start(
            lambda hear: redacting.seal(session, original, marks, under, hear),
            self._sealed,
            failed=self._failed,
            stopped=self._stopped,
        )
        return True

    def back_pressed(self) -> bool:
        self.go.emit(Place("evidence", requirement=self._requirement))
        return True

    def _choose(self) -> None:
        paths = choosing.choose_files(self, _("Choose a picture or a text"))
        if paths:
            self._let_go()
            self._look(paths[0])

    def _look(self, path: Path) -> None:
        session = self.context.open
        if session.read_only:
            self.message_bar.say_mistake(_("This assessment is open for reading only, so nothing can be added."))
            return
        self.start(lambda hear: redacting.look(session, path, hear), self._show)

    def _show(self, original: redacting.Original) -> None:
        if not self.isVisible():  # the person went elsewhere meanwhile: nothing of the file stays
            return
        self._original = original
        self.set_title(_("Black out parts of {name}").format(name=original.path.name))
        if original.kind == "picture":
            self.picture.show_picture(QPixmap.fromImage(QImage.fromData(original.shown)))
            self.picture.setFocus()
        else:
            self.text.show_text(original.shown.decode("utf-8", "replace"))
            self.text.setFocus()
        self._draw()

    def _sealed(self, added: Added) -> None:
        self._let_go()
        if added.evidence and self.isVisible():
            self.go.emit(Place("evidence", added.evidence[0].id, self._requirement))

    def _stopped(self) -> None:
        self._working = False
        self._draw()

    def _failed(self, error: Exception) -> None:
        self._working = False
        self._draw()
        self.say_mistake(error)

    def _take_last(self) -> None:
        (self.picture if self._kind == "picture" else self.text).take_last()

    @property
    def _kind(self) -> str:
        return self._original.kind if self._original is not None else ""

    def _marks(self) -> tuple[Box, ...] | tuple[Span, ...]:
        if self._kind == "picture":
            return tuple(_box(part) for part in self.picture.marks)
        return tuple(Span(*part) for part in self.text.marks) if self._kind else ()

    def _let_go(self) -> None:
        self._original = None
        self._working = False
        self.set_title(_("Black out parts of a file"))
        self.picture.show_picture(QPixmap())
        self.text.show_text("")
        self._draw()

    def _draw(self) -> None:
        kind, marks = self._kind, len(self._marks())
        self.picture.setVisible(kind == "picture")
        self.text.setVisible(kind == "text")
        self.mark_button.setVisible(kind == "text")
        self.mark_button.setEnabled(self.text.textCursor().hasSelection())
        self.back_button.setVisible(bool(kind))
        self.back_button.setEnabled(marks > 0)
        self._count.setText(
            ngettext("{n} part is marked", "{n} parts are marked", marks).format(n=marks) if marks else ""
        )
        self.how.setText(
            {
                "picture": _(
                    "Draw a box over each part. It comes out as plain pixels: place, camera and other data that hide "
                    "in the file are left behind."
                ),
                "text": _(
                    "Select words and black them out. Words of four characters and more are blacked out wherever else "
                    "they stand, and the bar does not show how long they were."
                ),
            }.get(kind, _("A picture (PNG, JPEG) or a text. For a page of a PDF, take a picture of it first."))
        )
        self.foot_changed.emit()


def _box(part: QRectF) -> Box:
    return Box(part.left(), part.top(), part.right(), part.bottom())
