"""Opens a place on this computer in the editor named in preferences, or copies its path; nothing else is started."""

from __future__ import annotations

import shutil
from pathlib import Path

from PySide6.QtCore import QProcess, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QWidget

from wizard.domain.language import _
from wizard.gui.widgets.buttons import OutlineButton


class PlaceButtons(QWidget):
    """`said(sentence)` after something was done, `failed(sentence)` when it could not be."""

    said = Signal(str)
    failed = Signal(str)

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self._path: Path | None = None
        self._editor = ""
        self.open_button = OutlineButton(_("Open in editor"))
        self.copy_button = OutlineButton(_("Copy path"), "copy")
        self.open_button.clicked.connect(self._open)
        self.copy_button.clicked.connect(self._copy)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.open_button)
        row.addWidget(self.copy_button)
        row.addStretch(1)

    def show_path(self, path: Path | None, editor: str) -> None:
        """Which file, if it is one on this computer, and the editor's program, "" for none."""
        self._path, self._editor = path, editor
        self.open_button.setVisible(path is not None and bool(editor))
        self.copy_button.setVisible(path is not None)
        self.setVisible(path is not None)

    def _copy(self) -> None:
        if self._path is not None:
            QGuiApplication.clipboard().setText(str(self._path))
            self.said.emit(_("The path is in the clipboard."))

    def _open(self) -> None:
        """The path is the one argument; the system's default handler is never asked: it might run the file."""
        program = shutil.which(self._editor)
        if self._path is None or program is None:
            self.failed.emit(
                _("The editor {name} was not found. Correct it in preferences, or copy the path.").format(
                    name=self._editor
                )
            )
            return
        started, _process = QProcess.startDetached(program, [str(self._path)])
        if not started:
            self.failed.emit(
                _("The editor {name} could not be started. Copy the path instead.").format(name=self._editor)
            )
