"""How long a test of the window waits for what must happen: long enough for a machine that is busy otherwise."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

assert QtBot.waitUntil.__kwdefaults__ is not None
QtBot.waitUntil.__kwdefaults__["timeout"] = 30_000
