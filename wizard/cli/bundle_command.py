"""`attestry bundle`: the signed PDF and its evidence in one file to hand in."""

from __future__ import annotations

import argparse
from contextlib import closing
from dataclasses import dataclass

from wizard.cli.output import Exit, Output
from wizard.cli.workspaces import opened
from wizard.domain.language import ngettext
from wizard.session.deeds import bundling


@dataclass(frozen=True, slots=True)
class Bundled:
    """The bundle and what is in it, as printed."""

    file: str
    evidence: tuple[str, ...]


def run(asked: argparse.Namespace, output: Output) -> Exit:
    """Write the bundle."""
    with closing(opened(asked, asked.workspace, read_only=True)) as session:
        chosen = None
        if asked.only:
            wanted = {name.strip() for name in asked.only.split(",") if name.strip()}
            chosen = {
                one.id
                for one in session.assessment.evidence.values()
                if one.id in wanted or one.name in wanted or wanted & set(one.requirements)
            }
        pieces = bundling.make(session, asked.pdf, asked.out, chosen).result.result()
    n = len(pieces)
    row = Bundled(str(asked.out), tuple(one.name for one in pieces))
    said = ngettext("{file}: the PDF and {n} file", "{file}: the PDF and {n} files", n).format(file=asked.out, n=n)
    output.result(row, said)
    return Exit.FINE
