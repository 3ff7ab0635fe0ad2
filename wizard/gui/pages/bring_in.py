"""Makes a workspace from the one file that another computer wrote, and shows its new recovery key."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QVBoxLayout, QWidget

from wizard.domain.language import _
from wizard.gui.context import Context, Place
from wizard.gui.pages import errand
from wizard.gui.pages.form import Form, beside, empty
from wizard.gui.pages.recovery_sheet import RecoverySheet
from wizard.gui.widgets import choosing
from wizard.gui.widgets.buttons import FilledButton, OutlineButton
from wizard.gui.widgets.page import Foot, Page, Side
from wizard.gui.widgets.passphrase import PassphraseField
from wizard.gui.widgets.plain import FactLabel, PlainLabel
from wizard.session.deeds import keeping


class BringInPage(Page):
    """`Place.item` is the file, or "" to choose one. Nothing counts before its last byte was authentic."""

    def __init__(self, context: Context, parent: QWidget | None = None):
        super().__init__(
            context,
            _("Bring in a workspace from another computer"),
            _("The one file that “Take the whole workspace along” wrote there, and its passphrase."),
            parent,
        )
        self._file = Path()
        self.folder = Path()
        self.path = FactLabel("")
        self.choose = OutlineButton(_("Choose the file…"))
        self.choose.clicked.connect(self._choose)
        self.field = PassphraseField(_("Passphrase of the file"))
        self.button = FilledButton(_("Bring it in"))
        self._form = Form()
        self._form.row(_("File"), beside(self.choose))
        self._form.over(self.path)
        self._form.row(_("Passphrase"), self.field, _("It opens the workspace here, until you change it."))
        self._form.row("", beside(self.button))
        self._sheet_at = QVBoxLayout()
        self.body.addWidget(self._form)
        self.body.addLayout(self._sheet_at)
        self.body.addStretch(1)
        self.field.textChanged.connect(self._draw)
        self.field.returnPressed.connect(self._bring)
        self.button.clicked.connect(self._bring)

    def shown(self, place: Place) -> None:
        """Begin anew, with the file that was dropped or asked for."""
        self._form.show()
        empty(self._sheet_at)
        self.field.clear()
        self._take(Path(place.item) if place.item else Path())

    def left(self) -> None:
        """Nothing typed stays behind, nor the recovery key."""
        self.field.clear()
        empty(self._sheet_at)

    def foot(self) -> Foot:
        return Foot(left=_("The file itself stays as it is"), next_shown=False)

    def side(self) -> Side | None:
        return Side(_("No assessment is open"))

    def back_pressed(self) -> bool:
        self.go.emit(Place("welcome"))
        return True

    def _choose(self) -> None:
        patterns = _("Whole workspaces ({pattern})").format(pattern="*.attestry-export")
        file = choosing.choose_file(self, self.title, patterns, errand.preferences_of(self.context).home.documents)
        if file is not None:
            self._take(file)

    def _take(self, file: Path) -> None:
        self._file = file
        self.path.setText(str(file) if file.name else "")
        self._draw()

    def _bring(self) -> None:
        if not self.button.isEnabled():
            return
        self.button.setEnabled(False)
        self.message_bar.clear()
        file, text = self._file, self.field.text()
        folder = _free_place(errand.preferences_of(self.context).home.documents, file.name.removesuffix(file.suffix))
        errand.run(
            self,
            _("Bringing it in"),
            lambda: keeping.import_workspace(file, folder, text),
            lambda key: self._done(key, folder),
            failed=self._failed,
        )

    def _done(self, key: str, folder: Path) -> None:
        self.field.clear()
        self.folder = folder
        self._form.hide()
        sheet = RecoverySheet(key, folder.name)
        sheet.setMaximumWidth(560)
        sheet.matched.connect(lambda matched: self._typed_back() if matched else None)
        words = _("It lies at {folder}. This is its recovery key on this computer, shown once.").format(folder=folder)
        self._sheet_at.addWidget(PlainLabel(words, wrap=True))
        self._sheet_at.addWidget(sheet)

    def _typed_back(self) -> None:
        errand.typed_back.add(self.folder)
        self.go.emit(Place("unlock", str(self.folder)))

    def _failed(self, error: Exception) -> None:
        self._draw()
        self.say_mistake(error)

    def _draw(self) -> None:
        self.button.setEnabled(bool(self._file.name and self.field.text()))


def _free_place(folder: Path, name: str) -> Path:
    """A folder for it that nothing has taken yet."""
    places = (folder / f"{name}{number}.attestry" for number in ("", *(f" {n}" for n in range(2, 1000))))
    return next(place for place in places if not place.exists())
