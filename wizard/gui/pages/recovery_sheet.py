"""The recovery key as it is shown once: its groups, to print or to copy, and two of them typed back."""

from __future__ import annotations

import secrets

from PySide6.QtCore import QMimeData, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QTextDocument
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from wizard.domain.language import _
from wizard.gui.icons import Glyph
from wizard.gui.widgets.badge import GlyphMark
from wizard.gui.widgets.buttons import OutlineButton
from wizard.gui.widgets.card import Panel
from wizard.gui.widgets.fields import LineField
from wizard.gui.widgets.plain import FactLabel, PlainLabel

#: How long the key stays in the clipboard, as KeePassXC has it; it can be copied again as long as it is shown.
_CLEARED_MS = 10_000
#: What tells programs that keep everything that is copied to leave this out: Klipper and its like, and Windows.
_KEPT_BY_NOBODY = (
    ("x-kde-passwordManagerHint", b"secret"),
    ('application/x-qt-windows-mime;value="ExcludeClipboardContentFromMonitorProcessing"', b"1"),
)


def forget_copied(key: str) -> None:
    """Empty the clipboard if the key is still in it."""
    if QGuiApplication.clipboard().text() == key:
        QGuiApplication.clipboard().clear()


class RecoverySheet(QWidget):
    """`matched(bool)` when the two groups that are asked for are the ones on the sheet, or no longer are."""

    matched = Signal(bool)

    def __init__(self, key: str, name: str, parent: QWidget | None = None):
        super().__init__(parent)
        from wizard.vault import recovery_key

        self._key, self._name = key, name
        self._groups = recovery_key.groups(key)
        self._match = recovery_key.groups_match
        first, second = sorted(secrets.SystemRandom().sample(range(1, len(self._groups) + 1), 2))
        self._asked = (_Group(first), _Group(second))
        self.is_matched = False
        panel = Panel(inset=True)
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(8)
        for number, group in enumerate(self._groups):
            row, place = divmod(number, 3)
            index = PlainLabel(str(number + 1), "quiet")
            fact = FactLabel(group, wrap=False)
            fact.setAccessibleName(_("Group {n}: {signs}").format(n=number + 1, signs=" ".join(group)))
            grid.addWidget(index, row, place * 2, Qt.AlignmentFlag.AlignRight)
            grid.addWidget(fact, row, place * 2 + 1)
            grid.setColumnStretch(place * 2 + 1, 1)
        panel.body.addLayout(grid)
        self.print_button = OutlineButton(_("Print…"))
        self.copy_button = OutlineButton(_("Copy"))
        self.print_button.clicked.connect(self._print)
        self.copy_button.clicked.connect(self._copy)
        self.said = PlainLabel(_("It opens the vault if the passphrase is lost."), "quiet", wrap=True)
        deeds = QHBoxLayout()
        deeds.setSpacing(8)
        deeds.addWidget(self.print_button)
        deeds.addWidget(self.copy_button)
        deeds.addSpacing(4)
        deeds.addWidget(self.said, 1)
        asked = QHBoxLayout()
        asked.setSpacing(12)
        for group_field in self._asked:
            group_field.field.textEdited.connect(self._compare)
            asked.addWidget(group_field)
        asked.addStretch(1)
        why = PlainLabel(_("Type these two groups, so that we both know it is written down."), "quiet", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(panel)
        column.addLayout(deeds)
        column.addSpacing(4)
        column.addWidget(why)
        column.addLayout(asked)

    @property
    def fields(self) -> tuple[tuple[int, LineField], ...]:
        """The two fields, with the numbers of the groups they ask for."""
        return tuple((group.number, group.field) for group in self._asked)

    def _compare(self) -> None:
        for group in self._asked:
            group.show_match(bool(group.field.text()) and self._match(self._key, {group.number: group.field.text()}))
        matched = all(group.matches for group in self._asked)
        if matched != self.is_matched:
            self.is_matched = matched
            self.matched.emit(matched)

    def _copy(self) -> None:
        copied = QMimeData()
        copied.setText(self._key)
        for kind, data in _KEPT_BY_NOBODY:
            copied.setData(kind, data)
        QGuiApplication.clipboard().setMimeData(copied)
        key = self._key
        QTimer.singleShot(_CLEARED_MS, lambda: forget_copied(key))
        if (app := QGuiApplication.instance()) is not None:
            app.aboutToQuit.connect(lambda: forget_copied(key))
        self.said.setText(_("Copied for ten seconds. Paste it into your password manager; you can copy it again."))

    def _print(self) -> None:
        """Ask the system's own print window; the sheet is plain text and is written nowhere on the way."""
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter

        printer = QPrinter()
        if QPrintDialog(printer, self).exec():
            sheet = QTextDocument()
            sheet.setPlainText(self._sheet())
            sheet.print_(printer)
            self.said.setText(
                _("Sent to the printer. Keep the sheet where you keep contracts, not beside this computer.")
            )

    def _sheet(self) -> str:
        lines = "\n".join(f"    {n}   {group}" for n, group in enumerate(self._groups, 1))
        return _(
            "Attestry recovery key\n\nWorkspace: {name}\n\n{lines}\n\n"
            "It opens the workspace if the passphrase is lost. Whoever has it and the workspace can read everything."
        ).format(name=self._name, lines=lines)


class _Group(QWidget):
    def __init__(self, number: int):
        super().__init__()
        self.number = number
        self.matches = False
        label = PlainLabel(_("Group {n}").format(n=number))
        self.field = LineField(mono=True)
        self.field.setFixedWidth(84)
        self.field.setMaxLength(12)
        self.field.setAccessibleName(_("Group {n} of the recovery key").format(n=number))
        label.setBuddy(self.field)
        self._glyph = GlyphMark(Glyph.DISC, "supports")
        self._word = PlainLabel("", "supports")
        self._word.setMinimumWidth(52)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for widget in (label, self.field, self._glyph, self._word):
            row.addWidget(widget)
        self.show_match(False)

    def show_match(self, matches: bool) -> None:
        self.matches = matches
        self._glyph.set(Glyph.DISC if matches else Glyph.RING, "supports" if matches else "quiet", "")
        self._word.set_role("supports" if matches else "quiet")
        self._word.setText(_("Matches") if matches else _("Not yet"))
