"""Searches what hosts give to every browser for secrets; what that needs is plain data, so a child can do it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from wizard.checks.code import searching as searching_of
from wizard.checks.code import wording
from wizard.checks.code.coverage import Counting
from wizard.checks.code.engine import Kingfisher, SecretEngine, Stop
from wizard.checks.code.leak import Leak, Masker, Where

Search = Callable[[str], tuple[tuple[Leak, ...], str]]


@dataclass(frozen=True, slots=True)
class Searching:
    """The folder of the compiled rules, the key of the fingerprints in hex, and the time of the search."""

    rules: str
    key: str = field(repr=False)
    at: datetime


def searcher(wanted: Searching) -> Search:
    """The search that is wanted. Raises NoEngine."""
    return searching(Kingfisher(Path(wanted.rules)), Masker(bytes.fromhex(wanted.key)), wanted.at)


def searching(engine: SecretEngine, masker: Masker, at: datetime) -> Search:
    """Gives of a text the secrets in it, masked, and a sentence for what of it was not searched."""
    # Nobody stops a single text: a Stop ends the whole child.
    stop = Stop()

    def search(text: str) -> tuple[tuple[Leak, ...], str]:
        counting, data = Counting(), text.encode("utf-8", "replace")
        hits = searching_of.Search(engine, masker, counting, stop, None, at).data(data, "")
        leaks = tuple(
            Leak(h.rule, h.judged.tier, Where.PUBLIC, "", h.line, "", h.masked, h.fingerprint, h.judged.because)
            for h in hits
        )
        return leaks, " ".join(wording.gap(gap) for gap in counting.freeze().gaps)

    return search
