"""Plans a run: which looks the chosen checks need, each once a host, politely and all hosts side by side."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from wizard.checks import record
from wizard.checks.base import Check, CouldNotLook, Fact, Facts, Trouble
from wizard.checks.judging import judge
from wizard.checks.looks.ground import Ground, LookSettings, Run, trouble_of
from wizard.checks.politeness import Limits
from wizard.domain.observation import Result
from wizard.domain.scope import Host

__all__ = ["HostLook", "Limits", "LookSettings", "Partial", "look", "ready", "seconds"]


@dataclass(frozen=True, slots=True)
class HostLook:
    """Everything about one host of one run. `results` are those of the checks that were ready, in their order.

    `record` is the masked raw proof, canonical JSON, to be sealed."""

    host: Host
    results: tuple[Result, ...]
    record: bytes
    addresses: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class Partial:
    """News of a run: results that are new, and `looks` when a host is done. `done` counts hosts of `total`.

    One look at a host, or two where what had turned was looked at again and said something else."""

    host: Host
    results: tuple[Result, ...]
    done: int
    total: int
    looks: tuple[HostLook, ...] = ()


def ready(check: Check, host: Host, settings: LookSettings) -> bool:
    """True when the person gave all that the check needs to look at this host; else a run passes it over."""
    return all(need.wanted(host, settings) for need in check.needs)


def _facts(check: Check, host: Host, settings: LookSettings) -> tuple[type[Fact], ...]:
    """What a check reads of this host: what it also reads only where the person gave what that look needs."""
    return (*check.needs, *(fact for fact in check.uses if fact.wanted(host, settings)))


def seconds(host: Host, hosts: Sequence[Host], checks: Sequence[Check], settings: LookSettings) -> float:
    """How long all looks at one of these hosts may take: ports of one name share its bucket, so each may have to wait
    for all.
    """

    def alone(each: Host) -> float:
        needs = (need for check in checks for need in _facts(check, each, settings))
        return settings.limits.host + max((need.seconds(each, settings) for need in needs), default=0.0)

    return sum(alone(each) for each in hosts if each.name == host.name)


async def look(
    hosts: Sequence[Host],
    checks: Sequence[Check],
    settings: LookSettings,
    report: Callable[[Partial], None] = lambda _partial: None,
) -> tuple[HostLook, ...]:
    """Look at the hosts and judge; returns one `HostLook` a host in the given order.

    `report` hears every result as soon as its looks are done. Cancelling stops everything at once. Only mistakes of
    the person are raised (an unreadable certificate authority); whatever a host does becomes a result.
    """
    # A run makes a million short-lived values: looking for cycles after every 700 costs a tenth of its time.
    young, *older = gc.get_threshold()
    gc.set_threshold(max(young, 10_000), *older)
    run = Run(settings, hosts)
    if settings.ca_file is not None:
        _ = run.trusting  # an unreadable file is said before anything is contacted
    run.pulse.start()
    at_once = asyncio.Semaphore(settings.limits.hosts_at_once)
    done = 0

    async def one(host: Host) -> HostLook:
        nonlocal done
        most = seconds(host, hosts, checks, settings)

        def hear(results: tuple[Result, ...]) -> None:
            report(Partial(host, results, done, len(hosts)))

        async with at_once:
            found = await _look_at(run.ground(host), checks, most, hear)
        done += 1
        report(Partial(host, (), done, len(hosts), (found,)))
        return found

    tasks = [asyncio.create_task(one(host)) for host in hosts]
    try:
        return tuple(await asyncio.gather(*tasks))
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await run.close()


async def _look_at(
    ground: Ground, checks: Sequence[Check], most: float, hear: Callable[[tuple[Result, ...]], None]
) -> HostLook:
    """All looks at one host side by side, in `most` seconds; each check is judged as soon as its own are done."""
    host, settings = ground.host, ground.run.settings
    checks = [check for check in checks if ready(check, host, settings)]
    at = datetime.now(UTC)
    found: dict[type[Fact], Fact | Trouble] = {}
    results: dict[str, Result] = {}
    addresses: tuple[str, ...] = ()

    wanted = {check.id: _facts(check, host, settings) for check in checks}
    waiting = [(check, set(wanted[check.id])) for check in checks]

    def judge_ready(new: Collection[type[Fact]]) -> None:
        nonlocal waiting
        for _check, missing in waiting:
            missing.difference_update(new)
        complete = [check for check, missing in waiting if not missing]
        waiting = [pair for pair in waiting if pair[1]]
        judged = tuple(judge(c, host, Facts(dict(found)), at, addresses) for c in complete)
        results.update((r.check, r) for r in judged)
        if judged:
            hear(judged)

    needs = sorted(dict.fromkeys(n for check in checks for n in wanted[check.id]), key=lambda need: -need.STEPS)
    tasks = {ground.looking(need): need for need in needs}
    ended: asyncio.Queue[asyncio.Task[Fact | Trouble]] = asyncio.Queue()
    for task in tasks:
        task.add_done_callback(ended.put_nowait)
    try:
        async with ground.limit(most):
            while len(found) < len(needs):
                over = [await ended.get()]
                while not ended.empty():
                    over.append(ended.get_nowait())
                addresses = addresses or await _addresses(ground)
                new = {tasks[task]: task.result() for task in over}
                found.update(new)
                judge_ready(new)
    except TimeoutError as error:
        too_late = trouble_of(error)
        late = {need: too_late for need in needs if need not in found}
        found.update(late)
        judge_ready(late)
    finally:
        await ground.close()
    proof = record.write(host, at, settings.run_id, settings.app_version, addresses, Facts(found))
    return HostLook(host, tuple(results[c.id] for c in checks), proof, addresses, at)


async def _addresses(ground: Ground) -> tuple[str, ...]:
    try:
        return (await ground.addresses()).usable
    except CouldNotLook:
        return ()
