"""Authentication: does every declared endpoint refuse strangers, and wrong and unsigned credentials?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from wizard.checks.base import Check, Facts, JudgeContext, Judgement
from wizard.checks.looks.endpoint_probe import MALFORMED, NOTHING, OWN, WRONG, Asked, EndpointProbe, Operation
from wizard.checks.looks.http import Answer, parts_of
from wizard.checks.masking import mask_address
from wizard.checks.troubles import sentence
from wizard.checks.unread import not_read
from wizard.domain.language import _, ngettext
from wizard.domain.observation import Level, Verdict

_ORDER = (Verdict.FAIL, Verdict.UNKNOWN, Verdict.WARN, Verdict.PASS)


@dataclass(frozen=True, slots=True)
class Guard:
    """One operation: what a stranger got for each credential, and what that amounts to."""

    operation: str
    verdict: Verdict
    why: str
    statuses: tuple[str, ...] = ()
    #: false where the method is not GET: we send no other; and for GETs beyond those that one look calls
    called: bool = True
    #: the register says that anybody may call it
    open: bool = False


@dataclass(frozen=True, slots=True)
class Authentication:
    """Every declared operation of the host."""

    operations: tuple[Guard, ...]
    #: what should list more of them and could not be read, a sentence each
    unread: tuple[str, ...] = ()
    #: a digest of what listed them
    listed_by: str = ""


def read(facts: Facts) -> Authentication:
    """What strangers got."""
    found = facts.get(EndpointProbe)
    refusing = {o.path for o in found.operations for a in o.asked if a.credential == NOTHING and _asks_who(a)}
    guards = tuple(_guard(operation, found, refusing) for operation in found.operations)
    return Authentication(guards, found.unread, found.listed_by)


def _asks_who(asked: Asked) -> bool:
    return asked.answer is not None and asked.answer.status == 401


def _guard(operation: Operation, found: EndpointProbe, refusing: set[str]) -> Guard:
    name = f"{operation.method} {mask_address(operation.path)}"
    statuses = tuple(f"{a.credential}: {a.answer.status if a.answer else '–'}" for a in operation.asked)
    if operation.guest:
        return Guard(
            name, Verdict.PASS, _("anonymous: {reason}").format(reason=operation.guest[:200]), statuses, open=True
        )
    if operation.said_open and not operation.admin:
        # whether that is right is what the register of open endpoints is for, and the check of it
        return Guard(name, Verdict.PASS, _("open to all, as its row says"), statuses, open=True)
    if not operation.asked:
        # AUTH-04: only GET is sent, and a refused GET of the same path is weak evidence for the rest
        verdict, why = Verdict.UNKNOWN, _("not called, because only GET is sent")
        if operation.beyond:
            why = _("not called, because more are listed than are called in one look")
        elif operation.path in refusing:
            verdict, why = Verdict.WARN, _("not called, because only GET is sent; GET on its path refuses")
        if operation.secured == "no":
            why += "; " + _("the OpenAPI document says that no credential is needed")
        return Guard(name, verdict, why, called=False)
    own = next((a for a in operation.asked if a.credential == OWN and a.answer), None)
    each = [_one(asked, operation, found, own) for asked in operation.asked if asked.credential != OWN]
    verdict, why = min(each, key=lambda said: _ORDER.index(said[0]))
    if verdict is Verdict.FAIL and only_looks_open(operation.asked, own):
        verdict, why = Verdict.WARN, _("answers strangers with 2xx, though not with what a customer gets")
    if verdict is Verdict.PASS and operation.secured == "no":
        verdict, why = Verdict.WARN, _("refuses, but the OpenAPI document says that no credential is needed")
    return Guard(name, verdict, why, statuses)


def only_looks_open(asked: tuple[Asked, ...], own: Asked | None) -> bool:
    """Nothing and a wrong credential get one and the same kind of answer, and a customer's another ("soft 401").

    A shorter list, another page of it or fewer keys of the same object are not another kind: what a stranger gets must
    have nothing in common with what a customer gets, or be a page on which one signs in.
    """
    fine = {a.credential: a for a in asked if a.answer is not None and 200 <= a.answer.status < 300}
    if own is None or not {NOTHING, WRONG, OWN} <= fine.keys():
        return False
    stranger, wrong, customer = fine[NOTHING], fine[WRONG], fine[OWN]
    if stranger.shape != wrong.shape or stranger.shape == customer.shape:
        return False
    if not stranger.parts or not customer.parts:
        return stranger.asks_who and not customer.asks_who
    shared = set(stranger.parts) & set(customer.parts)
    return not any(deep for _place, deep in shared) and not set(stranger.parts) <= set(customer.parts)


def _one(asked: Asked, operation: Operation, found: EndpointProbe, own: Asked | None) -> tuple[Verdict, str]:
    """AUTH-01 and AUTH-02: what one credential that nobody may accept got."""
    answer = asked.answer
    if answer is None:
        return Verdict.UNKNOWN, sentence(asked.trouble) if asked.trouble else ""
    if 200 <= answer.status < 300:
        if not answer.body_length:
            return Verdict.WARN, _("answers {status} without content").format(status=answer.status)
        if is_everywhere(asked, found.controls):
            return Verdict.UNKNOWN, _("answers like a path that does not exist, so nothing is known")
        if asked.credential == NOTHING:
            return Verdict.FAIL, _("answers {status} with content to anybody").format(status=answer.status)
        return Verdict.FAIL, _("takes a credential that nobody issued ({which})").format(which=asked.credential)
    if answer.redirects_to:
        return _redirected(asked, operation, found, own)
    if answer.limited:
        return Verdict.UNKNOWN, _("answers {status}, which says nothing about credentials").format(status=answer.status)
    known = own is not None and own.answer is not None and 200 <= own.answer.status < 300
    match answer.status:
        case 401 if asked.credential == NOTHING and not answer.fields("www-authenticate"):
            return Verdict.WARN, _("refuses with 401, but without WWW-Authenticate (RFC 9110 15.5.2)")
        case 403 if not known and any(_alike(asked, control) for control in found.controls):
            return Verdict.UNKNOWN, _("refuses everything alike with 403, as a firewall would that keeps us out")
        case 401 | 403:
            return Verdict.PASS, _("refuses with {status}").format(status=answer.status)
        case 404 if known:
            return Verdict.PASS, _("answers strangers as if it were not there (404)")
        case 400 if asked.credential == MALFORMED:  # RFC 6750 3.1: invalid_request
            return Verdict.PASS, _("refuses with {status}").format(status=answer.status)
        case 400 | 415 | 422:
            return Verdict.WARN, _("looks at the request ({status}) before it asks who calls").format(
                status=answer.status
            )
        case status if status >= 500:
            return Verdict.WARN, _("fails ({status}) before it asks who calls").format(status=status)
        case status:
            return Verdict.UNKNOWN, _("answers {status}, which says nothing about credentials").format(status=status)


def _redirected(asked: Asked, operation: Operation, found: EndpointProbe, own: Asked | None) -> tuple[Verdict, str]:
    """A redirect refuses only when what lies behind it does: a login page, or a refusal."""
    first = next((a for a in operation.asked if a.credential == NOTHING), asked)
    if asked.answer is None or first.answer is None or _place(asked.answer) != _place(first.answer):
        return Verdict.UNKNOWN, _("sends this credential elsewhere than strangers ({which})").format(
            which=asked.credential
        )
    to, home, landing = parts_of(first.answer.redirects_to), parts_of(first.answer.url), first.landing
    declared = to is not None and to.hostname in (*found.declared, home.hostname if home else None)
    if landing is None:
        if operation.page and declared:
            return Verdict.UNKNOWN, _("redirects strangers, and it could not be seen where that ends")
        return Verdict.WARN, _("redirects strangers instead of refusing")
    if 200 <= landing.status < 300 and landing.body_length and _is_itself(landing, operation):
        return Verdict.FAIL, _("answers anybody behind a redirect ({status})").format(status=landing.status)
    if landing.status in (401, 403) or first.landing_asks_who or (landing.status >= 400 and not operation.page):
        if operation.page:
            return Verdict.PASS, _("sends strangers to the login page")
        return Verdict.WARN, _("redirects strangers instead of refusing")
    if 200 <= landing.status < 300 and landing.body_length:
        customers = own is not None and first.landing_shape == own.shape
        if customers or landing.is_data:
            return Verdict.FAIL, _("answers anybody behind a redirect ({status})").format(status=landing.status)
        return Verdict.UNKNOWN, _("redirects strangers to a page, and it cannot be told whether one signs in there")
    return Verdict.UNKNOWN, _("redirects strangers to something that answers {status}").format(status=landing.status)


def _is_itself(landing: Answer, operation: Operation) -> bool:
    """A redirect to the same path, with a slash at its end or in other letters, leads to the endpoint, not away."""
    parts = parts_of(landing.url)
    there, here = (parts.path if parts else ""), operation.path.partition("?")[0]
    return there.rstrip("/").lower() == here.rstrip("/").lower()


def _place(answer: Answer) -> str:
    """Where a redirect leads, without its parameters."""
    return answer.redirects_to.partition("?")[0].partition("#")[0]


def is_everywhere(asked: Asked, controls: tuple[Asked, ...]) -> bool:
    """Made-up paths get the same answer: one of them the same page, or all of them something that is built alike."""
    return any(_alike(asked, control) for control in controls) or (
        len(controls) > 1 and all(_alike(asked, control, data=True) for control in controls)
    )


def _alike(asked: Asked, control: Asked, *, data: bool = False) -> bool:
    if asked.answer is None or control.answer is None or asked.answer.status != control.answer.status:
        return False
    if asked.answer.body_sha256 == control.answer.body_sha256:
        return True
    same_kind = asked.answer.media_type == control.answer.media_type
    refuses = asked.answer.status == 403
    return same_kind and asked.shape == control.shape and (data or refuses or asked.answer.media_type == "text/html")


def judge(reading: Authentication, context: JudgeContext) -> Judgement:
    """The worst operation decides; every one of them is listed. What was not called says nothing for the host."""
    shut = [guard for guard in reading.operations if not guard.open]
    shown = sorted(reading.operations, key=lambda guard: _ORDER.index(guard.verdict))
    proof = "\n".join(f"{g.verdict.value} {g.operation} ({', '.join(g.statuses)}) {g.why}" for g in shown[:30])
    if reading.unread and not any(guard.verdict is Verdict.FAIL for guard in shut):
        return not_read(reading.unread, proof)
    if not reading.operations:
        step = _("List its endpoints, or add your API description (OpenAPI) as evidence, then look again.")
        return Judgement(Verdict.NOT_APPLICABLE, _("No endpoint of this host is listed."), next_step=step)
    if not shut:
        return Judgement(Verdict.NOT_APPLICABLE, _("Every listed endpoint is open on purpose."), proof)
    called = [guard for guard in shut if guard.called]
    counts = Counter(guard.verdict for guard in called)
    worst = next((verdict for verdict in _ORDER if counts[verdict]), Verdict.PASS)
    unproven = [guard for guard in shut if not guard.called and guard.verdict is Verdict.UNKNOWN]
    if unproven and worst not in (Verdict.FAIL, Verdict.UNKNOWN):
        return _not_called(unproven, called, proof)
    bad = [guard for guard in called if guard.verdict is worst]
    weak = len(shut) - len(called)
    if worst is Verdict.PASS:
        said = ngettext("{n} endpoint refuses strangers.", "All {n} endpoints refuse strangers.", len(bad)).format(
            n=len(bad)
        )
        if weak:
            said = ngettext("{n} endpoint refuses strangers", "{n} endpoints refuse strangers", len(bad)).format(
                n=len(bad)
            )
            said += ngettext(
                "; {n} was not called, and GET on its path refuses.",
                "; {n} were not called, and GET on their paths refuses.",
                weak,
            ).format(n=weak)
            step = _("Add evidence for those: a test that shows how they refuse strangers.")
            return Judgement(Verdict.WARN, said, proof, step)
        if opened := len(reading.operations) - len(shut):
            said += " " + ngettext("{n} is open on purpose.", "{n} are open on purpose.", opened).format(n=opened)
        own = [status for guard in called for status in guard.statuses if status.startswith("own:")]
        if own and not any(status.startswith("own: 2") for status in own):
            said += " " + _("The customer's credential opened nothing: see whether it is still good.")
        return Judgement(worst, said, proof)
    said = f"{bad[0].operation} {bad[0].why}."
    if len(bad) > 1:
        more = len(bad) - 1
        said += " " + ngettext("{n} more is alike.", "{n} more are alike.", more).format(n=more)
    if worst is Verdict.UNKNOWN:
        step = _(
            "Give a test customer's credential, so that refusals can be told from other answers, then look again; or "
            "add evidence for these endpoints: a test that shows how they refuse."
        )
        return Judgement(worst, said, proof, step)
    fix = _("Ask for a credential before anything else, and answer 401 with WWW-Authenticate: Bearer.")
    step = ""
    if worst is Verdict.FAIL and not any("own:" in status for guard in bad for status in guard.statuses):
        step = _("If this answer is a refusal with 200, give a test customer's credential, then look again.")
    return Judgement(worst, said, proof, step, fix)


def _not_called(unproven: Sequence[Guard], called: Sequence[Guard], proof: str) -> Judgement:
    """AUTH-04: methods that change things are never sent, so nobody has seen whether these refuse."""
    first = unproven[0]
    said = _("Could not look: {operation} was {why}.").format(operation=first.operation, why=first.why)
    if more := len(unproven) - 1:
        said += " " + ngettext("{n} more was not called.", "{n} more were not called.", more).format(n=more)
    if called:
        n = len(called)
        said += " " + ngettext("{n} endpoint refuses strangers.", "{n} endpoints refuse strangers.", n).format(n=n)
    step = _(
        "Let GET on the same paths answer 401 and list it too, or add a test that shows how they refuse strangers."
    )
    if all(guard.operation.startswith("GET ") for guard in unproven):
        step = _("Add evidence for those: a test that shows how they refuse strangers.")
    return Judgement(Verdict.UNKNOWN, said, proof, step)


CHECK = Check(
    id="authentication",
    title=lambda: _("Sign-in on endpoints"),
    level=Level.MUST,
    source="RFC 9110 15.5.2; RFC 6750 3; OWASP ASVS 5.0 V8; Apollo Marketplace, Security Requirements, "
    "Authentication & Authorization",
    aliases=("AUTH-01", "AUTH-02", "AUTH-03", "AUTH-04", "AUTH-05", "AUTH-06", "CHK-AUTHN"),
    needs=(EndpointProbe,),
    read=read,
    judge=judge,
    version=6,
)
