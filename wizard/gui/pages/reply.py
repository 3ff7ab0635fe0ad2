"""The reply to a request: what is in it so far, looking at the hosts that it names, and the one sealed file."""

from __future__ import annotations

import re
from pathlib import Path

from PySide6.QtWidgets import QWidget

from wizard.domain.language import _, ngettext
from wizard.domain.members import grouped
from wizard.domain.mistakes import Mistake
from wizard.gui import words
from wizard.gui.context import Context, Place
from wizard.gui.pages.errand import preferences_of
from wizard.gui.pages.form import beside
from wizard.gui.widgets import choosing
from wizard.gui.widgets.buttons import FilledButton, LinkButton, OutlineButton
from wizard.gui.widgets.card import Card
from wizard.gui.widgets.page import Foot, Page
from wizard.gui.widgets.plain import FactLabel, PlainLabel
from wizard.session import answering, summaries
from wizard.session.changes import Change
from wizard.session.deeds import looking

_REPLY = ".attestry-reply"


class ReplyPage(Page):
    """Shown while an answer to a request is open."""

    def __init__(self, context: Context, parent: QWidget | None = None):
        super().__init__(context, _("Your reply"), "", parent)
        self._last: Path | None = None
        self._inside = Card()
        self._said = PlainLabel("", wrap=True)
        self._shown = PlainLabel("", wrap=True)
        self._looked = PlainLabel("", wrap=True)
        self._inside.body.addWidget(PlainLabel(_("What is in it"), "heading"))
        for label in (self._said, self._shown, self._looked):
            self._inside.body.addWidget(label)
        self._hosts = Card()
        self._list = PlainLabel("", wrap=True)
        self._statement = PlainLabel(looking.statement(), "quiet", wrap=True)
        self.look = OutlineButton()
        self._see = LinkButton(_("See what the checks saw"))
        self._see.clicked.connect(lambda: self.go.emit(Place("checks")))
        self._hosts.body.addWidget(PlainLabel(_("Look at their hosts from here"), "heading"))
        self._hosts.body.addWidget(self._list)
        self._hosts.body.addWidget(self._statement)
        self._hosts.body.addLayout(beside(self.look, self._see))
        self.look.clicked.connect(self._look)
        self._send = Card()
        self.save = FilledButton(_("Save the reply…"))
        self._how = PlainLabel("", "quiet", wrap=True)
        self._busy = PlainLabel("", "quiet", wrap=True)
        self._key_words = PlainLabel("", wrap=True)
        self._key = FactLabel("")
        self._send.body.addWidget(PlainLabel(_("Send it"), "heading"))
        self._send.body.addWidget(self._how)
        self._send.body.addLayout(beside(self.save))
        self._send.body.addWidget(self._busy)
        self._send.body.addWidget(self._key_words)
        self._send.body.addWidget(self._key)
        self.save.clicked.connect(self._save)
        context.work.changed.connect(self._draw_deeds)
        for card in (self._inside, self._hosts, self._send):
            self.body.addWidget(card)
        self.body.addStretch(1)

    def shown(self, place: Place) -> None:
        """Draw everything anew."""
        self._draw()

    def redraw(self, change: Change) -> None:
        self._draw()

    def foot(self) -> Foot:
        return Foot(next_shown=False)

    def _draw(self) -> None:
        session = self.context.open
        request = session.request
        if request is None:
            return
        heading, assessment = request.heading, session.assessment
        findings = session.findings
        total = len(request.requirements)
        done = sum(summaries.answered(findings[id]) for id in request.requirements)
        until = _(" until {day}").format(day=words.day(heading.due)) if heading.due else ""
        asked = _("{who} asked you{until}.").format(who=heading.lead.name, until=until)
        self.set_sentence(f"{asked} {answering.late_words(heading.due, self.context.now().date())}".strip())
        said = ngettext("{done} of {all} requirement answered", "{done} of {all} requirements answered", total)
        self._said.setText(said.format(done=done, all=total))
        files = len(assessment.evidence)
        self._shown.setText(ngettext("{n} file", "{n} files", files).format(n=files))
        runs = len(assessment.runs)
        self._looked.setText(ngettext("{n} look from here", "{n} looks from here", runs).format(n=runs))
        self._looked.setVisible(bool(heading.hosts))
        self._hosts.setVisible(bool(heading.hosts))
        agreed = assessment.scope.confirmed
        self._list.setText(", ".join(looking.targets(session)))
        self._statement.setVisible(not agreed)
        self.look.setText(_("Look again") if runs else _("Look") if agreed else _("Agree, and look"))
        self._draw_deeds()
        self._see.setVisible(bool(runs))
        self._how.setText(
            _(
                "One file, sealed so that only {who} can open it, and signed with your key. Send it by any channel. "
                "You can add to it and save it again."
            ).format(who=heading.lead.name)
        )
        self._key_words.setText(
            _("Saved at {path}. When {who} asks, this is the fingerprint of your key:").format(
                path=self._last, who=heading.lead.name
            )
        )
        self._key.setText(grouped(session.workspace.author))
        self._key_words.setVisible(self._last is not None)
        self._key.setVisible(self._last is not None)

    def _draw_deeds(self) -> None:
        """What can be done now: a reply that is sealed while a file is being added would go without it."""
        session, running = self.context.session, self.context.work.running
        if session is None or session.request is None:
            return
        self.look.setEnabled(not session.read_only and not running)
        self.save.setEnabled(not running)
        self._busy.setText(_("One moment: {what}.").format(what=running[0].title) if running else "")
        self._busy.setVisible(bool(running))

    def _look(self) -> None:
        session = self.context.open
        if session.assessment.scope.confirmed:
            self._look_now(None)
            return
        try:
            self.when_saved(looking.confirm_scope(session, answering.name_of(session)), self._look_now)
        except Mistake as mistake:
            self.say_mistake(mistake)

    def _look_now(self, _agreed: object) -> None:
        session = self.context.open

        def done(_looks: object) -> None:
            self._draw()
            self.message_bar.say(_("The checks have looked. What they saw goes with the reply."))

        try:
            options = self.context.look_options()
            self.start(
                lambda hear: looking.look(session, hear=hear, options=options), done, each=lambda _event: self._draw()
            )
        except Mistake as mistake:
            self.say_mistake(mistake)

    def _save(self) -> None:
        session = self.context.open
        name = re.sub(r"[^\w-]+", "-", answering.name_of(session)).strip("-") or _("reply")
        start = preferences_of(self.context).home.documents / f"{name}{_REPLY}"
        target = choosing.choose_target(self, _("Save the reply"), start)
        if target is None:
            return
        if target.suffix != _REPLY:
            target = target.with_name(target.name + _REPLY)

        def saved(sent: answering.Replied) -> None:
            self._last = sent.path
            self._draw()
            self.message_bar.say(_("The reply is at {path}. Send it by any channel.").format(path=sent.path))

        self.start(lambda hear: answering.reply(session, target, hear), saved)
