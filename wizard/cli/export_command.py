"""`attestry export`: signs an assessment and writes the PDF, or says what stops it."""

from __future__ import annotations

import argparse
from contextlib import closing
from dataclasses import dataclass

from wizard.cli.output import Exit, Output
from wizard.cli.secret_input import secret
from wizard.cli.workspaces import opened
from wizard.domain.attestation import Blocker
from wizard.domain.language import _
from wizard.jobs.events import JobEvent, Progressed
from wizard.session.deeds import attesting


@dataclass(frozen=True, slots=True)
class Exported:
    """A written attestation as printed."""

    file: str
    size: int
    sha256: str
    requirements: int
    evidence: int
    fingerprint: str


def run(asked: argparse.Namespace, output: Output) -> Exit:
    """Sign and write; 1 with each blocker as a result when something stops it."""
    key: attesting.VaultKey | attesting.FileKey = attesting.VaultKey()
    with closing(opened(asked, asked.workspace, read_only=False)) as session:
        attesting.verify_workspace(session).result.result()
        stopping = attesting.blockers(session)
        for blocker in stopping:
            output.result(blocker, _line(blocker))
        if stopping:
            output.say(_("Nothing was signed: {n} things must be put right first.").format(n=len(stopping)))
            return Exit.NOT_AS_REQUIRED
        if asked.p12 is not None:
            words = secret(asked.p12_passphrase_fd, _("Passphrase of {name}: ").format(name=asked.p12.name))
            key = attesting.FileKey(asked.p12, words.encode())

        def hear(event: JobEvent) -> None:
            if isinstance(event, Progressed):
                output.say(event.text)

        signed = attesting.sign(session, asked.out, key, hear).result.result()
        data = signed.attestation
        row = Exported(
            str(signed.path),
            signed.size,
            signed.digest,
            sum(len(group.items) for group in data.groups),
            len(data.evidence),
            data.signatory.fingerprint,
        )
        output.result(row, f"{signed.path}  {signed.size} bytes  SHA-256 {signed.digest}")
    return Exit.FINE


def _line(blocker: Blocker) -> str:
    return f"{blocker.where:<8} {blocker.sentence}"
