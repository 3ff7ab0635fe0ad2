"""Joining a team: a vault of one's own and the card for the lead, then the lead's first bundle."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from wizard.domain.language import _
from wizard.domain.members import Member, grouped
from wizard.gui.context import Context, Place, sentence_of
from wizard.gui.pages import errand
from wizard.gui.pages.form import Form, beside, column, filling
from wizard.gui.pages.vault_stop import SUFFIX, VaultStop
from wizard.gui.widgets import choosing
from wizard.gui.widgets.buttons import FilledButton, LinkButton, OutlineButton
from wizard.gui.widgets.card import Card, Panel
from wizard.gui.widgets.fields import LineField, TickBox
from wizard.gui.widgets.page import Foot, Page, Side
from wizard.gui.widgets.passphrase import PassphraseField
from wizard.gui.widgets.plain import FactLabel, PlainLabel

if TYPE_CHECKING:
    from wizard.session.joining import Prepared
    from wizard.session.session import Session

_CARD = ".attestry-member"
_BUNDLE = ".attestry-bundle"


class JoinPage(Page):
    """`Place.item` is a vault that waits for its bundle, a bundle, or "" to begin."""

    def __init__(self, context: Context, parent: QWidget | None = None):
        super().__init__(context, _("Join a team"), "", parent)
        self._working = False
        self._made: Prepared | None = None
        self._taking = False
        self.name = LineField(hint=_("As the others will see it"))
        self._who = Form()
        self._who.row(_("Your name"), self.name)
        self.vault = VaultStop(errand.preferences_of(context).home.documents)
        self.vault.changed.connect(self.foot_changed)
        self.name.textChanged.connect(self.foot_changed)
        self.card = _SentCard()
        self.bundle = BundleForm(errand.preferences_of(context).home.documents)
        self.bundle.read.clicked.connect(self._read)
        self.bundle.agreed.connect(self._join)
        self.other = LinkButton(_("I made my vault already, and have the lead's bundle"))
        self.other.clicked.connect(lambda: self._go_to(taking=True))
        self.body.addLayout(beside(self.other))
        for part in (self._who, self.vault, self.card, self.bundle):
            self.body.addWidget(part)
        self.body.addStretch(1)
        self._draw()

    def shown(self, place: Place) -> None:
        """Come to the first thing that is to be done."""
        path = Path(place.item)
        self._taking = bool(place.item)
        if place.item and path.suffix == _BUNDLE:
            self.bundle.file.setText(str(path))
        elif place.item:
            self.bundle.folder.setText(str(path))
        self._draw()
        if not place.item and self._made is None:
            self.name.setFocus()

    def left(self) -> None:
        """Nothing typed stays behind, nor the recovery key."""
        self.bundle.passphrase.clear()
        self.bundle.put_away()
        self._made = None
        self.vault.start_over()

    def side(self) -> Side | None:
        return Side(_("No assessment is open"))

    def foot(self) -> Foot:
        if self._taking:
            return Foot(left=_("Nothing is taken before you agree"), next_shown=False)
        if self._made is not None:
            written = self.vault.written_down
            return Foot(
                left=_("The vault and the card are made"),
                next_text=_("Go on"),
                next_filled=True,
                next_enabled=written,
                why="" if written else _("Type the two groups first"),
            )
        missing = self.vault.missing if self.name.text().strip() else _("Say your name")
        return Foot(
            left=_("Nothing is written until you make the vault"),
            next_text=_("Make the vault and the card…"),
            next_filled=True,
            next_enabled=not missing and not self._working,
            why=missing,
        )

    def next_pressed(self) -> bool:
        if self._made is None:
            self._make()
        else:
            self.bundle.folder.setText(str(self._made.folder))
            self._go_to(taking=True)
        return True

    def back_pressed(self) -> bool:
        self.go.emit(Place("welcome"))
        return True

    def _go_to(self, *, taking: bool) -> None:
        self._taking = taking
        self._made = None
        self.vault.start_over()
        self._draw()

    def _draw(self) -> None:
        made = self._made is not None
        self.other.setVisible(not made and not self._taking)
        self._who.setVisible(not made and not self._taking)
        self.vault.setVisible(not self._taking)
        self.card.setVisible(made)
        self.bundle.setVisible(self._taking)
        if self._taking:
            self.set_sentence(_("When the lead has added you, they send a bundle that only your vault can open."))
        elif made:
            self.set_sentence(
                _("Send the card to the lead, and keep the recovery key: it is shown once, here and now.")
            )
        else:
            self.set_sentence(
                _("You get a vault of your own, and a small card with your name and public keys to send to the lead.")
            )
        self.foot_changed.emit()

    # --- the vault and the card ------------------------------------------------------------------------------------

    def _make(self) -> None:
        if self._working or self.foot().why:
            return
        preferences, name = errand.preferences_of(self.context), self.name.text().strip()
        file = (re.sub(r"[^\w-]+", "-", name).strip("-") or _("card")) + _CARD
        target = choosing.choose_target(self, _("Write the card for the lead"), preferences.home.documents / file)
        if target is None:
            return
        card = target if target.suffix == _CARD else target.with_name(target.name + _CARD)
        folder, passphrase, remember = self.vault.folder, self.vault.passphrase, self.vault.remember
        self._busy(True)

        def work() -> Prepared:
            from wizard.session import joining

            try:
                folder.parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                from wizard.vault.mistakes import CannotCreate

                raise CannotCreate(folder.name, error.strerror or type(error).__name__) from None
            return joining.prepare(folder, preferences, passphrase=passphrase, remember=remember, name=name, card=card)

        errand.run(self, _("Making the vault"), work, self._prepared, failed=self._refused)

    def _prepared(self, made: Prepared) -> None:
        self._made = made
        self._busy(False)
        self.message_bar.clear()
        self.card.show_card(made.card, made.author)
        self.vault.show_made(made.recovery_key, made.folder)
        self._draw()

    def _refused(self, error: Exception) -> None:
        self._busy(False)
        self.say_mistake(error)

    def _busy(self, busy: bool) -> None:
        self._working = busy
        self.vault.setEnabled(not busy)
        self.bundle.setEnabled(not busy)
        self.foot_changed.emit()

    # --- the bundle -------------------------------------------------------------------------------------------------

    def _read(self) -> None:
        folder, file, text = self.bundle.where, Path(self.bundle.file.text()), self.bundle.passphrase.text()
        preferences = errand.preferences_of(self.context)
        self._busy(True)

        def work() -> Member:
            from wizard.session import joining
            from wizard.vault.unlocking import WithPassphrase

            return joining.sender_of(folder, WithPassphrase(text), file, preferences)

        def then(sender: Member) -> None:
            self._busy(False)
            self.bundle.offer(sender)

        errand.run(self, _("Reading {name}").format(name=file.name), work, then, failed=self._not_read)

    def _not_read(self, error: Exception) -> None:
        self._busy(False)
        self.bundle.say(sentence_of(error))

    def _join(self, sender: Member) -> None:
        folder, file, text = self.bundle.where, Path(self.bundle.file.text()), self.bundle.passphrase.text()
        preferences = errand.preferences_of(self.context)
        self._busy(True)

        def work() -> Session:
            from wizard.session import joining
            from wizard.vault.unlocking import WithPassphrase

            return joining.join(folder, WithPassphrase(text), file, preferences, expected=sender.author)

        errand.run(
            self, _("Joining"), work, self._joined, failed=self._not_read, let_go=lambda session: session.close()
        )

    def _joined(self, session: Session) -> None:
        self._busy(False)
        errand.opened_here.add(session.workspace.folder)
        self.bundle.clear()
        self.opened.emit((session, Place("home")))


class _SentCard(Card):
    """Where the card lies and the fingerprint to read out."""

    def __init__(self) -> None:
        super().__init__("accent")
        self._where = PlainLabel("", wrap=True)
        self.key = FactLabel("")
        self.body.addWidget(PlainLabel(_("Your card"), "heading"))
        self.body.addWidget(self._where)
        self.body.addWidget(self.key)

    def show_card(self, path: Path, author: str) -> None:
        """This card."""
        self._where.setText(
            _(
                "It is at {path}. Send it to the lead by any channel: it holds nothing secret. When they ask, by phone "
                "or in person, this is the fingerprint of your key:"
            ).format(path=path)
        )
        self.key.setText(grouped(author))


class BundleForm(QWidget):
    """Vault, bundle and passphrase; then whose bundle it is. `agreed(Member)` when it is to be taken."""

    agreed = Signal(object)

    def __init__(self, documents: Path):
        super().__init__()
        self._documents = documents
        self.folder = LineField(mono=True)
        self.file = LineField(mono=True)
        self.passphrase = PassphraseField(_("Passphrase"))
        self.read = FilledButton(_("Open the bundle"))
        self.problem = PlainLabel("", "red", wrap=True)
        self.problem.hide()
        self.compared = TickBox("")
        self.join = FilledButton(_("Join"))
        self.join.setEnabled(False)
        self.leave = OutlineButton(_("Do not join"))
        self._sender: Member | None = None
        folder, file = OutlineButton(_("Choose…")), OutlineButton(_("Choose…"))
        folder.setAccessibleName(_("Choose your vault"))
        file.setAccessibleName(_("Choose the bundle"))
        folder.clicked.connect(self._choose_folder)
        file.clicked.connect(self._choose_file)
        form = Form()
        self.folder.setAccessibleName(_("Your vault"))
        self.file.setAccessibleName(_("The lead's bundle"))
        form.row(_("Your vault"), filling(self.folder, folder), _("The folder that was made with the card."))
        form.row(_("The lead's bundle"), filling(self.file, file))
        form.row(_("Passphrase"), self.passphrase, _("The one of your vault."))
        form.row("", beside(self.read))
        form.under(self.problem)
        self.panel = Panel(inset=True)
        self._from = PlainLabel("", "strong", wrap=True)
        self.key = FactLabel("")
        self.panel.body.addWidget(self._from)
        self.panel.body.addWidget(PlainLabel(_("The fingerprint of their key"), "quiet"))
        self.panel.body.addWidget(self.key)
        self.panel.body.addWidget(self.compared)
        self.panel.body.addLayout(beside(self.join, self.leave))
        self.panel.hide()
        self.setLayout(column(form, self.panel, gap=12))
        for field in (self.folder, self.file, self.passphrase):
            field.textChanged.connect(self._typed)
        self.passphrase.returnPressed.connect(self.read.click)
        self.compared.toggled.connect(self.join.setEnabled)
        self.join.clicked.connect(lambda: self.agreed.emit(self._sender))
        self.leave.clicked.connect(self.put_away)
        self._typed()

    @property
    def where(self) -> Path:
        """The vault's folder."""
        path = Path(self.folder.text().strip())
        return path if path.name.endswith(SUFFIX) else path.with_name(path.name + SUFFIX)

    def offer(self, sender: Member) -> None:
        """Show who sealed it, before anything is taken."""
        self._sender = sender
        self._from.setText(_("The bundle of {who}").format(who=sender.name))
        self.key.setText(grouped(sender.author))
        self.compared.setText(_("I compared it with {who}, by phone or in person").format(who=sender.name))
        self.compared.setChecked(False)
        self.panel.show()
        self.read.hide()
        self.compared.setFocus()

    def put_away(self) -> None:
        """Nothing is to be agreed to any more."""
        self._sender = None
        self.panel.hide()
        self.read.show()
        self.say("")

    def clear(self) -> None:
        """Forget everything."""
        for field in (self.folder, self.file, self.passphrase):
            field.clear()
        self.put_away()

    def say(self, sentence: str) -> None:
        """What is wrong with it."""
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))

    def _typed(self) -> None:
        if self._sender is not None:
            self.put_away()  # another vault or file: nobody compared anything for that
        self.say("")
        self.read.setEnabled(all(f.text().strip() for f in (self.folder, self.file, self.passphrase)))

    def _choose_folder(self) -> None:
        folder = choosing.choose_folder(self, _("Your vault"), self._documents)
        if folder is not None:
            self.folder.setText(str(folder))

    def _choose_file(self) -> None:
        patterns = _("Bundles") + f" (*{_BUNDLE})"
        file = choosing.choose_file(self, _("The lead's bundle"), patterns, self._documents)
        if file is not None:
            self.file.setText(str(file))
