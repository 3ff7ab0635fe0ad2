"""The one page that cannot be undone: the statement in full, who signs, with which key, and what stops it."""

from __future__ import annotations

import re
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from wizard.domain import events as e
from wizard.domain.attestation import Attestation, Blocker
from wizard.domain.language import _, ngettext
from wizard.domain.mistakes import Mistake
from wizard.gui import words
from wizard.gui.context import Context, Place
from wizard.gui.icons import Glyph
from wizard.gui.pages import errand
from wizard.gui.pages.first_page import FirstPageView
from wizard.gui.pages.form import beside, empty
from wizard.gui.pages.review import blocker_row
from wizard.gui.pages.review_lines import place_of
from wizard.gui.pages.signing_form import KeyForm, SignatoryForm, StampForm
from wizard.gui.pages.summary_card import SummaryCard
from wizard.gui.widgets import choosing
from wizard.gui.widgets.badge import GlyphMark
from wizard.gui.widgets.buttons import LinkButton, OutlineButton
from wizard.gui.widgets.card import Card, line
from wizard.gui.widgets.folded import Folded
from wizard.gui.widgets.icon_mark import IconMark
from wizard.gui.widgets.page import Foot, Page
from wizard.gui.widgets.plain import FactLabel, PlainLabel
from wizard.session.changes import Change
from wizard.session.deeds import answers, attesting, looking

#: After a change, wait this long for more before the pages are laid out again.
_SOON_MS = 1200
#: Someone who only passes through should not have the pages laid out.
_FIRST_MS = 250
#: So many blockers stand on the page at once; the rest is folded.
_AT_ONCE = 6


class SignPage(Page):
    """Next is the commit: *Sign and export…*."""

    def __init__(self, context: Context, parent: QWidget | None = None):
        super().__init__(context, _("Sign"), "", parent)
        self._signing = False
        self._blockers: tuple[Blocker, ...] = ()
        self._settle = QVBoxLayout()
        self._stale = _Stale()
        self._stale.again.clicked.connect(self._look_again)
        who = Card()
        who.body.addWidget(PlainLabel(_("Who signs"), "heading"))
        self.who = SignatoryForm()
        self.who.left_field.connect(self._name)
        who.body.addWidget(self.who)
        self.statement = _Statement()
        self.key = KeyForm()
        self.key.changed.connect(self.foot_changed)
        self.statement.body.addWidget(line())
        self.statement.body.addWidget(self.key)
        self.stamp = StampForm()
        self.more = Folded(_("Paper and time stamp"))
        self.more.body.setContentsMargins(0, 8, 0, 0)
        self.more.body.addWidget(self.stamp)
        self.statement.body.addWidget(self.more)
        self.statement.body.addLayout(self.statement.last_words)
        left = QVBoxLayout()
        left.setSpacing(12)
        left.addLayout(self._settle)
        left.addWidget(self._stale)
        left.addWidget(who)
        left.addWidget(self.statement)
        self.summary = SummaryCard(self.when_saved)
        left.addWidget(self.summary)
        left.addStretch(1)
        self.first_page = FirstPageView(self)
        self.digest = _Digest(self)
        right = QVBoxLayout()
        right.setSpacing(12)
        right.addWidget(self.first_page)
        right.addWidget(self.digest)
        right.addStretch(1)
        sides = QHBoxLayout()
        sides.setSpacing(24)
        sides.addLayout(left, 141)
        sides.addLayout(right, 100)
        self.body.addLayout(sides)
        self.body.addStretch(1)
        self._soon = QTimer(self, singleShot=True)
        self._soon.timeout.connect(self._lay_out)

    def shown(self, place: Place) -> None:
        """Draw everything anew; the first page follows."""
        self._draw()
        self._soon.start(_FIRST_MS)

    def left(self) -> None:
        """Nothing typed is lost, and no passphrase stays."""
        self._name()
        self.key.forget()
        self._soon.stop()
        self.first_page.stop()

    def redraw(self, change: Change) -> None:
        self._draw()
        self._soon.start(_SOON_MS)

    def foot(self) -> Foot:
        count = len(self._blockers)
        why = (
            ngettext("{n} thing to settle first", "{n} things to settle first", count).format(n=count)
            if count
            else self.key.missing
        )
        return Foot(
            next_text=_("Signing…") if self._signing else _("Sign and export…"),
            next_filled=not why,
            next_enabled=not why and not self._signing,
            why=why,
        )

    def next_pressed(self) -> bool:
        if not self._blockers and not self.key.missing and not self._signing:
            self._sign()
        return True

    # --- drawing -----------------------------------------------------------------------------------------------------

    def _draw(self) -> None:
        if self.context.session is None:  # news of a job that ended after the assessment was closed
            return
        session = self.context.open
        self._blockers = attesting.blockers(session)
        self.who.show_value(session.assessment.signatory)
        self.who.setEnabled(not session.read_only)
        self._draw_blockers()
        self._stale.show_stale(len({o.result.subject for o in attesting.stale_looks(session)}))
        self.digest.show_head(session.assessment.head)
        self.summary.show_levels(session)
        count = len(self._blockers)
        self.set_sentence(
            ngettext(
                "{n} thing stands between you and a signature.", "{n} things stand between you and a signature.", count
            ).format(n=count)
            if count
            else _("Nothing stands between you and a signature. Read the statement once more.")
        )
        self.foot_changed.emit()

    def _draw_blockers(self) -> None:
        session = self.context.open
        empty(self._settle)
        if not self._blockers:
            return
        n = len(self._blockers)
        card = Card("contradicts")
        card.body.setSpacing(0)
        card.body.addWidget(
            PlainLabel(ngettext("Settle this first", "Settle these {n} first", n).format(n=n), "heading")
        )
        card.body.addSpacing(8)
        rest = Folded(_("Show the other {n}").format(n=n - _AT_ONCE))
        rest.body.setContentsMargins(0, 0, 0, 0)
        for number, blocker in enumerate(self._blockers):
            row = blocker_row(session, blocker)
            row.clicked.connect(lambda _c=False, where=blocker.where: self._go_to(where))
            (card.body if number < _AT_ONCE else rest.body).addWidget(row)
        if n > _AT_ONCE:
            card.body.addWidget(rest)
        else:
            rest.deleteLater()
        self._settle.addWidget(card)

    def _go_to(self, where: str) -> None:
        if where == "sign":
            empty_field = next((f for f in (self.who.name, self.who.role, self.who.authority) if not f.text()), None)
            (empty_field or (self.who.email if self.who.wrong.text() else self.who.name)).setFocus()
        else:
            self.go.emit(place_of(self.context.open, where))

    def _lay_out(self) -> None:
        """Have the statement and the first page made from the assessment as it stands."""
        session = self.context.open
        errand.run(
            self, _("Reading the statement"), lambda: attesting.draft(session), self._show_statement,
        )  # fmt: skip
        self.first_page.draw(session)

    def _show_statement(self, draft: Attestation) -> None:
        self.statement.show_draft(draft, self.context.open.assessment.demonstration)

    # --- deeds -------------------------------------------------------------------------------------------------------

    def _name(self) -> None:
        session = self.context.session
        if session is None:  # a field that loses the focus because the assessment was closed has nobody to tell
            return
        value, before = self.who.value(), session.assessment.signatory or e.SignatoryNamed("", "", "")
        if value != before and not session.read_only:
            self.when_saved(answers.name_signatory(session, value))

    def _look_again(self) -> None:
        session = self.context.open
        hosts = {o.result.subject for o in attesting.stale_looks(session)}
        self._stale.again.setEnabled(False)

        def done(_looks: object) -> None:
            self._stale.again.setEnabled(True)
            self.message_bar.say(_("The checks have looked again."))

        def failed(error: Exception) -> None:
            self._stale.again.setEnabled(True)
            self.say_mistake(error)

        try:
            self.start(
                lambda hear: looking.look(session, hosts, hear=hear, options=self.context.look_options()),
                done,
                failed=failed,
                stopped=lambda: self._stale.again.setEnabled(True),
            )
        except Mistake as mistake:
            failed(mistake)

    def _sign(self) -> None:
        session = self.context.open
        described = session.assessment.described
        name = " ".join(re.sub(r"[^\w\- ]", "", described.integration).split()) or "Attestation"
        today = session.clock().date().isoformat()
        documents = self.context.preferences.home.documents if self.context.preferences else Path.home()
        start = documents / _("{name} attestation {day}.pdf").format(name=name, day=today)
        out = choosing.choose_target(self, _("Sign and export"), start, _("PDF (*.pdf)"))
        if out is None:
            return
        if out.suffix.lower() != ".pdf":
            out = out.with_name(out.name + ".pdf")
            if out.exists():  # the chooser asked about the name without the ending
                self.message_bar.say_mistake(
                    _("{name} is there already. Nothing was signed. Choose another name.").format(name=out.name)
                )
                return
        key = self.key.key()
        options = attesting.Options(
            str(self.stamp.paper.currentData()),
            self.summary.target(out),
            self.stamp.authority.text().strip(),
            self.stamp.wants(self.stamp.long_term),
            self.stamp.wants(self.stamp.long_term) and self.stamp.wants(self.stamp.archive),
        )
        if options.summary is not None and options.summary.exists():
            self.message_bar.say_mistake(
                _("{name} is there already. Nothing was signed. Choose another name.").format(name=options.summary.name)
            )
            return
        self._busy(True)

        def done(signed: attesting.Signed) -> None:
            self._busy(False)
            self.key.forget()
            self.go.emit(Place("done", str(signed.path)))

        def failed(error: Exception) -> None:
            self._busy(False)
            self._draw()
            self.say_mistake(error)

        def stopped() -> None:
            self._busy(False)
            self.message_bar.say(_("Stopped. Nothing was signed."))

        self.start(lambda hear: attesting.sign(session, out, key, hear, options), done, failed=failed, stopped=stopped)

    def _busy(self, busy: bool) -> None:
        self._signing = busy
        self.who.setEnabled(not busy)
        self.key.setEnabled(not busy)
        self.stamp.setEnabled(not busy)
        self.summary.setEnabled(not busy)
        self.foot_changed.emit()


class _Stale(Card):
    """Looks of more than a day ago or by an older rule, and the offer to repeat them. They never stop a signature."""

    def __init__(self) -> None:
        super().__init__()
        self._said = PlainLabel("", wrap=True)
        self.again = OutlineButton(_("Look again"))
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(GlyphMark(Glyph.CLOCK, "unsure", _("Old")), 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._said, 1)
        row.addWidget(self.again)
        self.body.addLayout(row)

    def show_stale(self, hosts: int) -> None:
        """Show how many hosts were last looked at more than a day ago, or by rules that have changed since."""
        self.setVisible(bool(hosts))
        self._said.setText(
            ngettext(
                "{n} host was last looked at more than 24 hours ago, or by a rule that has changed since. It counts, "
                "and page 1 says when.",
                "{n} hosts were last looked at more than 24 hours ago, or by rules that have changed since. They "
                "count, and page 1 says when.",
                hosts,
            ).format(n=hosts)
        )


class _Statement(Card):
    """The declaration as it will be signed, its exceptions, and how long it holds."""

    def __init__(self) -> None:
        super().__init__()
        self.declaration = PlainLabel(_("Being written…"), wrap=True)
        self.signed_by = PlainLabel("", wrap=True)
        self.exceptions = PlainLabel("", wrap=True)
        self.until = PlainLabel("", "quiet", wrap=True)
        self.body.addWidget(PlainLabel(_("Declaration"), "heading"))
        for label in (self.declaration, self.signed_by, self.exceptions, self.until):
            self.body.addWidget(label)
        self.last_words = QHBoxLayout()
        self.last_words.setSpacing(8)
        self.last_words.addWidget(IconMark("info"), 0, Qt.AlignmentFlag.AlignTop)
        self.last_words.addWidget(
            PlainLabel(
                _("This cannot be undone. After signing, later edits need a new attestation."), "quiet", wrap=True
            ),
            1,
        )

    def show_draft(self, draft: Attestation, demonstration: bool) -> None:
        """Show the statement as it would be signed now."""
        self.declaration.setText(draft.declaration)
        who = draft.signatory
        known = ", ".join(filter(None, (who.name, who.role, who.authority, who.email)))
        self.signed_by.setText(_("Signed by {who}.").format(who=known) if known else _("Nobody is named to sign yet."))
        gaps = [
            _("{id} until {day}").format(id=item.id, day=words.day(item.exception.until))
            for group in draft.groups
            for item in group.items
            if item.exception is not None
        ]
        n = len(gaps)
        self.exceptions.setText(
            ngettext("With {n} exception: {list}.", "With {n} exceptions: {list}.", n).format(n=n, list=", ".join(gaps))
            if gaps
            else _("Without exceptions.")
        )
        until = _("Dated {day}. It holds until {until}.").format(
            day=words.day(draft.signed_at.astimezone().date()), until=words.day(draft.valid_until)
        )
        self.until.setText(until + " " + _("Every page says DEMONSTRATION.") if demonstration else until)


class _Digest(QWidget):
    """The digest that names exactly this state of the assessment."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self._page, self._head = page, ""
        self._fact = FactLabel("", wrap=False)
        self.copy = LinkButton(_("Copy"))
        self.copy.setAccessibleName(_("Copy the digest of the assessment"))
        self.copy.clicked.connect(self._copy)
        row = beside(PlainLabel(_("Digest of the assessment"), "quiet"), self._fact, self.copy)
        self.setLayout(row)

    def show_head(self, head: str) -> None:
        """Show the first sixteen signs in groups; *Copy* gives all."""
        self._head = head
        self._fact.setText(" ".join(head[i : i + 4] for i in range(0, 16, 4)))
        self._fact.setToolTip(head)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._head)
        self._page.message_bar.say(_("The whole digest is in the clipboard."))
