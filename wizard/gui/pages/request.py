"""Opens a teammate's request: who asks for what, and the passphrase under which the answers lie on this computer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from wizard.domain.language import _, ngettext
from wizard.domain.members import grouped
from wizard.domain.mistakes import Mistake
from wizard.gui import words
from wizard.gui.context import Context, Place, sentence_of
from wizard.gui.pages import errand
from wizard.gui.pages.errand import preferences_of
from wizard.gui.pages.form import Form, beside, empty
from wizard.gui.pages.vault_stop import SHORTEST
from wizard.gui.widgets.buttons import FilledButton, LinkButton
from wizard.gui.widgets.card import Card
from wizard.gui.widgets.fields import LineField
from wizard.gui.widgets.page import Foot, Page, Side
from wizard.gui.widgets.passphrase import PassphraseField, StrengthMeter
from wizard.gui.widgets.plain import FactLabel, PlainLabel

if TYPE_CHECKING:
    from wizard.exchange.request import Request
    from wizard.session.session import Session


class RequestPage(Page):
    """`Place.item` is the request file. Nothing is made before the person presses the button."""

    def __init__(self, context: Context, parent: QWidget | None = None):
        super().__init__(context, _("You were asked for evidence"), "", parent)
        self._file = Path()
        self._request: Request | None = None
        self._again = False
        self._working = False
        self.what = Card()
        self.name = LineField(hint=_("As they will see it"))
        self.passphrase = PassphraseField(_("Passphrase"))
        self.again = PassphraseField(_("Passphrase once more"))
        self._meter = StrengthMeter(SHORTEST)
        self.button = FilledButton()
        self.forgotten = LinkButton(_("Forgotten? Begin anew, with another passphrase"))
        self.forgotten.clicked.connect(self._begin_anew)
        self.problem = PlainLabel("", "red", wrap=True)
        self._why = PlainLabel("", "quiet", wrap=True)
        self._form = Form()
        self._form.row(_("Your name"), self.name)
        self._form.row(_("Passphrase"), self.passphrase)
        self._form.under(self._meter)
        self._form.row(_("Once more"), self.again)
        self._form.under(self._why)
        self._form.row("", beside(self.button, self.forgotten))
        self._form.under(self.problem)
        self.body.addWidget(self.what)
        self.body.addWidget(self._form)
        self.body.addStretch(1)
        for field in (self.passphrase, self.again, self.name):
            field.textChanged.connect(self._typed)
            field.returnPressed.connect(self._begin)
        self.button.clicked.connect(self._begin)

    def shown(self, place: Place) -> None:
        """Read the request and show it."""
        from wizard.exchange import request as requests
        from wizard.session import answering

        self._file = Path(place.item)
        self._request = None
        for field in (self.passphrase, self.again):
            field.clear()
        empty(self.what.body)
        try:
            self._request = request = requests.read(self._file)
        except Mistake as mistake:
            self.set_sentence(mistake.sentence)
            self.what.hide()
            self._form.hide()
            return
        self.what.show()
        self._form.show()
        self._again = answering.folder_of(request, preferences_of(self.context)).is_dir()
        self._show(request)
        self._typed()

    def left(self) -> None:
        """Nothing typed stays behind."""
        for field in (self.passphrase, self.again):
            field.clear()
            field.hide_text()

    def foot(self) -> Foot:
        return Foot(left=_("Nothing is sent until you send it"), next_shown=False)

    def side(self) -> Side | None:
        return Side(_("A request for evidence"))

    def back_pressed(self) -> bool:
        self.go.emit(Place("welcome"))
        return True

    def _show(self, request: Request) -> None:
        from wizard.session import answering

        heading = request.heading
        count = len(request.requirements)
        asks = ngettext("{who} asks about {n} requirement", "{who} asks about {n} requirements", count)
        until = _(" until {day}").format(day=words.day(heading.due)) if heading.due else ""
        what = heading.integration or heading.organisation
        sentence = asks.format(who=heading.lead.name, n=count) + until + _(", for {what}.").format(what=what)
        self.set_sentence(f"{sentence} {answering.late_words(heading.due, self.context.now().date())}".strip())
        body = self.what.body
        if heading.message:
            body.addWidget(PlainLabel(_("They write"), "strong"))
            body.addWidget(PlainLabel(heading.message, wrap=True))
        for section in request.asked.sections:
            for requirement in section.requirements:
                body.addWidget(PlainLabel(f"{requirement.id} · {requirement.title}", wrap=True))
        if heading.hosts:
            hosts = ", ".join(host.subject for host in heading.hosts)
            body.addWidget(
                PlainLabel(_("You may look at, if you agree: {hosts}").format(hosts=hosts), "quiet", wrap=True)
            )
        body.addWidget(PlainLabel(_("The fingerprint of their key, to compare with them:"), "quiet"))
        body.addWidget(FactLabel(grouped(heading.lead.author)))
        if not self.name.text():
            self.name.setText(heading.to)
        self.forgotten.setVisible(self._again)
        for field in (self.again, self._meter, self.name):
            field.setEnabled(not self._again)
        self._why.setText(
            _("You answered this assessment before: the same passphrase opens your answers.")
            if self._again
            else _("Your answers stay on this computer, encrypted with it. What you sent already does not need it.")
        )

    def _begin_anew(self) -> None:
        from wizard.session import answering

        if self._request is None or self._working:
            return
        try:
            answering.put_aside(self._request, preferences_of(self.context))
        except Mistake as mistake:
            self._say(mistake.sentence)
            return
        self.shown(Place("request", str(self._file)))
        self.message_bar.say(_("Your earlier answers stay beside, closed. What you answer now is a new beginning."))

    def _typed(self) -> None:
        text = self.passphrase.text()
        self._meter.show_for("" if self._again else text)
        ready = bool(text) if self._again else len(text) >= SHORTEST and text == self.again.text()
        self.button.setEnabled(ready and bool(self.name.text().strip()) and not self._working)
        self.button.setText(
            _("Opening…") if self._working else _("Open my answers") if self._again else _("Begin to answer")
        )
        differ = not self._again and bool(self.again.text()) and not text.startswith(self.again.text())
        self._say(_("The two passphrases differ.") if differ else "")

    def _say(self, sentence: str) -> None:
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))

    def _begin(self) -> None:
        if not self.button.isEnabled() or self._request is None:
            return
        file, text, name, again = self._file, self.passphrase.text(), self.name.text().strip(), self._again
        preferences = preferences_of(self.context)
        self._working = True
        self._typed()

        def work() -> Session:
            from wizard.session import answering
            from wizard.vault.unlocking import WithPassphrase

            if again:
                return answering.go_on(file, WithPassphrase(text), preferences)
            return answering.begin(file, preferences, passphrase=text, remember=False, name=name)

        errand.run(self, _("Opening"), work, self._opened, failed=self._refused, let_go=lambda s: s.close())

    def _opened(self, session: Session) -> None:
        self._working = False
        self.left()
        first = session.questionnaire.sections[0].id
        self.opened.emit((session, Place("section", first)))

    def _refused(self, error: Exception) -> None:
        self._working = False
        self._typed()
        self._say(sentence_of(error))
        self.passphrase.selectAll()
        self.passphrase.setFocus()
