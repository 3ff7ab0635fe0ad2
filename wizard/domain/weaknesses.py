"""What can happen in the ledger of weaknesses: a report is read, a person writes, decides, or puts two rows together.

None of these names what it is about in clear: that a product has a certain flaw is itself a secret.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from wizard.domain.payload import Payload
from wizard.domain.vulnerability import Disposal, Note, ReportSummary


@dataclass(frozen=True, slots=True)
class ReportRead(Payload):
    """Another tool's report was read from a piece of evidence: all its entries lie in one sealed record."""

    TYPE: ClassVar[str] = "report-read"
    report: ReportSummary

    @property
    def subject(self) -> str:
        """The evidence."""
        return self.report.evidence


@dataclass(frozen=True, slots=True)
class VulnerabilityNoted(Payload):
    """A person wrote a weakness into the ledger, or more about one that a report lists."""

    TYPE: ClassVar[str] = "vulnerability-noted"
    note: Note


@dataclass(frozen=True, slots=True)
class VulnerabilityDisposed(Payload):
    """What was decided about a weakness, by its key; without a disposal the decision is taken back."""

    TYPE: ClassVar[str] = "vulnerability-disposed"
    key: str
    disposal: Disposal | None = None


@dataclass(frozen=True, slots=True)
class VulnerabilityMerged(Payload):
    """Two rows of the ledger, by their keys, are one flaw; an empty `into` takes that back.

    With `into` "apart", `key` ("apart:" and a member's name) says the opposite: what that tool lists there is a flaw
    of its own, although its names or its place are those of another.
    """

    TYPE: ClassVar[str] = "vulnerability-merged"
    key: str
    into: str = ""
