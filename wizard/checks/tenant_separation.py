"""Separation of customers: can one test customer read what belongs to another, or use what is for administrators?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from wizard.checks.base import Check, Facts, JudgeContext, Judgement
from wizard.checks.looks.tenant_probe import (
    ADMIN,
    AGAIN,
    CONTROL,
    FIRST,
    FOREIGN,
    NOBODY,
    OWN,
    SECOND,
    SHARED,
    Call,
    TenantProbe,
    folder_of,
)
from wizard.checks.masking import mask_address
from wizard.checks.troubles import sentence
from wizard.checks.unread import not_read
from wizard.domain.language import _, ngettext
from wizard.domain.observation import Level, Verdict

_ORDER = (Verdict.FAIL, Verdict.UNKNOWN, Verdict.WARN, Verdict.PASS)


@dataclass(frozen=True, slots=True)
class Tried:
    """One thing or function, who tried to reach it, and what that amounts to."""

    path: str
    who: str
    owner: str
    verdict: Verdict
    why: str
    status: int


@dataclass(frozen=True, slots=True)
class Separation:
    """Everything that was tried, and the paths that were not; `valid`: the customers whose credential was seen to open
    something.
    """

    tried: tuple[Tried, ...]
    valid: tuple[str, ...]
    untried: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()


def read(facts: Facts) -> Separation:
    """What each customer got of what is not theirs."""
    found = facts.get(TenantProbe)
    seen = _Seen(found.calls)
    return Separation(
        tuple(seen.everything()),
        tuple(who for who in (FIRST, SECOND) if seen.is_valid(who)),
        tuple(dict.fromkeys(map(mask_address, found.untried))),
        found.unread,
    )


class _Seen:
    def __init__(self, calls: tuple[Call, ...]) -> None:
        self._calls = calls

    def everything(self) -> Iterator[Tried]:
        """Things, then functions, then lists that hold another's things."""
        for call in self._calls:
            if call.purpose == FOREIGN:
                verdict, why = self._thing(call)
            elif call.purpose == ADMIN and call.who != NOBODY:
                verdict, why = self._function(call)
            elif call.purpose == SHARED and call.who != NOBODY and self._holds_foreign(call):
                verdict, why = Verdict.FAIL, _("lists what belongs to the other customer")
            else:
                continue
            yield Tried(mask_address(call.path), call.who, call.owner, verdict, why, call.status)

    def is_valid(self, who: str) -> bool:
        """The credential opened something that strangers do not get, and still did at the end."""
        opened = [c for c in self._calls if c.who == who and c.purpose in (OWN, SHARED) and _has_content(c)]
        good = [c for c in opened if not _same(c, self._call(NOBODY, c.purpose, c.path))]
        again = [c for c in self._calls if c.who == who and c.purpose == AGAIN]
        return bool(good) and (not again or any(_has_content(c) for c in again))

    def _call(self, who: str, purpose: str, path: str) -> Call | None:
        return next((c for c in self._calls if (c.who, c.purpose, c.path) == (who, purpose, path)), None)

    def _control(self, who: str, path: str) -> Call | None:
        folder = folder_of(path)
        wanted = (c for c in self._calls if c.purpose == CONTROL and c.who == who and folder_of(c.path) == folder)
        return next(wanted, None)

    def _thing(self, call: Call) -> tuple[Verdict, str]:
        own = self._call(call.owner, OWN, call.path)
        stranger = self._call(NOBODY, OWN, call.path)
        if own is None or not _has_content(own):
            got = str(own.status) if own is not None and own.status else "–"
            return Verdict.UNKNOWN, _("its own customer does not get it ({status})").format(status=got)
        if _same(own, self._control(call.owner, call.path)):
            return Verdict.UNKNOWN, _("answers like a path that does not exist, so nothing is known")
        if stranger is not None and _has_content(stranger) and self._overlap(own, stranger) is not False:
            return Verdict.UNKNOWN, _("answers strangers too: see “Sign-in on endpoints”")
        if call.trouble is not None:
            return Verdict.UNKNOWN, sentence(call.trouble)
        if 200 <= call.status < 300:
            return self._answered(call, own)
        return self._refused(call)

    def _answered(self, call: Call, own: Call) -> tuple[Verdict, str]:
        """A 2xx to the other customer: is it the thing, or a refusal that looks like an answer?"""
        if not call.length:
            return Verdict.WARN, _("answers the other customer with {status}, without content").format(
                status=call.status
            )
        if call.whole == own.whole:
            return Verdict.FAIL, _("gives the other customer exactly what its own gets")
        shared = self._overlap(own, call)
        if shared:
            return Verdict.FAIL, _("gives the other customer what belongs to its own")
        control = self._control(call.who, call.path)
        if shared is False and _same(call, control) and call.shape != own.shape:
            return Verdict.WARN, _("refuses, though with {status}").format(status=call.status)
        return Verdict.UNKNOWN, _("answers the other customer too, and it cannot be told with what")

    def _refused(self, call: Call) -> tuple[Verdict, str]:
        if not self.is_valid(call.who):
            return Verdict.UNKNOWN, _("the credential that asked opened nothing else, so a refusal proves nothing")
        if call.redirects:
            return Verdict.WARN, _("redirects the other customer instead of refusing")
        match call.status:
            case 403 | 404 | 410:
                return Verdict.PASS, _("refuses the other customer with {status}").format(status=call.status)
            case 401:
                return Verdict.WARN, _("refuses with 401, as if the credential were not good")
            case status:
                return Verdict.UNKNOWN, _("answers {status}, which is no refusal").format(status=status)

    def _function(self, call: Call) -> tuple[Verdict, str]:
        if call.trouble is not None:
            return Verdict.UNKNOWN, sentence(call.trouble)
        control, stranger = self._control(call.who, call.path), self._call(NOBODY, ADMIN, call.path)
        if 200 <= call.status < 300:
            if _same(call, control):
                return Verdict.UNKNOWN, _("answers like a path that does not exist, so nothing is known")
            if not call.length:
                return Verdict.UNKNOWN, _("answers {status} without content").format(status=call.status)
            if stranger is not None and _has_content(stranger) and stranger.shape == call.shape:
                return Verdict.UNKNOWN, _("answers strangers too: see “Sign-in on endpoints”")
            return Verdict.FAIL, _("an ordinary customer can use it")
        if call.status == 403 and _same(call, control):
            return Verdict.UNKNOWN, _("refuses like everything beside it, so it is not known what it refuses")
        if call.status in (404, 410):
            return Verdict.UNKNOWN, _("answers {status}, so it may not be there at all").format(status=call.status)
        return self._refused(call)

    def _holds_foreign(self, call: Call) -> bool:
        """Most of what one customer's named thing says stands in the other's list."""
        other = SECOND if call.who == FIRST else FIRST
        if not _has_content(call):
            return False
        strange = self._call(NOBODY, SHARED, call.path)
        if strange is not None and _has_content(strange) and strange.shape == call.shape:
            return False
        for own in (c for c in self._calls if c.purpose == OWN and c.who == c.owner == other and _has_content(c)):
            mine = self._identifying(own, besides=call)
            if len(mine) >= 2 and len(mine & set(call.values)) * 2 > len(mine):
                return True
        return False

    def _overlap(self, own: Call, other: Call) -> bool | None:
        """Does another's answer say at least half of what names this thing? None when nothing names it."""
        mine = self._identifying(own)
        if not mine:
            return True if own.whole == other.whole else None
        shared = len(mine & set(other.values))
        return None if 0 < shared * 2 < len(mine) else shared > 0

    def _identifying(self, own: Call, besides: Call | None = None) -> set[str]:
        """What the thing says each time, and what neither the other customer's own things nor made-up paths say."""
        again = self._call(own.owner, AGAIN, own.path)
        stable = set(own.values) & set(again.values) if again is not None and again.values else set(own.values)
        other = SECOND if own.owner == FIRST else FIRST
        common: set[str] = set()
        for call in self._calls:
            theirs = call.who == other and call.purpose in (OWN, AGAIN, SHARED) and call is not besides
            if theirs or call.purpose == CONTROL:
                common |= set(call.values)
        return stable - common


def _has_content(call: Call) -> bool:
    return 200 <= call.status < 300 and call.length > 0


def _same(call: Call, other: Call | None) -> bool:
    """The same kind of answer: byte for byte, or pages and data that are built alike."""
    if other is None or other.trouble is not None or call.status != other.status:
        return False
    return call.whole == other.whole or (call.page == other.page and call.shape == other.shape)


def judge(reading: Separation, context: JudgeContext) -> Judgement:
    """The worst decides. What was not tried in both directions is said."""
    if not reading.tried:
        step = _(
            "Name things that only one of the two test customers may read (“GET /contacts/17 of: A”, one a line), or "
            "add an API description whose paths pick from a list, such as /contacts/{id}; then look again."
        )
        if len(reading.valid) < 2:
            step = _("See whether both credentials are still good. ") + step
        return Judgement(
            Verdict.UNKNOWN, _("Could not look: nothing is known that belongs to one customer only."), next_step=step
        )
    counts = Counter(tried.verdict for tried in reading.tried)
    worst = next(verdict for verdict in _ORDER if counts[verdict])
    shown = sorted(reading.tried, key=lambda tried: _ORDER.index(tried.verdict))
    proof = "\n".join((*map(_line, shown[:30]), *(_("not tried: {path}").format(path=p) for p in reading.untried[:10])))
    first = shown[0]
    if reading.unread and worst in (Verdict.PASS, Verdict.WARN):
        return not_read(reading.unread, proof)
    if worst is Verdict.PASS:
        missing = _one_way(reading.tried)
        n = len(reading.tried)
        said = ngettext(
            "{n} attempt to reach what belongs to somebody else was refused.",
            "All {n} attempts to reach what belongs to somebody else were refused.",
            n,
        ).format(n=n)
        if missing:
            return Judgement(Verdict.WARN, f"{said} {missing}", proof, _("Name things of both customers."))
        if reading.untried:
            said += " " + ngettext(
                "GET {path} was not tried.", "GET {path} and {more} more were not tried.", len(reading.untried)
            ).format(path=reading.untried[0], more=len(reading.untried) - 1)
            step = _("Name things of both customers there too (“GET /contacts/17 of: A”, one a line).")
            return Judgement(Verdict.WARN, said, proof, step)
        return Judgement(worst, said, proof)
    more = counts[worst] - 1
    said = f"GET {first.path}: {first.why}."
    if more:
        said += " " + ngettext("{n} more is alike.", "{n} more are alike.", more).format(n=more)
    if worst is Verdict.FAIL:
        fix = _(
            "Compare the owner of each object with the caller where it is loaded (WHERE id = ? AND tenant = ?), answer "
            "404 when they differ, and test it with two customers on every release."
        )
        step = _("If both credentials belong to the same customer, give those of two, then look again.")
        return Judgement(worst, said, proof, step, fix)
    step = _("See whether both credentials and paths are right, then look again, or add the record of your own test.")
    return Judgement(worst, said, proof, step if worst is Verdict.UNKNOWN else "")


def _line(tried: Tried) -> str:
    whose = _("of {owner}").format(owner=tried.owner) if tried.owner else _("for administrators")
    return f"{tried.verdict.value} GET {tried.path} ({whose}, asked by {tried.who}: {tried.status or '–'}) {tried.why}"


def _one_way(tried: Iterable[Tried]) -> str:
    owners = {each.owner for each in tried if each.owner}
    if owners == {FIRST}:
        return _("Nothing of customer B was tried.")
    if owners == {SECOND}:
        return _("Nothing of customer A was tried.")
    return "" if owners else _("Only functions for administrators were tried, no customer's things.")


CHECK = Check(
    id="tenant-separation",
    title=lambda: _("Customers apart"),
    level=Level.MUST,
    source="OWASP API Security Top 10 2023, API1, API5; OWASP ASVS 5.0 8.2; Apollo Marketplace, Security Requirements, "
    "Authentication & Authorization",
    aliases=("CHK-AUTHZ",),
    needs=(TenantProbe,),
    read=read,
    judge=judge,
    version=3,
)
