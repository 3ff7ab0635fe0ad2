"""Cookies: does each one carry the attributes that keep it from thieves?"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from wizard.checks import remedies
from wizard.checks.base import Check, Facts, JudgeContext, Judgement
from wizard.checks.looks.https_answers import HttpsAnswers
from wizard.checks.masking import BLANK, mask_address, mask_field, unquoted, value_of
from wizard.checks.pages import PageTrouble, trouble_of
from wizard.checks.seen import asked
from wizard.domain.language import _, ngettext
from wizard.domain.observation import Level, Verdict

#: RFC 6265bis 5.6: browsers drop cookies whose name and value are longer together.
_MOST_BYTES = 4096
#: A time that is over says that a cookie is taken away only where it is known when it was sent; this one always does.
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
#: RFC 6265bis 5.6: longer values of attributes are passed over.
_MOST_ATTRIBUTE = 1024
#: RFC 6265bis 5.1.1: what stands between the parts of a date, and how each part looks.
_BETWEEN = re.compile(r"[\x09\x20-\x2f\x3b-\x40\x5b-\x60\x7b-\x7e]+")
_TIME = re.compile(r"([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:[^0-9].*)?")
_DAY, _YEAR = re.compile(r"([0-9]{1,2})(?:[^0-9].*)?"), re.compile(r"([0-9]{2,4})(?:[^0-9].*)?")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_SESSION_NAME = re.compile(
    r"sess|(^|[^a-z])sid($|[^a-z])|^sid|sid$|auth|jwt|login|remember|(^|[^a-z])token|access_?token|refresh_?token|"
    r"identity|ticket|logged_?in|aspnet(core)?\.(cookies|application)|^laravel_|^connect\.",
    re.I,
)
_FORGERY_NAME = re.compile(r"csrf|xsrf|antiforgery", re.I)


@dataclass(frozen=True, slots=True)
class Cookie:
    """One Set-Cookie field as browsers read it, without its value: `length` and `random` are all that is known of it.

    `max_age` is in seconds; it counts before `expires`. `same_site` is "strict", "lax", "none", "" (not said) or
    "unknown". `raw` is the field, masked. `sent` is the answer's own Date.
    """

    name: str
    url: str
    length: int
    random: bool
    secure: bool
    http_only: bool
    same_site: str
    domain: str
    path: str
    session: bool
    raw: str
    max_age: int | None = None
    expires: datetime | None = None
    sent: datetime | None = None

    def removed(self, at: datetime) -> bool:
        """True when the field only takes the cookie away: its time is over when it arrives."""
        if self.max_age is not None:
            return self.max_age <= 0
        return self.expires is not None and self.expires <= (min(self.sent, at) if self.sent else _LONG_AGO)


@dataclass(frozen=True, slots=True)
class Cookies:
    """Every cookie that any answer of the host set, and where nothing was set."""

    cookies: tuple[Cookie, ...]
    asked: tuple[str, ...]
    broken: tuple[str, ...] = ()
    trouble: PageTrouble | None = None


def read(facts: Facts) -> Cookies:
    """The Set-Cookie fields of every answer, redirects included."""
    answers = facts.get(HttpsAnswers)
    seen = asked(answers)
    parsed = [
        (parse(field, s.answer.url, parse_date(s.answer.first("date") or "")), field)
        for s in seen
        for field in s.answer.fields("set-cookie")
    ]
    unique = {replace(c, url="", sent=None): c for c, _field in parsed if c is not None}
    return Cookies(
        tuple(unique.values()),
        tuple(mask_address(s.answer.url) for s in seen),
        tuple(mask_field("set-cookie", field)[:200] for cookie, field in parsed if cookie is None),
        trouble_of(answers),
    )


def parse(field: str, url: str, sent: datetime | None = None) -> Cookie | None:
    """One Set-Cookie field by RFC 6265bis 5.6, of an answer `sent` then; None where browsers drop it. Never raises."""
    if re.search(r"[\x00-\x08\x0a-\x1f\x7f]", field):
        return None
    pair, *parts = field.split(";")
    name, equals, value = pair.partition("=")
    if not equals:
        name, value = "", pair
    name, value = name.strip(BLANK), value.strip(BLANK)
    if not name and not value:
        return None
    attributes: dict[str, str] = {}
    for part in parts:
        key, _equals, content = part.partition("=")
        key, content = key.strip(BLANK).lower(), content.strip(BLANK)
        # A time that is none is passed over, so an earlier one goes on counting (5.6.1, 5.6.2).
        unread = (key == "max-age" and _max_age(content) is None) or (key == "expires" and parse_date(content) is None)
        if len(content) <= _MOST_ATTRIBUTE and not unread:
            attributes[key] = content
    known = value_of(unquoted(value))
    same_site = attributes.get("samesite")
    return Cookie(
        name=name[:200],
        url=mask_address(url),
        length=known.length,
        random=known.random,
        secure="secure" in attributes,
        http_only="httponly" in attributes,
        same_site="" if same_site is None else _same_site(same_site),
        domain=attributes.get("domain", "").lower().removeprefix(".")[:260],
        path=attributes.get("path", "")[:260],
        session=bool(_SESSION_NAME.search(name)) and not _FORGERY_NAME.search(name),
        raw=mask_field("set-cookie", field)[:500],
        max_age=_max_age(attributes.get("max-age", "")),
        expires=parse_date(attributes.get("expires", "")),
        sent=sent,
    )


def _max_age(text: str) -> int | None:
    """RFC 6265bis 5.6.2: digits, with or without a minus before them; anything else is passed over."""
    if not re.fullmatch(r"-?[0-9]+", text, re.ASCII):
        return None
    digits = text.removeprefix("-").lstrip("0") or "0"
    seconds = int(digits) if len(digits) < 16 else 10**15
    return max(-1, -seconds) if text[0] == "-" else seconds


def parse_date(text: str) -> datetime | None:
    """A cookie's date by RFC 6265bis 5.1.1, which takes many spellings; None for what is none. Never raises."""
    time: tuple[int, int, int] | None = None
    day = month = year = None
    for token in _BETWEEN.split(text):
        if time is None and (found := _TIME.fullmatch(token)):
            time = (int(found[1]), int(found[2]), int(found[3]))
        elif day is None and (found := _DAY.fullmatch(token)):
            day = int(found[1])
        elif month is None and token[:3].lower() in _MONTHS:
            month = _MONTHS.index(token[:3].lower()) + 1
        elif year is None and (found := _YEAR.fullmatch(token)):
            year = int(found[1])
    if time is None or day is None or month is None or year is None:
        return None
    if year < 100:
        year += 1900 if year >= 70 else 2000
    try:
        return datetime(year, month, day, *time, tzinfo=UTC) if year >= 1601 else None
    except ValueError:
        return None


def _same_site(text: str) -> str:
    return text.lower() if text.lower() in ("strict", "lax", "none") else "unknown"


def judge(reading: Cookies, context: JudgeContext) -> Judgement:
    """RFC 6265bis 4.1 and 5.6; a cookie that is only being removed has nothing to lose."""
    fix = remedies.cookies(context.server)
    live = [c for c in reading.cookies if not c.removed(context.at)]
    for find, verdict in ((_fault, Verdict.FAIL), (_note, Verdict.WARN)):
        if verdict is Verdict.WARN and reading.trouble:
            return Judgement(Verdict.UNKNOWN, reading.trouble.said, next_step=reading.trouble.next_step)
        faults = [(cookie, fault) for cookie in live if (fault := find(cookie))]
        if faults:
            said = faults[0][1]
            more = len({c.name for c, _fault in faults}) - 1
            if more:
                said += " " + ngettext("{n} more cookie has a fault.", "{n} more cookies have faults.", more).format(
                    n=more
                )
            proof = "\n".join(f"{c.url}\nSet-Cookie: {c.raw}" for c, _fault in faults[:5])
            return Judgement(verdict, said, proof, fix=fix)
    if reading.broken:
        said = _("Set-Cookie is malformed; browsers drop it.")
        return Judgement(Verdict.WARN, said, "\n".join(reading.broken[:3]))
    if not live:
        said = _("No cookie was set.")
        return Judgement(Verdict.NOT_APPLICABLE, said, "\n".join(reading.asked[:10]))
    said = ngettext("{n} cookie, all attributes set.", "{n} cookies, all attributes set.", len(live))
    return Judgement(Verdict.PASS, said.format(n=len(live)), "\n".join(f"Set-Cookie: {c.raw}" for c in live[:5]))


def _fault(cookie: Cookie) -> str:
    name, lower = cookie.name or _("(without a name)"), cookie.name.lower()
    if cookie.same_site == "none" and not cookie.secure:
        return _("{name} says SameSite=None without Secure: it is dropped.").format(name=name)
    if lower.startswith(("__http-", "__host-http-")) and not (cookie.secure and cookie.http_only):
        return _("{name} breaks its prefix: Secure and HttpOnly.").format(name=name)
    if lower.startswith("__host-") and not (cookie.secure and cookie.path == "/" and not cookie.domain):
        return _("{name} breaks its prefix: Secure, Path=/, no Domain.").format(name=name)
    if not cookie.secure:
        return _("{name} lacks Secure: it also travels over plain HTTP.").format(name=name)
    if cookie.session and not cookie.http_only:
        return _("{name} looks like a session and lacks HttpOnly.").format(name=name)
    return ""


def _note(cookie: Cookie) -> str:
    name = cookie.name or _("(without a name)")
    if cookie.same_site in ("", "unknown"):
        return _("{name} has no valid SameSite.").format(name=name)
    if cookie.random and not cookie.http_only and not _FORGERY_NAME.search(cookie.name):
        return _("{name} holds a random value and lacks HttpOnly.").format(name=name)
    if cookie.domain:
        return _("{name} goes to every subdomain of {domain}.").format(name=name, domain=cookie.domain)
    if cookie.length + len(cookie.name) > _MOST_BYTES:
        return _("{name} is longer than 4,096 bytes: browsers drop it.").format(name=name)
    if not cookie.name.lower().startswith(("__host-", "__secure-", "__http-")):
        return _("{name} could carry the prefix __Host-.").format(name=name)
    return ""


CHECK = Check(
    id="cookies",
    title=lambda: _("Cookies"),
    level=Level.MUST,
    source="RFC 6265bis 4.1, 5.6; OWASP ASVS 5.0 3.3.1-3.3.5; Apollo Marketplace, Security Requirements, Application "
    "Security",
    aliases=("HDR-05", "CHK-COOKIE"),
    needs=(HttpsAnswers,),
    read=read,
    judge=judge,
    version=4,
)
