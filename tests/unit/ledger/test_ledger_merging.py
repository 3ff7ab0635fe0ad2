"""Rows of the ledger: the same flaw merges, others stay apart; what disappears, comes back or was never fixed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.ledger.ledger_samples import TODAY, ago, flaw, own, report
from wizard.domain.ledger import Decided, make_ledger, tool_of
from wizard.domain.vulnerability import (
    RANK,
    Decision,
    Disposal,
    Failing,
    Ledger,
    LedgerState,
    Note,
    Rating,
    Reported,
    Standing,
    urgency,
)


def made(
    *found: object,
    decided: dict[str, Disposal] | None = None,
    joined: dict[str, str] | None = None,
    failing: tuple[Failing, ...] = (),
) -> Ledger:
    choices = {key: Decided(disposal) for key, disposal in (decided or {}).items()}
    return make_ledger(found, choices, joined or {}, failing)  # type: ignore[arg-type]


def web(id: str, cwe: int, path: str = "/login", host: str = "app.example", **more: object) -> Reported:
    return Reported(id, id, Rating.MEDIUM, cwe=(cwe,), url=f"https://{host}{path}", host=host, **more)  # type: ignore[arg-type]


def code(id: str, cwe: int, line: int = 7, file: str = "src/a.py") -> Reported:
    return Reported(id, id, Rating.MEDIUM, cwe=(cwe,), file=file, line=line)


def test_one_flaw_of_two_tools_is_one_row_with_both_sources_and_the_worse_severity() -> None:
    grype = flaw("GHSA-jfh8-c2jp-5v3q", "org.apache.logging.log4j:log4j-core", Rating.HIGH, word="High",
                 aliases=("CVE-2021-44228",))  # fmt: skip
    trivy = flaw("CVE-2021-44228", "log4j_core", Rating.CRITICAL, word="CRITICAL", score=10.0)
    ledger = made((report("r1", "Grype"), [grype]), (report("r2", "Trivy"), [trivy]))
    (row,) = ledger.rows
    assert (row.rating, row.score) == (Rating.CRITICAL, 10.0)
    assert [s.tool for s in row.sightings] == ["Grype", "Trivy"]
    assert row.source == "Trivy, Grype"
    assert row.differs == ("High", "CRITICAL")
    assert {"CVE-2021-44228", "GHSA-jfh8-c2jp-5v3q"} <= set(row.aliases)


def test_the_same_flaw_in_another_package_is_another_row() -> None:
    assert len(made((report(), [flaw(package="a"), flaw(package="b")])).rows) == 2


def test_a_third_name_joins_two_rows_under_the_smaller_number() -> None:
    first, second = flaw("PYSEC-2021-1", "jinja2"), flaw("GHSA-g3rq-g295-4j3m", "jinja2")
    both = flaw("CVE-2020-28493", "jinja2", aliases=("PYSEC-2021-1", "GHSA-g3rq-g295-4j3m"))
    other = flaw("CVE-1999-0001", "x")
    ledger = made((report("r1", "pip-audit"), [first, other, second]), (report("r2", "OSV-Scanner"), [both]))
    assert [row.id for row in ledger.rows] == ["V-1", "V-2"]
    assert set(ledger.rows[0].keys) == {"jinja2|PYSEC-2021-1", "jinja2|GHSA-G3RQ-G295-4J3M", "jinja2|CVE-2020-28493"}


def test_lines_move_and_the_clock_goes_on() -> None:
    before, after = report("r1", "Semgrep", 60), report("r2", "Semgrep OSS", 1)
    (row,) = made((before, [code("py.eval", 95, 7)]), (after, [code("py.eval", 95, 31)])).rows
    assert row.reported == ago(60)
    assert row.gone is None


def test_two_tools_at_the_same_line_with_the_same_specific_weakness_are_one() -> None:
    semgrep, bandit = (report("r1", "Semgrep"), [code("py.eval", 95)]), (report("r2", "Bandit"), [code("B307", 95)])
    assert len(made(semgrep, bandit).rows) == 1
    assert len(made(semgrep, (report("r2", "Bandit"), [code("B307", 95, line=8)])).rows) == 2
    assert len(made(semgrep, (report("r2", "Bandit"), [code("B307", 78)])).rows) == 2


def test_rules_of_one_tool_never_merge_at_one_place_and_broad_classes_never_do() -> None:
    zap = (report("r1", "ZAP"), [web("10038", 1021), web("10020", 1021)])
    burp = (report("r2", "Burp Suite"), [web("5245344", 1021)])
    assert len(made(zap, burp).rows) == 3
    assert len(made((report("r1", "ZAP"), [web("a", 693)]), (report("r2", "Burp Suite"), [web("b", 693)])).rows) == 2
    assert len(made((report("r1", "ZAP"), [web("a", 79)]), (report("r2", "Burp Suite"), [web("b", 79)])).rows) == 1


def test_what_disappears_stays_open_until_someone_says_so() -> None:
    old, new = (report("r1", days=40), [flaw(), flaw("CVE-2", "x")]), (report("r2", days=2), [flaw()])
    kept, gone = made(old, new).rows
    assert kept.gone is None
    assert gone.gone == ago(2)
    assert gone.is_open


def test_another_target_of_the_same_tool_makes_nothing_disappear() -> None:
    old, new = (report("r1", target=("a",)), [flaw()]), (report("r2", target=("b",)), [])
    assert made(old, new).rows[0].gone is None
    assert made(old, new).current == {"r1", "r2"}


@pytest.mark.parametrize(
    ("old", "new", "replaced"),
    [
        (("app:1.2",), ("app:1.3",), True),
        (("registry.example:5000/app:1.2",), ("registry.example:5000/app@sha256:00ff",), True),
        (("app.example:8443",), ("app.example:9443",), False),
        (("https://a.example",), ("https://a.example", "https://b.example"), True),
        (("https://a.example", "https://b.example"), ("https://a.example",), False),
        (("C:\\work",), ("C:\\other",), False),
        ((), ("a",), False),
        (("a",), (), False),
        ((), (), True),
    ],
)
def test_which_report_takes_the_place_of_which(old: tuple[str, ...], new: tuple[str, ...], replaced: bool) -> None:
    ledger = made((report("r1", days=9, target=old), [flaw()]), (report("r2", days=1, target=new), []))
    assert (ledger.rows[0].gone is not None) == replaced
    assert ("r1" not in ledger.current) == replaced


def test_a_row_is_called_by_words_else_by_its_cve_name_and_words_differ_by_more_than_case() -> None:
    ghsa = Reported(
        "GHSA-jfh8-c2jp-5v3q",
        "GHSA-jfh8-c2jp-5v3q",
        Rating.CRITICAL,
        package="log4j-core",
        aliases=("CVE-2021-44228",),
        word="Critical",
    )
    cve = Reported("CVE-2021-44228", "CVE-2021-44228", Rating.HIGH, package="log4j-core", word="CRITICAL")
    (row,) = made((report("r1", "Grype"), [ghsa]), (report("r2", "Trivy"), [cve])).rows
    assert (row.title, row.differs) == ("CVE-2021-44228", ())
    told = Reported("CVE-2021-44228", "Log4Shell", Rating.HIGH, package="log4j-core", word="important")
    (row,) = made((report("r1", "Grype"), [ghsa]), (report("r2", "npm audit"), [told])).rows
    assert (row.title, row.differs) == ("Log4Shell", ("Critical", "important"))


def test_an_older_report_read_later_does_not_bring_back_what_is_gone() -> None:
    new, old = (report("r2", days=2), []), (report("r1", days=40), [flaw()])
    ledger = made(new, old)
    assert ledger.current == {"r2"}
    assert ledger.rows[0].gone == ago(2)


def test_what_comes_back_after_its_fix_is_open_and_a_fix_that_held_begins_a_new_clock() -> None:
    fixed = {"log4j-core|CVE-2021-44228": Disposal(Decision.FIXED, on=ago(30))}
    first, without, again = report("r1", days=60), report("r2", days=20), report("r3", days=5)
    (row,) = made((first, [flaw()]), (without, []), (again, [flaw()]), decided=fixed).rows
    assert (row.state, row.back, row.began) == (LedgerState.OPEN, ago(5), ago(5))
    (row,) = made((first, [flaw()]), (again, [flaw()]), decided=fixed).rows
    assert (row.state, row.back, row.began) == (LedgerState.OPEN, ago(5), ago(60)), "the fix never held"
    (row,) = made((first, [flaw()]), (without, []), decided=fixed).rows
    assert (row.state, row.fixed, row.back) == (LedgerState.FIXED, ago(30), None)


def test_decisions_stand_when_a_report_comes_again() -> None:
    for decision in (Decision.NOT_AFFECTED, Decision.FALSE_POSITIVE):
        decided = {"log4j-core|CVE-2021-44228": Disposal(decision, because="not called")}
        (row,) = made((report("r1", days=9), [flaw()]), (report("r2"), [flaw()]), decided=decided).rows
        assert row.state.value == decision.value
        assert not row.is_open


@pytest.mark.parametrize(
    "half",
    [
        Disposal(Decision.FIXED),
        Disposal(Decision.NOT_AFFECTED, because="  "),
        Disposal(Decision.ACCEPTED, because="x", owner="y", control="z"),
        Disposal(Decision.ACCEPTED, because="x", owner="", control="z", until=TODAY),
    ],
)
def test_half_a_decision_counts_for_nothing(half: Disposal) -> None:
    assert made((report(), [flaw()]), decided={"log4j-core|CVE-2021-44228": half}).rows[0].state is LedgerState.OPEN


def test_what_the_tool_set_aside_or_fixed_is_shown_as_that() -> None:
    aside = flaw(standing=Standing.SET_ASIDE, aside="dismissed")
    fixed = flaw("CVE-2", "x", standing=Standing.FIXED)
    both = flaw("CVE-2", "x")
    first, second = made((report(), [aside, fixed])).rows
    assert (first.state, first.sightings[0].aside) == (LedgerState.SET_ASIDE, "dismissed")
    assert (second.state, second.fixed, second.late(TODAY)) == (LedgerState.FIXED, None, False)
    assert made((report(), [fixed, both])).rows[0].state is LedgerState.OPEN, "one open entry is enough"
    assert made((report("r1"), [aside]), (report("r2", "Trivy"), [flaw()])).rows[0].state is LedgerState.OPEN


def test_a_note_adds_days_and_can_only_raise_the_severity() -> None:
    entry = (report(days=10), [flaw(rating=Rating.HIGH, score=7.5)])
    key = "log4j-core|CVE-2021-44228"
    (row,) = made(entry, Note(key, triaged=ago(30), rating=Rating.LOW, score=2.0)).rows
    assert (row.rating, row.score, row.began) == (Rating.HIGH, 7.5, ago(30))
    (row,) = made(entry, Note(key, rating=Rating.CRITICAL, score=9.1)).rows
    assert (row.rating, row.score) == (Rating.CRITICAL, 9.1)
    (row,) = made((report(), [flaw(rating=Rating.UNKNOWN)]), Note(key, rating=Rating.LOW, score=2.0)).rows
    assert row.rating is Rating.LOW, "what nobody rated, a person may"


def test_an_own_entry_merges_with_a_report_by_package_and_name() -> None:
    note = own(package="log4j-core", aliases=("cve-2021-44228",), source="Customer", reported=50)
    (row,) = made(note, (report(days=3), [flaw()])).rows
    assert row.reported == ago(50)
    assert row.source == "Grype, Customer"
    assert made(Note("hand:1")).rows == (), "an entry without a title was taken back"


def test_people_put_rows_together() -> None:
    both = made(own("hand:1"), own("hand:2", Rating.CRITICAL), joined={"hand:2": "hand:1", "hand:9": "hand:1"}).rows
    assert [(row.id, row.rating) for row in both] == [("V-1", Rating.CRITICAL)]


def test_the_most_urgent_stands_first() -> None:
    rows = made(
        own("hand:1", Rating.LOW, 170), own("hand:2", Rating.CRITICAL, 40), own("hand:3", Rating.HIGH, 60),
        own("hand:4", Rating.INFO, 900), own("hand:5", Rating.UNKNOWN, 1),
        decided={"hand:3": Disposal(Decision.FIXED, on=ago(50))},
    ).rows  # fmt: skip
    assert [row.id for row in sorted(rows, key=lambda row: urgency(row, TODAY))] == ["V-2", "V-5", "V-1", "V-4", "V-3"]


def test_tools_by_their_first_word() -> None:
    assert tool_of("OWASP ZAP") == tool_of("ZAP 2.14") == "zap"
    assert tool_of("Semgrep OSS") == "semgrep"
    assert tool_of(" ") == ""


_ENTRIES = st.builds(
    lambda id, names, package, rating, standing: Reported(
        id, id, rating, aliases=tuple(names), package=package, standing=standing
    ),
    st.sampled_from(["CVE-2021-1", "CVE-2021-2", "GHSA-aaaa-bbbb-cccc", "X"]),
    st.lists(st.sampled_from(["CVE-2021-1", "CVE-2021-2", "GHSA-aaaa-bbbb-cccc"]), max_size=2),
    st.sampled_from(["a", "b", ""]),
    st.sampled_from(list(Rating)),
    st.sampled_from(list(Standing)),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(_ENTRIES, max_size=6), min_size=1, max_size=4))
def test_nothing_is_dropped_and_no_row_is_better_than_its_worst_current_entry(reports: list[list[Reported]]) -> None:
    found = [(report(f"r{n}", f"tool{n % 2}", days=9 - n), entries) for n, entries in enumerate(reports)]
    ledger = made(*found)
    keys = [key for row in ledger.rows for key in row.keys]
    assert len(keys) == len(set(keys))
    listed = sum(len({s.report for s in row.sightings}) for row in ledger.rows)
    assert listed <= sum(map(len, reports))
    if any(reports):
        assert ledger.rows
    for summary, entries in found:
        if summary.evidence not in ledger.current:
            continue
        for entry in entries:
            row = next(r for r in ledger.rows if any(s.report == summary.evidence for s in r.sightings)
                       and _own(entry, summary.tool) in r.keys)  # fmt: skip
            assert entry.rating is Rating.UNKNOWN or RANK[row.rating] <= RANK[entry.rating]
            if entry.standing is Standing.OPEN:
                assert row.is_open


def _own(entry: Reported, tool: str) -> str:
    return f"{entry.package}|{entry.id.upper()}" if entry.package else f"{tool}|{entry.id}|{entry.title}"


def test_what_was_taken_out_of_a_row_stays_out_when_its_report_comes_again() -> None:
    one, other = flaw(word="High"), flaw(rating=Rating.CRITICAL, word="CRITICAL")
    (row,) = made((report("r1", "Grype"), [one]), (report("r2", "Trivy"), [other])).rows
    members = {sighting.tool: sighting.member for sighting in row.sightings}
    assert len(set(members.values())) == 2
    apart = {f"apart:{members['Trivy']}": "apart"}
    found = ((report("r1", "Grype"), [one]), (report("r2", "Trivy", 5), [other]), (report("r3", "Trivy"), [other]))
    first, second = made(*found, joined=apart).rows
    assert (first.rating, [s.tool for s in first.sightings]) == (Rating.HIGH, ["Grype"])
    assert (second.rating, [s.report for s in second.sightings]) == (Rating.CRITICAL, ["r2", "r3"])
    assert second.key == f"apart:{members['Trivy']}"
    assert len(made(*found).rows) == 1


def test_what_was_taken_out_is_not_merged_by_its_place_either() -> None:
    found = ((report("r1", "ZAP"), [web("1", 79)]), (report("r2", "Burp"), [web("xss", 79)]))
    (row,) = made(*found).rows
    burp = next(s.member for s in row.sightings if s.tool == "Burp")
    assert len(made(*found, joined={f"apart:{burp}": "apart"}).rows) == 2


def test_a_decision_stays_with_the_row_whose_name_it_was_made_under() -> None:
    found = ((report("r1", "Grype"), [flaw()]), (report("r2", "Trivy"), [flaw()]))
    (row,) = made(*found).rows
    trivy = next(s.member for s in row.sightings if s.tool == "Trivy")
    no = Disposal(Decision.NOT_AFFECTED, because="never called")
    states = [r.state for r in made(*found, decided={row.key: no}, joined={f"apart:{trivy}": "apart"}).rows]
    assert states == [LedgerState.NOT_AFFECTED, LedgerState.OPEN]


def test_the_day_that_a_report_gives_for_a_fix_decides_whether_it_was_in_time() -> None:
    late = flaw(standing=Standing.FIXED, reported_on=ago(100), fixed_on=ago(10))
    (row,) = made((report(), [late])).rows
    assert (row.state, row.fixed, row.late(TODAY)) == (LedgerState.FIXED, ago(10), True)
    (row,) = made((report(), [flaw(standing=Standing.FIXED, reported_on=ago(30), fixed_on=ago(10))])).rows
    assert not row.late(TODAY)
    (row,) = made((report(), [late, flaw(standing=Standing.FIXED, reported_on=ago(100))])).rows
    assert row.fixed is None, "one of them does not tell its day"


HSTS = Failing("hsts", "app.example", "HSTS", ago(40))


def test_a_failed_check_is_a_row_with_a_number_of_its_own_behind_the_others() -> None:
    ledger = made((report(), [flaw()]), failing=(HSTS,))
    assert [(r.id, r.title, r.place, r.state) for r in ledger.rows] == [
        ("V-1", "CVE-2021-44228 in log4j-core", "log4j-core", LedgerState.OPEN),
        ("C-1", "HSTS", "app.example", LedgerState.OPEN),
    ]
    own_row = ledger.rows[1]
    assert (own_row.reported, own_row.rating, own_row.counts_elsewhere) == (ago(40), Rating.UNKNOWN, True)
    assert own_row.source == "Attestry"
    more = made((report(), [flaw(), flaw("CVE-2020-1", "x")]), failing=(HSTS,))
    assert [r.id for r in more.rows] == ["V-1", "V-2", "C-1"]


def test_a_failed_check_that_was_rated_has_a_limit_and_one_that_passes_again_is_fixed() -> None:
    rated = Note("check|hsts|app.example", score=5.3, version="3.1", rating=Rating.MEDIUM)
    (row,) = made(rated, failing=(HSTS,)).rows
    assert (row.counts_elsewhere, row.limit, row.over(TODAY)) == (False, 56, -16)
    mended = Failing("hsts", "app.example", "HSTS", ago(40), ago(3))
    (row,) = made(rated, failing=(mended,)).rows
    assert (row.state, row.fixed, row.used(TODAY)) == (LedgerState.FIXED, ago(3), 37)


def test_nobody_can_say_fixed_while_our_own_check_still_fails() -> None:
    said = {"check|hsts|app.example": Disposal(Decision.FIXED, on=ago(1))}
    (row,) = made(failing=(HSTS,), decided=said).rows
    assert row.state is LedgerState.OPEN
