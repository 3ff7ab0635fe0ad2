"""Code hosts are asked with requests that only read; what they do not show is unknown, never fine."""

import asyncio
import json
from datetime import UTC, date, datetime

import pytest
from host_server import BITBUCKET, GITHUB, B, R, serving

from wizard.checks.host_posture import HOST_CHECKS
from wizard.checks.hosting.asking import HostSettings, NotAsked, look, look_at_export
from wizard.checks.hosting.bitbucket import Bitbucket
from wizard.checks.hosting.github import GitHub
from wizard.checks.hosting.posture import AlertKind, Protection, Update
from wizard.domain.observation import Verdict
from wizard.domain.vulnerability import Rating

TOKEN = "token-of-a-test"
NAME = "northwind/sync"


def ask(adapter, served, name=NAME, token=TOKEN):
    return asyncio.run(look(adapter, name, token, HostSettings(api=served.url, read=2, pause=0.01)))


def alerts(posture, kind):
    return next(each for each in posture.alerts if each.kind is kind)


def check_github(posture):
    assert (posture.branch, posture.private) == ("main", True)
    assert (posture.secret_scanning, posture.push_protection) == (True, False)
    found = alerts(posture, AlertKind.DEPENDENCIES)
    assert (found.open, dict(found.ratings)) == (3, {Rating.CRITICAL: 1, Rating.HIGH: 1, Rating.LOW: 1})
    assert found.oldest == datetime(2026, 11, 2, 8, tzinfo=UTC)
    assert alerts(posture, AlertKind.CODE).open == 0
    assert alerts(posture, AlertKind.SECRETS).open is None
    assert posture.protection == Protection(True, 2, ("build",), True, True)
    assert posture.updates == (Update("npm", "/", "weekly"),)
    (pipeline,) = posture.pipelines
    assert (pipeline.triggers, pipeline.scanners) == (("schedule", "push"), ("CodeQL", "npm audit"))
    assert posture.longest_gap("scan") == 20
    assert [each.call for each in posture.not_shown] == ["secret-scanning-alerts"]


def test_github_as_its_interface_says():
    with serving(GITHUB) as served:
        posture = ask(GitHub(), served)
    check_github(posture)
    assert posture.shows_anything
    assert {method for method, _path, _token in served.asked} == {"GET"}
    assert {token for _method, _path, token in served.asked} == {f"Bearer {TOKEN}"}
    assert posture.calls == tuple(f"GET {path}" for _method, path, _token in served.asked)
    assert "hide_secret=true" in str(posture.calls)


def test_bitbucket_as_its_interface_says():
    with serving(BITBUCKET) as served:
        posture = ask(Bitbucket(), served)
    found = alerts(posture, AlertKind.CODE)
    assert (found.open, dict(found.ratings)) == (2, {Rating.HIGH: 1, Rating.LOW: 1})
    assert alerts(posture, AlertKind.SECRETS).open is None
    assert (posture.protection.protected, posture.protection.reviews) == (True, 1)
    assert posture.protection.force_push_blocked
    assert posture.pipelines[0].scanners == ("Snyk",)
    assert [(run.name, run.succeeded) for run in posture.runs] == [("default", True)]
    assert {method for method, _path, _token in served.asked} == {"GET"}
    assert posture.push_protection is None


def test_the_same_from_exported_files(tmp_path):
    names = {
        "repository": R,
        "dependabot-alerts": f"{R}/dependabot/alerts",
        "code-scanning-alerts": f"{R}/code-scanning/alerts",
        "branch-protection": f"{R}/branches/main/protection",
        "branch-rules": f"{R}/rules/branches/main",
        "dependabot-config": f"{R}/contents/.github/dependabot.yml",
        "workflows": f"{R}/contents/.github/workflows",
        "workflow_.github_workflows_scan.yml": f"{R}/contents/.github/workflows/scan.yml",
        "analyses": f"{R}/code-scanning/analyses",
        "runs": f"{R}/actions/runs",
    }
    for name, path in names.items():
        answer = GITHUB[path]
        pages = answer if isinstance(answer, list) else [answer]
        (tmp_path / f"{name}.json").write_text("\n".join(json.dumps(page) for page in pages))
    check_github(look_at_export(GitHub(), NAME, tmp_path))
    (tmp_path / "dependabot-alerts.json").write_text("<html>")
    assert alerts(look_at_export(GitHub(), NAME, tmp_path), AlertKind.DEPENDENCIES).open is None


@pytest.mark.parametrize("fault", ["portal", "redirect", "token", "limit", "down", "elsewhere"])
@pytest.mark.parametrize("adapter", [GitHub(), Bitbucket()], ids=["github", "bitbucket"])
def test_nothing_is_concluded_from_no_answer(adapter, fault):
    with serving(GITHUB | BITBUCKET) as served:
        served.fault = fault
        posture = ask(adapter, served)
    assert all(each.open is None for each in posture.alerts)
    assert posture.protection.protected is None
    assert (posture.push_protection, posture.updates, posture.pipelines) == (None, None, ())
    assert posture.not_shown
    assert not posture.shows_anything


def test_nobody_there():
    with serving({}) as served:
        gone = served.url
    served.url = gone
    posture = ask(GitHub(), served)
    assert posture.not_shown[0].call == "repository"
    assert all("could not be reached" in each.because for each in posture.alerts)
    scans = next(each for each in HOST_CHECKS if each.check.id == "host-scans")
    judgement = scans.judge(posture, date(2026, 11, 23))
    assert judgement.verdict is Verdict.UNKNOWN
    assert "did not show" in judgement.summary, "nobody could look whether a file configures a scan"


@pytest.mark.slow
def test_an_unprotected_branch_is_seen():
    with serving(
        {k: v for k, v in GITHUB.items() if "protection" not in k} | {f"{R}/rules/branches/main": [[]]}
    ) as served:
        assert ask(GitHub(), served).protection == Protection(False)
    assert B in BITBUCKET


@pytest.mark.parametrize("name", ["", "a", "a/b/c", "../x", "a/..", "a/b?c", "a b/c"])
def test_only_a_repository_is_asked_about(name):
    with serving({}) as served, pytest.raises(NotAsked):
        ask(GitHub(), served, name=name)
    assert served.asked == []


@pytest.mark.parametrize("token", ["", "two words", "line\nbreak", "ümlaut"])
def test_a_broken_token_is_not_sent(token):
    with serving({}) as served, pytest.raises(NotAsked) as mistake:
        ask(GitHub(), served, token=token)
    assert token == "" or token not in str(mistake.value)


def test_a_token_never_goes_in_the_clear():
    with pytest.raises(NotAsked):
        asyncio.run(look(GitHub(), NAME, TOKEN, HostSettings(api="http://api.example")))


@pytest.mark.parametrize("alerts", [[{"number": 1, "severity": "high"}], ["x"], [{"state": "fixed"}, {"number": 2}]])
def test_alerts_of_which_nobody_knows_whether_they_are_open_are_not_none(tmp_path, alerts):
    (tmp_path / "repository.json").write_text('{"default_branch": "main"}')
    for name in ("dependabot-alerts", "code-scanning-alerts", "secret-scanning-alerts"):
        (tmp_path / f"{name}.json").write_text(json.dumps(alerts))
    posture = look_at_export(GitHub(), NAME, tmp_path)
    assert [each.open for each in posture.alerts] == [None, None, None]
    assert "whether it is open" in posture.alerts[0].because


@pytest.mark.parametrize(
    ("reports", "verdict"),
    [
        ([{"result": "PASSED"}], Verdict.PASS),
        ([{"result": "FAILED"}], Verdict.UNKNOWN),  # it says that something is bad, and not what
        ([{"result": "PASSED"}, {"result": "PENDING"}], Verdict.UNKNOWN),
        ([{"result": "PASSED"}] * 21, Verdict.UNKNOWN),  # more than are read
    ],
)
def test_a_report_that_failed_without_a_word_is_no_pass(tmp_path, reports, verdict):
    (tmp_path / "repository.json").write_text('{"mainbranch": {"name": "main"}}')
    (tmp_path / "branch.json").write_text('{"target": {"hash": "c0ffee"}}')
    listed = [{"report_type": "SECURITY", "uuid": f"u{n}"} | each for n, each in enumerate(reports)]
    (tmp_path / "reports.json").write_text(json.dumps({"values": listed}))
    for n in range(len(reports)):
        (tmp_path / f"annotations_u{n}.json").write_text('{"values": []}')
    posture = look_at_export(Bitbucket(), NAME, tmp_path)
    code = next(each for each in HOST_CHECKS if each.check.id == "host-code")
    assert code.judge(posture, date(2026, 11, 23)).verdict is verdict
