"""Versions are compared by the rules of their ecosystem; what cannot be compared is never "not affected"."""

import pytest

from wizard.checks.dependencies.advisory import Advisory
from wizard.checks.dependencies.dependency import Dependency, Ecosystem
from wizard.checks.dependencies.versions import NotComparable, compare

#: For each ecosystem, versions in rising order.
RISING = {
    Ecosystem.NPM: ["1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-rc.2", "1.0.0-rc.11", "1.0.0", "1.10.0"],
    Ecosystem.GO: ["0.0.0-20200101000000-aaaaaaaaaaaa", "0.1.0", "1.2.3", "v1.2.4"],
    Ecosystem.PYPI: ["1.0.dev1", "1.0a1", "1.0rc1", "1.0", "1.0.post1", "1.1", "1!0.1"],
    Ecosystem.MAVEN: ["1.0-alpha-1", "1.0-beta-1", "1.0-rc1", "1.0-SNAPSHOT", "1.0.RELEASE", "1.0-sp", "1.0.1"],
    Ecosystem.NUGET: ["1.0.0-beta", "1.0.0", "1.0.0.1", "1.10"],
    Ecosystem.RUBYGEMS: ["1.0.a", "1.0.rc1", "1.0", "1.0.1", "1.10"],
    Ecosystem.CRAN: ["0.9-1", "0.9.2", "1.0", "1.0-1"],
    Ecosystem.HACKAGE: ["0.9", "1.0", "1.0.0", "1.10"],
    Ecosystem.PUB: ["1.0.0-dev", "1.0.0", "1.0.0+1", "1.0.0+2", "1.0.1"],
    Ecosystem.PACKAGIST: [
        "1.0.0-dev",
        "1.0.0-alpha1",
        "1.0.0-beta2",
        "1.0.0-beta10",
        "1.0.0-RC1",
        "v1.0.0",
        "1.0.0.1",
        "1.0.1-p1",
        "1.0.2",
        "1.10.0",
        "20200101",
    ],
}
EQUAL = [
    (Ecosystem.MAVEN, "1.0.RELEASE", "1.0"),
    (Ecosystem.PYPI, "1.0", "1.0.0"),
    (Ecosystem.NUGET, "1.0", "1.0.0.0"),
    (Ecosystem.PACKAGIST, "v1.0", "1.0.0.0"),
    (Ecosystem.PACKAGIST, "1.0.0-b2", "1.0.0beta2"),
    (Ecosystem.NPM, "1.0.0+a", "1.0.0+b"),
    (Ecosystem.CRAN, "1.2-3", "1.2.3"),
]


@pytest.mark.parametrize("ecosystem", RISING)
def test_versions_stand_in_the_order_of_their_ecosystem(ecosystem):
    rising = RISING[ecosystem]
    for low, one in enumerate(rising):
        for high, other in enumerate(rising):
            assert compare(ecosystem, one, other) == (low > high) - (low < high), (one, other)


@pytest.mark.parametrize(("ecosystem", "one", "other"), EQUAL)
def test_two_spellings_of_one_version(ecosystem, one, other):
    assert compare(ecosystem, one, other) == 0


@pytest.mark.parametrize(
    ("ecosystem", "version"),
    [
        (Ecosystem.NPM, "latest"),
        (Ecosystem.NPM, "1.2.3.4"),
        (Ecosystem.PYPI, "2004d-final-x"),
        (Ecosystem.PACKAGIST, "dev-main"),
        (Ecosystem.NUGET, "abc"),
        (Ecosystem.GO, ""),
        (Ecosystem.NPM, "1." * 500),
    ],
)
def test_what_is_no_version_is_said(ecosystem, version):
    with pytest.raises(NotComparable):
        compare(ecosystem, version, "1.0.0")


def affects(version, events=None, versions=(), ecosystem="npm", kind="SEMVER"):
    affected = {"package": {"ecosystem": ecosystem, "name": "x"}, "versions": list(versions)}
    if events is not None:
        affected["ranges"] = [{"type": kind, "events": events}]
    record = Advisory.read({"id": "X-1", "affected": [affected]})
    return record.affects(Dependency(Ecosystem(ecosystem), "x", version))


@pytest.mark.parametrize(
    ("version", "events", "expected"),
    [
        ("1.0.0", [{"introduced": "0"}], True),
        ("1.0.0", [{"introduced": "0"}, {"fixed": "1.0.0"}], False),
        ("0.9.0", [{"introduced": "0"}, {"fixed": "1.0.0"}], True),
        ("1.0.0", [{"introduced": "0"}, {"last_affected": "1.0.0"}], True),
        ("1.0.1", [{"introduced": "0"}, {"last_affected": "1.0.0"}], False),
        ("2.5.0", [{"fixed": "3.0.0"}, {"introduced": "2.0.0"}, {"fixed": "1.5.0"}, {"introduced": "1.0.0"}], True),
        ("1.7.0", [{"fixed": "3.0.0"}, {"introduced": "2.0.0"}, {"fixed": "1.5.0"}, {"introduced": "1.0.0"}], False),
        ("1.0.0-rc.1", [{"introduced": "0"}, {"fixed": "1.0.0"}], True),
        ("2.0.0", [{"introduced": "1.0.0"}, {"limit": "2.0.0"}], False),
        ("latest", [{"introduced": "1.0.0"}], None),
        ("1.0.0", [{"introduced": "1.0.0"}, {"fixed": "no version"}], None),
        ("1.0.0", [], None),
    ],
)
def test_ranges_as_the_schema_says(version, events, expected):
    assert affects(version, events) is expected


def test_lists_of_versions_commits_and_nothing():
    assert affects("1.0.0", versions=["1.0.0"]) is True
    assert affects("1.0", versions=["1.0.0"], ecosystem="PyPI") is True
    assert affects("1.1.0", versions=["1.0.0"]) is False
    assert affects("odd", versions=["1.0.0"]) is None
    assert affects("1.0.0", [{"introduced": "0"}], kind="GIT") is None
    assert affects("1.0.0") is None
