"""What a code host shows is judged: silence, an old run, or half a list is never support."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from wizard.checks.host_posture import HOST_CHECKS
from wizard.checks.hosting.posture import (
    AlertKind,
    Alerts,
    NotShown,
    Pipeline,
    Posture,
    Protection,
    Run,
    Update,
)
from wizard.domain.observation import Level, Verdict
from wizard.domain.vulnerability import Rating
from wizard.session.deeds.hosting import Known, calls, known_as

TODAY = date(2026, 11, 23)
FILE = ".github/workflows/scan.yml"


def run(month, day, file=FILE, succeeded=True):
    return Run("scan", datetime(2026, month, day, tzinfo=UTC), succeeded, file)


GOOD = Posture(
    host="github",
    repository="northwind/sync",
    branch="main",
    private=True,
    alerts=tuple(Alerts(kind, 0) for kind in AlertKind),
    secret_scanning=True,
    push_protection=True,
    protection=Protection(True),
    updates=(),
    pipelines=(Pipeline(FILE, ("schedule",), ("Trivy",)),),
    runs=(run(11, 1), run(11, 15)),
    not_shown=(),
)


def verdicts(posture):
    return {each.check.id: each.judge(posture, TODAY).verdict for each in HOST_CHECKS}


def test_a_good_host_supports_everything():
    assert set(verdicts(GOOD).values()) == {Verdict.PASS}


def with_alerts(kind, **changed):
    return replace(GOOD, alerts=tuple(replace(a, **changed) if a.kind is kind else a for a in GOOD.alerts))


@pytest.mark.parametrize(
    ("check", "posture", "verdict"),
    [
        ("host-secrets", with_alerts(AlertKind.SECRETS, open=1, ratings=((Rating.CRITICAL, 1),)), Verdict.FAIL),
        ("host-secrets", with_alerts(AlertKind.SECRETS, open=None, because="no"), Verdict.UNKNOWN),
        ("host-secrets", replace(GOOD, secret_scanning=False), Verdict.UNKNOWN),
        ("host-secrets", replace(GOOD, alerts=()), Verdict.UNKNOWN),
        ("push-protection", replace(GOOD, push_protection=False), Verdict.FAIL),
        ("push-protection", replace(GOOD, push_protection=None), Verdict.UNKNOWN),
        ("host-libraries", with_alerts(AlertKind.DEPENDENCIES, open=2, ratings=((Rating.HIGH, 2),)), Verdict.FAIL),
        ("host-libraries", with_alerts(AlertKind.DEPENDENCIES, open=2, ratings=((Rating.LOW, 2),)), Verdict.WARN),
        (
            "host-libraries",
            with_alerts(AlertKind.DEPENDENCIES, open=1, ratings=((Rating.UNKNOWN, 1),)),
            Verdict.UNKNOWN,
        ),
        ("host-libraries", with_alerts(AlertKind.DEPENDENCIES, whole=False), Verdict.UNKNOWN),
        ("host-code", replace(GOOD, runs=(run(10, 1, ""), run(11, 1, ""))), Verdict.PASS),
        ("host-code", replace(GOOD, runs=(run(10, 1, ""), run(11, 1, "", succeeded=False))), Verdict.WARN),
        ("host-code", with_alerts(AlertKind.CODE, open=1, ratings=((Rating.CRITICAL, 1),)), Verdict.FAIL),
        ("host-scans", replace(GOOD, pipelines=()), Verdict.UNKNOWN),
        ("host-scans", replace(GOOD, pipelines=(Pipeline(FILE, (), ("CodeQL",)),)), Verdict.UNKNOWN),
        ("host-scans", replace(GOOD, runs=(run(11, 15),)), Verdict.UNKNOWN),
        ("host-scans", replace(GOOD, runs=(run(11, 15), run(11, 15))), Verdict.UNKNOWN),
        ("host-scans", replace(GOOD, runs=(run(11, 1, "other.yml"), run(11, 15))), Verdict.UNKNOWN),
        ("host-scans", replace(GOOD, runs=(run(11, 1, succeeded=False), run(11, 15))), Verdict.UNKNOWN),
        ("host-scans", replace(GOOD, runs=(run(10, 1), run(11, 15))), Verdict.UNKNOWN),
        ("host-scans", replace(GOOD, runs=(run(9, 20), run(10, 1))), Verdict.UNKNOWN),
        ("host-scans", replace(GOOD, runs=(run(11, 1), run(12, 20))), Verdict.UNKNOWN),
        (
            "host-scans",
            replace(
                GOOD,
                pipelines=(),
                updates=(Update("npm", "/", "weekly"),),
                runs=(run(11, 1, "dynamic/dependabot/dependabot-updates"), run(11, 8, "dynamic/dependabot/update")),
            ),
            Verdict.PASS,
        ),
        ("host-scans", replace(GOOD, pipelines=(), updates=(Update("npm", "/", "weekly"),)), Verdict.UNKNOWN),
    ],
)
def test_each_fault_of_a_host_shows(check, posture, verdict):
    assert verdicts(posture)[check] is verdict
    said = next(each.judge for each in HOST_CHECKS if each.check.id == check)(posture, TODAY)
    assert said.next_step or verdict is not Verdict.UNKNOWN


def test_files_that_were_not_shown_are_not_called_absent():
    hidden = replace(GOOD, pipelines=(), not_shown=(NotShown("workflows", "no"),))
    judge = next(each.judge for each in HOST_CHECKS if each.check.id == "host-scans")
    assert "did not show" in judge(hidden, TODAY).summary


def test_only_push_protection_is_advice():
    assert {each.check.id for each in HOST_CHECKS if each.check.level is not Level.MUST} == {"push-protection"}


@pytest.mark.parametrize(
    ("repository", "known"),
    [
        ("https://github.com/northwind/sync", Known("github", "northwind/sync")),
        ("github.com/northwind/sync.git", Known("github", "northwind/sync")),
        ("git@bitbucket.org:north-wind/sync.app.git", Known("bitbucket", "north-wind/sync.app")),
        ("ssh://git@github.com/northwind/sync/", Known("github", "northwind/sync")),
        ("https://github.com.evil.example/northwind/sync", None),
        ("https://evilgithub.com/northwind/sync", None),
        ("https://gitlab.com/northwind/sync", None),
        ("", None),
    ],
)
def test_what_a_repository_is_called_at_its_host(repository, known):
    assert known_as(repository) == known


def test_the_requests_are_known_before_any_is_made():
    for host in ("github", "bitbucket"):
        listed = calls(host, "northwind/sync")
        assert len(listed) > 5
        assert all(each.startswith("GET https://api.") for each in listed)
