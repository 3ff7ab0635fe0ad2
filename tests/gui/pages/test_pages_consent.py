"""More than plain looks: asked for beside the list of hosts, passed on for one run, forgotten afterwards."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from tests.servers import certs
from tests.servers.threads import running
from tests.servers.web import Page, Request
from wizard.checks.looks.control import CONTROL_FILE
from wizard.domain import events as e
from wizard.domain.answers import Row
from wizard.domain.observation import Verdict
from wizard.gui.context import Place
from wizard.gui.pages.checks import ChecksPage
from wizard.gui.pages.scope import ScopePage
from wizard.gui.shell import Shell
from wizard.session import consents
from wizard.session.deeds import looking
from wizard.session.session import Session

A, B = "token-of-customer-a", "token-of-customer-b"


def checks(shell: Shell) -> ChecksPage:
    shell.go(Place("checks"))
    assert isinstance(shell.page, ChecksPage)
    return shell.page


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[tuple[str, ...], tuple[str, ...], looking.LookOptions]]:
    """What the page asks the session to look at, instead of looking."""
    calls: list[tuple[tuple[str, ...], tuple[str, ...], looking.LookOptions]] = []

    def look(session: Session, hosts: Any, names: Any, hear: Any, options: looking.LookOptions) -> Any:
        calls.append((tuple(hosts), tuple(names), options))
        raise looking.NothingToLook("not in this test")

    monkeypatch.setattr(looking, "look", look)
    return calls


def test_what_is_allowed_is_passed_on_once_and_forgotten(
    opened: Shell, contradicted: Session, asked: list[tuple[Any, Any, looking.LookOptions]]
) -> None:
    page = checks(opened)
    page.left_button.click()
    more = page.targets.more
    assert not more.active.isEnabled()  # control is not shown
    assert more.first.echoMode() is QLineEdit.EchoMode.Password
    host = more.host.currentText()
    more.button.click()
    more.ports.setChecked(True)
    more.first.setText(A)
    more.second.setText(f"X-Api-Key: {B}")
    more.things.setText("GET /contacts/17 of: A\nGET /staff admin")
    more.host.setCurrentIndex(1)
    more.host.activated.emit(1)
    assert (more.first.text(), more.ports.isChecked()) == ("", False)  # another host has its own
    assert more._others.text() == f"Also allowed: {host} (ports of databases, test customers)"
    assert A not in more._others.text()
    page.targets.yes.click()
    ((_hosts, names, options),) = asked
    assert options.data_ports == {host}
    assert options.customers == ((host, (("Authorization", f"Bearer {A}"), ("X-Api-Key", B))),)
    assert [(each.path, each.of, each.admin) for each in dict(options.endpoints)[host]] == [
        ("/contacts/17", "A", False), ("/staff", "", True),
    ]  # fmt: skip
    assert {"tenant-separation", "data-ports", "authentication"} <= set(names)
    assert (more.first.text(), more.second.text(), more._allowed) == ("", "", {})
    page.left_button.click()
    page.targets.yes.click()
    assert not asked[1][2].consented
    assert "tenant-separation" not in asked[1][1]


def test_what_cannot_be_understood_is_said_and_nothing_is_lost(
    opened: Shell, contradicted: Session, asked: list[object]
) -> None:
    page = checks(opened)
    page.left_button.click()
    more = page.targets.more
    for first, second, things, said in (
        ("two words", "", "", "neither a token"),
        (A, A, "", "same credential"),
        (A, "", "contacts/17", "Line 1 is no endpoint"),
        (A, "", "GET /x of: C", "of: A"),
    ):
        more.first.setText(first)
        more.second.setText(second)
        more.things.setText(things)
        page.targets.yes.click()
        assert said in page.targets.wrong.text()
        assert page.targets.wrong.isVisible()
        assert A not in page.targets.wrong.text()
        assert more.first.text() == first
    page.targets.no.click()
    assert more.first.text() == ""
    assert asked == []


def test_active_probes_can_be_ticked_once_control_was_shown(
    opened: Shell, contradicted: Session, asked: list[tuple[Any, Any, looking.LookOptions]]
) -> None:
    host = contradicted.assessment.scope.hosts[0].subject
    contradicted.record(e.ControlShown(host, "dns", "_attestry", "Dana")).result()
    page = checks(opened)
    page.left_button.click()
    more = page.targets.more
    more.host.setCurrentText(host)
    more.host.activated.emit(0)
    assert more.active.isEnabled()
    more.active.setChecked(True)
    page.targets.yes.click()
    assert asked[0][2].active == {host}


def test_looking_again_at_what_needs_more_asks_for_it(
    opened: Shell, contradicted: Session, asked: list[object]
) -> None:
    page = checks(opened)
    page.panel.again.emit("tenant-separation", contradicted.assessment.scope.hosts[0].subject)
    assert page.targets.isVisible()
    assert page.targets.more.button.is_open
    page.targets.no.click()
    page.panel.again.emit("log-canary", contradicted.assessment.scope.hosts[1].subject)
    assert page.canary.isVisible()
    assert page.canary.host.currentText() == contradicted.assessment.scope.hosts[1].subject
    assert asked == []


@pytest.fixture
def trusting(opened: Shell) -> None:
    """The authority of the tests is given as a company would give its own."""
    assert opened.context.preferences is not None
    opened.context.preferences.change(authority=str(certs.root_file()))


def test_control_is_shown_on_the_scope_page(
    opened: Shell, session: Session, say: Callable[[str, Any], None], trusting: None, qtbot: QtBot
) -> None:
    published: list[str] = []

    def answer(request: Request) -> Page:
        page = published and request.path == CONTROL_FILE
        return Page(200 if page else 404, (("Content-Type", "text/plain"),), "".join(published).encode())

    with running(answer) as port:
        say("SCOPE-1", (Row((("host", f"localhost:{port}"), ("public", "no"), ("private_network", "yes"))),))
        opened.go(Place("scope", "control"))
        page = opened.page
        assert isinstance(page, ScopePage)
        card = page.control
        assert card.folded.button.is_open
        assert not card.look_button.isEnabled()
        looking.confirm_scope(session, "Dana").result()
        qtbot.waitUntil(card.look_button.isEnabled)
        card.copy_file.click()
        word = QGuiApplication.clipboard().text()
        assert word == consents.to_publish(session, session.assessment.scope.hosts[0]).word
        assert word in card._file.text()
        card.look_button.click()
        qtbot.waitUntil(lambda: "neither is there" in card._said.text())
        published.append(word)
        card.look_button.click()
        qtbot.waitUntil(lambda: "by a file on the host" in card._said.text())


@pytest.mark.slow
def test_a_canary_goes_out_and_its_log_and_its_alert_come_in(
    opened: Shell,
    session: Session,
    say: Callable[[str, Any], None],
    choose: Callable[[Path], None],
    trusting: None,
    tmp_path: Path,
    qtbot: QtBot,
) -> None:
    seen: list[Request] = []
    with running(lambda request: Page(403, (), b"no"), seen) as port:
        say("SCOPE-1", (Row((("host", f"localhost:{port}"), ("public", "no"), ("private_network", "yes"))),))
        looking.confirm_scope(session, "Dana").result()
        page = checks(opened)
        page.canary_button.click()
        assert page.canary.log_button.isHidden()
        assert page.canary.alert_button.isHidden()
        page.canary.send_button.click()
        qtbot.waitUntil(lambda: not page.canary.log_button.isHidden() and page.canary.log_button.isEnabled())
    assert "Sent just now" in page.canary._said.text()
    log = tmp_path / "access.log"
    log.write_text("\n".join(f"GET {request.target} 200" for request in seen))
    choose(log)
    page.canary.log_button.click()
    key = ("log-canary", f"localhost:{port}")
    qtbot.waitUntil(lambda: key in session.assessment.observations)
    assert session.assessment.observations[key].result.verdict is Verdict.PASS
    qtbot.waitUntil(lambda: "the credential that they carried is not" in page.message_bar._words.text())
    alert = tmp_path / "alert.eml"
    alert.write_text(f"raised {session.clock():%Y-%m-%dT%H:%M:%SZ} for {seen[0].fields['x-request-id']}")
    choose(alert)
    qtbot.waitUntil(page.canary.alert_button.isEnabled)
    page.canary.alert_button.click()
    qtbot.waitUntil(lambda: "An alert names /, which was refused." in page.message_bar._words.text())
    assert session.assessment.observations["alert-seen", f"localhost:{port}"].result.verdict is Verdict.PASS
