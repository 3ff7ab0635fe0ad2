"""What GitHub or Bitbucket shows about a repository: asked with the person's token, or read from exported answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from wizard.checks.host_posture import HOST_CHECKS
from wizard.domain.language import _, ngettext
from wizard.domain.mistakes import Mistake
from wizard.domain.observation import Outcome, Result, Verdict
from wizard.gui import a11y
from wizard.gui.finder import place_of
from wizard.gui.icons import Glyph
from wizard.gui.pages import errand
from wizard.gui.pages.consent_card import ConsentCard
from wizard.gui.pages.form import Form, beside
from wizard.gui.pages.one_job import OneJob
from wizard.gui.theme import ColorName
from wizard.gui.widgets import choosing
from wizard.gui.widgets.buttons import FilledButton, OutlineButton
from wizard.gui.widgets.fact_table import Cell, FactTable, Head, Line
from wizard.gui.widgets.fields import ComboField, LineField
from wizard.gui.widgets.flow import Flow
from wizard.gui.widgets.folded import Folded
from wizard.gui.widgets.page import Page
from wizard.gui.widgets.plain import FactLabel, PlainLabel
from wizard.gui.widgets.progress_strip import ProgressStrip
from wizard.session.deeds import hosting

if TYPE_CHECKING:
    from wizard.checks.hosting.asking import HostSettings
    from wizard.checks.hosting.posture import Posture

_NAMES = {"github": "GitHub", "bitbucket": "Bitbucket"}


class HostPart(QWidget):
    """The part of the page *Code* about the code host. `changed` when it knows something else."""

    changed = Signal()
    #: another server than the public ones, for tests
    server: HostSettings | None = None

    def __init__(self, page: Page):
        super().__init__(page)
        self._page, self._context = page, page.context
        self._shown: dict[str, Posture] = {}
        self._runs: dict[str, str] = {}
        self._known: dict[str, hosting.Known | None] = {}
        self._kept: dict[str, bool] = {}
        self.repository, self.host = ComboField(), ComboField()
        self.repository.currentIndexChanged.connect(lambda _n: self._turned())
        for id in hosting.HOSTS:
            self.host.addItem(_NAMES[id], id)
        self.host.currentIndexChanged.connect(lambda _n: self.draw())
        self.name = LineField(hint="OWNER/NAME")
        self.token = LineField()
        self.token.setEchoMode(QLineEdit.EchoMode.Password)
        self.keep_button = OutlineButton(_("Keep in the vault"))
        self.forget_button = OutlineButton(_("Forget the token"))
        self.keep_button.clicked.connect(self._keep)
        self.forget_button.clicked.connect(self._forget)
        self.has_token = PlainLabel(_("A token is kept in the vault."))
        self.has_token.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        token = QWidget()
        token.setLayout(beside(self.has_token, self.token, self.keep_button, self.forget_button, stretch=False))
        form = Form(fields=620, labels=140)
        form.row(_("Repository"), self.repository)
        form.row(_("Code host"), self.host)
        form.row(_("Its name there"), self.name)
        self.needs = form.row(_("Token"), token, " ")
        self.token.setAccessibleName(_("Token"))
        self.ask_button = FilledButton(_("Ask…"))
        self.export_button = OutlineButton(_("Read exported answers…"))
        self.stop_button = OutlineButton(_("Stop"))
        self.ask_button.clicked.connect(self._ask)
        self.export_button.clicked.connect(self._export)
        self.stop_button.clicked.connect(self.stop)
        self.buttons = Flow()
        for button in (self.ask_button, self.export_button, self.stop_button):
            self.buttons.add(button)
        self.strip = ProgressStrip()
        self._job = OneJob(page, self.strip, _("Asking"), _("Stopped. Nothing was recorded."), self.draw)
        self.consent = ConsentCard()
        self.table = FactTable(
            (Head(_("What"), 300), Head(_("What the host shows")), Head(_("Informs"), 110, sortable=False)),
            _("What the host shows"),
        )
        self.table.opened.connect(self._to_requirement)
        self.words = PlainLabel("", wrap=True)
        self.table.picked.connect(lambda _key: self._draw_words())
        self.calls, self.hidden = Folded(_("Every request that was made")), Folded(_("What was not shown"))
        self.call_words, self.hidden_words = FactLabel(), PlainLabel("", wrap=True)
        self.calls.body.addWidget(self.call_words)
        self.hidden.body.addWidget(self.hidden_words)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        for widget in (
            form,
            self.buttons,
            self.strip,
            self.consent,
            self.table,
            self.words,
            self.hidden,
            self.calls,
        ):
            column.addWidget(widget)

    @property
    def sentence(self) -> str:
        """What this part is for, or what it knows."""
        results = self._results()
        if not results:
            return _("Alerts, push protection and scans, as your code host shows them. Requests only read.")
        seen = sum(result.outcome is Outcome.SUPPORTS for result in results)
        against = sum(result.outcome is Outcome.CONTRADICTS for result in results)
        return _("{seen} of {all} support, {against} contradict.").format(seen=seen, all=len(results), against=against)

    def stop(self) -> None:
        """Stop now; what is not recorded yet is dropped."""
        self._job.stop()

    def draw(self) -> None:
        """Draw everything anew, and find out what is not known yet."""
        if self._context.session is None:
            return
        session, places = self._context.open, self._context.open.assessment.scope.repositories
        if [self.repository.itemData(n) for n in range(self.repository.count())] != list(places):
            self.repository.blockSignals(True)
            self.repository.clear()
            for place in places:
                self.repository.addItem(place, place)
            self.repository.blockSignals(False)
            self._turned()
        host, busy, may = self._host, self._job.running, not session.read_only
        kept = self._kept.get(host)
        if kept is None:
            self._find_token(host)
        self.has_token.setVisible(bool(kept))
        self.forget_button.setVisible(bool(kept) and may)
        self.token.setVisible(not kept)
        self.keep_button.setVisible(not kept and may)
        if self.needs is not None:
            self.needs.setText(hosting.permissions(host))
        self.ask_button.setText(_("Ask {host}…").format(host=_NAMES[host]))
        self.ask_button.setVisible(may and not busy)
        self.ask_button.setEnabled(bool(kept))
        self.export_button.setVisible(may and not busy)
        self.stop_button.setVisible(busy)
        self.buttons.rearrange()
        results = self._results()
        self.table.setVisible(bool(results))
        self.table.show_lines([self._line(result) for result in results])
        self._draw_words()
        posture = self._posture(results)
        self.calls.setVisible(posture is not None and bool(posture.calls))
        self.hidden.setVisible(posture is not None and bool(posture.not_shown))
        if posture is not None:
            self.call_words.setText("\n".join(posture.calls))
            self.hidden_words.setText("\n".join(f"{each.call}: {each.because}" for each in posture.not_shown))
        self.changed.emit()

    @property
    def _host(self) -> str:
        return str(self.host.currentData())

    @property
    def _place(self) -> str:
        return str(self.repository.currentData() or "")

    def _results(self) -> list[Result]:
        seen = self._context.open.assessment.observations
        found = (seen.get((each.check.id, self._place)) for each in HOST_CHECKS)
        return [each.result for each in found if each is not None]

    def _posture(self, results: list[Result]) -> Posture | None:
        """The whole answer lies sealed: it is opened on another thread, once for each look."""
        place = self._place
        if not results:
            return None
        observation = self._context.open.assessment.observations[(HOST_CHECKS[0].check.id, place)]
        if self._runs.get(place) != observation.run and not self._job.running:
            self._runs[place] = observation.run
            session = self._context.open

            def opened(posture: Posture | None) -> None:
                if posture is not None:
                    self._shown[place] = posture
                self.draw()

            errand.run(self._page, _("Opening the list"), lambda: hosting.record(session, place), opened)
        return self._shown.get(place)

    def _turned(self) -> None:
        """Another repository: what it is called at its host is found in its address or its clone."""
        place = self._place
        if place in self._known:
            self._fill(self._known[place])
        elif place:

            def found(known: hosting.Known | None) -> None:
                self._known[place] = known
                if self._place == place:
                    self._fill(known)

            errand.run(self._page, _("Finding the code host"), lambda: hosting.known_as(place), found)

    def _fill(self, known: hosting.Known | None) -> None:
        self.name.setText(known.name if known else "")
        if known is not None:
            self.host.setCurrentIndex(max(0, self.host.findData(known.host)))
        self.draw()

    def _find_token(self, host: str) -> None:
        session = self._context.open
        self._kept[host] = False

        def found(kept: bool) -> None:
            self._kept[host] = kept
            self.draw()

        errand.run(self._page, _("Looking into the vault"), lambda: hosting.has_token(session, host), found)

    def _line(self, result: Result) -> Line:
        check = next(each.check for each in HOST_CHECKS if each.check.id == result.check)
        color, glyph = _look_of(result)
        return Line(
            result.check,
            (
                Cell(check.title(), glyph=glyph, glyph_color=color),
                Cell(result.summary, tip=result.summary),
                Cell(", ".join(self._informed(result.check)), "quiet"),
            ),
        )

    def _informed(self, check: str) -> tuple[str, ...]:
        known = self._context.open.questionnaire.by_id
        return tuple(id for id, requirement in known.items() if check in requirement.checks)

    def _draw_words(self) -> None:
        result = next((each for each in self._results() if each.check == self.table.key), None)
        self.words.setVisible(result is not None)
        if result is not None:
            self.words.setText(" ".join(filter(None, (result.summary, result.next_step))))

    # --- deeds ---------------------------------------------------------------------------------------------------

    def _keep(self) -> None:
        session, host, token = self._context.open, self._host, self.token.text().strip()
        if not token:
            self._page.message_bar.say_mistake(_("Type or paste the token first."))
            return
        self.token.clear()

        def kept(_none: None) -> None:
            self._kept[host] = True
            self.draw()
            self._page.message_bar.say(_("The token is kept in the vault. It is sent to this host only."))

        errand.run(self._page, _("Keeping the token"), lambda: hosting.keep_token(session, host, token), kept)

    def _forget(self) -> None:
        session, host = self._context.open, self._host

        def gone(_none: None) -> None:
            self._kept[host] = False
            self.draw()
            self._page.message_bar.say(_("The token is no longer in the vault. Revoke it at the host too."))

        errand.run(self._page, _("Forgetting the token"), lambda: hosting.forget_token(session, host), gone)

    def _ask(self) -> None:
        from wizard.checks.hosting.asking import HostSettings

        session, host, name, place = self._context.open, self._host, self.name.text().strip(), self._place
        preferred = errand.preferences_of(self._context).settings
        server = preferred.through(self.server or HostSettings())

        def ask() -> None:
            self._job.begin(
                lambda hear: hosting.ask(session, host, name, place, hear, server),
                lambda posture: self._have(place, posture, _asked(_NAMES[host], posture)),
            )

        try:
            lines = hosting.calls(host, name)
        except Mistake as mistake:
            self._page.say_mistake(mistake)
            return
        to = preferred.way(_NAMES[host])
        what = _("With your token, these requests would be sent to {host}, and each only reads:").format(host=to)
        after = _("Then each pipeline file and report that is listed there is read. Nothing is changed at the host.")
        self.consent.ask(what, lines, after, _("Send them"), ask)

    def _export(self) -> None:
        session, host, name, place = self._context.open, self._host, self.name.text().strip(), self._place

        def choose() -> None:
            folder = choosing.choose_folder(self, _("Folder with the host's answers (repository.json and others)"))
            if folder is not None:
                self._job.begin(
                    lambda hear: hosting.read_export(session, host, name, folder, place, hear),
                    lambda posture: self._have(place, posture, _read(posture)),
                )

        try:
            lines = hosting.files(host, name)
        except Mistake as mistake:
            self._page.say_mistake(mistake)
            return
        what = _("Without a token: save what {host} answers to these requests, each under this name, in one folder:")
        after = _("What is missing there counts as not shown. Nothing is sent.")
        self.consent.ask(what.format(host=_NAMES[host]), lines, after, _("Choose the folder…"), choose)

    def _have(self, place: str, posture: Posture, said: str) -> None:
        self._shown[place] = posture
        self.draw()
        self._page.message_bar.say(said)
        a11y.announce(self, said)

    def _to_requirement(self, check: str) -> None:
        for id in self._informed(check)[:1]:
            self._page.go.emit(place_of(self._context, id))


def _asked(host: str, posture: Posture) -> str:
    n = len(posture.not_shown)
    if not posture.shows_anything:
        why = posture.not_shown[0].because if n else ""
        return _("{host} was asked, and showed nothing. {why}").format(host=host, why=why).strip()
    if not n:
        return _("{host} was asked, and showed everything.").format(host=host)
    return ngettext(
        "{host} was asked. It did not show one thing: see “What was not shown”.",
        "{host} was asked. It did not show {n} things: see “What was not shown”.",
        n,
    ).format(host=host, n=n)


def _read(posture: Posture) -> str:
    n = len(posture.not_shown)
    if not posture.shows_anything:
        return _("Nothing that is read here was among the exported answers: see “What was not shown”.")
    if not n:
        return _("The exported answers were read.")
    return ngettext(
        "The exported answers were read. One is missing: see “What was not shown”.",
        "The exported answers were read. {n} are missing: see “What was not shown”.",
        n,
    ).format(n=n)


def _look_of(result: Result) -> tuple[ColorName, Glyph]:
    if result.verdict is Verdict.UNKNOWN:
        return "unsure", Glyph.QUESTION
    if result.outcome is Outcome.CONTRADICTS:
        return "contradicts", Glyph.TRIANGLE
    if result.verdict is Verdict.FAIL:
        return "unsure", Glyph.TRIANGLE
    return "supports", Glyph.DISC
