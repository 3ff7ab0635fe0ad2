"""`attestry compare`: what changed between two attestations of one partner."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass

from wizard.cli.output import Exit, Output, worst
from wizard.cli.verify_command import CODES, home_of
from wizard.document.verify import Line, Outcome
from wizard.domain.changed import Delta, Way
from wizard.domain.finding import Mark
from wizard.domain.language import _
from wizard.session.deeds import reviewing


@dataclass(frozen=True, slots=True)
class Compared:
    """A comparison as printed; `delta` is None when one of the two does not verify."""

    old: str
    new: str
    old_outcome: Outcome
    new_outcome: Outcome
    organisation: str
    integration: str
    history: Line
    delta: Delta | None


def run(asked: argparse.Namespace, output: Output) -> Exit:
    """Print the delta; 1 when one is altered, 2 when one is no attestation or they are of two partners, 3 when one
    cannot be reproduced here."""
    found = reviewing.compare(asked.old, asked.new, home_of(asked))
    old, new = found.old, found.new
    attestation = new.attestation
    row = Compared(
        str(asked.old),
        str(asked.new),
        old.outcome,
        new.outcome,
        attestation.organisation if attestation else "",
        attestation.integration if attestation else "",
        found.history,
        found.delta,
    )
    output.result(row, *_lines(row, old.trouble, new.trouble))
    if asked.out is not None:
        if found.delta is None:
            output.say(_("Nothing was printed: both must hold data that are intact."))
        else:
            reviewing.print_delta(found, asked.out)
            output.say(_("The changes are printed in {file}. It is not signed.").format(file=asked.out))
    return worst([CODES[old.outcome], CODES[new.outcome]])


def _lines(row: Compared, old: str, new: str) -> Iterator[str]:
    delta = row.delta
    if delta is None:
        for name, outcome, why in ((row.old, row.old_outcome, old), (row.new, row.new_outcome, new)):
            yield f"{name}: {outcome}. {why}"
        yield _("Nothing was compared: both must hold data that are intact.")
        return
    yield f"{row.organisation}, {row.integration}"
    yield _("{worse} worse, {better} better, {other} otherwise changed, {same} the same").format(
        worse=delta.count(Way.WORSE), better=delta.count(Way.BETTER), other=delta.count(Way.OTHER), same=delta.same
    )
    for moved in delta.moved:
        yield f"  {moved.way:<7} {moved.id:<8} {_mark(moved.before)} → {_mark(moved.after)}  {moved.title}"
    for fact in delta.facts:
        yield f"{fact.what}: {fact.before or '–'} → {fact.after or '–'}"
    for words, names in (
        (_("Hosts added: {names}"), delta.hosts_added),
        (_("Hosts gone: {names}"), delta.hosts_gone),
        (_("Repositories added: {names}"), delta.repositories_added),
        (_("Repositories gone: {names}"), delta.repositories_gone),
        (_("Evidence added: {names}"), delta.evidence_added),
        (_("Evidence gone: {names}"), delta.evidence_gone),
        (_("Asked in other words now: {names}"), delta.reworded),
    ):
        if names:
            yield words.format(names=", ".join(names))
    if delta.ledger_before is not None and delta.ledger_after is not None:
        yield _("Open vulnerabilities: {before} → {after}").format(before=delta.ledger_before, after=delta.ledger_after)
    yield _("History: {sentence}").format(sentence=row.history.sentence)


def _mark(mark: Mark | None) -> str:
    return str(mark) if mark is not None else "–"
