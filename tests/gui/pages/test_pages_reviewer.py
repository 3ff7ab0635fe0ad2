"""Checking an attestation without a workspace: drop, read the data, compare evidence, remember, see what changed."""

from __future__ import annotations

import runpy
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from wizard.gui.context import Place
from wizard.gui.pages.done import DonePage
from wizard.gui.pages.reviewer import ReviewerPage
from wizard.gui.shell import Shell
from wizard.gui.theme import theme
from wizard.gui.widgets.plain import PlainLabel

_TESTS = Path(__file__).resolve().parents[2]
_LOOKS = runpy.run_path(str(_TESTS / "gui" / "pages" / "test_pages_looks.py"))


@pytest.fixture(scope="module")
def samples() -> Any:
    """The documents that the tests of the document workshop sign."""
    import importlib.util
    import sys

    file = _TESTS / "unit" / "document" / "document_samples.py"
    found = importlib.util.spec_from_file_location("document_samples", file)
    assert found is not None
    assert found.loader is not None
    if "document_samples" in sys.modules:
        return sys.modules["document_samples"]
    module = sys.modules["document_samples"] = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def key() -> Any:
    from wizard.document.keys import SigningKey

    return SigningKey.make("Ines Mertens", "Northwind Sync B.V.", "ines@northwindsync.example")


@pytest.fixture(scope="module")
def whole(samples: Any, key: Any) -> Any:
    return samples.make(samples.sample(), key)


@pytest.fixture
def pdf(whole: Any, tmp_path: Path) -> Path:
    path = tmp_path / "northwind.pdf"
    path.write_bytes(whole.pdf)
    return path


def checked(shell: Shell, qtbot: QtBot, path: Path) -> ReviewerPage:
    shell.go(Place("reviewer", str(path)))
    page = shell.page
    assert isinstance(page, ReviewerPage)
    qtbot.waitUntil(lambda: not shell.context.work.running and page.reviewed is not None, timeout=60_000)
    return page


def shown(widget: Any) -> str:
    QApplication.processEvents()  # what was put into a card that is on the screen already shows with the next turn
    return "\n".join(label.text() for label in widget.findChildren(PlainLabel) if label.isVisibleTo(widget))


@pytest.mark.slow
def test_welcome_leads_there_and_takes_a_dropped_pdf(
    shell: Shell, pdf: Path, qtbot: QtBot, choose: Callable[[Path], None]
) -> None:
    shell.go(Place("welcome"))
    choose(pdf)
    shell.page._check.button.click()  # type: ignore[attr-defined]
    assert shell.place == Place("reviewer", str(pdf)), "one click asks for the file"
    qtbot.waitUntil(lambda: not shell.context.work.running, timeout=60_000)
    shell.go(Place("reviewer"))
    page = shell.page
    assert isinstance(page, ReviewerPage)
    assert not page.data.isVisible()
    shell.go(Place("welcome"))
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(pdf))])
    nowhere, left = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    over = QDragEnterEvent(QPoint(9, 9), Qt.DropAction.CopyAction, data, left, nowhere)
    QApplication.sendEvent(shell.page, over)
    assert over.isAccepted()
    QApplication.sendEvent(shell.page, QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, data, left, nowhere))
    assert shell.place == Place("reviewer", str(pdf))
    qtbot.waitUntil(lambda: not shell.context.work.running, timeout=60_000)


@pytest.mark.slow
def test_the_data_come_first_and_every_line_has_its_state(shell: Shell, qtbot: QtBot, pdf: Path) -> None:
    page = checked(shell, qtbot, pdf)
    text = shown(page)
    for one, other in (("Intact", "What is attested"), ("What is attested", "What was checked")):
        assert text.index(one) < text.index(other)
    assert "Northwind Sync B.V." in shown(page.data)
    assert "Not met" in shown(page.data)
    assert "Unchanged since signing" in shown(page.verdict)
    assert "Unknown key" in shown(page.policy)
    assert "Not asked" in shown(page.policy)


@pytest.mark.slow
def test_a_key_is_remembered_and_a_changed_one_is_warned_about(
    shell: Shell, qtbot: QtBot, pdf: Path, samples: Any, tmp_path: Path
) -> None:
    from wizard.document.keys import SigningKey

    page = checked(shell, qtbot, pdf)
    page.remember_button.click()
    qtbot.waitUntil(lambda: "is remembered" in page.message_bar.text, timeout=60_000)
    qtbot.waitUntil(lambda: "Remembered: the key" in shown(page.policy), timeout=60_000)
    assert not page.remember_button.isVisible()
    other = tmp_path / "other.pdf"
    other.write_bytes(samples.make(samples.small(), SigningKey.make("Eve", "Northwind Sync B.V.", "")).pdf)
    page = checked(shell, qtbot, other)
    qtbot.waitUntil(lambda: "Another key than the one remembered" in shown(page.policy), timeout=60_000)
    assert page.remember_button.text() == "Replace the remembered key"
    assert "key changed since last time" in shown(page.verdict)


def test_an_altered_file_shows_no_data_and_offers_nothing(shell: Shell, qtbot: QtBot, pdf: Path) -> None:
    pdf.write_bytes(pdf.read_bytes().replace(b" Tj ET", b" Tj EU", 1))
    page = checked(shell, qtbot, pdf)
    assert "Altered" in shown(page.outcome)
    for gone in (page.data, page.policy, page.evidence_button, page.remember_button, page.compare_button):
        assert not gone.isVisible()


def test_what_is_not_there_is_one_sentence_and_what_is_no_attestation_a_verdict(
    shell: Shell, qtbot: QtBot, tmp_path: Path
) -> None:
    shell.go(Place("reviewer", str(tmp_path / "gone.pdf")))
    page = shell.page
    assert isinstance(page, ReviewerPage)
    qtbot.waitUntil(lambda: "could not be read" in page.message_bar.text)
    note = tmp_path / "note.pdf"
    note.write_bytes(b"a note")
    assert "Not an attestation" in shown(checked(shell, qtbot, note).outcome)


@pytest.mark.slow
def test_evidence_is_compared(
    shell: Shell, qtbot: QtBot, pdf: Path, whole: Any, tmp_path: Path, choose: Callable[[Path], None]
) -> None:
    folder = tmp_path / "evidence"
    folder.mkdir()
    (folder / whole.attestation.evidence[0].name).write_bytes(b"something else")
    page = checked(shell, qtbot, pdf)
    choose(folder)
    page.evidence_button.click()
    qtbot.waitUntil(lambda: page.evidence.isVisible())
    assert "0 matched, 1 different, 7 missing." in shown(page.evidence)


@pytest.mark.slow
def test_what_changed_since_an_earlier_attestation(
    shell: Shell, qtbot: QtBot, pdf: Path, samples: Any, key: Any, tmp_path: Path, choose: Callable[[Path], None]
) -> None:
    earlier, stranger = tmp_path / "earlier.pdf", tmp_path / "stranger.pdf"
    earlier.write_bytes(samples.make(replace(samples.small(), release="4.1.0"), key).pdf)
    stranger.write_bytes(samples.make(samples.small(organisation="Tailwind Ltd"), key).pdf)
    page = checked(shell, qtbot, pdf)
    choose(stranger)
    page.compare_button.click()
    qtbot.waitUntil(lambda: "not two attestations of one partner" in page.message_bar.text, timeout=60_000)
    assert not page.delta.isVisible()
    choose(earlier)
    page.compare_button.click()
    qtbot.waitUntil(lambda: page.delta.isVisible(), timeout=60_000)
    assert "4.1.0 → 4.2.0" in shown(page.delta)
    assert "the journal" in shown(page.delta).lower()
    assert "no earlier attestation was handed over" not in shown(page.policy)


@pytest.mark.slow
def test_what_goes_with_a_signed_file_is_saved_beside_it(
    opened: Shell, qtbot: QtBot, pdf: Path, whole: Any, tmp_path: Path, choose: Callable[[Path], None]
) -> None:
    from wizard.document.canonical import canonical

    opened.go(Place("done", str(pdf)))
    page = opened.page
    assert isinstance(page, DonePage)
    assert not page.companions.isVisible()
    qtbot.waitUntil(lambda: page.companions.isVisible(), timeout=60_000)
    assert set(page.companions.buttons) == {
        "DATA", "OSCAL_RESULTS", "OSCAL_PLAN", "CYCLONEDX", "VERIFIER", "REMINDERS"
    }  # fmt: skip
    _LOOKS["settle"](qtbot, opened)
    assert [*_LOOKS["cut_off"](opened), *_LOOKS["unnamed"](opened)] == []
    choose(tmp_path / "data.json")
    page.companions.buttons["DATA"].click()
    qtbot.waitUntil(lambda: "Saved data.json" in page.message_bar.text, timeout=60_000)
    assert (tmp_path / "data.json").read_bytes() == canonical(whole.attestation)
    choose(tmp_path / "nowhere" / "x.ics")
    page.companions.buttons["REMINDERS"].click()
    qtbot.waitUntil(lambda: "could not be written" in page.message_bar.text, timeout=60_000)


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_cut_off_and_everything_has_a_name(
    shell: Shell, qtbot: QtBot, qapp: QApplication, pdf: Path, scheme: str
) -> None:
    theme().apply(qapp, scheme)  # type: ignore[arg-type]
    shell.go(Place("reviewer"))
    _LOOKS["settle"](qtbot, shell)
    assert [*_LOOKS["cut_off"](shell), *_LOOKS["unnamed"](shell)] == []
    checked(shell, qtbot, pdf)
    _LOOKS["settle"](qtbot, shell)
    assert [*_LOOKS["cut_off"](shell), *_LOOKS["unnamed"](shell)] == []
