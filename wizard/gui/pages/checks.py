"""What the checks saw: a sentence, the tally, one row a check worst first, and the details of the chosen one."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from wizard.checks import host_control, log_canary
from wizard.domain import events as e
from wizard.domain.language import _, ngettext
from wizard.domain.mistakes import Mistake
from wizard.gui import a11y
from wizard.gui.context import Context, Place
from wizard.gui.pages import canary_panel, check_lines, control_card, more_than_looking
from wizard.gui.pages.check_lines import CheckGroup, Look
from wizard.gui.pages.check_panel import CheckPanel
from wizard.gui.pages.on_request import OnRequest
from wizard.gui.pages.targets import TargetsPanel
from wizard.gui.soon import Soon, draw_now
from wizard.gui.widgets.beside import Beside
from wizard.gui.widgets.buttons import ChipButton, FilledButton, OutlineButton
from wizard.gui.widgets.empty_state import EmptyState
from wizard.gui.widgets.fact_table import FactTable, Head
from wizard.gui.widgets.page import Page
from wizard.gui.widgets.plain import PlainLabel
from wizard.gui.widgets.progress_strip import ProgressStrip
from wizard.gui.widgets.tally_bar import TallyBar
from wizard.jobs.events import Cancelled, Failed, Finished, JobEvent, Progressed
from wizard.jobs.runner import Hear, Job
from wizard.session import canary_logs, summaries
from wizard.session.changes import Change
from wizard.session.deeds import answers, canaries, evidence, looking

#: How often "3 minutes ago" is said anew.
_AGES_MS = 30_000
#: While a run goes on, the page is drawn anew no more often than that.
_SOON_MS = 400
#: What follows a drawing waits so long: a timer of no time fires before the window has had its turn.
_NEXT_MS = 10


class ChecksPage(Page):
    """`Place.item` is a check to choose."""

    def __init__(self, context: Context, parent: QWidget | None = None):
        super().__init__(context, _("Checks"), "", parent)
        self._job: Job[looking.Looks] | None = None
        self._running: set[tuple[str, str]] = set()
        self._only: str = ""
        self._groups: tuple[CheckGroup, ...] = ()
        self.all_button = OutlineButton(_("Run all again"))
        self.left_button = FilledButton()
        self.stop_button = OutlineButton(_("Stop"))
        self.all_button.clicked.connect(lambda: self._ask(()))
        self.left_button.clicked.connect(self._ask_left)
        self.stop_button.clicked.connect(self.stop)
        self.canary_button = OutlineButton(_("Canary for logs…"))
        self.canary_button.clicked.connect(self._turn)
        for button in (self.canary_button, self.stop_button, self.all_button, self.left_button):
            self.deeds.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        self.tally = TallyBar()
        self.tally.clicked.connect(self._filter)
        self.strip = ProgressStrip()
        self.targets = TargetsPanel()
        self.targets.agreed.connect(self._agreed)
        self.targets.declined.connect(self._declined)
        self.targets.more.control.connect(lambda: self.go.emit(Place("scope", "control")))
        self.canary = canary_panel.CanaryPanel()
        self.canary.send.connect(self._send_canary)
        self.canary.log.connect(self._hand_in)
        self.canary.alert.connect(lambda path: self._hand_in(path, alert=True))
        self.canary.closed.connect(lambda: self._turn_canary(False))
        self.filter_chip = ChipButton("", "cross")
        self.filter_chip.clicked.connect(lambda: self._filter(""))
        self.filter_chip.hide()
        self.table = FactTable(
            (Head(_("Check"), 184, indent=22), Head(_("What it saw")), Head(_("When"), 112)), _("Checks")
        )
        self.table.picked.connect(lambda _key: self._picked())
        self.panel = CheckPanel()
        self.panel.again.connect(self._again)
        self.panel.disputed.connect(self._disputed)
        self.panel.go.connect(self.go)
        self._scope = PlainLabel("", "quiet", wrap=True)
        self.on_request = OnRequest(self)
        self.empty = EmptyState("eye", "", _("Name the hosts"))
        self.empty.acted.connect(lambda: self.go.emit(Place("scope")))
        self.empty.hide()
        left = QVBoxLayout()
        left.setSpacing(12)
        left.addWidget(self.filter_chip, 0, Qt.AlignmentFlag.AlignLeft)
        left.addWidget(self.table)
        left.addWidget(self._scope)
        left.addWidget(self.on_request)
        left.addStretch(1)
        self.panel.setMinimumWidth(300)
        self._beside = Beside(self.panel, self.scroll_area)
        sides = QHBoxLayout()
        sides.setSpacing(16)
        sides.addLayout(left, 156)
        sides.addWidget(self._beside, 100)
        self._full = QWidget()
        full = QVBoxLayout(self._full)
        full.setContentsMargins(0, 0, 0, 0)
        full.setSpacing(16)
        for widget in (self.tally, self.strip, self.targets, self.canary):
            full.addWidget(widget)
        full.addLayout(sides)
        self.body.addWidget(self._full)
        self.body.addWidget(self.empty)
        self.body.addStretch(1)
        self.targets.hide()
        self.canary.hide()
        self._soon = Soon(lambda: self._draw(keep=self._job is not None), _SOON_MS, self)
        self._ages = QTimer(self, interval=_AGES_MS)
        self._ages.timeout.connect(lambda: self._draw(keep=True))

    def shown(self, place: Place) -> None:
        """Draw everything anew; choose what was asked for, else the worst."""
        self._draw(keep=bool(self._running))
        if not (place.item and self.table.choose(place.item)) and not self.table.key and self.table.lines:
            self.table.choose(self.table.lines[0].key)
        if place.item == log_canary.CHECK.id and self.canary_button.isVisibleTo(self):
            self._turn_canary(True)
        self._ages.start()

    def left(self) -> None:
        """Times need not be said while nobody sees them; what is running goes on."""
        self._ages.stop()

    def redraw(self, change: Change) -> None:
        for payload in change.payloads:
            if isinstance(payload, e.Looked):
                self._running -= {key for key in self._running if key[1] == payload.host}
        self._soon.ask(at_once=self._job is None)

    def stop(self) -> None:
        """Stop now; what was seen before stays."""
        if self._job is not None:
            self._job.cancel()

    @property
    def _looking(self) -> bool:
        """A run goes on, or begins."""
        return self._job is not None or bool(self._running)

    # --- drawing -----------------------------------------------------------------------------------------------------

    def _draw(self, *, keep: bool = False, apart: bool = False) -> None:
        """`keep` the order of the table; `apart`: what stands around it follows in a turn of its own."""
        if self.context.session is None:  # news of a job that ended after the assessment was closed
            return
        session = self.context.open
        rows = summaries.check_rows(session.questionnaire, session.assessment, session.findings)
        self._groups = check_lines.grouped(rows)
        looking_now = self._looking
        hosts = session.assessment.scope.hosts
        self._full.setVisible(bool(self._groups))
        self.empty.setVisible(not self._groups)
        self.empty.words.setText(
            _("No check has looked yet. They only contact the hosts in your scope, and it is empty.")
        )
        self.set_sentence(check_lines.sentence(self._groups) if self._groups else _("Nothing to look at yet."))
        shown = [group for group in self._groups if not self._only or group.look.tallied.name == self._only]
        if not shown and self._only:
            self._only, shown = "", list(self._groups)
        self.filter_chip.setVisible(bool(self._only))
        if self._only:
            self.filter_chip.setText(_("Only: {state}").format(state=Look[self._only].word.lower()))
        now = self.context.now()
        self.table.show_lines([check_lines.line(group, now, self._running) for group in shown], keep_order=keep)
        self._draw_deeds(looking_now)
        if not self.canary.isHidden():
            self.canary.show_session(self.context, busy=looking_now)
        self._scope.setText(
            _("Only the hosts in your scope are contacted:") + "\n" + ", ".join(host.subject for host in hosts)
        )
        if apart or self._job is not None:  # beside a job that computes each turn takes longer
            QTimer.singleShot(_NEXT_MS, self, self._draw_around)
        else:
            self._draw_around()

    def _picked(self) -> None:
        self._draw_panel()
        self._beside.show_head()

    def _draw_around(self) -> None:
        if self.context.session is None:
            return
        self.tally.set(check_lines.segments(self._groups))
        self.on_request.draw()
        self._draw_panel()

    def _draw_deeds(self, looking_now: bool) -> None:
        session = self.context.open
        left = [group for group in self._groups if group.waiting]
        may = bool(self._groups) and not session.read_only and self.targets.isHidden()
        self.stop_button.setVisible(looking_now)
        self.canary_button.setVisible(bool(self._groups) and not session.read_only)
        self.all_button.setVisible(may and not looking_now and len(left) < len(self._groups))
        self.left_button.setVisible(may and not looking_now and bool(left))
        self.left_button.setText(
            ngettext("Run the {n} check", "Run all {n} checks", len(left)).format(n=len(left))
            if len(left) == len(self._groups)
            else _("Run the {n} left").format(n=len(left))
        )

    def _draw_panel(self) -> None:
        group = next((group for group in self._groups if group.check == self.table.key), None)
        self.panel.setVisible(group is not None)
        if group is not None:
            self.panel.show_group(group, self.context, running=self._looking)

    def _filter(self, key: str) -> None:
        self._only = "" if key == self._only else key
        self._draw()
        if not self.table.key and self.table.lines:
            self.table.choose(self.table.lines[0].key)

    # --- looking -----------------------------------------------------------------------------------------------------

    def _ask_left(self) -> None:
        self._ask(tuple(group.check for group in self._groups if group.waiting))

    def _ask(self, checks: tuple[str, ...]) -> None:
        """Show once a run exactly what would be contacted."""
        left = {row.subject for group in self._groups if group.check in checks for row in group.waiting}
        hosts = tuple(subject for subject in looking.targets(self.context.open) if not checks or subject in left)
        self._show_targets(hosts, checks)

    def _show_targets(self, hosts: tuple[str, ...], checks: tuple[str, ...], *, more: bool = False) -> None:
        session = self.context.open
        self.targets.ask(
            hosts,
            checks,
            confirmed=session.assessment.scope.confirmed,
            options=self._plain(),
            shown=control_card.control_words(session, self.context.now()),
            more=more,
        )
        self._draw_deeds(self._looking)

    def _again(self, check: str, subject: str) -> None:
        """Look again at once, unless that needs a consent, a credential or a log."""
        if check in canary_logs.CHECKS:
            self._turn_canary(True, subject)
        elif check in more_than_looking.NEED_MORE and check != host_control.CHECK.id:
            self._show_targets((subject,), (check,), more=True)
        else:
            self._look((subject,), (check,), self._plain())

    def _plain(self) -> looking.LookOptions:
        return self.context.look_options()

    def _declined(self) -> None:
        self.targets.hide()
        self._draw_deeds(self._looking)
        (self.left_button if self.left_button.isVisible() else self.all_button).setFocus()

    def _agreed(self, hosts: tuple[str, ...], checks: tuple[str, ...], options: looking.LookOptions) -> None:
        session = self.context.open
        self.targets.hide()
        self.scroll_area.ensureVisible(0, 0)  # the tally and the first rows tell how far it is
        if session.assessment.scope.confirmed:
            self._look(hosts, checks, options)
            return
        signatory = session.assessment.signatory
        try:
            saving = looking.confirm_scope(session, signatory.name if signatory else "")
        except Mistake as mistake:
            self.say_mistake(mistake)
            return
        self.when_saved(saving, lambda _change: self._look(hosts, checks, options))

    def _look(self, hosts: Collection[str], checks: Collection[str], options: looking.LookOptions) -> None:
        session = self.context.open
        if self._job is not None:
            return
        if not session.assessment.scope.confirmed:
            self._show_targets(tuple(hosts), tuple(checks))
            return
        self._running = {
            (row.check, row.subject)
            for group in self._groups
            for row in group.rows
            if (not hosts or row.subject in hosts) and (not checks or row.check in checks)
        }
        self.strip.show_progress(_("Looking"), 0, len({subject for _check, subject in self._running}), stoppable=False)
        self._draw(keep=True)
        draw_now(self)  # beside the job it takes three times as long
        try:
            self._job = self.start(
                lambda hear: looking.look(session, hosts, checks, hear, options), self._done, failed=self._failed,
                each=self._each,
            )  # fmt: skip
        except Mistake as mistake:
            self._ended()
            self.say_mistake(mistake)

    def _each(self, event: JobEvent) -> None:
        match event:
            case Progressed(_job, done, total, text):
                self.strip.show_progress(_("Looking"), done, total, text, stoppable=False)  # the page has its own Stop
            case Cancelled():
                self._ended()
                self.message_bar.say(_("Stopped. What was seen before that is kept."))
            case Finished() | Failed():
                self._ended()

    def _ended(self) -> None:
        self._job = None
        self._running = set()
        self.strip.finish()
        self._draw(keep=True, apart=True)

    def _done(self, looks: looking.Looks) -> None:
        # In a turn of its own: the table was just drawn anew, and the panel of a hundred hosts takes its time too.
        QTimer.singleShot(2 * _NEXT_MS, self, lambda: self._say_done(looks))

    def _say_done(self, looks: looking.Looks) -> None:
        if self.context.session is None:
            return
        n = sum(n for _verdict, n in looks.verdicts)
        if n > 1 and self.table.lines:
            self.table.choose(self.table.lines[0].key)
        sentence = check_lines.newest(self._groups) if n == 1 else check_lines.sentence(self._groups)
        a11y.announce(self, sentence)
        self.message_bar.say(sentence)

    def _failed(self, error: Exception) -> None:
        self.say_mistake(error)

    # --- canaries ----------------------------------------------------------------------------------------------------

    def _turn(self) -> None:
        self._turn_canary(self.canary.isHidden())

    def _turn_canary(self, show: bool, subject: str = "") -> None:
        self.canary.setVisible(show)
        if show:
            self.canary.show_session(self.context, busy=self._looking, subject=subject)
            self.scroll_area.ensureWidgetVisible(self.canary, 0, 24)
            self.canary.host.setFocus()

    def _send_canary(self, subject: str) -> None:
        session = self.context.open
        host = next((host for host in session.assessment.scope.hosts if host.subject == subject), None)
        if host is None:
            return
        self.canary.show_session(self.context, busy=True)
        self._start_canary(lambda hear: canaries.send(session, host, hear, self._plain()), lambda _change: None)

    def _hand_in(self, path: Path, *, alert: bool = False) -> None:
        session = self.context.open
        before = {key: seen for key, seen in session.assessment.observations.items() if key[0] in canary_logs.CHECKS}

        def done(added: evidence.Added) -> None:
            now = session.assessment.observations
            news = [
                seen.result for key, seen in now.items() if key[0] in canary_logs.CHECKS and before.get(key) != seen
            ]
            said = [f"{result.subject}: {result.summary}" for result in news]
            self.message_bar.say(" ".join((added.sentence, *(said or [_("None of what was sent is in it.")]))))

        self.canary.show_session(self.context, busy=True)
        under = canary_panel.filed_under(session, alert=alert)
        self._start_canary(lambda hear: evidence.add(session, [path], under, hear), done)

    def _start_canary(self, begin: Callable[[Hear], Job[Any]], then: Callable[[Any], object]) -> None:
        def ended(act: Callable[[], object]) -> None:
            act()
            self._draw(keep=True)

        try:
            self.start(
                begin,
                lambda value: ended(lambda: then(value)),
                failed=lambda error: ended(lambda: self.say_mistake(error)),
            )
        except Mistake as mistake:
            self.say_mistake(mistake)
            self._draw(keep=True)

    def _disputed(self, requirement: str, text: str) -> None:
        saving = answers.explain(self.context.open, requirement, text)
        self.when_saved(
            saving,
            lambda _change: self.say_done(_("Kept beside {id}.").format(id=requirement)),
        )
