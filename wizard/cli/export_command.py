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
from wizard.domain.mistakes import Mistake
from wizard.jobs.events import JobEvent, Progressed
from wizard.session.deeds import attesting
from wizard.session.deeds.signing_keys import FileKey, Key, OnToken, VaultKey


class TwoKeys(Mistake):
    """Two keys were named where one signs."""


@dataclass(frozen=True, slots=True)
class Exported:
    """A written attestation as printed."""

    file: str
    size: int
    sha256: str
    requirements: int
    evidence: int
    fingerprint: str
    summary: str = ""


def run(asked: argparse.Namespace, output: Output) -> Exit:
    """Sign and write; 1 with each blocker as a result when something stops it."""
    with closing(opened(asked, asked.workspace, read_only=False)) as session:
        attesting.verify_workspace(session).result.result()
        stopping = attesting.blockers(session)
        for blocker in stopping:
            output.result(blocker, _line(blocker))
        if stopping:
            output.say(_("Nothing was signed: {n} things must be put right first.").format(n=len(stopping)))
            return Exit.NOT_AS_REQUIRED
        key = _key(asked)
        if asked.timestamp:
            output.say(
                _(
                    "The time-stamp authority {address} is asked: a digest of the signature leaves this computer."
                ).format(address=asked.timestamp)
            )
        if asked.long_term or asked.archive:
            output.say(
                _(
                    "The addresses that the certificates name are asked whether one was revoked: they learn which "
                    "certificates, and nothing of the attestation."
                )
            )

        def hear(event: JobEvent) -> None:
            if isinstance(event, Progressed):
                output.say(event.text)

        options = attesting.Options(asked.paper, asked.summary, asked.timestamp, asked.long_term, asked.archive)
        signed = attesting.sign(session, asked.out, key, hear, options).result.result()
        data = signed.attestation
        row = Exported(
            str(signed.path),
            signed.size,
            signed.digest,
            sum(len(group.items) for group in data.groups),
            len(data.evidence),
            data.signatory.fingerprint,
            str(signed.summary or ""),
        )
        lines = [f"{signed.path}  {signed.size} bytes  SHA-256 {signed.digest}"]
        if signed.summary is not None:
            lines.append(_("{file}  the public summary, over the same root {root}").format(
                file=signed.summary, root=data.root
            ))  # fmt: skip
        output.result(row, *lines)
    return Exit.FINE


def _key(asked: argparse.Namespace) -> Key:
    if asked.p12 is not None and asked.pkcs11 is not None:
        raise TwoKeys(_("Name one key: a certificate file or a token. Nothing was signed."))
    if asked.p12 is not None:
        words = secret(asked.p12_passphrase_fd, _("Passphrase of {name}: ").format(name=asked.p12.name))
        return FileKey(asked.p12, words.encode())
    if asked.pkcs11 is not None:
        pin = secret(asked.pin_fd, _("PIN of the token: "))
        return OnToken(asked.pkcs11, pin, asked.pkcs11_label, asked.pkcs11_object)
    return VaultKey(asked.rsa)


def _line(blocker: Blocker) -> str:
    return f"{blocker.where:<8} {blocker.sentence}"
