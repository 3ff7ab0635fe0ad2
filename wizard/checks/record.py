"""The sealed proof of one look at one host: everything that was received, masked, as JSON that can be judged again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from wizard.checks.base import Check, Fact, Facts, Trouble
from wizard.checks.judging import judge
from wizard.domain.codec import Unreadable, from_json, to_json
from wizard.domain.language import _
from wizard.domain.mistakes import Mistake
from wizard.domain.observation import Json, Result
from wizard.domain.scope import Host

FORMAT = "attestry-look/1"


class UnreadableRecord(Mistake):
    """A record that is none, or of a newer program."""


@dataclass(frozen=True, slots=True)
class Record:
    """A look as it was recorded."""

    host: Host
    at: datetime
    addresses: tuple[str, ...]
    facts: Facts


def write(host: Host, at: datetime, run: str, app: str, addresses: tuple[str, ...], facts: Facts) -> bytes:
    """The record: sorted keys, no spaces, UTF-8. Secret values are masked here and nowhere later."""
    kept: dict[str, Json] = {}
    for kind, fact in facts.found.items():
        if isinstance(fact, Trouble):
            kept[kind.NAME] = {"trouble": to_json(fact)}
        else:
            kept[kind.NAME] = {"fact": to_json(fact.masked())}
    whole = {
        "format": FORMAT,
        "host": to_json(host),
        "at": to_json(at),
        "run": run,
        "app": app,
        "addresses": list(addresses),
        "facts": kept,
    }
    return json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "replace")


def read(data: bytes, kinds: Iterable[type[Fact]]) -> Record:
    """A record as it was written; `kinds` are the facts that this program knows, others are passed over.

    Raises `UnreadableRecord`.
    """
    by_name = {kind.NAME: kind for kind in kinds}
    try:
        whole = json.loads(data)
        if not isinstance(whole, Mapping) or whole.get("format") != FORMAT:
            raise UnreadableRecord(_("This is not the record of a look, or a newer version of the program wrote it."))
        found: dict[type[Fact], Fact | Trouble] = {}
        for name, kept in whole["facts"].items():
            if name not in by_name:
                continue
            if "trouble" in kept:
                found[by_name[name]] = from_json(Trouble, kept["trouble"])
            else:
                found[by_name[name]] = from_json(by_name[name], kept["fact"])
        return Record(
            host=from_json(Host, whole["host"]),
            at=from_json(datetime, whole["at"]),
            addresses=from_json(tuple[str, ...], whole["addresses"]),
            facts=Facts(found),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, Unreadable) as error:
        raise UnreadableRecord(_("The record of this look is damaged, so it cannot be judged again.")) from error


def judge_again(data: bytes, checks: Iterable[Check]) -> tuple[Result, ...]:
    """What these checks say of a recorded look under today's rules, with the time of the look."""
    checks = tuple(checks)
    record = read(data, {need for check in checks for need in check.facts})
    return tuple(judge(check, record.host, record.facts, record.at, record.addresses) for check in checks)
