"""A file that holds what looks like a live secret: black it out, say what each secret is, or leave the file out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from wizard.checks.code.leak import Leak
from wizard.domain.events import SecretDisposed, SecretVerdict
from wizard.domain.language import _, ngettext
from wizard.gui.context import Place
from wizard.gui.pages.form import Form, beside
from wizard.gui.widgets.buttons import FilledButton, OutlineButton
from wizard.gui.widgets.card import Card
from wizard.gui.widgets.day_field import DayField
from wizard.gui.widgets.fields import ComboField, LineField
from wizard.gui.widgets.plain import ElidedLabel, FactLabel, PlainLabel
from wizard.session.deeds.evidence_secrets import HeldBack, WayOut

_MOST = 40


class HeldSheet(Card):
    """`settled(sheet, SecretDisposed)` for one secret, `again()` when all are, `blacking_out()`, `left()`."""

    settled = Signal(object, object)
    again = Signal()
    blacking_out = Signal()
    left = Signal()

    def __init__(self, held: HeldBack):
        super().__init__("contradicts")
        self.held = held
        self._leaks: dict[str, Leak] = {
            leak.fingerprint: leak for leak in sorted(held.examined.live, key=lambda leak: (leak.file, leak.line))
        }
        self.title = ElidedLabel(
            _("{name} is not sealed yet: it may hold a live secret").format(name=held.path.name), "heading"
        )
        self.why = PlainLabel(_why(held.way_out), wrap=True)
        self.list = FactLabel()
        self.secret, self.verdict = ComboField(), ComboField()
        for verdict, text in (
            (SecretVerdict.FALSE_POSITIVE, _("Not a secret")),
            (SecretVerdict.REVOKED, _("Revoked and replaced")),
        ):
            self.verdict.addItem(text, verdict.value)
        self.verdict.currentIndexChanged.connect(lambda _n: self._fit())
        self.because = LineField(hint=_("Why it is no secret, or why nothing replaces it"))
        self.revoked, self.rotated = DayField(), DayField()
        self._days: list[QWidget] = []
        self.body.addWidget(self.title)
        self.body.addWidget(self.why)
        self.body.addWidget(self.list)
        for text, field, day in (
            (_("Secret"), self.secret, False),
            (_("What it is"), self.verdict, False),
            (_("Because"), self.because, False),
            (_("Revoked on"), self.revoked, True),
            (_("Replaced on"), self.rotated, True),
        ):
            form = Form(fields=420, labels=120)
            form.row(text, field)
            self.body.addWidget(form)
            if day:
                self._days.append(form)
        self.problem = PlainLabel("", "red", wrap=True)
        self.problem.hide()
        self.black_out_button = FilledButton(_("Black it out…"))
        self.settle_button = OutlineButton(_("That is what it is"))
        self.leave_button = OutlineButton(_("Leave the file out"))
        self.black_out_button.clicked.connect(self.blacking_out)
        self.settle_button.clicked.connect(self._settle)
        self.leave_button.clicked.connect(self.left)
        self.body.addWidget(self.problem)
        self.body.addLayout(beside(self.black_out_button, self.settle_button, self.leave_button))
        can_be_marked = held.way_out is WayOut.BLACK_OUT
        self.black_out_button.setVisible(can_be_marked)
        self.setFocusProxy(self.black_out_button if can_be_marked else self.settle_button)
        self._fit()
        self._draw()

    def say(self, sentence: str) -> None:
        """What keeps it from being recorded."""
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))

    def was_settled(self, fingerprint: str) -> None:
        """What one secret is was recorded; with the last one the file is looked at again and sealed."""
        self._leaks.pop(fingerprint, None)
        self.because.clear()
        if self._leaks:
            self._draw()
        else:
            self.again.emit()

    def _draw(self) -> None:
        lines = [f"{_where(leak)}  {leak.rule.partition('.')[2]}  {leak.masked}" for leak in self._leaks.values()]
        more = len(lines) - _MOST
        if more > 0:
            lines = [*lines[:_MOST], ngettext("and {n} more", "and {n} more", more).format(n=more)]
        self.list.setText("\n".join(lines))
        self.secret.clear()
        if len(self._leaks) > 1:
            self.secret.addItem(_("All {n} of them").format(n=len(self._leaks)), "")
        for leak in self._leaks.values():
            self.secret.addItem(f"{leak.masked} ({_where(leak)})", leak.fingerprint)

    def _fit(self) -> None:
        for form in self._days:
            form.setVisible(self.verdict.currentData() == SecretVerdict.REVOKED.value)

    def _settle(self) -> None:
        try:
            revoked, rotated = self.revoked.day(), self.rotated.day()
        except ValueError as wrong:
            self.say(str(wrong))
            return
        self.say("")
        verdict = SecretVerdict(self.verdict.currentData())
        if verdict is not SecretVerdict.REVOKED:
            revoked = rotated = None
        chosen, because = str(self.secret.currentData()), self.because.text().strip()
        for fingerprint in (chosen,) if chosen else tuple(self._leaks):
            self.settled.emit(self, SecretDisposed(fingerprint, verdict, because, revoked, rotated))
            if not self.problem.isHidden():  # what is missing for one is missing for all
                return


def _why(way_out: WayOut) -> str:
    match way_out:
        case WayOut.BLACK_OUT:
            return _(
                "Everyone who gets this evidence could use it. Black it out in a copy, or say for each what it is; "
                "revoke what anyone else may have seen."
            )
        case WayOut.MAIL:
            return _(
                "Everyone who gets this evidence could use it. It stands in Base64 in the mail, so you would not find "
                "it to black it out: take it out of the mail, save the mail again and add that, or say for each what "
                "it is; revoke what anyone else may have seen."
            )
        case WayOut.SOURCE:
            return _(
                "Everyone who gets this evidence could use it. Only pictures and texts can be blacked out here: make "
                "the file again without it and add that, or take a picture of the page that you want to show and "
                "black that out. Or say for each what it is; revoke what anyone else may have seen."
            )
    assert_never(way_out)


def where_they_are_settled(held: Sequence[HeldBack], requirement: str = "") -> Place:
    """The page of evidence, with files that were held back elsewhere: what a secret in them is can be said there."""
    return Place("evidence", "\0".join(str(each.path) for each in held), requirement)


def let_go(sheet: HeldSheet) -> None:
    """The sheet goes; the file stays where it is."""
    sheet.hide()
    sheet.deleteLater()


def _where(leak: Leak) -> str:
    line = _("line {n}").format(n=leak.line)
    return f"{leak.file}, {line}" if leak.file else line
