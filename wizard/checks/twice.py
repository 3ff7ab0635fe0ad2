"""Looks again where a check says the opposite of what it said before: two looks that differ are inconsistent."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from wizard.checks import plan
from wizard.checks.base import Check
from wizard.checks.plan import HostLook, LookSettings, Partial
from wizard.domain.observation import Outcome, Result
from wizard.domain.scope import Host

#: What each check said of each host before: by the host's subject, then by the check's id.
Before = Mapping[str, Mapping[str, Outcome]]

_OPPOSITE = {Outcome.SUPPORTS, Outcome.CONTRADICTS}


async def look(
    hosts: Sequence[Host],
    checks: Sequence[Check],
    settings: LookSettings,
    before: Before,
    report: Callable[[Partial], None],
) -> None:
    """As `plan.look`, and a host is done once what has turned was looked at again.

    Its last `Partial` holds one look, or two that differ: each keeps its own proof, and of two that differ the failure
    stands, because behind one name not every server is alike.
    """
    again: list[asyncio.Task[None]] = []

    async def second(news: Partial, first: HostLook) -> None:
        report(replace(news, looks=await _looked_twice(first, checks, settings, before.get(first.host.subject, {}))))

    def hear(news: Partial) -> None:
        if news.looks:
            again.append(asyncio.create_task(second(news, news.looks[0])))
        else:
            report(news)

    try:
        await plan.look(hosts, checks, settings, hear)
        await asyncio.gather(*again)
    finally:
        for task in again:
            task.cancel()
        await asyncio.gather(*again, return_exceptions=True)


async def _looked_twice(
    first: HostLook, checks: Sequence[Check], settings: LookSettings, before: Mapping[str, Outcome]
) -> tuple[HostLook, ...]:
    turned = {r.check for r in first.results if {r.outcome, before.get(r.check)} == _OPPOSITE}
    if not turned:
        return (first,)
    (again,) = await plan.look((first.host,), [c for c in checks if c.id in turned], settings)
    second = {r.check: r for r in again.results}
    kept = [_worse(r, second.get(r.check)) for r in first.results]
    failing = {r.check for r in first.results if r.outcome is not Outcome.SUPPORTS}
    news = tuple(r for r in again.results if r.outcome is Outcome.CONTRADICTS and r.check not in failing)
    if not news:
        return (replace(first, results=tuple(kept)),)
    failed = {r.check for r in news}
    return (
        replace(first, results=tuple(r for r in kept if r.check not in failed)),
        replace(again, results=tuple(replace(r, inconsistent=True) for r in news)),
    )


def _worse(first: Result, second: Result | None) -> Result:
    """The first look, marked when it failed and the second did not."""
    apart = second is not None and (first.outcome, second.outcome) == (Outcome.CONTRADICTS, Outcome.SUPPORTS)
    return replace(first, inconsistent=True) if apart else first
