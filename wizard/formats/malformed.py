"""The mistake of bytes that are not what they should be, for every format read here."""

from __future__ import annotations

from wizard.domain.mistakes import Mistake


class Malformed(Mistake):
    """Bytes that are damaged, cut short, too large, or built to harm; the text says which and what to do."""
