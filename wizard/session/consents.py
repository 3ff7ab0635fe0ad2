"""What a run records of a person's consent: what was agreed to before it, and that control of a host was shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wizard.checks import host_control
from wizard.checks.looks.control import CONTROL_FILE, CONTROL_RECORD, token_of, word_of
from wizard.domain import events as e
from wizard.domain.language import _
from wizard.domain.observation import Result, Verdict
from wizard.domain.scope import Host

if TYPE_CHECKING:
    from wizard.session.deeds.looking import LookOptions
    from wizard.session.session import Session


@dataclass(frozen=True, slots=True)
class Published:
    """What whoever runs a host publishes to show it: the name and value of a TXT record, or a file and its line."""

    record: str
    file: str
    word: str


def to_publish(session: Session, host: Host) -> Published:
    """What shows control of a host to this assessment."""
    word = word_of(token_of(session.workspace.shared, host.name))
    return Published(f"{CONTROL_RECORD}.{host.name}", f"https://{host.subject}{CONTROL_FILE}", word)


def statement() -> str:
    """What a person agrees to before more than plain looks."""
    return _(
        "We run these hosts. Attestry may do there what is ticked: knock at the ports of databases, send a harmless "
        "mark in declared parameters, and read with the credentials of test customers. It still sends GET only."
    )


def agreement(session: Session, run: str, hosts: Iterable[Host], options: LookOptions) -> e.ActiveAgreed:
    """The event that stands before a run with consent."""
    subjects = {host.subject for host in hosts}
    customers = {subject for subject, fields in options.customers if fields}
    signatory = session.assessment.signatory
    return e.ActiveAgreed(
        run,
        statement(),
        probes=tuple(sorted(options.active & subjects)),
        data_ports=tuple(sorted(options.data_ports & subjects)),
        customers=tuple(sorted(customers & subjects)),
        agreed_by=signatory.name if signatory else "",
    )


def shown(session: Session, results: Iterable[Result]) -> Iterator[e.ControlShown]:
    """That control of a host was shown, where that is new."""
    for result in results:
        how = result.facts.get("how")
        if result.check != host_control.CHECK.id or result.verdict is not Verdict.PASS or not isinstance(how, str):
            continue
        before = session.assessment.control.get(result.subject)
        if before is None or not isinstance(before.payload, e.ControlShown) or before.payload.how != how:
            signatory = session.assessment.signatory
            place = result.proof.partition(" ")[0]
            yield e.ControlShown(result.subject, how, place, signatory.name if signatory else "")
