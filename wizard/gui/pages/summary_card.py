"""Whether a public summary is signed with the attestation, and how much it shows of each item."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from wizard.domain.disclosure import THE_REST, Disclosure
from wizard.domain.language import _, ngettext
from wizard.gui.widgets.card import Card
from wizard.gui.widgets.fields import ComboField, TickBox
from wizard.gui.widgets.folded import Folded
from wizard.gui.widgets.plain import ElidedLabel, PlainLabel
from wizard.session.deeds import disclosing
from wizard.session.session import Session

_SAVE = Callable[[Future[Any]], None]


class SummaryCard(Card):
    """`changed` when it is wanted, or not any more. Levels are recorded as they are chosen, by `save`."""

    changed = Signal()

    def __init__(self, save: _SAVE) -> None:
        super().__init__()
        self._save = save
        self._session: Session | None = None
        self._fields: dict[str, ComboField] = {}
        self.wanted = TickBox(_("Sign a public summary too"))
        self.wanted.toggled.connect(self._turn)
        self._about = PlainLabel(
            _(
                "A second file for everybody, signed with the same key in the same deed. Every state stands in it. "
                "What it does not show is bound by a salted digest, so that you can hand it over later and anyone can "
                "check that it is what you signed."
            ),
            "quiet",
            wrap=True,
        )
        self._said = PlainLabel("", wrap=True)
        self.choice = Folded(_("What it shows"))
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(0, 1)
        holder = QWidget()
        holder.setLayout(self._grid)
        self.choice.body.addWidget(holder)
        for widget in (self.wanted, self._about, self._said, self.choice):
            self.body.addWidget(widget)
        self._turn(False)

    def target(self, full: Path) -> Path | None:
        """Where the summary goes: beside the full file; None when none is wanted."""
        return (
            full.with_name(_("{name} public summary.pdf").format(name=full.stem)) if self.wanted.isChecked() else None
        )

    def show_levels(self, session: Session) -> None:
        """Show what is recorded; the fields are made once, when a summary is wanted."""
        self._session = session
        if not self.wanted.isChecked():
            return
        rows = disclosing.levels(session)
        if not self._fields:
            self._build(rows)
        for row in rows:
            field = self._fields[row.about]
            index = field.findData(row.level.value if row.own or row.about == THE_REST else "")
            if index != field.currentIndex():
                field.setCurrentIndex(index)
        self.choice.setEnabled(not session.read_only)
        full = sum(row.level is Disclosure.FULL for row in rows[1:])
        asked = sum(row.level is Disclosure.REQUEST for row in rows[1:])
        shown = ngettext("{n} of {all} items is shown in full", "{n} of {all} items are shown in full", full)
        told = ngettext("{n} is offered on request", "{n} are offered on request", asked)
        self._said.setText(
            _("{shown}, {told}; of the others only the state and the digest.").format(
                shown=shown.format(n=full, all=len(rows) - 1), told=told.format(n=asked)
            )
        )

    def _build(self, rows: tuple[disclosing.Level, ...]) -> None:
        for number, row in enumerate(rows):
            name = f"{row.about} · {row.title}" if row.about not in (THE_REST, "LEDGER") else row.title
            label = ElidedLabel(name)
            field = ComboField()
            if row.about != THE_REST:
                field.addItem(_("as the rest"), "")
            for level in Disclosure:
                field.addItem(level_word(level), level.value)
            field.setAccessibleName(_("What the summary shows of {name}").format(name=name))
            field.activated.connect(self._setter(row.about, field))
            self._fields[row.about] = field
            self._grid.addWidget(label, number, 0)
            self._grid.addWidget(field, number, 1)

    def _setter(self, about: str, field: ComboField) -> Callable[[int], None]:
        def set_level(_index: int) -> None:
            if self._session is not None:
                value = str(field.currentData())
                self._save(disclosing.set_level(self._session, about, Disclosure(value) if value else None))

        return set_level

    def _turn(self, on: bool) -> None:
        for widget in (self._said, self.choice):
            widget.setVisible(on)
        if self._session is not None:
            self.show_levels(self._session)
        self.changed.emit()


def level_word(level: Disclosure) -> str:
    """A level in words."""
    match level:
        case Disclosure.FULL:
            return _("in full")
        case Disclosure.DIGEST:
            return _("digest only")
        case Disclosure.REQUEST:
            return _("on request")
