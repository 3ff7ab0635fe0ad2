"""How tests of the window wait, and where their garbage is collected."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from wizard.gui.collector import collect

#: Long enough for a machine that is busy otherwise.
assert QtBot.waitUntil.__kwdefaults__ is not None
QtBot.waitUntil.__kwdefaults__["timeout"] = 30_000


@pytest.fixture(autouse=True)
def _collected_on_this_thread() -> Iterator[None]:
    """As in the program: a job's thread that collects would destroy widgets under the window."""
    gc.disable()
    yield
    collect()
    gc.enable()
