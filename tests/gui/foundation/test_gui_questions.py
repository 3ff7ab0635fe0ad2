"""Every kind of answer: what is typed is handed over as the domain spells it, and a field is never overwritten."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from wizard.domain.answers import Answer, AnswerState, Row, Value
from wizard.domain.questionnaire import AnswerKind, Column, Option, Question
from wizard.gui.models.answer_rows import MOST_ROWS, AnswerRows
from wizard.gui.models.spelling import number_text, parse_day, stored
from wizard.gui.questions import WIDGETS, widget_for
from wizard.gui.questions.base import QuestionWidget
from wizard.gui.questions.choosing import YesNoQuestion
from wizard.gui.questions.files import FilesQuestion
from wizard.gui.questions.table import TableQuestion
from wizard.gui.widgets.fields import LineField
from wizard.gui.widgets.growing_text import GrowingText

OPTIONS = (Option("a", "First"), Option("b", "Second & last"), Option("none", "None of these"))
COLUMNS = (
    Column("host", "Host", required=True),
    Column("public", "Public?", AnswerKind.YES_NO, required=True),
    Column("until", "Until", AnswerKind.DATE),
    Column("kept", "Kept for", AnswerKind.DURATION),
    Column("count", "How many", AnswerKind.NUMBER),
    Column("kind", "Kind", AnswerKind.CHOICE, OPTIONS),
)
ROW = Row((("host", "api.example.com"), ("public", "yes"), ("until", "2026-09-30"), ("kept", "P90D"), ("kind", "b")))
EXAMPLES: dict[AnswerKind, Value] = {
    AnswerKind.YES_NO: "yes",
    AnswerKind.TEXT: "Two lines\nof text & signs <b>",
    AnswerKind.NUMBER: "90",
    AnswerKind.DATE: "2026-09-30",
    AnswerKind.DURATION: "PT24H",
    AnswerKind.CHOICE: "b",
    AnswerKind.CHOICES: ("a", "b"),
    AnswerKind.LIST: ("one", "two"),
    AnswerKind.TABLE: (ROW, Row((("host", "b.example.com"),))),
    AnswerKind.FILES: ("e1", "e2"),
    AnswerKind.CONTACT: Row((("name", "Dana"), ("email", "dana@example.com"), ("phone", "+1 555 0100"))),
    AnswerKind.DECLARATION: Row((("name", "Dana"), ("role", "CTO"), ("date", "2026-09-30"), ("accepted", "yes"))),
}


def question(kind: AnswerKind, **more: object) -> Question:
    base = {"options": OPTIONS, "columns": COLUMNS, "statement": "It is so."}
    return Question("Q", kind, ("R",), f"What about {kind}?", **{**base, **more})  # type: ignore[arg-type]


@pytest.fixture
def make(app: QApplication, qtbot: QtBot):
    def made(kind: AnswerKind, **more: object) -> tuple[QuestionWidget, list[Answer]]:
        widget, heard = widget_for(question(kind, **more)), []
        widget.edited.connect(heard.append)
        widget.resize(800, widget.sizeHint().height())
        qtbot.addWidget(widget)
        widget.show()
        qtbot.waitExposed(widget)
        return widget, heard

    return made


def field(widget: QuestionWidget) -> GrowingText:
    found = widget.findChild(GrowingText)
    assert found is not None
    return found


def test_every_kind_has_its_widget() -> None:
    assert set(WIDGETS) == set(AnswerKind)
    assert set(EXAMPLES) == set(AnswerKind)


@pytest.mark.parametrize("kind", list(AnswerKind))
def test_what_is_recorded_is_shown_and_said_the_same_way(make, kind: AnswerKind) -> None:
    widget, heard = make(kind)
    recorded = Answer("Q", AnswerState.GIVEN, EXAMPLES[kind])
    widget.show_answer(recorded)
    assert widget.answer() == recorded
    widget.flush()
    assert heard == [], "showing is not editing"
    widget.show_answer(None)
    assert not widget.answer().given
    assert heard == []


@pytest.mark.parametrize("kind", list(AnswerKind))
def test_every_kind_can_say_that_it_is_not_known_yet(make, kind: AnswerKind) -> None:
    widget, heard = make(kind)
    if isinstance(widget, YesNoQuestion):
        widget._choices["unknown"].click()
    else:
        widget.unknown.click()
    assert heard == [Answer("Q", AnswerState.NOT_KNOWN)]
    again, _more = make(kind)
    again.show_answer(heard[0])
    assert again.answer().state is AnswerState.NOT_KNOWN


@pytest.mark.parametrize("kind", list(AnswerKind))
def test_every_field_has_a_name(make, kind: AnswerKind) -> None:
    from PySide6.QtGui import QAccessible

    widget, _heard = make(kind)
    for child in widget.findChildren(QWidget):
        if child.isVisible() and child.focusPolicy() & Qt.FocusPolicy.TabFocus:
            interface = QAccessible.queryAccessibleInterface(child)
            assert interface.text(QAccessible.Text.Name), f"{type(child).__name__} in {kind}"


def test_typing_is_handed_over_after_a_moment_and_once(make, qtbot: QtBot) -> None:
    widget, heard = make(AnswerKind.TEXT)
    qtbot.keyClicks(field(widget), "Every host")
    assert heard == []
    qtbot.waitUntil(lambda: heard == [Answer("Q", AnswerState.GIVEN, "Every host")])
    widget.flush()
    assert len(heard) == 1


def test_leaving_the_field_hands_over_at_once(make, qtbot: QtBot) -> None:
    widget, heard = make(AnswerKind.TEXT)
    widget.activateWindow()
    qtbot.waitUntil(widget.isActiveWindow)
    field(widget).setFocus()
    qtbot.keyClicks(field(widget), "x")
    widget.unknown.setFocus()
    assert heard == [Answer("Q", AnswerState.GIVEN, "x")]


def test_the_field_being_typed_in_is_never_overwritten(make, qtbot: QtBot) -> None:
    widget, heard = make(AnswerKind.TEXT)
    qtbot.keyClicks(field(widget), "mine")
    widget.show_answer(Answer("Q", AnswerState.GIVEN, "from elsewhere"))
    assert field(widget).text() == "mine"
    widget.flush()
    assert heard == [Answer("Q", AnswerState.GIVEN, "mine")]
    widget.show_answer(Answer("Q", AnswerState.GIVEN, "undone"))
    assert field(widget).text() == "undone"


def test_what_was_refused_stays_with_its_reason(make, qtbot: QtBot) -> None:
    widget, heard = make(AnswerKind.TEXT)
    qtbot.keyClicks(field(widget), "AKIA1234")
    widget.flush()
    widget.refuse("This looks like a secret itself.")
    assert widget.problem.text() == "This looks like a secret itself."
    widget.show_answer(None)
    assert field(widget).text() == "AKIA1234"
    qtbot.keyClicks(field(widget), "x")
    widget.flush()
    assert len(heard) == 2


def test_does_not_apply_needs_a_reason(make, qtbot: QtBot) -> None:
    widget, heard = make(AnswerKind.YES_NO)
    assert isinstance(widget, YesNoQuestion)
    widget._choices["n/a"].click()
    widget.flush()
    assert heard == []
    assert "without a reason" in widget.problem.text()
    qtbot.keyClicks(widget._reason, "We have no API.")
    widget.flush()
    assert heard == [Answer("Q", AnswerState.NOT_APPLICABLE, reason="We have no API.")]
    widget._choices["yes"].click()
    assert heard[-1] == Answer("Q", AnswerState.GIVEN, "yes")
    assert widget._reason.isHidden()


@pytest.mark.parametrize("typed", ["ninety", "1e9", "--3", "٣", "9" * 40, "nan"])
def test_what_is_no_number_is_not_saved_and_says_why(make, qtbot: QtBot, typed: str) -> None:
    widget, heard = make(AnswerKind.NUMBER)
    widget.field.setText(typed)
    widget.flush()
    assert heard == []
    assert "not a number" in widget.problem.text()
    widget.field.setText("31 536 000")
    widget.flush()
    assert heard == [Answer("Q", AnswerState.GIVEN, "31536000")]
    assert widget.problem.isHidden()


def test_a_number_has_its_limits(make) -> None:
    widget, heard = make(AnswerKind.NUMBER, minimum="1", maximum="90")
    widget.field.setText("91")
    widget.flush()
    assert heard == []
    assert "at least 1 at most 90" in widget.problem.text()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2026-09-30", date(2026, 9, 30)),
        ("30.9.2026", date(2026, 9, 30)),
        ("30 Sept 2026", date(2026, 9, 30)),
        ("1. march 2026", date(2026, 3, 1)),
        ("today", date(2026, 1, 2)),
        ("tomorrow", date(2026, 1, 3)),
        ("  ", None),
    ],
)
def test_days_are_understood_as_people_write_them(typed: str, meant: date | None) -> None:
    assert parse_day(typed, date(2026, 1, 2)) == meant


@pytest.mark.parametrize("typed", ["3/4/2026", "2026-02-30", "2026-13-01", "0000-01-01", "soon", "30 ju 2026"])
def test_a_day_that_is_none_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="not a day"):
        parse_day(typed)


@given(st.text(max_size=60))
def test_nothing_typed_into_a_cell_breaks_it(text: str) -> None:
    for column in COLUMNS:
        kept = stored(text, column)
        assert kept is None or isinstance(kept, str)
    try:
        plain = number_text(text)
    except ValueError:
        return
    assert plain == "" or float(plain) is not None


def test_none_of_these_excludes_the_others(make) -> None:
    widget, heard = make(AnswerKind.CHOICES)
    widget._ticks["a"].click()
    widget._ticks["none"].click()
    widget.flush()
    assert heard[-1].value == ("none",)
    widget._ticks["b"].click()
    widget.flush()
    assert heard[-1].value == ("b",)


def test_files_are_asked_for_and_then_named(make, qtbot: QtBot) -> None:
    widget, heard = make(AnswerKind.FILES)
    assert isinstance(widget, FilesQuestion)
    widget.set_names({"e1": "zap & burp.json"})
    widget.add(("e1",))
    assert heard == [Answer("Q", AnswerState.GIVEN, ("e1",))]
    widget._remove("e1")
    assert heard[-1] == Answer("Q", AnswerState.GIVEN, ())


def test_a_declaration_needs_name_and_role(make) -> None:
    widget, heard = make(AnswerKind.DECLARATION)
    widget._accepted.click()
    widget.flush()
    assert heard == []
    widget._name.setText("Dana Ortiz")
    widget._role.setText("CTO")
    widget.flush()
    row = heard[0].value
    assert isinstance(row, Row)
    assert (row.get("name"), row.get("accepted")) == ("Dana Ortiz", "yes")
    assert date.fromisoformat(row.get("date"))


# --- tables -----------------------------------------------------------------------------------------------------------


def table_question(**more: object) -> Question:
    return question(AnswerKind.TABLE, **more)


def test_the_model_keeps_qts_rules(app: QApplication, qtmodeltester: ModelTester) -> None:
    rows = AnswerRows(table_question(rows=((("host", "given.example.com"),),)))
    rows.paste("a.example.com\tyes\nb.example.com\tno", 1, 0)
    qtmodeltester.check(rows)


def test_a_block_of_lines_is_pasted(make, qtbot: QtBot) -> None:
    widget, heard = make(AnswerKind.TABLE)
    assert isinstance(widget, TableQuestion)
    QGuiApplication.clipboard().setText("a.example.com\nb.example.com\r\n\n c.example.com \n")
    widget.table.setFocus()
    qtbot.keyClick(widget.table, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    widget.flush()
    rows = heard[0].value
    assert isinstance(rows, tuple)
    assert [r.get("host") for r in rows if isinstance(r, Row)] == ["a.example.com", "b.example.com", "c.example.com"]


def test_lines_that_are_pasted_into_an_open_cell_fill_the_table(make, qtbot: QtBot) -> None:
    """“Add a row” opens the first cell, and what is pasted then goes there."""
    widget, heard = make(AnswerKind.TABLE)
    widget.add.click()
    editor = widget.table.findChild(QLineEdit)
    QGuiApplication.clipboard().setText("one line\n")
    qtbot.keyClick(editor, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert editor.text().strip() == "one line"
    QGuiApplication.clipboard().setText("a.example.com\tYes\nb.example.com\tNo\n")
    qtbot.keyClick(editor, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    widget.flush()
    rows = [dict(row.cells) for row in heard[-1].value]
    assert rows == [{"host": "a.example.com", "public": "yes"}, {"host": "b.example.com", "public": "no"}]


def test_a_spreadsheet_is_pasted_into_its_columns(app: QApplication) -> None:
    rows = AnswerRows(table_question())
    rows.paste("api.example.com\tYes\t30.9.2026\t90 days\t1,200\tSecond & last\textra\nb\tperhaps\tnever\t24 h", 0, 0)
    first, second = rows.value()
    assert dict(first.cells) == {
        "host": "api.example.com",
        "public": "yes",
        "until": "2026-09-30",
        "kept": "P90D",
        "count": "1200",
        "kind": "b",
    }
    assert dict(second.cells) == {"host": "b", "kept": "PT24H"}, "what makes no sense is left out"


def test_a_paste_without_end_is_cut_and_says_so(app: QApplication) -> None:
    rows = AnswerRows(table_question())
    left_out = rows.paste("\n".join(f"h{n}.example.com" for n in range(MOST_ROWS + 7)), 0, 0)
    assert left_out == 7
    assert rows.rowCount() == MOST_ROWS


def test_given_rows_stay_and_their_cells_are_fixed(app: QApplication) -> None:
    rows = AnswerRows(table_question(rows=((("host", "Backups"),), (("host", "Logs"),))))
    assert rows.rowCount() == 2
    assert rows.value() == (), "nothing is said yet"
    assert not rows.flags(rows.index(0, 0)) & Qt.ItemFlag.ItemIsEditable
    assert not rows.setData(rows.index(0, 0), "other")
    rows.remove_row(0)
    assert rows.rowCount() == 2
    rows.setData(rows.index(1, 1), "no")
    assert rows.value() == (Row((("host", "Backups"),)), Row((("host", "Logs"), ("public", "no"))))
    other = AnswerRows(rows.question)
    other.show(rows.value())
    assert other.value() == rows.value()


def test_rows_are_added_typed_and_removed_by_hand(make, qtbot: QtBot) -> None:
    widget, heard = make(AnswerKind.TABLE)
    assert isinstance(widget, TableQuestion)
    widget.add.click()
    (editor,) = widget.table.viewport().findChildren(LineField)
    qtbot.keyClicks(editor, "api.example.com")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(widget.rows.value()))
    widget.flush()
    assert heard[-1].value == (Row((("host", "api.example.com"),)),)
    assert "Public?" in widget._hint.text(), "says what a row still needs"
    widget.remove.click()
    widget.flush()
    assert heard[-1].value == ()


def test_a_wide_table_can_be_read(make) -> None:
    many = tuple(Column(f"c{n}", f"A column with long words {n}") for n in range(12))
    widget, _heard = make(AnswerKind.TABLE, columns=many)
    assert isinstance(widget, TableQuestion)
    head = widget.table.horizontalHeader()
    for number, column in enumerate(many):
        assert head.sectionSize(number) >= widget.fontMetrics().horizontalAdvance(column.label)
