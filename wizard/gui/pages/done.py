"""What was just signed: the file, its digest, and what verifying it found."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

from wizard.domain import events as e
from wizard.domain.language import _, ngettext
from wizard.gui import words
from wizard.gui.context import Context, Place, sentence_of
from wizard.gui.pages import errand
from wizard.gui.pages.bundle_card import BundleCard
from wizard.gui.pages.done_companions import CompanionsCard
from wizard.gui.pages.form import Form, beside, empty
from wizard.gui.pages.hand_over_card import HandOverCard
from wizard.gui.pages.reviewer_lines import verdict_lines, verdict_row
from wizard.gui.widgets.buttons import FilledButton, OutlineButton
from wizard.gui.widgets.card import Card
from wizard.gui.widgets.page import Foot, Page
from wizard.gui.widgets.plain import FactLabel, PlainLabel

if TYPE_CHECKING:
    from wizard.document.verify import Verification


@dataclass(frozen=True, slots=True)
class Looked:
    """A signed file as it lies on the disk now."""

    size: int
    digest: str
    verification: Verification


class DonePage(Page):
    """`Place.item` is the signed file. It is read and verified anew whenever the page is shown."""

    def __init__(self, context: Context, parent: QWidget | None = None):
        super().__init__(context, _("Signed"), "", parent)
        self._path = Path()
        self._digest = ""
        self.name = FactLabel("")
        self.how_large = PlainLabel("")
        self.digest = FactLabel("")
        self.folder = FactLabel("")
        card = Card()
        self._form = Form(fields=640, labels=96)
        self._form.row(_("File"), self.name)
        self._form.row(_("Folder"), self.folder)
        self._form.row(_("Size"), self.how_large)
        self._form.row(_("Digest"), self.digest, _("SHA-256. Send it on another way than the file."))
        card.body.addWidget(self._form)
        self.show_button = FilledButton(_("Show in folder"))
        self.copy_button = OutlineButton(_("Copy digest"))
        self.show_button.clicked.connect(self._show_in_folder)
        self.copy_button.clicked.connect(self._copy)
        card.body.addLayout(beside(self.show_button, self.copy_button))
        self._verified = Card()
        self._heading = PlainLabel("", "heading")
        self._lines = QVBoxLayout()
        self._lines.setSpacing(8)
        self._verified.body.addWidget(self._heading)
        self._verified.body.addLayout(self._lines)
        self.body.addWidget(card)
        self.body.addWidget(self._verified)
        self.companions = CompanionsCard(self)
        self.body.addWidget(self.companions)
        self.bundle = BundleCard(self)
        self.body.addWidget(self.bundle)
        self.items = HandOverCard(self)
        self.body.addWidget(self.items)
        self._later = PlainLabel(
            _("Later edits change nothing in this file. They need a new attestation, made the same way."),
            "quiet",
            wrap=True,
        )
        self.body.addWidget(self._later)
        self.body.addStretch(1)

    def shown(self, place: Place) -> None:
        """Verify the file as it lies there now."""
        self._path = Path(place.item) if place.item else Path()
        self.name.setText(self._path.name or self._last_name())
        self.folder.setText(str(self._path.parent) if place.item else _("not known any more"))
        self.how_large.setText("…")
        self.digest.setText("…")
        self.show_button.setEnabled(bool(place.item))
        self.copy_button.setEnabled(False)
        self.companions.hide()
        self.bundle.hide()
        self.items.hide()
        empty(self._lines)
        self._heading.setText(_("Verifying…"))
        if place.item:
            errand.run(self, _("Verifying the file"), self._look, self._show, failed=self._failed)
        else:
            self._heading.setText(_("Not verified now"))
            self.set_sentence(_("The file is not known any more. `attestry verify FILE` checks it wherever it lies."))

    def foot(self) -> Foot:
        return Foot(next_text=_("To the overview"))

    def next_pressed(self) -> bool:
        self.go.emit(Place("home"))
        return True

    def back_pressed(self) -> bool:
        self.go.emit(Place("sign"))
        return True

    def _look(self) -> Looked:
        from wizard.document.verify import verify

        data = self._path.read_bytes()
        session = self.context.open
        digest = hashlib.sha256(data).hexdigest()
        signed = [n.payload for n in session.assessment.attestations if isinstance(n.payload, e.Attested)]
        earlier = [payload.key_fingerprint for payload in signed if payload.file_digest != digest]
        known = {session.assessment.described.organisation: earlier[-1]} if earlier else {}
        return Looked(len(data), digest, verify(data, known))

    def _show(self, looked: Looked) -> None:
        from wizard.document.verify import Outcome

        found = looked.verification
        self._digest = looked.digest
        self.how_large.setText(words.size(looked.size))
        self.digest.setText(" ".join(looked.digest[i : i + 8] for i in range(0, 64, 8)))
        self.copy_button.setEnabled(True)
        good = found.outcome is Outcome.INTACT
        if good and found.attestation is not None:
            self.companions.show_for(self._path, found.attestation)
            self.bundle.show_for(self._path, found.attestation)
            self.items.show_for(self._path, found.attestation)
            self._show_summary(looked.digest)
            findings = sum(len(group.items) for group in found.attestation.groups)
            pieces = len(found.attestation.evidence)
            self.set_sentence(
                _("Verified just now: signature valid, {findings}, {pieces} of evidence.").format(
                    findings=ngettext("{n} finding", "{n} findings", findings).format(n=findings),
                    pieces=ngettext("{n} piece", "{n} pieces", pieces).format(n=pieces),
                )
            )
        else:
            self.set_sentence(_("This file does not verify. Do not send it; sign again."))
        self._heading.setText(_("Verified just now") if good else _("Does not verify"))
        empty(self._lines)
        for title, each in verdict_lines(found):
            self._lines.addWidget(verdict_row(title, each))

    def _show_summary(self, digest: str) -> None:
        """The public summary that was signed with this file, by its name: it lies beside it."""
        for noted in self.context.open.assessment.attestations:
            payload = noted.payload
            if isinstance(payload, e.Attested) and payload.file_digest == digest and payload.summary_name:
                self.message_bar.say(_("The public summary lies beside it: {name}").format(name=payload.summary_name))

    def _failed(self, error: Exception) -> None:
        self._heading.setText(_("Not verified now"))
        self.how_large.setText("–")
        self.digest.setText("–")
        if isinstance(error, OSError):
            self.set_sentence(
                _("{name} is not at {folder} any more, or cannot be read. It was verified when it was signed.").format(
                    name=self._path.name, folder=self._path.parent
                )
            )
        else:
            self.set_sentence(sentence_of(error))

    def _last_name(self) -> str:
        attestations = self.context.open.assessment.attestations
        payload = attestations[-1].payload if attestations else None
        return payload.file_name if isinstance(payload, e.Attested) else "–"

    def _show_in_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._path.parent)))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._digest)
        self.message_bar.say(_("The digest is in the clipboard."))
