"""What every page has: a title, a sentence that says what it knows now, a body that scrolls, and a message bar."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QVBoxLayout, QWidget
from shiboken6 import isValid

from wizard.domain.language import _
from wizard.gui.context import Context, Place, sentence_of
from wizard.gui.theme import theme
from wizard.gui.widgets.message_bar import MessageBar
from wizard.gui.widgets.plain import PlainLabel
from wizard.gui.widgets.scroll import scroll_area
from wizard.gui.words import Sign
from wizard.jobs.events import JobEvent

if TYPE_CHECKING:
    from wizard.jobs.runner import Hear, Job
    from wizard.session.changes import Change


@dataclass(frozen=True, slots=True)
class Foot:
    """What the foot of the window shows for a page. "" for a text means the usual: Saved, Back, Next.

    `why` stands beside a deed that cannot be done yet. `next_filled` when the foot holds the next best deed.
    """

    left: str = ""
    next_text: str = ""
    next_filled: bool = False
    next_enabled: bool = True
    why: str = ""
    back_shown: bool = True
    next_shown: bool = True


@dataclass(frozen=True, slots=True)
class Stop:
    """One row of the sidebar while no assessment is open: a title with its state; `here` for where one is."""

    title: str
    second: str
    sign: Sign
    here: bool = False


@dataclass(frozen=True, slots=True)
class Side:
    """The sidebar while no assessment is open: second line, stops, and a question with a link at its foot."""

    second: str
    stops: tuple[Stop, ...] = ()
    question: str = ""
    link: str = ""


class Page(QWidget):
    """Put things into `body`, deeds beside the title into `deeds`. Ask to go elsewhere by emitting `go(Place)`."""

    go = Signal(object)
    foot_changed = Signal()
    side_changed = Signal()
    #: an assessment was opened: Session, or (Session, Place) to start elsewhere than where the person stopped
    opened = Signal(object)
    #: close the assessment, and go to this place
    leave = Signal(object)

    def __init__(self, context: Context, title: str = "", sentence: str = "", parent: QWidget | None = None):
        super().__init__(parent)
        self.context = context
        size = theme().size
        self._title = PlainLabel(title, "title", wrap=True)
        self._sentence = PlainLabel(sentence, "quiet", wrap=True)
        self._sentence.setVisible(bool(sentence))
        self.deeds = QHBoxLayout()
        self.deeds.setSpacing(size.related)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(self._title)
        words.addWidget(self._sentence)
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addLayout(words, 1)
        head.addLayout(self.deeds)
        self.body = QVBoxLayout()
        self.body.setSpacing(12)
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(size.margin, size.margin_top, size.margin, 12)
        self._column.setSpacing(16)
        self._column.addLayout(head)
        self._column.addLayout(self.body, 1)
        self.scroll_area = scroll_area()
        self.scroll_area.setFrameShape(QFrame.Shape.NoFrame)
        self.scroll_area.setWidgetResizable(True)
        self.scroll_area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.scroll_area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.scroll_area.setWidget(inside)
        self.scroll_area.verticalScrollBar().setSingleStep(24)
        self.scroll_area.verticalScrollBar().rangeChanged.connect(self._keep_margin)
        self.message_bar = MessageBar()
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.scroll_area, 1)
        whole.addWidget(self.message_bar)

    @property
    def title(self) -> str:
        """What stands at its top and in the window's title."""
        return self._title.text()

    @property
    def sentence(self) -> str:
        """What this page knows now, in numbers and words."""
        return self._sentence.text()

    def set_title(self, title: str) -> None:
        """Change the title."""
        self._title.setText(title)

    def set_sentence(self, sentence: str) -> None:
        """Change the sentence under the title."""
        self._sentence.setText(sentence)
        self._sentence.setVisible(bool(sentence))

    def shown(self, place: Place) -> None:
        """The person came here. Called before it is seen; draw everything anew."""

    def left(self) -> None:
        """The person goes elsewhere: hand over what is still being typed."""

    def redraw(self, change: Change) -> None:
        """Something was recorded while this page is shown: draw what it shows of it, never the field typed in."""

    def foot(self) -> Foot:
        """What the foot shows; emit `foot_changed` when it is another."""
        return Foot()

    def side(self) -> Side | None:
        """The sidebar while no assessment is open; None for the sections."""
        return None

    def next_pressed(self) -> bool:
        """Next was pressed. True when this page did something itself, False to go to the next place."""
        return False

    def back_pressed(self) -> bool:
        """Back was pressed. True when this page did something itself."""
        return False

    def link_pressed(self) -> None:
        """The link at the foot of the sidebar was pressed (`Side.link`)."""

    def focus_first(self) -> None:
        """Put the focus on the first thing in this page that takes it."""
        for widget in self.findChildren(QWidget):
            if widget.isVisibleTo(self) and widget.isEnabled() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
                widget.setFocus(Qt.FocusReason.TabFocusReason)
                return

    def bring_into_view(self, widget: QWidget) -> None:
        """Scroll to something that was just put into the page, once it has its place."""

        def scroll() -> None:
            QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
            self.scroll_area.ensureWidgetVisible(widget, 0, 24)

        QTimer.singleShot(0, widget, scroll)

    def say_mistake(self, error: BaseException) -> None:
        """Say in the page what went wrong."""
        self.message_bar.say_mistake(sentence_of(error))

    def say_done(self, sentence: str) -> None:
        """Say what was just done, and offer to take it back."""
        self.message_bar.say(sentence, _("Undo"), self.take_back)

    def take_back(self) -> None:
        """Take the last deed back, and say which one it was."""

        def said(change: Change | None) -> None:
            self.message_bar.say(
                _("There is nothing to take back.")
                if change is None
                else _("Taken back: {deed}.").format(deed=change.undone)
            )

        self.when_saved(self.context.open.undo(), said)

    def when_saved(
        self,
        future: Future[Any],
        then: Callable[[Any], object] | None = None,
        kept: Callable[[], object] = lambda: None,
    ) -> None:
        """Wait for something that was recorded; what goes wrong is said in the page, and `kept` is told, so that what
        was typed stays where it is until it is saved. Whoever left this page meanwhile hears it where they are."""

        def saved(change: Any) -> None:
            if then is not None and isValid(self):
                then(change)

        def failed(error: Exception) -> None:
            self.context.say_mistake(error)
            if isValid(self):
                kept()

        self.context.mailbox.when_done(future, saved, failed)

    def not_saved(self) -> list[BaseException]:
        """Hand over what is typed, wait until it is saved, and give what kept it from that."""
        faults: list[BaseException] = []
        session, say = self.context.session, self.context.say_mistake
        if session is not None:
            self.context.say_mistake = faults.append
            try:
                self.left()
                session.flush()
                QCoreApplication.sendPostedEvents(self.context.mailbox)  # it hears what the writer says
            finally:
                self.context.say_mistake = say
        return faults

    def start(
        self,
        begin: Callable[[Hear], Job[Any]],
        then: Callable[[Any], object],
        *,
        failed: Callable[[Exception], object] | None = None,
        each: Callable[[JobEvent], object] | None = None,
        stopped: Callable[[], object] = lambda: None,
        let_go: Callable[[Any], object] | None = None,
        whole: bool = False,
    ) -> Job[Any]:
        """Begin slow work; the strip in the foot shows it, and what goes wrong is said in the page.

        Opening or closing an assessment lets pages go: then nobody hears, and `let_go` takes what was made.
        """

        def while_here(call: Callable[..., object], otherwise: Callable[..., object]) -> Callable[..., object]:
            return lambda *news: (call if isValid(self) else otherwise)(*news)

        def nobody(*_news: object) -> None:
            """There is no page any more to say it in."""

        return self.context.work.start(
            begin,
            then=while_here(then, let_go or nobody),
            failed=while_here(failed or self.say_mistake, nobody),
            each=while_here(each or nobody, nobody),
            stopped=while_here(stopped, nobody),
            whole=whole,
        )

    def _keep_margin(self, _least: int, most: int) -> None:
        """The bar to scroll with stands inside the margin, so that nothing moves when it comes."""
        size = theme().size
        right = size.margin - (self.scroll_area.verticalScrollBar().sizeHint().width() if most > 0 else 0)
        self._column.setContentsMargins(size.margin, size.margin_top, right, 12)
