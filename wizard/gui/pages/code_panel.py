"""One secret that was found: where it stands, what it informs, and the form that says what became of it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from wizard.checks.code import wording
from wizard.checks.code.leak import Leak, Tier, Where
from wizard.domain import events as e
from wizard.domain.language import _
from wizard.gui.pages.form import Form, beside
from wizard.gui.widgets.buttons import FilledButton, LinkButton
from wizard.gui.widgets.card import Card
from wizard.gui.widgets.day_field import DayField
from wizard.gui.widgets.fields import ComboField, LineField
from wizard.gui.widgets.place_buttons import PlaceButtons
from wizard.gui.widgets.plain import FactLabel, PlainLabel

#: What a secret in code informs: the code, its addresses, and the credentials of Apollo's customers.
INFORMS = ("SEC-2", "SEC-3", "PRIV-1")


class CodePanel(Card):
    """`decided(fingerprint, verdict, because, revoked_on, rotated_on)`; `wanted(requirement)`; `said(sentence)`."""

    decided = Signal(str, object, str, object, object)
    wanted = Signal(str)
    said = Signal(str)

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent=parent)
        self._leak: Leak | None = None
        self.place = FactLabel()
        self.what = PlainLabel("", wrap=True)
        self.places = PlaceButtons()
        self.places.said.connect(self.said)
        self.places.failed.connect(self.say)
        links = []
        for id in INFORMS:
            link = LinkButton(id)
            link.clicked.connect(lambda _on=False, id=id: self.wanted.emit(id))
            links.append(link)
        self.verdict = ComboField()
        for verdict, text in (
            (e.SecretVerdict.OPEN, _("Open")),
            (e.SecretVerdict.REVOKED, _("Revoked and replaced")),
            (e.SecretVerdict.FALSE_POSITIVE, _("Not a secret")),
        ):
            self.verdict.addItem(text, verdict)
        self.verdict.setAccessibleName(_("What it is"))
        self.because = LineField(hint=_("Why it is no secret, or why nothing replaces it"))
        self.revoked, self.rotated = DayField(), DayField()
        form = Form(fields=420, labels=120)
        form.row(_("What it is"), self.verdict)
        form.row(_("Revoked on"), self.revoked)
        form.row(_("Replaced on"), self.rotated)
        form.row(_("Because"), self.because)
        self.problem = PlainLabel("", "red", wrap=True)
        self.problem.hide()
        self.save_button = FilledButton(_("Save"))
        self.save_button.clicked.connect(self._save)
        self.body.addWidget(self.place)
        self.body.addWidget(self.what)
        self.body.addWidget(self.places)
        self.body.addLayout(beside(PlainLabel(_("Informs"), "quiet"), *links))
        self.body.addWidget(form)
        self.body.addWidget(self.problem)
        self.body.addLayout(beside(self.save_button))

    def show_leak(
        self, leak: Leak, path: Path | None, decision: e.SecretDisposed | None, editor: str, *, may: bool
    ) -> None:
        """Show one; `path` is its file on this computer, if it is one. What is being typed for it stays."""
        same = self._leak is not None and self._leak.fingerprint == leak.fingerprint
        self._leak = leak
        self.place.setText(written_place(leak))
        lines = [wording.tier(leak.tier), wording.where(leak), leak.rule, leak.masked]
        if leak.commit:
            lines.append(_("first seen in commit {id}").format(id=leak.commit[:12]))
        if because := wording.because(leak):
            only = leak.tier is Tier.C  # the others break the page's rule all the same
            lines.append((_("listed only: {why}") if only else _("less sure: {why}")).format(why=because))
        self.what.setText(" · ".join(lines))
        self.places.show_path(path, editor)
        self.save_button.setEnabled(may)
        if not same:
            said = decision or e.SecretDisposed(leak.fingerprint)
            self.verdict.setCurrentIndex(max(0, self.verdict.findData(said.verdict)))
            self.because.setText(said.because)
            self.revoked.set_iso(said.revoked_on.isoformat() if said.revoked_on else "")
            self.rotated.set_iso(said.rotated_on.isoformat() if said.rotated_on else "")
            self.say("")

    def say(self, sentence: str) -> None:
        """What keeps it from being saved."""
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))

    def _save(self) -> None:
        if self._leak is None:
            return
        try:
            revoked, rotated = self.revoked.day(), self.rotated.day()
        except ValueError as wrong:
            self.say(str(wrong))
            return
        self.say("")
        verdict = e.SecretVerdict(self.verdict.currentData())
        revoked, rotated = (revoked, rotated) if verdict is e.SecretVerdict.REVOKED else (None, None)
        because = "" if verdict is e.SecretVerdict.OPEN else self.because.text()
        self.decided.emit(self._leak.fingerprint, verdict, because, revoked, rotated)


def written_place(leak: Leak) -> str:
    """Where it stands, in one line."""
    if not leak.file:
        return wording.where(leak)
    return f"{leak.file}:{leak.line}" if leak.line else leak.file


def file_on_disk(folder: Path | None, leak: Leak) -> Path | None:
    """The file that an editor could open; None for what stands in the history, in an archive or nowhere."""
    if folder is None or leak.where not in (Where.FILE, Where.IGNORED_FILE) or not leak.file:
        return None
    path = folder / leak.file.partition("!")[0]
    return path if path.is_file() else None
