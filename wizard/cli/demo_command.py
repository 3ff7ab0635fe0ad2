"""`attestry demo`: the whole job once, without a window."""

from __future__ import annotations

import argparse
from dataclasses import dataclass

from wizard.cli.output import Exit, Output
from wizard.cli.workspaces import preferences
from wizard.demo import walk
from wizard.domain.language import _


@dataclass(frozen=True, slots=True)
class Demonstrated:
    """What the demonstration left behind, as printed."""

    file: str
    sha256: str
    workspace: str
    passphrase: str
    integrity: str
    identity: str


def run(asked: argparse.Namespace, output: Output) -> Exit:
    """Walk the demonstration; 0 when the whole job went through."""
    walked = walk.walk(asked.out, preferences(asked), output.say)
    signed = walked.signed
    row = Demonstrated(
        file=str(signed.path.absolute()),
        sha256=signed.digest,
        workspace=str(walked.workspace.absolute()),
        passphrase=walk.PASSPHRASE,
        integrity=signed.verification.integrity.sentence,
        identity=signed.verification.identity.sentence,
    )
    output.result(
        row,
        _("The signed PDF: {path}").format(path=row.file),
        _("The workspace: {path} (passphrase: {passphrase})").format(path=row.workspace, passphrase=row.passphrase),
        _("Integrity: {sentence}").format(sentence=row.integrity),
        _("Identity: {sentence}").format(sentence=row.identity),
    )
    return Exit.FINE
