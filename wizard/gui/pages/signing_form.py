"""Who signs and with which key."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from wizard.domain.events import SignatoryNamed
from wizard.domain.language import _
from wizard.gui.pages.form import Form
from wizard.gui.widgets import choosing
from wizard.gui.widgets.buttons import OutlineButton
from wizard.gui.widgets.fields import ComboField, LineField
from wizard.gui.widgets.passphrase import PassphraseField
from wizard.gui.widgets.plain import ElidedLabel

if TYPE_CHECKING:
    from wizard.session.deeds.attesting import FileKey, VaultKey

_LABELS, _FIELDS = 88, 396


class SignatoryForm(QWidget):
    """`left_field` when a field was left."""

    left_field = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.name, self.role, self.authority, self.email = (LineField() for _n in range(4))
        self.authority.setPlaceholderText(_("Managing director, power of attorney of 2 May …"))
        form = Form(fields=_FIELDS, labels=_LABELS)
        form.row(_("Name"), self.name)
        form.row(_("Role"), self.role)
        form.row(_("Authority"), self.authority, _("What allows this person to sign for the organisation."))
        form.row(_("E-mail"), self.email)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(form)
        for field in (self.name, self.role, self.authority, self.email):
            field.editingFinished.connect(self.left_field)

    def value(self) -> SignatoryNamed:
        """What is written now."""
        return SignatoryNamed(
            self.name.text().strip(), self.role.text().strip(), self.authority.text().strip(), self.email.text().strip()
        )

    def show_value(self, signatory: SignatoryNamed | None) -> None:
        """Show what is recorded, except in a field that is being typed in."""
        known = signatory or SignatoryNamed("", "", "")
        for field, text in (
            (self.name, known.name),
            (self.role, known.role),
            (self.authority, known.authority),
            (self.email, known.email),
        ):
            if not field.hasFocus() and field.text().strip() != text:
                field.setText(text)


class KeyForm(QWidget):
    """The vault's key, or a certificate file with its passphrase. `changed` when another choice was made."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.path: Path | None = None
        self.choice = ComboField()
        self.choice.addItem(_("The vault's key"), "vault")
        self.choice.addItem(_("A certificate file (.p12, .pfx)"), "file")
        self.choice.activated.connect(lambda _n: self._draw())
        self.choose = OutlineButton(_("Choose…"))
        self.choose.clicked.connect(self._choose)
        self.file_name = ElidedLabel(_("No file chosen"), "quiet")
        self.passphrase = PassphraseField(_("Passphrase of the certificate file"))
        self.passphrase.textChanged.connect(self.changed)
        form = Form(fields=_FIELDS, labels=_LABELS)
        form.row(_("Sign with"), self.choice)
        self._more = QWidget()
        file_row = QHBoxLayout()
        file_row.setSpacing(8)
        file_row.addWidget(self.choose)
        file_row.addWidget(self.file_name, 1)
        more = Form(fields=_FIELDS, labels=_LABELS)
        more.row(_("File"), file_row)
        more.row(_("Passphrase"), self.passphrase, _("Used once to sign, kept nowhere."))
        inside = QVBoxLayout(self._more)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(more)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(form)
        column.addWidget(self._more)
        self._draw()

    @property
    def missing(self) -> str:
        """What is still to do; "" when the key can be used."""
        if self.choice.currentData() == "file" and self.path is None:
            return _("Choose the certificate file")
        return ""

    def key(self) -> VaultKey | FileKey:
        """The chosen key."""
        from wizard.session.deeds.attesting import FileKey, VaultKey

        if self.choice.currentData() == "file" and self.path is not None:
            return FileKey(self.path, self.passphrase.text().encode("utf-8", "replace"))
        return VaultKey()

    def forget(self) -> None:
        """Nothing typed stays behind."""
        self.passphrase.clear()
        self.passphrase.hide_text()

    def _draw(self) -> None:
        self._more.setVisible(self.choice.currentData() == "file")
        self.changed.emit()

    def _choose(self) -> None:
        path = choosing.choose_file(self, _("Choose the certificate file"), _("Certificate files (*.p12 *.pfx)"))
        if path is not None:
            self.path = path
            self.file_name.setText(path.name)
            self.passphrase.setFocus()
            self.changed.emit()
