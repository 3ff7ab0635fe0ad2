"""What every event of an assessment has in common."""

from __future__ import annotations

from typing import ClassVar


class Payload:
    """What happened. Subclasses are frozen dataclasses with a `TYPE` and a `VERSION`."""

    TYPE: ClassVar[str]
    VERSION: ClassVar[int] = 1

    @property
    def subject(self) -> str:
        """What it is about, in clear in the envelope: a question, requirement, host or evidence id; never a value."""
        return ""
