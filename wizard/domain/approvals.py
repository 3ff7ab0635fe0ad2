"""Whoever answers for a section stands for it inside the app: a signed entry, printed with the section."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from wizard.domain.payload import Payload


@dataclass(frozen=True, slots=True)
class SectionApproved(Payload):
    """Someone read a section and stands for what it said then; an empty `content` takes that back.

    `content` is `approved.content_of` the section then: when something of it is another later, this counts no more.
    """

    TYPE: ClassVar[str] = "section-approved"
    section: str
    content: str = ""

    @property
    def subject(self) -> str:
        """The section."""
        return self.section
