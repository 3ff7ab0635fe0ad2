"""Brand words: could the registered name of a host be taken for Apollo's own?"""

from __future__ import annotations

import re
from dataclasses import dataclass

from wizard.checks.base import Check, Facts, JudgeContext, Judgement
from wizard.checks.looks.declared import Declared
from wizard.checks.looks.dns_records import registrable
from wizard.domain.language import _
from wizard.domain.observation import Level, Verdict

#: What people read as the same letter, and what separates words in a name.
_ALIKE = str.maketrans({"0": "o", "1": "l", "i": "l", "5": "s", "4": "a", "-": "", "_": ""})
_BRAND = "apollo".translate(_ALIKE)
_OWN = frozenset({"apollo.io"})


@dataclass(frozen=True, slots=True)
class Nothing:
    """Nothing is looked at: the name itself is judged."""


def read(facts: Facts) -> Nothing:
    """There is nothing to read."""
    return Nothing()


def judge(reading: Nothing, context: JudgeContext) -> Judgement:
    """Only the part that somebody registered counts: apollo.partner.example names what it connects to."""
    domain = registrable(context.host.name) if not re.fullmatch(r"[0-9.]+|.*:.*", context.host.name) else ""
    label = domain.partition(".")[0].lower().translate(_ALIKE)
    if domain in _OWN or _BRAND in label:
        said = _("{domain} may be taken for Apollo's own.").format(domain=domain)
        step = _("Compare it with the brand guidelines, or ask Apollo; keep the answer as evidence.")
        return Judgement(Verdict.WARN, said, domain, step)
    return Judgement(Verdict.PASS, _("The name does not sound like Apollo's."), domain)


CHECK = Check(
    id="brand-words",
    title=lambda: _("Brand words"),
    level=Level.RECOMMENDED,
    source="Apollo Marketplace, Marketplace Requirements (brand guidelines); the words are our reading, not Apollo's",
    aliases=("CHK-BRAND",),
    needs=(Declared,),
    read=read,
    judge=judge,
)
