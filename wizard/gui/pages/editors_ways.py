"""The ways by which editors exchange what is new: a file, a folder that is synced, a server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from wizard.domain.language import _, ngettext
from wizard.gui import words
from wizard.gui.pages.form import Form, beside, empty, filling
from wizard.gui.widgets.buttons import LinkButton, OutlineButton
from wizard.gui.widgets.card import Card
from wizard.gui.widgets.drop_zone import DropZone
from wizard.gui.widgets.fields import LineField, TickBox
from wizard.gui.widgets.passphrase import PassphraseField
from wizard.gui.widgets.plain import FactLabel, PlainLabel

if TYPE_CHECKING:
    from datetime import datetime

    from wizard.exchange.postgres import Server
    from wizard.session.deeds.meeting import Came, Meeting

#: So many of the last exchanges are shown.
_SHOWN = 6


class ExchangeCard(Card):
    """Exchange now or by itself, and what came. `exchange` and `automatic(bool)` when asked for."""

    exchange = Signal()
    automatic = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.now = OutlineButton(_("Exchange now"))
        self.tick = TickBox(_("Exchange by itself each time this assessment is opened"))
        self._ways = PlainLabel("", "quiet", wrap=True)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(8)
        self.body.addWidget(PlainLabel(_("Exchange"), "heading"))
        self.body.addWidget(self._ways)
        self.body.addLayout(beside(self.now, self.tick, gap=16))
        self.body.addLayout(self._rows)
        self.now.clicked.connect(self.exchange)
        self.tick.clicked.connect(self.automatic)

    def show_state(self, meeting: Meeting, names: tuple[str, ...], came: tuple[Came, ...], now: datetime) -> None:
        """What is set, and what came last."""
        set_ = bool(names)
        self.now.setVisible(set_)
        self.tick.setVisible(set_)
        self.tick.setChecked(meeting.automatic)
        self.now.set_filled(set_)
        self._ways.setText(
            _(
                "By {names}. Each leaves what is new, sealed to those who take part, and takes what the others left."
            ).format(names=_(" and ").join(names))
            if set_
            else _("Nothing is set up yet: send bundles by file, or share a folder or a server, below.")
        )
        empty(self._rows)
        for one in came[:_SHOWN]:
            self._rows.addWidget(_came_row(one, now))


def _came_row(one: Came, now: datetime) -> QWidget:
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(1)
    if one.problem:
        said = _("did not happen")
    else:
        taken = ngettext("{n} entry arrived", "{n} entries arrived", one.taken).format(n=one.taken)
        left = ngettext("{n} was left for the others", "{n} were left for the others", one.left).format(n=one.left)
        said = ", ".join(text for text, count in ((taken, True), (left, one.left)) if count)
    head = PlainLabel(f"{one.where} · {words.ago(one.at, now)} · {said}", "strong" if one.taken else "text", wrap=True)
    head.setToolTip(words.exactly(one.at))
    column.addWidget(head)
    for sentence in filter(None, (one.problem, *one.notes)):
        column.addWidget(PlainLabel(sentence, "unsure", wrap=True))
    return holder


class FileCard(Card):
    """Bundles by file. `write(since_last)` and `read(path)` when asked for."""

    write = Signal(bool)
    read = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.button = OutlineButton(_("Write a bundle…"))
        self.only_new = TickBox(_("Only what is new since the last one"))
        self.zone = DropZone(_("Drop a bundle anywhere on this page, or"), _("choose the file"), tall=True)
        text = _(
            "One sealed file with answers and evidence, which only those who take part can open. Send it by any "
            "channel. The same one may be taken twice, late, or in another order."
        )
        self.body.addWidget(PlainLabel(_("By file"), "heading"))
        self.body.addWidget(PlainLabel(text, "quiet", wrap=True))
        self.body.addLayout(beside(self.button, self.only_new, gap=16))
        self.body.addWidget(self.zone)
        self.button.clicked.connect(lambda: self.write.emit(self.only_new.isChecked()))
        self.zone.dropped.connect(lambda paths: self.read.emit(paths[0]))

    def show_state(self, *, others: bool, editable: bool) -> None:
        """`others`: is there anyone to send it to?"""
        self.button.setEnabled(others)
        self.only_new.setEnabled(others)
        self.zone.setVisible(editable)


class FolderCard(Card):
    """A folder that a service syncs. `choose` and `leave` when asked for."""

    choose = Signal()
    leave = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.pick = OutlineButton(_("Choose the folder…"), "folder")
        self.none = LinkButton(_("Use none"))
        self.path = FactLabel("")
        text = _(
            "A folder that your team has on every computer, whatever syncs it. Everyone adds numbered sealed files of "
            "their own there and changes nobody else's."
        )
        self.body.addWidget(PlainLabel(_("A folder that is synced"), "heading"))
        self.body.addWidget(PlainLabel(text, "quiet", wrap=True))
        self.body.addWidget(self.path)
        self.body.addLayout(beside(self.pick, self.none))
        self.pick.clicked.connect(self.choose)
        self.none.clicked.connect(self.leave)

    def show_state(self, folder: str) -> None:
        """The folder, "" for none."""
        self.path.setText(folder)
        self.path.setVisible(bool(folder))
        self.none.setVisible(bool(folder))
        self.pick.setText(_("Choose another…") if folder else _("Choose the folder…"))


class ServerCard(Card):
    """A PostgreSQL server. `tried`, `used` and `forgotten` when asked for; `server()` is what was typed."""

    tried = Signal()
    used = Signal()
    forgotten = Signal()
    authority = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._kept = False
        self.host = LineField(hint="attestry.example.com")
        self.port = LineField("5432")
        self.port.setFixedWidth(96)
        self.port.setMaxLength(5)
        self.database = LineField()
        self.user = LineField()
        self.ca = LineField(hint=_("Empty: the authorities that this computer trusts"))
        self.pick = OutlineButton(_("Choose…"))
        self.pick.setAccessibleName(_("Choose the file of the certificate authority"))
        self.pick.clicked.connect(self.authority)
        self.password = PassphraseField(_("Password"))
        self.attempt = OutlineButton(_("Try the connection"))
        self.use = OutlineButton(_("Use this server"))
        self.none = LinkButton(_("Use none"))
        self.said = PlainLabel("", wrap=True)
        self.said.hide()
        text = _(
            "For a team that outgrows files. It stores sealed packets and can read nothing; its certificate is always "
            "checked. docs/team-server.md has the one command that starts one."
        )
        self.body.addWidget(PlainLabel(_("A server"), "heading"))
        self.body.addWidget(PlainLabel(text, "quiet", wrap=True))
        form = Form()
        form.row(_("Host"), self.host, _("Its name, exactly as its certificate says it."))
        form.row(_("Port"), beside(self.port))
        self.port.setAccessibleName(_("Port"))
        form.row(_("Database"), self.database)
        form.row(_("User"), self.user)
        self.ca.setAccessibleName(_("File of its certificate authority"))
        form.row(_("Authority"), filling(self.ca, self.pick))
        form.row(_("Password"), self.password, _("Kept in this vault, sealed a second time, and nowhere else."))
        form.row("", beside(self.attempt, self.use, self.none))
        form.under(self.said)
        self.body.addWidget(form)
        self.attempt.clicked.connect(self.tried)
        self.use.clicked.connect(self.used)
        self.none.clicked.connect(self.forgotten)
        for field in (self.host, self.port, self.database, self.user, self.password):
            field.textChanged.connect(self._typed)
        self._typed()

    def show_state(self, server: Server | None) -> None:
        """The server that is used now, None for none. What is being typed stays."""
        self._kept = server is not None
        self.none.setVisible(self._kept)
        self.password.setPlaceholderText(_("As it was") if self._kept else "")
        if server is not None and not self.host.text():
            self.host.setText(server.host)
            self.port.setText(str(server.port))
            self.database.setText(server.database)
            self.user.setText(server.user)
            self.ca.setText(server.ca_file)
        self._typed()

    def server(self) -> Server:
        """What was typed."""
        from wizard.exchange.postgres import Server

        host, database, user = (field.text().strip() for field in (self.host, self.database, self.user))
        return Server(host, database, user, int(self.port.text()), self.ca.text().strip())

    def clear(self) -> None:
        """Forget what was typed."""
        for field in (self.host, self.database, self.user, self.ca, self.password):
            field.clear()
        self.port.setText("5432")
        self.say("")

    def say(self, sentence: str, good: bool = True) -> None:
        """What trying it found."""
        self.said.set_role("supports" if good else "red")
        self.said.setText(sentence)
        self.said.setVisible(bool(sentence))

    def _typed(self) -> None:
        port = self.port.text().strip()
        there = all(field.text().strip() for field in (self.host, self.database, self.user))
        ready = there and port.isascii() and port.isdigit() and 0 < int(port) < 65536
        ready = ready and bool(self.password.text() or self._kept)
        self.attempt.setEnabled(ready)
        self.use.setEnabled(ready)
