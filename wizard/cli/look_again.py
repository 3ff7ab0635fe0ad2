"""The part of `attestry verify` that looks at the hosts of an attestation again, after the reviewer agreed."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Iterator
from datetime import UTC, datetime

from wizard.cli.check_command import resolved
from wizard.cli.output import Output
from wizard.domain.attestation import Attestation
from wizard.domain.language import _, ngettext
from wizard.domain.mistakes import Mistake
from wizard.session.deeds import looking_again


class NotAgreed(Mistake):
    """Nobody agreed to contact the hosts."""


def look_again(asked: argparse.Namespace, attestation: Attestation, output: Output) -> looking_again.Again:
    """Name the hosts, wait for a yes, and look. Raises `NotAgreed` and `looking_again.NothingToRepeat`."""
    options = looking_again.Options(asked.ca, tuple(resolved(asked.resolve).items()), asked.allow_private)
    hosts, left = looking_again.targets(attestation, options)
    if not hosts:
        raise looking_again.NothingToRepeat(looking_again.nothing())
    n = len(hosts)
    output.say(
        ngettext(
            "This host is contacted from this computer, with requests that only read: {names}",
            "These {n} hosts are contacted from this computer, with requests that only read: {names}",
            n,
        ).format(n=n, names=", ".join(host.subject for host in hosts) or "–")
    )
    if left:
        output.say(_("Left alone, because they are not public or were not looked at: {names}").format(
            names=", ".join(left)
        ))  # fmt: skip
    if not asked.yes and not _agreed(output):
        raise NotAgreed(_("Nothing was contacted, because nobody agreed to it. Add --yes to agree."))
    return asyncio.run(looking_again.look(attestation, hosts, lambda: datetime.now(UTC), options))


def lines(again: looking_again.Again) -> Iterator[str]:
    """How it came out, and what drifted."""
    yield _("Now:       {sentence}").format(sentence=again.sentence)
    for one in again.drifts:
        yield f"  {one.way:<7} {one.subject}  {one.check}: {one.then} → {one.now}. {one.sentence}"


def _agreed(output: Output) -> bool:
    if not sys.stdin.isatty():
        return False
    output.say(_("Contact them? Type yes to agree."))
    return sys.stdin.readline().strip().lower() in (_("yes"), "yes", "y")
