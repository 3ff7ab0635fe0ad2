"""What is known about each dependency: vulnerable, none known, cannot be checked, or not checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from wizard.checks.dependencies.advisory import Advisory, Severity, Vulnerability, worst
from wizard.checks.dependencies.dependency import Dependency, Obstacle

#: Data this old pass; older ones warn, and after so many days they say nothing any more.
FRESH_DAYS, OLD_DAYS = 7, 30


class State(StrEnum):
    """What is known about a dependency. Only NONE_KNOWN of everything passes."""

    VULNERABLE = "vulnerable"
    NONE_KNOWN = "none_known"
    CANNOT_BE_CHECKED = "cannot_be_checked"
    NOT_CHECKED = "not_checked"


@dataclass(frozen=True, slots=True)
class Checked:
    """A dependency with its state, the flaws that affect it, and why it could not be looked up."""

    dependency: Dependency
    state: State
    vulnerabilities: tuple[Vulnerability, ...] = ()
    obstacle: Obstacle | None = None
    because: str = ""


@dataclass(frozen=True, slots=True)
class DataSource:
    """Where the knowledge came from: "OSV" (with the proxy that was between) or "offline database" (or "" for none),
    and the day it speaks of.

    Answers of OSV are kept for 24 hours. `trouble` is a sentence when the source could not be used, or not for all.
    """

    name: str
    day: date | None
    trouble: str = ""


def judged(
    dependency: Dependency, records: Sequence[Advisory], related: Mapping[str, Advisory], *, matched: bool
) -> Checked:
    """The state of a dependency, from the records about its package.

    With `matched` the source has already found that this version is affected (OSV), else that is decided here.
    `related` are records by id from which a severity may be borrowed.
    """
    found: list[Advisory] = []
    unsure = False
    for record in records:
        if record.withdrawn:
            continue
        answer = True if matched else record.affects(dependency)
        if answer:
            found.append(record)
        unsure = unsure or answer is None
    if found:
        flaws = tuple(_flaw(group, dependency, related) for group in _groups(found))
        return Checked(dependency, State.VULNERABLE, flaws)
    if unsure:
        return Checked(dependency, State.CANNOT_BE_CHECKED, obstacle=Obstacle.VERSION)
    if dependency.obstacle is not None:
        return Checked(dependency, State.CANNOT_BE_CHECKED, obstacle=dependency.obstacle)
    return Checked(dependency, State.NONE_KNOWN)


def needs_relatives(records: Iterable[Advisory], dependency: Dependency) -> set[str]:
    """The ids of other records whose severity is wanted, because none of these has one."""
    wanted: set[str] = set()
    for group in _groups([record for record in records if not record.withdrawn]):
        if worst(record.severity(dependency) for record in group).score is None:
            wanted |= {each for record in group for each in record.relatives} - {record.id for record in group}
    return wanted


def _groups(records: Sequence[Advisory]) -> list[list[Advisory]]:
    """Records that name the same flaw, so that it counts once."""
    groups: list[tuple[set[str], list[Advisory]]] = []
    for record in sorted(records, key=lambda each: each.id):
        names = {record.id, *record.aliases}
        same = [group for group in groups if group[0] & names]
        merged = (names.union(*(group[0] for group in same)), [each for group in same for each in group[1]] + [record])
        groups = [group for group in groups if group not in same] + [merged]
    return [group[1] for group in groups]


def _flaw(group: list[Advisory], dependency: Dependency, related: Mapping[str, Advisory]) -> Vulnerability:
    names = {name for record in group for name in (record.id, *record.aliases)}
    first = min(group, key=lambda record: _preference(record.id))
    relatives = {name for record in group for name in record.relatives}
    severities: list[Severity] = [record.severity(dependency) for record in group]
    severities += [related[name].severity() for name in relatives if name in related and not related[name].withdrawn]
    summary = next((s for record in (first, *group) if (s := _summary(record))), "")
    return Vulnerability(
        first.id,
        tuple(sorted(names - {first.id})),
        summary,
        worst(severities),
        tuple(dict.fromkeys(version for record in group for version in record.fixed(dependency)))[:10],
        any(record.malicious for record in group),
    )


def _preference(id: str) -> tuple[int, str]:
    """The name people know best: malicious packages, GitHub's, then CVE, then the others."""
    kinds = ("MAL-", "GHSA-", "CVE-")
    return next((n for n, kind in enumerate(kinds) if id.startswith(kind)), len(kinds)), id


def _summary(record: Advisory) -> str:
    said = record.body.get("summary") or record.body.get("details")
    return " ".join(said.split())[:200] if isinstance(said, str) else ""
