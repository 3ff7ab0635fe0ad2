"""Secrets in texts of others are masked whatever they are called; what is no secret stays readable."""

import pytest

from wizard.importers.draft import clip
from wizard.importers.fields import cwes, moment, names, package, plain
from wizard.importers.masking import mask, masked


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("key AKIAQ3EGRZ7PLM2XK4ND here", "AKIAQ3EGRZ7PLM2XK4ND"),
        ("token ghp_Vr3kLx92mQpT7ZsWb8nYc4DfGh1JkEu0RaXi", "Vr3kLx92mQpT7ZsWb8nYc4DfGh1JkEu0RaXi"),
        ("https://user:pa55w0rd@db.example.test/x", "pa55w0rd"),
        ("GET / HTTP/1.1\nCookie: session=abc123; other=def456\nHost: x", "def456"),
        ("Authorization: Bearer abcdef.ghijkl", "abcdef"),
        ("password = 'correct horse'", "horse"),
        ("client_secret => zyxwvutsrq", "zyxwvutsrq"),
        ('{"api_key": "0123456789abcdef"}', "0123456789abcdef"),
        ("https://x.example.test/?q=1&access_token=zyxwvut&r=2", "zyxwvut"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKC", "MIIEpAIBAAKC"),
        ("jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abcDEF_123", "eyJzdWIiOiIxMjM0In0"),
    ],
)
def test_a_secret_is_masked(text, secret):
    assert secret not in masked(text)


@pytest.mark.parametrize(
    "text",
    [
        "The password policy is weak.",
        "CVE-2021-44228 in log4j-core 2.13.2",
        "https://app.example.test/login?next=/home",
        "Use of insecure MD5 hash function",
        "pkg:npm/%40scope/name@1.2.3",
    ],
)
def test_what_is_no_secret_stays(text):
    assert masked(text) == text


def test_a_mask_shows_little():
    assert mask("short") == "… (5)"
    assert mask("AKIAQ3EGRZ7PLM2XK4ND") == "AKIA… (20)"


def test_a_secret_at_the_edge_of_a_cut_is_masked_before_it():
    text = "x" * 280 + " ghp_Vr3kLx92mQpT7ZsWb8nYc4DfGh1JkEu0RaXi and more"
    assert "ghp_Vr" not in clip(text)
    assert len(clip("x" * 1000)) == 300


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2024-02-06T10:00:00Z", "2024-02-06T10:00:00+00:00"),
        ("2016-11-05T14:52:15.748-0400", "2016-11-05T18:52:15.748000+00:00"),
        ("2024-02-06T10:00:00.123456789+01:00", "2024-02-06T09:00:00.123456+00:00"),
        ("Fri, 18 Jun 2021 09:21:51", "2021-06-18T09:21:51+00:00"),
        ("Tue Feb 06 10:00:00 EST 2024", "2024-02-06T15:00:00+00:00"),
        ("2024-02-06 10:00:00 UTC", "2024-02-06T10:00:00+00:00"),
        ("2021-09-16 19:25:23 +0200", "2021-09-16T17:25:23+00:00"),
        ("1707213600", "2024-02-06T10:00:00+00:00"),
        ("1707213600000", "2024-02-06T10:00:00+00:00"),
    ],
)
def test_times_of_every_tool_are_read(written, read):
    found = moment(written)
    assert found is not None
    assert found.isoformat() == read


@pytest.mark.parametrize(
    "written", ["", "soon", "2024-13-45", "99999999999999999999", "Fri, 99 Foo 2021", "0000-00-00"]
)
def test_what_is_no_time_is_none(written):
    assert moment(written) is None


def test_small_things_are_read_as_meant():
    assert cwes("CWE-79: XSS", 89, "22", "external/cwe/cwe-078", True, None, "CWE-79") == (79, 89, 22, 78)
    assert names("CVE-2021-1234", "cve-2021-1234 GHSA-2gwj-7jmv-h26r", "x") == ("GHSA-2gwj-7jmv-h26r",)
    assert plain("<p>A &amp; B</p><br/>\n  a < b") == "A & B a < b"
    assert package("Go", "m", "v1").ecosystem == "golang"
    assert package("", "") is None
