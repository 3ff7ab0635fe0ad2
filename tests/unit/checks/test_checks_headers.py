"""Header checks: expected-verdict tables over recorded answers, and hypothesis on every parser."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from wizard.checks import cookies, csp, hsts, policies
from wizard.checks.base import Facts, Trouble, TroubleKind
from wizard.checks.every import CHECKS, find
from wizard.checks.judging import judge
from wizard.checks.looks.declared import Declared
from wizard.checks.looks.http import Answer, text_of
from wizard.checks.looks.https_answers import PATH, ROOT, HttpsAnswers, Visit
from wizard.checks.record import judge_again, write
from wizard.domain.observation import Result, Verdict
from wizard.domain.scope import Host

P, W, F, U, N = Verdict.PASS, Verdict.WARN, Verdict.FAIL, Verdict.UNKNOWN, Verdict.NOT_APPLICABLE
HOST = Host("partner.example")
AT = datetime(2026, 11, 1, tzinfo=UTC)
HTML = ("Content-Type", "text/html")
JSON = ("Content-Type", "application/json")


def answer(*headers: tuple[str, str], path: str = "/", status: int = 200, body: str = "<html>hi") -> Answer:
    return Answer(f"https://partner.example{path}", status, headers, body, len(body))


def facts(*visits: Visit) -> Facts:
    return Facts({HttpsAnswers: HttpsAnswers(visits), Declared: Declared()})


def verdict(name: str, found: Facts) -> Result:
    """The check's result, and proof that the stored record gives the same."""
    check = find(name)
    assert check
    result = judge(check, HOST, found, AT)
    (again,) = judge_again(write(HOST, AT, "run", "1", (), found), [check])
    assert (again.verdict, again.summary, again.facts) == (result.verdict, result.summary, result.facts)
    return result


def one(name: str, *headers: tuple[str, str], body: str = "<html>hi", status: int = 200) -> Result:
    return verdict(name, facts(Visit("root", "/", (answer(*headers, body=body, status=status),))))


def test_a_body_is_read_in_the_letters_that_browsers_take_it_in() -> None:
    text = "<meta name=referrer content=unsafe-url>é"
    kind = "text/html; charset="
    for body, said in (
        (text.encode("utf-8"), kind + "utf-8"), (text.encode("utf-16"), "text/html"),
        (b"\xfe\xff" + text.encode("utf-16-be"), kind + "utf-8"), (text.encode("utf-16-le"), kind + '"UTF-16"'),
        (text.encode("utf-16-be"), kind + "utf-16BE"), (b"\xef\xbb\xbf" + text.encode(), kind + "utf-16"),
    ):  # fmt: skip
        assert text_of(body, [("content-type", said)]).lstrip("\ufeff") == text
    assert text_of(b"\xff\xfe\x00") == "\ufffd"


# -- HSTS ------------------------------------------------------------------------------------------------------------

YEAR = 31_536_000
GRAMMAR: dict[str, int | None] = {
    "max-age=31536000": YEAR,
    "max-age=31536000;": YEAR,
    "max-age=31536000; includeSubDomains": YEAR,
    "max-age=31536000 ; includeSubDomains ; preload": YEAR,
    "MAX-AGE=31536000; INCLUDESUBDOMAINS": YEAR,
    "max-age = 31536000": YEAR,
    "max-age =31536000": YEAR,
    "max-age= 31536000": YEAR,
    'max-age="31536000"': YEAR,
    'max-age = "31536000" ; includesubdomains': YEAR,
    r'max-age="3\1536000"': YEAR,
    "  max-age=31536000  ": YEAR,
    "\tmax-age\t=\t31536000\t": YEAR,
    ";max-age=31536000": YEAR,
    ";;; max-age=31536000;;;": YEAR,
    "includeSubDomains; max-age=31536000": YEAR,
    "max-age=31536000; unknown": YEAR,
    "max-age=31536000; unknown=value": YEAR,
    'max-age=31536000; unknown="quoted; value"': YEAR,
    "max-age=31536000; preload=no": YEAR,
    "max-age=0": 0,
    "max-age=00031536000": YEAR,
    "max-age=1": 1,
    "max-age=99999999999999999999999999": 10**15,
    "": None,
    " ": None,
    ";": None,
    "max-age": None,
    "max-age=": None,
    "max-age= ": None,
    "max-age=;": None,
    "max-age=abc": None,
    "max-age=31536000s": None,
    "max-age=31536000 s": None,
    "max-age=-1": None,
    "max-age=+31536000": None,
    "max-age=3.1e7": None,
    "max-age=31536000.0": None,
    "max-age=0x1E13380": None,
    "max-age=31,536,000": None,
    "max-age='31536000'": None,
    'max-age="31536000': None,
    'max-age=31536000"': None,
    'max-age=""': None,
    'max-age=" 31536000"': None,
    "max-age==31536000": None,
    "max-age:31536000": None,
    "max-age 31536000": None,
    "maxage=31536000": None,
    "max-age=0; max-age=31536000": None,
    "max-age=31536000; max-age=31536000": None,
    "max-age=31536000; includeSubDomains; includeSubDomains": None,
    "max-age=31536000; x; X": None,
    "max-age=31536000, max-age=31536000": None,
    "max-age=31536000 includeSubDomains": None,
    "max-age=31536000, includeSubDomains": None,
    "max-age=31536000; includeSubDomains=true": None,
    "max-age=31536000; includeSubDomains=": None,
    "max-age=31536000; =value": None,
    "max-age=31536000; \x00": None,
    "max-age=31536000\n": None,
    "max-age=٣١٥٣٦٠٠٠": None,
    "includeSubDomains": None,
    "preload": None,
    "Strict-Transport-Security: max-age=31536000": None,
    'max-age=31536000; x="a\\"; max-age=0"': YEAR,
    "max-age=31536000; x=a b": None,
    "max-age=31536000 ;includeSubDomains;;preload ;": YEAR,
    'max-age="31536000" x': None,
    "max-age=31536000; (x)": None,
    "max-age=31536000\v": None,
}


@pytest.mark.parametrize("value", GRAMMAR)
def test_hsts_grammar(value: str) -> None:
    policy = hsts.parse(value)
    assert (policy.max_age if policy.valid else None) == GRAMMAR[value]
    result = one("hsts", ("strict-transport-security", value))
    assert result.verdict is (
        W if (GRAMMAR[value] or 0) >= YEAR and "subdomains" not in value.lower() else result.verdict
    )
    assert (result.verdict in (P, W)) is ((GRAMMAR[value] or 0) >= YEAR)


def test_hsts_facts_are_typed() -> None:
    result = one("hsts", ("Strict-Transport-Security", "max-age=63072000; includeSubDomains; preload"))
    assert result.verdict is P
    wanted = {"valid": True, "max_age": 63072000, "include_subdomains": True, "preload": True}
    assert {key: result.facts[key] for key in wanted} == wanted
    assert result.rule == "hsts/2"
    assert "RFC 6797" in result.source
    assert "Strict-Transport-Security: max-age=63072000" in result.proof


def test_hsts_one_second_short_says_what_is_missing_and_how_to_mend_it() -> None:
    result = one("hsts", ("Strict-Transport-Security", f"max-age={YEAR - 1}"), ("Server", "nginx/1.25"))
    assert result.verdict is F
    assert result.summary == "31,535,999 s instead of 31,536,000 s."
    assert "(1 s are missing to one year)" in result.proof
    assert result.fix == 'add_header Strict-Transport-Security "max-age=31536000" always;'


GOOD = ("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
SHORT = ("Strict-Transport-Security", "max-age=300")
HSTS_PLACES = {
    "everywhere": ([("root", 200, [GOOD]), ("path", 200, [GOOD]), ("error", 404, [GOOD])], P),
    "nowhere": ([("root", 200, []), ("error", 404, [])], F),
    "not on the API": ([("root", 200, [GOOD]), ("path", 200, []), ("error", 404, [GOOD])], F),
    "not on the root": ([("root", 200, []), ("error", 404, [GOOD])], F),
    "not on errors": ([("root", 200, [GOOD]), ("error", 404, [])], W),
    "root is an error without": ([("root", 404, []), ("path", 200, [GOOD]), ("error", 404, [])], W),
    "only errors without": ([("root", 404, []), ("error", 404, [])], F),
    "short on errors": ([("root", 200, [GOOD]), ("error", 404, [SHORT])], F),
    "twice, first good": ([("root", 200, [GOOD, SHORT])], W),
    "twice, first short": ([("root", 200, [SHORT, GOOD])], F),
}


@pytest.mark.parametrize("name", HSTS_PLACES)
def test_hsts_places(name: str) -> None:
    visits, wanted = HSTS_PLACES[name]
    found = facts(*(Visit(p, f"/{p}", (answer(*h, path=f"/{p}", status=s),)) for p, s, h in visits))
    assert verdict("hsts", found).verdict is wanted


def test_hsts_on_a_redirect_counts_and_other_hosts_do_not() -> None:
    there = Answer("https://www.partner.example/", 200, (), "<html>", 6)
    moved = answer(GOOD, ("Location", "https://www.partner.example/"), status=301)
    assert verdict("hsts", facts(Visit("root", "/", (moved, there)))).verdict is P


@pytest.mark.parametrize("name", ["hsts", "csp", "content-type-options", "framing", "referrer-policy", "cookies"])
def test_what_could_not_be_seen_is_unknown(name: str) -> None:
    good = answer(
        GOOD, HTML, ("Content-Security-Policy", "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"),
        ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"),
        ("Set-Cookie", "__Host-a=1; Secure; HttpOnly; SameSite=Lax; Path=/"),
    )  # fmt: skip
    hole = Visit("error", "/x", trouble=Trouble(TroubleKind.TIMEOUT, seconds=10))
    result = verdict(name, facts(Visit("root", "/", (good,)), hole))
    assert result.verdict is U
    assert "timed out after 10 s" in result.summary
    assert result.next_step == "Is a VPN needed, or does a firewall keep us out? Look again, or add evidence instead."
    assert verdict(name, Facts({HttpsAnswers: Trouble(TroubleKind.NO_TLS)})).verdict is U
    assert verdict(name, Facts()).verdict is U
    if name != "cookies":
        assert verdict(name, facts(Visit("root", "/", (good,)))).verdict is P


# -- pages -----------------------------------------------------------------------------------------------------------

CSP = "Content-Security-Policy"
REST = "; object-src 'none'; base-uri 'none'"
CSP_TABLE = {
    "script-src 'self'" + REST: P,
    "default-src 'self'; base-uri 'self'": P,
    "DEFAULT-SRC 'self'; Base-URI 'self'": P,
    "default-src 'none'; base-uri 'none'": P,
    "script-src https://cdn.partner.example" + REST: P,
    "script-src 'nonce-cmFuZG9t' 'unsafe-inline'" + REST: P,
    "script-src 'sha256-YWJj' 'unsafe-inline'" + REST: P,
    "script-src 'nonce-cmFuZG9t' 'strict-dynamic' https: 'unsafe-inline'" + REST: P,
    "default-src *; script-src 'self'" + REST: P,
    "script-src 'none'" + REST: P,
    "script-src" + REST: P,
    "script-src *.partner.example" + REST: P,
    "script-src 'self'; base-uri 'none'": W,
    "default-src 'self'": W,
    "script-src 'self' 'unsafe-eval'" + REST: W,
    "script-src 'self'; style-src 'unsafe-inline'" + REST: W,
    "script-src cdnjs.cloudflare.com" + REST: W,
    "script-src https://ajax.googleapis.com/ajax/libs/" + REST: W,
    "script-src 'unsafe-inline'" + REST: F,
    "script-src 'UNSAFE-INLINE'" + REST: F,
    "script-src 'self'; script-src-elem 'unsafe-inline'" + REST: F,
    "script-src 'self'; script-src-attr 'unsafe-inline'" + REST: F,
    "script-src *" + REST: F,
    "script-src *:443" + REST: F,
    "script-src https:" + REST: F,
    "script-src https://*" + REST: F,
    "script-src data:" + REST: F,
    "script-src blob:" + REST: F,
    "script-src 'self'; object-src *; base-uri 'none'": F,
    "script-src 'self'; object-src data:; base-uri 'none'": F,
    "default-src * 'unsafe-inline'": F,
    "img-src 'self'": F,
    "upgrade-insecure-requests": F,
    "": F,
    ";;,;": F,
    "script-src 'unsafe-inline'; script-src 'none'" + REST: F,
    "script-src 'none'; script-src 'unsafe-inline'" + REST: P,
    "script-src 'unsafe-inline', script-src 'self'" + REST: P,
    "default-src https: 'nonce-'; base-uri 'none'": F,
    "script-src 'self'; object-src 'none'; base-uri *": W,
    "script-src 'self'; object-src 'none'; base-uri https:": W,
    "script-src 'self'; object-src 'none'; base-uri": P,
    "script-src 'none' 'unsafe-inline'" + REST: F,
    "script-src 'strict-dynamic' 'unsafe-inline'" + REST: P,
    "script-src 'unsafe-hashes' 'sha256-YWJj'" + REST: P,
    "script-src 'self' 'wasm-unsafe-eval'" + REST: P,
    "script-src 'nonce-cmFuZG9t'; script-src-attr 'unsafe-inline'" + REST: F,
    "script-src 'unsafe-inline'; script-src-elem 'self'; script-src-attr 'none'" + REST: P,
    "default-src 'none'; script-src-elem https:; base-uri 'none'": F,
    "script-src http://*:80/js/" + REST: F,
    "script-src wss:" + REST: F,
    "script-src *.com" + REST: F,
    "script-src https://*.co:443" + REST: F,
    "script-src *.internal" + REST: P,
    "script-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none', script-src https:": P,
    "script-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none', img-src 'self'": F,
    "script-src https:; base-uri 'none', script-src data: blob:; object-src 'none'": F,
    "script-src\t'unsafe-inline'" + REST: F,
    "script-src 'unsafe-inline' 'sha1-YWJj'" + REST: F,
}


@pytest.mark.parametrize("value", CSP_TABLE)
def test_csp(value: str) -> None:
    assert one("csp", HTML, (CSP, value)).verdict is CSP_TABLE[value]


def test_csp_by_kind_of_answer() -> None:
    assert one("csp", HTML).verdict is F
    assert one("csp", HTML, status=404).verdict is W
    assert one("csp", JSON, body="{}").verdict is N
    assert one("csp", HTML, ("Content-Disposition", "attachment; filename=a.html")).verdict is N
    assert one("csp", HTML, ("Location", "/elsewhere"), status=302).verdict is N
    assert one("csp", body="<!DOCTYPE html><p>no type").verdict is F
    assert one("csp", HTML, (CSP + "-Report-Only", "default-src 'none'")).verdict is F
    weak, strict = (CSP, "script-src 'unsafe-inline'"), (CSP + "-Report-Only", "script-src 'self'; object-src 'none'")
    assert one("csp", HTML, weak, strict).verdict is W
    assert one("csp", HTML, (CSP, "img-src 'self'"), (CSP, "script-src 'self'" + REST)).verdict is P


TAG = '<html><head><meta http-equiv="Content-Security-Policy" content="{}"></head><body>'


def test_csp_in_a_tag_counts_but_not_for_framing() -> None:
    strict = "script-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
    assert one("csp", HTML, body=TAG.format(strict)).verdict is P
    assert one("framing", HTML, body=TAG.format(strict)).verdict is F
    assert one("csp", HTML, body=f"<html><!-- {TAG.format(strict)} --><body>").verdict is F
    assert one("csp", HTML, body=f"<html><body>{TAG.format(strict)}").verdict is F
    assert one("csp", HTML, body=f"<html><script>'{TAG.format(strict)}'</script><body>").verdict is F
    assert one("csp", HTML, body=TAG.format(strict).replace("http-equiv", "name")).verdict is F


NOSNIFF = "X-Content-Type-Options"
NOSNIFF_TABLE = {
    (): F,
    ("nosniff",): P,
    ("NoSniff",): P,
    (" nosniff ",): P,
    ("nosniff, nosniff",): P,
    ("nosniff,x",): P,
    ("x, nosniff",): F,
    ("x", "nosniff"): F,
    ("nosniff", "x"): P,
    ("",): F,
    ("no-sniff",): F,
    ("nosniff;",): F,
    ('"nosniff"',): F,
}


@pytest.mark.parametrize("values", NOSNIFF_TABLE)
def test_nosniff(values: tuple[str, ...]) -> None:
    fields = tuple((NOSNIFF, v) for v in values)
    assert one("content-type-options", HTML, *fields).verdict is NOSNIFF_TABLE[values]
    assert one("content-type-options", JSON, *fields, body="{}").verdict is NOSNIFF_TABLE[values]


WALL = (("X-Frame-Options", "SAMEORIGIN"), ("Referrer-Policy", "same-origin"), ("X-Content-Type-Options", "nosniff"))


@pytest.mark.parametrize("name", ["framing", "referrer-policy", "content-type-options", "csp", "cookies", "caching"])
def test_pages_that_only_keep_us_out_say_nothing_of_the_service(name: str) -> None:
    """A firewall's page has headers of its own, good ones too."""
    for status in (403, 500, 502):
        assert one(name, *WALL, status=status).verdict is Verdict.UNKNOWN
        assert one(name, status=status).next_step
    challenge = answer(*WALL, ("cf-mitigated", "challenge"), status=200)
    assert verdict(name, facts(Visit(ROOT, "/", (challenge,)))).verdict is not Verdict.PASS
    good = Visit(ROOT, "/", (answer(*WALL, ("Content-Security-Policy", "frame-ancestors 'none'; script-src 'none'")),))
    refused = Visit(PATH, "/x", (answer(*WALL, path="/x", status=403),))
    assert verdict(name, facts(good, refused)).verdict is not Verdict.UNKNOWN


def test_nosniff_needs_content() -> None:
    assert one("content-type-options", body="").verdict is N
    assert one("content-type-options", ("Location", "/x"), status=301).verdict is N


XFO = "X-Frame-Options"
FRAMING_TABLE: list[tuple[list[tuple[str, str]], Verdict]] = [
    ([], F),
    ([(CSP, "frame-ancestors 'none'")], P),
    ([(CSP, "frame-ancestors 'self' https://app.apollo.io")], P),
    ([(CSP, "Frame-Ancestors 'self'")], P),
    ([(CSP, "frame-ancestors")], P),
    ([(CSP, "frame-ancestors https://*.partner.example")], P),
    ([(CSP, "frame-ancestors *")], F),
    ([(CSP, "frame-ancestors https:")], F),
    ([(CSP, "frame-ancestors https://*")], F),
    ([(CSP, "frame-ancestors *"), (XFO, "DENY")], F),
    ([(CSP, "frame-ancestors *, frame-ancestors 'self'")], P),
    ([(CSP, "default-src 'none'")], F),
    ([(CSP + "-Report-Only", "frame-ancestors 'none'")], F),
    ([(XFO, "DENY")], W),
    ([(XFO, "sameorigin")], W),
    ([(XFO, "SAMEORIGIN, SAMEORIGIN")], W),
    ([(XFO, "ALLOW-FROM https://app.apollo.io")], F),
    ([(XFO, "ALLOWALL")], F),
    ([(XFO, "")], F),
    ([(XFO, "DENY"), (XFO, "SAMEORIGIN")], W),
    ([(XFO, "deny, allowall")], W),
    ([(CSP, "frame-ancestors 'none'"), (CSP, "frame-ancestors *")], P),
    ([(CSP, "frame-ancestors http://*:*")], F),
    ([(CSP, "frame-ancestors 'self'; frame-ancestors *")], P),
    ([(CSP, "frame-ancestors *; frame-ancestors 'self'")], F),
]


@pytest.mark.parametrize(("headers", "wanted"), FRAMING_TABLE)
def test_framing(headers: list[tuple[str, str]], wanted: Verdict) -> None:
    assert one("framing", HTML, *headers).verdict is wanted


REFERRER_TABLE = {
    (): W,
    ("no-referrer",): P,
    ("Same-Origin",): P,
    ("strict-origin",): P,
    ("strict-origin-when-cross-origin",): P,
    ("no-referrer, strict-origin-when-cross-origin",): P,
    ("unsafe-url, no-referrer",): P,
    ("unsafe-url", "no-referrer"): P,
    ("no-referrer, future-policy",): P,
    ("origin",): W,
    ("origin-when-cross-origin",): W,
    ("",): W,
    ("nonsense",): W,
    ("unsafe-url",): F,
    ("no-referrer-when-downgrade",): F,
    ("no-referrer, unsafe-url",): F,
}


@pytest.mark.parametrize("values", REFERRER_TABLE)
def test_referrer_policy(values: tuple[str, ...]) -> None:
    assert one("referrer-policy", HTML, *(("Referrer-Policy", v) for v in values)).verdict is REFERRER_TABLE[values]


def test_referrer_policy_in_a_tag_comes_last() -> None:
    tag = '<html><head><meta name="Referrer" content="unsafe-url">'
    assert one("referrer-policy", HTML, ("Referrer-Policy", "no-referrer"), body=tag).verdict is F
    for word, wanted in {
        "never": P, "default": P, "always": F, "origin-when-crossorigin": W, " Origin ": W, "unsafe-url, no-referrer": P
    }.items():  # fmt: skip
        said = f'<html><head><meta name=referrer content="{word}">'
        assert one("referrer-policy", HTML, ("Referrer-Policy", "same-origin"), body=said).verdict is wanted, word
    # Only a tag knows the old words.
    assert one("referrer-policy", HTML, ("Referrer-Policy", "no-referrer, always")).verdict is P
    assert one("referrer-policy", JSON, body="{}").verdict is N


# -- cookies ---------------------------------------------------------------------------------------------------------

RANDOM = "f3b1c9d27a8e4056b1c2d3e4f5a60718"
COOKIE_TABLE = {
    "__Host-id=1; Secure; HttpOnly; SameSite=Lax; Path=/": P,
    "__Secure-theme=dark; Secure; SameSite=Lax": P,
    "__secure-theme=dark; secure; samesite=lax; Path=/": P,
    "__Secure-XSRF-TOKEN=" + RANDOM + "; Secure; SameSite=Strict": P,
    "__Secure-id=1; Secure; HttpOnly; SameSite=None; Partitioned": P,
    "__Secure-id=1; Secure; HttpOnly; SameSite=None; SameSite=Strict": P,
    "__Http-id=1; Secure; HttpOnly; SameSite=Lax": P,
    "__Secure-id = 1 ; Secure=yes ; HttpOnly=no ; SameSite = Lax": P,
    "theme=dark; Secure; SameSite=Lax": W,
    "XSRF-TOKEN=" + RANDOM + "; Secure; SameSite=Strict": W,
    "__Secure-id=1; Secure; HttpOnly; SameSite=Lax; SameSite=": W,
    "__Secure-id=1; Secure; SameSite=Lax; Domain=" + "a" * 1025: P,
    "__Host-id=1; Secure; SameSite=Lax; Path=/; Domain=": P,
    "__Host-id=1; Secure; SameSite=Lax; Path=/; Path=/app": F,
    "__Host-id=1; Secure; SameSite=Lax; Path=/app; Path=/": P,
    "__Http-id=1; Secure; SameSite=Lax": F,
    "__Host-Http-id=1; Secure; SameSite=Lax; Path=/": F,
    "id=1; SameSite=None; Partitioned": F,
    "id=1; SameSite=Lax; NotSecure": F,
    "id=1; SameSite=Lax; Max-Age=0099": F,
    "id=1; SameSite=Lax; Max-Age=-x": F,
    "id=1; SameSite=Lax; Max-Age=": F,
    "id=1; SameSite=Lax; Max-Age=99999999999999999999999; Expires=Thu, 01 Jan 1970 00:00:01 GMT": F,
    "id=1; SameSite=Lax; Expires=Thu, 01 Jan 2099 00:00:01 GMT": F,
    "id=1; SameSite=Lax; Expires=yesterday": F,
    "id=; SameSite=Lax": F,
    "id=1; Max-Age=-99999999999999999999999": N,
    "id=1; Max-Age=60; Max-Age=0": N,
    "id=deleted; Expires=Thu, 01-Jan-70 00:00:01 GMT": N,
    "id=deleted; expires=Thu Jan 1 1970 00:00:00 GMT": N,
    ".AspNetCore.Identity.Application=" + RANDOM + "; Secure; SameSite=Lax": F,
    "__Secure-session=" + RANDOM + "; Secure; HttpOnly; SameSite=Lax": P,
    "__Host-session=" + RANDOM + "; Secure; HttpOnly; SameSite=Strict; Path=/": P,
    "theme=dark; Secure": W,
    "theme=dark; Secure; SameSite=Maybe": W,
    "theme=dark; Secure; SameSite=Lax; Domain=partner.example": W,
    "session=" + RANDOM + "; Secure; HttpOnly; SameSite=Lax": W,
    "whatever=" + RANDOM + "; Secure; SameSite=Lax": W,
    "big=" + "word " * 900 + "; Secure; SameSite=Lax": W,
    "theme=dark": F,
    "session=" + RANDOM + "; HttpOnly; SameSite=Lax": F,
    "session=" + RANDOM + "; Secure; SameSite=Lax": F,
    "PHPSESSID=abc; Secure; SameSite=Lax": F,
    "connect.sid=s%3A" + RANDOM + "; Secure; SameSite=Lax": F,
    "access_token=eyJhbGciOiJub25lIn0.eyJhIjoxfQ.x; Secure; SameSite=Lax": F,
    "theme=dark; SameSite=None": F,
    "__Host-id=1; Secure; HttpOnly; SameSite=Lax": F,
    "__Host-id=1; Secure; HttpOnly; SameSite=Lax; Path=/; Domain=partner.example": F,
    "__HOST-id=1; HttpOnly; SameSite=Lax; Path=/": F,
    "__Secure-id=1; HttpOnly; SameSite=Lax": F,
    "justavalue; Secure; SameSite=Lax": W,
    "=value; Secure; SameSite=Lax": W,
    "Secure": F,
    "session=; Max-Age=0": N,
    "a=b\x00; Secure": W,
}


@pytest.mark.parametrize("field", COOKIE_TABLE)
def test_cookies(field: str) -> None:
    assert one("cookies", ("Set-Cookie", field)).verdict is COOKIE_TABLE[field]


def test_one_bad_cookie_of_three_decides_and_values_never_show() -> None:
    secret = "Qm7xZt2vKp9sLd4wRb6yNc1hGf8"
    fields = [
        ("Set-Cookie", "theme=dark; Secure; SameSite=Lax"),
        ("set-cookie", f"sid={secret}; SameSite=Lax"),
        ("SET-COOKIE", f"auth={secret}; Secure; SameSite=Lax"),
    ]
    found = facts(Visit("root", "/", (answer(*fields),)))
    result = verdict("cookies", found)
    assert result.verdict is F
    assert "1 more cookie" in result.summary
    assert secret not in str(result)
    assert secret.encode() not in write(HOST, AT, "run", "1", (), found)
    assert "sid=[masked 27 random]" in result.proof


def test_no_cookie_names_what_was_asked() -> None:
    result = one("cookies", HTML)
    assert result.verdict is N
    assert "https://partner.example/" in result.proof


# -- any input -------------------------------------------------------------------------------------------------------

TEXT = st.text(alphabet=st.characters(max_codepoint=0x2FF), max_size=80)
WORDS = st.lists(
    st.sampled_from(
        ["max-age", "=", "31536000", '"', ";", " ", "\t", "includeSubDomains", "preload", "\\", ",", "0", "'self'",
         "script-src", "'unsafe-inline'", "*", "https:", "object-src", "base-uri", "'none'", "frame-ancestors",
         "sid", "Secure", "HttpOnly", "SameSite", "None", "__Host-", "Path=/", "nosniff", "no-referrer", "unsafe-url"]
    ),
    max_size=14,
).map("".join)  # fmt: skip


@given(st.one_of(TEXT, WORDS))
@example("max-age=31536000;max-age")
def test_hsts_never_raises_and_passes_only_what_a_strict_reader_takes(value: str) -> None:
    policy = hsts.parse(value)
    if policy.valid:
        names = [part.partition("=")[0].strip().lower() for part in value.split(";") if part.strip()]
        assert '"' in value or ("max-age" in names and len(names) == len(set(names)))
        assert policy.max_age is not None
        assert policy.max_age >= 0


ADDRESS = st.sampled_from(
    ["/x?token=" + "a1B2" * 8, "//cdn/a.js", "http://a/b?c#d", "https://u:p@h/", "?", "#", "/%zz?=&="]
)
HTML_BODY = st.lists(
    st.one_of(
        ADDRESS.map(lambda a: f"<a href='{a}'>"),
        ADDRESS.map(lambda a: f'<script src="{a}"></script>'),
        ADDRESS.map(lambda a: f"<img src={a}>"),
        ADDRESS.map(lambda a: f'<meta http-equiv=refresh content="0;url={a}">'),
        st.sampled_from(
            ["<form>", "</form>", "<input type=password>", "<body>", "<!--", "-->", "<script>", "</script>"]
        ),
        TEXT,
    ),
    max_size=8,
).map(lambda parts: "<html>" + "".join(parts))

NAMES = (
    *("Strict-Transport-Security", CSP, CSP + "-Report-Only", NOSNIFF, XFO, "Referrer-Policy"),
    *("Set-Cookie", "Location", "Content-Type", "Content-Disposition"),
)


@pytest.mark.slow
@given(
    st.lists(st.tuples(st.sampled_from(NAMES), st.one_of(TEXT, WORDS)), max_size=5),
    st.one_of(
        TEXT,
        st.just("<html><head><meta name=referrer content=unsafe-url>"),
        WORDS.map(lambda w: TAG.format(w)),
        HTML_BODY,
    ),
    st.sampled_from([200, 204, 301, 404, 500]),
)
def test_any_answer_gets_the_same_verdict_from_its_masked_record(
    headers: list[tuple[str, str]], body: str, status: int
) -> None:
    found = facts(Visit("root", "/", (answer(*headers, body=body, status=status),)))
    for check in CHECKS:
        if check.needs[0] is HttpsAnswers:
            assert verdict(check.id, found).verdict in set(Verdict)


@pytest.mark.slow
@pytest.mark.parametrize("piece", ["a", " ", "a ", "a;", '\\"', "a=", "(", "/1", "\t"])
def test_a_field_of_64_kilobytes_is_read_at_once(piece: str) -> None:
    """A regular expression that tries every way to divide blanks takes minutes for it."""
    began = time.perf_counter()
    for start in ("", "a", 'a="', "max-age=1", "a=("):
        value = start + piece * (65536 // len(piece)) + "!"
        hsts.parse(value)
        policies.parse(value, "header")
        cookies.parse("a=b; expires=" + value[:1024] + ";" + value, "https://partner.example/")
        one("isolation", HTML, ("Cross-Origin-Opener-Policy", value), ("Permissions-Policy", value[:16000]))
        one("disclosure", HTML, ("Server", value))
        one("url-secrets", HTML, ("Location", value), status=301)
    assert time.perf_counter() - began < 10


@given(
    st.one_of(
        TEXT,
        st.lists(
            st.sampled_from(["Thu", " ", ",", "01", "Jan", "-", "1970", "99", ":", "25", "GMT", "0"]), max_size=12
        ).map("".join),
    )
)
def test_cookie_dates_never_raise(value: str) -> None:
    found = cookies.parse_date(value)
    assert found is None or found.year >= 1601


@given(st.one_of(TEXT, WORDS))
def test_policies_and_cookies_never_raise(value: str) -> None:
    policies.parse(value, "header")
    cookie = cookies.parse(value, "https://partner.example/")
    if cookie and "secure" not in value.lower():
        assert not cookie.secure
    csp._note(list(policies.parse(value, "header")))


# -- what pages load, hand out and tell ------------------------------------------------------------------------------

ISOLATION_TABLE: dict[tuple[tuple[str, str], ...], Verdict] = {
    (): N,
    (("Cross-Origin-Opener-Policy", "same-origin"),): P,
    (("Cross-Origin-Opener-Policy", 'same-origin; report-to="coop"'),): P,
    (("Cross-Origin-Embedder-Policy", "credentialless"),): P,
    (("Cross-Origin-Resource-Policy", "same-site"),): P,
    (("Permissions-Policy", "camera=(), geolocation=(self)"),): P,
    (("Permissions-Policy", 'camera=(), geolocation=(self "https://a.example")'),): P,
    (("Permissions-Policy", "camera 'none'; geolocation 'self'"),): W,
    (("Permissions-Policy", "camera=(), geolocation=*,"),): W,
    (("Cross-Origin-Opener-Policy", '"same-origin"'),): W,
    (("Cross-Origin-Opener-Policy", "same-origin, same-origin"),): W,
    (("Cross-Origin-Opener-Policy", "Same-Origin"),): W,
    (("Cross-Origin-Embedder-Policy", "yes"),): W,
    (("Cross-Origin-Resource-Policy", "none"),): W,
    (("Cross-Origin-Opener-Policy", "same-origin-plus-coep"),): W,
    (("Cross-Origin-Opener-Policy", "same-origin"), ("Cross-Origin-Opener-Policy", "same-origin")): W,
    (("Cross-Origin-Resource-Policy", "same-site"), ("Cross-Origin-Resource-Policy", "same-site")): W,
}


@pytest.mark.parametrize("headers", ISOLATION_TABLE)
def test_isolation(headers: tuple[tuple[str, str], ...]) -> None:
    assert one("isolation", HTML, *headers).verdict is ISOLATION_TABLE[headers]


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        (("Server", "nginx"), P),
        (("Server", "nginx/1.25.3"), W),
        (("Server", "Apache/2.4.58 (Debian)"), W),
        (("Server", "cloudflare"), P),
        (("Server", "Apache/2"), W),
        (("Server", "PHP 8.2"), W),
        (("Server", "ECS (nyb/1D2B)"), P),
        (("X-Powered-By", "PHP/8.2"), W),
        (("X-AspNet-Version", "4.0"), W),
        (("Via", "1.1 varnish"), P),
        (("Server-Timing", "db;dur=5"), P),
    ],
)
def test_disclosure(header: tuple[str, str], wanted: Verdict) -> None:
    assert one("disclosure", HTML, header).verdict is wanted


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("<html><script src=/a.js></script>", P),
        ("<html><script src=https://partner.example/a.js></script>", P),
        ("<html><script src=https://cdn.example/a.js integrity=sha256-abc></script>", P),
        ("<html><script src=https://cdn.example/a.js></script>", W),
        ("<html><script src=//cdn.example/a.js></script>", W),
        ("<html><body><img src=http://cdn.example/a.png>", W),
        ("<html><link rel=stylesheet href=http://cdn.example/a.css>", W),
        ("<html><link rel=canonical href=http://partner.example/>", P),
        ("<html><a href=http://elsewhere.example/>there</a>", P),
        ("<html><!-- <img src=http://cdn.example/a.png> -->", P),
    ],
)
def test_page_sources(body: str, wanted: Verdict) -> None:
    assert one("page-sources", HTML, body=body).verdict is wanted


KEY = "Zx81Qp0mVb47Kd93"
LOCATIONS = {
    "/login": P,
    "/callback?code=" + RANDOM + "&state=" + RANDOM: P,
    "/x?token=short": P,
    "https://app.apollo.io/#/oauth/authorize?client_id=abc&response_type=code&state=" + RANDOM: P,
    "/x?page=1&sort=name": P,
    "/x?v=" + RANDOM: W,
    "/x?api_key=" + KEY: F,
    "/x?a=b&Access_Token=" + KEY + "&c=d": F,
    "/x#access_token=" + KEY: F,
    "https://app.partner.example/#/home?token=" + KEY: F,
    "https://user:" + KEY + "@partner.example/": F,
    "/x?session_id=" + KEY: F,
    "/shop;jsessionid=" + KEY + "/cart": F,
    "/x?" + "a=b&" * 300 + "token=" + KEY: F,
    "/x?password=hunter2": F,
    "/x?" + "%41" * 6 + "=" + "%41" * 6: P,
    "/x?X-Amz-Security-Token=" + KEY: F,
    "/x?private_token=" + KEY: F,
}


@pytest.mark.parametrize("location", LOCATIONS)
def test_secrets_in_redirects(location: str) -> None:
    found = facts(Visit("root", "/", (answer(("Location", location), status=302),)))
    result = verdict("url-secrets", found)
    assert result.verdict is LOCATIONS[location], result.facts
    assert KEY not in str(result)
    assert KEY.encode() not in write(HOST, AT, "run", "1", (), found)


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        (f"<html><body><a href='/x?api_key={KEY}'>x</a>", F),
        ("<html><body><a href='/x?id=5'>x</a>", P),
        ("<html><form action=/login><input name=p type=password></form>", F),
        ("<html><form action=/login method=GET><input name=p type=PASSWORD></form>", F),
        ("<html><form action=/login method=post><input name=p type=password></form>", N),
        ("<html><form action=/search><input name=q></form><input type=password>", N),
        (f"<html><head><meta http-equiv=refresh content='0;url=/x?token={KEY}'>", F),
    ],
)
def test_secrets_in_pages(body: str, wanted: Verdict) -> None:
    found = facts(Visit("root", "/", (answer(HTML, body=body),)))
    result = verdict("url-secrets", found)
    assert result.verdict is wanted
    assert KEY not in str(result)
    assert KEY.encode() not in write(HOST, AT, "run", "1", (), found)


@pytest.mark.parametrize(
    "header",
    [
        ("Location", f"next?token={KEY}"), ("Location", f"?token={KEY}"), ("Location", f"/a;b={KEY}?c={KEY}#d={KEY}"),
        ("Refresh", f"0; url=next?token={KEY}"), ("Link", f"<next?token={KEY}>; rel=next, </;token={KEY}>; rel=x"),
        ("Content-Location", f"https://u:{KEY}@partner.example/"),
    ],
)  # fmt: skip
def test_addresses_in_headers_are_stored_without_their_values(header: tuple[str, str]) -> None:
    found = facts(Visit("root", "/", (answer(header, status=302),)))
    verdict("url-secrets", found)
    assert KEY.encode() not in write(HOST, AT, "run", "1", (), found)


def test_a_document_that_wants_a_key_in_the_address() -> None:
    found = facts(Visit("root", "/", (answer(HTML),)))
    declared = Facts({**found.found, Declared: Declared((("GET /v1/x", "api_key"),))})
    fine = Facts({**found.found, Declared: Declared(operations=3)})
    assert verdict("url-secrets", fine).summary == "None in 0 addresses and 3 listed operations."
    nothing = verdict("url-secrets", found)
    assert nothing.verdict is N
    assert "access log" in nothing.next_step
    result = verdict("url-secrets", declared)
    assert result.verdict is F
    assert "api_key" in result.summary
