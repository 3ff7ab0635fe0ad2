"""The ledger of weaknesses: what is open and until when, what each report says, and what is decided about each."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QWidget

from wizard.domain.disclosure import LEDGER
from wizard.domain.language import _
from wizard.domain.mistakes import Mistake
from wizard.domain.vulnerability import Decision, Disposal, Ledger, Note, Rating, Vulnerability
from wizard.gui.context import Context, Place
from wizard.gui.pages import vulnerability_lines as lines
from wizard.gui.pages.held_sheet import where_they_are_settled
from wizard.gui.pages.vulnerability_cards import GoneCard, LimitCard
from wizard.gui.pages.vulnerability_chart import VulnerabilityChart
from wizard.gui.pages.vulnerability_form import VulnerabilityForm
from wizard.gui.pages.vulnerability_panel import VulnerabilityPanel
from wizard.gui.pages.vulnerability_table import LedgerTable
from wizard.gui.widgets import choosing
from wizard.gui.widgets.buttons import OutlineButton
from wizard.gui.widgets.drop_zone import TakesFiles
from wizard.gui.widgets.empty_state import EmptyState
from wizard.gui.widgets.fields import ComboField, LineField
from wizard.gui.widgets.page import Page
from wizard.gui.widgets.plain import PlainLabel
from wizard.session.changes import Change
from wizard.session.deeds import evidence as files
from wizard.session.deeds import vulnerabilities as deeds
from wizard.session.reports import rating_word

_TYPING_MS = 150


class VulnerabilitiesPage(TakesFiles, Page):
    """`Place.item`: the weakness to show, by key or number."""

    def __init__(self, context: Context, parent: QWidget | None = None):
        super().__init__(context, _("Vulnerabilities"), "", parent)
        self.setAcceptDrops(True)
        self._ledger = Ledger()
        self.import_button = OutlineButton(_("Import reports…"))
        self.add_button = OutlineButton(_("Add a finding"))
        self.import_button.clicked.connect(self._import)
        self.add_button.clicked.connect(lambda: self._write(Note(deeds.new_key())))
        for button in (self.import_button, self.add_button):
            self.deeds.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        self.limit = LimitCard()
        self.limit.wanted.connect(self._accept)
        self.gone = GoneCard()
        self.gone.agreed.connect(self._close_gone)
        self.gone.shown_only.connect(lambda: self.view.setCurrentIndex(self.view.findData("gone")))
        self.chart = VulnerabilityChart()
        self.table = LedgerTable()
        self.table.picked.connect(self._choose)
        self.table.opened.connect(self._choose)
        self.panel = VulnerabilityPanel()
        self.panel.hide()
        self.panel.decided.connect(self._decide)
        self.panel.edited.connect(self._edit)
        self.panel.merged.connect(self._merge)
        self.panel.split.connect(self._split)
        self.panel.rejoined.connect(self._rejoin)
        self.panel.forgotten.connect(self._forget)
        self.panel.closed.connect(self._close_panel)
        self.form: VulnerabilityForm | None = None
        self.empty = EmptyState(
            "flag",
            _(
                "Nothing is in the ledger. Drop the reports of your scanners here, whichever tool made them, or add "
                "what a test, a customer or your own people reported."
            ),
            _("Import reports…"),
        )
        self.empty.acted.connect(self._import)
        self._filters = self._make_filters()
        self.none = PlainLabel(_("No finding is like that."), "quiet")
        for widget in (self.limit, self.gone, self.chart, self._filters, self.table, self.none, self.panel, self.empty):
            self.body.addWidget(widget)
        self.body.addStretch(1)

    def _make_filters(self) -> QWidget:
        self.search = LineField(hint=_("Find a finding"))
        self.search.setAccessibleName(_("Find a finding"))
        self.view, self.rating, self.source = ComboField(), ComboField(), ComboField()
        for id, text in lines.views():
            self.view.addItem(text, id)
        self.rating.addItem(_("Every severity"), "")
        for rating in Rating:
            self.rating.addItem(rating_word(rating).capitalize(), rating.value)
        self.source.addItem(_("Every source"), "")
        for box, name in ((self.view, _("View")), (self.rating, _("Severity")), (self.source, _("Source"))):
            box.setAccessibleName(name)
            box.setMinimumWidth(148)
            box.currentIndexChanged.connect(self._draw_table)
        self.export_button = OutlineButton(_("Export…"))
        self.export_button.clicked.connect(self._export)
        self._typed = QTimer(self, singleShot=True, interval=_TYPING_MS)
        self._typed.timeout.connect(self._draw_table)
        self.search.textChanged.connect(lambda: self._typed.start())
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 4, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.search, 1)
        for widget in (self.view, self.rating, self.source, self.export_button):
            row.addWidget(widget)
        return holder

    def shown(self, place: Place) -> None:
        """Draw everything anew; show what was asked for."""
        self._draw()
        row = self._ledger.row(place.item) if place.item else None
        if row is not None and self.table.choose(row.key):
            self._choose(row.key)

    def redraw(self, change: Change) -> None:
        self._draw()

    # --- reports -----------------------------------------------------------------------------------------------------

    def _import(self) -> None:
        self.read(choosing.choose_files(self, _("Import reports")))

    def read(self, paths: tuple[Path, ...]) -> None:
        """Seal files as evidence and read those that are reports."""
        session = self.context.open
        if session.read_only:
            self.message_bar.say_mistake(_("This assessment is open for reading only, so nothing was added."))
        elif paths:
            self.start(lambda hear: files.add(session, paths, (), hear), self._was_read)

    def _was_read(self, added: files.Added) -> None:
        if added.held:
            self.go.emit(where_they_are_settled(added.held))
            return
        unread = dict(added.unread)
        said = [f"{item.name}: {item.read_as}" for item in added.evidence if item.read_as]
        wrong = [*added.left_out, *(f"{i.name}: {unread[i.id]}" for i in added.evidence if i.id in unread)]
        plain = [i.name for i in added.evidence if not i.read_as and i.id not in unread]
        if plain:
            wrong.append(_("{names}: no report, kept as evidence.").format(names=", ".join(plain)))
        self._draw()
        if wrong:
            self.message_bar.say_mistake(" ".join((*wrong, *said)))
        else:
            self.say_done(" ".join(said))

    def take_files(self, paths: tuple[Path, ...]) -> None:
        self.read(paths)

    # --- what a person does ------------------------------------------------------------------------------------------

    def _write(self, note: Note) -> None:
        self._drop_form()
        self.panel.hide()
        row = self._ledger.row(note.key)
        self.form = VulnerabilityForm(note, row)
        self.form.saved.connect(self._save)
        self.form.cancelled.connect(self._drop_form)
        self.body.insertWidget(0, self.form)
        self.add_button.set_filled(False)
        self.form.title.setFocus()
        self.scroll_area.verticalScrollBar().setValue(0)

    def _save(self, note: Note) -> None:
        try:
            saving = deeds.note(self.context.open, note)
        except Mistake as mistake:
            if self.form is not None:
                self.form.say(mistake.sentence)
            return

        def saved(_change: object) -> None:
            self._drop_form()
            self._draw()
            row = self._ledger.row(note.key)
            if row is not None:
                self.say_done(_("{id} is in the ledger.").format(id=row.id))
                self.table.choose(row.key)

        self.when_saved(saving, saved)

    def _drop_form(self) -> None:
        if self.form is not None:
            self.form.hide()
            self.form.deleteLater()
            self.form = None
            self.add_button.set_filled(bool(self._ledger.rows))

    def _edit(self, key: str) -> None:
        row = self._ledger.row(key)
        if row is None:
            return
        notes = self.context.open.assessment.ledger
        own = next((n for k in row.keys if isinstance(n := notes.get(k), Note) and (n.title or not n.own)), None)
        self._write(own or Note(row.key))

    def _decide(self, key: str, disposal: object) -> None:
        try:
            saving = deeds.dispose(self.context.open, key, disposal if isinstance(disposal, Disposal) else None)
        except Mistake as mistake:
            self.panel.decision.say(mistake.sentence)
            return
        row = self._ledger.row(key)
        id = row.id if row else ""
        self.when_saved(saving, lambda _change: self.say_done(_("The decision on {id} is recorded.").format(id=id)))

    def _merge(self, key: str, other: str) -> None:
        self._do(lambda: deeds.merge(self.context.open, key, other), _("They are one now; both sources are kept."))

    def _split(self, key: str, member: str) -> None:
        self.table.setFocus()  # the button goes with what it split
        self._do(lambda: deeds.split(self.context.open, key, member), _("They are two now, and stay so."))

    def _rejoin(self, key: str) -> None:
        self._do(lambda: deeds.rejoin(self.context.open, key), _("Names and places decide again."))

    def _show_panel(self, row: Vulnerability) -> None:
        session = self.context.open
        apart, merged = deeds.by_hand(session.assessment, row)
        held = session.held_because(LEDGER, *row.keys)
        self.panel.show_row(
            row,
            session.clock().date(),
            read_only=session.read_only or bool(held),
            by_hand=(bool(apart), bool(merged)),
            held=held,
        )

    def _forget(self, key: str) -> None:
        self._do(lambda: deeds.forget(self.context.open, key), _("It is out of the ledger."))
        self.panel.hide()

    def _close_gone(self, release: str) -> None:
        session = self.context.open
        keys = [row.key for row in deeds.gone(session)]
        self._do(lambda: deeds.close_gone(session, keys, release), _("Closed as fixed on the day of the new report."))

    def _do(self, deed: Callable[[], Future[Change]], done: str) -> None:
        try:
            saving = deed()
        except Mistake as mistake:
            self.say_mistake(mistake)
            return
        self.when_saved(saving, lambda _change: self.say_done(done))

    def _export(self) -> None:
        session = self.context.open
        start = self.context.preferences.home.documents if self.context.preferences else Path.home()
        kinds = _("Table (*.csv);;Spreadsheet (*.xlsx);;Calendar of due dates (*.ics)")
        target = choosing.choose_target(self, _("Export what is shown"), start / "vulnerabilities.csv", kinds)
        if target is None:
            return
        keys = [row.key for row in self.table.rows]
        said = _("{path} was written. It is not encrypted there.").format(path=target)
        try:
            self.start(lambda hear: deeds.export(session, keys, target, hear), lambda _p: self.message_bar.say(said))
        except Mistake as mistake:
            self.say_mistake(mistake)

    # --- drawing -----------------------------------------------------------------------------------------------------

    def _choose(self, key: str) -> None:
        row = self._ledger.row(key)
        if row is not None:
            unseen = self.panel.isHidden()
            self._show_panel(row)
            self.panel.show()
            if unseen:  # it stands below the table: without this a click would seem to do nothing
                self.bring_into_view(self.panel)

    def _accept(self, key: str) -> None:
        self.view.setCurrentIndex(0)
        if self.table.choose(key):
            self._choose(key)
            self.panel.decision.choose(Decision.ACCEPTED)
            self.bring_into_view(self.panel)

    def _close_panel(self) -> None:
        self.panel.hide()
        self.table.clearSelection()
        self.table.setFocus()

    def _draw(self) -> None:
        if self.context.session is None:  # news of a job that ended after the assessment was closed
            return
        session = self.context.open
        self._ledger = deeds.ledger(session)
        rows, today = self._ledger.rows, session.clock().date()
        self.set_sentence(" ".join(filter(None, (lines.sentence(rows, today), lines.missing(self._ledger)))))
        for button in (self.import_button, self.add_button):
            button.setEnabled(not session.read_only)
        for widget in (self.chart, self._filters, self.table):
            widget.setVisible(bool(rows))
        self.empty.setVisible(not rows)
        self.import_button.setVisible(bool(rows))
        self.add_button.set_filled(bool(rows) and self.form is None)
        self.limit.show_worst(session, rows)
        self.gone.show_gone(deeds.gone(session), read_only=session.read_only)
        self.chart.show_rows(rows, today)
        self._fill_sources()
        self._draw_table()
        shown = self._ledger.row(self.panel.key) if not self.panel.isHidden() else None
        if shown is None:
            self.panel.hide()
        else:
            self._show_panel(shown)

    def _fill_sources(self) -> None:
        names = sorted({s.tool for row in self._ledger.rows for s in row.sightings})
        if names != [self.source.itemData(n) for n in range(1, self.source.count())]:
            kept = self.source.currentData()
            self.source.blockSignals(True)
            while self.source.count() > 1:
                self.source.removeItem(1)
            for name in names:
                self.source.addItem(name, name)
            self.source.setCurrentIndex(max(0, self.source.findData(kept)))
            self.source.blockSignals(False)

    def _draw_table(self) -> None:
        if self.context.session is None:
            return
        today = self.context.open.clock().date()
        wanted = lines.Filter(
            self.search.text(), self.view.currentData(), self.rating.currentData(), self.source.currentData()
        )
        found = lines.chosen(self._ledger.rows, wanted, today)
        self.table.show_rows(found, today)
        self.none.setVisible(bool(self._ledger.rows) and not found)
