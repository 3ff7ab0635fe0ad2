"""That answers of a card were carried over from an earlier attestation, and the button that says they still hold."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from wizard.domain.language import _
from wizard.gui.pages import card_words
from wizard.gui.widgets.buttons import OutlineButton
from wizard.gui.widgets.plain import PlainLabel
from wizard.session.session import Session


class CarriedNote(QWidget):
    """`kept` when the person says that the answers of this requirement still hold."""

    kept = Signal(str)

    def __init__(self, requirement: str):
        super().__init__()
        self._requirement = requirement
        self._said = PlainLabel("", wrap=True)
        self.keep = OutlineButton(_("Keep as it is"))
        self.keep.clicked.connect(lambda: self.kept.emit(self._requirement))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addWidget(self._said, 1)
        row.addWidget(self.keep)

    def show_session(self, session: Session) -> None:
        """Shown while an answer waits."""
        said = card_words.carried(session, self._requirement)
        self._said.setText(said)
        self.keep.setVisible(not session.read_only)
        self.setVisible(bool(said))
