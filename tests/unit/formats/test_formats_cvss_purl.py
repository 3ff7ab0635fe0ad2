"""Scores follow from vectors as FIRST's examples say; package URLs name packages as their ecosystems do."""

import pytest

from wizard.formats import cvss, purl


@pytest.mark.parametrize(
    ("vector", "version", "score"),
    [
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", "3.1", 10.0),
        ("CVSS:3.0/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", "3.0", 6.1),
        ("AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "3.1", 9.8),
        ("AV:N/AC:M/Au:N/C:C/I:C/A:C", "2.0", 9.3),
        ("(AV:L/AC:L/Au:N/C:N/I:N/A:P)", "2.0", 2.1),
        ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H", "4.0", 10.0),
        ("CVSS:3.1/AV:P/AC:H/PR:H/UI:R/S:U/C:N/I:N/A:N", "3.1", 0.0),
    ],
)
def test_a_score_follows_from_its_vector(vector, version, score):
    found = cvss.score(vector)
    assert found is not None
    assert (found.version, found.score) == (version, score)


@pytest.mark.parametrize(
    "text", ["", "x", "CVSS:3.1/", "CVSS:9.9/AV:N", "CVSS:3.1/AV:N", "AV:X/AC:L/Au:N", "é" * 9, "A" * 9999]
)
def test_what_is_no_vector_has_no_score(text):
    assert cvss.score(text) is None


@pytest.mark.parametrize(
    ("score", "band"),
    [
        (10, "critical"),
        (9, "critical"),
        (8.9, "high"),
        (7, "high"),
        (6.9, "medium"),
        (4, "medium"),
        (0.1, "low"),
        (0, "info"),
    ],
)
def test_bands_are_those_of_the_standard(score, band):
    assert cvss.band(score) == band


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("pkg:npm/%40angular/core@12.3.1?x=y#z", ("npm", "@angular/core", "12.3.1")),
        ("pkg:npm/@scope/name", ("npm", "@scope/name", "")),
        ("pkg:maven/org.apache/log4j@2.0", ("maven", "org.apache:log4j", "2.0")),
        ("pkg:golang/github.com/a/b@v1", ("golang", "github.com/a/b", "v1")),
        ("pkg:pypi/django@3", ("pypi", "django", "3")),
        ("PKG:PyPI/Django", ("pypi", "Django", "")),
    ],
)
def test_a_package_url_names_a_package(text, expected):
    found = purl.parse(text)
    assert found is not None
    assert (found.type, found.name, found.version) == expected


@pytest.mark.parametrize("text", ["", "npm/x", "pkg:", "pkg:npm", "pkg:npm/", "pkg:/x@1"])
def test_what_is_none_names_none(text):
    assert purl.parse(text) is None
