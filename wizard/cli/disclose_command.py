"""`attestry disclose`: hands over items that a public summary holds back, from the full attestation."""

from __future__ import annotations

import argparse
from dataclasses import dataclass

from wizard.cli.output import Exit, Output
from wizard.domain.language import _
from wizard.session.deeds import disclosing


@dataclass(frozen=True, slots=True)
class Written:
    """The file that was written, and the items in it."""

    file: str
    items: tuple[str, ...]


def run(asked: argparse.Namespace, output: Output) -> Exit:
    """Write the items with the salts that prove them."""
    items = disclosing.hand_over(asked.full, asked.item, asked.out)
    row = Written(str(asked.out), items)
    output.result(
        row,
        _("{file}: {items}. Whoever has the summary checks it: attestry verify SUMMARY.pdf --opening {file}").format(
            file=asked.out, items=", ".join(items)
        ),
    )
    return Exit.FINE
