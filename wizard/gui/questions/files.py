"""A question that is answered with files: they become evidence, and the answer names them."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from wizard.domain.answers import Value
from wizard.domain.language import _
from wizard.gui.questions.base import QuestionWidget
from wizard.gui.widgets.buttons import ChipButton
from wizard.gui.widgets.drop_zone import DropZone
from wizard.gui.widgets.flow import Flow


class FilesQuestion(QuestionWidget):
    """Names of files as chips. `files_dropped(paths)` asks the page to add them; `add` then answers with their ids."""

    files_dropped = Signal(object)

    def build(self) -> QWidget:
        self._ids: tuple[str, ...] = ()
        self._names: Mapping[str, str] = {}
        self._zone = DropZone()
        self._zone.dropped.connect(self.files_dropped)
        self._zone.link.setAccessibleName(_("Choose files: {question}").format(question=self.question.ask))
        self._row = Flow(stretch_last=True)
        self._row.add(self._zone)
        self.body.addWidget(self._row)
        return self._zone.link

    def set_names(self, names: Mapping[str, str]) -> None:
        """What the evidence is called, by id."""
        if names != self._names:
            self._names = dict(names)
            self._draw()

    def add(self, ids: tuple[str, ...]) -> None:
        """These files were added: answer with them too."""
        self._ids = tuple(dict.fromkeys((*self._ids, *ids)))
        if self.unknown.isChecked():
            self._filling = True
            self.unknown.setChecked(False)
            self._filling = False
        self._draw()
        self.chosen()

    def value(self) -> Value:
        return self._ids

    def show_value(self, value: Value) -> None:
        self._ids = tuple(item for item in value if isinstance(item, str)) if isinstance(value, tuple) else ()
        self._draw()

    def _enable(self, on: bool) -> None:
        self._row.setEnabled(on)

    def _remove(self, id: str) -> None:
        self._ids = tuple(each for each in self._ids if each != id)
        self._draw()
        self.chosen()

    def _draw(self) -> None:
        chips: list[QWidget] = []
        for id in self._ids:
            name = self._names.get(id, _("removed file"))
            chip = ChipButton(name.replace("&", "&&"), "file", soft=True)
            chip.setToolTip(_("Press to leave this file out of the answer"))
            chip.setAccessibleName(_("Leave {name} out of the answer").format(name=name))
            chip.clicked.connect(lambda _on=False, id=id: self._remove(id))
            chips.append(chip)
        self._row.replace([*chips, self._zone])
