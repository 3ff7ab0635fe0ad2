"""The empty home: start a new attestation, open one that is there, or see how it all goes on a demonstration."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from wizard.domain.language import _
from wizard.gui import words
from wizard.gui.context import Context, Place
from wizard.gui.icons import Glyph
from wizard.gui.pages import demonstration
from wizard.gui.pages.errand import preferences_of
from wizard.gui.pages.form import beside, column, empty
from wizard.gui.pages.reviewer import choose_attestation
from wizard.gui.widgets import choosing
from wizard.gui.widgets.buttons import FilledButton, LinkButton, OutlineButton
from wizard.gui.widgets.card import Card
from wizard.gui.widgets.drop_zone import TakesFiles
from wizard.gui.widgets.page import Foot, Page, Side
from wizard.gui.widgets.plain import FactLabel, PlainLabel
from wizard.gui.widgets.two_line_row import TwoLineRow
from wizard.gui.words import Sign
from wizard.session.settings import KEY_FILE, Recent

#: A whole workspace in one file.
EXPORT_SUFFIX = ".attestry-export"
#: How the files end by which a lead asks for evidence.
REQUEST_SUFFIX = ".attestry-request"
#: And those by which editors exchange what is new; the first one of a lead makes a vault part of a team.
BUNDLE_SUFFIX = ".attestry-bundle"


class WelcomePage(TakesFiles, Page):
    """What is seen while no assessment is open."""

    def __init__(self, context: Context, parent: QWidget | None = None):
        super().__init__(
            context,
            _("Attest, with proof"),
            _("Answer in plain words, let checks look for themselves, and sign one PDF that a reviewer can verify."),
            parent,
        )
        self.setAcceptDrops(True)
        self._new = _Offer(
            _("Start a new attestation"),
            _("Two to three hours in all, and you can stop at any time. Everything stays on this computer, encrypted."),
            FilledButton(_("Start a new attestation")),
        )
        self._open = _Offer(
            _("Open a workspace"),
            _("A folder whose name ends in .attestry. You can also drop it anywhere on this page."),
            OutlineButton(_("Open a workspace…")),
        )
        self._demo = _Offer(
            _("See the demonstration"),
            _("A small imperfect service on this computer is assessed and attested, in less than a minute."),
            OutlineButton(_("See the demonstration")),
        )
        self._new.acted.connect(lambda: self.go.emit(Place("first_run")))
        self._open.acted.connect(self._choose)
        self._demo.acted.connect(self._show_demonstration)
        offers = QHBoxLayout()
        offers.setSpacing(12)
        for offer in (self._new, self._open, self._demo):
            offers.addWidget(offer, 1)
        self.body.addLayout(offers)
        self._check = _Aside(
            _("Were you sent an attestation?"),
            _("See who signed what, and whether anything was changed since. You can also drop the PDF on this page."),
            OutlineButton(_("Check an attestation…")),
        )
        self._check.button.clicked.connect(self._choose_attestation)
        self.body.addWidget(self._check)
        self._ready = QVBoxLayout()
        self.body.addLayout(self._ready)
        self._heading = PlainLabel(_("Recent"), "heading")
        self._heading.setContentsMargins(0, 12, 0, 0)
        self._list = Card()
        self._list.body.setContentsMargins(1, 1, 1, 1)
        self._list.body.setSpacing(0)
        self.body.addWidget(self._heading)
        self.body.addWidget(self._list)
        along = LinkButton(_("Bring in a whole workspace from another computer…"))
        along.clicked.connect(lambda: self.go.emit(Place("bring_in")))
        team = LinkButton(_("Join a team that works on one assessment…"))
        team.clicked.connect(lambda: self.go.emit(Place("join")))
        self.body.addLayout(beside(along, team, gap=24))
        self.body.addStretch(1)
        self.rows: list[TwoLineRow] = []

    def shown(self, place: Place) -> None:
        """Draw the recent workspaces anew; they may have been moved meanwhile."""
        self._draw_recent()
        self._new.button.setFocus()

    def foot(self) -> Foot:
        return Foot(left=_("Nothing leaves this computer unless you send it."), back_shown=False, next_shown=False)

    def side(self) -> Side | None:
        return Side(_("No assessment is open"), (), _("Were you asked for evidence?"), _("Open the request"))

    def link_pressed(self) -> None:
        patterns = _("Requests") + f" (*{REQUEST_SUFFIX})"
        file = choosing.choose_file(self, _("Open the request"), patterns, preferences_of(self.context).home.documents)
        if file is not None:
            self.go.emit(Place("request", str(file)))

    def _draw_recent(self) -> None:
        empty(self._list.body)
        recent = preferences_of(self.context).settings.recent
        self._heading.setVisible(bool(recent))
        self._list.setVisible(bool(recent))
        self.rows = []
        for number, item in enumerate(recent):
            self._list.body.addWidget(self._recent_row(item, first=number == 0))

    def _recent_row(self, item: Recent, *, first: bool) -> QWidget:
        folder = Path(item.folder)
        there = (folder / KEY_FILE).is_file()
        when = words.ago(item.opened_at, self.context.now())
        second = _("{folder} · opened {when}").format(folder=folder, when=when)
        row = TwoLineRow(item.title, second if there else str(folder), first=first)
        row.setToolTip(words.exactly(item.opened_at))
        self.rows.append(row)
        if there:
            row.clicked.connect(lambda: self._open_folder(folder))
        else:
            row.set_state("", Sign(Glyph.QUESTION, "unsure", "unsure_tint", "unsure"), _("Not there now"))
            row.clicked.connect(lambda: self._missing(folder, item.title))
        return row

    def _missing(self, folder: Path, title: str) -> None:
        def forget() -> None:
            preferences_of(self.context).forget(folder)
            self._draw_recent()

        self.message_bar.say_mistake(
            _(
                "“{title}” is not at {folder} any more. It may have been moved, or its drive is not connected. "
                "Connect the drive, or open it from where it lies now."
            ).format(title=title, folder=folder),
            _("Take it off the list"),
            forget,
        )

    def _choose_attestation(self) -> None:
        file = choose_attestation(self, preferences_of(self.context).home.documents)
        if file is not None:
            self.go.emit(Place("reviewer", str(file)))

    def _choose(self) -> None:
        start = preferences_of(self.context).home.documents
        folder = choosing.choose_folder(self, _("Open a workspace"), start)
        if folder is not None:
            self._open_folder(folder)

    def _open_folder(self, folder: Path) -> None:
        if folder.suffix == EXPORT_SUFFIX:
            self.go.emit(Place("bring_in", str(folder)))
            return
        if folder.suffix == REQUEST_SUFFIX:
            self.go.emit(Place("request", str(folder)))
            return
        if folder.suffix == BUNDLE_SUFFIX:
            self.go.emit(Place("join", str(folder)))
            return
        if folder.suffix.lower() == ".pdf":
            self.go.emit(Place("reviewer", str(folder)))
            return
        folder = folder.parent if folder.name == KEY_FILE else folder
        if not (folder / KEY_FILE).is_file():
            self.message_bar.say_mistake(
                _(
                    "{name} is not an Attestry workspace: it holds no {file}. Nothing was changed. "
                    "Choose a folder whose name ends in .attestry."
                ).format(name=folder.name, file=KEY_FILE)
            )
            return
        self.go.emit(Place("unlock", str(folder)))

    def take_files(self, paths: tuple[Path, ...]) -> None:
        self._open_folder(paths[0])

    def _show_demonstration(self) -> None:
        self._demo.button.setEnabled(False)

        def failed(error: Exception) -> None:
            self._demo.button.setEnabled(True)
            self.say_mistake(error)

        demonstration.begin(self, self._demonstrated, failed, lambda: self._demo.button.setEnabled(True))

    def _demonstrated(self, shown: demonstration.Shown) -> None:
        self._demo.button.setEnabled(True)
        card = _Ready(shown)
        card.opened.connect(lambda: self._open_demonstration(shown))
        empty(self._ready)
        self._ready.addWidget(card)
        card.button.setFocus()
        self._draw_recent()

    def _open_demonstration(self, shown: demonstration.Shown) -> None:
        demonstration.open_(self, shown, lambda session: self.opened.emit((session, Place("home"))))


class _Offer(Card):
    """One of the three things to do: what it is, what to expect, and its button."""

    acted = Signal()

    def __init__(self, title: str, sentence: str, button: OutlineButton):
        super().__init__()
        self.button = button
        self.button.clicked.connect(self.acted)
        heading = PlainLabel(title, "heading", wrap=True)
        text = PlainLabel(sentence, "quiet", wrap=True)
        self.body.setContentsMargins(16, 16, 16, 16)
        self.body.addWidget(heading)
        self.body.addWidget(text)
        self.body.addStretch(1)
        self.body.addSpacing(8)
        self.body.addLayout(beside(button))


class _Aside(Card):
    """One more thing to do, in a line: what it is, and its button."""

    def __init__(self, title: str, sentence: str, button: OutlineButton):
        super().__init__()
        self.button = button
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addLayout(column(PlainLabel(title, "heading", wrap=True), PlainLabel(sentence, "quiet", wrap=True)), 1)
        row.addWidget(button)
        self.body.addLayout(row)


class _Ready(Card):
    """The demonstration has run: its passphrase, its PDF, and the way in."""

    opened = Signal()

    def __init__(self, shown: demonstration.Shown):
        super().__init__("accent")
        self.button = OutlineButton(_("Open the demonstration"))
        self.button.clicked.connect(self.opened)
        copy = LinkButton(_("Copy"))
        copy.setAccessibleName(_("Copy the passphrase of the demonstration"))
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(shown.passphrase))
        passphrase = QHBoxLayout()
        passphrase.setSpacing(8)
        passphrase.addWidget(PlainLabel(_("Its passphrase, thrown away with it:"), "quiet"))
        passphrase.addWidget(FactLabel(shown.passphrase, wrap=False))
        passphrase.addWidget(copy)
        passphrase.addStretch(1)
        left = QVBoxLayout()
        left.setSpacing(4)
        left.addWidget(PlainLabel(_("The demonstration is ready"), "heading"))
        left.addWidget(PlainLabel(shown.sentence, "quiet", wrap=True))
        left.addLayout(passphrase)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addLayout(left, 1)
        row.addWidget(self.button)
        self.body.addLayout(row)
