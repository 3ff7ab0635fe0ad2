"""What a check that judges other tools' reports may know, and what kind of looking each report is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from wizard.checks.answers.base import Judgement, Said
from wizard.domain.ledger import tool_of
from wizard.domain.observation import Level
from wizard.domain.readable import day
from wizard.domain.scope import REPOSITORIES_QUESTION, Scope
from wizard.domain.vulnerability import (
    OWN_LOOK,
    SECRETS,
    SETTINGS,
    Ledger,
    LedgerState,
    Rating,
    ReportSummary,
    Vulnerability,
)

#: Our defaults, not Apollo's: the page says "periodically" or gives no period.
SCAN_DAYS = 31
DYNAMIC_DAYS = 90
#: Known weaknesses change every day: data this old pass, older ones are pointed out, and then say nothing any more.
FRESH_DATA_DAYS, OLD_DATA_DAYS = 7, 30
#: Rated 7.0 or more.
SERIOUS = (Rating.CRITICAL, Rating.HIGH)
_MOST_NAMED, _LONGEST = 3, 70


class ReportKind(StrEnum):
    """What a tool looks at."""

    DEPENDENCIES = "dependencies"
    STATIC = "static"
    DYNAMIC = "dynamic"
    SECRETS = "secrets"
    OTHER = "other"


#: Tools by their whole name, by its first word, or by the format that was read.
_TOOLS: tuple[tuple[ReportKind, frozenset[str]], ...] = (
    (
        ReportKind.OTHER,
        frozenset({SETTINGS, "snyk iac", "prowler", "cloud-facts", "threat-dragon", "microsoft-threats"}),
    ),
    (
        ReportKind.DEPENDENCIES,
        frozenset(
            {
                "dependency-check",
                "dependabot",
                "npm",
                "npm-audit",
                "yarn",
                "pnpm",
                "pip-audit",
                "trivy",
                "grype",
                "osv-scanner",
                "cyclonedx",
                "dependency-track",
                "govulncheck",
                "cargo-audit",
                "composer",
                "composer-audit",
                "bundler-audit",
                "retire.js",
                "retire",
                "snyk",
            }
        ),
    ),
    (ReportKind.DYNAMIC, frozenset({"zap", "burp", "burp-ci", "dastardly", "nuclei"})),
    (
        ReportKind.SECRETS,
        frozenset(
            {
                SECRETS,
                "gitleaks",
                "trufflehog",
                "noseyparker",
                "nosey",
                "kingfisher",
                "detect-secrets",
                "github secret scanning",
            }
        ),
    ),
    (
        ReportKind.STATIC,
        frozenset(
            {
                "semgrep",
                "bandit",
                "codeql",
                "brakeman",
                "gosec",
                "spotbugs",
                "findsecbugs",
                "njsscan",
                "mobsfscan",
                "sonarqube",
                "snykcode",
                "horusec",
                "securitycodescan",
            }
        ),
    ),
)


#: How people call package systems, by their package URL type.
_SYSTEMS = {
    "npm": ("npm", "yarn", "pnpm", "node", "javascript", "typescript"),
    "pypi": ("pypi", "pip", "python", "poetry", "uv"),
    "maven": ("maven", "gradle", "java", "kotlin"),
    "golang": ("go", "golang"),
    "cargo": ("cargo", "rust", "crates"),
    "gem": ("gem", "gems", "ruby", "rubygems", "bundler"),
    "composer": ("composer", "php", "packagist"),
    "nuget": ("nuget", ".net", "dotnet"),
}
#: Tools that look at one package system only, so that even an empty report is about it.
_ONLY = {
    "npm": "npm",
    "yarn": "npm",
    "pnpm": "npm",
    "retire": "npm",
    "pip-audit": "pypi",
    "govulncheck": "golang",
    "cargo-audit": "cargo",
    "composer": "composer",
    "bundler-audit": "gem",
}


def kind_of(report: ReportSummary) -> ReportKind:
    """What the tool looked at: by its name, else by what most entries name (a package, an address, a file)."""
    if report.importer == OWN_LOOK:
        return ReportKind.OTHER  # it has a verdict of its own, which also knows what could not be looked up
    if (known := known_kind(report)) is not None:
        return known
    counts = {
        ReportKind.DEPENDENCIES: report.packages,
        ReportKind.DYNAMIC: report.addresses,
        ReportKind.STATIC: report.files,
    }
    most = max(counts, key=lambda kind: counts[kind])
    return most if counts[most] else ReportKind.OTHER


def known_kind(report: ReportSummary) -> ReportKind | None:
    """What the tool looks at, where its name or its format tells; None for a tool that nobody here knows."""
    for name in (report.unit, report.tool.lower(), tool_of(report.tool), report.importer):
        for kind, tools in _TOOLS:
            if name in tools:
                return kind
    return None


@dataclass(frozen=True)
class Shown:
    """The reports that were read, the ledger they make, the scope, and what was answered."""

    ledger: Ledger
    said: Said
    scope: Scope

    @property
    def today(self) -> date:
        """The day of the judgement, UTC."""
        return self.said.today

    def reports(self, kind: ReportKind) -> tuple[ReportSummary, ...]:
        """The newest report of each tool and target of that kind, the newest of them last."""
        found = (r for r in self.ledger.reports if r.evidence in self.ledger.current and kind_of(r) is kind)
        return tuple(sorted(found, key=lambda report: report.day))

    def listed(self, reports: Iterable[ReportSummary]) -> tuple[Vulnerability, ...]:
        """The rows that these reports list."""
        ids = {report.evidence for report in reports}
        return tuple(row for row in self.ledger.rows if any(s.report in ids for s in row.sightings))


@dataclass(frozen=True)
class ReportCheck:
    """A check that reads reports only. `judge` gives nothing back while there is no report of its kind."""

    id: str
    title: Callable[[], str]
    source: str
    judge: Callable[[Shown], Judgement | None]
    aliases: tuple[str, ...]
    level: Level = Level.MUST
    version: int = 1


@dataclass(frozen=True, slots=True)
class Sorted:
    """The rows of some reports by what they do to a claim."""

    serious: tuple[Vulnerability, ...]
    covered_until: date | None
    unrated: tuple[Vulnerability, ...]
    medium: tuple[Vulnerability, ...]
    set_aside: tuple[Vulnerability, ...]


def sort_rows(rows: Iterable[Vulnerability], today: date) -> Sorted:
    """Open ones rated 7.0 or more (and until when all of them are accepted), unrated ones, medium ones, and those of
    7.0 or more that were set aside in the tool itself without a reason here.
    """
    rows = tuple(rows)
    is_open = [row for row in rows if row.is_open]
    serious = tuple(row for row in is_open if row.rating in SERIOUS)
    covers = [row.covered_until(today) for row in serious]
    known = [until for until in covers if until is not None]
    return Sorted(
        serious=serious,
        covered_until=min(known) if known and len(known) == len(covers) else None,
        unrated=tuple(row for row in is_open if row.rating is Rating.UNKNOWN),
        medium=tuple(r for r in is_open if r.rating is Rating.MEDIUM and r.state is not LedgerState.ACCEPTED),
        set_aside=tuple(
            row for row in rows if row.state is LedgerState.SET_ASIDE and row.rating in (*SERIOUS, Rating.UNKNOWN)
        ),
    )


def names(rows: Iterable[Vulnerability]) -> str:
    """Some rows by number and title, the rest as a number."""
    rows = tuple(rows)
    said = [f"{row.id} {row.title[:_LONGEST]}{'…' * (len(row.title) > _LONGEST)}" for row in rows[:_MOST_NAMED]]
    return "; ".join(said) + (f" (+{len(rows) - _MOST_NAMED})" if len(rows) > _MOST_NAMED else "")


def what(report: ReportSummary) -> str:
    """A report in words: tool with version, and its day."""
    return f"{report.name}, {day(report.day)}"


def unseen_systems(shown: Shown, reports: Iterable[ReportSummary]) -> tuple[str, ...]:
    """Package systems of the scope that no report is about, in the person's own words."""
    reports = tuple(reports)
    seen = {system.lower() for report in reports for system in report.ecosystems}
    seen |= {only for report in reports if (only := _ONLY.get(report.tool.lower().split()[0] if report.tool else ""))}
    out: dict[str, None] = {}
    for row in shown.said.rows(REPOSITORIES_QUESTION):
        for word in re.split(r"[,;/\s]+", row.get("ecosystems")):
            system = next((id for id, names in _SYSTEMS.items() if word.lower() in names), "")
            if system and system not in seen:
                out[word] = None
    return tuple(out)
