"""The first run, three short stops: make the vault, say who applies, see what will be asked."""

from __future__ import annotations

from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from wizard.domain.events import AssessmentDescribed
from wizard.domain.finding import Mark
from wizard.domain.language import _
from wizard.gui import words
from wizard.gui.context import Context, Place
from wizard.gui.pages import errand
from wizard.gui.pages.applicant import ApplicantForm
from wizard.gui.pages.asked import AskedView
from wizard.gui.pages.earlier_offer import EarlierOffer
from wizard.gui.pages.vault_stop import VaultStop
from wizard.gui.widgets.page import Foot, Page, Side, Stop

if TYPE_CHECKING:
    from wizard.session.deeds.renewing import Renewal
    from wizard.session.opening import Created
    from wizard.session.session import Session


class Step(IntEnum):
    """Where one is."""

    VAULT = 0
    WHO = 1
    ASKED = 2


class FirstRunPage(Page):
    """Makes a workspace. `opened` is emitted when the last stop is left; before that the session stays here."""

    def __init__(self, context: Context, parent: QWidget | None = None):
        super().__init__(context, parent=parent)
        self._step = Step.VAULT
        self._session: Session | None = None
        self._working = False
        self._view = QStackedWidget()
        self.body.addWidget(self._view)
        self.body.addStretch(1)
        self.vault = VaultStop(errand.preferences_of(context).home.documents)
        self.vault.changed.connect(self.foot_changed)
        self.who = ApplicantForm()
        self.who.edited.connect(self.foot_changed)
        self.earlier = EarlierOffer()
        self.earlier.chosen.connect(self._go_on_from)
        self.asked = AskedView()
        for stop in (self.vault, self.who, self.asked):
            holder = QWidget()
            column = QVBoxLayout(holder)
            column.setContentsMargins(0, 4, 0, 0)
            if stop is self.who:
                column.addWidget(self.earlier)
                column.addSpacing(12)
            column.addWidget(stop)
            column.addStretch(1)
            self._view.addWidget(holder)
        self._draw()

    def shown(self, place: Place) -> None:
        """Come to the first field that is to be filled in."""
        self._draw()
        if self._session is None:
            self.vault.begin()

    def left(self) -> None:
        """Going away before the end: the vault stays, closed, among the recent ones."""
        if self._session is not None:
            self._session.close()
            self._session = None
            self._step = Step.VAULT
            self.vault.start_over()

    def side(self) -> Side | None:
        made = self._session is not None
        titles = (_("Make the vault"), _("Who applies"), _("What is asked"))
        done = (made and self.vault.written_down, made and self.who.complete and self._step > Step.WHO, False)
        stops = []
        for step, title in zip(Step, titles, strict=True):
            if step == self._step:
                mark, word = words.sign(Mark.IN_PROGRESS), words.word(Mark.IN_PROGRESS)
            elif done[step]:
                mark, word = words.complete_sign(), words.complete()
            else:
                mark, word = words.sign(Mark.NOT_STARTED), words.word(Mark.NOT_STARTED)
            stops.append(Stop(title, word, mark, here=step == self._step))
        second = _("First run · 3 short stops")
        return Side(second, tuple(stops), _("Already have a vault?"), _("Open it instead"))

    def link_pressed(self) -> None:
        self.go.emit(Place("welcome"))

    def foot(self) -> Foot:
        match self._step:
            case Step.VAULT if self._session is None:
                return Foot(
                    left=_("Nothing is written until you make the vault"),
                    next_text=_("Make the vault"),
                    next_filled=True,
                    next_enabled=self.vault.ready and not self._working,
                    why="" if self.vault.ready else self.vault.missing,
                )
            case Step.VAULT:
                written = self.vault.written_down
                return Foot(
                    left=_("The vault is made and open"),
                    next_text=_("Go on"),
                    next_filled=True,
                    next_enabled=written,
                    why="" if written else _("Type the two groups first"),
                    back_shown=False,  # the vault is made, so there is no stop before this one
                )
            case Step.WHO:
                return Foot(
                    left=_("You can change this later"),
                    next_text=_("Go on"),
                    next_filled=True,
                    next_enabled=self.who.complete and not self._working,
                    why="" if self.who.complete else _("Name the organisation and the integration"),
                )
            case Step.ASKED:
                return Foot(left=_("Saved as you go"), next_text=_("Begin with the scope"), next_filled=True)

    def next_pressed(self) -> bool:
        match self._step:
            case Step.VAULT if self._session is None:
                self._make()
            case Step.VAULT:
                self._note_written_down()
                self._go_to(Step.WHO)
            case Step.WHO:
                self._describe()
            case Step.ASKED:
                self._hand_over()
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return in a field goes on, as soon as that is possible."""
        typed = isinstance(self.focusWidget(), QLineEdit) and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if typed and self.foot().next_enabled:
            self.next_pressed()
        else:
            super().keyPressEvent(event)

    def back_pressed(self) -> bool:
        if self._step is not Step.VAULT:
            self._go_to(Step(self._step - 1))
        elif self._session is None:
            self.go.emit(Place("welcome"))
        return True

    def _go_to(self, step: Step) -> None:
        self._step = step
        self._draw()
        if step is Step.WHO:
            self.who.organisation.setFocus()

    def _draw(self) -> None:
        match self._step:
            case Step.VAULT if self._session is None:
                self.set_title(_("Make the vault"))
                self.set_sentence(_("Your answers and files are kept in one encrypted folder on this computer."))
            case Step.VAULT:
                self.set_title(_("Keep the recovery key"))
                self.set_sentence(_("The vault is made. This key is shown once, here and now."))
            case Step.WHO:
                self.set_title(_("Who applies"))
                self.set_sentence(_("These words stand on the first page of the attestation."))
            case Step.ASKED:
                self.set_title(_("What is asked"))
                self.set_sentence(self.asked.sentence)
        self._view.setCurrentIndex(self._step)
        self.side_changed.emit()
        self.foot_changed.emit()

    def _make(self) -> None:
        if self._working or not self.vault.ready:
            return
        folder, passphrase, remember = self.vault.folder, self.vault.passphrase, self.vault.remember
        preferences = errand.preferences_of(self.context)
        self._busy(True)

        def work() -> Created:
            from wizard.session import opening

            folder.parent.mkdir(parents=True, exist_ok=True)
            return opening.create(
                folder, preferences, passphrase=passphrase, remember=remember, described=AssessmentDescribed("", "")
            )

        errand.run(
            self,
            _("Making the vault"),
            work,
            self._made,
            failed=self._not_made,
            let_go=lambda created: created.session.close(),
        )

    def _made(self, created: Created) -> None:
        self._session = created.session
        errand.opened_here.add(created.session.workspace.folder)
        self._busy(False)
        self.message_bar.clear()
        self.vault.show_made(created.recovery_key, Path(created.session.workspace.folder))
        self.asked.show_questionnaire(created.session.questionnaire)
        self._draw()
        if self.vault_said:
            self.message_bar.say_mistake(
                _("{why} So the passphrase is asked for each time; Preferences can try again.").format(
                    why=self.vault_said
                )
            )

    @property
    def vault_said(self) -> str:
        """Why the keyring does not remember the vault although it was asked to; "" when it does."""
        return self._session.workspace.keyring_said if self._session is not None else ""

    def _not_made(self, error: Exception) -> None:
        self._busy(False)
        self.say_mistake(_as_mistake(error, self.vault.folder))

    def _go_on_from(self, pdf: Path) -> None:
        session = self._session
        if session is None or self._working:
            return
        self._busy(True)

        def work() -> Renewal:
            from wizard.session.deeds import renewing

            return renewing.renew(session, pdf).result.result()

        def then(renewal: Renewal) -> None:
            self._busy(False)
            self.message_bar.clear()
            self.setFocus()  # a field in focus is taken for one that is being typed in
            self.who.show_value(session.assessment.described)
            self.earlier.show_carried(renewal)

        def failed(error: Exception) -> None:
            self._busy(False)
            self.say_mistake(error)

        errand.run(self, _("Going on from an earlier attestation"), work, then, failed=failed)

    def _note_written_down(self) -> None:
        """The two groups match. On a disk that is full it is asked for again at the next opening."""
        from wizard.session.deeds import keeping

        session = self._session
        if session is not None:
            errand.run(
                self,
                _("Noting that it is written down"),
                lambda: keeping.note_written_down(session),
                lambda _none: None,
                failed=self.say_mistake,
            )

    def _describe(self) -> None:
        from wizard.session.deeds import answers

        session = self._session
        if session is None or not self.who.complete or self._working:
            return
        if session.assessment.described == self.who.value():
            self._go_to(Step.ASKED)
            return
        self._busy(True)
        self.context.mailbox.when_done(
            answers.describe(session, self.who.value()), lambda _change: self._described(session), self._not_described
        )

    def _described(self, session: Session) -> None:
        from wizard.session import opening

        self._busy(False)
        errand.preferences_of(self.context).remember(session.workspace.folder, opening.title(session.assessment))
        self._go_to(Step.ASKED)

    def _not_described(self, error: Exception) -> None:
        self._busy(False)
        self.say_mistake(error)

    def _hand_over(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            self.vault.start_over()
            self.opened.emit((session, Place("scope")))

    def _busy(self, busy: bool) -> None:
        self._working = busy
        self.vault.setEnabled(not busy)
        self.earlier.setEnabled(not busy)
        self.foot_changed.emit()


def _as_mistake(error: Exception, folder: Path) -> Exception:
    """An error of the disk as a sentence; everything else as it is."""
    if isinstance(error, OSError):
        from wizard.vault.mistakes import CannotCreate

        return CannotCreate(folder.name, error.strerror or type(error).__name__)
    return error
