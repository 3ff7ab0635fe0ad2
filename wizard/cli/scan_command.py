"""`attestry scan`: looks at code on this computer; each subject is a module of its own, imported when asked for."""

from __future__ import annotations

import argparse
from importlib import import_module

from wizard.cli.output import Exit, Output
from wizard.domain.language import _
from wizard.domain.mistakes import Mistake


class NotHere(Mistake):
    """The place to look at is not there."""


def run(asked: argparse.Namespace, output: Output) -> Exit:
    """Look at the place with the subject's module and return its code; 2 when there is no such place."""
    if not asked.path.exists():
        raise NotHere(
            _(
                "{path} is not on this computer, so nothing was looked at. Clone the code first, or correct the place."
            ).format(path=asked.path)
        )
    module = import_module(f"wizard.cli.scan_{asked.subject}")
    return Exit(module.run(asked, output))
