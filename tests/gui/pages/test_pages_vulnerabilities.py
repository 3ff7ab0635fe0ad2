"""The ledger's page: reports dropped, findings written and decided on, chart, filters, and ten thousand rows."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from wizard.domain.deadlines import Severity
from wizard.domain.ledger import make_ledger
from wizard.domain.vulnerability import Decision, Disposal, LedgerState, Note, Rating
from wizard.gui.context import Place
from wizard.gui.pages import vulnerability_lines as lines
from wizard.gui.pages.evidence import EvidencePage
from wizard.gui.pages.vector_editor import VERSIONS, VectorEditor, metrics, read, spelled
from wizard.gui.pages.vulnerabilities import VulnerabilitiesPage
from wizard.gui.pages.vulnerability_chart import spots
from wizard.gui.pages.vulnerability_table import LedgerTable
from wizard.gui.shell import Shell
from wizard.gui.widgets.buttons import OutlineButton
from wizard.session.deeds import vulnerabilities as deeds
from wizard.session.session import Session

TODAY = date(2026, 11, 23)
BANDIT = json.dumps(
    {
        "errors": [],
        "generated_at": "2026-11-20T10:00:00Z",
        "metrics": {"_totals": {"SEVERITY.HIGH": 1, "SEVERITY.MEDIUM": 0, "SEVERITY.LOW": 0}},
        "results": [
            {
                "code": "x",
                "filename": "app/run.py",
                "issue_confidence": "HIGH",
                "issue_severity": "HIGH",
                "issue_text": "subprocess call with shell=True",
                "line_number": 7,
                "line_range": [7],
                "test_id": "B602",
                "test_name": "subprocess_popen_with_shell_equals_true",
                "issue_cwe": {"id": 78, "link": "x"},
            }
        ],
    }
)


def page(shell: Shell, item: str = "") -> VulnerabilitiesPage:
    shell.go(Place("vulnerabilities", item))
    assert isinstance(shell.page, VulnerabilitiesPage)
    return shell.page


def note(session: Session, title: str, score: float | None, days: int) -> str:
    key = deeds.new_key()
    reported = session.clock().date() - timedelta(days=days)
    deeds.note(session, Note(key, title=title, score=score, source="Test", reported=reported)).result()
    return key


@pytest.fixture
def noted(session: Session) -> Session:
    for title, score, days in (("Late", 8.1, 46), ("Soon", 9.8, 25), ("Calm", 6.1, 8), ("Unrated", None, 3)):
        note(session, title, score, days)
    return session


def shown(page: VulnerabilitiesPage) -> list[str]:
    return [row.title for row in page.table.rows]


def test_an_empty_ledger_says_what_to_do(opened: Shell) -> None:
    empty = page(opened)
    assert empty.sentence == "Nothing is in the ledger yet."
    assert empty.empty.isVisibleTo(empty)
    assert not empty.table.isVisibleTo(empty)
    assert not empty.import_button.isVisibleTo(empty), "one way to import is enough"


def test_the_most_urgent_stands_first_and_the_sentence_counts(opened: Shell, noted: Session) -> None:
    ledger = page(opened)
    assert shown(ledger) == ["Late", "Unrated", "Soon", "Calm"]
    assert ledger.sentence == "4 open. 1 is past its limit, 1 is due within a week, 1 is not rated."
    assert ledger.limit.title.text() == "High weaknesses are fixed within 42 days"
    assert ledger.limit.badge.text == "Not met"
    assert "4 days past its limit" in ledger.chart.lanes.accessibleDescription() or "1 past the limit" in (
        ledger.chart.lanes.accessibleDescription()
    )


def test_filters(opened: Shell, noted: Session, qtbot: QtBot) -> None:
    ledger = page(opened)
    ledger.view.setCurrentIndex(ledger.view.findData("over"))
    assert shown(ledger) == ["Late"]
    ledger.view.setCurrentIndex(ledger.view.findData("unrated"))
    assert shown(ledger) == ["Unrated"]
    ledger.view.setCurrentIndex(0)
    ledger.rating.setCurrentIndex(ledger.rating.findData("critical"))
    assert shown(ledger) == ["Soon"]
    ledger.rating.setCurrentIndex(0)
    qtbot.keyClicks(ledger.search, "calm v-3")
    qtbot.waitUntil(lambda: shown(ledger) == ["Calm"])
    ledger.search.setText("nothing like it")
    qtbot.waitUntil(lambda: ledger.none.isVisibleTo(ledger))


def test_columns_sort(opened: Shell, noted: Session) -> None:
    ledger = page(opened)
    ledger.table._sort(1)
    assert shown(ledger) == ["Calm", "Late", "Soon", "Unrated"]
    ledger.table._sort(1)
    assert shown(ledger) == ["Unrated", "Soon", "Late", "Calm"]
    ledger.table._sort(2)
    assert shown(ledger) == ["Soon", "Late", "Calm", "Unrated"]


def test_a_finding_is_written_and_undone(opened: Shell, session: Session, qtbot: QtBot) -> None:
    ledger = page(opened)
    ledger.add_button.click()
    form = ledger.form
    assert form is not None
    form.save_button.click()
    assert "needs a title" in form.problem.text()
    form.title.setText("Replay of a token")
    form.reported.set_iso("not a day")
    form.save_button.click()
    assert form.problem.text()
    form.reported.set_iso((session.clock().date() - timedelta(days=3)).isoformat())
    form.vector.line.setText("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:N")
    form.save_button.click()
    qtbot.waitUntil(lambda: shown(ledger) == ["Replay of a token"])
    (row,) = ledger.table.rows
    assert (row.rating, row.score) == (Rating.CRITICAL, 9.1)
    qtbot.waitUntil(lambda: ledger.form is None)
    opened.undo()
    qtbot.waitUntil(lambda: shown(ledger) == [])


def test_a_decision_is_recorded_and_taken_back(opened: Shell, noted: Session, qtbot: QtBot) -> None:
    ledger = page(opened, "V-1")
    assert ledger.panel.isVisibleTo(ledger)
    decision = ledger.panel.decision
    decision.choose(Decision.FALSE_POSITIVE)
    decision.save_button.click()
    assert "needs its reason" in decision.problem.text()
    decision.because.setText("The proxy refuses it")
    decision.save_button.click()
    qtbot.waitUntil(lambda: ledger.table.rows[-1].state is LedgerState.FALSE_POSITIVE)
    qtbot.waitUntil(lambda: "decision on V-1" in ledger.message_bar.text)
    decision.reopen_button.click()
    qtbot.waitUntil(lambda: all(row.is_open for row in ledger.table.rows))


def test_the_limit_leads_to_accepting_its_finding(opened: Shell, noted: Session, qtbot: QtBot) -> None:
    ledger = page(opened)
    ledger.limit.link.click()
    decision = ledger.panel.decision
    assert ledger.panel.title.text().endswith("Late")
    assert decision.decision is Decision.ACCEPTED
    decision.because.setText("New service needed")
    decision.owner.setText("Jo")
    decision.control.setText("Proxy")
    decision.until.set_iso((noted.clock().date() + timedelta(days=9)).isoformat())
    decision.save_button.click()
    qtbot.waitUntil(lambda: noted.findings["VULN-2"].state.value == "EXC")
    qtbot.waitUntil(lambda: not ledger.limit.isVisibleTo(ledger))


@pytest.mark.slow
def test_reports_are_read_and_what_disappears_is_offered(
    opened: Shell, session: Session, tmp_path: Path, qtbot: QtBot, choose: Callable[[Path], None]
) -> None:
    ledger = page(opened)
    first = tmp_path / "scan.json"
    first.write_text(BANDIT)
    choose(first)
    ledger.empty.acted.emit()
    qtbot.waitUntil(lambda: len(ledger.table.rows) == 1)
    qtbot.waitUntil(lambda: "Bandit report, 1 result, 1 high → APP-12" in ledger.message_bar.text)
    second = tmp_path / "again.json"
    data = json.loads(BANDIT) | {"results": [], "metrics": {}, "generated_at": "2026-11-22T10:00:00Z"}
    second.write_text(json.dumps(data))
    ledger.read((second,))
    qtbot.waitUntil(lambda: ledger.gone.isVisibleTo(ledger))
    assert "gone?" in lines.said_of(ledger.table.rows[0], session.clock().date()).text
    ledger.gone.release.setText("4.2.0")
    ledger.gone.close_button.click()
    qtbot.waitUntil(lambda: ledger.table.rows[0].state is LedgerState.FIXED)
    assert not ledger.gone.isVisibleTo(ledger)


@pytest.mark.slow
def test_rows_of_two_tools_are_split_and_put_back_by_hand(
    opened: Shell, session: Session, tmp_path: Path, qtbot: QtBot
) -> None:
    ledger = page(opened)
    flaw = {"VulnerabilityID": "CVE-2026-1", "PkgName": "lodash", "InstalledVersion": "1.0", "Severity": "HIGH"}
    trivy = {
        "SchemaVersion": 2,
        "CreatedAt": "2026-11-20T09:00:00Z",
        "ArtifactName": "app",
        "Results": [{"Target": "package-lock.json", "Type": "npm", "Vulnerabilities": [flaw]}],
    }
    match = {
        "vulnerability": {"id": "CVE-2026-1", "severity": "Low", "cvss": []},
        "artifact": {"name": "lodash", "version": "1.0", "type": "npm"},
    }
    grype = {"matches": [match], "descriptor": {"name": "grype", "version": "1", "timestamp": "2026-11-19T09:00:00Z"}}
    for name, report in (("trivy.json", trivy), ("grype.json", grype)):
        (tmp_path / name).write_text(json.dumps(report))
    ledger.read((tmp_path / "trivy.json", tmp_path / "grype.json"))
    qtbot.waitUntil(lambda: [len(row.sightings) for row in ledger.table.rows] == [2], timeout=30_000)
    ledger.table.choose(ledger.table.rows[0].key)
    apart = [b for b in ledger.panel.findChildren(OutlineButton) if b.text() == "Not the same" and not b.isHidden()]
    assert len(apart) == 2
    assert not ledger.panel.again_button.isVisibleTo(ledger)
    apart[1].click()
    qtbot.waitUntil(lambda: len(ledger.table.rows) == 2)
    split = next(row for row in ledger.table.rows if row.key.startswith("apart:"))
    ledger.table.choose(split.key)
    assert ledger.panel.again_button.text() == "Put it back together"
    ledger.panel.again_button.click()
    qtbot.waitUntil(lambda: len(ledger.table.rows) == 1)


def test_what_is_no_report_is_said(opened: Shell, session: Session, tmp_path: Path, qtbot: QtBot) -> None:
    ledger = page(opened)
    path = tmp_path / "odd.json"
    path.write_text('{"a": 1}')
    ledger.read((path,))
    qtbot.waitUntil(lambda: "no report of a tool" in ledger.message_bar.text)
    assert shown(ledger) == []


def test_a_report_dropped_on_the_evidence_page_says_what_it_is(
    opened: Shell, session: Session, tmp_path: Path, qtbot: QtBot
) -> None:
    opened.go(Place("evidence"))
    evidence = opened.page
    assert isinstance(evidence, EvidencePage)
    path = tmp_path / "x.bin"
    path.write_text(BANDIT)
    evidence.add((path,))
    qtbot.waitUntil(lambda: len(evidence._sheets) == 1)
    (sheet,) = evidence._sheets.values()
    assert sheet.item.read_as.startswith("Bandit report, 1 result, 1 high → APP-12")
    assert sheet.picker.picked == ("APP-12",)


def test_export_asks_where(
    opened: Shell, noted: Session, tmp_path: Path, qtbot: QtBot, choose: Callable[[Path], None]
) -> None:
    ledger = page(opened)
    choose(tmp_path / "out.csv")
    ledger.export_button.click()
    qtbot.waitUntil(lambda: (tmp_path / "out.csv").exists())
    qtbot.waitUntil(lambda: "not encrypted there" in ledger.message_bar.text)
    choose(tmp_path / "out.doc")
    ledger.export_button.click()
    assert "ends in none of these" in ledger.message_bar.text


@pytest.mark.parametrize("version", VERSIONS)
def test_the_vector_editor_and_its_line_say_the_same(version: str, qapp: QApplication, qtbot: QtBot) -> None:
    editor = VectorEditor()
    qtbot.addWidget(editor)
    editor.version.setCurrentIndex(editor.version.findData(version))
    for letters, _name, values in metrics(version):
        editor.field(letters).setCurrentIndex(editor.field(letters).findData(values[-1][0]))
    found = read(editor.vector)
    assert found is not None
    assert found[0] == version
    assert f"CVSS {version}" in editor.said.text()
    other = VectorEditor(editor.vector)
    qtbot.addWidget(other)
    assert other.version.currentData() == version
    assert all(other.field(m[0]).currentData() == found[1][m[0]] for m in metrics(version))
    assert spelled(version, found[1]) == editor.vector
    other.line.setText("CVSS:3.1/AV:N")
    assert "no complete" in other.said.text()


def test_the_chart_places_marks_by_how_much_of_the_limit_was_used() -> None:
    notes = (
        Note("hand:1", "a", rating=Rating.HIGH, reported=TODAY - timedelta(days=21)),
        Note("hand:2", "b", rating=Rating.HIGH, reported=TODAY - timedelta(days=63)),
        Note("hand:3", "c", rating=Rating.INFO, reported=TODAY),
    )
    found = spots(make_ledger(notes, {}, {}).rows, TODAY)[Severity.HIGH]
    assert [(spot.used, spot.late, spot.is_open) for spot in found] == [(0.5, False, True), (1.5, True, True)]


def test_words_of_states() -> None:
    def said(days: int, rating: Rating = Rating.HIGH, disposal: Disposal | None = None) -> str:
        from wizard.domain.ledger import Decided

        made = Note("hand:1", "a", rating=rating, reported=TODAY - timedelta(days=days))
        decided = {"hand:1": Decided(disposal)} if disposal else {}
        return lines.said_of(make_ledger((made,), decided, {}).rows[0], TODAY).text

    assert said(43) == "1 day over"
    assert said(42) == "Due today"
    assert said(2) == "40 days left"
    assert said(2, Rating.INFO) == "Open, no limit"
    assert said(2, Rating.UNKNOWN) == "Nobody rated it"
    assert said(60, disposal=Disposal(Decision.FIXED, on=TODAY - timedelta(days=40))) == "Fixed in 20 days"
    assert said(60, disposal=Disposal(Decision.FIXED, on=TODAY)) == "Fixed in 60 days, 18 late"


@pytest.mark.slow
def test_ten_thousand_rows_are_there_at_once(qapp: QApplication, qtbot: QtBot) -> None:
    """The benchmark measures it; here it must only not be off by an order."""
    notes = [
        Note(f"hand:{n}", f"Finding {n}", rating=Rating.LOW, reported=TODAY - timedelta(days=n % 300))
        for n in range(10_000)
    ]
    rows = make_ledger(notes, {}, {}).rows
    table = LedgerTable()
    qtbot.addWidget(table)
    table.resize(960, 400)
    start = time.thread_time()
    table.show_rows(lines.chosen(rows, lines.Filter(), TODAY), TODAY)
    table.show()
    qapp.processEvents()
    assert time.thread_time() - start < 3
    assert table.model().rowCount() == 10_000
    table.setFocus()
    qtbot.keyClick(table, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    assert len(table._ledger._made) < 200, "only what is seen is put into words"


@pytest.mark.slow
def test_a_report_dropped_on_a_requirement_says_what_it_is(
    opened: Shell, session: Session, tmp_path: Path, qtbot: QtBot
) -> None:
    from wizard.gui.pages.section import SectionPage

    section = session.questionnaire.section_of["APP-12"]
    opened.go(Place("section", section.id, "APP-12"))
    assert isinstance(opened.page, SectionPage)
    qtbot.waitUntil(lambda: "APP-12" in opened.page.cards)
    path = tmp_path / "x.json"
    path.write_text(BANDIT)
    opened.page.cards["APP-12"].add_files((path,))
    qtbot.waitUntil(lambda: "Bandit report, 1 result, 1 high → APP-12" in opened.page.message_bar.text)


@pytest.mark.slow
def test_a_report_with_a_live_secret_is_settled_among_the_evidence(
    opened: Shell, session: Session, tmp_path: Path, qtbot: QtBot
) -> None:
    from wizard.gui.pages.held_sheet import HeldSheet

    path = tmp_path / "report.json"
    path.write_text('{"runs": [], "token": "gh' + 'p_Ab3dEf6hIj9lMn2pQr5tUv8xYz1BcD4fGh7j"}')
    opened.go(Place("vulnerabilities"))
    opened.page.read((path,))
    qtbot.waitUntil(lambda: opened.page.findChild(HeldSheet) is not None, timeout=30_000)
    assert not session.assessment.evidence
