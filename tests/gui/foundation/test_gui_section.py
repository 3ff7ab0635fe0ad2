"""A section's cards: what was said beside what was seen, and every deed of a card, through a real session."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from wizard.domain import events as e
from wizard.domain.answers import Answer, AnswerState
from wizard.domain.observation import Level, Method, Result, Verdict
from wizard.gui.context import Place
from wizard.gui.pages.card_forms import ExceptionForm, ReasonForm
from wizard.gui.pages.requirement_card import RequirementCard
from wizard.gui.pages.section import SectionPage
from wizard.gui.questions.choosing import YesNoQuestion
from wizard.gui.questions.table import TableQuestion
from wizard.gui.shell import Shell
from wizard.gui.widgets.plain import PlainLabel
from wizard.session.deeds import answers
from wizard.session.session import Session


def page(shell: Shell, requirement: str = "", section: str = "data-protection") -> SectionPage:
    shell.go(Place("section", section, requirement))
    assert isinstance(shell.page, SectionPage)
    return shell.page


def texts(card: RequirementCard) -> str:
    return "\n".join(label.text() for label in card.findChildren(PlainLabel) if label.isVisibleTo(card))


def yes_no(card: RequirementCard) -> YesNoQuestion:
    assert card.questions is not None
    return next(w for w in card.questions.widgets.values() if isinstance(w, YesNoQuestion))


def test_cards_stand_in_the_questionnaires_order(opened: Shell, session: Session) -> None:
    shown = page(opened)
    section = next(s for s in session.questionnaire.sections if s.id == "data-protection")
    assert list(shown.cards) == [r.id for r in section.requirements]
    assert shown.title == section.title
    assert shown.sentence == f"0 of {len(section.requirements)} answered."
    assert [card.is_open for card in shown.cards.values()].count(True) == 1, "the first to answer is open"


def test_an_answer_saves_itself_and_the_badge_follows(opened: Shell, session: Session, qtbot: QtBot) -> None:
    shown = page(opened, "DATA-2")
    question = yes_no(shown.cards["DATA-2"])
    assert shown.state_of("DATA-2") == "Not started"
    question._choices["yes"].click()
    qtbot.waitUntil(lambda: session.assessment.answers.get(question.question.id) is not None)
    assert session.assessment.answers[question.question.id].value == "yes"
    qtbot.waitUntil(lambda: shown.state_of("DATA-2") in ("Said", "In progress"))
    assert question._choices["yes"].isChecked()


def test_what_contradicts_stands_beside_what_was_said(opened: Shell, contradicted: Session, qtbot: QtBot) -> None:
    shown = page(opened)
    card = shown.cards["DATA-4"]
    assert shown.state_of("DATA-4") == "Contradicted"
    assert card.property("edge") == "contradicts"
    text = texts(card)
    assert "You said" in text
    assert "The check saw" in text
    assert "api.northwindsync.example: 1 day instead of 1 year" in text
    assert "strict-transport-security: max-age=86400" in text
    assert "3 minutes ago" in text
    card.copy.click()
    assert "max-age=31536000" in QGuiApplication.clipboard().text()
    assert "1 answer says yes, a look says otherwise." in shown.sentence
    edges = [c.property("edge") for c in shown.cards.values()]
    assert edges.count("contradicts") == 1


def test_the_same_words_of_many_checks_are_said_once(opened: Shell, contradicted: Session, qtbot: QtBot) -> None:
    said, host = "Could not look: the certificate is not trusted.", "app.northwindsync.example"
    at = contradicted.clock()
    levels = {"csp": Level.RECOMMENDED, "framing": Level.RECOMMENDED, "content-type-options": Level.MUST}
    blind = tuple(
        Result(check, host, Verdict.UNKNOWN, level, said, "r/1", "RFC", Method.TEST, at, next_step="Try again.")
        for check, level in levels.items()
    )
    contradicted.record(e.Looked("again", host, blind)).result()
    card = page(opened, "APP-4", "application-security").cards["APP-4"]
    lines = [label for label in card.findChildren(PlainLabel) if said in label.text() and label.isVisibleTo(card)]
    assert [label.property("role") for label in lines] == ["unsure"], "nobody could look: also at a recommendation"
    assert texts(card).count("Try again.") == 1


def test_nothing_is_contacted_before_the_scope_is_agreed_to(opened: Shell, contradicted: Session, qtbot: QtBot) -> None:
    shown = page(opened)
    shown.cards["DATA-4"].again.click()
    assert shown.message_bar.text.startswith("Nothing was contacted")
    assert shown.cards["DATA-4"].again.isEnabled()


@pytest.mark.slow
def test_an_exception_needs_everything_and_is_shown(opened: Shell, contradicted: Session, qtbot: QtBot) -> None:
    shown = page(opened)
    card = shown.cards["DATA-4"]
    card.except_.click()
    form = card._forms["exception"]
    assert isinstance(form, ExceptionForm)
    form.deed.click()
    form.gap.setText("The API host sends one day.")
    form.deed.click()
    assert "needs more: what covers it meanwhile, who owns it, until when." in form._problem.text()
    form.control.setText("All clients pin HTTPS.")
    form.owner.setText("Sam Lind")
    form.until.line.setText("soon")
    form.deed.click()
    assert "not a day" in form._problem.text()
    form.until.line.setText("2020-01-01")
    form.deed.click()
    assert "That day has passed" in form._problem.text()
    until = datetime.now(UTC).date() + timedelta(days=90)
    form.until.line.setText(until.isoformat())
    form.deed.click()
    qtbot.waitUntil(lambda: shown.state_of("DATA-4") == "Exception" and form.isHidden())
    assert "owner Sam Lind: The API host sends one day." in texts(card)
    assert card.property("edge") == "none"
    assert card.explain.isVisibleTo(card), "signing still waits for what was said to be corrected or explained"
    card.except_.click()
    form.back.click()
    qtbot.waitUntil(lambda: shown.state_of("DATA-4") == "Contradicted")


@pytest.mark.slow
def test_a_contradiction_can_be_explained_and_stays(opened: Shell, contradicted: Session, qtbot: QtBot) -> None:
    shown = page(opened)
    card = shown.cards["DATA-4"]
    card.explain.click()
    form = card._forms["explanation"]
    assert isinstance(form, ReasonForm)
    form.deed.click()
    assert form._problem.text()
    form.text.setText("The host is being replaced this week.")
    form.deed.click()
    qtbot.waitUntil(lambda: "DATA-4" in contradicted.assessment.explanations)
    qtbot.waitUntil(lambda: "Explained: The host is being replaced" in texts(card))
    assert shown.state_of("DATA-4") == "Contradicted", "an explanation never changes a state"


def test_does_not_apply_needs_a_reason_and_can_be_taken_back(opened: Shell, session: Session, qtbot: QtBot) -> None:
    shown = page(opened, "SEC-2")
    card = shown.cards["SEC-2"]
    card.not_applicable.click()
    form = card._forms["not-applicable"]
    assert isinstance(form, ReasonForm)
    form.text.setText("We have no code of our own.")
    form.deed.click()
    qtbot.waitUntil(lambda: shown.state_of("SEC-2") == "Does not apply")
    card.not_applicable.click()
    form.back.click()
    qtbot.waitUntil(lambda: shown.state_of("SEC-2") == "Not started")


def test_esc_closes_a_form_and_keeps_its_text(opened: Shell, session: Session, qtbot: QtBot) -> None:
    card = page(opened, "SEC-2").cards["SEC-2"]
    card.not_applicable.click()
    form = card._forms["not-applicable"]
    assert isinstance(form, ReasonForm)
    qtbot.keyClicks(form.text, "half")
    qtbot.keyClick(form.text, Qt.Key.Key_Escape)
    assert form.isHidden()
    card.not_applicable.click()
    assert form.text.text() == "half"


def test_a_file_dropped_on_a_card_becomes_evidence(
    opened: Shell, session: Session, qtbot: QtBot, tmp_path: Path, drop: Callable[..., tuple[bool, bool]]
) -> None:
    shown = page(opened, "DATA-1")
    card = shown.cards["DATA-1"]
    good, empty = tmp_path / "rds & buckets.json", tmp_path / "empty.txt"
    good.write_text('{"encrypted": true}')
    empty.write_text("")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(good)), QUrl.fromLocalFile(str(empty))])
    assert drop(card, data) == (True, True)
    qtbot.waitUntil(lambda: len(session.assessment.evidence_for("DATA-1")) == 1)
    qtbot.waitUntil(lambda: "empty.txt is empty" in shown.message_bar.text)
    assert card._evidence is not None
    qtbot.waitUntil(
        lambda: [i.accessibleName() for i in card._evidence._row.items][:1] == ["Evidence rds & buckets.json"]
    )


def test_what_looks_like_a_secret_stays_in_the_field_and_out_of_the_journal(
    opened: Shell, session: Session, qtbot: QtBot
) -> None:
    card = page(opened, "SEC-1").cards["SEC-1"]
    assert card.questions is not None
    table = next(w for w in card.questions.widgets.values() if w.question.refuses_secrets)
    assert isinstance(table, TableQuestion)
    table.rows.paste("AKIAIOSFODNN7EXAMPLE1", 0, 0)
    table.flush()
    assert "looks like a secret" in table.problem.text()
    assert table.question.id not in session.assessment.answers
    assert table.rows.rowCount() == 1


def test_a_question_that_is_not_asked_says_why(opened: Shell, session: Session, qtbot: QtBot) -> None:
    card = page(opened, "AUTH-2", "authentication").cards["AUTH-2"]
    assert card.questions is not None
    hidden = session.questionnaire.question_by_id["AUTH-2-register"]
    assert not card.questions.widgets[hidden.id].isHidden()
    answers.answer(session, Answer("AUTH-2-any", AnswerState.GIVEN, "none")).result()
    qtbot.waitUntil(lambda: card.questions is not None and card.questions.widgets[hidden.id].isHidden())
    assert f"Not asked: {hidden.ask} {hidden.otherwise}" in texts(card)


def test_filters_show_only_what_is_like_that(opened: Shell, contradicted: Session, qtbot: QtBot) -> None:
    shown = page(opened)
    count = len(shown.cards)
    assert shown.filters["all"].text() == f"All {count}"
    shown.filters["contradicted"].click()
    assert [id for id, card in shown.cards.items() if not card.isHidden()] == ["DATA-4"]
    shown.filters["without-evidence"].click()
    assert all(card.isHidden() for card in shown.cards.values())
    assert not shown._nothing.isHidden()
    shown.focus_requirement("DATA-1")
    assert shown.filters["all"].isChecked()


def test_one_card_is_open_at_a_time_and_keys_go_on(opened: Shell, session: Session, qtbot: QtBot) -> None:
    shown = page(opened, "DATA-1")
    shown.step(1)
    assert [id for id, card in shown.cards.items() if card.is_open] == ["DATA-2"]
    shown.step(-1)
    shown.step(-1)
    assert [id for id, card in shown.cards.items() if card.is_open] == ["DATA-1"]
    shown.cards["DATA-3"].head.title.click()
    assert [id for id, card in shown.cards.items() if card.is_open] == ["DATA-3"]


def test_where_it_comes_from_is_folded_under_the_title(opened: Shell, session: Session) -> None:
    card = page(opened).cards["DATA-4"]
    source = session.questionnaire.by_id["DATA-4"].source
    assert source is not None
    assert source.digest not in texts(card)
    card.head.source.click()
    assert source.digest in texts(card)
    assert source.heading in texts(card)


def test_the_note_beside_a_requirement_saves_itself(opened: Shell, session: Session, qtbot: QtBot) -> None:
    card = page(opened, "DATA-2").cards["DATA-2"]
    assert card._note is not None
    qtbot.keyClicks(card._note.text, "Reviewed with the platform team.")
    qtbot.waitUntil(lambda: "DATA-2" in session.assessment.comments)
    opened.undo()
    qtbot.waitUntil(lambda: card._note is not None and card._note.text.text() == "")


def test_an_answer_never_freezes_the_window(opened: Shell, session: Session, qtbot: QtBot) -> None:
    """The click waits for no disk, however slow that is, and is little work."""
    import threading
    import time

    shown = page(opened, "DATA-2")
    question = yes_no(shown.cards["DATA-2"])
    question._choices["yes"].click()
    qtbot.waitUntil(lambda: shown.state_of("DATA-2") != "Not started")
    disk = threading.Event()
    writing = session._writer.submit(disk.wait, 60)
    start = time.thread_time()
    question._choices["no"].click()
    spent = time.thread_time() - start
    assert not writing.done()
    disk.set()
    assert spent < 0.05, f"the click was {spent * 1000:.0f} ms of work"
    qtbot.waitUntil(lambda: shown.state_of("DATA-2") == "Not met")


@pytest.mark.parametrize("state", list(AnswerState))
def test_every_state_of_an_answer_is_put_into_words(session: Session, state: AnswerState) -> None:
    from wizard.gui.pages import card_words

    question = next(q for q in session.questionnaire.questions_for("DATA-2") if q.kind == "yes-no")
    answers.answer(session, Answer(question.id, state, "yes" if state == "given" else "", "no API")).result()
    requirement = session.questionnaire.by_id["DATA-2"]
    words = " ".join(line.text for line in card_words.said(session, requirement).lines)
    expected = {"given": "Yes", "not-known": "Not known yet", "not-applicable": "Does not apply"}
    assert expected[state.value] in words
