"""Reads the text of a plan for incidents and says which of its six parts it has (INC-6).

A part counts as found when one of its words stands in the text, in English, German, French or Spanish. A word that is
not found proves nothing: the plan may say it differently. So a missing part is never a failure, only not seen.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from wizard.checks.answers.base import PAGE, Judgement
from wizard.domain.language import _
from wizard.domain.observation import Level, Verdict

SECTIONS = ("roles", "severity", "contacts", "evidence", "communication", "lessons")

#: Longest text that is read, in characters.
MAX_TEXT = 2_000_000

#: Word beginnings without accents, in lower case. Of "communication" a line about telling others and Apollo's name.
_WORDS: dict[str, tuple[str, ...]] = {
    "roles": ("role", "responsib", "rolle", "zustandig", "verantwort", "funciones", "responsab", "raci"),
    "severity": ("severit", "priorit", "schwere", "kritikal", "einstufung", "gravite", "gravedad", "criticid", "sev1"),
    "contacts": ("contact", "kontakt", "erreichbar", "telefon", "phone", "on-call", "on call", "astreinte", "guardia"),
    "evidence": (
        "evidence",
        "forensic",
        "chain of custody",
        "beweis",
        "spurensicher",
        "forensi",
        "preuve",
        "evidencia",
        "prueba",
    ),
    "communication": ("communicat", "notif", "kommunikation", "meldung", "benachrichtig", "comunicac", "informer"),
    "lessons": (
        "lessons learned",
        "lessons learnt",
        "post-mortem",
        "postmortem",
        "retrospective",
        "post-incident",
        "lehren",
        "nachbereitung",
        "retour d'experience",
        "lecciones",
    ),
}
_FOUND = {
    section: re.compile("|".join(r"(?<!\w)" + re.escape(word) for word in words)) for section, words in _WORDS.items()
}


def sections_found(text: str) -> tuple[str, ...]:
    """Those of `SECTIONS` whose words stand in `text`; communication needs Apollo's name too."""
    plain = "".join(
        c for c in unicodedata.normalize("NFKD", text[:MAX_TEXT]) if not unicodedata.combining(c)
    ).casefold()
    plain = plain.replace("’", "'")
    found = [section for section in SECTIONS if _FOUND[section].search(plain)]
    if "apollo" not in plain and "communication" in found:
        found.remove("communication")
    return tuple(found)


def section_word(section: str) -> str:
    """The name of a part, as a person says it."""
    words = {
        "roles": _("roles"),
        "severity": _("how bad is bad"),
        "contacts": _("whom to call"),
        "evidence": _("how traces are kept"),
        "communication": _("who is told, Apollo too"),
        "lessons": _("how lessons are drawn"),
    }
    return words[section]


def judge_text(text: str) -> Judgement:
    """What the text of a plan amounts to: all six parts seen, or those that were not seen, by name."""
    found = sections_found(text)
    missing = [section_word(section) for section in SECTIONS if section not in found]
    facts = {"found": found}
    if not missing:
        return Judgement(Verdict.PASS, _("The plan has all six parts."), facts=facts)
    summary = _("Not seen in the plan: {parts}.").format(parts=", ".join(missing))
    step = _("Look whether the plan says it in other words; if not, add it.")
    return Judgement(Verdict.UNKNOWN, summary, step, facts)


@dataclass(frozen=True)
class DocumentCheck:
    """A check that reads the text of a document that was handed in."""

    id: str = "incident-plan-sections"
    level: Level = Level.MUST
    source: str = f"{PAGE}, Incident Response; the six parts are our reading of a plan"
    aliases: tuple[str, ...] = ()
    version: int = 1

    def title(self) -> str:
        """Its name, as a person says it."""
        return _("Incident plan has its parts")


CHECK = DocumentCheck()
