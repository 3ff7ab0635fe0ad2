"""What `attestry check` is told of endpoints: from an API description, a list, a recording, and whose credential."""

from __future__ import annotations

import argparse
import asyncio
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from wizard.checks.looks.ground import Endpoint
from wizard.domain.codec import from_json
from wizard.domain.language import _
from wizard.domain.mistakes import Mistake
from wizard.domain.observation import Result
from wizard.domain.scope import Host

#: A recording with the bodies of its answers is large; more than this is something else.
_MOST_BYTES = 64 * 1024 * 1024
_FIELD = re.compile(r"^([A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}):[ \t]*([\x21-\x7e][\x20-\x7e]{0,4000})$")
_TOKEN = re.compile(r"^[\x21-\x7e]{1,4000}$")


class BadArgument(Mistake):
    """An option that cannot be understood."""


@dataclass(frozen=True, slots=True)
class Declared:
    """By host subject: the endpoints to call and the header field of a test customer. `recording`: its own result."""

    endpoints: dict[str, tuple[Endpoint, ...]] = field(default_factory=dict)
    credentials: dict[str, tuple[str, str]] = field(default_factory=dict, repr=False)
    recording: Result | None = None


def declared(asked: argparse.Namespace, hosts: Sequence[Host]) -> Declared:
    """Read the files and the descriptor that were given. Raises `BadArgument` and the readers' mistakes."""
    given = Declared()
    if asked.openapi is not None:
        from wizard.checks.endpoints import Api

        api = from_json(Api, json.loads(_read(asked.openapi, "endpoints", {})))
        for host in _meant(hosts, api.servers):
            _add(given, host.subject, api.endpoints)
    if asked.endpoints is not None:
        from wizard.checks.endpoints import read_list

        text = _bytes(asked.endpoints).decode("utf-8", "replace")
        for host in _meant(hosts, ()):
            _add(given, host.subject, read_list(text).endpoints)
    if asked.har is not None:
        found = json.loads(_read(asked.har, "endpoints", {"recording": True}))
        for host in hosts:
            _add(given, host.subject, from_json(tuple[Endpoint, ...], found.get(host.subject, [])))
        recording = from_json(Result, json.loads(_read(asked.har, "recording", {})))
        return Declared(given.endpoints, _credentials(asked, hosts), recording)
    return Declared(given.endpoints, _credentials(asked, hosts))


def _add(given: Declared, subject: str, endpoints: tuple[Endpoint, ...]) -> None:
    known = {(e.method, e.path): e for e in (*endpoints, *given.endpoints.get(subject, ()))}
    if known:
        given.endpoints[subject] = tuple(known.values())


def _meant(hosts: Sequence[Host], servers: Sequence[str]) -> tuple[Host, ...]:
    """The hosts whose endpoints a file lists: those that it names, else the only one."""
    named = tuple(host for host in hosts if host.name in servers)
    if named or len(hosts) <= 1:
        return named or tuple(hosts)
    raise BadArgument(
        _(
            "The list of endpoints names none of these hosts, so it is not clear whose they are. Nothing was "
            "contacted. Give one host alone."
        )
    )


def _credentials(asked: argparse.Namespace, hosts: Sequence[Host]) -> dict[str, tuple[str, str]]:
    if asked.credential_fd is None:
        return {}
    if len(hosts) != 1:
        raise BadArgument(
            _("A credential goes to one host only. Nothing was contacted. Give one host with --credential-fd.")
        )
    from wizard.cli.secret_input import secret

    line = secret(asked.credential_fd, "").strip()
    named = _FIELD.match(line)
    if named:
        return {hosts[0].subject: (named[1], named[2])}
    if not _TOKEN.match(line):
        raise BadArgument(
            _(
                "The credential is neither a token nor a header line such as “X-Api-Key: …”. Nothing was contacted, "
                "and it is not shown here."
            )
        )
    return {hosts[0].subject: ("Authorization", f"Bearer {line}")}


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
