"""Builds the parts and hands them to each other; nothing else knows everything."""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(arguments: Sequence[str]) -> int:
    """Run a command of the shell, or open the window when none is given. Returns the exit code."""
    from wizard.vault import process

    process.harden()  # before anything could be in memory that is worth stealing
    from wizard.cli import main as shell

    asked = shell.parse(arguments)
    if asked.command is not None:
        return shell.run(asked)
    return _window(asked)


def _window(asked: object) -> int:
    from wizard.session import redact
    from wizard.session.settings import Home, Preferences

    home = getattr(asked, "home", None)
    redact.start(getattr(asked, "log", "") == "json")
    preferences = Preferences(Home.below(home) if home else Home.default())
    try:
        from wizard.gui import application
    except ImportError as error:
        print(_no_window(error), file=sys.stderr)  # noqa: T201
        return 2
    return application.run(preferences, getattr(asked, "open", None))


def _no_window(error: ImportError) -> str:
    from wizard.domain.language import _

    return _(
        "The window cannot be opened: {why}. On Debian and Ubuntu this is a missing system library; "
        "`make run` names it with the command that installs it. The commands of the shell work without it."
    ).format(why=error)
