"""Parts of a file blacked out in the window: by mouse, by keyboard and by selecting words; then it is evidence."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from wizard.gui.context import Place
from wizard.gui.pages.black_out import BlackOutPage
from wizard.gui.pages.evidence import EvidencePage
from wizard.gui.shell import Shell
from wizard.session.deeds import redacting
from wizard.session.session import Session


@pytest.fixture
def screen(tmp_path: Path) -> Path:
    path = tmp_path / "screen.png"
    Image.new("RGB", (600, 300), "orange").save(path)
    return path


def shown(shell: Shell, path: Path, qtbot: QtBot) -> BlackOutPage:
    shell.go(Place("black_out", str(path), "DATA-1"))
    page = shell.page
    assert isinstance(page, BlackOutPage)
    qtbot.waitUntil(lambda: page._original is not None)
    qtbot.wait(20)
    return page


@pytest.mark.slow
def test_boxes_are_drawn_taken_away_and_burned_in(opened: Shell, session: Session, screen: Path, qtbot: QtBot) -> None:
    page = shown(opened, screen, qtbot)
    picture = page.picture
    assert picture.isVisible()
    assert not opened.foot.deed.isEnabled()
    box = picture._drawn(picture.width())
    at = [
        QPoint(round(box.x() + box.width() * x), round(box.y() + box.height() * y)) for x, y in ((0.1, 0.1), (0.6, 0.5))
    ]
    QTest.mousePress(picture, Qt.MouseButton.LeftButton, pos=at[0])
    QTest.mouseMove(picture, at[1])
    QTest.mouseRelease(picture, Qt.MouseButton.LeftButton, pos=at[1])
    QTest.mouseClick(picture, Qt.MouseButton.LeftButton, pos=at[0])  # a click is no box
    assert len(picture.marks) == 1
    assert picture.marks[0].left() == pytest.approx(0.1, abs=0.02)
    assert picture.marks[0].bottom() == pytest.approx(0.5, abs=0.02)
    picture.mark(QRectF(0.8, 0.8, 0.1, 0.1))
    page.back_button.click()
    assert len(picture.marks) == 1
    assert opened.foot.deed.isEnabled()
    opened.foot.deed.click()
    qtbot.waitUntil(lambda: bool(session.assessment.evidence))
    qtbot.waitUntil(lambda: isinstance(opened.page, EvidencePage))
    [item] = session.assessment.evidence.values()
    assert item.requirements == ("DATA-1",)
    out = Image.open(io.BytesIO(session.workspace.box.read(item.sealed, 1_000_000)))
    assert out.getpixel((200, 100)) == (0, 0, 0)
    assert out.getpixel((590, 290)) == (255, 165, 0)
    evidence = opened.page
    assert isinstance(evidence, EvidencePage)
    said = evidence.panel.blacked_out.text()
    assert "1 place was blacked out" in said
    assert redacting.original_digest(session, item.id)[:16] in said
    assert page.picture._pixmap.isNull(), "nothing of it stays in the page"


def test_a_box_without_a_mouse(opened: Shell, screen: Path, qtbot: QtBot) -> None:
    picture = shown(opened, screen, qtbot).picture
    for key, times in ((Qt.Key.Key_Left, 40), (Qt.Key.Key_Space, 1), (Qt.Key.Key_Right, 60), (Qt.Key.Key_Down, 10)):
        for _n in range(times):
            QTest.keyClick(picture, key)
    assert picture.marks == ()
    QTest.keyClick(picture, Qt.Key.Key_Space)
    [mark] = picture.marks
    assert (mark.left(), mark.right()) == (pytest.approx(0.3), pytest.approx(0.6))
    assert mark.height() == pytest.approx(0.1)
    QTest.keyClick(picture, Qt.Key.Key_Delete)
    assert picture.marks == ()


@pytest.mark.slow
def test_words_are_selected_and_counted_as_the_child_counts_them(
    opened: Shell, session: Session, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "log.txt"
    path.write_bytes("\U0001f511 key: s3cr3t-one\r\nother: s3cr3t-one\r\n".encode())
    page = shown(opened, path, qtbot)
    assert not page.mark_button.isEnabled()
    cursor = page.text.textCursor()
    at = page.text.toPlainText().encode("utf-16-le").index("s3cr3t-one".encode("utf-16-le")) // 2
    cursor.setPosition(at)
    cursor.setPosition(at + 10, QTextCursor.MoveMode.KeepAnchor)
    page.text.setTextCursor(cursor)
    assert page.mark_button.isEnabled()
    page.mark_button.click()
    opened.foot.deed.click()
    qtbot.waitUntil(lambda: bool(session.assessment.evidence))
    [item] = session.assessment.evidence.values()
    assert session.workspace.box.read(item.sealed, 1000).decode() == (
        "\U0001f511 key: \u2588\u2588\u2588\u2588\u2588\u2588\nother: \u2588\u2588\u2588\u2588\u2588\u2588\n"
    )
    qtbot.waitUntil(lambda: isinstance(opened.page, EvidencePage))


def test_what_cannot_be_blacked_out_is_said_and_leaving_forgets(
    opened: Shell, session: Session, screen: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    pdf = tmp_path / "report.pdf"
    pdf.write_bytes(b"%PDF-1.7\n")
    opened.go(Place("black_out", str(pdf)))
    page = opened.page
    assert isinstance(page, BlackOutPage)
    qtbot.waitUntil(lambda: "Only pictures" in page.message_bar.text)
    page = shown(opened, screen, qtbot)
    opened.go(Place("home"))
    assert page._original is None
    assert page.picture._pixmap.isNull()
    assert not session.assessment.evidence
