"""What will be asked: the questionnaire with its date, its source, and how much of it there is."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from wizard.domain.language import _, ngettext
from wizard.domain.questionnaire import Obligation
from wizard.gui import words
from wizard.gui.pages.form import beside
from wizard.gui.widgets.buttons import LinkButton
from wizard.gui.widgets.card import Card, line
from wizard.gui.widgets.plain import FactLabel, PlainLabel

if TYPE_CHECKING:
    from wizard.domain.questionnaire import Questionnaire


class AskedView(QWidget):
    """A card about one questionnaire, and its sections."""

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(12)
        self._shown: list[QWidget] = []
        self.sentence = ""

    def show_questionnaire(self, questionnaire: Questionnaire) -> None:
        """Show what this one asks."""
        for old in self._shown:
            old.hide()
            old.deleteLater()
        duties = tuple(questionnaire.requirements)
        kinds = Counter(duty.obligation for duty in duties)
        self.sentence = ngettext("{n} requirement", "{n} requirements", len(duties)).format(n=len(duties)) + _(
            " in {n} sections, and a few words about what is assessed. Two to three hours in all."
        ).format(n=sum(not section.scoping for section in questionnaire.sections))
        card = Card()
        card.body.setSpacing(6)
        card.body.addWidget(PlainLabel(f"{questionnaire.title} {questionnaire.version}", "heading"))
        card.body.addWidget(
            PlainLabel(
                _("Published by {publisher}. The page was read on {day}.").format(
                    publisher=questionnaire.publisher, day=words.day(questionnaire.read_on)
                ),
                "quiet",
                wrap=True,
            )
        )
        card.body.addWidget(PlainLabel(questionnaire.page, wrap=True))
        for title, address in questionnaire.links:
            if address.startswith("https://"):
                card.body.addLayout(beside(_link(title, address)))
        card.body.addWidget(line())
        told = (
            (Obligation.MUST, ngettext("{n} is a duty", "{n} are duties", kinds[Obligation.MUST])),
            (
                Obligation.RECOMMENDED,
                ngettext("{n} is recommended", "{n} are recommended", kinds[Obligation.RECOMMENDED]),
            ),
            (Obligation.INFO, ngettext("{n} only informs", "{n} only inform", kinds[Obligation.INFO])),
        )
        card.body.addWidget(PlainLabel(" · ".join(t.format(n=kinds[k]) for k, t in told if kinds[k])))
        digest = QHBoxLayout()
        digest.setSpacing(8)
        digest.addWidget(PlainLabel(_("Digest of the questionnaire"), "quiet"))
        digest.addWidget(FactLabel(questionnaire.digest[:16], wrap=False))
        digest.addStretch(1)
        card.body.addLayout(digest)
        sections = Card()
        sections.body.setSpacing(6)
        sections.body.addWidget(PlainLabel(_("Sections"), "heading"))
        for section in questionnaire.sections:
            row = QHBoxLayout()
            row.setSpacing(8)
            name = PlainLabel(section.title, "strong")
            name.setMinimumWidth(184)
            row.addWidget(name)
            row.addWidget(PlainLabel(section.summary, "quiet", wrap=True), 1)
            row.addWidget(PlainLabel(str(len(section.requirements)), "quiet"))
            sections.body.addLayout(row)
        self._shown = [card, sections]
        self._column.addWidget(card)
        self._column.addWidget(sections)


def _link(title: str, address: str) -> LinkButton:
    link = LinkButton(title, "link")
    link.setToolTip(address)
    link.setAccessibleName(_("{title}, in the browser").format(title=title))
    link.clicked.connect(lambda: QDesktopServices.openUrl(QUrl(address)))
    return link
