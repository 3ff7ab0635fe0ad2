"""`attestry beside`: saves what goes with a signed attestation, from the PDF alone."""

from __future__ import annotations

import argparse
from dataclasses import dataclass

from wizard.cli.output import Exit, Output
from wizard.session.deeds import exporting


@dataclass(frozen=True, slots=True)
class Saved:
    """The file that was written."""

    file: str


def run(asked: argparse.Namespace, output: Output) -> Exit:
    """Verify the PDF and write one companion of it."""
    target = exporting.save(asked.file, exporting.Companion[asked.what.replace("-", "_").upper()], asked.out)
    output.result(Saved(str(target)), str(target))
    return Exit.FINE
