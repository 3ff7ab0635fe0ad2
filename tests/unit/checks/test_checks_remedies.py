"""The snippets: each family of servers gets its own, is told by its own hints, and never gets another's."""

from __future__ import annotations

import pytest

from wizard.checks import remedies

#: How each family gives itself away, and a word of its own in the snippet for a header, the redirect and cookies.
FAMILIES: dict[str, tuple[tuple[tuple[str, str], ...], tuple[str, str, str]]] = {
    "nginx": ((("Server", "nginx/1.25"),), ("add_header", "return 301", "proxy_cookie_flags")),
    "apache": ((("Server", "Apache/2.4.57 (Debian)"),), ("Header always set", "Redirect permanent", "Header always")),
    "caddy": ((("Via", "1.1 Caddy"),), ("header X-A", "{ … }", "header >Set-Cookie")),
    "iis": ((("server", "Microsoft-IIS/10.0"),), ("customHeaders", "<rule", "httpCookies")),
    "cloudflare": ((("Server", "cloudflare"),), ("Transform Rules", "Always Use HTTPS", "Cloudflare passes")),
    "express": ((("X-Powered-By", "Express"),), ("res.setHeader", "res.redirect", "res.cookie")),
    "django": ((("Server", "gunicorn"),), ("MIDDLEWARE", "SECURE_SSL_REDIRECT", "SESSION_COOKIE_SECURE")),
    "rails": ((("X-Powered-By", "Phusion Passenger 6"),), ("action_dispatch", "force_ssl", "session_store")),
}


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_gets_its_own_lines(family: str) -> None:
    hints, words = FAMILIES[family]
    assert remedies.family(hints) == family
    said = (
        remedies.header(family, "X-A", "1"),
        remedies.to_https(family, "app.example"),
        remedies.cookies(family),
    )
    for text, word in zip(said, words, strict=True):
        assert word in text
    others = [word for name, (_hints, own) in FAMILIES.items() if name != family for word in own if word not in words]
    lines = [line.strip() for text in said for line in text.splitlines()]
    assert not [word for word in others if any(line.startswith(word) for line in lines)]


@pytest.mark.parametrize("family", FAMILIES)
def test_no_framework_gets_the_lines_of_another_server(family: str) -> None:
    """Whoever shows its own name ends TLS itself."""
    said = (
        remedies.tls_versions(family),
        remedies.strong_suites(family),
        remedies.header(family, "Strict-Transport-Security", "max-age=31536000"),
        remedies.header(family, "X-Content-Type-Options", "nosniff"),
        remedies.header(family, "Referrer-Policy", "strict-origin-when-cross-origin"),
    )
    for text in said:
        assert ("ssl_protocols" in text or "ssl_ciphers" in text or "add_header" in text) == (family == "nginx")
        assert text.count("{") == text.count("}")
        assert "{{" not in text


def test_settings_of_a_framework_come_before_code() -> None:
    assert (
        remedies.header("django", "Strict-Transport-Security", "max-age=31536000") == "SECURE_HSTS_SECONDS = 31536000"
    )
    assert remedies.header("django", "Referrer-Policy", "same-origin") == 'SECURE_REFERRER_POLICY = "same-origin"'
    assert "MIDDLEWARE" in remedies.header("django", "Content-Security-Policy", "default-src 'self'")
    assert remedies.header("rails", "Strict-Transport-Security", "x") == (
        "config.force_ssl = true\nconfig.ssl_options = { hsts: { expires: 1.year } }"
    )
    # a cookie of a program stands in another table than one that is passed on
    assert [line.split()[:2] for line in remedies.cookies("apache").splitlines()] == [
        ["Header", "edit"], ["Header", "always"],
    ]  # fmt: skip


def test_frameworks_behind_a_silent_server_are_told_by_what_only_they_send() -> None:
    assert remedies.family((("Set-Cookie", "csrftoken=x; Path=/"),)) == "django"
    assert remedies.family((("X-Runtime", "0.01"),)) == "rails"
    assert remedies.family((("Server", "nginx"), ("X-Runtime", "0.01"))) == "nginx"
    assert remedies.family((("Content-Type", "text/html"),)) == ""
    assert remedies.family(()) == ""


def test_a_value_with_quotes_stays_one_value() -> None:
    assert remedies.header("nginx", "X-A", 'a"b') == 'add_header X-A "a\\"b" always;'
    assert "&quot;" in remedies.header("iis", "X-A", 'a"b')
