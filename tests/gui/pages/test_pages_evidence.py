"""Evidence: added, filed, looked at, exported, removed and brought back; hostile and empty files get their sentence."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from wizard.domain.evidence import Evidence, Sealed
from wizard.gui.context import Place
from wizard.gui.pages.evidence import EvidencePage, line, sentence, too_old
from wizard.gui.pages.filing_sheet import FilingSheet
from wizard.gui.pages.picker import suggested
from wizard.gui.shell import Shell
from wizard.gui.widgets.fields import TickBox
from wizard.gui.widgets.plain import PlainLabel
from wizard.session.session import Session

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000" "1f15c4890000000d49444154789c6360606060000000050001"
    "a5f645400000000049454e44ae426082"
)  # fmt: skip


def evidence(shell: Shell, requirement: str = "") -> EvidencePage:
    shell.go(Place("evidence", "", requirement))
    assert isinstance(shell.page, EvidencePage)
    return shell.page


def add(page: EvidencePage, session: Session, path: Path, qtbot: QtBot) -> Evidence:
    before = set(session.assessment.evidence)
    page.add((path,))
    qtbot.waitUntil(lambda: len(page._sheets) == 1, timeout=30_000)
    (id,) = set(session.assessment.evidence) - before
    return session.assessment.evidence[id]


def test_a_file_is_filed_under_what_is_ticked(opened: Shell, session: Session, tmp_path: Path, qtbot: QtBot) -> None:
    page = evidence(opened)
    path = tmp_path / "threat-model-2026.txt"
    path.write_text("STRIDE, 3 March")
    item = add(page, session, path, qtbot)
    sheet = page._sheets[item.id]
    assert sheet.picker.picked == (), "a name is no proof: nothing was read from it"
    tick = sheet.picker.tick_of("APP-11")
    assert tick is not None, "the name suggests it"
    tick.click()
    assert sheet.file_button.text() == "File under 1 requirement"
    sheet.others_button.click()
    qtbot.keyClicks(sheet.picker.search, "HSTS")
    next(tick for tick in sheet.picker.findChildren(TickBox) if sheet.picker._found.indexOf(tick) == 0).click()
    assert "DATA-4" in sheet.picker.picked
    sheet.note.note.setText("Workshop notes")
    sheet.note.expires.set_iso("2027-03-03")
    sheet.file_button.click()
    qtbot.waitUntil(lambda: session.assessment.evidence[item.id].note == "Workshop notes")
    filed = session.assessment.evidence[item.id]
    assert set(filed.requirements) == {"APP-11", "DATA-4"}
    assert filed.expires == date(2027, 3, 3)
    qtbot.waitUntil(lambda: not page._sheets)
    assert "is filed under" in page.message_bar.text


def test_a_day_that_is_none_is_said_and_the_sheet_stays(
    opened: Shell, session: Session, tmp_path: Path, qtbot: QtBot
) -> None:
    page = evidence(opened)
    path = tmp_path / "x.bin"
    path.write_bytes(b"\x00\x01")
    item = add(page, session, path, qtbot)
    sheet = page._sheets[item.id]
    sheet.note.expires.set_iso("the day after")
    sheet.file_button.click()
    assert not sheet.problem.isHidden()
    assert sheet.problem.text()
    assert item.id in page._sheets


def test_coming_from_a_requirement_offers_it(opened: Shell, session: Session, tmp_path: Path, qtbot: QtBot) -> None:
    page = evidence(opened, "DATA-1")
    path = tmp_path / "console.png"
    path.write_bytes(PNG)
    item = add(page, session, path, qtbot)
    assert page._sheets[item.id].picker.picked == ("DATA-1",)


@pytest.mark.slow
def test_not_keeping_and_undo(opened: Shell, session: Session, tmp_path: Path, qtbot: QtBot) -> None:
    page = evidence(opened)
    path = tmp_path / "note.txt"
    path.write_text("hello")
    item = add(page, session, path, qtbot)
    page._sheets[item.id].refuse_button.click()
    qtbot.waitUntil(lambda: item.id not in session.assessment.evidence)
    qtbot.waitUntil(lambda: page.message_bar.text == "Removed note.txt.")
    page.message_bar.action.click()
    qtbot.waitUntil(lambda: item.id in session.assessment.evidence)


@pytest.mark.slow
def test_previews_come_from_the_child(opened: Shell, session: Session, tmp_path: Path, qtbot: QtBot) -> None:
    page = evidence(opened)
    for name, data in (
        ("a.txt", b"<b>plain</b> words"),
        ("b.png", PNG),
        ("c.png", PNG[:40]),
        ("d.zip", b"PK\x03\x04x"),
    ):
        (tmp_path / name).write_bytes(data)
        page.add((tmp_path / name,))
    qtbot.waitUntil(lambda: len(page._sheets) == 4)
    names = {item.name: item.id for item in session.assessment.evidence.values()}
    for sheet in tuple(page._sheets.values()):
        sheet.file_button.click()
    qtbot.waitUntil(lambda: not page._sheets)
    page.table.choose(names["a.txt"])
    qtbot.waitUntil(lambda: page.panel.text.isVisible())
    assert page.panel.text.toPlainText() == "<b>plain</b> words"
    page.table.choose(names["b.png"])
    qtbot.waitUntil(lambda: page.panel.picture.isVisible())
    page.table.choose(names["c.png"])
    qtbot.waitUntil(lambda: "damaged" in page.panel.said.text())
    page.table.choose(names["d.zip"])
    qtbot.waitUntil(lambda: "not shown here" in page.panel.said.text())


@pytest.mark.slow
def test_a_clear_copy_goes_where_one_says(
    opened: Shell, session: Session, tmp_path: Path, qtbot: QtBot, choose: Callable[[Path], None]
) -> None:
    page = evidence(opened)
    path = tmp_path / "plan.txt"
    path.write_text("the plan")
    item = add(page, session, path, qtbot)
    out = tmp_path / "out" / "plan.txt"
    choose(out)
    page._export(item.id)
    qtbot.waitUntil(lambda: "was not saved" in page.message_bar.text)
    out.parent.mkdir()
    page._export(item.id)
    qtbot.waitUntil(lambda: "A clear copy" in page.message_bar.text)
    assert out.read_text() == "the plan"


@pytest.mark.slow
@pytest.mark.parametrize("what", ["empty", "folder", "gone"])
def test_a_file_that_shows_nothing_gets_its_sentence(
    opened: Shell, session: Session, tmp_path: Path, qtbot: QtBot, what: str
) -> None:
    page = evidence(opened)
    path = tmp_path / "thing"
    if what == "empty":
        path.touch()
    elif what == "folder":
        path.mkdir()
    page.add((path,))
    words = {"empty": "is empty", "folder": "is not a file", "gone": "could not be read"}[what]
    qtbot.waitUntil(lambda: words in page.message_bar.text)
    assert not session.assessment.evidence


@pytest.fixture
def emptied_clipboard(qapp: object) -> Iterator[None]:
    """What Python put there may not be left there: Qt destroys it at the very end, when there is no Python any more."""
    yield
    QGuiApplication.clipboard().clear()


@pytest.mark.usefixtures("emptied_clipboard")
def test_files_can_be_pasted(opened: Shell, session: Session, tmp_path: Path, qtbot: QtBot) -> None:
    page = evidence(opened)
    QGuiApplication.clipboard().setText("just words")
    page._paste()
    assert "no file in the clipboard" in page.message_bar.text
    path = tmp_path / "pasted.txt"
    path.write_text("x")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    QGuiApplication.clipboard().setMimeData(data)
    page._paste()
    qtbot.waitUntil(lambda: len(session.assessment.evidence) == 1)


NOW = datetime(2026, 9, 12, 12, 0, tzinfo=UTC)


def piece(days: int, expires: date | None = None) -> Evidence:
    sealed = Sealed("n", "ab" * 32, "cd" * 32, 620_000)
    return Evidence(
        "1", "zap.json", "application/json", sealed, ("APP-13",), NOW - timedelta(days=days), "", "", expires
    )


def test_age_is_said_as_people_say_it() -> None:
    assert line(piece(1), NOW).cells[5].text == "1 day"
    assert line(piece(430), NOW).cells[5].text == "14 months, older than 12 months"
    assert too_old(piece(1, date(2026, 9, 1)), NOW)
    assert line(piece(1, date(2026, 9, 1)), NOW).cells[5].text == "expired 1 September"
    assert sentence((piece(430),), NOW) == "1 file supports 1 requirement. 1 is older than it should be."
    assert sentence((), NOW) == "No file yet."
    unfiled = replace(piece(1), requirements=())
    assert sentence((piece(1), unfiled), NOW) == "1 file supports 1 requirement. 1 supports nothing yet."
    assert sentence((unfiled, unfiled), NOW) == "2 files, which support nothing yet."


def test_what_a_name_suggests(session: Session) -> None:
    assert suggested(session.questionnaire, "threat-model.pdf")[0] == "APP-11"
    assert suggested(session.questionnaire, "IMG_0001.png") == ()
    assert suggested(session.questionnaire, "shot ever.png") == (), "whole words: not screenshot, not every"
    assert suggested(session.questionnaire, "\u202e\x00.") == ()


@pytest.mark.slow
def test_a_file_with_a_live_secret_waits_until_it_is_said_what_it_is(
    opened: Shell, session: Session, tmp_path: Path, qtbot: QtBot
) -> None:
    from wizard.gui.pages.held_sheet import HeldSheet

    secret = "gh" + "p_" + "Ab3dEf6hIj9lMn2pQr5tUv8xYz1BcD4fGh7j"
    path = tmp_path / "app.log"
    path.write_text(f"GET /me 200\nAuthorization: token {secret}\n")
    opened.go(Place("evidence", str(path), "SEC-5"))  # as the card of a requirement hands it over
    page = opened.page
    qtbot.waitUntil(lambda: page.findChild(HeldSheet) is not None, timeout=30_000)
    sheet = page.findChild(HeldSheet)
    assert not session.assessment.evidence
    assert "line 2" in sheet.list.text()
    assert secret not in sheet.list.text() + page.message_bar.text
    sheet.settle_button.click()
    assert "say why" in sheet.problem.text()
    sheet.because.setText("made up")
    sheet.settle_button.click()
    qtbot.waitUntil(lambda: len(page._sheets) == 1, timeout=30_000)
    assert [item.name for item in session.assessment.evidence.values()] == ["app.log"]


@pytest.mark.slow
def test_a_recording_is_read_when_it_is_filed(opened: Shell, session: Session, tmp_path: Path, qtbot: QtBot) -> None:
    page = evidence(opened)
    url = "https://app.apollo.io/#/oauth/authorize?client_id=a&response_type=token&redirect_uri=https://x.example/cb"
    path = tmp_path / "flow.har"
    path.write_text(json.dumps({"log": {"entries": [{"request": {"url": url}, "response": {"status": 200}}]}}))
    item = add(page, session, path, qtbot)
    page._sheets[item.id].filed.emit(item.id, ("ELIG-2",), "", None)
    qtbot.waitUntil(lambda: ("oauth-flow", "") in session.assessment.observations, timeout=30_000)
    path.write_text("{}")
    other = add(page, session, path, qtbot)
    page._sheets[other.id].filed.emit(other.id, ("ELIG-2",), "", None)
    qtbot.waitUntil(lambda: "nothing was read from it" in page.message_bar.text, timeout=30_000)


def test_only_what_can_be_blacked_out_is_offered_for_it(opened: Shell, tmp_path: Path, qtbot: QtBot) -> None:
    from wizard.checks.code.leak import Leak, Tier, Where
    from wizard.gui.pages.held_sheet import HeldSheet
    from wizard.session.deeds.evidence_secrets import Examined, HeldBack, WayOut

    leak = Leak("attestry.token", Tier.A, Where.FILE, "", 2, "", "ghp_…", "ab", "")
    for way_out in WayOut:
        sheet = HeldSheet(HeldBack(tmp_path / "scan.pdf", Examined((leak,)), way_out))
        qtbot.addWidget(sheet)
        assert sheet.black_out_button.isHidden() is (way_out is not WayOut.BLACK_OUT)
        assert sheet.focusProxy() is (
            sheet.settle_button if sheet.black_out_button.isHidden() else sheet.black_out_button
        )
    assert "take a picture of the page" in sheet.why.text()


@pytest.mark.slow
def test_pictures_are_said_not_to_be_read(opened: Shell, session: Session, tmp_path: Path, qtbot: QtBot) -> None:
    from wizard.gui.widgets.plain import PlainLabel

    page = evidence(opened)
    path = tmp_path / "console.png"
    path.write_bytes(PNG)
    item = add(page, session, path, qtbot)
    said = [label.text() for label in page._sheets[item.id].findChildren(PlainLabel)]
    assert any("not read for secrets" in text for text in said)


def test_all_secrets_of_a_file_are_settled_at_once(
    opened: Shell, session: Session, tmp_path: Path, qtbot: QtBot
) -> None:
    from wizard.domain.events import SecretVerdict
    from wizard.gui.pages.held_sheet import HeldSheet

    tokens = ["gh" + "p_" + f"Ab3dEf6hIj9lMn2pQr5tUv8xYz1BcD4fGh7{n}" for n in range(3)]
    path = tmp_path / "flow.har"
    path.write_text("\n".join(f"Authorization: token {token}" for token in tokens))
    opened.go(Place("evidence", str(path)))
    page = opened.page
    qtbot.waitUntil(lambda: page.findChild(HeldSheet) is not None, timeout=30_000)
    sheet = page.findChild(HeldSheet)
    assert sheet.secret.currentText() == "All 3 of them"
    sheet.verdict.setCurrentIndex(sheet.verdict.findData(SecretVerdict.REVOKED.value))
    sheet.settle_button.click()
    assert not sheet.problem.isHidden()
    sheet.revoked.set_iso("2026-01-02")
    sheet.rotated.set_iso("2026-01-02")
    sheet.settle_button.click()
    qtbot.waitUntil(lambda: len(page._sheets) == 1, timeout=30_000)
    assert len(session.assessment.secrets) == 3


@pytest.mark.parametrize(
    ("name", "read_as", "told"),
    [
        *(("heron.yaml", "", True), ("heron.JSON", "", True), ("flow.har", "", True), ("flow.har", "The flow.", True)),
        *(("audit.json", "A report.", False), ("notes.txt", "", False), ("plan.pdf", "", False)),
    ],
)
def test_who_adds_a_description_of_an_api_hears_where_it_counts(
    session: Session, name: str, read_as: str, told: bool, qtbot: QtBot
) -> None:
    item = Evidence("1", name, "text/plain", Sealed("n", "ab" * 32, "cd" * 32, 7), (), read_as=read_as)
    sheet = FilingSheet(item, session.questionnaire)
    qtbot.addWidget(sheet)
    assert any("file it under AUTH-1" in label.text() for label in sheet.findChildren(PlainLabel)) == told
    assert (sheet.picker.tick_of("AUTH-1") is not None) == told
