"""`attestry scan apollo`: how the code authorises itself to Apollo, with every line that shows it."""

from __future__ import annotations

import argparse
from dataclasses import dataclass

from wizard.checks.code import apollo_wording, wording
from wizard.checks.code.apollo import ApolloScan, ApolloVerdict, Note, scan_apollo
from wizard.checks.code.apollo_clues import Clue
from wizard.cli.output import Exit, Output


@dataclass(frozen=True, slots=True)
class PrintedEvidence:
    """One line of the code. `counts` is false in tests, documents and comments."""

    file: str
    line: int
    what: Clue
    detail: str
    counts: bool


@dataclass(frozen=True, slots=True)
class PrintedNote:
    """What else is worth saying."""

    note: Note
    sentence: str


@dataclass(frozen=True, slots=True)
class Printed:
    """The whole answer."""

    subject: str
    verdict: ApolloVerdict
    sentence: str
    notes: tuple[PrintedNote, ...]
    evidence: tuple[PrintedEvidence, ...]
    scopes: tuple[str, ...]
    complete: bool
    files: int


def run(asked: argparse.Namespace, output: Output) -> Exit:
    """Look and print; 1 when the code does not keep to OAuth, 3 when nobody can tell, else 0."""
    scan = scan_apollo(asked.path)
    notes = tuple(PrintedNote(note, apollo_wording.note_in_words(note)) for note in scan.notes)
    evidence = tuple(PrintedEvidence(e.file, e.line, e.what, e.detail, not e.aside) for e in scan.evidence)
    sentence = apollo_wording.verdict_in_words(scan.verdict, whole=scan.coverage.complete)
    printed = Printed(
        subject=str(asked.path),
        verdict=scan.verdict,
        sentence=sentence,
        notes=notes,
        evidence=evidence,
        scopes=scan.scopes,
        complete=scan.coverage.complete,
        files=scan.coverage.files,
    )
    lines = [f"{e.file}:{e.line}  {e.what}{'' if e.counts else ' (aside)'}" for e in evidence]
    output.result(printed, f"{scan.verdict}: {sentence}", *(note.sentence for note in notes), *lines)
    for gap in scan.coverage.gaps:
        output.say(wording.gap(gap))
    return _code(scan)


def _code(scan: ApolloScan) -> Exit:
    match scan.verdict:
        case ApolloVerdict.API_KEY | ApolloVerdict.BOTH | ApolloVerdict.BAD_OAUTH | ApolloVerdict.BAD_AUTH:
            return Exit.NOT_AS_REQUIRED
        case ApolloVerdict.UNDETERMINED:
            return Exit.COULD_NOT_LOOK
        case ApolloVerdict.OAUTH_ONLY | ApolloVerdict.NO_APOLLO_IO:
            return Exit.FINE if scan.coverage.complete else Exit.COULD_NOT_LOOK
