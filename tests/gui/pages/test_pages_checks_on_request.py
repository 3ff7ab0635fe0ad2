"""Looks that are made only when somebody asks, and what a look says about the one before it."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from tests.gui.pages.conftest import HOSTS, result
from wizard.checks import apollo_health
from wizard.domain import events as e
from wizard.domain.observation import Level, Observation, Result, Verdict
from wizard.gui.context import Place
from wizard.gui.pages.check_lines import Look, turned
from wizard.gui.pages.checks import ChecksPage
from wizard.gui.shell import Shell
from wizard.gui.widgets.plain import PlainLabel
from wizard.session.deeds import own_looks
from wizard.session.session import Session
from wizard.session.summaries import CheckRow

KEY = "canary-Zx81Qp0mVb47Kd93"


def _page(shell: Shell) -> ChecksPage:
    shell.go(Place("checks"))
    assert isinstance(shell.page, ChecksPage)
    return shell.page


def _words(page: ChecksPage) -> str:
    return "\n".join(label.text() for label in page.panel.findChildren(PlainLabel) if not label.isHidden())


def test_apollo_is_asked_only_after_it_was_said_what_is_sent(
    opened: Shell, contradicted: Session, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, bool]] = []

    async def stand_in(credential: str, *, bearer: bool = False) -> Result:
        asked.append((credential, bearer))
        return result(contradicted, "apollo-health", "", Verdict.PASS, "Apollo's API knows this credential.")

    monkeypatch.setattr(apollo_health, "ask", stand_in)
    card = _page(opened).on_request
    card.apollo.button.click()
    assert card._form.isVisible()
    assert not card.send.isEnabled()
    card.credential.setText(KEY)
    card.cancel.click()
    assert card.credential.text() == ""
    assert not asked
    card.apollo.button.click()
    card.credential.setText(KEY)
    card.bearer.setChecked(True)
    card.send.click()
    assert card.credential.text() == ""
    qtbot.waitUntil(lambda: own_looks.seen(contradicted, "apollo-health") is not None)
    assert asked == [(KEY, True)]
    qtbot.waitUntil(lambda: card.apollo.badge.text == "Supports")
    seen = own_looks.seen(contradicted, "apollo-health")
    assert seen
    assert KEY not in str(contradicted.assessment)
    assert contradicted.assessment.runs[seen.run] == ("api.apollo.io",)


def test_what_is_no_credential_is_said_and_nothing_is_kept(opened: Shell, contradicted: Session, qtbot: QtBot) -> None:
    page = _page(opened)
    page.on_request.apollo.button.click()
    page.on_request.credential.setText("too short")
    page.on_request.send.click()
    qtbot.waitUntil(lambda: "no API key and no token" in page.message_bar.text)
    assert own_looks.seen(contradicted, "apollo-health") is None
    assert page.on_request.apollo.button.isEnabled()


def test_the_disk_of_this_computer_is_looked_at(opened: Shell, contradicted: Session, qtbot: QtBot) -> None:
    card = _page(opened).on_request
    card.disk.button.click()
    qtbot.waitUntil(lambda: own_looks.seen(contradicted, "disk-encryption") is not None, timeout=30_000)
    qtbot.waitUntil(lambda: card.disk.badge.isVisible() and card.disk.button.isEnabled())
    seen = own_looks.seen(contradicted, "disk-encryption")
    assert seen
    assert seen.result.level is Level.RECOMMENDED
    # One computer's disk shows nothing about all stores.
    assert contradicted.findings["DATA-1"].basis.name != "SEEN"


def test_a_check_supports_nothing_while_a_host_of_it_waits(opened: Shell, contradicted: Session) -> None:
    """A run of 250 hosts that was stopped after 49 read "5 support"."""
    for check, host in (("certificate", HOSTS[0]), ("csp", HOSTS[0]), ("csp", HOSTS[1])):
        seen = result(contradicted, check, host, Verdict.PASS, "Fine.")
        contradicted.record(e.Looked("a", host, (seen,))).result()
    page = _page(opened)
    looks = {group.check: group.look for group in page._groups}
    assert (looks["certificate"], looks["csp"]) == (Look.WAITING, Look.SUPPORTS)
    said = {line.key: line.cells[1].text for line in page.table.lines}
    assert said["certificate"].endswith("Fine. (1 of 2 hosts)")
    assert said["csp"].endswith("Fine. (2 hosts)")
    assert "2 hosts still wait." in page.sentence


def test_a_look_that_differs_from_the_one_before_says_so(opened: Shell, contradicted: Session, qtbot: QtBot) -> None:
    earlier = result(contradicted, "csp", HOSTS[0], Verdict.PASS, "Every page keeps foreign scripts out.")
    later = result(contradicted, "csp", HOSTS[0], Verdict.FAIL, "There is no Content-Security-Policy.")
    mended = result(contradicted, "hsts", HOSTS[1], Verdict.PASS, "365 days.")
    contradicted.record(e.Looked("a", HOSTS[0], (earlier,))).result()
    contradicted.record(e.Looked("b", HOSTS[0], (later,))).result()
    noted = result(contradicted, "certificate", HOSTS[1], Verdict.WARN, "Expires in 20 days.")
    contradicted.record(e.Looked("b", HOSTS[1], (mended, noted))).result()
    page = _page(opened)
    assert "1 got worse since the look before." in page.sentence
    assert "1 got better since the look before." in page.sentence
    said = {line.key: line.cells[1].text for line in page.table.lines}
    assert said["csp"].startswith("Worse: app: ")
    assert said["certificate"].startswith(("With a note: Expires", "Better, with a note: Expires"))
    assert said["certificate"].endswith("(1 of 2 hosts)")
    page.table.choose("csp")
    qtbot.waitUntil(lambda: "The look before (" in _words(page))
    assert "Supports: Every page keeps foreign scripts out." in _words(page)
    again = result(contradicted, "csp", HOSTS[0], Verdict.FAIL, "There is no Content-Security-Policy.")
    contradicted.record(e.Looked("c", HOSTS[0], (again,))).result()
    page.shown(Place("checks"))
    assert "got worse" not in page.sentence
    qtbot.waitUntil(lambda: "Looked 3 times; 2 not as required." in _words(page))
    assert "The look before" not in _words(page)


@pytest.mark.parametrize(
    ("then", "now", "turn"),
    [
        (Verdict.FAIL, Verdict.PASS, 1), (Verdict.FAIL, Verdict.NOT_APPLICABLE, 1), (Verdict.UNKNOWN, Verdict.PASS, 1),
        (Verdict.PASS, Verdict.FAIL, -1), (Verdict.PASS, Verdict.UNKNOWN, -1),
        (Verdict.NOT_APPLICABLE, Verdict.FAIL, -1),
        (Verdict.FAIL, Verdict.UNKNOWN, 0), (Verdict.UNKNOWN, Verdict.FAIL, 0), (Verdict.FAIL, Verdict.FAIL, 0),
        (Verdict.NOT_APPLICABLE, Verdict.PASS, 0), (Verdict.PASS, Verdict.NOT_APPLICABLE, 0),
    ],
)  # fmt: skip
def test_nothing_is_better_because_nobody_could_look(
    contradicted: Session, then: Verdict, now: Verdict, turn: int
) -> None:
    before, after = (result(contradicted, "csp", HOSTS[0], verdict, "Said.") for verdict in (then, now))
    row = CheckRow("csp", "CSP", HOSTS[0], Observation(after, "b", "", previous=before), (), contradicts=False)
    assert turned(row) == turn
