"""What `attestry check` is told of endpoints: from an API description, a list, a recording, and whose credential."""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from wizard.checks.credentials import Field, header_field
from wizard.checks.looks.ground import Endpoint
from wizard.domain.codec import from_json
from wizard.domain.language import _
from wizard.domain.mistakes import Mistake
from wizard.domain.observation import Result
from wizard.domain.scope import Host

#: A recording with the bodies of its answers is large; more than this is something else.
_MOST_BYTES = 64 * 1024 * 1024


class BadArgument(Mistake):
    """An option that cannot be understood."""


@dataclass(frozen=True, slots=True)
class Declared:
    """By host subject: the endpoints to call, what describes more that is not read, and the header fields of two
    customers. `read`: results of files.
    """

    endpoints: dict[str, tuple[Endpoint, ...]] = field(default_factory=dict)
    credentials: dict[str, Field] = field(default_factory=dict, repr=False)
    second_credentials: dict[str, Field] = field(default_factory=dict, repr=False)
    unread: dict[str, tuple[str, ...]] = field(default_factory=dict)
    read: tuple[Result, ...] = ()


def declared(asked: argparse.Namespace, hosts: Sequence[Host]) -> Declared:
    """Read the files and the descriptor that were given. Raises `BadArgument` and the readers' mistakes."""
    given = Declared()
    fields = _credentials(asked, hosts)
    for customer, of in zip(fields, (given.credentials, given.second_credentials), strict=False):
        of[hosts[0].subject] = customer
    if asked.openapi is not None:
        from wizard.checks.endpoints import Api

        api = from_json(Api, json.loads(_read(asked.openapi, "endpoints", {})))
        shared = api.shared_out(hosts, hosts[0] if len(hosts) == 1 else None)
        if api.operations and not shared.endpoints:
            raise _whose()
        left: list[str] = []
        if api.outside:
            left.append(_("“{name}” describes endpoints in other files, which are not read ({file})."))
            left[-1] = left[-1].format(name=asked.openapi.name, file=api.outside[0])
        if shared.strange and not shared.guessed:  # a host that is given alone is the one that is meant
            left.append(_("“{name}” describes endpoints of {server}, which is none of these hosts."))
            left[-1] = left[-1].format(name=asked.openapi.name, server=shared.strange[0])
        for subject, endpoints in shared.endpoints.items():
            _add(given, subject, endpoints)
            if left:
                given.unread[subject] = tuple(left)
    if asked.endpoints is not None:
        from wizard.checks.endpoints import read_list

        text = _bytes(asked.endpoints).decode("utf-8", "replace")
        if len(hosts) > 1:
            raise _whose()
        _add(given, hosts[0].subject, read_list(text).endpoints)
    if asked.har is not None:
        found = json.loads(_read(asked.har, "endpoints", {"recording": True}))
        for host in hosts:
            _add(given, host.subject, from_json(tuple[Endpoint, ...], found.get(host.subject, [])))
    files = ((asked.har, "recording"), (asked.access_log, "access-log"))
    results = [from_json(Result, json.loads(_read(path, task, {}))) for path, task in files if path is not None]
    return replace(given, read=tuple(results))


def _add(given: Declared, subject: str, endpoints: tuple[Endpoint, ...]) -> None:
    known = {(e.method, e.path): e for e in (*endpoints, *given.endpoints.get(subject, ()))}
    if known:
        given.endpoints[subject] = tuple(known.values())


def _whose() -> BadArgument:
    return BadArgument(
        _(
            "The list of endpoints names none of these hosts, so it is not clear whose they are. Nothing was "
            "contacted. Give one host alone."
        )
    )


def _credentials(asked: argparse.Namespace, hosts: Sequence[Host]) -> tuple[Field, ...]:
    """The header fields of at most two test customers of the one host."""
    descriptors = asked.credential_fd or []
    if not descriptors:
        return ()
    if len(hosts) != 1:
        raise BadArgument(
            _("A credential goes to one host only. Nothing was contacted. Give one host with --credential-fd.")
        )
    if len(descriptors) > 2:
        raise BadArgument(_("There are two test customers at most. Nothing was contacted."))
    from wizard.cli.secret_input import secret

    fields = tuple(header_field(secret(descriptor, "")) for descriptor in descriptors)
    if len(fields) == 2 and fields[0] == fields[1]:
        raise BadArgument(
            _("Both credentials are the same, so nothing could be told apart. Nothing was contacted. Give two.")
        )
    return fields


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            data = stream.read(_MOST_BYTES + 1)
    except OSError as error:
        raise BadArgument(
            _("{name} cannot be read ({why}). Nothing was contacted.").format(name=path, why=error.strerror or "")
        ) from error
    if len(data) > _MOST_BYTES:
        raise BadArgument(_("{name} is larger than 64 MiB. Nothing was contacted.").format(name=path))
    return data


def _read(path: Path, task: str, question: dict[str, bool]) -> bytes:
    """What the limited child makes of a file."""
    from wizard.jobs import worker_process

    return asyncio.run(worker_process.ask(task, dict(question), _bytes(path))).data
