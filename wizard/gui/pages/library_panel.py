"""One library of a repository: what is known against it, where it is asked for, and what was decided about that."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from wizard.checks.dependencies import wording
from wizard.checks.dependencies.advisory import Vulnerability as Flaw
from wizard.checks.dependencies.states import Checked, State
from wizard.domain.language import _
from wizard.domain.vulnerability import RANK, Decision, Disposal
from wizard.gui.pages.form import Form, beside
from wizard.gui.widgets.buttons import FilledButton, LinkButton
from wizard.gui.widgets.card import Card
from wizard.gui.widgets.day_field import DayField
from wizard.gui.widgets.fields import ComboField, LineField
from wizard.gui.widgets.place_buttons import PlaceButtons
from wizard.gui.widgets.plain import FactLabel, PlainLabel

#: What a known flaw of a library informs: that none is shipped, and that it is fixed in time.
INFORMS = ("APP-8", "APP-9")
_LABELS = 140


def justifications() -> tuple[str, ...]:
    """Why a product is not affected, as VEX documents say it (CISA, Status Justifications, 2022)."""
    return (
        _("The component is not part of what is shipped"),
        _("The vulnerable code is not part of what is shipped"),
        _("The vulnerable code is never run"),
        _("An attacker cannot control the vulnerable code"),
        _("Something else in place stops it"),
    )


def _affected() -> tuple[tuple[str, Decision | None], ...]:
    return (
        (_("Affected: to be updated"), None),
        (_("Not affected"), Decision.NOT_AFFECTED),
        (_("Affected, accepted for now"), Decision.ACCEPTED),
        (_("Wrongly reported"), Decision.FALSE_POSITIVE),
    )


def _cannot_be_checked() -> tuple[tuple[str, Decision | None], ...]:
    return (
        (_("Nothing is said of it"), None),
        (_("Not affected, as far as we know"), Decision.NOT_AFFECTED),
        (_("Not known, accepted for now"), Decision.ACCEPTED),
    )


class LibraryPanel(Card):
    """`decided(row, flaw, disposal)`, flaw None for a library that cannot be checked; `wanted(requirement)`;
    `said(sentence)`.
    """

    decided = Signal(object, object, object)
    wanted = Signal(str)
    said = Signal(str)

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent=parent)
        self._row: Checked | None = None
        self._decisions: tuple[Disposal | None, ...] = ()
        self.place = FactLabel()
        self.what = PlainLabel("", wrap=True)
        self.places = PlaceButtons()
        self.places.said.connect(self.said)
        self.places.failed.connect(self.say)
        links = []
        for id in INFORMS:
            link = LinkButton(id)
            link.clicked.connect(lambda _on=False, id=id: self.wanted.emit(id))
            links.append(link)
        self.flaw, self.verdict, self.why = ComboField(), ComboField(), ComboField()
        self.flaw.currentIndexChanged.connect(lambda _n: self._show_decision())
        self.verdict.currentIndexChanged.connect(lambda _n: self._fit())
        for text in justifications():
            self.why.addItem(text)
        self.because = LineField(hint=_("How you know: a reviewer will read it"))
        self.owner, self.control, self.until = LineField(), LineField(), DayField()
        self._rows: list[tuple[QWidget, frozenset[Decision]]] = []
        self._of_flaws: list[QWidget] = []
        accepted = frozenset({Decision.ACCEPTED})
        told = frozenset({Decision.NOT_AFFECTED, Decision.FALSE_POSITIVE, Decision.ACCEPTED})
        fields = QVBoxLayout()
        fields.setContentsMargins(0, 0, 0, 0)
        fields.setSpacing(0)
        for text, field, where in (
            (_("Weakness"), self.flaw, None),
            (_("What it is"), self.verdict, None),
            (_("Justification"), self.why, frozenset({Decision.NOT_AFFECTED})),
            (_("Because"), self.because, told),
            (_("Owner"), self.owner, accepted),
            (_("What protects you"), self.control, accepted),
            (_("Until"), self.until, accepted),
        ):
            form = Form(fields=460, labels=_LABELS)
            form.row(text, field)
            fields.addWidget(form)
            if where is not None:
                self._rows.append((form, where))
            if field in (self.flaw, self.why):
                self._of_flaws.append(form)
        self.summary = PlainLabel("", "quiet", wrap=True)
        self.summary.setContentsMargins(_LABELS + 12, 0, 0, 8)
        fields.insertWidget(1, self.summary)  # a field cuts what is longer than itself
        self.decision = QWidget()
        self.decision.setLayout(fields)
        self.problem = PlainLabel("", "red", wrap=True)
        self.problem.hide()
        self.save_button = FilledButton(_("Save"))
        self.save_button.clicked.connect(self._save)
        self.body.addWidget(self.place)
        self.body.addWidget(self.what)
        self.body.addWidget(self.places)
        self.body.addLayout(beside(PlainLabel(_("Informs"), "quiet"), *links))
        self.body.addWidget(self.decision)
        self.body.addWidget(self.problem)
        self.body.addLayout(beside(self.save_button))
        self._fit()

    def show_row(
        self, row: Checked, path: Path | None, editor: str, decisions: tuple[Disposal | None, ...], *, may: bool
    ) -> None:
        """Show one, with what was decided about each of its flaws. What is being typed for the same one stays."""
        one = row.dependency
        same = self._row is not None and self._row.dependency == one and self._decisions == decisions
        self._row, self._decisions = row, decisions
        self.place.setText(f"{one.file}:{one.line}" if one.line else one.file)
        said = [f"{one.ecosystem} {one.name} {one.version}".strip(), wording.state(row.state)]
        said += [_("needed only to build or test")] if one.dev else []
        said += (
            [_("asked for directly") if one.direct else _("brought along by another")] if one.direct is not None else []
        )
        self.what.setText(" · ".join(said) + (f"\n{wording.because(row)}" if wording.because(row) else ""))
        self.places.show_path(path, editor)
        may_say = bool(row.vulnerabilities) or self._unchecked
        self.decision.setVisible(may_say)
        self.save_button.setVisible(may_say)
        self.save_button.setEnabled(may)
        if same:
            return
        self.say("")
        self.flaw.blockSignals(True)
        self.flaw.clear()
        for flaw in sorted(row.vulnerabilities, key=lambda flaw: RANK[flaw.severity.rating]):
            self.flaw.addItem(wording.flaw(flaw)[:160], flaw)
        self.flaw.blockSignals(False)
        self.verdict.blockSignals(True)
        self.verdict.clear()
        for text, decision in _cannot_be_checked() if self._unchecked else _affected():
            self.verdict.addItem(text, decision.value if decision else "")
        self.verdict.blockSignals(False)
        if may_say:
            self._show_decision()

    def say(self, sentence: str) -> None:
        """What keeps it from being saved."""
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))

    @property
    def _unchecked(self) -> bool:
        return self._row is not None and self._row.state is State.CANNOT_BE_CHECKED

    def _show_decision(self) -> None:
        at = 0 if self._unchecked else self.flaw.currentIndex()
        flaw: Flaw | None = self.flaw.currentData()
        self.summary.setText(flaw.summary if flaw is not None else "")
        self.summary.setVisible(flaw is not None and bool(flaw.summary))
        made = self._decisions[at] if 0 <= at < len(self._decisions) else None
        self.verdict.setCurrentIndex(max(0, self.verdict.findData(made.decision.value if made else "")))
        because, reasons = made.because if made else "", justifications()
        known = next((each for each in reasons if because.startswith(f"{each}. ")), "")
        self.why.setCurrentIndex(reasons.index(known) if known else 0)
        self.because.setText(because.removeprefix(f"{known}. ") if known else because)
        self.owner.setText(made.owner if made else "")
        self.control.setText(made.control if made else "")
        self.until.set_iso(made.until.isoformat() if made and made.until else "")
        self._fit()

    def _chosen(self) -> Decision | None:
        data = self.verdict.currentData()
        return Decision(data) if data else None

    def _fit(self) -> None:
        decision = self._chosen()
        for form, where in self._rows:
            form.setVisible(decision in where)
        for form in self._of_flaws if self._unchecked else self._of_flaws[:1]:
            form.setVisible(not self._unchecked)

    def _save(self) -> None:
        flaw: Flaw | None = self.flaw.currentData()
        if self._row is None or (flaw is None and not self._unchecked):
            return
        try:
            until = self.until.day()
        except ValueError as wrong:
            self.say(str(wrong))
            return
        self.say("")
        decision = self._chosen()
        if decision is None:
            self.decided.emit(self._row, flaw, None)
            return
        because = self.because.text().strip()
        if decision is Decision.NOT_AFFECTED and because and flaw is not None:
            because = f"{self.why.currentText()}. {because}"
        accepted = decision is Decision.ACCEPTED
        self.decided.emit(
            self._row,
            flaw,
            Disposal(
                decision,
                because=because,
                owner=self.owner.text().strip() if accepted else "",
                control=self.control.text().strip() if accepted else "",
                until=until if accepted else None,
            ),
        )
