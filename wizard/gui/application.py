"""Starts the window fast, keeps it in the person's colours, and says in the page when something of ours goes wrong."""

from __future__ import annotations

import logging
import signal
import sys
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QSize, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from wizard.gui.collector import Collector
from wizard.gui.icons import icon
from wizard.gui.shell import Shell
from wizard.gui.theme import Wish, theme

if TYPE_CHECKING:
    from wizard.session.settings import Preferences

log = logging.getLogger(__name__)

_FRAME = QSize(0, 40)
#: Seconds after which a thread that computes lets another go on, a tenth of Python's own. The window asks for its turn
#: some hundred times to draw once, and each time may wait for as long as this, and more where two threads compute.
TURN = 0.0005


def run(preferences: Preferences, workspace: Path | None = None) -> int:
    """Open the window (on `workspace` if one is asked for) and stay until it is closed. The exit code."""
    app = _application()
    Collector(app)
    sys.setswitchinterval(TURN)
    wish = preferences.settings.theme
    theme().apply(app, cast(Wish, wish if wish in ("light", "dark", "contrast") else "system"))
    app.setWindowIcon(icon("attestry", "accent", 64))
    shell = Shell(preferences)
    _say_faults_in(shell)
    shell.start(workspace)
    # the frame of the window needs room too: on a screen of 1280 x 720 the foot must be seen
    shell.resize(shell.sizeHint().boundedTo(app.primaryScreen().availableSize() - _FRAME))
    shell.show()
    _end_on_interrupt(app, shell)
    return app.exec()


def _application() -> QApplication:
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    app = QApplication(sys.argv[:1])
    app.setApplicationName("Attestry")
    QGuiApplication.setDesktopFileName("attestry")
    return app


def _say_faults_in(shell: Shell) -> None:
    """A fault in a slot is logged and said in the page; what was saved is safe, the window stays."""

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            QApplication.quit()
            return
        log.critical("a fault in the window", exc_info=(kind, error, trace))
        shell.say_fault(error)

    sys.excepthook = hook


def _end_on_interrupt(app: QApplication, shell: Shell) -> None:
    """Ctrl+C in the shell closes the window properly: nothing typed is lost."""
    signal.signal(signal.SIGINT, lambda *_args: shell.close())
    signal.signal(signal.SIGTERM, lambda *_args: shell.close())
    wake = QTimer(app, interval=500)  # lets the interpreter see the signal
    wake.timeout.connect(lambda: None)
    wake.start()
