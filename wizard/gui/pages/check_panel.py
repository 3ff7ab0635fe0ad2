"""What a check saw on one host: said, asked, answered, rule, remedy, and what can be done about it."""

from __future__ import annotations

import re
import textwrap

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from wizard.checks.every import rule_now
from wizard.domain import events as e
from wizard.domain import readable
from wizard.domain.language import _, ngettext
from wizard.domain.observation import Result
from wizard.gui import words
from wizard.gui.context import Context, Place
from wizard.gui.icons import glyph_icon
from wizard.gui.pages.check_lines import CheckGroup, Look, said_of
from wizard.gui.pages.form import beside, empty
from wizard.gui.widgets.badge import Badge
from wizard.gui.widgets.buttons import FilledButton, LinkButton, OutlineButton
from wizard.gui.widgets.card import Card
from wizard.gui.widgets.fields import ComboField
from wizard.gui.widgets.flow import Flow
from wizard.gui.widgets.growing_text import GrowingText
from wizard.gui.widgets.plain import FactLabel, PlainLabel
from wizard.session.session import Session
from wizard.session.summaries import CheckRow

#: How proofs of HTTP looks begin: the address, an arrow, the status.
_ASKED = re.compile(r"^(https?)://([^/\s]+)(\S*) → (\S+)", re.MULTILINE)
#: Characters in a line of facts, and lines shown.
_WIDE, _MOST = 38, 12
_LONG = re.compile(rf"\S{{{_WIDE + 1},}}")


class CheckPanel(Card):
    """`again(check, subject)`, `disputed(requirement, text)`; `go(Place)` for links."""

    again = Signal(str, str)
    disputed = Signal(str, str)
    go = Signal(object)

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent=parent)
        self._group: CheckGroup | None = None
        self._row: CheckRow | None = None
        self._context: Context | None = None
        self._running = False
        self._drawn: tuple[CheckRow, str, str] | None = None
        self._linked: tuple[str, ...] | None = None
        self._listed: list[tuple[str, QIcon]] = []
        self.badge = Badge()
        self._ids = QHBoxLayout()
        self._ids.setSpacing(4)
        head = QHBoxLayout()
        head.addWidget(self.badge)
        head.addStretch(1)
        head.addLayout(self._ids)
        self._title = PlainLabel("", "heading", wrap=True)
        self.hosts = ComboField()
        self.hosts.setAccessibleName(_("Host"))
        self.hosts.activated.connect(lambda n: self._show_row(self._group.rows[n]) if self._group else None)
        self._facts = QVBoxLayout()
        self._facts.setSpacing(0)
        self._left = False
        self.again_button = OutlineButton(_("Look again"))
        self.copy_button = OutlineButton(_("Copy"))
        self.dispute_button = OutlineButton(_("Dispute…"))
        self.again_button.clicked.connect(self._again)
        self.copy_button.clicked.connect(self._copy)
        self.dispute_button.clicked.connect(self._turn_dispute)
        self._dispute = QWidget()
        self._why = GrowingText(hint=_("Why the answer stands although the check says otherwise"), lines=2)
        self._why.setAccessibleName(_("Why the answer stands"))
        self.keep = FilledButton(_("Keep this explanation"))
        self.keep.clicked.connect(self._disputed)
        dispute = QVBoxLayout(self._dispute)
        dispute.setContentsMargins(0, 8, 0, 0)
        dispute.setSpacing(8)
        dispute.addWidget(self._why)
        dispute.addWidget(
            PlainLabel(
                _("The state stays as it is; your words stand beside it, here and in the attestation. "
                  "You can add evidence on the evidence page."), "quiet", wrap=True)
        )  # fmt: skip
        dispute.addLayout(beside(self.keep))
        self._dispute.hide()
        self.body.setSpacing(6)
        self.body.addLayout(head)
        self.body.addWidget(self._title)
        self.body.addWidget(self.hosts)
        self.body.addLayout(self._facts)
        self.body.addSpacing(8)
        deeds = Flow(gap=8)
        for button in (self.again_button, self.copy_button, self.dispute_button):
            deeds.add(button)
        self.body.addWidget(deeds)
        self.body.addWidget(self._dispute)

    def show_group(self, group: CheckGroup, context: Context, *, running: bool) -> None:
        """Show one check; the host that was chosen stays chosen."""
        subject = self._row.subject if self._row and self._group and self._group.check == group.check else ""
        self._group, self._context, self._running = group, context, running
        self._show_row(next((row for row in group.rows if row.subject == subject), group.worst))

    def _show_row(self, row: CheckRow) -> None:
        context, group = self._context, self._group
        if context is None or group is None:
            return
        other = self._row is None or (self._row.check, self._row.subject) != (row.check, row.subject)
        self._row = row
        session = context.open
        look = Look.of(row)
        self.badge.set(look.sign, look.word)
        many = len(group.rows) > 1
        self._title.setText(row.title if many else _("{check} on {host}").format(check=row.title, host=row.subject))
        self._draw_ids(row, session)
        self._draw_hosts(group, row)
        said = self._said(row, session)
        noted = self._noted(row, session)
        if (row, said, noted) != self._drawn:  # drawing the same again would cost 50 ms and every text selection
            self._drawn = (row, said, noted)
            empty(self._facts)
            self._part(_("You said"), PlainLabel(said or _("Nothing yet."), "text" if said else "quiet", wrap=True))
            if row.observation is None:
                self._part(_("What it saw"), PlainLabel(_("It has not looked at this host yet."), wrap=True))
            else:
                self._seen(row, row.observation.result, session)
            if noted:
                self._part(_("Your explanation"), PlainLabel(noted, wrap=True))
        self.again_button.setText(_("Look") if row.observation is None else _("Look again"))
        self._may_look(not self._running and not session.read_only)
        self.copy_button.setVisible(row.observation is not None)
        disputable = self._disputable(row, session)
        self.dispute_button.setVisible(bool(disputable) and not session.read_only)
        if other:
            self._dispute.hide()
            self._why.setText(noted)

    def _may_look(self, may: bool) -> None:
        """While it looks the button is grey and Qt gives its focus to the next; afterwards it is back."""
        self._left = self._left or (self.again_button.hasFocus() and not may)
        self.again_button.setEnabled(may)
        if may and self._left:
            self._left = False
            if self.copy_button.hasFocus() or self.dispute_button.hasFocus():
                self.again_button.setFocus()

    def _draw_ids(self, row: CheckRow, session: Session) -> None:
        if row.requirements == self._linked:
            return
        self._linked = row.requirements
        empty(self._ids)
        for id in row.requirements[:3]:
            link = LinkButton(id, quiet=True)
            link.setAccessibleName(_("Go to {id}").format(id=id))
            link.setToolTip(session.questionnaire.by_id[id].title)
            section = session.questionnaire.section_of[id]
            link.clicked.connect(
                lambda _c=False, id=id, section=section: self.go.emit(Place("section", section.id, id))
            )
            self._ids.addWidget(link)

    def _draw_hosts(self, group: CheckGroup, row: CheckRow) -> None:
        many = len(group.rows) > 1
        self.hosts.setVisible(many)
        signs = [(each.subject, Look.of(each).sign) for each in group.rows] if many else []
        listed = [(subject, glyph_icon(sign.glyph, sign.color)) for subject, sign in signs]
        if listed != self._listed:
            self._listed = listed
            self.hosts.clear()
            for subject, icon in listed:
                self.hosts.addItem(icon, subject)
        self.hosts.setCurrentIndex(group.rows.index(row))
        self.hosts.setAccessibleDescription(Look.of(row).word)

    def _said(self, row: CheckRow, session: Session) -> str:
        said: list[str] = []
        for id in row.requirements:
            for question in session.questionnaire.questions_for(id):
                answer = session.assessment.answers.get(question.id)
                if answer is not None and answer.given:
                    names = {item.id: item.name for item in session.assessment.evidence.values()}
                    said.append(f"{question.ask} {readable.one_line(question, answer, names)}")
        return "\n".join(said[:3])

    def _noted(self, row: CheckRow, session: Session) -> str:
        disputable = self._disputable(row, session)
        noted = session.assessment.explanations.get(disputable) if disputable else None
        return noted.payload.text if noted and isinstance(noted.payload, e.ContradictionExplained) else ""

    def _seen(self, row: CheckRow, result: Result, session: Session) -> None:
        asked = tuple(_ASKED.finditer(result.proof))
        if asked:
            first = asked[0]
            self._part(_("Request sent"), FactLabel(f"GET {first[3] or '/'} HTTP/1.1\nHost: {first[2]}", block=True))
        when = words.clock(result.at) if result.at.date() == session.clock().date() else words.day(result.at.date())
        of = "".join(f" · {part}" for part in (", ".join(result.addresses[:2]), when) if part)
        answered = _ASKED.sub(r"HTTP \4" if len(asked) == 1 else r"HTTP \4   \1://\2\3", result.proof)
        if answered:
            shown = FactLabel(_fitting(answered), block=True)
            self._part(_("Answer received") + of, shown, tip=words.exactly(result.at))
            of = ""
        self._part(_("What it saw") + of, self._summary(row, result), tip=words.exactly(result.at))
        if result.inconsistent:
            self._part("", PlainLabel(_("Two looks of the same run did not agree."), "unsure", wrap=True))
        if row.observation is not None and row.observation.runs > 1:
            n, failed = row.observation.runs, row.observation.failed_runs
            many = ngettext("Looked {n} time; {m} not as required.", "Looked {n} times; {m} not as required.", n)
            self._part("", PlainLabel(many.format(n=n, m=failed), "quiet", wrap=True))
        if row.observation is not None and (before := row.observation.previous) is not None:
            self._before(before, result)
        rule = PlainLabel(f"{result.source} ({result.rule})", wrap=True)
        self._part(_("Rule"), rule)
        if now := rule_now(result):
            said = _("This rule has changed since ({rule} now). The result counts as it is; look again for a new one.")
            self._part("", PlainLabel(said.format(rule=now), "unsure", wrap=True))
        if result.next_step:
            self._part(_("What to try"), PlainLabel(result.next_step, wrap=True))
        if result.fix:
            self._part(_("How to fix it"), FactLabel(_fitting(result.fix), block=True))
        elif Look.of(row) <= Look.NOT_RECOMMENDED and (fix := _fix(row, session)):
            self._part(_("How to fix it"), PlainLabel(fix, wrap=True))

    def _before(self, before: Result, now: Result) -> None:
        """What the look before said, where it said something else."""
        if (before.verdict, before.summary) == (now.verdict, now.summary):
            return
        when = words.day(before.at.date())
        said = said_of(before)
        if before.rule != now.rule:
            said += "\n" + _("It was judged by another rule ({rule}).").format(rule=before.rule)
        self._part(_("The look before ({day})").format(day=when), PlainLabel(said, "quiet", wrap=True),
                   tip=words.exactly(before.at))  # fmt: skip

    def _summary(self, row: CheckRow, result: Result) -> PlainLabel:
        look = Look.of(row)
        role = "red" if look <= Look.NOT_MET else "unsure" if look <= Look.COULD_NOT else "text"
        return PlainLabel(result.summary, role, wrap=True)  # type: ignore[arg-type]

    def _part(self, heading: str, content: QWidget, tip: str = "") -> None:
        if heading:
            label = PlainLabel(heading, "quiet", wrap=True)
            label.setToolTip(tip)
            label.setContentsMargins(0, 8, 0, 2)
            self._facts.addWidget(label)
        self._facts.addWidget(content)

    def _turn_dispute(self) -> None:
        self._dispute.setVisible(self._dispute.isHidden())
        if self._dispute.isVisible():
            self._why.setFocus()

    def _disputable(self, row: CheckRow, session: Session) -> str:
        """The requirement whose answer this row contradicts; "" when it contradicts none."""
        if not row.contradicts:
            return ""
        return next((id for id in row.requirements if session.findings[id].contradicted), "")

    def _again(self) -> None:
        if self._row is not None:
            self.again.emit(self._row.check, self._row.subject)

    def _copy(self) -> None:
        row = self._row
        if row is None or row.observation is None:
            return
        result = row.observation.result
        lines = (
            _("{check} on {host}").format(check=row.title, host=row.subject),
            self.badge.text,
            words.exactly(result.at) + " " + ", ".join(result.addresses),
            result.summary,
            result.proof,
            f"{result.source} ({result.rule})",
            result.fix,
        )
        QGuiApplication.clipboard().setText("\n".join(filter(None, (line.strip() for line in lines))))
        self.copy_button.setText(_("Copied"))

    def _disputed(self) -> None:
        if self._row is not None and self._context is not None:
            requirement = self._disputable(self._row, self._context.open)
            if requirement and self._why.text().strip():
                self._dispute.hide()
                self.disputed.emit(requirement, self._why.text().strip())


def _fix(row: CheckRow, session: Session) -> str:
    return next((session.questionnaire.by_id[id].fix for id in row.requirements), "")


def _fitting(text: str) -> str:
    """Runs without spaces that would be cut off in pieces, at most a dozen lines; *Copy* gives the whole."""
    lines = _LONG.sub(lambda run: "\n".join(textwrap.wrap(run[0], _WIDE)), text).splitlines()
    return "\n".join(lines[:_MOST] + (["…"] if len(lines) > _MOST else []))
