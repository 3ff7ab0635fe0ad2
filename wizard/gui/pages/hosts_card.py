"""The hosts that are assessed: pasted, sorted out, shown in a table, and what a plain look says about each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from wizard.domain import newer
from wizard.domain.answers import Answer, AnswerState, Row
from wizard.domain.language import _, ngettext
from wizard.domain.observation import Observation, Verdict
from wizard.domain.questionnaire import Question
from wizard.domain.scope import parse_host
from wizard.gui import words
from wizard.gui.context import Context
from wizard.gui.icons import Glyph
from wizard.gui.pages.more_than_looking import NEED_MORE
from wizard.gui.questions.table import TableQuestion
from wizard.gui.widgets.buttons import OutlineButton
from wizard.gui.widgets.card import Card
from wizard.gui.widgets.fact_table import Cell, FactTable, Head, Line
from wizard.gui.widgets.growing_text import GrowingText
from wizard.gui.widgets.plain import PlainLabel, label_for
from wizard.session.session import Session

#: More than any integration has; a list that is longer was pasted by mistake.
MOST_HOSTS = 500


@dataclass(frozen=True, slots=True)
class SortedOut:
    """What became of pasted lines: rows to record, how many are new, how often one was there, what is no host.

    `over` are those beyond `MOST_HOSTS`.
    """

    rows: tuple[Row, ...]
    added: int
    twice: int
    refused: tuple[str, ...]
    over: tuple[str, ...] = ()


def sort_out(text: str, before: Sequence[Row]) -> SortedOut:
    """Put the hosts of pasted lines behind the rows that are there: schemes, paths, spaces and duplicates go.

    A line may hold several hosts, divided by spaces, commas or tabs.
    """
    rows = list(tidy(before))
    known = {parse_host(row.get("host")) for row in rows}
    added = twice = 0
    refused: list[str] = []
    over: list[str] = []
    for piece in text.replace(",", " ").replace(";", " ").split():
        parsed = parse_host(piece)
        if parsed is None or not _looks_like_a_host(parsed[0]):
            refused.append(piece)
        elif parsed in known:
            twice += 1
        elif len(rows) >= MOST_HOSTS:
            over.append(piece)
        else:
            known.add(parsed)
            added += 1
            # also of an address inside: a "no" that nobody said would make duties not applicable
            rows.append(Row((("host", _spelt(*parsed)), ("public", "yes"))))
    return SortedOut(tuple(rows), added, twice, tuple(refused), tuple(over))


def tidy(rows: Sequence[Row]) -> tuple[Row, ...]:
    """The rows with every host in one spelling, each once; what is no host stays as it was typed."""
    out: list[Row] = []
    seen: set[tuple[str, int]] = set()
    for row in rows:
        parsed = parse_host(row.get("host"))
        if parsed is None:
            out.append(row)
        elif parsed not in seen:
            seen.add(parsed)
            out.append(Row(tuple((id, _spelt(*parsed) if id == "host" else cell) for id, cell in row.cells)))
    return tuple(out)


def _looks_like_a_host(name: str) -> bool:
    return "." in name or ":" in name or name == "localhost"


def _spelt(name: str, port: int) -> str:
    name = f"[{name}]" if ":" in name else name
    return name if port == 443 else f"{name}:{port}"


class _Paste(GrowingText):
    """Ctrl+Return adds what is in it; a paste of many lines is added at once."""

    entered = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = not event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and plain:
            self.entered.emit()
        else:
            super().keyPressEvent(event)


class HostsCard(Card):
    """`given(Answer)` when the list of hosts changed."""

    given = Signal(object)

    def __init__(self, context: Context, question: Question, parent: QWidget | None = None):
        super().__init__(parent=parent)
        self._context, self._question = context, question
        self.body.addWidget(PlainLabel(_("Hosts"), "heading"))
        self._held = PlainLabel("", "unsure", wrap=True)
        self.body.addWidget(self._held)
        self.paste = _Paste(
            hint=_("api.example.com, https://app.example.com/login, 192.0.2.7:8443 …"), lines=1, most=10
        )
        self.paste.setAccessibleName(_("Hosts to add, one or many"))
        self.paste.entered.connect(self.add)
        self.add_button = OutlineButton(_("Add these hosts"))
        self.add_button.clicked.connect(self.add)
        self.add_button.setEnabled(False)
        self.paste.textChanged.connect(lambda: self.add_button.setEnabled(bool(self.paste.text().strip())))
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.paste, 1)
        row.addWidget(self.add_button, 0, Qt.AlignmentFlag.AlignTop)
        self.body.addWidget(
            label_for(_("Paste or type them, one or many. Schemes, paths and duplicates are sorted out."), self.paste)
        )
        self.body.addLayout(row)
        self.said = PlainLabel("", "quiet", wrap=True)
        self.said.hide()
        self.body.addWidget(self.said)
        self.table = TableQuestion(question)
        self.table.unknown.hide()
        self.table.edited.connect(self._edited)
        self.body.addWidget(self.table)
        self.looks = FactTable(
            (Head(_("Host"), 260, indent=22), Head(_("What a plain look says")), Head(_("When"), 140)),
            _("What looks at hosts said"),
        )
        self.body.addWidget(self.looks)

    def add(self) -> None:
        """Take over what was pasted."""
        if not self.paste.text().strip():
            return
        found = sort_out(self.paste.text(), self._rows())
        parts = [ngettext("{n} host added.", "{n} hosts added.", found.added).format(n=found.added)]
        if found.twice:
            parts.append(
                ngettext("{n} was there already.", "{n} were there already.", found.twice).format(n=found.twice)
            )
        if found.refused:
            names = ", ".join(f"“{name[:60]}”" for name in found.refused[:5])
            parts.append(
                ngettext("{names} is no host name and stays above.", "{names} are no host names and stay above.",
                         len(found.refused)).format(names=names)
            )  # fmt: skip
        if found.over:
            parts.append(_("{n} stay above: {most} are the most.").format(n=len(found.over), most=MOST_HOSTS))
        self.said.setText(" ".join(parts))
        self.said.set_role("unsure" if found.refused or found.over else "quiet")
        self.said.show()
        self.paste.setText("\n".join((*found.refused, *found.over)))
        if found.added:
            self.given.emit(Answer(self._question.id, AnswerState.GIVEN, found.rows))

    def show_session(self, session: Session, *, table: bool = True) -> None:
        """Show what is recorded; `table` is False while the table itself is where the change came from."""
        answer = session.assessment.answers.get(self._question.id)
        if table:
            self.table.show_answer(answer)
        held = session.held_because(*newer.answer_items(session.questionnaire, self._question.id))
        self._held.setText(held)
        self._held.setVisible(bool(held))
        self.table.set_editable(not (session.read_only or held))
        self.paste.setEnabled(not (session.read_only or held))
        hosts = session.assessment.scope.hosts
        self.table.setVisible(bool(self._rows()) or bool(hosts))
        now, seen = self._context.now(), plain_looks(session.assessment.observations)
        self.looks.setVisible(any(host.subject in seen for host in hosts))
        self.looks.show_lines([look_line(host.subject, seen.get(host.subject, ()), now) for host in hosts])

    def not_saved(self, answer: Answer) -> None:
        """These rows could not be saved: keep them in the table, to be handed over again when it is left."""
        self.table.show_answer(answer)
        self.table.setVisible(True)
        self.table.not_saved()

    def flush(self) -> None:
        """Hand over what is still being typed in the table."""
        self.table.flush()

    def _rows(self) -> tuple[Row, ...]:
        value = self.table.value()
        return tuple(item for item in value if isinstance(item, Row)) if isinstance(value, tuple) else ()

    def _edited(self, answer: Answer) -> None:
        rows = tuple(item for item in answer.value if isinstance(item, Row)) if isinstance(answer.value, tuple) else ()
        self.given.emit(Answer(answer.question, answer.state, tidy(rows), answer.reason))


def plain_looks(observations: Mapping[tuple[str, str], Observation]) -> dict[str, list[Observation]]:
    """By host what plain looks saw: what was asked for besides, with more consent, says nothing of how it answers."""
    found: dict[str, list[Observation]] = {}
    for (check, subject), observation in observations.items():
        if check not in NEED_MORE:
            found.setdefault(subject, []).append(observation)
    return found


def look_line(subject: str, seen: Sequence[Observation], now: datetime) -> Line:
    """One host as a row: the worst thing that was seen there, or that nobody has looked."""
    if not seen:
        waiting = Cell(subject, glyph=Glyph.RING, spoken=_("Not looked at yet"))
        return Line(subject, (waiting, Cell(_("Not looked at yet"), "quiet"), Cell("–", "quiet")))
    order = [Verdict.UNKNOWN, Verdict.FAIL, Verdict.WARN, Verdict.PASS, Verdict.NOT_APPLICABLE]
    worst = min(seen, key=lambda o: order.index(o.result.verdict))
    fails = sum(o.result.verdict is Verdict.FAIL for o in seen)
    if worst.result.verdict is Verdict.UNKNOWN:
        glyph, text = Cell(subject, glyph=Glyph.QUESTION, glyph_color="unsure"), Cell(worst.result.summary, "unsure")
    else:
        certificate = next((o.result.summary for o in seen if o.result.check == "certificate"), worst.result.summary)
        more = ngettext("{n} check is not as required", "{n} checks are not as required", fails).format(n=fails)
        said = f"{certificate} {more}." if fails else certificate
        glyph, text = (
            Cell(subject, glyph=Glyph.DISC, glyph_color="supports"),
            Cell(_("Answers. {said}").format(said=said)),
        )
    latest = max(o.result.at for o in seen)
    when = Cell(words.ago(latest, now), "quiet", tip=words.exactly(latest))
    return Line(subject, (glyph, Cell(text.text, text.color, tip=text.text), when))
