"""A public summary beside the attestation, a bundle to hand in, and going on from what was signed before."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from wizard.document.verify import Outcome, verify
from wizard.domain.disclosure import Disclosure
from wizard.domain.events import SignatoryNamed
from wizard.gui.context import Place
from wizard.gui.pages.done import DonePage
from wizard.gui.pages.first_run import FirstRunPage, Step
from wizard.gui.pages.reviewer import ReviewerPage
from wizard.gui.pages.scope import ScopePage
from wizard.gui.pages.section import SectionPage
from wizard.gui.pages.sign import SignPage
from wizard.gui.shell import Shell
from wizard.gui.sidebar import SideRow
from wizard.gui.widgets.plain import PlainLabel
from wizard.session.deeds import answers
from wizard.session.session import Session

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def said(widget: object) -> str:
    found = widget.findChildren(PlainLabel)  # type: ignore[attr-defined]
    return "\n".join(label.text() for label in found if label.isVisibleTo(widget))


def rows(shell: Shell) -> list[SideRow]:
    side = shell.sidebar.rows
    found = [side.item(n).data(Qt.ItemDataRole.UserRole) for n in range(side.count())]
    return [row for row in found if isinstance(row, SideRow)]


def test_summary_bundle_reviewer_and_renewal(
    opened: Shell, complete: Session, qtbot: QtBot, tmp_path: Path, choose: Callable[[Path], None]
) -> None:
    answers.name_signatory(complete, SignatoryNamed("Dana Ortiz", "CTO", "Board")).result()
    full = _signed_with_a_summary(opened, complete, qtbot, tmp_path, choose)
    short = tmp_path / "signed public summary.pdf"
    _reviewed(opened, short, full, qtbot, tmp_path, choose)
    _gone_on_from(opened, full, qtbot, tmp_path, choose)


def _signed_with_a_summary(
    shell: Shell, session: Session, qtbot: QtBot, tmp_path: Path, choose: Callable[[Path], None]
) -> Path:
    shell.go(Place("sign"))
    page = shell.page
    assert isinstance(page, SignPage)
    page.more.button.click()
    page.key.choice.setCurrentIndex(3)
    page.key.choice.activated.emit(3)
    assert page.foot().why == "Choose the token’s library"
    page.scroll_area.ensureWidgetVisible(page.stamp)
    page.key.choice.setCurrentIndex(1)
    page.key.choice.activated.emit(1)
    page.stamp.authority.setText("http://127.0.0.1:1/stamp")
    assert page.stamp.long_term.isVisibleTo(page)
    page.stamp.authority.setText("")
    page.stamp.paper.setCurrentIndex(1)
    page.summary.wanted.click()
    page.summary.choice.button.click()
    field = page.summary._fields["DATA-3"]
    field.setCurrentIndex(field.findData("full"))
    field.activated.emit(field.currentIndex())
    field = page.summary._fields["DATA-4"]
    field.setCurrentIndex(field.findData("request"))
    field.activated.emit(field.currentIndex())
    qtbot.waitUntil(lambda: session.assessment.disclosures.get("DATA-4") is Disclosure.REQUEST)
    qtbot.waitUntil(lambda: "is shown in full, 1 is offered" in page.summary._said.text())
    page.scroll_area.ensureWidgetVisible(page.summary.choice)
    choose(tmp_path / "signed.pdf")
    taken = tmp_path / "signed public summary.pdf"
    taken.write_text("a thesis")
    qtbot.waitUntil(lambda: shell.foot.deed.isEnabled())
    shell.foot.deed.click()
    assert "public summary.pdf is there already" in page.message_bar.text
    taken.unlink()
    shell.foot.deed.click()
    qtbot.waitUntil(lambda: shell.place.page == "done", timeout=90_000)
    done = shell.page
    assert isinstance(done, DonePage)
    qtbot.waitUntil(lambda: "Verified just now" in done.sentence, timeout=60_000)
    both = [verify(path.read_bytes()) for path in (tmp_path / "signed.pdf", taken)]
    assert [one.outcome for one in both] == [Outcome.INTACT, Outcome.INTACT]
    assert both[0].attestation is not None
    assert both[1].attestation is not None
    assert both[0].attestation.root == both[1].attestation.root
    assert both[0].attestation.paper == "Letter"
    assert "lies beside it: signed public summary.pdf" in done.message_bar.text
    target = tmp_path / "hand in.zip"
    choose(target)
    done.bundle.save.click()
    qtbot.waitUntil(lambda: "Saved hand in.zip" in done.message_bar.text, timeout=60_000)
    done.scroll_area.ensureWidgetVisible(done.bundle)
    assert not done.items.save.isEnabled()
    choose(tmp_path / "data-4.json")
    done.items.ticks["item:DATA-4"].click()
    done.items.save.click()
    qtbot.waitUntil(lambda: "Saved data-4.json with 1 item." in done.message_bar.text, timeout=60_000)
    return tmp_path / "signed.pdf"


def _reviewed(
    shell: Shell, short: Path, full: Path, qtbot: QtBot, tmp_path: Path, choose: Callable[[Path], None]
) -> None:
    shell.go(Place("reviewer", str(short)))
    page = shell.page
    assert isinstance(page, ReviewerPage)
    qtbot.waitUntil(lambda: not shell.context.work.running and page.reviewed is not None, timeout=60_000)
    assert "Held back and known by digest only" in said(page.policy)
    item = tmp_path / "data-4.json"
    choose(item)
    page.opening_button.click()
    qtbot.waitUntil(lambda: "is what was signed: DATA-4" in said(page.policy), timeout=60_000)
    forged = json.loads(item.read_text())
    forged["items"][0]["content"]["title"] = "Something else"
    item.write_text(json.dumps(forged))
    page.opening_button.click()
    qtbot.waitUntil(lambda: "is not what was signed" in said(page.policy), timeout=60_000)
    page.again_button.click()
    assert page.again.isVisibleTo(page)
    # nobody has looked at these hosts, so none is named
    qtbot.waitUntil(lambda: "Nothing was contacted" in said(page.again))
    shell.go(Place("reviewer", str(tmp_path / "hand in.zip")))
    qtbot.waitUntil(lambda: not shell.context.work.running and page.reviewed is not None, timeout=60_000)
    qtbot.waitUntil(lambda: page.evidence.isVisibleTo(page))


def _gone_on_from(shell: Shell, full: Path, qtbot: QtBot, tmp_path: Path, choose: Callable[[Path], None]) -> None:
    shell.close_session()
    shell.go(Place("first_run"))
    page = shell.page
    assert isinstance(page, FirstRunPage)
    page.vault.place.setText(str(tmp_path / "next year"))
    page.vault.tick.click()
    for field in (page.vault.first, page.vault.second):
        qtbot.keyClicks(field, "plum lantern crater violin mosaic")
    shell.foot.deed.click()
    qtbot.waitUntil(lambda: page.vault.sheet is not None)
    page._go_to(Step.WHO)
    choose(full)
    page.earlier.button.click()
    qtbot.waitUntil(lambda: "carried over and wait" in said(page.earlier), timeout=60_000)
    assert page.who.organisation.text() == "Northwind Software Ltd"
    shell.foot.deed.click()
    qtbot.waitUntil(lambda: page._step is Step.ASKED)
    shell.foot.deed.click()
    qtbot.waitUntil(lambda: shell.place.page == "scope")
    session = shell.context.open
    scope = shell.page
    assert isinstance(scope, ScopePage)
    qtbot.waitUntil(lambda: scope.is_whole)
    for note in (scope._hosts_carried, scope._asked["SCOPE-2"].carried):
        assert note.isVisibleTo(scope)
        note.keep.click()
        qtbot.waitUntil(lambda note=note: not note.isVisibleTo(scope))  # type: ignore[misc]
    assert "to read again" in "".join(row.second for row in rows(shell))
    shell.go(Place("home"))
    assert "wait to be read again" in said(shell)
    shell.go(Place("section", "data-protection", "DATA-3"))
    section = shell.page
    assert isinstance(section, SectionPage)
    card = section.cards["DATA-3"]
    assert "comes from the attestation of" in card._noted.text() or "come from the attestation of" in card._noted.text()
    before = len(session.assessment.carried)
    card.keep.click()
    qtbot.waitUntil(lambda: len(session.assessment.carried) < before)
    qtbot.waitUntil(lambda: not card.keep.isVisibleTo(card))
