"""Looks at many hosts, and into public code, in a process of its own; at a few hosts in this one, where nobody waits
for a start.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from wizard.domain.language import _
from wizard.domain.mistakes import Mistake

if TYPE_CHECKING:
    from wizard.checks import plan, twice
    from wizard.checks.base import Check
    from wizard.checks.code.in_public import Searching
    from wizard.domain.scope import Host
    from wizard.jobs.worker_process import Answer

#: So many hosts are looked at in a tenth of a second, less than a process takes to start.
FEW = 8


class LookBrokenOff(Mistake):
    """The process that looked ended before it was done."""


async def look(
    hosts: Sequence[Host],
    checks: Sequence[Check],
    settings: plan.LookSettings,
    before: twice.Before,
    report: Callable[[plan.Partial], None],
    searching: Searching | None = None,
) -> None:
    """As `twice.look`, with a search of public code where one is given: a single one of its steps takes hundreds of
    milliseconds of Python's lock. Cancelling ends the process at once. Raises `LookBrokenOff`, and the child's own
    `Mistake`.
    """
    from wizard.checks import apart, twice
    from wizard.jobs import worker_process

    if len(hosts) <= FEW and searching is None:
        await twice.look(hosts, checks, settings, before, report)
        return

    def hear(told: Answer) -> None:
        for news in apart.heard(told.data, hosts):
            report(news)

    limits = worker_process.Limits(apart.longest(hosts, checks, settings), apart.MEMORY)
    try:
        question = apart.question(hosts, checks, settings, before, searching)
        await worker_process.ask("look", question, limits=limits, hear=hear)
    except worker_process.WorkerFailed as failed:
        raise LookBrokenOff(
            _(
                "The look broke off before it was done, as when this computer runs out of memory. The hosts that were "
                "done until then are kept. Look again at those that are left."
            )
        ) from failed
