"""Who applies and with what: the words that stand on the first page of the attestation."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from wizard.domain.events import AssessmentDescribed
from wizard.domain.language import _
from wizard.gui.pages.form import FIELDS, LABELS, Form
from wizard.gui.widgets.day_field import DayField
from wizard.gui.widgets.fields import LineField
from wizard.gui.widgets.folded import Folded


class ApplicantForm(QWidget):
    """`edited` while something is typed, `left_field` when a field was left or a day chosen."""

    edited = Signal()
    left_field = Signal()

    def __init__(self, parent: QWidget | None = None, *, fields: int = FIELDS, labels: int = LABELS):
        super().__init__(parent)
        #: what each field showed last of what is recorded
        self._shown: dict[LineField, str] = {}
        self.organisation = LineField()
        self.integration = LineField()
        self.place = LineField()
        self.registration = LineField()
        self.reference = LineField()
        self.target = DayField()
        self.target.setAccessibleName(_("To be signed by"))
        form = Form(fields=fields, labels=labels)
        form.row(_("Organisation"), self.organisation, _("The company that applies, as in its contract with Apollo."))
        form.row(_("Integration"), self.integration, _("The name under which it is, or will be, listed."))
        more = Form(fields=fields, labels=labels)
        more.row(_("Place"), self.place, _("Town and country, as it should stand on page 1."))
        more.row(_("Registration"), self.registration, _("Company number, if there is one."))
        more.row(
            _("Reference"), self.reference, _("What the reviewer gave you to quote. It becomes part of what is signed.")
        )
        more.row(_("Target"), self.target, _("The day by which it should be signed, if there is one."))
        self.more = Folded(_("More for page 1"))
        self.more.body.setContentsMargins(0, 8, 0, 0)
        self.more.body.addWidget(more)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(form)
        column.addWidget(self.more)
        for field in (self.organisation, self.integration, self.place, self.registration, self.reference):
            field.textChanged.connect(self.edited)
            field.editingFinished.connect(self.left_field)
        self.target.line.editingFinished.connect(self.left_field)
        self.target.changed.connect(self.edited)

    @property
    def complete(self) -> bool:
        """True when the two that page 1 needs are there."""
        return bool(self.organisation.text().strip() and self.integration.text().strip())

    def value(self) -> AssessmentDescribed:
        """What is written now."""
        return AssessmentDescribed(
            organisation=self.organisation.text().strip(),
            integration=self.integration.text().strip(),
            place=self.place.text().strip(),
            registration=self.registration.text().strip(),
            reference=self.reference.text().strip(),
            target=self._target(),
        )

    def show_value(self, described: AssessmentDescribed) -> None:
        """Show what is recorded, except in a field that is being typed in, or whose text could not be saved."""
        for field, text in (
            (self.organisation, described.organisation),
            (self.integration, described.integration),
            (self.place, described.place),
            (self.registration, described.registration),
            (self.reference, described.reference),
        ):
            if not field.hasFocus() and field.text().strip() in ("", self._shown.get(field, "")):
                field.setText(text)
            if field.text().strip() == text:
                self._shown[field] = text
        if not self.target.line.hasFocus() and self._target() != described.target:
            self.target.set_iso(described.target.isoformat() if described.target else "")

    def _target(self) -> date | None:
        """The day that is typed; None while it is none."""
        try:
            return self.target.day()
        except ValueError:
            return None
