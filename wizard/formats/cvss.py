"""CVSS scores computed again from their vectors, and the band a score falls into.

Versions 2.0, 3.0, 3.1 and 4.0 (FIRST, "Common Vulnerability Scoring System"), by the `cvss` library.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

#: Which version gives the score when a flaw has several: the source page names version 3, so that comes first.
ORDER = ("3.1", "3.0", "4.0", "2.0")
_LONGEST = 400


@dataclass(frozen=True, slots=True)
class Scored:
    """A vector with the version it belongs to and the base score (0.0 to 10.0) that follows from it."""

    version: str
    vector: str
    score: float


@lru_cache(maxsize=16384)
def score(vector: str) -> Scored | None:
    """The score that follows from a vector, or None when it is no vector of a known version.

    A vector without its `CVSS:` prefix is told by its metrics (`Au` is version 2, `VC` version 4, else 3.1).
    """
    import cvss  # type: ignore[import-untyped]

    text = vector.strip().strip("()")
    if not text or len(text) > _LONGEST or not text.isascii():
        return None
    version, text = _versioned(text)
    try:
        match version:
            case "2.0":
                made = cvss.CVSS2(text)
            case "3.0" | "3.1":
                made = cvss.CVSS3(text)
            case "4.0":
                made = cvss.CVSS4(text)
            case _:
                return None
    except (cvss.CVSSError, KeyError, ValueError, ArithmeticError):
        return None
    return Scored(version, text, float(made.scores()[0]))


def _versioned(text: str) -> tuple[str, str]:
    prefix, slash, rest = text.partition("/")
    if prefix.upper().startswith("CVSS:") and slash:
        version = prefix[5:]
        return (version, rest) if version == "2.0" else (version, f"CVSS:{version}/{rest}")
    metrics = {part.partition(":")[0] for part in text.split("/")}
    if "Au" in metrics:
        return "2.0", text
    if "VC" in metrics:
        return "4.0", f"CVSS:4.0/{text}"
    return "3.1", f"CVSS:3.1/{text}"


def band(value: float) -> str:
    """The qualitative word of a score: CVSS 3.1 part 5 (9.0 critical, 7.0 high, 4.0 medium, else low; 0.0 info)."""
    if value >= 9.0:
        return "critical"
    if value >= 7.0:
        return "high"
    if value >= 4.0:
        return "medium"
    return "low" if value > 0 else "info"
