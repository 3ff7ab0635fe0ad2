"""Opens a workspace: one field, one button; the recovery key when the passphrase is forgotten."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from wizard.domain.language import _, ngettext
from wizard.gui import a11y
from wizard.gui.context import Context, Place, sentence_of
from wizard.gui.pages import errand
from wizard.gui.widgets.buttons import FilledButton, LinkButton
from wizard.gui.widgets.page import Foot, Page, Side
from wizard.gui.widgets.passphrase import PassphraseField
from wizard.gui.widgets.plain import PlainLabel

if TYPE_CHECKING:
    from wizard.session.session import Session
    from wizard.vault.unlocking import Unlock

#: After so many misses there is a pause, twice as long each time, a minute at most.
MISSES = 3
FIRST_PAUSE = 10
LONGEST_PAUSE = 60


class UnlockPage(Page):
    """`Place.item` is the workspace's folder. A wrong passphrase opens nothing and makes nothing."""

    def __init__(self, context: Context, parent: QWidget | None = None):
        super().__init__(context, _("Open a workspace"), "", parent)
        self._folder = Path()
        self._by_key = False
        self._working = False
        self.misses = 0
        self._left = 0
        self.keyring_said = PlainLabel("", "quiet", wrap=True)
        self.label = PlainLabel(_("Passphrase"), "strong")
        self.field = PassphraseField(_("Passphrase"))
        self.field.setMaximumWidth(420)
        self.field.setMinimumWidth(280)
        self.label.setBuddy(self.field)
        self.button = FilledButton(_("Open"))
        self.button.setMinimumWidth(112)
        self.problem = PlainLabel("", "red", wrap=True)
        self.problem.hide()
        self.other_way = LinkButton(_("Forgotten? Use the recovery key"))
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.field, 1)
        row.addWidget(self.button)
        row.addStretch(1)
        self.by_keyring = LinkButton(_("Ask this computer's keyring"))
        self.by_keyring.clicked.connect(lambda: self._try_keyring(self._folder, asked=True))
        self.by_keyring.hide()
        self.backup = LinkButton(_("Put back a backup…"))
        self.backup.clicked.connect(lambda: self.go.emit(Place("restore", str(self._folder))))
        self.backup.hide()
        way = QHBoxLayout()
        way.setSpacing(16)
        way.addWidget(self.other_way)
        way.addWidget(self.by_keyring)
        way.addWidget(self.backup)
        way.addStretch(1)
        column = QVBoxLayout()
        column.setSpacing(8)
        column.addLayout(_narrow(self.keyring_said))
        column.addWidget(self.label)
        column.addLayout(row)
        column.addLayout(_narrow(self.problem))
        column.addLayout(way)
        self.body.addLayout(column)
        self.body.addStretch(1)
        self.field.returnPressed.connect(self._try)
        self.field.textChanged.connect(self._typed)
        self.button.clicked.connect(self._try)
        self.other_way.clicked.connect(lambda: self._use_key(not self._by_key))
        self._pause = QTimer(self, interval=1000)
        self._pause.timeout.connect(self._tick)

    def shown(self, place: Place) -> None:
        """Ask for this workspace; where the computer's keyring may open it, try that first."""
        folder = Path(place.item)
        if folder != self._folder:
            self.misses = 0
            self._pause.stop()
            self._left = 0
        self._folder = folder
        title = next(
            (r.title for r in errand.preferences_of(self.context).settings.recent if r.folder == place.item),
            folder.name.removesuffix(".attestry"),
        )
        self.set_title(_("Open “{title}”").format(title=title))
        self.set_sentence(str(folder))
        self.backup.hide()
        self._use_key(False)
        self.field.clear()
        self._say("")
        self.keyring_said.hide()
        self._draw()
        self.field.setFocus()
        if folder in errand.opened_here:
            self.by_keyring.setVisible(True)  # it was locked: somebody else may sit here now
        else:
            self.by_keyring.setVisible(False)
            self._try_keyring(folder)

    def left(self) -> None:
        """Nothing typed stays behind."""
        self.field.clear()
        self.field.hide_text()

    def foot(self) -> Foot:
        return Foot(left=_("Nothing is read before it is open"), next_shown=False)

    def side(self) -> Side | None:
        return Side(_("No assessment is open"), (), _("Another one?"), _("Choose another workspace"))

    def link_pressed(self) -> None:
        self.go.emit(Place("welcome"))

    def back_pressed(self) -> bool:
        self.go.emit(Place("welcome"))
        return True

    def _try_keyring(self, folder: Path, *, asked: bool = False) -> None:
        def ask() -> str | Session | None:
            """The session that the keyring opened, its sentence when it was to and did not, else None."""
            from wizard.session import opening
            from wizard.vault import header
            from wizard.vault.keyring import Keyring
            from wizard.vault.mistakes import KeyringDoesNotOpen
            from wizard.vault.unlocking import WithKeyring

            if header.read(header.folder_of(folder)).slot(header.SlotKind.KEYRING) is None:
                return (
                    KeyringDoesNotOpen(_("This workspace is not set to open by the keyring.")).sentence
                    if asked
                    else None
                )
            available = Keyring().available()
            if not available.works:
                return KeyringDoesNotOpen(available.sentence).sentence
            try:
                return opening.open_(folder, WithKeyring(), errand.preferences_of(self.context))
            except KeyringDoesNotOpen as mistake:
                return mistake.sentence

        def then(answer: str | Session | None) -> None:
            if isinstance(answer, str):
                self.keyring_said.setText(answer)
                self.keyring_said.show()
            elif answer is not None:
                self._opened(answer)

        def let_go(answer: str | Session | None) -> None:
            if answer is not None and not isinstance(answer, str):
                answer.close()

        errand.run(
            self,
            _("Asking the keyring"),
            ask,
            then,
            failed=self._not_by_keyring,
            let_go=let_go,
        )

    def _not_by_keyring(self, error: Exception) -> None:
        if not self._waits(error):
            self._say(sentence_of(error))

    def _waits(self, error: Exception) -> bool:
        """A vault that was made to join a team has a page of its own until it is a part of it."""
        from wizard.session.opening import WaitsForBundle

        if isinstance(error, WaitsForBundle):
            self.go.emit(Place("join", str(self._folder)))
        return isinstance(error, WaitsForBundle)

    def _try(self) -> None:
        text = self.field.text()
        if not text or self._working or self._left:
            return
        self._busy(True)
        by_key, folder = self._by_key, self._folder
        preferences = errand.preferences_of(self.context)

        def work() -> Session:
            from wizard.session import opening
            from wizard.vault.unlocking import WithPassphrase, WithRecoveryKey

            unlock: Unlock = WithRecoveryKey(text) if by_key else WithPassphrase(text)
            return opening.open_(folder, unlock, preferences)

        def then(session: Session) -> None:
            self._opened(session, by_key)

        errand.run(self, _("Opening"), work, then, failed=self._refused, let_go=lambda session: session.close())

    def _opened(self, session: Session, by_key: bool = False) -> None:
        self._busy(False)
        self.field.clear()
        self.misses = 0
        self._say("")
        errand.opened_here.add(self._folder)
        # whoever needed the recovery key wants another passphrase next
        forgotten = by_key and not session.read_only
        self.opened.emit((session, Place("preferences", "passphrase")) if forgotten else session)

    def _refused(self, error: Exception) -> None:
        from wizard.vault.mistakes import (
            KeyringDoesNotOpen,
            MistypedRecoveryKey,
            UnusablePassphrase,
            WrongPassphrase,
            WrongRecoveryKey,
        )

        typed = (
            errand.Stopped
            | WrongPassphrase
            | WrongRecoveryKey
            | MistypedRecoveryKey
            | UnusablePassphrase
            | KeyringDoesNotOpen
        )
        self._busy(False)
        if self._waits(error):
            return
        sentence = sentence_of(error)
        self.backup.setVisible(not isinstance(error, typed))
        if isinstance(error, WrongPassphrase | WrongRecoveryKey):
            self.misses += 1
            if self.misses >= MISSES:
                self._left = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (self.misses - MISSES))
                self._pause.start()
        self._refusal = sentence
        self._say(self._with_pause())
        self._draw()
        self.field.selectAll()
        self.field.setFocus()

    def _with_pause(self) -> str:
        if not self._left:
            return self._refusal
        wait = ngettext(
            "That was wrong {m} times in a row. Try again in {n} second.",
            "That was wrong {m} times in a row. Try again in {n} seconds.",
            self._left,
        ).format(m=self.misses, n=self._left)
        return f"{self._refusal} {wait}"

    def _tick(self) -> None:
        self._left = max(0, self._left - 1)
        self.problem.setText(self._with_pause())
        if not self._left:
            self._pause.stop()
            a11y.announce(self, _("You can try again now."))
        self._draw()

    def _typed(self) -> None:
        if not self._left and self.problem.text() and self.field.text():
            self._say("")
        self._draw()

    def _use_key(self, by_key: bool) -> None:
        self._by_key = by_key
        words = _("Recovery key") if by_key else _("Passphrase")
        self.label.setText(words)
        self.field.setAccessibleName(words)
        self.field.setPlaceholderText(_("Six groups of six, from your printed sheet") if by_key else "")
        self.other_way.setText(_("Use the passphrase instead") if by_key else _("Forgotten? Use the recovery key"))
        self.field.clear()
        self.field.setFocus()

    def _say(self, sentence: str) -> None:
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))
        self.field.setAccessibleDescription(sentence)
        a11y.announce(self, sentence)

    def _busy(self, busy: bool) -> None:
        self._working = busy
        self._draw()

    def _draw(self) -> None:
        self.field.setReadOnly(self._working)
        self.button.setEnabled(bool(self.field.text()) and not self._working and not self._left)
        self.button.setText(_("Opening…") if self._working else _("Open"))


def _narrow(label: PlainLabel) -> QHBoxLayout:
    """A text column that is easy to read; its height follows its words."""
    row = QHBoxLayout()
    row.addWidget(label, 3)
    row.addStretch(2)
    return row
