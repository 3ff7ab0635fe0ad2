"""What a code host shows about one repository, and what it did not show; the same for GitHub and Bitbucket."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise

from wizard.domain.vulnerability import Rating


class AlertKind(StrEnum):
    """What an alert is about."""

    DEPENDENCIES = "dependencies"
    CODE = "code"
    SECRETS = "secrets"


@dataclass(frozen=True, slots=True)
class Alerts:
    """Open alerts of one kind. `open` is None when the host did not show them, and `because` says why.

    `whole` is False when there are more than were read.
    """

    kind: AlertKind
    open: int | None
    ratings: tuple[tuple[Rating, int], ...] = ()
    oldest: datetime | None = None
    whole: bool = True
    because: str = ""


@dataclass(frozen=True, slots=True)
class Protection:
    """Rules of the default branch; None where the host did not tell."""

    protected: bool | None
    reviews: int | None = None
    checks: tuple[str, ...] = ()
    admins_too: bool | None = None
    force_push_blocked: bool | None = None
    because: str = ""


@dataclass(frozen=True, slots=True)
class Update:
    """One line of an update configuration: package system, folder, how often."""

    ecosystem: str
    directory: str
    interval: str


@dataclass(frozen=True, slots=True)
class Pipeline:
    """One pipeline file: what starts it, and the scanners that it names."""

    file: str
    triggers: tuple[str, ...]
    scanners: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a pipeline or scan that has ended; `file` is the pipeline's, "" when the host does not say."""

    name: str
    at: datetime
    succeeded: bool
    file: str = ""


@dataclass(frozen=True, slots=True)
class NotShown:
    """Something that was asked for and not shown: the name of the call, and a sentence."""

    call: str
    because: str


@dataclass(frozen=True, slots=True)
class Posture:
    """Everything that was shown of one repository. None and empty lists with an entry in `not_shown` mean unknown.

    `updates` is None when there is no (readable) update configuration. `calls` are all requests that were made,
    through `proxy` where one was named.
    """

    host: str
    repository: str
    branch: str
    private: bool | None
    alerts: tuple[Alerts, ...]
    secret_scanning: bool | None
    push_protection: bool | None
    protection: Protection
    updates: tuple[Update, ...] | None
    pipelines: tuple[Pipeline, ...]
    runs: tuple[Run, ...]
    not_shown: tuple[NotShown, ...]
    calls: tuple[str, ...] = ()
    proxy: str = ""

    @property
    def shows_anything(self) -> bool:
        """Whether anything at all came back."""
        told = (self.private, self.secret_scanning, self.push_protection, self.protection.protected, self.updates)
        counted = (each.open for each in self.alerts)
        return any(each is not None for each in (*told, *counted)) or bool(self.pipelines or self.runs or self.branch)

    def longest_gap(self, name: str = "") -> int | None:
        """The most days between two successful runs (of one name, or any); None with fewer than two."""
        days = sorted(run.at for run in self.runs if run.succeeded and name in ("", run.name))
        return max(((later - earlier).days for earlier, later in pairwise(days)), default=None)


#: How scanners show in pipeline files.
_SCANNERS = {
    "CodeQL": r"github/codeql-action",
    "Dependency review": r"actions/dependency-review-action",
    "OWASP Dependency-Check": r"dependency-check",
    "OSV-Scanner": r"osv-scanner",
    "Trivy": r"\btrivy",
    "Grype": r"\bgrype\b|anchore/scan-action",
    "Snyk": r"\bsnyk\b",
    "Semgrep": r"\bsemgrep\b",
    "Gitleaks": r"\bgitleaks\b",
    "TruffleHog": r"\btrufflehog\b",
    "Kingfisher": r"\bkingfisher\b",
    "git-secrets": r"git-secrets",
    "ZAP": r"\bzaproxy\b|zap-(?:baseline|full-scan|api-scan)",
    "Bandit": r"\bbandit\b",
    "npm audit": r"\b(?:npm|yarn|pnpm)\s+audit\b",
    "pip-audit": r"\bpip-audit\b",
    "cargo audit": r"\bcargo[ -]audit\b|cargo-deny",
    "govulncheck": r"\bgovulncheck\b",
    "bundler-audit": r"\bbundle[r]?[ -]audit\b",
    "composer audit": r"\bcomposer\s+audit\b",
    "SonarQube": r"\bsonar(?:cloud|qube|source)",
}
_COMPILED = {name: re.compile(pattern, re.I) for name, pattern in _SCANNERS.items()}
_COMMENT = re.compile(r"(?:^|\s)#.*")


def scanners_in(text: str) -> tuple[str, ...]:
    """The scanners that a pipeline file names outside its comments."""
    code = "\n".join(_COMMENT.sub("", line) for line in text.splitlines())
    return tuple(name for name, pattern in _COMPILED.items() if pattern.search(code))
