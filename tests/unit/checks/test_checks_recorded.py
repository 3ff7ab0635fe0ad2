"""Recorded facts: the same judgement without looking, and a clear sentence for whatever is no fact."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wizard.checks import csp
from wizard.checks.base import Facts
from wizard.checks.every import CHECKS, find
from wizard.checks.judging import judge
from wizard.checks.looks.http import Answer
from wizard.checks.looks.https_answers import PATH, HttpsAnswers, Visit
from wizard.checks.looks.well_known import OAUTH_SERVER, WellKnown
from wizard.checks.recorded import UnreadableFacts, judge_recorded
from wizard.domain.mistakes import Mistake
from wizard.domain.observation import Verdict
from wizard.domain.scope import Host

AT = datetime(2026, 11, 1, tzinfo=UTC)


def _facts(*headers: tuple[str, str], url: str = "https://partner.example/", status: int = 200, body: str = "") -> str:
    return json.dumps({"url": url, "status": status, "headers": [list(h) for h in headers], "body": body})


def _judge(name: str, text: str) -> list[Verdict]:
    check = find(name)
    assert check
    return [r.verdict for r in judge_recorded(check, text, AT)]


def test_one_object_one_a_line_and_a_list() -> None:
    good, bad = _facts(("STRICT-transport-security", "max-age=31536000; includeSubDomains")), _facts()
    assert _judge("hsts", good) == [Verdict.PASS]
    assert _judge("hsts", f"{good}\n\n{bad}\n") == [Verdict.PASS, Verdict.FAIL]
    assert _judge("hsts", f"[{good},{bad}]") == [Verdict.PASS, Verdict.FAIL]
    assert _judge("hsts", json.dumps(json.loads(good), indent=2)) == [Verdict.PASS]


def test_hsts_over_plain_http_means_nothing() -> None:
    assert _judge("hsts", _facts(("Strict-Transport-Security", "max-age=31536000"), url="http://a.example/")) == [
        Verdict.FAIL
    ]


def test_other_checks() -> None:
    assert _judge("cookies", _facts(("Set-Cookie", "sid=1"))) == [Verdict.FAIL]
    assert _judge("csp", _facts(("Content-Type", "text/html"), body="<html>")) == [Verdict.FAIL]
    assert _judge("content-type-options", _facts(("X-Content-Type-Options", "nosniff"), body="{}")) == [Verdict.PASS]
    moved = _facts(("Location", "https://a.example/"), url="http://a.example/", status=301)
    assert _judge("https-redirect", moved) == [Verdict.PASS]
    assert _judge("https-redirect", _facts(url="http://a.example/", body="hello")) == [Verdict.FAIL]
    assert _judge("https-redirect", _facts()) == [Verdict.UNKNOWN]
    for status in (300, 301, 304):
        shown = _facts(url="http://a.example/", status=status, body="hello")
        assert _judge("https-redirect", shown) == [Verdict.FAIL], status


def _bare(*headers: tuple[str, str], **more: object) -> str:
    """An answer as it stands in an e-mail: nobody wrote its body down."""
    pairs = [list(header) for header in headers]
    return json.dumps({"url": "https://partner.example/", "status": 200, "headers": pairs, **more})


HTML, AS_JSON = ("content-type", "text/html; charset=utf-8"), ("content-type", "application/json")
PLAIN = "http://partner.example/"
WITHOUT_BODY: list[tuple[str, str, Verdict]] = [
    ("csp", _bare(), Verdict.FAIL),
    ("csp", _bare(HTML), Verdict.FAIL),
    ("csp", _bare(("content-security-policy", "default-src 'none'; base-uri 'none'")), Verdict.PASS),
    ("csp", _bare(AS_JSON), Verdict.NOT_APPLICABLE),
    ("csp", _bare(("content-length", "0")), Verdict.NOT_APPLICABLE),
    ("csp", _bare(status=204), Verdict.NOT_APPLICABLE),
    ("csp", _bare(("location", "/a"), status=302), Verdict.NOT_APPLICABLE),
    ("framing", _bare(), Verdict.FAIL),
    ("framing", _bare(("x-frame-options", "DENY")), Verdict.WARN),
    ("content-type-options", _bare(AS_JSON), Verdict.FAIL),
    ("content-type-options", _bare(AS_JSON, ("x-content-type-options", "NoSniff")), Verdict.PASS),
    ("content-type-options", _bare(status=304), Verdict.NOT_APPLICABLE),
    ("referrer-policy", _bare(("referrer-policy", "unsafe-url")), Verdict.FAIL),
    ("page-sources", _bare(HTML), Verdict.UNKNOWN),
    ("page-sources", _bare(HTML, body="<html><p>Hello"), Verdict.PASS),
    ("caching", _bare(AS_JSON, url="https://partner.example/me"), Verdict.WARN),
    ("caching", _bare(AS_JSON, ("cache-control", "private, No-Store"), url="https://partner.example/me"), Verdict.PASS),
    ("caching", _bare(AS_JSON), Verdict.NOT_APPLICABLE),
    ("https-redirect", _bare(url=PLAIN), Verdict.FAIL),
    ("https-redirect", _bare(url=PLAIN, status=403), Verdict.PASS),
    ("https-redirect", _bare(("content-length", "12"), url=PLAIN, status=403), Verdict.WARN),
    ("https-redirect", _bare(("content-length", "0"), url=PLAIN), Verdict.WARN),
    ("https-redirect", _bare(), Verdict.UNKNOWN),
    ("security-txt", _bare(), Verdict.UNKNOWN),
    ("hsts", _bare(("strict-transport-security", "max-age=31536000;\r\n\tincludeSubDomains")), Verdict.PASS),
    ("hsts", _bare(("strict-transport-security", "max-age=31536000;includeSubDomains\nx: y")), Verdict.FAIL),
    ("cookies", _bare(("set-cookie", "sid=x; Max-Age=9; Max-Age=x; Expires=Thu, 01 Jan 1970 00:00:00 GMT")),
     Verdict.FAIL),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text", "wanted"), WITHOUT_BODY)
def test_headers_alone_are_judged(name: str, text: str, wanted: Verdict) -> None:
    check = find(name)
    assert check
    (result,) = judge_recorded(check, text, AT)
    assert result.verdict is wanted, result.summary
    assert "fault of this program" not in result.summary


def test_a_record_without_what_the_check_reads_is_said() -> None:
    empty = '{"format":"attestry-look/1","host":{"name":"a.example"},"at":"2026-01-01T00:00:00Z","addresses":[],'
    with pytest.raises(UnreadableFacts, match="holds nothing that “tls-versions” reads"):
        _judge("tls-versions", empty + '"facts":{}}')


SECURITY_TXT = "https://partner.example/.well-known/security.txt"


def test_files_at_their_well_known_place() -> None:
    text, plain = "Contact: mailto:s@partner.example\nExpires: 2027-01-01T00:00:00Z\n", ("Content-Type", "text/plain")
    assert _judge("security-txt", _facts(plain, url=SECURITY_TXT, body=text)) == [Verdict.PASS]
    assert _judge("DOM-06", _facts(plain, url=SECURITY_TXT, body="Contact: x")) == [Verdict.WARN]
    assert _judge("security-txt", _facts(url=SECURITY_TXT, status=404)) == [Verdict.WARN]
    assert _judge("security-txt", _facts(url=SECURITY_TXT, status=502)) == [Verdict.UNKNOWN]
    assert _judge("security-txt", _facts(url="https://partner.example/")) == [Verdict.UNKNOWN]
    metadata = "https://partner.example/.well-known/oauth-authorization-server"
    described = {
        "issuer": "https://partner.example", "token_endpoint": "https://partner.example/token",
        "grant_types_supported": ["authorization_code"], "response_types_supported": ["code"],
        "code_challenge_methods_supported": ["S256"],
    }  # fmt: skip
    for change, wanted in (
        ({}, Verdict.PASS),
        ({"issuer": "https://partner.example/"}, Verdict.PASS),
        ({"issuer": "https://other.example"}, Verdict.FAIL),
        ({"issuer": "https://partner.example?x"}, Verdict.FAIL),
        ({"token_endpoint": "http://partner.example/token"}, Verdict.FAIL),
        ({"grant_types_supported": ["password"]}, Verdict.FAIL),
        ({"grant_types_supported": None}, Verdict.WARN),
        ({"grant_types_supported": "password"}, Verdict.FAIL),
        ({"grant_types_supported": [*map(str, range(80)), "password"]}, Verdict.FAIL),
        ({"response_types_supported": "token"}, Verdict.WARN),
        ({"mtls_endpoint_aliases": {"token_endpoint": "http://partner.example/token"}}, Verdict.FAIL),
        ({"response_types_supported": ["code", "id_token token"]}, Verdict.WARN),
        ({"code_challenge_methods_supported": ["S256", "plain"]}, Verdict.WARN),
        ({"code_challenge_methods_supported": []}, Verdict.WARN),
        ({"token_endpoint_auth_methods_supported": ["none"]}, Verdict.WARN),
    ):
        body = json.dumps({**described, **change})
        as_json = _facts(("Content-Type", "application/json"), url=metadata, body=body)
        assert _judge("oauth-metadata", as_json) == [wanted], change
    del described["token_endpoint"]
    without = _facts(("Content-Type", "application/json"), url=metadata, body=json.dumps(described))
    assert _judge("oauth-metadata", without) == [Verdict.WARN]
    plain_http = _facts(plain, url=SECURITY_TXT.replace("https", "http"), body=text)
    assert _judge("security-txt", plain_http) == [Verdict.UNKNOWN]
    assert _judge("oauth-metadata", _facts(url=metadata, status=404)) == [Verdict.NOT_APPLICABLE]
    assert _judge("oauth-metadata", _facts(url=metadata, status=503)) == [Verdict.UNKNOWN]


def test_a_protected_resource_and_endpoints_elsewhere_are_told() -> None:
    check = find("OAUTH-03")
    assert check
    body = json.dumps({"resource": "https://partner.example"})
    resource = _facts(url="https://partner.example/.well-known/oauth-protected-resource", body=body)
    (result,) = judge_recorded(check, resource, AT)
    assert (result.verdict, result.facts["resource"]) == (Verdict.NOT_APPLICABLE, True)
    described = {
        "issuer": "https://partner.example", "token_endpoint": "https://login.other.example/token",
        "grant_types_supported": ["authorization_code"], "code_challenge_methods_supported": ["S256"],
    }  # fmt: skip
    headers = (("Content-Type", "application/json"),)
    answer = Answer("https://partner.example" + OAUTH_SERVER, 200, headers, json.dumps(described))
    for declared, verdict in (
        (("partner.example",), Verdict.WARN),
        (("partner.example", "login.other.example"), Verdict.PASS),
    ):
        found = WellKnown((Visit("well-known", OAUTH_SERVER, (answer,)),), declared)
        assert judge(check, Host("partner.example"), Facts({WellKnown: found}), AT).verdict is verdict


def test_an_address_counts_in_any_case_of_its_letters() -> None:
    facts = _facts(
        ("Strict-Transport-Security", "max-age=31536000; includeSubDomains"), url="HTTPS://Partner.EXAMPLE/A"
    )
    check = find("hsts")
    assert check
    (result,) = judge_recorded(check, facts, AT)
    assert (result.verdict, result.subject) == (Verdict.PASS, "partner.example")


STS, CSP, LONG = "Strict-Transport-Security", "Content-Security-Policy", "; includeSubDomains"
NONE = "default-src 'none'; base-uri 'none'"
IN_TAG = f'<meta http-equiv="{CSP}" content="{NONE}">'
TRICKS: list[tuple[str, str, Verdict]] = [
    # RFC 6797 6.1.1: delta-seconds are a number, whatever number of zeros stands before it.
    ("hsts", _facts((STS, "max-age=" + "0" * 30 + "1" + LONG)), Verdict.FAIL),
    ("hsts", _facts((STS, "max-age=" + "0" * 30 + "31536000" + LONG)), Verdict.PASS),
    ("hsts", _facts((STS, "max-age=" + "9" * 4000 + LONG)), Verdict.PASS),
    ("hsts", _facts(("\u00a0" + STS, "max-age=31536000" + LONG)), Verdict.FAIL),
    ("hsts", _facts((STS, "max-age=31536000" + LONG), url="https://203.0.113.5/"), Verdict.WARN),
    ("hsts", _facts((STS, "max-age=31536000" + LONG), url="https://[2001:db8::5]/"), Verdict.WARN),
    # RFC 6265bis 5.6.2: a lifetime in zeros before 99 is no removal.
    ("cookies", _facts(("Set-Cookie", "sid=x; Max-Age=" + "0" * 30 + "99")), Verdict.FAIL),
    ("cookies", _facts(("Set-Cookie", "sid=x; Max-Age=" + "0" * 30)), Verdict.NOT_APPLICABLE),
    ("cookies", _facts(("Set-Cookie", "sid=x; Max-Age=-" + "0" * 30 + "7")), Verdict.NOT_APPLICABLE),
    # RFC 9110 5.6.4: what stands in quotes is no directive.
    ("caching", _facts(("Content-Type", "application/json"), ("Cache-Control", 'no-cache="a, no-store, b"'),
                       url="https://partner.example/me"), Verdict.WARN),
    ("caching", _facts(("Content-Type", "application/json"), ("Cache-Control", 'no-cache="a, b",No-Store'),
                       url="https://partner.example/me"), Verdict.PASS),
    # MIME Sniffing 7.1: without a kind, a browser looks for itself.
    ("csp", _facts(body="<script>1</script>"), Verdict.FAIL),
    ("csp", _facts(("Content-Type", "*/*"), body=" \n<!-- x --><p>"), Verdict.FAIL),
    ("csp", _facts(body="<bold>"), Verdict.NOT_APPLICABLE),
    # HTML 4.2.5.3: a tag holds one policy, and only in the head, where scripts run.
    ("csp", _facts(HTML, body="<head><meta http-equiv=content-security-policy content=\"script-src 'self', "
                              "default-src https:; base-uri 'none'\">"), Verdict.FAIL),
    ("csp", _facts(HTML, body=f"<head>{IN_TAG}"), Verdict.PASS),
    ("csp", _facts(HTML, body=f"\ufeff<!doctype html><link href=x><script>a < b</script><title>t</title>{IN_TAG}"),
     Verdict.WARN),
    # CSP3 3.3: a policy in a tag does not bind what stands before it.
    *(("csp", _facts(HTML, body=f"<head>{before}{IN_TAG}"), verdict) for before, verdict in (
        ("<script src=/a.js></script>", Verdict.WARN), ("<script type=module>1</script>", Verdict.WARN),
        ("<script type=importmap>{}</script>", Verdict.WARN),
        ("<script type=application/ld+json>{}</script>", Verdict.PASS),
        ("<template><script>1</script></template>", Verdict.PASS), (f"{IN_TAG}<script>1</script>", Verdict.PASS),
        ("<link rel=stylesheet href=http://a.example/x.css>", Verdict.PASS),
    )),
    ("csp", _facts(HTML, (CSP, NONE), body=f"<head><script>1</script>{IN_TAG}"), Verdict.PASS),
    ("csp", _facts(HTML, (CSP, "default-src https:"), body=f"<head><script>1</script>{IN_TAG}"), Verdict.WARN),
    *(("csp", _facts(HTML, body=before + IN_TAG), Verdict.FAIL) for before in (
        "</br>", "</body>", "<html></html>", "<noscript></template>", "<title></noscript>",
        "<template><title></template>",
        "<!-- a -- >",
    )),
    *(("csp", _facts(HTML, body=f"<head>{before}{IN_TAG}"), Verdict.PASS) for before in (
        "<!-->", "<!--->", "<!-- a --!>", "<!-- a -- > -->", "<title><template></title>", "<template><p></template>",
    )),
    ("csp", _facts(HTML, body=f"<head>{IN_TAG}".replace(f'"{CSP}', f'" {CSP}')), Verdict.FAIL),
    # CSP3 2.2.1: a directive with a letter beyond ASCII is passed over.
    ("csp", _facts(HTML, (CSP, "base-uri 'none'; object-src 'none'; script-src 'self' https://caf\u00e9.example")),
     Verdict.FAIL),
    ("framing", _facts(HTML, (CSP, "frame-ancestors 'self' https://caf\u00e9.example")), Verdict.FAIL),
    # Fetch 2.2.2: a kind that stands for every kind is none.
    ("csp", _facts(("Content-Type", "text/html, */*"), body="hello"), Verdict.FAIL),
    # HTML 4.2.5.1: a referrer policy counts wherever its tag stands, the last of all.
    ("referrer-policy", _facts(HTML, ("Referrer-Policy", "no-referrer"),
                               body="<body><p><meta name=referrer content=unsafe-url>"), Verdict.FAIL),
    ("referrer-policy", _facts(HTML, body="<body><meta name=' referrer' content=no-referrer>"), Verdict.WARN),
    # HTML 4.2.5.3: a tag that sends on works in the body too, and without “url=”.
    *(("url-secrets", _facts(HTML, body=f'<body><meta http-equiv=refresh content="{content}">'), Verdict.FAIL)
      for content in (f"0; url='/x?token={'a1B2' * 8}'", f"0;/x?token={'a1B2' * 8}", f"1, /x?token={'a1B2' * 8}")),
    ("url-secrets", _facts(("Refresh", f"0; /x?token={'a1B2' * 8}")), Verdict.FAIL),
    # A time that is over takes a cookie away only if it was over when the answer was sent.
    ("cookies", _facts(("Set-Cookie", "sid=x; Expires=Wed, 01 Jul 2026 00:00:00 GMT")), Verdict.FAIL),
    *(("cookies", _facts(("Date", date), ("Set-Cookie", "sid=x; Expires=Wed, 01 Jul 2026 00:00:00 GMT")), verdict)
      for date, verdict in (("Wed, 01 Jul 2026 00:00:01 GMT", Verdict.NOT_APPLICABLE),
                            ("Tue, 30 Jun 2026 00:00:00 GMT", Verdict.FAIL), ("Fri, 01 Jan 2100", Verdict.FAIL))),
    ("cookies", _facts(("Set-Cookie", f"a=1; SameSite=Lax; Path=/{'x' * 600}"),
                       ("Set-Cookie", f"a=1; SameSite=Lax; Path=/{'x' * 600}; Secure")), Verdict.FAIL),
    *(("csp", _facts(HTML, body=before + IN_TAG + after), Verdict.FAIL) for before, after in (
        ("<div>", ""), ("<noscript>", "</noscript>"), ("<template>", "</template>"), ("<title>", "</title>"), ("x", ""),
    )),
    # Wildcards before a name under which everybody gets one (the public suffix list).
    *(("csp", _facts(HTML, (CSP, f"{NONE}; script-src 'self' {source}")), verdict) for source, verdict in (
        ("*.co.uk", Verdict.FAIL), ("https://*.github.io:443/x.js", Verdict.FAIL), ("*.partner.co.uk", Verdict.PASS),
        ("cdn.github.io", Verdict.PASS),
    )),
    ("framing", _facts(HTML, (CSP, "frame-ancestors https://*.github.io")), Verdict.FAIL),
    # Places where anybody publishes scripts, by name, by wildcard and by path.
    *(("csp", _facts(HTML, (CSP, f"{NONE}; script-src 'self' {source}")), verdict) for source, verdict in (
        ("*.cloudflare.com", Verdict.WARN), ("https://*.amazonaws.com", Verdict.WARN),
        ("https://cdn.jsdelivr.net/npm/", Verdict.WARN), ("https://storage.googleapis.com:443", Verdict.WARN),
        ("https://cdn.jsdelivr.net/npm/vue@3.4.1/dist/vue.js", Verdict.PASS), ("*.jsdelivr.example", Verdict.PASS),
    )),
    *(("csp", _facts(HTML, (CSP, f"{NONE}; script-src 'nonce-{nonce}' 'unsafe-inline'")), verdict)
      for nonce, verdict in (("1234567", Verdict.WARN), ("12345678", Verdict.PASS), ("", Verdict.FAIL))),
    # A limiter that answers in place of the service says nothing of it, not even that nothing is asked of it.
    *((name, _facts(HTML, status=status, body="<html>"), Verdict.UNKNOWN) for status in (429, 503)
      for name in ("csp", "framing", "cookies", "caching", "hsts", "disclosure")),
    ("cookies", _facts(("Set-Cookie", "__Host-wordpress_logged_in_1=a; Secure; SameSite=Lax; Path=/")), Verdict.FAIL),
    ("cookies", _facts(("Set-Cookie", "__Host-.AspNetCore.Cookies=a; Secure; SameSite=Lax; Path=/")), Verdict.FAIL),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text", "wanted"), TRICKS)
def test_tricks_against_the_letter_of_the_standards(name: str, text: str, wanted: Verdict) -> None:
    assert _judge(name, text) == [wanted]


def test_a_nonce_that_comes_twice_is_none() -> None:
    def page(path: str, nonce: str) -> Visit:
        policy = f"{NONE}; script-src 'nonce-{nonce}' 'unsafe-inline'"
        headers = (("Content-Type", "text/html"), (CSP, policy))
        return Visit(PATH, path, (Answer(f"https://a.example{path}", 200, headers, "<html>", 6),))

    def verdict(*visits: Visit) -> Verdict:
        return judge(csp.CHECK, Host("a.example"), Facts({HttpsAnswers: HttpsAnswers(visits)}), AT).verdict

    assert verdict(page("/", "q8Zp2mXc"), page("/a", "q8Zp2mXc")) is Verdict.WARN
    assert verdict(page("/", "q8Zp2mXc"), page("/a", "Q8Zp2mXc")) is Verdict.PASS


def test_cors_depends_on_who_asked() -> None:
    allow, credentials = "Access-Control-Allow-Origin", ("Access-Control-Allow-Credentials", "true")

    def cors(*headers: tuple[str, str], origin: str | None = "https://evil.example", status: int = 200) -> Verdict:
        facts = json.loads(_facts(*headers, status=status))
        return _judge("HDR-06", json.dumps({**facts, **({"origin": origin} if origin is not None else {})}))[0]

    assert cors() is Verdict.PASS
    for told in (None, "", "https://partner.example", "https://www.partner.example:8443", "evil", "*", "http://", "/"):
        # Whoever opens to every site may say so only when a foreign one asks.
        assert cors(origin=told) is Verdict.UNKNOWN, told
        assert cors((allow, "*"), origin=told) is Verdict.UNKNOWN, told
        assert cors((allow, told or "https://app.example"), credentials, origin=told) is Verdict.UNKNOWN, told
    assert cors(origin="null") is cors(origin="https://a.invalid") is Verdict.PASS
    assert cors((allow, "https://a.invalid"), credentials, origin="https://a.invalid") is Verdict.FAIL
    assert cors((allow, "https://evil.example"), credentials) is Verdict.FAIL
    assert cors((allow, "https://evil.example")) is Verdict.PASS
    assert cors((allow, "https://evil.example"), status=401) is Verdict.WARN
    assert cors((allow, "https://app.example"), credentials) is Verdict.PASS
    assert cors((allow, "null"), credentials) is Verdict.FAIL
    assert cors((allow, "null"), credentials, origin=None) is Verdict.FAIL
    assert cors((allow, "*"), credentials) is Verdict.PASS
    assert cors((allow, "https://evil.example"), (allow, "https://evil.example"), credentials) is Verdict.PASS
    assert cors((allow, "https://evil.example"), ("Access-Control-Allow-Credentials", "True")) is Verdict.PASS


def test_names_of_checks_in_every_spelling() -> None:
    for name in ("HSTS-01", "chk-hsts", "hsts", "HSTS", "hsts.py", " hsts "):
        assert find(name) is find("hsts"), name
    assert find("content_type_options") is find("HDR-02")
    assert find("tls_versions.py") is find("TLS-01")
    assert find("") is None
    assert find("hst") is None
    names = [name for check in CHECKS for name in {check.id, *(alias.lower() for alias in check.aliases)}]
    assert len(names) == len(set(names))


def test_line_separators_inside_strings_do_not_end_a_line() -> None:
    line = _facts(("Strict-Transport-Security", "max-age=1"), body="a\u2028b\x85c").replace("\\u2028", "\u2028")
    assert "\u2028" in line
    assert _judge("hsts", f"{line}\r\n{line}") == [Verdict.FAIL] * 2


BROKEN = (
    *(
        "",
        " ",
        "nonsense",
        "[]",
        "{}",
        "[1]",
        "1",
        "null",
        '{"url":"x"}',
        '{"url":"ftp://a/","status":200,"headers":[]}',
    ),
    *('{"url":"https://a/","status":"200","headers":[]}', '{"url":"https://a/","status":99,"headers":[]}'),
    *('{"url":"https://a/","status":true,"headers":[]}', '{"url":"https://a/","status":200}'),
    *('{"url":"https://a/","status":200,"headers":[["a"]]}', '{"url":"https://a/","status":200,"headers":[["a",1]]}'),
    *('{"url":"https://a/","status":200,"headers":[],"body":1}', "[" * 100_000, '{"format":"attestry-look/9"}'),
    '{"url":"https://a:99999/","status":200,"headers":[]}',
    '{"url":"https://a/","status":200,"headers":[],"origin":1}',
    '{"url":"https://a/","status":1e2,"headers":[]}',
    '{"url":"https://a b/","status":200,"headers":[]}',
    '{"url":"https://a\\u0000b/","status":200,"headers":[]}',
)


@pytest.mark.parametrize("text", BROKEN, ids=lambda text: text[:40])
def test_no_facts_get_a_sentence(text: str) -> None:
    with pytest.raises(Mistake) as mistake:
        _judge("hsts", text)
    assert str(mistake.value).endswith((".", "…"))


def test_what_needs_a_look_says_so() -> None:
    with pytest.raises(UnreadableFacts, match="tls-versions"):
        _judge("tls-versions", _facts())


@given(st.text(max_size=200))
def test_any_text_is_judged_or_refused(text: str) -> None:
    for check in CHECKS:
        with suppress(Mistake):
            judge_recorded(check, text, AT)
