"""`attestry canary`: sends a false credential to a host, and looks for it in the log that is handed in afterwards."""

from __future__ import annotations

import argparse
import asyncio
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import wizard
from wizard.checks import alert_seen, log_canary, probes_seen
from wizard.checks.base import CouldNotLook
from wizard.checks.looks.canary import LogSample, Sent, new_canary, send
from wizard.checks.looks.ground import Endpoint, LookSettings
from wizard.checks.troubles import next_step, sentence
from wizard.cli.check_command import print_result, resolved
from wizard.cli.declared_endpoints import BadArgument
from wizard.cli.output import Exit, Output, worst
from wizard.domain.codec import Unreadable, from_json, to_json
from wizard.domain.language import _
from wizard.domain.observation import Json
from wizard.domain.scope import Host, parse_host
from wizard.session.writing import write

_FORMAT = "attestry-canary/1"
_MOST_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Note:
    """What was sent: to which host, when, which credential, and each request."""

    format: str
    host: str
    at: datetime
    canary: str
    requests: tuple[Sent, ...]


@dataclass(frozen=True, slots=True)
class Printed:
    """What was sent, as printed; the credential itself is in the note only."""

    subject: str
    at: datetime
    note: str
    requests: tuple[Sent, ...]


def run(asked: argparse.Namespace, output: Output) -> Exit:
    """Send, or look."""
    handed = [file for file in (asked.sample, asked.alert) if file is not None]
    if asked.url is not None and asked.out is not None and asked.sent is None and not handed:
        return _send(asked, output)
    if asked.url is None and asked.out is None and asked.sent is not None and len(handed) == 1:
        return _look(asked, output, handed[0])
    raise BadArgument(
        _(
            "Send with `attestry canary URL --out NOTE`, then look with `attestry canary --sent NOTE --sample LOG` "
            "or `--alert FILE`."
        )
    )


def _send(asked: argparse.Namespace, output: Output) -> Exit:
    parsed = parse_host(asked.url)
    if parsed is None:
        raise BadArgument(_("{text} is not a host name or address. It was not contacted.").format(text=asked.url))
    if asked.ca is not None and not asked.ca.is_file():
        raise BadArgument(_("There is no file {name} to trust. Nothing was contacted.").format(name=asked.ca))
    if asked.out.exists():
        raise BadArgument(
            _("{name} is there already, and a note is never overwritten. Nothing was contacted.").format(name=asked.out)
        )
    host = Host(parsed[0], parsed[1], private_network=asked.allow_private)
    canary = new_canary()
    settings = LookSettings(
        run_id=secrets.token_hex(8),
        app_version=wizard.__version__,
        ca_file=asked.ca,
        resolve=resolved(asked.resolve),
        allow_private=asked.allow_private,
        endpoints={host.subject: _endpoints(asked.endpoints)},
        canaries={host.subject: canary},
    )
    try:
        sent = asyncio.run(send(host, settings))
    except CouldNotLook as could_not:
        output.say(f"{host.subject}: {sentence(could_not.trouble)} {next_step(could_not.trouble)}")
        return Exit.COULD_NOT_LOOK
    note = Note(_FORMAT, host.subject, datetime.now(UTC), canary, sent.sent)
    try:
        write(asked.out, json.dumps(to_json(note), ensure_ascii=False).encode(), private=True)
    except OSError as error:
        raise BadArgument(
            _("{name} cannot be written ({why}). The canary was sent, but nobody can look for it.").format(
                name=asked.out, why=error.strerror or ""
            )
        ) from error
    lines = [f"{host.subject} {each.path} → {each.status}  {each.probe}" for each in sent.sent]
    step = _("Wait a minute, export the log of this time, then: attestry canary --sent {note} --sample LOG").format(
        note=asked.out
    )
    output.result(Printed(host.subject, note.at, str(asked.out), sent.sent), *lines, step)
    return Exit.FINE


def _endpoints(file: Path | None) -> tuple[Endpoint, ...]:
    from wizard.checks.endpoints import read_list

    return read_list(_bytes(file).decode("utf-8", "replace")).endpoints if file is not None else ()


def _look(asked: argparse.Namespace, output: Output, handed: Path) -> Exit:
    from wizard.jobs import worker_process

    try:
        kept = json.loads(_bytes(asked.sent))
        note = from_json(Note, kept) if isinstance(kept, Mapping) and kept.get("format") == _FORMAT else None
    except (ValueError, Unreadable, RecursionError):
        note = None
    parsed = parse_host(note.host) if note is not None else None
    if note is None or parsed is None:
        raise BadArgument(_("{name} is no note of `attestry canary`. Nothing was judged.").format(name=asked.sent))
    canaries: Json = {note.host: [note.canary, [request.probe for request in note.requests]]}
    question = {"canaries": canaries, "alert": asked.alert is not None}
    answer = asyncio.run(worker_process.ask("log", question, _bytes(handed)))
    sample = from_json(dict[str, LogSample], json.loads(answer.data))[note.host]
    sample = replace(sample, requests=note.requests, sent_at=note.at)
    host, now = Host(*parsed), datetime.now(UTC)
    if asked.alert is not None:
        return worst([print_result(alert_seen.look_at_alert(host, sample, now), output)])
    results = (log_canary.look_at_sample(host, sample, now), probes_seen.look_at_sample(host, sample, now))
    return worst([print_result(result, output) for result in results])


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            data = stream.read(_MOST_BYTES + 1)
    except OSError as error:
        raise BadArgument(
            _("{name} cannot be read ({why}). Nothing was judged.").format(name=path, why=error.strerror or "")
        ) from error
    if len(data) > _MOST_BYTES:
        raise BadArgument(_("{name} is larger than 64 MiB. Hand in the minutes around the sending.").format(name=path))
    return data
