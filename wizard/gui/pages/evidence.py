"""Files that show something: dropped anywhere on the page, filed under requirements, looked at, taken out as copies."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QVBoxLayout, QWidget

from wizard.domain.events import SecretDisposed
from wizard.domain.evidence import Evidence
from wizard.domain.language import _, ngettext
from wizard.domain.mistakes import Mistake
from wizard.gui import words
from wizard.gui.context import Context, Place, sentence_of
from wizard.gui.icons import Glyph
from wizard.gui.pages.evidence_panel import EvidencePanel
from wizard.gui.pages.filing_sheet import FilingSheet
from wizard.gui.pages.form import beside
from wizard.gui.pages.held_sheet import HeldSheet, let_go
from wizard.gui.widgets import choosing
from wizard.gui.widgets.buttons import LinkButton
from wizard.gui.widgets.drop_zone import DropZone, TakesFiles, dropped_paths
from wizard.gui.widgets.empty_state import EmptyState
from wizard.gui.widgets.fact_table import Cell, FactTable, Head, Line
from wizard.gui.widgets.page import Page
from wizard.session.changes import Change
from wizard.session.deeds import evidence as deeds
from wizard.session.deeds import scanning
from wizard.session.deeds.evidence_secrets import HeldBack

#: Our default, not Apollo's: evidence older than this is marked.
_OLD = timedelta(days=365)


class EvidencePage(TakesFiles, Page):
    """`Place.requirement`: new files are offered for it first; `Place.item`: the evidence to show, or the
    path of a file to add."""

    def __init__(self, context: Context, parent: QWidget | None = None):
        super().__init__(context, _("Evidence"), "", parent)
        self.setAcceptDrops(True)
        self._wanted: tuple[str, ...] = ()
        self._sheets: dict[str, FilingSheet] = {}
        self.zone = DropZone(_("Drop files anywhere on this page, paste, or"), _("choose files"), tall=True)
        self.zone.dropped.connect(self.add)
        self.black_out = LinkButton(_("Black out parts of a picture or text first…"))
        self.black_out.clicked.connect(
            lambda: self.go.emit(Place("black_out", requirement=next(iter(self._wanted), "")))
        )
        self._arrived = QVBoxLayout()
        self._arrived.setSpacing(12)
        self.table = FactTable(
            (
                Head(_("Name")),
                Head(_("What it supports"), 212),
                Head(_("Size"), 84, right=True),
                Head(_("Digest"), 108, sortable=False),
                Head(_("Added"), 124),
                Head(_("Age"), 200),
            ),
            _("Evidence"),
        )
        self.table.picked.connect(self._choose)
        self.table.opened.connect(self._choose)
        self.panel = EvidencePanel(context)
        self.panel.hide()
        self.panel.closed.connect(self._close_panel)
        self.panel.export.connect(self._export)
        self.panel.removed.connect(self._remove)
        self.panel.refiled.connect(self._file)
        self.panel.wanted.connect(self._preview)
        self.empty = EmptyState(
            "paperclip",
            _("No file is here yet. Console views, policies, reports and plans show what an answer only says."),
        )
        self.body.addWidget(self.zone)
        self.body.addLayout(beside(self.black_out))
        self.body.addLayout(self._arrived)
        self.body.addWidget(self.table)
        self.body.addWidget(self.panel)
        self.body.addWidget(self.empty)
        self.body.addStretch(1)
        paste = QShortcut(QKeySequence(QKeySequence.StandardKey.Paste), self)
        paste.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        paste.activated.connect(self._paste)

    def shown(self, place: Place) -> None:
        """Draw everything anew."""
        self._wanted = (place.requirement,) if place.requirement in self.context.open.questionnaire.by_id else ()
        self._draw()
        if place.item and self.table.choose(place.item):
            self._choose(place.item)
        elif held := tuple(path for path in map(Path, place.item.split("\0")) if path.is_absolute()):
            self.add(held)

    def redraw(self, change: Change) -> None:
        self._draw()

    # --- adding --------------------------------------------------------------------------------------------------

    def add(self, paths: tuple[Path, ...]) -> None:
        """Seal files; each then asks what it supports."""
        session = self.context.open
        if session.read_only:
            self.message_bar.say_mistake(_("This assessment is open for reading only, so nothing was added."))
        elif paths:
            self.start(lambda hear: deeds.add(session, paths, self._wanted, hear), self._added)

    def _added(self, added: deeds.Added) -> None:
        unread, not_looked = dict(added.unread), dict(added.not_looked)
        for item in added.evidence:
            known = self.context.open.questionnaire
            sheet = FilingSheet(
                item, known, self._wanted, unread.get(item.id, ""), not_looked=not_looked.get(item.id, "")
            )
            sheet.filed.connect(self._file)
            sheet.refused.connect(self._remove)
            self._sheets[item.id] = sheet
            self._arrived.insertWidget(0, sheet)
        if added.evidence:
            self.panel.hide()
            self._sheets[added.evidence[0].id].file_button.setFocus()
            self.scroll_area.ensureVisible(0, 0)
        for held in added.held:
            self._hold(held)
        held_back = {held.sentence for held in added.held}
        if left_out := [sentence for sentence in added.left_out if sentence not in held_back]:
            self.message_bar.say_mistake(" ".join(left_out))
        self._draw()

    def _hold(self, held: HeldBack) -> None:
        """A file with a live secret: it is not here until that is settled."""
        sheet = HeldSheet(held)
        sheet.settled.connect(self._settle)
        sheet.again.connect(lambda: self._again(sheet))
        sheet.blacking_out.connect(lambda: self.go.emit(Place("black_out", str(held.path), *self._wanted[:1])))
        sheet.left.connect(lambda: let_go(sheet))
        self._arrived.insertWidget(0, sheet)
        sheet.setFocus()

    def _again(self, sheet: HeldSheet) -> None:
        let_go(sheet)
        self.add((sheet.held.path,))

    def _settle(self, sheet: HeldSheet, decided: SecretDisposed) -> None:
        """What a found secret is was said: it is kept, and holds for code too."""
        try:
            saving = scanning.dispose(
                self.context.open,
                decided.fingerprint,
                decided.verdict,
                because=decided.because,
                revoked_on=decided.revoked_on,
                rotated_on=decided.rotated_on,
            )
        except Mistake as mistake:
            sheet.say(mistake.sentence)
            return
        self.when_saved(saving, lambda _change: sheet.was_settled(decided.fingerprint))

    def take_files(self, paths: tuple[Path, ...]) -> None:
        self.add(paths)

    def _paste(self) -> None:
        paths = dropped_paths(QGuiApplication.clipboard().mimeData())
        if paths:
            self.add(paths)
        else:
            self.message_bar.say(
                _("There is no file in the clipboard. Copy one in your file manager, then paste here.")
            )

    # --- what a person does with a piece ---------------------------------------------------------------------------

    def _file(self, id: str, requirements: tuple[str, ...], note: str, expires: object) -> None:
        from datetime import date

        day, known = expires if isinstance(expires, date) else None, self.context.open.assessment.evidence.get(id)
        before = known.requirements if known is not None else ()
        try:
            saving = deeds.file(self.context.open, id, requirements, note, day)
        except Mistake as mistake:
            self.say_mistake(mistake)
            return
        self.when_saved(saving, lambda _change: self._filed(id, requirements, before))

    def _filed(self, id: str, requirements: tuple[str, ...], before: tuple[str, ...]) -> None:
        self._drop_sheet(id)
        item = self.context.open.assessment.evidence.get(id)
        if item is not None:
            under = ", ".join(requirements) or _("no requirement")
            self.say_done(_("{name} is filed under {under}.").format(name=item.name, under=under))
            if not set(requirements) <= set(before):
                session = self.context.open
                self.start(lambda hear: deeds.read_filed(session, id, before, hear), self._read)
        self._draw()

    def _read(self, unread: str) -> None:
        if unread:
            self.message_bar.say(unread)
        self._draw()

    def _remove(self, id: str) -> None:
        item = self.context.open.assessment.evidence.get(id)
        try:
            saving = deeds.remove(self.context.open, id)
        except Mistake as mistake:
            self.say_mistake(mistake)
            return

        def removed(_change: object) -> None:
            self._drop_sheet(id)
            self._draw()
            if item is not None:
                self.say_done(_("Removed {name}.").format(name=item.name))

        self.when_saved(saving, removed)

    def _export(self, id: str) -> None:
        session = self.context.open
        item = session.assessment.evidence.get(id)
        if item is None:
            return
        start = (self.context.preferences.home.documents if self.context.preferences else Path.home()) / item.name
        target = choosing.choose_target(self, _("Export a copy"), start)
        if target is None:
            return

        def done(path: Path) -> None:
            self.message_bar.say(
                _("A clear copy of {name} is now at {path}. It is not encrypted there.").format(
                    name=item.name, path=path
                )
            )

        self.start(lambda hear: deeds.export_copy(session, id, target, hear), done)

    def _preview(self, id: str, page: int) -> None:
        session = self.context.open
        ratio = self.devicePixelRatioF()
        try:
            self.start(
                lambda hear: deeds.preview(session, id, page, round(520 * ratio), hear),
                lambda preview: self.panel.show_preview(id, preview),
                failed=lambda error: self.panel.say_no_preview(id, sentence_of(error)),
            )
        except Mistake as mistake:
            self.panel.say_no_preview(id, mistake.sentence)

    # --- drawing -----------------------------------------------------------------------------------------------------

    def _choose(self, id: str) -> None:
        item = self.context.open.assessment.evidence.get(id)
        if item is not None and id not in self._sheets:
            self.panel.show_item(item, self.context.open)
            self.panel.show()

    def _close_panel(self) -> None:
        self.panel.hide()
        self.table.clearSelection()
        self.table.setFocus()

    def _drop_sheet(self, id: str) -> None:
        sheet = self._sheets.pop(id, None)
        if sheet is not None:
            sheet.hide()
            sheet.deleteLater()

    def _draw(self) -> None:
        if self.context.session is None:  # news of a job that ended after the assessment was closed
            return
        session = self.context.open
        items = tuple(session.assessment.evidence.values())
        for id in tuple(self._sheets):
            if id not in session.assessment.evidence:
                self._drop_sheet(id)
        now = self.context.now()
        self.zone.setVisible(not session.read_only)
        self.black_out.setVisible(not session.read_only)
        self.table.setVisible(bool(items))
        self.empty.setVisible(not items)
        self.table.show_lines([line(item, now) for item in reversed(items)])
        self.set_sentence(sentence(items, now))
        shown = session.assessment.evidence.get(self.table.key)
        if shown is None or shown.id in self._sheets:
            self.panel.hide()
        elif not self.panel.isHidden():
            self.panel.show_item(shown, session)


def sentence(items: tuple[Evidence, ...], now: datetime) -> str:
    """What is there: "8 files support 8 requirements. 1 is older than it should be." """
    if not items:
        return _("No file yet.")
    supported = {id for item in items for id in item.requirements}
    filed = sum(bool(item.requirements) for item in items)
    parts = []
    if filed:
        files = ngettext("{n} file", "{n} files", filed).format(n=filed)
        verb = _("supports") if filed == 1 else _("support")
        duties = ngettext("{n} requirement", "{n} requirements", len(supported)).format(n=len(supported))
        parts.append(_("{files} {verb} {duties}.").format(files=files, verb=verb, duties=duties))
    old = sum(too_old(item, now) for item in items)
    if old:
        parts.append(
            ngettext("{n} is older than it should be.", "{n} are older than they should be.", old).format(n=old)
        )
    if unfiled := len(items) - filed:
        said = (
            ngettext("{n} supports nothing yet.", "{n} support nothing yet.", unfiled)
            if filed
            else ngettext("{n} file, which supports nothing yet.", "{n} files, which support nothing yet.", unfiled)
        )
        parts.append(said.format(n=unfiled))
    return " ".join(parts)


def too_old(item: Evidence, now: datetime) -> bool:
    """True when its day has passed, or when it was added more than a year ago (our default)."""
    if item.expires is not None:
        return item.expires < now.date()
    return item.added_at is not None and now - item.added_at > _OLD


def line(item: Evidence, now: datetime) -> Line:
    """One row of the table."""
    supports = ", ".join(item.requirements)
    added = item.added_at
    today = now.astimezone().date()
    cells = (
        Cell(item.name, icon="file", tip=f"{item.name}\n{item.note}".strip()),
        Cell(supports or _("nothing yet"), "text" if supports else "unsure", tip=supports),
        Cell(words.size(item.sealed.size), "quiet", sort=item.sealed.size),
        Cell(item.sealed.digest[:8], "quiet", mono=True, tip=item.sealed.digest),
        Cell(
            words.day(added.astimezone().date(), today) if added else "–",
            "quiet",
            tip=words.exactly(added) if added else "",
            sort=added.timestamp() if added else 0.0,
        ),
        _age(item, now),
    )
    return Line(item.id, cells)


def _age(item: Evidence, now: datetime) -> Cell:
    days = (now - item.added_at).days if item.added_at else 0
    sort = float(days)
    if item.expires is not None and too_old(item, now):
        text = _("expired {day}").format(day=words.day(item.expires, now.date()))
        return Cell(text, "unsure", glyph=Glyph.CLOCK, glyph_color="unsure", sort=sort)
    months = days // 30
    text = (
        ngettext("{n} month", "{n} months", months).format(n=months)
        if months > 2
        else ngettext("{n} day", "{n} days", days).format(n=days)
        if days
        else _("today")
    )
    if too_old(item, now):
        text = _("{age}, older than 12 months").format(age=text)
        return Cell(text, "unsure", glyph=Glyph.CLOCK, glyph_color="unsure", sort=sort)
    if item.expires is not None:
        text = _("{age}, until {day}").format(age=text, day=words.day(item.expires, now.date()))
    return Cell(text, sort=sort)
