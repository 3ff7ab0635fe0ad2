"""Output encoding: does what is sent in a parameter come back as markup, or worked out by a template engine?"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from wizard.checks.base import Check, Facts, JudgeContext, Judgement
from wizard.checks.looks.encoding_probe import Echo, EncodingProbe, Sent
from wizard.checks.masking import mask_address
from wizard.checks.troubles import sentence
from wizard.checks.unread import not_read
from wizard.domain.language import _, ngettext
from wizard.domain.observation import Level, Verdict

_ORDER = (Verdict.FAIL, Verdict.UNKNOWN, Verdict.WARN, Verdict.PASS)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter, what became of the mark in it, and what that amounts to; `shown`: it came back somewhere."""

    name: str
    path: str
    verdict: Verdict
    why: str
    shown: bool = False


@dataclass(frozen=True, slots=True)
class OutputEncoding:
    """Every parameter that was tried, and what was left out."""

    parameters: tuple[Parameter, ...]
    left_out: tuple[str, ...]
    too_many: int = 0
    unread: tuple[str, ...] = ()


def read(facts: Facts) -> OutputEncoding:
    """How the mark came back."""
    found = facts.get(EncodingProbe)
    left_out = tuple(map(mask_address, (*found.left_out, *found.too_many)))
    return OutputEncoding(tuple(map(_parameter, found.sent)), left_out, len(found.too_many), found.unread)


def _parameter(sent: Sent) -> Parameter:
    path = mask_address(sent.path)

    def said(verdict: Verdict, why: str, *, shown: bool = False) -> Parameter:
        return Parameter(sent.parameter, path, verdict, why, shown)

    if sent.trouble is not None:
        return said(Verdict.UNKNOWN, sentence(sent.trouble))
    for echo in sent.echoes:
        if why := _fault(echo):
            return said(Verdict.FAIL, f"{why}: {echo.text[:60]}", shown=True)
    if sent.echoes:
        where = _("comes back as data") if sent.kind == "data" else _("comes back encoded")
        return said(Verdict.PASS, where, shown=True)
    if 200 <= sent.status < 400:
        return said(Verdict.WARN, _("does not come back in the answer"))
    return said(Verdict.UNKNOWN, _("was answered with {status}, so it was not used").format(status=sent.status))


def _fault(echo: Echo) -> str:
    """What is wrong with one place; "" when nothing is. OWASP's rules for each context."""
    if re.search(r"(?<![#\w&])(?:49)+(?![\w;])", echo.text):
        return _("is worked out as a template")
    bare = re.sub(r"\\.", "", echo.text)  # a backslash takes a quote away in scripts; to HTML it means nothing
    match echo.place:
        case "text" if "<" in echo.text:
            return _("comes back as markup")
        case "comment" if ">" in echo.text:
            return _("comes back raw in a comment")
        case "tag" if echo.quote in ("'", '"') and echo.quote in echo.text:
            return _("can leave the attribute that it stands in")
        case "tag" if not echo.quote and re.search("['\"<>]", echo.text):
            return _("can leave the tag that it stands in")
        case "script" if "<" in echo.text:
            return _("can end the script that it stands in")
        case "script" if echo.quote in ("'", '"') and echo.quote in bare:
            return _("can leave the text of the script that it stands in")
        case "script" if echo.quote == "`" and "${" in bare:
            return _("can be run by the script that it stands in")
        case "script" if not echo.quote:
            return _("stands in a script as code")
    return ""


def judge(reading: OutputEncoding, context: JudgeContext) -> Judgement:
    """The worst parameter decides; one that never comes back shows nothing."""
    if not reading.parameters:
        said = _("No parameter of a harmless GET is declared.")
        return Judgement(Verdict.NOT_APPLICABLE, said, "\n".join(reading.left_out))
    counts = Counter(each.verdict for each in reading.parameters)
    worst = next(verdict for verdict in _ORDER if counts[verdict])
    shown = sorted(reading.parameters, key=lambda each: _ORDER.index(each.verdict))
    lines = [f"{p.verdict.value} GET {p.path} {p.name}: {p.why}" for p in shown[:30]]
    proof = "\n".join((*lines, *(_("left out: {path}").format(path=path) for path in reading.left_out[:10])))
    first = shown[0]
    back = sum(p.shown for p in reading.parameters)
    if worst in (Verdict.PASS, Verdict.WARN) and reading.unread:
        return not_read(reading.unread, proof)
    if worst in (Verdict.PASS, Verdict.WARN) and reading.too_many:
        said = ngettext(
            "Could not look: {n} parameter more is declared than is tried in one look.",
            "Could not look: {n} parameters more are declared than are tried in one look.",
            reading.too_many,
        ).format(n=reading.too_many)
        step = _("Declare the parameters whose values pages show, or add a scanner's report as evidence.")
        return Judgement(Verdict.UNKNOWN, said, proof, step)
    if worst in (Verdict.PASS, Verdict.WARN):
        n = len(reading.parameters)
        if not back:
            said = ngettext(
                "{n} parameter was tried, and no answer shows what was sent.",
                "{n} parameters were tried, and no answer shows what was sent.",
                n,
            ).format(n=n)
            step = _("Declare parameters whose value is shown, such as a search, or add evidence instead.")
            return Judgement(Verdict.WARN, said, proof, step)
        said = ngettext(
            "{back} of {n} parameter comes back, and only encoded.",
            "{back} of {n} parameters come back, and only encoded.",
            n,
        ).format(n=n, back=back)
        if left := len(reading.left_out):
            said += " " + ngettext("{n} address was left out.", "{n} addresses were left out.", left).format(n=left)
            step = _("These may change something when they are called. Add evidence of how they encode.")
            return Judgement(Verdict.WARN, said, proof, step)
        return Judgement(Verdict.PASS, said, proof)
    said = _("GET {path}: “{name}” {why}.").format(path=first.path, name=first.name, why=first.why)
    if counts[worst] > 1:
        more = counts[worst] - 1
        said += " " + ngettext("{n} more is alike.", "{n} more are alike.", more).format(n=more)
    if worst is Verdict.FAIL:
        fix = _(
            "Encode for the place where it stands (text, attribute, script, address), let the template engine do it "
            "by default, and never build templates from what was sent."
        )
        return Judgement(worst, said, proof, fix=fix)
    step = _("Give a test customer's credential, or declare the other parameters that the address needs.")
    return Judgement(worst, said, proof, step)


CHECK = Check(
    id="output-encoding",
    title=lambda: _("Output encoding"),
    level=Level.MUST,
    source="OWASP ASVS 5.0 1.2; OWASP Cross Site Scripting Prevention; Apollo Marketplace, Security Requirements, "
    "Application Security",
    aliases=("CHK-ENCODE",),
    needs=(EncodingProbe,),
    read=read,
    judge=judge,
    version=4,
)
