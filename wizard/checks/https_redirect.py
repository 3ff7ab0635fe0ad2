"""HTTP to HTTPS: is plain HTTP closed, refused, or sent on to HTTPS before anything is said?"""

from __future__ import annotations

from dataclasses import dataclass

from wizard.checks import remedies
from wizard.checks.base import Check, Facts, JudgeContext, Judgement, Trouble, TroubleKind
from wizard.checks.looks.http import Answer, parts_of
from wizard.checks.looks.http_plain import PlainHttp
from wizard.checks.looks.https_answers import HttpsAnswers
from wizard.checks.masking import mask_address
from wizard.checks.troubles import look_at_the_others, next_step, not_asked, sentence
from wizard.domain.language import _
from wizard.domain.observation import Level, Verdict


@dataclass(frozen=True, slots=True)
class Plain:
    """One address on the plain port: the status (0 without an answer), where it redirects to, what it gave away."""

    address: str
    status: int = 0
    location: str = ""
    content: int = 0
    cookies: int = 0
    state: str = "answered"
    #: the answer began and never ended
    partly: bool = False
    trouble: str = ""
    trouble_next_step: str = ""


@dataclass(frozen=True, slots=True)
class Redirects:
    """All addresses, and what came after the first redirect."""

    port: int
    alive: bool
    plain: tuple[Plain, ...]
    hops: tuple[str, ...]
    last: str = ""
    hop_trouble: str = ""
    hop_next_step: str = ""
    not_asked: tuple[str, ...] = ()
    more: int = 0
    #: where HTTPS itself leads back to plain HTTP
    back: tuple[str, ...] = ()


def read(facts: Facts) -> Redirects:
    """What plain HTTP answered, and whether HTTPS leads back to it."""
    found, secure = facts.get(PlainHttp), facts.maybe(HttpsAnswers)
    back = (visit.went_to for visit in (secure.visits if secure else ()) if visit.went_to.lower().startswith("http:"))
    return Redirects(
        found.port,
        found.alive,
        tuple(_plain(p.address, p.answer) if p.answer else _no_answer(p.address, p.trouble) for p in found.ports),
        tuple(mask_address(a.url) for a in found.hops),
        mask_address(found.went_to),
        sentence(found.hop_trouble) if found.hop_trouble else "",
        next_step(found.hop_trouble) if found.hop_trouble else "",
        tuple(address for address, _why in found.not_asked),
        found.more,
        tuple(dict.fromkeys(map(mask_address, back))),
    )


def _plain(address: str, answer: Answer) -> Plain:
    return Plain(
        address,
        answer.status,
        mask_address(answer.redirects_to),
        answer.body_length,
        len(answer.fields("set-cookie")),
    )


def _no_answer(address: str, trouble: Trouble | None) -> Plain:
    trouble = trouble or Trouble(TroubleKind.OUR_FAULT)
    return Plain(
        address,
        state=trouble.kind.value,
        partly=bool(trouble.detail),
        trouble=sentence(trouble),
        trouble_next_step=next_step(trouble),
    )


def judge(reading: Redirects, context: JudgeContext) -> Judgement:
    """CHECKS of the page's “encrypt all of its traffic”; RFC 6797 7.2 for the redirect. The worst address decides."""
    if reading.back:
        said = _("HTTPS leads back to plain HTTP, at {location}.").format(location=reading.back[0][:200])
        fix = _("Write https:// where this redirect is made, or leave the scheme and host out.")
        return Judgement(Verdict.FAIL, said, "\n".join(reading.back), fix=fix)
    each = [_one(p, reading, context) for p in reading.plain]
    if not each:
        nowhere = Trouble(TroubleKind.NO_ADDRESS)
        return Judgement(Verdict.UNKNOWN, sentence(nowhere), next_step=next_step(nowhere))
    if reading.not_asked:
        said = _("Could not look: {addresses} may not be contacted.").format(addresses=", ".join(reading.not_asked))
        each.append(Judgement(Verdict.UNKNOWN, said, next_step=next_step(Trouble(TroubleKind.REFUSED_ADDRESS))))
    if reading.more:
        said = _("As it should be on {n} addresses ({more}).")
        said = said.format(n=len(reading.plain), more=not_asked(reading.more))
        each.append(Judgement(Verdict.WARN, said, each[0].proof, look_at_the_others()))
    order = (Verdict.FAIL, Verdict.UNKNOWN, Verdict.WARN, Verdict.PASS)
    return min(each, key=lambda j: order.index(j.verdict))


def _one(plain: Plain, reading: Redirects, context: JudgeContext) -> Judgement:
    fix = remedies.to_https(context.server, context.host.name)
    proof = f"http, {plain.address} port {reading.port} → {plain.status or plain.state}"
    if plain.location:
        proof += f"\nLocation: {plain.location}"
    if not plain.status:
        return _unanswered(plain, reading, proof)
    if plain.cookies:
        said = _("A cookie is set over plain HTTP.")
        return Judgement(Verdict.FAIL, said, proof, fix=fix)
    if plain.location:
        return _redirected(plain, reading, context, proof, fix)
    if plain.status < 400 and plain.content:
        said = _("Plain HTTP gives content, no redirect.")
        return Judgement(Verdict.FAIL, said, proof, fix=fix)
    if 400 <= plain.status < 500 and plain.status != 429:
        if plain.content:
            said = _("Refused with {status}, but with a page over plain HTTP.")
            return Judgement(Verdict.WARN, said.format(status=plain.status), proof, fix=fix)
        said = _("Refused with {status} and nothing else.").format(status=plain.status)
        return Judgement(Verdict.PASS, said, proof)
    if plain.status >= 400:
        said = _("Could not look: plain HTTP answers {status}.")
        step = _("Look again when the server is well.")
        return Judgement(Verdict.UNKNOWN, said.format(status=plain.status), proof, step)
    said = _("{status} without content and without a redirect.").format(status=plain.status)
    return Judgement(Verdict.WARN, said, proof, fix=fix)


def _unanswered(plain: Plain, reading: Redirects, proof: str) -> Judgement:
    if not reading.alive:
        return Judgement(Verdict.UNKNOWN, plain.trouble, proof, plain.trouble_next_step)
    if plain.state == TroubleKind.CLOSED:
        return Judgement(Verdict.PASS, _("Port {port} is closed.").format(port=reading.port), proof)
    if plain.state == TroubleKind.TIMEOUT and not plain.partly:
        said = _("Port {port} gives no answer; better close it.")
        return Judgement(Verdict.WARN, said.format(port=reading.port), proof)
    return Judgement(Verdict.UNKNOWN, plain.trouble, proof, plain.trouble_next_step)


def _redirected(plain: Plain, reading: Redirects, context: JudgeContext, proof: str, fix: str) -> Judgement:
    to = parts_of(plain.location)
    if to is None or to.scheme != "https":
        said = _("Leads to {location}, which is not HTTPS.").format(location=plain.location[:200])
        return Judgement(Verdict.FAIL, said, proof, fix=fix)
    if reading.last.lower().startswith("http:"):
        said = _("Ends on plain HTTP again, at {location}.").format(location=reading.last[:200])
        return Judgement(Verdict.FAIL, said, f"{proof}\n{' → '.join((*reading.hops, reading.last))}", fix=fix)
    if reading.hop_trouble:
        said = _("Redirects to HTTPS; what follows was not seen.") + f" {reading.hop_trouble}"
        return Judgement(Verdict.UNKNOWN, said, proof, reading.hop_next_step)
    first = next(p.location for p in reading.plain if p.location)
    if _place(plain.location) != _place(first):
        said = _("{address} redirects elsewhere than the first address; what follows there was not seen.")
        step = _("Let all addresses redirect to the same place, then look again.")
        return Judgement(Verdict.UNKNOWN, said.format(address=plain.address), f"{proof}\n{first}", step)
    if (to.hostname or "").lower().rstrip(".") != context.host.name:
        said = _("The first step leads to another host ({host}).")
        return Judgement(Verdict.WARN, said.format(host=to.hostname), proof, fix=fix)
    if plain.status not in (301, 308):
        said = _("Redirects with {status}; 301 or 308 says for good.")
        return Judgement(Verdict.WARN, said.format(status=plain.status), proof, fix=fix)
    said = _("Redirects on the same host ({status}).").format(status=plain.status)
    return Judgement(Verdict.PASS, said, proof)


def _place(location: str) -> str:
    return location.partition("?")[0].partition("#")[0]


CHECK = Check(
    id="https-redirect",
    title=lambda: _("HTTP to HTTPS"),
    level=Level.MUST,
    source="RFC 6797 7.2; OWASP ASVS 5.0 12.2.1; Apollo Marketplace, Security Requirements, Data Protection",
    aliases=("TLS-06", "CHK-HTTPS"),
    needs=(PlainHttp,),
    uses=(HttpsAnswers,),
    read=read,
    judge=judge,
    version=4,
)
