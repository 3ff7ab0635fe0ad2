"""An assessment that goes on from an attestation signed earlier."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from wizard.domain.evidence import Sealed
from wizard.domain.payload import Payload


@dataclass(frozen=True, slots=True)
class Renewed(Payload):
    """Answers were carried over from a signed attestation that verified; each waits for a person to look at it.

    `file_digest` is the PDF's SHA-256, `data` its sealed canonical data, `carried` the questions whose answers were
    taken over, `asked_again` the requirements whose sentence is another one now.
    """

    TYPE: ClassVar[str] = "renewed"
    file_name: str
    file_digest: str
    key_fingerprint: str
    signed_at: datetime
    data: Sealed | None = None
    carried: tuple[str, ...] = ()
    asked_again: tuple[str, ...] = ()
