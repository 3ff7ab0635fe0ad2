"""The first stop of the first run: where the vault lies, its passphrase, and the recovery key once it is made."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from wizard.domain.language import _
from wizard.gui.icons import Glyph
from wizard.gui.pages.form import Form, column
from wizard.gui.pages.recovery_sheet import RecoverySheet
from wizard.gui.widgets import choosing
from wizard.gui.widgets.badge import GlyphMark
from wizard.gui.widgets.buttons import OutlineButton
from wizard.gui.widgets.fields import LineField, TickBox
from wizard.gui.widgets.passphrase import PassphraseField, StrengthMeter
from wizard.gui.widgets.plain import FactLabel, PlainLabel

SUFFIX = ".attestry"
#: What the vault asks of a passphrase at least.
SHORTEST = 8


class VaultStop(QWidget):
    """`changed` whenever something was typed or ticked, or the two groups match."""

    changed = Signal()

    def __init__(self, documents: Path, parent: QWidget | None = None):
        super().__init__(parent)
        self._documents = documents
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._sheet: RecoverySheet | None = None
        self._inside: QWidget | None = None
        self.start_over()

    def start_over(self) -> None:
        """Empty fields for another vault; nothing of the last one stays."""
        self._sheet = None
        form = Form()
        form.heading(_("Place"))
        self.place = LineField(str(_free_name(self._documents / "Attestry", _("My attestation"))))
        self.place.setCursorPosition(0)
        choose = OutlineButton(_("Choose…"))
        choose.clicked.connect(self._choose)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.place, 1)
        row.addWidget(choose)
        self.place.setAccessibleName(_("Folder"))
        form.row(_("Folder"), row, _("Only encrypted files are written there. Choose a place that is backed up."))
        form.heading(_("Passphrase"))
        self.first = PassphraseField(_("Passphrase"))
        self.second = PassphraseField(_("The passphrase once more"))
        self._meter = StrengthMeter(SHORTEST)
        form.row(_("Passphrase"), self.first)
        form.under(self._meter)
        form.row(_("Once more"), self.second)
        self._same_glyph = GlyphMark(Glyph.RING, "quiet")
        self._same = PlainLabel("", "quiet")
        same = QHBoxLayout()
        same.setContentsMargins(0, 0, 0, 0)
        same.setSpacing(8)
        same.addWidget(self._same_glyph)
        same.addWidget(self._same, 1)
        holder = QWidget()
        holder.setLayout(same)
        form.under(holder)
        form.heading(_("On this computer"))
        self.tick = TickBox(_("Open without asking on this computer"))
        consequence = PlainLabel(
            _("The computer's keyring then keeps a key: whoever uses your session can read the vault."),
            "quiet",
            wrap=True,
        )
        consequence.setContentsMargins(26, 0, 0, 0)
        form.row(_("Remember"), column(self.tick, consequence, gap=0))
        form.row(
            _("Recovery key"),
            PlainLabel(_("It is made with the vault and shown once, on the next page."), "quiet", wrap=True),
        )
        self.place.textChanged.connect(self.changed)
        self.first.textChanged.connect(self._typed)
        self.second.textChanged.connect(self._typed)
        self.second.editingFinished.connect(self._typed)
        self.tick.toggled.connect(self.changed)
        self._typed()
        self._show(form)

    def begin(self) -> None:
        """Come to the first field that is to be filled in."""
        if self._sheet is None:
            self.first.setFocus()

    @property
    def folder(self) -> Path:
        """Where the vault is to lie, its name ending as such folders' names do."""
        text = self.place.text().strip()
        path = Path(text).expanduser()
        return path if path.name.endswith(SUFFIX) or not path.name else path.with_name(path.name + SUFFIX)

    @property
    def passphrase(self) -> str:
        """What was typed."""
        return self.first.text()

    @property
    def same_words(self) -> str:
        """What is said of the passphrase once more."""
        return self._same.text()

    @property
    def remember(self) -> bool:
        """Whether this computer's keyring shall open it."""
        return self.tick.isChecked()

    @property
    def missing(self) -> str:
        """What is still to do before the vault can be made; "" when nothing is."""
        if not self.place.text().strip() or not self.folder.is_absolute():
            return _("Choose a folder")
        if len(self.first.text()) < SHORTEST:
            return _("Choose a passphrase")
        if self.first.text() != self.second.text():
            return _("Type it once more")
        return ""

    @property
    def ready(self) -> bool:
        """True when the vault can be made."""
        return not self.missing

    @property
    def sheet(self) -> RecoverySheet | None:
        """The recovery key, once there is one."""
        return self._sheet

    @property
    def written_down(self) -> bool:
        """True when two groups of the recovery key were typed back."""
        return self._sheet is not None and self._sheet.is_matched

    def show_made(self, key: str, folder: Path) -> None:
        """The vault is there: forget the passphrase, show the recovery key."""
        for field in (self.first, self.second):
            field.clear()
        form = Form()
        form.heading(_("Vault"))
        place = FactLabel(str(folder))
        place.setMinimumHeight(32)
        place.setAlignment(Qt.AlignmentFlag.AlignVCenter)
        form.row(_("Folder"), place)
        form.heading(_("Recovery key"))
        self._sheet = RecoverySheet(key, folder.name)
        self._sheet.matched.connect(self.changed)
        form.row(_("Keep this safe"), self._sheet)
        self._show(form)
        self.setEnabled(True)
        self._sheet.fields[0][1].setFocus()

    def _show(self, form: QWidget) -> None:
        if self._inside is not None:
            self._column.removeWidget(self._inside)
            self._inside.hide()
            self._inside.deleteLater()
        self._inside = form
        self._column.addWidget(form)

    def _typed(self) -> None:
        self._meter.show_for(self.first.text())
        same = bool(self.second.text()) and self.first.text() == self.second.text()
        typing = self.second.hasFocus() and self.first.text().startswith(self.second.text())
        off = bool(self.second.text()) and not typing and not same
        self._same_glyph.set(Glyph.DISC if same else Glyph.RING, "supports" if same else "quiet", "")
        self._same.set_role("supports" if same else "red" if off else "quiet")
        self._same.setText(
            _("Matches") if same else _("Differs from the one above") if off else _("Against typing mistakes")
        )
        self.changed.emit()

    def _choose(self) -> None:
        start = self.folder.parent
        while not start.exists() and start != start.parent:
            start = start.parent
        folder = choosing.choose_folder(self, _("Where the vault shall lie"), start)
        if folder is not None:
            empty = folder.name.endswith(SUFFIX)
            self.place.setText(str(folder if empty else _free_name(folder, _("My attestation"))))


def _free_name(folder: Path, name: str) -> Path:
    """A name in `folder` that nothing has yet."""
    for number in range(1, 1000):
        path = folder / (f"{name}{SUFFIX}" if number == 1 else f"{name} {number}{SUFFIX}")
        if not path.exists():
            return path
    return folder / f"{name}{SUFFIX}"
