"""Review, sign, done: what stops a signature leads to where it is settled; the rest goes to a verified file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from wizard.domain.events import SignatoryNamed
from wizard.gui.context import Place
from wizard.gui.pages.done import DonePage
from wizard.gui.pages.review import ReviewPage
from wizard.gui.pages.review_lines import Only
from wizard.gui.pages.sign import SignPage
from wizard.gui.shell import Shell
from wizard.gui.widgets.finding_row import FindingRow
from wizard.session.deeds import answers, attesting
from wizard.session.session import Session


@pytest.mark.slow
def test_the_review_goes_worst_first_and_leads_there(opened: Shell, contradicted: Session) -> None:
    opened.go(Place("review"))
    page = opened.page
    assert isinstance(page, ReviewPage)
    assert next(iter(page.rows)) == "DATA-4"
    assert "stand between you and a signature" in page.sentence
    page.rows["DATA-4"].click()
    assert opened.place == Place("section", "data-protection", "DATA-4")


def test_the_chips_leave_what_they_say(opened: Shell, contradicted: Session) -> None:
    opened.go(Place("review"))
    page = opened.page
    assert isinstance(page, ReviewPage)
    page.chips[Only.CONTRADICTED].click()
    assert list(page.rows) == ["DATA-4"]
    page.chips[Only.ALL].click()
    assert len(page.rows) == len(tuple(contradicted.questionnaire.requirements))


def test_drawing_the_review_stays_under_the_limit(opened: Shell, contradicted: Session, qtbot: QtBot) -> None:
    import time

    opened.go(Place("review"))
    begun = time.thread_time()
    opened.page._draw()  # type: ignore[attr-defined]
    assert time.thread_time() - begun < 0.25  # 50 ms on a quiet machine


@pytest.mark.slow
def test_blockers_stand_in_place_of_the_button_and_lead_there(opened: Shell, contradicted: Session) -> None:
    opened.go(Place("sign"))
    page = opened.page
    assert isinstance(page, SignPage)
    assert not opened.foot.deed.isEnabled()
    assert "to settle first" in page.foot().why
    rows = page.findChildren(FindingRow)
    assert len(rows) == len(attesting.blockers(contradicted))
    next(row for row in rows if row.text().startswith("DATA-4")).click()
    assert opened.place.requirement == "DATA-4"


@pytest.mark.slow
def test_from_the_statement_to_a_verified_file(
    opened: Shell, complete: Session, qtbot: QtBot, tmp_path: Path, choose: Callable[[Path], None]
) -> None:
    opened.go(Place("sign"))
    page = opened.page
    assert isinstance(page, SignPage)
    assert [b.where for b in attesting.blockers(complete)] == ["sign"]
    next(iter(page.findChildren(FindingRow))).click()
    assert page.who.name.hasFocus()
    for field, text in (
        (page.who.name, "Dana Ortiz"),
        (page.who.role, "Head of Engineering"),
        (page.who.authority, "Power of attorney of 2 May"),
        (page.who.email, "dana@northwindsync.example"),
    ):
        field.setText(text)
    _a_mistyped_address(page, qtbot)
    page._name()
    qtbot.waitUntil(lambda: complete.assessment.signatory is not None)
    qtbot.waitUntil(lambda: "Dana Ortiz" in page.statement.declaration.text())
    qtbot.waitUntil(lambda: not page.first_page.picture.pixmap.isNull(), timeout=60_000)
    assert "Head of Engineering" in page.statement.signed_by.text()
    assert "1 exception: INC-7" in page.statement.exceptions.text()
    page.digest.copy.click()
    assert QGuiApplication.clipboard().text() == complete.assessment.head
    qtbot.waitUntil(lambda: opened.foot.deed.isEnabled())
    (tmp_path / "taken.pdf").write_text("a thesis")
    choose(tmp_path / "taken")
    opened.foot.deed.click()
    assert "is there already" in page.message_bar.text
    assert (tmp_path / "taken.pdf").read_text() == "a thesis"
    choose(tmp_path / "signed")
    opened.foot.deed.click()
    assert page.foot().next_text == "Signing…"
    qtbot.waitUntil(lambda: opened.place.page == "done", timeout=90_000)
    done = opened.page
    assert isinstance(done, DonePage)
    qtbot.waitUntil(lambda: "Verified just now" in done.sentence, timeout=60_000)
    assert (tmp_path / "signed.pdf").read_bytes().startswith(b"%PDF")
    done.copy_button.click()
    assert QGuiApplication.clipboard().text() == attesting_digest(tmp_path / "signed.pdf")
    assert complete.assessment.attestations
    _altered(opened, tmp_path / "signed.pdf", qtbot)
    _changed(opened, complete, qtbot)


def _a_mistyped_address(page: SignPage, qtbot: QtBot) -> None:
    """It is said beside the field, as soon as the field is left, and gone once it is mended."""
    right = page.who.email.text()
    page.who.email.setText("noor@@bad")
    qtbot.keyClick(page.who.email, Qt.Key.Key_Return)
    assert page.who.wrong.isVisible()
    assert "“noor@@bad” is not a mail address" in page.who.wrong.text()
    qtbot.waitUntil(lambda: any("noor@@bad" in blocker.sentence for blocker in page._blockers))
    assert not page.foot().next_enabled
    page._go_to("sign")
    assert page.who.email.hasFocus()
    page.who.email.setText(right)
    assert not page.who.wrong.isVisible()


def attesting_digest(path: Path) -> str:
    import hashlib

    return hashlib.sha256(path.read_bytes()).hexdigest()


def _altered(shell: Shell, path: Path, qtbot: QtBot) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 3] ^= 1
    path.write_bytes(data)
    shell.go(Place("done", str(path)))
    page = shell.page
    assert isinstance(page, DonePage)
    qtbot.waitUntil(lambda: "does not verify" in page.sentence, timeout=60_000)
    path.unlink()
    shell.go(Place("done", str(path)))
    qtbot.waitUntil(lambda: "any more" in page.sentence)


def _changed(shell: Shell, session: Session, qtbot: QtBot) -> None:
    answers.claim_not_applicable(session, "INC-5", "No alerts are raised by anyone.").result()
    shell.go(Place("review"))
    page = shell.page
    assert isinstance(page, ReviewPage)
    qtbot.waitUntil(lambda: page.chips[Only.CHANGED].isVisible())
    page.chips[Only.CHANGED].click()
    assert "INC-5" in page.rows


@pytest.mark.slow
def test_a_certificate_file_with_a_wrong_passphrase_signs_nothing(
    opened: Shell, complete: Session, qtbot: QtBot, tmp_path: Path, choose: Callable[[Path], None]
) -> None:
    answers.name_signatory(complete, SignatoryNamed("Dana", "CTO", "Board")).result()
    broken = tmp_path / "key.p12"
    broken.write_bytes(b"not a certificate")
    opened.go(Place("sign"))
    page = opened.page
    assert isinstance(page, SignPage)
    page.key.choice.setCurrentIndex(2)
    page.key.choice.activated.emit(2)
    assert page.foot().why == "Choose the certificate file"
    choose(broken)
    page.key.choose.click()
    page.key.passphrase.setText("guess")
    choose(tmp_path / "out.pdf")
    qtbot.waitUntil(lambda: opened.foot.deed.isEnabled())
    opened.foot.deed.click()
    qtbot.waitUntil(lambda: bool(page.message_bar.text), timeout=60_000)
    assert not (tmp_path / "out.pdf").exists()
    assert not complete.assessment.attestations
    opened.go(Place("review"))
    assert page.key.passphrase.text() == ""


@pytest.mark.slow
def test_old_looks_are_offered_again_and_stop_nothing(
    opened: Shell, contradicted: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    from datetime import timedelta

    opened.go(Place("sign"))
    page = opened.page
    assert isinstance(page, SignPage)
    assert not page._stale.isVisible()
    real = contradicted.clock
    monkeypatch.setattr(contradicted, "clock", lambda: real() + timedelta(days=2))
    opened.go(Place("review"))
    opened.go(Place("sign"))
    assert page._stale.isVisibleTo(page)
    assert "2 hosts were last looked at more than 24 hours ago" in page._stale._said.text()
    assert not any("last looked" in blocker.sentence for blocker in attesting.blockers(contradicted))
