"""What a newer version of the app wrote about is shown, says why it is read-only, and takes nothing in."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.gui.pages.test_pages_team import picture
from wizard.domain import events as e
from wizard.domain.evidence import Evidence, Sealed
from wizard.gui.context import Place
from wizard.gui.pages.evidence import EvidencePage
from wizard.gui.pages.review_lines import place_of
from wizard.gui.pages.section import SectionPage
from wizard.gui.pages.team import TeamPage
from wizard.gui.shell import Shell
from wizard.session.session import Session


@pytest.mark.slow
def test_a_requirement_a_question_a_file_and_the_hosts_can_be_read_and_not_changed(
    opened: Shell, session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    asked = [q.id for q in session.questionnaire.questions_for("AUTH-2")]
    file = Evidence("id-1", "plan.txt", "text/plain", Sealed("sealed", "a" * 64, "b" * 64, 9), ("AUTH-3",))
    session.record(
        e.EvidenceAdded(file),
        e.Unknown("answer-given", 9, {}, asked[0]),
        e.Unknown("poem", 1, {}, "AUTH-1"),
        e.Unknown("poem", 1, {}, "id-1"),
        e.Unknown("poem", 1, {}),
    ).result(20)
    opened.go(place_of(session, "AUTH-1"))
    page = opened.page
    assert isinstance(page, SectionPage)
    card = page.cards["AUTH-1"]
    card.set_open(True)
    assert "newer version" in card._read_only.text()
    assert "Update Attestry" in card._read_only.text()
    assert card.questions is not None
    assert not any(w.isEnabled() for w in card.questions.widgets.values())
    assert not card.not_applicable.isVisible()
    assert card._note is not None
    assert not card._note.isEnabled()
    picture(qtbot, opened, tmp_path / "requirement.png")
    card.set_open(False)
    assert card._evidence is not None
    assert not card._evidence.isVisible()
    other = page.cards["AUTH-2"]
    other.set_open(True)
    assert other.questions is not None
    assert [id for id, w in other.questions.widgets.items() if not w.isEnabled()] == [asked[0]]
    assert other.writable
    picture(qtbot, opened, tmp_path / "question.png")
    opened.go(Place("evidence", "id-1"))
    evidence = opened.page
    assert isinstance(evidence, EvidencePage)
    assert "newer version" in evidence.panel.held.text()
    assert not evidence.panel.remove_button.isVisible()
    assert evidence.panel.picker is not None
    assert not evidence.panel.picker.isEnabled()
    picture(qtbot, opened, tmp_path / "evidence.png")
    opened.go(Place("team"))
    team = opened.page
    assert isinstance(team, TeamPage)
    said = [label.text() for label in team.newer.findChildren(type(card._noted))]
    assert any("4 entries cannot be read" in text for text in said)
    assert any(text.startswith("AUTH-1 ") for text in said)
    assert "plan.txt" in said
    picture(qtbot, opened, tmp_path / "team.png")
