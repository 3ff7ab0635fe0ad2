"""The owner of a section approves it on its page, and takes that back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.gui.pages.test_pages_team import picture
from wizard.domain.approved import approvals
from wizard.domain.members import Member, Role
from wizard.gui.pages.review_lines import place_of
from wizard.gui.pages.section import SectionPage
from wizard.gui.shell import Shell
from wizard.session.deeds import approving
from wizard.session.session import Session


def test_a_section_is_approved_once_all_is_answered_and_taken_back(
    opened: Shell, session: Session, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened.go(place_of(session, "AUTH-1"))
    page = opened.page
    assert isinstance(page, SectionPage)
    assert "still open" in page.approval.said.text()
    assert not page.approval.button.isVisible()
    monkeypatch.setattr(approving, "complete", lambda _session, _section: True)
    opened.go(place_of(session, "AUTH-1"))
    section = next(s for s in session.questionnaire.sections if s.id == page.section)

    def standing() -> int:
        return len(approvals(session.questionnaire, session.assessment, section))

    page.approval.button.click()
    qtbot.waitUntil(lambda: standing() == 1)
    qtbot.waitUntil(lambda: "Approved by" in page.approval.said.text())
    page.scroll_area.verticalScrollBar().setValue(10_000)
    picture(qtbot, opened, tmp_path / "approved.png")
    page.approval.button.click()
    qtbot.waitUntil(lambda: standing() == 0)
    qtbot.waitUntil(lambda: "Approved by" not in page.approval.said.text())
    assert page.approval.button.isVisible()
    session.request = object()  # type: ignore[assignment]
    page.approval.show_section(session, section)
    assert page.approval.isHidden(), "who answers a request knows a part only, so theirs would count for nobody"
    session.request = None
    me = Member(session.workspace.author, session.workspace.author_public, "Me", Role.REVIEWER)
    history = replace(session.assessment.history, founder="ab" * 32)
    session.assessment = replace(session.assessment, members={me.author: me}, history=history)
    page.approval.show_section(session, section)
    assert page.approval.isHidden(), "a reviewer only reads"
