"""Reports dropped into a real workspace: read from the sealed copy, merged, decided on, undone, exported, frozen."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import timedelta

import pytest

from wizard.domain import events as e
from wizard.domain.answers import Answer, AnswerState, Row
from wizard.domain.finding import Mark, State
from wizard.domain.ledger_shown import weaknesses
from wizard.domain.observation import Level, Method, Result, Verdict
from wizard.domain.vulnerability import Decision, Disposal, LedgerState, Note, Rating
from wizard.session import ledger_files
from wizard.session.deeds import answers, attesting, evidence, vulnerabilities
from wizard.session.deeds.vulnerabilities import UnusableEntry


def trivy(*flaws, day="2026-11-20"):
    found = [
        {
            "VulnerabilityID": id,
            "PkgName": package,
            "InstalledVersion": "1.0",
            "Severity": severity,
            "Title": f"{id} in {package}",
        }
        for id, package, severity in flaws
    ]
    return json.dumps(
        {
            "SchemaVersion": 2,
            "CreatedAt": f"{day}T09:00:00Z",
            "ArtifactName": "app",
            "ArtifactType": "filesystem",
            "Results": [{"Target": "package-lock.json", "Class": "lang-pkgs", "Type": "npm", "Vulnerabilities": found}],
        }
    )


@pytest.fixture
def drop(session, tmp_path):
    """`drop(name, text)` adds a file as a person drops it; the deed's own answer comes back."""

    def add(name, text, requirements=(), **more):
        path = tmp_path / name
        path.write_text(text, "utf-8")
        return evidence.add(session, [path], requirements, **more).result.result(timeout=60)

    return add


def own(session, **more):
    note = Note(vulnerabilities.new_key(), **{"title": "Replay", "score": 8.1, "reported": day(session, 50), **more})
    vulnerabilities.note(session, note).result()
    return vulnerabilities.ledger(session).row(note.key)


def day(session, ago):
    return session.clock().date() - timedelta(days=ago)


def row(session, id="V-1"):
    return vulnerabilities.ledger(session).row(id)


def test_a_dropped_report_is_recognised_recorded_once_and_answers_its_requirements(session, drop):
    before = session.assessment.events
    added = drop("anything.txt", trivy(("CVE-2026-1", "left-pad", "HIGH"), ("CVE-2026-2", "tar", "LOW")))
    (item,) = added.evidence
    assert item.read_as.startswith("Trivy report, 2 findings, 1 high, 1 low → APP-8, APP-10")
    assert set(item.requirements) == {"APP-8", "APP-10"}
    assert session.assessment.evidence[item.id].read_as == item.read_as
    assert session.assessment.events == before + 3, "the file, its report, and what follows from them"
    assert [r.rating for r in vulnerabilities.ledger(session).rows] == [Rating.HIGH, Rating.LOW]
    answers.answer(session, Answer("APP-8-claim", AnswerState.GIVEN, "yes")).result()
    assert session.findings["APP-8"].state is State.FAIL
    assert "left-pad" in session.findings["APP-8"].because


def test_undo_takes_the_report_out_again_and_the_checks_say_so(session, drop):
    drop("a.json", trivy(("CVE-2026-1", "left-pad", "HIGH")))
    session.undo().result()
    assert vulnerabilities.ledger(session).rows == ()
    assert session.assessment.observations[("report-dependencies", "")].result.verdict.value == "not-applicable"


def test_a_reopened_workspace_reads_its_sealed_entries(session, drop, reopen):
    drop("a.json", trivy(("CVE-2026-1", "left-pad", "HIGH")))
    seen = vulnerabilities.ledger(session)
    session.close()
    assert vulnerabilities.ledger(reopen()) == seen


def test_entries_that_are_not_here_are_never_a_pass(session, drop, reopen):
    drop("a.json", trivy(("CVE-2026-1", "left-pad", "LOW")))
    answers.answer(session, Answer("VULN-any", AnswerState.GIVEN, "some")).result()
    assert session.findings["VULN-1"].state is State.ATT
    (report,) = vulnerabilities.ledger(session).reports
    place = session.workspace.box.folder / report.record.name[:2] / report.record.name
    if not place.exists():
        (place,) = session.workspace.box.folder.rglob(f"*{report.record.name}*")
    session.close()
    place.unlink()
    again = reopen()
    assert vulnerabilities.ledger(again).missing == ("a.json",)
    for id in ("VULN-1", "VULN-4"):
        assert again.findings[id].state is State.INC
    assert again.assessment.observations[("report-dependencies", "")].result.verdict.value == "unknown"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("a.json", '{"some": "thing"}', "no report of a tool that is known here"),
        ("b.json", trivy(("CVE-1", "x", "HIGH"))[:-30], ""),
        ("z.html", "<!DOCTYPE html><html><head><title>ZAP Scanning Report</title></head></html>", "Traditional XML"),
        ("c.xml", "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", ""),
    ],
)
def test_what_cannot_be_read_is_kept_and_says_why(session, drop, name, text, why):
    added = drop(name, text)
    ((id, sentence),) = added.unread
    assert sentence
    assert why in sentence
    assert session.assessment.evidence[id].read_as == ""
    assert vulnerabilities.ledger(session).reports == ()


def test_plain_evidence_asks_no_questions(session, drop):
    added = drop("minutes.txt", "We met.")
    assert added.unread == ()
    assert added.evidence[0].read_as == ""


@pytest.mark.slow
def test_a_newer_report_offers_to_close_what_disappeared_and_reopens_what_came_back(session, drop, clock):
    drop("1.json", trivy(("CVE-2026-1", "left-pad", "HIGH"), ("CVE-2026-2", "tar", "LOW"), day="2026-11-01"))
    drop("2.json", trivy(("CVE-2026-2", "tar", "LOW"), day="2026-11-20"))
    assert [r.id for r in vulnerabilities.gone(session)] == ["V-1"]
    assert row(session).is_open, "nothing closes by itself"
    vulnerabilities.close_gone(session, [row(session).key], "4.2.0").result()
    assert row(session).state is LedgerState.FIXED
    assert (row(session).fixed.isoformat(), row(session).disposal.release) == ("2026-11-20", "4.2.0")
    with pytest.raises(UnusableEntry):
        vulnerabilities.close_gone(session, [row(session).key])
    drop("3.json", trivy(("CVE-2026-1", "left-pad", "HIGH"), day="2026-11-22"))
    assert row(session).state is LedgerState.OPEN
    assert row(session).back.isoformat() == "2026-11-22"


def test_the_score_follows_from_the_vector_and_bad_ones_are_refused(session):
    vector = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"
    made = own(session, score=None, vector=vector)
    assert (made.score, made.version, made.rating) == (9.3, "4.0", Rating.CRITICAL)
    for wrong in (
        {"vector": "CVSS:3.1/AV:N"},
        {"score": 10.1},
        {"score": -1.0},
        {"score": float("nan")},
        {"title": " "},
        {"reported": None},
        {"reported": day(session, -1)},
        {"triaged": day(session, -1)},
    ):
        with pytest.raises(UnusableEntry):
            own(session, **wrong)
    assert len(vulnerabilities.ledger(session).rows) == 1


def test_decisions_need_what_they_need(session, drop):
    drop("1.json", trivy(("CVE-2026-1", "left-pad", "HIGH")))
    key = row(session).key
    today = session.clock().date()
    for wrong in (
        Disposal(Decision.FIXED),
        Disposal(Decision.FIXED, on=today + timedelta(days=1)),
        Disposal(Decision.FIXED, on=row(session).began - timedelta(days=1)),
        Disposal(Decision.NOT_AFFECTED, because=" "),
        Disposal(Decision.ACCEPTED, because="x", owner="y", control="z"),
        Disposal(Decision.ACCEPTED, because="x", owner="y", control="z", until=today - timedelta(days=1)),
    ):
        with pytest.raises(UnusableEntry):
            vulnerabilities.dispose(session, key, wrong)
    with pytest.raises(UnusableEntry):
        vulnerabilities.dispose(session, "V-99", Disposal(Decision.NOT_AFFECTED, because="x"))
    with pytest.raises(UnusableEntry, match="listed by a report"):
        vulnerabilities.forget(session, key)
    vulnerabilities.dispose(session, key, Disposal(Decision.NOT_AFFECTED, because="dead code")).result()
    assert row(session).state is LedgerState.NOT_AFFECTED
    session.undo().result()
    assert row(session).state is LedgerState.OPEN


def test_a_fix_cannot_lie_before_a_report_that_still_lists_it(session, drop):
    drop("1.json", trivy(("CVE-2026-1", "left-pad", "HIGH"), day="2026-11-01"))
    drop("2.json", trivy(("CVE-2026-1", "left-pad", "HIGH"), day="2026-11-20"))
    with pytest.raises(UnusableEntry, match="still lists it"):
        vulnerabilities.dispose(session, "V-1", Disposal(Decision.FIXED, on=row(session).began + timedelta(days=5)))


def test_an_accepted_weakness_is_an_exception_in_the_statement(session):
    late = own(session)
    answers.answer(session, Answer("VULN-any", AnswerState.GIVEN, "some")).result()
    assert session.findings["VULN-2"].mark is Mark.NOT_MET
    until = session.clock().date() + timedelta(days=20)
    accepted = Disposal(Decision.ACCEPTED, because="Needs a new service.", owner="Jo", control="Proxy.", until=until)
    vulnerabilities.dispose(session, late.key, accepted).result()
    assert session.findings["VULN-2"].mark is Mark.EXCEPTION
    item = next(i for group in attesting.draft(session).groups for i in group.items if i.id == "VULN-2")
    assert item.exception is not None
    assert (item.exception.owner, item.exception.control, item.exception.until) == ("Jo", "Proxy.", until)
    assert "Replay: Needs a new service." in item.exception.gap
    other = own(session, title="Another", reported=day(session, 60))
    assert session.findings["VULN-2"].mark is Mark.NOT_MET, "the exception of one covers no other"
    vulnerabilities.forget(session, other.key).result()
    assert session.findings["VULN-2"].mark is Mark.EXCEPTION


def test_rows_put_together_can_be_taken_apart_again(session):
    first, second = own(session), own(session, title="The same", score=9.8)
    vulnerabilities.merge(session, second.key, "V-1").result()
    assert [(r.id, r.rating) for r in vulnerabilities.ledger(session).rows] == [("V-1", Rating.CRITICAL)]
    with pytest.raises(UnusableEntry):
        vulnerabilities.merge(session, first.key, second.key)
    session.undo().result()
    assert len(vulnerabilities.ledger(session).rows) == 2
    vulnerabilities.merge(session, second.key, "V-1").result()
    vulnerabilities.rejoin(session, "V-1").result()
    assert len(vulnerabilities.ledger(session).rows) == 2


def grype(id, package, severity):
    match = {
        "vulnerability": {"id": id, "severity": severity, "cvss": []},
        "artifact": {"name": package, "version": "1.0", "type": "npm", "purl": f"pkg:npm/{package}@1.0"},
    }
    return json.dumps({"matches": [match], "descriptor": {"name": "grype", "version": "0.71.0"}})


@pytest.mark.slow
def test_what_was_merged_by_its_name_can_be_split_stays_split_and_put_together_again(session, drop):
    drop("1.json", trivy(("CVE-2026-1", "left-pad", "HIGH")))
    drop("2.json", grype("CVE-2026-1", "left-pad", "Low"))
    (row,) = vulnerabilities.ledger(session).rows
    member = next(s.member for s in row.sightings if s.tool.startswith("Grype"))
    vulnerabilities.split(session, row.key, member).result()
    assert [(r.rating, len(r.sightings)) for r in vulnerabilities.ledger(session).rows] == [
        (Rating.HIGH, 1),
        (Rating.LOW, 1),
    ]
    drop("3.json", grype("CVE-2026-1", "left-pad", "Low").replace("0.71.0", "0.72.0"))
    first, second = vulnerabilities.ledger(session).rows
    with pytest.raises(UnusableEntry, match="one source"):
        vulnerabilities.split(session, first.key, first.sightings[0].member)
    with pytest.raises(UnusableEntry, match="by hand"):
        vulnerabilities.rejoin(session, first.key)
    vulnerabilities.rejoin(session, second.key).result()
    assert len(vulnerabilities.ledger(session).rows) == 1


def test_splitting_what_a_hand_merged_takes_that_back(session, drop):
    drop("1.json", trivy(("CVE-2026-1", "left-pad", "HIGH"), ("CVE-2026-2", "right-pad", "LOW")))
    vulnerabilities.merge(session, "V-2", "V-1").result()
    (row,) = vulnerabilities.ledger(session).rows
    member = next(s.member for s in row.sightings)
    vulnerabilities.split(session, row.key, member).result()
    assert len(vulnerabilities.ledger(session).rows) == 2
    assert dict(session.assessment.merged) == {}
    session.undo().result()
    assert len(vulnerabilities.ledger(session).rows) == 1


def looked(session, verdict, when):
    result = Result(
        check="hsts",
        subject="app.example.test",
        verdict=verdict,
        level=Level.MUST,
        summary="s",
        rule="hsts/1",
        source="x",
        method=Method.TEST,
        at=when,
    )
    session.record(e.Looked(run="r", host="app.example.test", results=(result,))).result()


def test_a_failed_check_of_our_own_is_a_row_until_it_passes(session):
    hosts = (Row((("host", "app.example.test"),)),)
    answers.answer(session, Answer("SCOPE-1", AnswerState.GIVEN, hosts)).result()
    now = session.clock()
    looked(session, Verdict.FAIL, now - timedelta(days=9))
    looked(session, Verdict.UNKNOWN, now - timedelta(days=5))
    looked(session, Verdict.FAIL, now - timedelta(days=3))
    (row,) = vulnerabilities.ledger(session).rows
    assert (row.id, row.title, row.began) == ("C-1", "HSTS", (now - timedelta(days=9)).date())
    with pytest.raises(UnusableEntry, match="Look again"):
        vulnerabilities.dispose(session, row.key, Disposal(Decision.FIXED, on=now.date()))
    assert session.findings["VULN-2"].mark is not Mark.COULD_NOT_LOOK, "it fails under its own requirement"
    assert weaknesses(vulnerabilities.ledger(session), now.date(), {}) == (), "it is printed as a check"
    looked(session, Verdict.PASS, now - timedelta(days=1))
    (row,) = vulnerabilities.ledger(session).rows
    assert (row.state, row.fixed) == (LedgerState.FIXED, (now - timedelta(days=1)).date())
    looked(session, Verdict.FAIL, now)
    (row,) = vulnerabilities.ledger(session).rows
    assert (row.state, row.began) == (LedgerState.OPEN, now.date()), "a pass between shows that the fix held"


def test_the_statement_holds_the_ledger_and_names_every_report(session, drop):
    drop("1.json", trivy(("CVE-2026-1", "left-pad", "HIGH")))
    own(session)
    frozen = attesting.draft(session)
    assert [(w.number, w.limit, w.used) for w in frozen.ledger] == [("V-2", 42, 50), ("V-1", 42, 3)]
    assert any("1.json, Trivy" in note for note in frozen.notes)


def test_nothing_of_a_weakness_stands_in_clear_in_an_envelope(session):
    made = own(session, title="Secret flaw")
    vulnerabilities.dispose(session, made.key, Disposal(Decision.FALSE_POSITIVE, because="x")).result()
    last = [event for event in session.workspace.journal.events() if not isinstance(event.payload, e.Looked)][-2:]
    assert [event.envelope.subject for event in last] == ["", ""]


# --- files


HOSTILE = ("=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "  =1", "＝1")


@pytest.fixture
def hostile(session):
    for title in HOSTILE:
        own(session, title=title)
    own(session, title="Plain; with, commas\nand a line", vector="CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H")
    return vulnerabilities.ledger(session).rows


def test_no_cell_of_a_table_is_a_formula(session, hostile):
    data = ledger_files.as_csv(hostile, session.clock().date(), session.clock()).decode("utf-8-sig")
    read = list(csv.reader(io.StringIO(data)))
    assert len(read) == 9
    for line, title in zip(read[1:], HOSTILE, strict=False):
        assert line[1] == f"'{title}"
    data = ledger_files.as_xlsx(hostile, session.clock().date(), session.clock())
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        assert "<f>" not in sheet
        assert "hyperlink" not in sheet
        assert "&apos;=cmd" in (strings := book.read("xl/sharedStrings.xml").decode()) or "'=cmd" in strings


def test_the_calendar_has_the_due_days(session, hostile):
    data = ledger_files.as_calendar(hostile, session.clock().date(), session.clock()).decode()
    assert data.count("BEGIN:VEVENT") == 8
    assert all(len(line.encode()) <= 75 for line in data.split("\r\n"))
    due = row(session).due
    assert f"DTSTART;VALUE=DATE:{due:%Y%m%d}" in data
    assert "commas\\nand a line" in data.replace("\r\n ", "")
    done = vulnerabilities.dispose(session, "V-1", Disposal(Decision.FALSE_POSITIVE, because="x"))
    done.result()
    rows = vulnerabilities.ledger(session).rows
    assert ledger_files.as_calendar(rows, session.clock().date(), session.clock()).count(b"BEGIN:VEVENT") == 7


def test_exporting_writes_whole_files_or_says_why(session, hostile, tmp_path):
    keys = [r.key for r in hostile]
    for name in ("a.csv", "a.xlsx", "a.ICS"):
        assert vulnerabilities.export(session, keys, tmp_path / name).result.result().stat().st_size > 200
    with pytest.raises(ledger_files.UnknownFormat):
        vulnerabilities.export(session, keys, tmp_path / "a.pdf")
    with pytest.raises(ledger_files.NotWritten):
        vulnerabilities.export(session, keys, tmp_path / "nowhere" / "a.csv").result.result()
