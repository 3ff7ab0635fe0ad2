"""Who signs, with which key, and who else is asked about the time."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from wizard.domain.blockers import wrong_email
from wizard.domain.events import SignatoryNamed
from wizard.domain.language import _
from wizard.gui.pages.form import Form
from wizard.gui.widgets import choosing
from wizard.gui.widgets.buttons import OutlineButton
from wizard.gui.widgets.fields import ComboField, LineField, TickBox
from wizard.gui.widgets.passphrase import PassphraseField
from wizard.gui.widgets.plain import ElidedLabel, PlainLabel

if TYPE_CHECKING:
    from wizard.session.deeds.signing_keys import Key

_LABELS, _FIELDS = 88, 396


class SignatoryForm(QWidget):
    """`left_field` when a field was left."""

    left_field = Signal()

    def __init__(self) -> None:
        super().__init__()
        #: what each field showed last of what is recorded
        self._shown: dict[LineField, str] = {}
        self.name, self.role, self.authority, self.email = (LineField() for _n in range(4))
        self.authority.setPlaceholderText(_("Managing director, power of attorney of 2 May …"))
        form = Form(fields=_FIELDS, labels=_LABELS)
        form.row(_("Name"), self.name)
        form.row(_("Role"), self.role)
        form.row(_("Authority"), self.authority, _("What allows this person to sign for the organisation."))
        form.row(_("E-mail"), self.email)
        self.wrong = PlainLabel("", "red", wrap=True)
        form.under(self.wrong)
        self.email.textChanged.connect(lambda _t: self.wrong.hide())  # said again when the field is left
        self.email.editingFinished.connect(self._judge)
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
        """Show what is recorded, except in a field that is being typed in, or whose text could not be saved."""
        known = signatory or SignatoryNamed("", "", "")
        for field, text in (
            (self.name, known.name),
            (self.role, known.role),
            (self.authority, known.authority),
            (self.email, known.email),
        ):
            if not field.hasFocus() and field.text().strip() in ("", self._shown.get(field, "")):
                field.setText(text)
            if field.text().strip() == text:
                self._shown[field] = text
        if not self.email.hasFocus():
            self._judge()

    def _judge(self) -> None:
        self.wrong.setText(wrong_email(self.email.text()))
        self.wrong.setVisible(bool(self.wrong.text()))


class KeyForm(QWidget):
    """The vault's key, or a certificate file with its passphrase. `changed` when another choice was made."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.path: Path | None = None
        self.choice = ComboField()
        self.choice.addItem(_("The vault's key"), "vault")
        self.choice.addItem(_("The vault's key, RSA for old readers"), "rsa")
        self.choice.addItem(_("A certificate file (.p12, .pfx)"), "file")
        self.choice.addItem(_("A token or smart card (PKCS#11)"), "token")
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
        self.token = TokenForm()
        self.token.changed.connect(self.changed)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(form)
        column.addWidget(self._more)
        column.addWidget(self.token)
        self._draw()

    @property
    def missing(self) -> str:
        """What is still to do; "" when the key can be used."""
        if self.choice.currentData() == "file" and self.path is None:
            return _("Choose the certificate file")
        return self.token.missing if self.choice.currentData() == "token" else ""

    def key(self) -> Key:
        """The chosen key."""
        from wizard.session.deeds.signing_keys import FileKey, VaultKey

        if self.choice.currentData() == "token":
            return self.token.key()
        if self.choice.currentData() == "file" and self.path is not None:
            return FileKey(self.path, self.passphrase.text().encode("utf-8", "replace"))
        return VaultKey(rsa=self.choice.currentData() == "rsa")

    def forget(self) -> None:
        """Nothing typed stays behind."""
        self.passphrase.clear()
        self.passphrase.hide_text()
        self.token.forget()

    def _draw(self) -> None:
        self._more.setVisible(self.choice.currentData() == "file")
        self.token.setVisible(self.choice.currentData() == "token")
        self.changed.emit()

    def _choose(self) -> None:
        path = choosing.choose_file(self, _("Choose the certificate file"), _("Certificate files (*.p12 *.pfx)"))
        if path is not None:
            self.path = path
            self.file_name.setText(path.name)
            self.passphrase.setFocus()
            self.changed.emit()


class TokenForm(QWidget):
    """The maker's library, the PIN, and which token and key where there are several."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.module: Path | None = None
        self.choose = OutlineButton(_("Choose…"))
        self.choose.clicked.connect(self._choose)
        self.module_name = ElidedLabel(_("No library chosen"), "quiet")
        self.pin = PassphraseField(_("PIN of the token"))
        self.pin.textChanged.connect(self.changed)
        self.token, self.label = LineField(), LineField()
        self.token.setPlaceholderText(_("only where there are several"))
        self.label.setPlaceholderText(_("only where there are several"))
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.choose)
        row.addWidget(self.module_name, 1)
        form = Form(fields=_FIELDS, labels=_LABELS)
        form.row(_("Library"), row, _("The PKCS#11 library that came with the token."))
        form.row(_("PIN"), self.pin, _("Used once to sign, kept nowhere. After a few wrong ones tokens lock."))
        form.row(_("Token"), self.token)
        form.row(_("Key"), self.label)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(form)

    @property
    def missing(self) -> str:
        """What is still to do; "" when the token can be asked."""
        if self.module is None:
            return _("Choose the token’s library")
        return "" if self.pin.text() else _("Type the PIN")

    def key(self) -> Key:
        """The chosen key."""
        from wizard.session.deeds.signing_keys import OnToken

        return OnToken(self.module or Path(), self.pin.text(), self.token.text().strip(), self.label.text().strip())

    def forget(self) -> None:
        """Nothing typed stays behind."""
        self.pin.clear()
        self.pin.hide_text()

    def _choose(self) -> None:
        path = choosing.choose_file(self, _("Choose the token’s library"), _("Libraries (*.so *.dll *.dylib)"))
        if path is not None:
            self.module = path
            self.module_name.setText(path.name)
            self.pin.setFocus()
            self.changed.emit()


class StampForm(QWidget):
    """Paper, and who else vouches for the time: nobody unless the person names an authority."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.paper = ComboField()
        for name in ("A4", "Letter"):
            self.paper.addItem(name, name)
        self.paper.activated.connect(lambda _n: self.changed.emit())
        self.authority = LineField(mono=True)
        self.authority.setPlaceholderText("https://")
        self.authority.textChanged.connect(lambda _t: self._draw())
        self.long_term = TickBox(_("Keep proof that no certificate was revoked"))
        self.long_term.toggled.connect(lambda _on: self._draw())
        self.archive = TickBox(_("Have the whole file stamped once more"))
        form = Form(fields=_FIELDS, labels=_LABELS)
        form.row(_("Paper"), self.paper)
        form.row(
            _("Time stamp"),
            self.authority,
            _(
                "Optional: the address of a time-stamp authority. One digest of the signature is sent there, nothing "
                "of your answers. Empty: nobody is asked, and the time is the one of this computer’s clock."
            ),
        )
        form.under(self.long_term)
        self._about = PlainLabel(
            _(
                "For certificates that an authority issued: the addresses in them are asked whether they were revoked, "
                "and the answers become part of the file."
            ),
            "quiet",
            wrap=True,
        )
        form.under(self._about)
        form.under(self.archive)
        self._twice = PlainLabel(
            _(
                "For files kept for many years: the second stamp protects the proof when its certificates end. "
                "Some programs then say that the file was edited after signing; without it none does."
            ),
            "quiet",
            wrap=True,
        )
        form.under(self._twice)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(form)
        self._draw()

    def _draw(self) -> None:
        named = bool(self.authority.text().strip())
        self.long_term.setVisible(named)
        self._about.setVisible(named)
        for widget in (self.archive, self._twice):
            widget.setVisible(named and self.long_term.isChecked())

    def wants(self, box: TickBox) -> bool:
        """True when a box is ticked that counts: all of them need an authority."""
        return box.isChecked() and bool(self.authority.text().strip())
