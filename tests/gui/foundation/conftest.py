from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtWidgets import QApplication

from wizard.gui.theme import theme


@pytest.fixture
def app(qapp: QApplication) -> QApplication:
    theme().apply(qapp, "light")
    qapp.setCursorFlashTime(0)
    return qapp
