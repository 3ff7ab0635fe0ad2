"""People and what is known of them; what a reply would add; and versions of a field, to choose the one that counts."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from wizard.domain.language import _, ngettext
from wizard.gui import words
from wizard.gui.pages.form import beside, empty
from wizard.gui.widgets.buttons import FilledButton, OutlineButton
from wizard.gui.widgets.card import Card, Panel
from wizard.gui.widgets.fields import TickBox
from wizard.gui.widgets.plain import FactLabel, PlainLabel
from wizard.session.deeds.replies import Offered
from wizard.session.deeds.sharing import Conflict

#: So many lines of each kind are shown; the rest is counted.
_MOST = 12


class People(Card):
    """People and what is known of each, a row each; hidden while there is nobody."""

    def __init__(self, heading: str):
        super().__init__()
        self._rows = QVBoxLayout()
        self._rows.setSpacing(10)
        self.body.addWidget(PlainLabel(heading, "heading"))
        self.body.addLayout(self._rows)
        self.hide()

    def clear(self) -> None:
        """Show nobody."""
        empty(self._rows)
        self.hide()

    def add(self, who: str, what: str, button: QWidget | None, key: str = "") -> None:
        """One person more."""
        text = QVBoxLayout()
        text.setSpacing(1)
        text.setContentsMargins(0, 0, 0, 0)
        text.addWidget(PlainLabel(who, "strong", wrap=True))
        text.addWidget(PlainLabel(what, "quiet", wrap=True))
        if key:
            text.addWidget(FactLabel(key))
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addLayout(text, 1)
        if button is not None:
            row.addWidget(button)
        self._rows.addWidget(holder)
        self.show()


class OfferedCard(Card):
    """`agreed` when it is to be added, `refused` when not. The first reply of a key needs its fingerprint compared."""

    agreed = Signal()
    refused = Signal()

    def __init__(self, offered: Offered, parent: QWidget | None = None):
        super().__init__("accent", parent)
        who = offered.sender.name
        self.body.addWidget(PlainLabel(_("Reply of {who}").format(who=who), "heading"))
        when = _("Written {when} (as they claim), in the file {name}.").format(
            when=words.moment(offered.made_at), name=offered.path.name
        )
        written = PlainLabel(when, "quiet", wrap=True)
        written.setToolTip(words.exactly(offered.made_at))
        self.body.addWidget(written)
        for heading, lines in (
            (_("They say"), offered.answers),
            (_("They show"), offered.files),
            (_("They looked at"), offered.looks),
        ):
            self._list(heading, lines)
        if offered.again:
            self.body.addWidget(PlainLabel(_("Everything in it is here already."), wrap=True))
        if offered.outside:
            text = _("They were not asked about {ids}; it is added too, as theirs.").format(
                ids=", ".join(offered.outside)
            )
            self.body.addWidget(PlainLabel(text, wrap=True))
        if offered.conflicts:
            count = len(offered.conflicts)
            text = ngettext(
                "{n} answer here says something else. Both stay, the worse counts, and signing waits for a choice:",
                "{n} answers here say something else. Both stay, the worse counts, and signing waits for a choice:",
                count,
            ).format(n=count)
            self._list(text, offered.conflicts)
        for note in offered.notes:
            self.body.addWidget(PlainLabel(note, "quiet", wrap=True))
        self.compared = TickBox(_("I compared it with {who}, by phone or in person").format(who=who))
        self.add = FilledButton(_("Add reply"))
        self.leave = OutlineButton(_("Do not add it"))
        if not offered.known:
            panel = Panel(inset=True)
            panel.body.addWidget(PlainLabel(_("The fingerprint of their key"), "strong"))
            panel.body.addWidget(FactLabel(offered.fingerprint))
            panel.body.addWidget(
                PlainLabel(
                    _("Attestry shows it to them when they save the reply. It is asked once for each person."),
                    "quiet",
                    wrap=True,
                )
            )
            panel.body.addWidget(self.compared)
            self.body.addWidget(panel)
            self.add.setEnabled(False)
            self.compared.toggled.connect(self.add.setEnabled)
        self.body.addLayout(beside(self.add, self.leave))
        self.add.clicked.connect(self._agree)
        self.leave.clicked.connect(self.refused)

    def _agree(self) -> None:
        self.add.setEnabled(False)
        self.compared.setEnabled(False)
        self.agreed.emit()

    def _list(self, heading: str, lines: tuple[str, ...]) -> None:
        if not lines:
            return
        self.body.addWidget(PlainLabel(heading, "strong", wrap=True))
        for line in lines[:_MOST]:
            self.body.addWidget(PlainLabel(f"· {line}", wrap=True))
        if len(lines) > _MOST:
            more = len(lines) - _MOST
            self.body.addWidget(PlainLabel(_("and {n} more").format(n=more), "quiet"))


class ConflictCard(Card):
    """`chosen` with the hash of the version that is to count."""

    chosen = Signal(str)

    def __init__(self, conflict: Conflict, editable: bool, parent: QWidget | None = None):
        super().__init__("contradicts", parent)
        self.conflict = conflict
        self.buttons: dict[str, OutlineButton] = {}
        count = len(conflict.versions)
        self.body.addWidget(PlainLabel(conflict.what, "heading", wrap=True))
        said = _("{n} versions, written apart. It counts as the worse until you choose.").format(n=count)
        self.body.addWidget(PlainLabel(said, "quiet", wrap=True))
        for version in conflict.versions:
            text = QVBoxLayout()
            text.setSpacing(1)
            text.addWidget(PlainLabel(version.text, wrap=True))
            by = _("{who}, {when}").format(who=version.who, when=words.moment(version.at))
            said_by = PlainLabel(by, "quiet")
            said_by.setToolTip(words.exactly(version.at))
            text.addWidget(said_by)
            button = OutlineButton(_("This one counts"))
            button.setAccessibleName(_("This one counts: {text}, {who}").format(text=version.text, who=version.who))
            button.setEnabled(editable)
            button.clicked.connect(lambda _on=False, hash_=version.hash: self.chosen.emit(hash_))
            self.buttons[version.hash] = button
            row = QHBoxLayout()
            row.setSpacing(16)
            row.addLayout(text, 1)
            row.addWidget(button)
            self.body.addLayout(row)
