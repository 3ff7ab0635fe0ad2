"""What other tools' reports prove: age, host, attack, sign-in, release, cadence, Top 10; each changes the verdict."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.unit.ledger.ledger_samples import NOW, ago, flaw, report
from wizard.checks.answers.base import Judgement, Said
from wizard.checks.reports import REPORT_CHECKS
from wizard.checks.reports.base import ReportKind, Shown, kind_of
from wizard.checks.reports.top_ten import CATEGORIES, categories_of
from wizard.domain.answers import Answer, AnswerState, Row, Value
from wizard.domain.ledger import Decided, make_ledger
from wizard.domain.observation import Verdict
from wizard.domain.scope import Host, Scope
from wizard.domain.vulnerability import Decision, Disposal, Rating, Reported, ReportSummary, Standing

CHECKS = {check.id: check for check in REPORT_CHECKS}
Found = tuple[ReportSummary, Sequence[Reported]]


def row(**cells: str) -> Row:
    return Row(tuple(cells.items()))


def judged(
    check: str, *found: Found, decided: dict[str, Disposal] | None = None, notes: dict[str, str] | None = None,
    scope: Scope | None = None, **answers: Value,
) -> Judgement | None:  # fmt: skip
    told = {n.replace("_", "-"): Answer(n.replace("_", "-"), AnswerState.GIVEN, v) for n, v in answers.items()}
    ledger = make_ledger(found, {key: Decided(d) for key, d in (decided or {}).items()}, {})
    scope = scope or Scope((Host("app.example"),), (), confirmed=True, unreadable=())
    return CHECKS[check].judge(Shown(ledger, Said(told, notes or {}, NOW, ledger), scope))


def verdict(check: str, *found: Found, **more: object) -> str | None:
    judgement = judged(check, *found, **more)  # type: ignore[arg-type]
    return judgement.verdict.value if judgement else None


def zap(days: int | None = 3, **more: object) -> ReportSummary:
    told = {"target": ("https://app.example",), "active": True, "authenticated": True, **more}
    return report("z", "ZAP", days, **told)


COVERED = tuple(row(category=f"A{n:02} x", covered="ZAP policy") for n in range(1, 11))
KEY = "log4j-core|CVE-2021-44228"


def test_no_report_says_nothing() -> None:
    assert {verdict(check) for check in CHECKS} == {None}


@pytest.mark.parametrize(
    ("tool", "more", "kind"),
    [
        ("Grype", {}, ReportKind.DEPENDENCIES),
        ("OWASP Dependency-Check", {}, ReportKind.DEPENDENCIES),
        ("OWASP ZAP", {}, ReportKind.DYNAMIC),
        ("Burp Suite", {}, ReportKind.DYNAMIC),
        ("CodeQL", {}, ReportKind.STATIC),
        ("gitleaks", {}, ReportKind.SECRETS),
        ("Snyk", {}, ReportKind.DEPENDENCIES),
        ("Snyk Open Source", {}, ReportKind.DEPENDENCIES),
        ("Snyk IaC", {"files": 3}, ReportKind.OTHER),
        ("Trivy", {"unit": "misconfiguration", "files": 3}, ReportKind.OTHER),
        ("Trivy", {"unit": "secret", "files": 3}, ReportKind.SECRETS),
        ("GitHub secret scanning", {"addresses": 3}, ReportKind.SECRETS),
        ("AWS CLI", {"importer": "cloud-facts", "files": 3}, ReportKind.OTHER),
        ("Prowler", {"files": 3, "addresses": 3}, ReportKind.OTHER),
        ("Unheard of", {"files": 3, "packages": 1}, ReportKind.STATIC),
        ("Unheard of", {}, ReportKind.OTHER),
    ],
)
def test_kinds(tool: str, more: dict[str, int], kind: ReportKind) -> None:
    assert kind_of(report(tool=tool, **more)) is kind


def test_dependencies() -> None:
    check = "report-dependencies"
    assert verdict(check, (report(days=3), [])) == "pass"
    assert verdict(check, (report(days=3), [flaw(rating=Rating.MEDIUM)])) == "pass"
    assert verdict(check, (report(days=3), [flaw(rating=Rating.HIGH)])) == "fail"
    assert verdict(check, (report(days=3), [flaw(rating=Rating.UNKNOWN)])) == "unknown"
    assert verdict(check, (report(days=3), [flaw(standing=Standing.SET_ASIDE)])) == "warn"
    assert verdict(check, (report(days=7), [])) == "pass"
    assert verdict(check, (report(days=8), [])) == "warn"
    assert verdict(check, (report(days=30), [])) == "warn"
    assert verdict(check, (report(days=31), [])) == "unknown"
    assert verdict(check, (report(days=None), [])) == "unknown"
    assert verdict(check, (report(days=-2), [])) == "unknown"


def test_a_serious_library_that_was_decided_on() -> None:
    serious = (report(days=3), [flaw()])
    because = Disposal(Decision.NOT_AFFECTED, because="JNDI is switched off")
    assert verdict("report-dependencies", serious, decided={KEY: because}) == "pass"
    accepted = Disposal(Decision.ACCEPTED, because="no newer version", owner="Jo", control="filter", until=ago(-9))
    judgement = judged("report-dependencies", serious, decided={KEY: accepted})
    assert judgement is not None
    assert (judgement.verdict, judgement.excepted_until) == (Verdict.FAIL, ago(-9))


def test_a_package_system_that_no_report_is_about_is_named() -> None:
    scope = (row(repository="app", ecosystems="npm, PyPI"),)
    npm = report("n", "npm audit", 2)
    judgement = judged("report-dependencies", (npm, []), SCOPE_6=scope)
    assert judgement is not None
    assert judgement.verdict is Verdict.WARN
    assert "PyPI" in judgement.summary
    both = ((npm, []), (report("p", "pip-audit", 2), []))
    assert verdict("report-dependencies", *both, SCOPE_6=scope) == "pass"


def test_static() -> None:
    check, semgrep = "report-static", report("s", "Semgrep", 5)
    assert verdict(check, (semgrep, [])) == "pass"
    assert verdict(check, (report("s", "Semgrep", 31), [])) == "pass"
    assert verdict(check, (report("s", "Semgrep", 32), [])) == "unknown"
    eval_ = Reported("py.eval", "eval", Rating.HIGH, file="a.py", line=3)
    assert verdict(check, (semgrep, [eval_])) == "fail"
    released_after = {"SCOPE_9_date": ago(4).isoformat()}
    assert verdict(check, (semgrep, []), **released_after) == "unknown", "made before the attested release"
    assert verdict(check, (semgrep, []), SCOPE_9_date=ago(5).isoformat()) == "pass"


def test_static_analysis_by_a_tool_that_may_look_for_style_and_old_runs_beside() -> None:
    check, eslint = "report-static", (report("e", "ESLint", 5, files=2), [])
    assert verdict(check, eslint) == "warn"
    assert verdict(check, eslint, APP_12_tools=(row(tool="eslint 9", languages="TypeScript"),)) == "pass"
    semgrep = (report("s", "Semgrep", 5), [])
    assert verdict(check, semgrep, (report("b", "Bandit", 40), [])) == "warn"
    assert verdict(check, semgrep, (report("b", "Bandit", 31), [])) == "pass"


def test_every_host_in_scope_is_tested_or_named() -> None:
    two = Scope((Host("app.example"), Host("api.example")), (), confirmed=True, unreadable=())
    answers = {"APP_13_coverage": COVERED}
    judgement = judged("report-dynamic", (zap(), []), scope=two, **answers)
    assert judgement is not None
    assert judgement.verdict is Verdict.WARN
    assert "api.example" in judgement.summary
    old, young = (report("y", "Burp Suite", days, target=("https://api.example",), active=True) for days in (91, 80))
    for other, expected in ((old, "warn"), (young, "pass")):
        assert verdict("report-dynamic", (other, []), (zap(), []), scope=two, **answers) == expected


def test_a_run_about_settings_takes_no_place_of_one_about_libraries() -> None:
    old, new = report("r1", "Trivy", 9), report("r2", "Trivy", 1, unit="misconfiguration")
    assert make_ledger(((old, [flaw()]), (new, [])), {}, {}).current == {"r1", "r2"}
    named = (report("r1", "Snyk Open Source", 9), report("r2", "Snyk IaC", 1), report("r3", "Snyk", 2))
    assert make_ledger([(each, []) for each in named], {}, {}).current == {"r2", "r3"}


def test_dynamic_needs_every_answer() -> None:
    check = "report-dynamic"
    assert verdict(check, (zap(), []), APP_13_coverage=COVERED) == "pass"
    assert verdict(check, (zap(), [])) == "warn", "nothing says what covers the Top 10"
    for one in ({"active": False}, {"active": None}, {"authenticated": False}, {"authenticated": None}):
        assert verdict(check, (zap(**one), []), APP_13_coverage=COVERED) == "warn"
    assert verdict(check, (zap(90), []), APP_13_coverage=COVERED) == "pass"
    assert verdict(check, (zap(91), []), APP_13_coverage=COVERED) == "unknown"
    assert verdict(check, (zap(None), []), APP_13_coverage=COVERED) == "unknown"
    assert verdict(check, (zap(target=("https://other.example",)), [])) == "unknown"
    assert verdict(check, (zap(target=()), [])) == "unknown"
    high = Reported("40018", "SQL Injection", Rating.HIGH, host="app.example", cwe=(89,))
    medium = Reported("10038", "CSP not set", Rating.MEDIUM, host="app.example", cwe=(693,))
    assert verdict(check, (zap(), [high]), APP_13_coverage=COVERED) == "fail"
    assert verdict(check, (zap(), [medium]), APP_13_coverage=COVERED) == "warn"
    alarm = {"zap|10038|app.example": Disposal(Decision.FALSE_POSITIVE, because="set by the proxy")}
    assert verdict(check, (zap(), [medium]), decided=alarm, APP_13_coverage=COVERED) == "pass"


def test_findings_cover_categories_by_their_weakness_class() -> None:
    assert categories_of((89, 918, 12345)) == ("A03", "A10")
    assert sum(map(len, CATEGORIES.values())) == len(frozenset().union(*CATEGORIES.values())), "each in one category"
    rest = tuple(each for each in COVERED if each.get("category")[:3] != "A03")
    assert verdict("report-dynamic", (zap(cwe=(79,)), []), APP_13_coverage=rest) == "pass"
    assert verdict("report-dynamic", (zap(), []), APP_13_coverage=rest) == "warn"


def test_cadence_takes_two_dated_reports() -> None:
    check = "scan-cadence"
    new, old = (report("b", days=2), []), (report("a", days=33), [])
    assert verdict(check, new) == "unknown"
    assert verdict(check, old, new) == "pass"
    assert verdict(check, (report("a", days=34), []), new) == "unknown", "32 days apart"
    assert verdict(check, (report("a", days=60), []), (report("b", days=32), [])) == "unknown", "the newest is too old"
    assert verdict(check, (report("a", days=2), []), new) == "unknown", "the same day twice"
    assert verdict(check, (report("a", days=None), []), new) == "unknown"
    assert verdict(check, (report("a", "Trivy", 33), []), new) == "unknown", "two tools, one report each"
    weekly = (row(tool="Grype", period="P7D"),)
    assert verdict(check, old, new, APP_10_tools=weekly) == "unknown"
    assert verdict(check, (report("a", days=9), []), new, APP_10_tools=weekly) == "pass"
    seldom = (row(tool="grype 0.7", period="P60D"),)
    apart = ((report("a", days=50), []), new)
    assert verdict(check, *apart, APP_10_tools=seldom) == "unknown", "longer than our default, without a reason"
    assert verdict(check, *apart, APP_10_tools=seldom, notes={"APP-10": "Few libraries."}) == "pass"


def test_cadence_counts_runs_of_the_same_target_that_looked() -> None:
    check, new = "scan-cadence", report("b", days=2, target=("app:2.0",))
    for target, expected in ((("app:1.0",), "pass"), ((), "pass"), (("other:1.0",), "unknown")):
        assert verdict(check, (report("a", days=33, target=target), []), (new, [])) == expected
    assert verdict(check, (report("a", days=33, target=("app:1.0",), blind=True), []), (new, [])) == "unknown"
    two = [(report(f"{at}{days}", days=days, target=(at,)), []) for at in ("x", "y") for days in (40, 20, 3)]
    assert verdict(check, *two, (report("z", days=1, target=("z",)), [])) == "pass", "one that runs often is enough"


def test_every_package_system_is_scanned_often_or_named() -> None:
    scope = (row(repository="app", ecosystems="npm, PyPI"),)
    npm = [(report(f"n{days}", "npm audit", days), []) for days in (33, 2)]
    pip = [(report(f"p{days}", "pip-audit", days), []) for days in (33, 2)]
    judgement = judged("scan-cadence", *npm, pip[1], SCOPE_6=scope)
    assert judgement is not None
    assert judgement.verdict is Verdict.WARN
    assert "PyPI" in judgement.summary
    assert verdict("scan-cadence", *npm, *pip, SCOPE_6=scope) == "pass"


@pytest.mark.parametrize(
    ("attested", "commits", "day", "expected"),
    [
        ("release 2.1, commit 3f2c9ab1d4e5", ("3f2c9ab1d4e5f60718293a4b5c6d7e8f90a1b2c3",), ago(1), "pass"),
        ("3f2c9ab", ("3f2c9ab1d4e5",), ago(1), "pass"),  # its day would speak against it
        ("3f2c9ab", ("aaaaaaaaaaaa",), ago(30), "unknown"),  # its day would speak for it
        ("3f2c9ab", ("aaaaaaaaaaaa", "3f2c9ab1d4e5"), ago(30), "pass"),
        ("2.1.0", ("aaaaaaaaaaaa",), ago(30), "pass"),  # no commit is attested: the day decides
        ("20260101", ("aaaaaaaaaaaa",), ago(1), "unknown"),  # a number is no commit
        ("3f2c9ab", (), ago(1), "unknown"),
    ],
)
def test_the_attested_commit_decides_where_the_report_names_one(attested, commits, day, expected) -> None:  # type: ignore[no-untyped-def]
    semgrep = report("s", "Semgrep", 5, files=1, commits=commits)
    assert verdict("report-static", (semgrep, []), SCOPE_9=attested, SCOPE_9_date=day.isoformat()) == expected


def test_our_own_look_is_no_report_that_proves_a_scan() -> None:
    look = report("own-look:1", "Attestry", 0, packages=3)
    object.__setattr__(look, "importer", "own-look")
    assert kind_of(look) is ReportKind.OTHER
    assert {verdict(check, (look, [flaw()])) for check in CHECKS} == {None}


@pytest.mark.parametrize("check", ["report-dependencies", "report-static", "report-dynamic"])
def test_a_report_that_cannot_show_everything_is_no_proof_and_gaps_are_said(check: str) -> None:
    def of(**more: object) -> ReportSummary:
        made = {
            "report-dependencies": lambda: report("a", "Grype", 1, packages=1, **more),
            "report-static": lambda: report("a", "Semgrep", 1, files=1, **more),
            "report-dynamic": lambda: zap(1, **more),
        }[check]
        return made()

    answers = {"APP_13_coverage": COVERED}
    assert verdict(check, (of(), []), **answers) == "pass"
    skipped = judged(check, (of(gaps=("3 files could not be scanned.",)), []), **answers)
    assert skipped is not None
    assert (skipped.verdict, "3 files could not be scanned." in skipped.summary) == (Verdict.WARN, True)
    blind = judged(check, (of(gaps=("The run failed.",), blind=True), []), **answers)
    assert blind is not None
    assert (blind.verdict, "The run failed." in blind.summary) == (Verdict.UNKNOWN, True)


def test_a_report_that_cannot_show_everything_takes_nobodys_place() -> None:
    old, new = report("r1", "Trivy", 9, packages=1), report("r2", "Trivy", 1, packages=1, blind=True)
    ledger = make_ledger(((old, [flaw()]), (new, [])), {}, {})
    assert ledger.current == {"r1", "r2"}
    assert [row.gone for row in ledger.rows] == [None]


def test_what_the_file_does_not_tell_of_a_run_is_what_the_person_says() -> None:
    runs = (row(tool="OWASP ZAP 2.16", date=ago(3).isoformat(), active="yes", signed_in="no"),)
    told = judged("report-dynamic", (zap(active=None, authenticated=None), []), APP_13_runs=runs)
    assert told is not None
    assert told.verdict is Verdict.WARN
    assert "That it attacked is what you say" in told.summary
    assert "You say that it was not signed in" in told.summary
    other = judged("report-dynamic", (zap(4, active=None, authenticated=None), []), APP_13_runs=runs)
    assert other is not None
    assert "The file does not tell whether it attacked." in other.summary
