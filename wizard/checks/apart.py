"""A run in a process of its own: what is asked of it and what it tells, as JSON.

A run of many hosts takes seconds of a processor. Beside a window, which shares Python's lock with everything in its
process, each of the window's turns would take twice as long.
"""

from __future__ import annotations

import asyncio
import json
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from wizard.checks import every, public_secrets, twice
from wizard.checks.base import Check
from wizard.checks.plan import HostLook, LookSettings, Partial, seconds
from wizard.domain.codec import from_json, to_json
from wizard.domain.observation import Json, Outcome, Result
from wizard.domain.scope import Host

if TYPE_CHECKING:
    from wizard.checks.code.in_public import Searching

#: What a child that looks may use: bytes of address space, of which threads that ask for names reserve much.
MEMORY = 4 * 1024 * 1024 * 1024
#: News are told together, so many seconds after the first: a window that draws has no use for each alone.
_SOON = 0.05
#: How many seconds a child may take to start and to end.
_AROUND = 60.0
#: What a run is not asked for: a function of this process.
_HERE = {"search"}


@dataclass(frozen=True, slots=True)
class _Look:
    """A `HostLook` without its host; `record` is text, because a record is JSON."""

    results: tuple[Result, ...]
    record: str
    addresses: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class _News:
    """A `Partial`; `host` is the place of the host in what was asked."""

    host: int
    results: tuple[Result, ...]
    done: int
    looks: tuple[_Look, ...] = ()


def question(
    hosts: Sequence[Host],
    checks: Sequence[Check],
    settings: LookSettings,
    before: twice.Before,
    searching: Searching | None = None,
) -> dict[str, Json]:
    """What is asked of the child, which makes its own `search` of what is given for it. Raises ValueError where the
    run needs a function of this process.
    """
    if settings.search is not None:
        raise ValueError("a function cannot be given to another process")
    given = {f.name: getattr(settings, f.name) for f in fields(settings) if f.name not in _HERE}
    given["ca_file"] = str(settings.ca_file) if settings.ca_file else ""
    return {
        "hosts": to_json(tuple(hosts)),
        "checks": [check.id for check in checks],
        "settings": {name: to_json(value) for name, value in given.items()},
        "before": to_json(before),
        "searching": to_json(searching),
    }


def longest(hosts: Sequence[Host], checks: Sequence[Check], settings: LookSettings) -> float:
    """Seconds after which a run has surely ended, each host looked at twice, by the limits of each."""
    each = max(seconds(host, hosts, checks, settings) for host in hosts)
    return _AROUND + 2 * each * -(-len(hosts) // settings.limits.hosts_at_once)


def answer(asked: Mapping[str, object], tell: Callable[[bytes], None]) -> None:
    """Do in the child what was asked, and tell the news as they come. Raises what `plan.look` raises."""
    ask = typing.cast("Mapping[str, Json]", asked)
    hosts = from_json(tuple[Host, ...], ask["hosts"])
    wanted = set(from_json(tuple[str, ...], ask["checks"]))
    before = from_json(Mapping[str, Mapping[str, Outcome]], ask["before"])  # type: ignore[type-abstract]
    checks = [check for check in (*every.CHECKS, public_secrets.CHECK) if check.id in wanted]
    settings = _settings(ask["settings"])
    if ask["searching"] is not None:
        from wizard.checks.code.in_public import Searching, searcher

        settings = replace(settings, search=searcher(from_json(Searching, ask["searching"])))
    asyncio.run(_run(hosts, checks, settings, before, tell))


def heard(told: bytes, hosts: Sequence[Host]) -> list[Partial]:
    """The news that a child told of these hosts. Raises ValueError where it told something else."""
    asked = dict(enumerate(hosts))
    told_of = from_json(tuple[_News, ...], json.loads(told))
    if not {news.host for news in told_of} <= set(asked):
        raise ValueError("news of a host that was not asked about")
    return [
        Partial(
            host := asked[news.host],
            news.results,
            news.done,
            len(hosts),
            tuple(HostLook(host, one.results, one.record.encode(), one.addresses, one.at) for one in news.looks),
        )
        for news in told_of
    ]


def _settings(said: Json) -> LookSettings:
    kinds = typing.get_type_hints(LookSettings)
    given = from_json(dict[str, Json], said)
    authority = from_json(str, given.pop("ca_file"))
    read = {name: from_json(kinds[name], value) for name, value in given.items()}
    return LookSettings(**read, ca_file=Path(authority) if authority else None)


async def _run(
    hosts: tuple[Host, ...],
    checks: list[Check],
    settings: LookSettings,
    before: twice.Before,
    tell: Callable[[bytes], None],
) -> None:
    places = {host: place for place, host in enumerate(hosts)}
    waiting: list[_News] = []

    def flush() -> None:
        if waiting:
            tell(json.dumps(to_json(tuple(waiting)), ensure_ascii=False).encode())
            waiting.clear()

    def report(news: Partial) -> None:
        if not waiting:
            asyncio.get_running_loop().call_later(_SOON, flush)
        looks = tuple(_Look(one.results, one.record.decode(), one.addresses, one.at) for one in news.looks)
        waiting.append(_News(places[news.host], news.results, news.done, looks))

    await twice.look(hosts, checks, settings, before, report)
    flush()
