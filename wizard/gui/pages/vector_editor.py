"""A CVSS vector chosen metric by metric, for versions 2.0, 3.0, 3.1 and 4.0, with the score that follows from it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from wizard.domain.language import _
from wizard.domain.vulnerability import Rating
from wizard.formats import cvss
from wizard.gui.pages.form import beside
from wizard.gui.widgets.fields import ComboField, LineField
from wizard.gui.widgets.folded import Folded
from wizard.gui.widgets.plain import PlainLabel
from wizard.session.reports import rating_word

#: A metric: its letters, its name, and its values (letters, name) from harmless to harmful as the standard lists them.
Metric = tuple[str, str, tuple[tuple[str, str], ...]]
VERSIONS = ("3.1", "4.0", "3.0", "2.0")
#: Names longer than this leave no room for a second metric beside.
_LONG_NAME = 22


def metrics(version: str) -> tuple[Metric, ...]:
    """The base metrics of a version (FIRST, CVSS 2.0, 3.0, 3.1, 4.0: base metric group)."""
    none, low, high = ("N", _("None")), ("L", _("Low")), ("H", _("High"))
    reach = (("N", _("Network")), ("A", _("Adjacent network")), ("L", _("Local")))
    if version == "2.0":
        harm = (none, ("P", _("Partial")), ("C", _("Complete")))
        return (
            ("AV", _("Access vector"), reach),
            ("AC", _("Access complexity"), (low, ("M", _("Medium")), high)),
            ("Au", _("Authentication"), (none, ("S", _("Single")), ("M", _("Multiple")))),
            ("C", _("Confidentiality"), harm),
            ("I", _("Integrity"), harm),
            ("A", _("Availability"), harm),
        )
    harm = (none, low, high)
    first: tuple[Metric, ...] = (
        ("AV", _("Attack vector"), (*reach, ("P", _("Physical")))),
        ("AC", _("Attack complexity"), (low, high)),
    )
    rights: Metric = ("PR", _("Privileges required"), harm)
    if version == "4.0":
        return (
            *first,
            ("AT", _("Attack requirements"), (none, ("P", _("Present")))),
            rights,
            ("UI", _("User interaction"), (none, ("P", _("Passive")), ("A", _("Active")))),
            ("VC", _("Confidentiality here"), harm),
            ("VI", _("Integrity here"), harm),
            ("VA", _("Availability here"), harm),
            ("SC", _("Confidentiality elsewhere"), harm),
            ("SI", _("Integrity elsewhere"), harm),
            ("SA", _("Availability elsewhere"), harm),
        )
    return (
        *first,
        rights,
        ("UI", _("User interaction"), (none, ("R", _("Required")))),
        ("S", _("Scope"), (("U", _("Unchanged")), ("C", _("Changed")))),
        ("C", _("Confidentiality"), harm),
        ("I", _("Integrity"), harm),
        ("A", _("Availability"), harm),
    )


def spelled(version: str, values: dict[str, str]) -> str:
    """The vector of these values; "" while a metric is missing."""
    letters = [metric[0] for metric in metrics(version)]
    if any(not values.get(each) for each in letters):
        return ""
    vector = "/".join(f"{each}:{values[each]}" for each in letters)
    return vector if version == "2.0" else f"CVSS:{version}/{vector}"


def read(vector: str) -> tuple[str, dict[str, str]] | None:
    """The version and the values of a vector; None when it is none."""
    scored = cvss.score(vector)
    if scored is None:
        return None
    parts = (part.partition(":") for part in scored.vector.split("/") if not part.startswith("CVSS:"))
    return scored.version, {name: value for name, _colon, value in parts}


class VectorEditor(QWidget):
    """A line to type or paste a vector, and the metrics to choose; both always say the same. `changed` at every one."""

    changed = Signal()

    def __init__(self, vector: str = "", parent: QWidget | None = None):
        super().__init__(parent)
        self.line = LineField(hint="CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", mono=True)
        self.said = PlainLabel("", "quiet", wrap=True)
        self.version = ComboField()
        for each in VERSIONS:
            self.version.addItem(_("CVSS {version}").format(version=each), each)
        self.version.setAccessibleName(_("CVSS version"))
        self.more = Folded(_("Choose metric by metric"))
        self._grid_holder = QWidget()
        self._fields: dict[str, ComboField] = {}
        self.more.body.addLayout(beside(self.version))
        self.more.body.addWidget(self._grid_holder)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.line)
        column.addWidget(self.said)
        column.addWidget(self.more)
        self.setFocusProxy(self.line)
        self._quiet = False
        self._build("3.1")
        self.line.textChanged.connect(self._typed)
        self.version.currentIndexChanged.connect(self._turned)
        self.line.setText(vector)
        self._say()

    def setAccessibleName(self, name: str) -> None:
        super().setAccessibleName(name)
        self.line.setAccessibleName(name)

    @property
    def vector(self) -> str:
        """What stands in the line."""
        return self.line.text().strip()

    def field(self, metric: str) -> ComboField:
        """The field of a metric of the version that is shown."""
        return self._fields[metric]

    def _build(self, version: str) -> None:
        old = self._grid_holder
        self._grid_holder = QWidget()
        grid = QGridLayout(self._grid_holder)
        grid.setContentsMargins(0, 4, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        self._fields = {}
        told = metrics(version)
        across = 1 if any(len(name) > _LONG_NAME for _letters, name, _values in told) else 2
        for number, (letters, name, values) in enumerate(told):
            box = ComboField()
            box.addItem(_("Choose"), "")
            for value, word in values:
                box.addItem(word, value)
            box.setAccessibleName(name)
            box.currentIndexChanged.connect(self._chosen)
            self._fields[letters] = box
            label = PlainLabel(f"{name} ({letters})", "quiet")
            label.setBuddy(box)
            grid.addWidget(label, number // across, number % across * 2)
            grid.addWidget(box, number // across, number % across * 2 + 1)
        self.more.body.replaceWidget(old, self._grid_holder)
        old.hide()
        old.deleteLater()

    def _turned(self) -> None:
        """Another version: what it has in common with the one before stays chosen."""
        if self._quiet:
            return
        kept = {name: box.currentData() for name, box in self._fields.items()}
        self._build(self.version.currentData())
        self._show(kept)
        self._chosen()

    def _show(self, values: dict[str, str]) -> None:
        self._quiet = True
        for name, box in self._fields.items():
            at = box.findData(values.get(name, ""))
            box.setCurrentIndex(max(0, at))
        self._quiet = False

    def _chosen(self) -> None:
        if self._quiet:
            return
        vector = spelled(self.version.currentData(), {name: box.currentData() for name, box in self._fields.items()})
        self._quiet = True
        if vector or self.vector:
            self.line.setText(vector)
        self._quiet = False
        self._say()
        self.changed.emit()

    def _typed(self) -> None:
        self._say()
        if not self._quiet:
            found = read(self.vector)
            if found is not None:
                version, values = found
                self._quiet = True
                if self.version.currentData() != version:
                    self.version.setCurrentIndex(self.version.findData(version))
                    self._build(version)
                self._show(values)
            self.changed.emit()

    def _say(self) -> None:
        if not self.vector:
            self.said.setText(_("Without a vector, give the score that the report gives."))
            self.said.set_role("quiet")
            return
        scored = cvss.score(self.vector)
        if scored is None:
            self.said.setText(_("This is no complete CVSS vector yet."))
            self.said.set_role("unsure")
            return
        self.said.setText(
            _("{score:.1f}, {severity}, by CVSS {version}").format(
                score=scored.score, severity=rating_word(Rating(cvss.band(scored.score))), version=scored.version
            )
        )
        self.said.set_role("strong")
