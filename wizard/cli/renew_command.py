"""`attestry renew`: starts an assessment from an attestation signed earlier, or carries it over into an open one."""

from __future__ import annotations

import argparse
from contextlib import closing
from dataclasses import dataclass

from wizard.cli.output import Exit, Output
from wizard.cli.secret_input import secret
from wizard.cli.workspaces import opened, preferences
from wizard.domain import events as e
from wizard.domain.language import _, ngettext
from wizard.domain.readable import day
from wizard.session import opening
from wizard.session.deeds import renewing
from wizard.session.session import Session


@dataclass(frozen=True, slots=True)
class AskedAgain:
    """A requirement that is asked again, and why."""

    requirement: str
    why: str


@dataclass(frozen=True, slots=True)
class Renewed:
    """What was carried over, as printed."""

    workspace: str
    carried: int
    asked_again: tuple[AskedAgain, ...]
    evidence_added: tuple[str, ...]
    evidence_missing: tuple[str, ...]
    evidence_expired: tuple[str, ...]


def run(asked: argparse.Namespace, output: Output) -> Exit:
    """Carry over and say what is asked again. A workspace that is not there yet is made, its recovery key printed."""
    if asked.workspace.exists():
        session = opened(asked, asked.workspace, read_only=False)
    else:
        renewing.check(asked.old)  # before a vault is made for nothing
        made = opening.create(
            asked.workspace,
            preferences(asked),
            passphrase=secret(asked.passphrase_fd, _("Choose a passphrase: ")),
            remember=False,
            described=e.AssessmentDescribed("", ""),
        )
        session = made.session
        output.say(_("The vault is made. Keep this recovery key on paper; it is shown only now:"))
        output.say(made.recovery_key)
    with closing(session):
        _renew(asked, session, output)
    return Exit.FINE


def _renew(asked: argparse.Namespace, session: Session, output: Output) -> None:
    done = renewing.renew(session, asked.old, asked.evidence).result.result()
    row = Renewed(
        str(session.workspace.folder),
        len(done.plan.answers),
        tuple(AskedAgain(id, why) for id, why in done.plan.asked_again),
        done.added,
        done.missing,
        tuple(one.name for one in done.plan.expired),
    )
    n = row.carried
    lines = [
        ngettext(
            "{n} answer of {day} was carried over; it waits to be kept or changed.",
            "{n} answers of {day} were carried over; each waits to be kept or changed.",
            n,
        ).format(n=n, day=day(done.attestation.signed_at.date()))
    ]
    lines += [_("asked again  {id:<8} {why}").format(id=one.requirement, why=one.why) for one in row.asked_again]
    for words, names in (
        (_("evidence added again: {names}"), row.evidence_added),
        (_("evidence to bring again: {names}"), row.evidence_missing),
        (_("evidence that has expired: {names}"), row.evidence_expired),
    ):
        if names:
            lines.append(words.format(names=", ".join(names)))
    output.result(row, *lines)
