"""Preferences on one page: applied at once, what was changed is marked, and what opens the vault can be changed."""

from __future__ import annotations

import shutil
from typing import Any

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QHBoxLayout, QWidget

from wizard.domain.language import _
from wizard.domain.mistakes import Mistake
from wizard.gui.context import Context, Place
from wizard.gui.pages.errand import preferences_of
from wizard.gui.pages.form import Form, beside, column
from wizard.gui.pages.keys_form import KeysForm
from wizard.gui.pages.vault_form import VaultForm
from wizard.gui.theme import theme
from wizard.gui.widgets.buttons import LinkButton, OutlineButton
from wizard.gui.widgets.fields import ComboField, LineField, SpinField, TickBox
from wizard.gui.widgets.page import Foot, Page, Side
from wizard.gui.widgets.plain import FactLabel, PlainLabel
from wizard.session.settings import Settings


class PreferencesPage(Page):
    """Every control writes its preference the moment it is changed."""

    def __init__(self, context: Context, parent: QWidget | None = None):
        super().__init__(context, _("Preferences"), "", parent)
        self._marks: dict[str, _Changed] = {}
        form = Form(fields=560)
        form.heading(_("Appearance"))
        self.theme = ComboField()
        for wish, text in (
            ("system", _("As the system")),
            ("light", _("Light")),
            ("dark", _("Dark")),
            ("contrast", _("High contrast")),
        ):
            self.theme.addItem(text, wish)
        self.theme.setFixedWidth(220)
        self.theme.setAccessibleName(_("Colours"))
        self.theme.activated.connect(lambda _n: self._set(theme=self.theme.currentData()))
        form.row(_("Colours"), beside(self.theme, self._mark("theme")))
        form.heading(_("Safety"))
        self.lock = self._number(1, 240, _("Lock after so many minutes"))
        self.lock.valueChanged.connect(lambda n: self._set(lock_after_minutes=n))
        form.row(
            _("Lock after"),
            beside(self.lock, PlainLabel(_("minutes without a key or a click")), self._mark("lock_after_minutes")),
            _("Locking hides everything at once and loses nothing."),
        )
        form.heading(_("Checks"))
        self.careful = TickBox(_("Look carefully"))
        self.careful.clicked.connect(lambda on: self._set(careful=on))
        careful = PlainLabel(
            _("Four connections at a time and no bursts. Slower; for systems that are easily disturbed."),
            "quiet",
            wrap=True,
        )
        careful.setContentsMargins(26, 0, 0, 0)
        top = QHBoxLayout()
        top.addWidget(self.careful)
        top.addWidget(self._mark("careful"))
        top.addStretch(1)
        holder = QWidget()
        top.setContentsMargins(0, 0, 0, 0)
        holder.setLayout(top)
        form.row(_("Pace"), column(holder, careful, gap=0))
        self.seconds = self._number(10, 60, _("Seconds to wait for an answer"))
        self.seconds.valueChanged.connect(lambda n: self._set(timeout_seconds=n))
        form.row(
            _("Wait up to"),
            beside(self.seconds, PlainLabel(_("seconds for an answer")), self._mark("timeout_seconds")),
            _("Longer for hosts that are far away; never shorter, or a slow host would pass for a silent one."),
        )
        form.heading(_("Network"))
        self.proxy = LineField(hint=_("host and port, such as proxy.example:3128"))
        self.proxy.setFixedWidth(360)
        self.proxy.setAccessibleName(_("Proxy"))
        self.proxy.editingFinished.connect(self._set_proxy)
        self.proxy_problem = PlainLabel("", "red", wrap=True)
        form.row(
            _("Proxy"),
            beside(self.proxy, self._mark("proxy")),
            _(
                "OSV, the offline lists and code hosts are asked through it. Checks of your own hosts always go "
                "directly: through a proxy they would see what it does."
            ),
        )
        form.under(self.proxy_problem)
        form.heading(_("Code"))
        self.editor = LineField(hint=_("a program's name or path, such as code"))
        self.editor.setFixedWidth(360)
        self.editor.setAccessibleName(_("Editor"))
        self.editor.editingFinished.connect(self._set_editor)
        self.editor_problem = PlainLabel("", "red", wrap=True)
        form.row(
            _("Editor"),
            beside(self.editor, self._mark("editor")),
            _("A place in code opens in it, with the file's path as the one argument. Without one, paths are copied."),
        )
        form.under(self.editor_problem)
        self.body.addWidget(form)
        self._form = form
        self.keys: KeysForm | None = None
        self.vault: VaultForm | None = None
        if context.session is not None:
            self._vault(context)
        self.body.addStretch(1)

    def shown(self, place: Place) -> None:
        """Show what is set now."""
        self._draw()
        if self.keys is not None:
            self.keys.draw()
            asked_for = {"recovery": self.keys.recovery, "passphrase": self.keys.passphrase}.get(place.item)
            if asked_for is not None:
                asked_for.button.set_open(True)
                asked_for.button.setFocus()
                self.bring_into_view(asked_for)
        if self.vault is not None:
            self.vault.draw()

    def foot(self) -> Foot:
        return Foot(left=_("Applied at once"), next_shown=False)

    def side(self) -> Side | None:
        return None if self.context.session else Side(_("No assessment is open"))

    def back_pressed(self) -> bool:
        if self.context.session is None:
            self.go.emit(Place("welcome"))
            return True
        return False

    def _vault(self, context: Context) -> None:
        folder = context.open.workspace.folder
        self._form.heading(_("This vault"))
        show = OutlineButton(_("Show in folder"))
        show.clicked.connect(lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder.parent))))
        place = FactLabel(str(folder))
        place.setMinimumHeight(32)
        self._form.row(_("It lies in"), column(place, _left(show), gap=6))
        self.keys = KeysForm(self, context.open)
        self.body.addWidget(self.keys)
        self.vault = VaultForm(self, context.open)
        self.body.addWidget(self.vault)

    @staticmethod
    def _number(least: int, most: int, name: str) -> SpinField:
        field = SpinField()
        field.setRange(least, most)
        field.setFixedWidth(88)
        field.lineEdit().setTextMargins(8, 0, 0, 0)
        field.lineEdit().setAccessibleName(name)
        field.setAccessibleName(name)
        return field

    def _mark(self, name: str) -> _Changed:
        first = getattr(Settings(), name)
        mark = _Changed()
        mark.reset.clicked.connect(lambda: self._set(**{name: first}))
        self._marks[name] = mark
        return mark

    def _set(self, **values: Any) -> None:
        preferences_of(self.context).change(**values)
        if "theme" in values:
            app = QApplication.instance()
            assert isinstance(app, QApplication)
            theme().apply(app, values["theme"])
        self._draw()

    def _set_proxy(self) -> None:
        from wizard.checks.clients import proxy_address

        self.proxy_problem.setText("")
        try:
            self._set(proxy=proxy_address(self.proxy.text()))
        except Mistake as mistake:
            self.proxy_problem.setText(mistake.sentence)
        self.proxy_problem.setVisible(bool(self.proxy_problem.text()))

    def _set_editor(self) -> None:
        self._set(editor=self.editor.text().strip())

    def _draw(self) -> None:
        settings = preferences_of(self.context).settings
        self.theme.setCurrentIndex(max(0, self.theme.findData(settings.theme)))
        for field, n in ((self.lock, settings.lock_after_minutes), (self.seconds, settings.timeout_seconds)):
            if field.value() != n:
                field.blockSignals(True)
                field.setValue(n)
                field.blockSignals(False)
        if not self.proxy.hasFocus() or not self.proxy_problem.text():
            self.proxy.setText(settings.proxy)
            self.proxy_problem.hide()
        self.careful.setChecked(settings.careful)
        if not self.editor.hasFocus() or self.editor.text().strip() == settings.editor:
            self.editor.setText(settings.editor)
        missing = bool(settings.editor) and shutil.which(settings.editor) is None
        self.editor_problem.setVisible(missing)
        self.editor_problem.setText(
            _("{name} is no program that is found here. It is one program, without arguments.").format(
                name=settings.editor
            )
            if missing
            else ""
        )
        changed = [name for name in settings.changed if name in self._marks]
        for name, mark in self._marks.items():
            mark.setVisible(name in changed)
        self.set_sentence(
            _("Applied at once. {n} changed.").format(n=len(changed))
            if changed
            else _("Applied at once. Everything is at its default.")
        )


class _Changed(QWidget):
    """The mark beside a preference that is not what it was at first, with the way back."""

    def __init__(self) -> None:
        super().__init__()
        self.reset = LinkButton(_("Set back"))
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(PlainLabel(_("Changed"), "accent"))
        row.addWidget(self.reset)


def _left(widget: QWidget) -> QWidget:
    holder = QWidget()
    holder.setLayout(beside(widget))
    return holder
