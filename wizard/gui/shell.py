"""The window: sidebar, page and foot; where one is, where one can go, and what stays when it is closed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QKeyEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QStackedLayout, QStackedWidget, QVBoxLayout, QWidget

from wizard.domain.language import _
from wizard.gui import curtain, outline, pages, reading_order
from wizard.gui.context import Context, Place, sentence_of
from wizard.gui.foot import FootBar
from wizard.gui.locking import IdleWatch
from wizard.gui.mailbox import Mailbox
from wizard.gui.sidebar import Sidebar
from wizard.gui.soon import Soon
from wizard.gui.widgets.card import line, upright
from wizard.gui.widgets.page import Page, Side
from wizard.session.settings import KEY_FILE, Preferences

if TYPE_CHECKING:
    from wizard.session.changes import Change
    from wizard.session.session import Session


class Shell(QWidget):
    """One window. It owns the mailbox and, while one is open, the session."""

    def __init__(self, preferences: Preferences | None = None, parent: QWidget | None = None):
        super().__init__(parent)
        self.setWindowTitle("Attestry")
        self.setMinimumSize(960, 600)
        self.mailbox = Mailbox(self)
        self.context = Context(self.mailbox, preferences)
        self.context.say_mistake = self.say_fault
        self.place = Place("")
        self._warned = False  # that closing would lose what cannot be saved
        self._pages: dict[str, Page] = {}
        self._stop_listening: Callable[[], None] = lambda: None
        self.sidebar = Sidebar()
        self.sidebar.chosen.connect(self.go)
        self.sidebar.searched.connect(self._search)
        self.sidebar.find_entered.connect(self._take_first_found)
        self.sidebar.link_pressed.connect(lambda: self.page.link_pressed())
        self.sidebar.lock.clicked.connect(self.lock)
        self.stack = QStackedWidget()
        self.foot = FootBar()
        self.foot.back.connect(self.go_back)
        self.foot.forward.connect(self.go_next)
        self.foot.stopped.connect(lambda: self.context.work.stop_by_hand())
        self.context.work.changed.connect(self._draw_work)
        middle = QVBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.stack, 1)
        middle.addWidget(line())
        middle.addWidget(self.foot)
        #: all of it; while it is locked and something still runs, a curtain stands in `front` of it
        self.inside = reading_order.Ground()
        self.front = QStackedLayout(self)
        self.front.addWidget(self.inside)
        row = QHBoxLayout(self.inside)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.sidebar)
        row.addWidget(upright())
        row.addLayout(middle, 1)
        self.idle = IdleWatch(self)
        self.idle.idle.connect(lambda: curtain.nobody_is_there(self))
        self._around = Soon(self._draw_around, 300, self)
        self._remember_soon = Soon(self._remember, 1000, self)
        for keys, do in (
            ("Ctrl+K", self._focus_search),
            ("Ctrl+Return", self.go_next),
            ("Alt+Left", self.go_back),
            ("Ctrl+Z", self.undo),
            ("F6", lambda: self._cycle(1)),
            ("Shift+F6", lambda: self._cycle(-1)),
            ("F1", lambda: self.go(Place("keys"))),
            ("Ctrl+L", self.lock),
        ):
            QShortcut(QKeySequence(keys), self).activated.connect(do)

    def sizeHint(self) -> QSize:
        kept = self.context.preferences.settings.window if self.context.preferences else ()
        return QSize(*kept) if len(kept) == 2 else QSize(1280, 800)

    @property
    def session(self) -> Session | None:
        """The open assessment."""
        return self.context.session

    @property
    def covered(self) -> bool:
        """True while a curtain hides the assessment."""
        return self.front.currentWidget() is not self.inside

    @property
    def page(self) -> Page:
        """The page that is shown."""
        page = self.stack.currentWidget()
        assert isinstance(page, Page)
        return page

    def start(self, workspace: Path | None = None) -> None:
        """Show the first page: the workspace asked for, the last one, or the welcome page."""
        preferences = self.context.preferences
        recent = preferences.settings.recent if preferences else ()
        if workspace is not None and workspace.suffix == ".attestry-request":
            self.go(Place("request", str(workspace)))
            return
        if workspace is not None:
            workspace = workspace.absolute().parent if workspace.name == KEY_FILE else workspace.absolute()
        elif recent and Path(recent[0].folder).is_dir():
            workspace = Path(recent[0].folder)
        self.go(Place("unlock", str(workspace)) if workspace is not None else Place("welcome"))

    def open_session(self, opened: object) -> None:
        """Show an assessment: a session, or a session with the place to start at."""
        session, place = opened if isinstance(opened, tuple) else (opened, None)
        if self.context.session is not None and self.context.session is not session:
            self.close_session()
        self.context.session = session
        self._drop_pages()
        self._stop_listening = session.listen(self.mailbox.carry(self._changed))
        preferences = self.context.preferences
        if place is None and preferences is not None:
            folder = str(session.workspace.folder)
            place = next(
                (outline.read(r.place, session) for r in preferences.settings.recent if r.folder == folder), None
            )
        self.go(place or Place("home"))
        from wizard.gui import safekeeping

        safekeeping.begin(self)

    def close_session(self) -> None:
        """Hand over what is typed, remember the place, and let the assessment go."""
        session = self.context.session
        if session is None:
            return
        if isinstance(self.stack.currentWidget(), Page):
            self.page.left()
        self._remember()
        self.idle.stop()
        self.context.work.stop()
        self._stop_listening()
        self.context.session = None
        self._drop_pages()
        curtain.uncover(self)
        session.close()

    def lock(self) -> None:
        """Hide everything at once and let the keys go; unlocking comes back to the same place."""
        session = self.context.session
        if session is not None:
            self.leave(Place("unlock", str(session.workspace.folder)))

    def leave(self, place: Place) -> None:
        """Close the assessment, and show a place that needs none."""
        self.close_session()
        self.go(place)

    def go(self, place: Place) -> None:
        """Show a place."""
        place = outline.allowed(place, self.context.session)
        if self.place.page and isinstance(self.stack.currentWidget(), Page):
            self.page.left()
        page, had_focus = self._page(place.page), self.focusWidget()
        self.place = place
        self.stack.setCurrentWidget(page)
        page.message_bar.clear()
        page.shown(place)
        self._draw_saved()
        self._draw_around()
        if self.context.session is not None:
            self._remember_soon.start()
            self._watch_idle()
        gone = had_focus is None or not had_focus.isVisibleTo(self)  # also before the window is shown
        if gone and not page.isAncestorOf(self.focusWidget() or self):
            page.setFocus()

    def go_next(self) -> None:
        """What Next does on this page, or the next place."""
        if self.foot.deed.isEnabled() and not self.page.next_pressed():
            self._walk(1)

    def go_back(self) -> None:
        """What Back does on this page, or the place before."""
        if not self.page.back_pressed():
            self._walk(-1)

    def undo(self) -> None:
        """Take the last deed back, and say so."""
        if self.context.session is not None:
            self.page.take_back()

    def say_fault(self, error: BaseException) -> None:
        """Say in the page what went wrong."""
        if isinstance(self.stack.currentWidget(), Page):
            self.page.message_bar.say_mistake(sentence_of(error))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        handle = self.windowHandle()
        if handle is not None:
            handle.installEventFilter(self.idle)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc comes here only when nothing nearer to the focus wanted it."""
        if event.key() == Qt.Key.Key_Escape and not self.covered:
            self._escape()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        if isinstance(self.stack.currentWidget(), Page) and not self._warned and (faults := self.page.not_saved()):
            self._warned = True
            stays = _("Close the window again to leave without it.")
            self.page.message_bar.say_mistake(f"{sentence_of(faults[0])} {stays}")
            event.ignore()
            return
        if self.context.preferences is not None:
            self.context.preferences.change(window=(self.width(), self.height()))
        self.close_session()
        self.context.work.stop()
        self.mailbox.close()
        event.accept()

    def _page(self, name: str) -> Page:
        if name not in self._pages:
            page = self._made(name)
            page.go.connect(self.go)
            page.foot_changed.connect(lambda: self._page_said(page, self._draw_foot))
            page.side_changed.connect(lambda: self._page_said(page, self._draw_side))
            page.opened.connect(self.open_session)
            page.leave.connect(self.leave)
            self._pages[name] = page
            self.stack.addWidget(page)
        return self._pages[name]

    def _made(self, name: str) -> Page:
        match name:
            case "keys":
                from wizard.gui.keys import KeysPage

                return KeysPage(self.context)
            case "finder":
                from wizard.gui.finder import FinderPage

                return FinderPage(self.context)
            case _:
                return pages.entry(name).find()(self.context)

    def _drop_pages(self) -> None:
        """Pages show one assessment; for another they are made again."""
        self.place = Place("")
        for page in self._pages.values():
            self.stack.removeWidget(page)
            page.deleteLater()
        self._pages = {}

    def _page_said(self, page: Page, draw: Callable[[], None]) -> None:
        if page is self.stack.currentWidget():
            draw()

    def _walk(self, step: int) -> None:
        session = self.context.session
        if session is None:
            return
        order = outline.order(session)
        at = self._at(order)
        if at is None:
            self.go(Place("home"))
        elif 0 <= at + step < len(order):
            self.go(order[at + step])

    def _at(self, order: tuple[Place, ...]) -> int | None:
        return next((n for n, p in enumerate(order) if (p.page, p.item) == (self.place.page, self.place.item)), None)

    def _changed(self, change: Change) -> None:
        """Something was recorded: only now it is saved."""
        if self.context.session is None:
            return
        self._draw_saved()
        if isinstance(self.stack.currentWidget(), Page):
            self.page.redraw(change)
        self._around.ask(at_once=not self.context.work.running)

    def _draw_around(self) -> None:
        if isinstance(self.stack.currentWidget(), Page):
            self._draw_side()
            self._draw_foot()

    def _draw_side(self) -> None:
        session = self.context.session
        side = self.page.side()
        if session is not None and side is None:
            about = outline.title(session)
            if session.assessment.demonstration:
                about = _("{title} · demonstration").format(title=about)
            self.sidebar.show_rows(about, outline.side_rows(session))
            self.sidebar.select(self.place)
        else:
            self.sidebar.show_side(side or Side(""))
        self.draw_title()

    def _draw_foot(self) -> None:
        session = self.context.session
        at = self._at(outline.order(session)) if session is not None else None
        first, last = at == 0, session is not None and at == len(outline.order(session)) - 1
        self.foot.show_foot(self.page.foot(), first=first, last=last)

    def draw_title(self) -> None:
        """Say in the window's title where one is, unless that is hidden."""
        if self.covered:
            return
        self.setWindowTitle(outline.window_title(self.context.session, self.page.title))

    def _draw_saved(self) -> None:
        session = self.context.session
        read_only = session is not None and session.read_only
        self.foot.set_saved(outline.saved(session) if session is not None else "", trouble=read_only)

    def _draw_work(self) -> None:
        running = self.context.work.running
        if running:
            last, whole = running[-1], all(one.whole for one in running)
            self.foot.strip.show_progress(last.title, last.done, last.total, last.text, stoppable=not whole)
        else:
            self.foot.strip.finish()
            QTimer.singleShot(0, self, lambda: curtain.nothing_runs(self))  # what ended is heard of first
            if not self.isActiveWindow():
                QApplication.alert(self)

    def _search(self, text: str) -> None:
        if self.context.session is None:
            return
        if not text.strip():
            if self.place.page == "finder":
                self.go(self._before_search)
            return
        if self.place.page != "finder":
            self._before_search = self.place
            self.go(Place("finder"))
        from wizard.gui.finder import FinderPage

        if isinstance(self.page, FinderPage):
            self.page.look_for(text)

    _before_search = Place("home")

    def _take_first_found(self) -> None:
        from wizard.gui.finder import FinderPage

        if isinstance(self.page, FinderPage):
            self.page.take_first()
            self.sidebar.search.blockSignals(True)
            self.sidebar.search.clear()
            self.sidebar.search.blockSignals(False)

    def _focus_search(self) -> None:
        if self.context.session is not None:
            self.sidebar.search.setFocus()
            self.sidebar.search.selectAll()

    def _escape(self) -> None:
        if self.sidebar.search.text():
            self.sidebar.search.clear()
        elif self.place.page == "keys":
            self.go(Place("home") if self.context.session is not None else Place("welcome"))
        elif self.page.message_bar.text:
            self.page.message_bar.clear()

    def _cycle(self, step: int) -> None:
        inside = (self.sidebar.rows, self.page, self.foot.deed)
        focus = QApplication.focusWidget()
        at = next((n for n, w in enumerate((self.sidebar, self.page, self.foot)) if focus and w.isAncestorOf(focus)), 0)
        target = inside[(at + step) % 3]
        if isinstance(target, Page):
            target.focus_first()
        else:
            target.setFocus(Qt.FocusReason.TabFocusReason)

    def _watch_idle(self) -> None:
        preferences = self.context.preferences
        seconds = preferences.settings.lock_after_minutes * 60 if preferences is not None else 0
        if seconds != self.idle.limit_seconds:
            self.idle.start(seconds)

    def _remember(self) -> None:
        session, preferences = self.context.session, self.context.preferences
        if session is None or preferences is None or self.place.page in ("", "finder", "keys"):
            return
        preferences.remember(session.workspace.folder, outline.title(session), outline.written(self.place))
