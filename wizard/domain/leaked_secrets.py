"""What people decide about secrets that were found in code: none after all, or revoked and replaced."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar

from wizard.domain.payload import Payload


class SecretVerdict(StrEnum):
    """What a person says about a found secret; OPEN takes it back."""

    OPEN = "open"
    FALSE_POSITIVE = "false-positive"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class SecretDisposed(Payload):
    """What was decided about one secret, by its keyed hash, wherever it stands; it outlives new scans."""

    TYPE: ClassVar[str] = "secret-disposed"
    fingerprint: str
    verdict: SecretVerdict = SecretVerdict.OPEN
    because: str = ""
    revoked_on: date | None = None
    rotated_on: date | None = None

    @property
    def subject(self) -> str:
        """The keyed hash; it says nothing without the key."""
        return self.fingerprint

    def settles(self, today: date) -> bool:
        """True when this closes the secret: why it is none, or that it was revoked, and replaced.

        A revoked secret that was not replaced needs a reason too (nothing uses it any more). A date in the future
        closes nothing.
        """
        match self.verdict:
            case SecretVerdict.FALSE_POSITIVE:
                return bool(self.because.strip())
            case SecretVerdict.REVOKED:
                if self.revoked_on is None or self.revoked_on > today:
                    return False
                return bool(self.because.strip()) if self.rotated_on is None else self.rotated_on <= today
            case SecretVerdict.OPEN:
                return False
