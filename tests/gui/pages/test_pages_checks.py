"""Checks: worst first, the tally filters, details to copy and to dispute, looking again in place, Stop."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from wizard.domain import events as e
from wizard.domain.answers import Row
from wizard.domain.observation import Level, Method, Result, Verdict
from wizard.gui.context import Place
from wizard.gui.pages.check_lines import Look, short_host
from wizard.gui.pages.checks import ChecksPage
from wizard.gui.pages.section import SectionPage
from wizard.gui.shell import Shell
from wizard.jobs.runner import Progress
from wizard.session import summaries
from wizard.session.deeds import attesting, looking
from wizard.session.session import Session

HOST = "api.northwindsync.example"


def checks(shell: Shell) -> ChecksPage:
    shell.go(Place("checks"))
    assert isinstance(shell.page, ChecksPage)
    return shell.page


def test_the_worst_stands_first_and_its_details_are_shown(opened: Shell, contradicted: Session) -> None:
    page = checks(opened)
    assert page.table.lines[0].key == "hsts"
    assert page.table.key == "hsts"
    assert page.table.lines[0].cells[1].text == "api: binds browsers for 86400 s; one year is missing."
    assert "1 contradicts an answer." in page.sentence
    assert page.panel.badge.text == "Contradicts"
    assert "GET / HTTP/1.1" in _words(page)
    assert "max-age=86400" in _words(page)
    assert page.left_button.text().startswith("Run the ")
    assert "Answer received · 203.0.113.7 · " in _words(page)
    assert page.table.choose("tls-versions")
    assert "What it saw · " in _words(page), "nothing was received"


def test_a_result_of_an_older_rule_is_told_and_signing_offers_to_repeat_it(
    opened: Shell, contradicted: Session
) -> None:
    page = checks(opened)
    assert "This rule has changed" not in _words(page)
    assert attesting.stale_looks(contradicted) == ()
    old = replace(contradicted.assessment.observations["hsts", HOST].result, rule="hsts/1", summary="As it was.")
    contradicted.record(e.Looked("old", HOST, (old,))).result()
    page._draw()
    assert "This rule has changed since (hsts/2 now)" in _words(page)
    assert "It was judged by another rule (hsts/2)." in _words(page)
    assert [one.result.subject for one in attesting.stale_looks(contradicted)] == [HOST]
    assert page.panel.badge.text == "Contradicts"  # its verdict stands


def test_a_host_is_named_as_a_team_calls_it_and_an_address_whole() -> None:
    assert short_host("api.northwindsync.example") == "api"
    assert short_host("192.0.2.7:8443") == "192.0.2.7:8443"
    assert short_host("[2001:db8::1]:443") == "[2001:db8::1]:443"


def test_the_other_host_has_its_own_details(opened: Shell, contradicted: Session) -> None:
    page = checks(opened)
    page.panel.hosts.setCurrentIndex(1)
    page.panel.hosts.activated.emit(1)
    assert page.panel.badge.text == "Supports"
    page._draw()
    assert page.panel.badge.text == "Supports"


def test_copy_takes_the_whole_proof(opened: Shell, contradicted: Session) -> None:
    page = checks(opened)
    page.panel.copy_button.click()
    copied = QGuiApplication.clipboard().text()
    assert "Strict-Transport-Security: max-age=86400" in copied
    assert "203.0.113.7" in copied
    assert "hsts/2" in copied


def test_the_tally_filters_and_lets_go(opened: Shell, contradicted: Session) -> None:
    page = checks(opened)
    total = len(page.table.lines)
    page.tally.clicked.emit(Look.CONTRADICTS.name)
    assert [line.key for line in page.table.lines] == ["hsts"]
    assert page.filter_chip.isVisible()
    page.filter_chip.click()
    assert len(page.table.lines) == total


@pytest.mark.slow
def test_a_dispute_is_kept_beside_the_requirement(opened: Shell, contradicted: Session, qtbot: QtBot) -> None:
    page = checks(opened)
    page.panel.dispute_button.click()
    page.panel._why.setText("The proxy in front adds it.")
    page.panel.keep.click()
    qtbot.waitUntil(lambda: "DATA-4" in contradicted.assessment.explanations)
    assert contradicted.findings["DATA-4"].contradicted
    qtbot.waitUntil(lambda: "The proxy in front adds it." in _words(page))


@pytest.mark.slow
def test_sorting_keeps_the_selection(opened: Shell, contradicted: Session) -> None:
    page = checks(opened)
    page.table.choose("hsts")
    page.table._sort(0)
    page.table._sort(0)
    assert page.table.key == "hsts"
    assert page.table.lines[-1].key == "hsts"


@pytest.fixture
def silent() -> Iterator[int]:
    """A port that accepts and says nothing."""
    server = socket.create_server(("127.0.0.1", 0))
    kept: list[socket.socket] = []

    def accept() -> None:
        while True:
            try:
                kept.append(server.accept()[0])
            except OSError:
                return

    threading.Thread(target=accept, daemon=True).start()
    yield server.getsockname()[1]
    server.close()
    for each in kept:
        each.close()


@pytest.mark.slow
def test_what_would_be_contacted_is_shown_then_looked_at_and_stopped(
    opened: Shell, session: Session, say: object, silent: int, qtbot: QtBot
) -> None:
    say("SCOPE-1", (Row((("host", f"127.0.0.1:{silent}"), ("public", "yes"), ("private_network", "yes"))),))  # type: ignore[operator]
    page = checks(opened)
    assert page.left_button.text().startswith("Run all")
    page.left_button.click()
    assert page.targets.isVisible()
    assert f"127.0.0.1:{silent}" in page.targets._list.text()
    assert not session.assessment.scope.confirmed
    page.targets.yes.click()
    qtbot.waitUntil(lambda: page.stop_button.isVisible())
    assert session.assessment.scope.confirmed
    assert all(line.faded for line in page.table.lines)
    qtbot.wait(300)
    page.stop_button.click()
    qtbot.waitUntil(lambda: not page.stop_button.isVisible())
    assert "Stopped" in page.message_bar.text
    assert not any(line.faded for line in page.table.lines)


@pytest.mark.slow
def test_a_second_look_at_one_check_says_what_that_one_saw(opened: Shell, contradicted: Session) -> None:
    page = checks(opened)
    old = contradicted.assessment.observations["hsts", HOST].result
    verdict, said = Verdict.UNKNOWN, "Could not look: nothing answered."
    now = replace(old, verdict=verdict, summary=said, at=old.at + timedelta(hours=1))
    contradicted.record(e.Looked("again", HOST, (now,))).result()
    page.panel.again_button.setFocus()
    page.panel.show_group(page._groups[0], page.context, running=True)
    assert not page.panel.again_button.isEnabled()
    page._draw()
    page._say_done(looking.Looks("again", 1, ((verdict, 1),)))
    assert page.message_bar.text == f"HSTS on {HOST} · {said}", "its word is not said twice"
    assert opened.focusWidget() is page.panel.again_button, "it was left only while it was grey"


@pytest.fixture
def unheard() -> Iterator[int]:
    """A port where nobody listens, and nobody else can meanwhile."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


def test_a_closed_port_could_not_be_looked_at_and_says_what_to_try(
    opened: Shell, session: Session, say: object, qtbot: QtBot, unheard: int
) -> None:
    say("SCOPE-1", (Row((("host", f"127.0.0.1:{unheard}"), ("public", "yes"), ("private_network", "yes"))),))  # type: ignore[operator]
    looking.confirm_scope(session, "Dana").result()
    page = checks(opened)
    page.left_button.click()
    page.targets.yes.click()
    qtbot.waitUntil(lambda: bool(session.assessment.observations) and page._job is None, timeout=60_000)
    verdicts = {o.result.verdict for o in session.assessment.observations.values()}
    assert verdicts <= {Verdict.UNKNOWN, Verdict.NOT_APPLICABLE, Verdict.PASS, Verdict.WARN}
    assert Verdict.UNKNOWN in verdicts
    qtbot.waitUntil(lambda: page.panel.badge.text == "Could not look")  # drawn in a turn of its own
    assert "could not look" in page.sentence


def test_without_a_host_the_page_says_where_to_name_one(opened: Shell) -> None:
    page = checks(opened)
    assert page.empty.isVisible()
    page.empty.button.click()
    assert opened.place.page == "scope"


def _words(page: ChecksPage) -> str:
    from wizard.gui.widgets.plain import PlainLabel

    return "\n".join(label.text() for label in page.panel.findChildren(PlainLabel))


@pytest.mark.slow
def test_many_hosts_that_end_at_once_are_drawn_a_few_times(
    opened: Shell, session: Session, say: Callable[..., None], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a run goes on, news of every host must not cost the window a drawing of the whole page each."""
    names = [f"h{i}.northwindsync.example" for i in range(40)]
    say("SCOPE-1", tuple(Row((("host", name), ("public", "yes"))) for name in names))
    looking.confirm_scope(session, "Dana Ortiz").result()
    opened.go(Place("checks"))
    page = opened.page
    assert isinstance(page, ChecksPage)
    drawn: list[bool] = []
    real = summaries.check_rows
    monkeypatch.setattr(summaries, "check_rows", lambda *a: drawn.append(True) or real(*a))

    async def run(progress: Progress) -> None:
        for name in names:
            said = Result("hsts", name, Verdict.PASS, Level.MUST, "Fine.", "hsts/2", "", Method.TEST, session.clock())
            await asyncio.wrap_future(session.record(e.Looked("run", name, (said,))))

    began = time.monotonic()
    page._job = page.start(lambda hear: session.runner.start(run, "Looking", hear), lambda _none: None, each=page._each)
    qtbot.waitUntil(lambda: page._job is None)
    took = time.monotonic() - began
    assert all(("hsts", name) in session.assessment.observations for name in names)
    assert 1 <= len(drawn) <= 3 * took + 10, "about three times a second, and at the end"
    assert "40 hosts" in " ".join(cell.text for line in page.table.lines for cell in line.cells)


def test_the_requirement_about_logs_leads_to_the_canary(opened: Shell, contradicted: Session) -> None:
    section = next(s.id for s in contradicted.questionnaire.sections if "SEC-5" in {r.id for r in s.requirements})
    opened.go(Place("section", section, "SEC-5"))
    assert isinstance(opened.page, SectionPage)
    card = opened.page.cards["SEC-5"]
    card.set_open(True)
    assert card.again.isHidden(), "nothing can look by itself"
    card.canary.click()
    page = opened.page
    assert isinstance(page, ChecksPage)
    assert page.canary.isVisible()
    assert opened.context.open.assessment.scope.hosts[0].subject == page.canary.host.currentText()
