"""Scope: many lines pasted at once, sorted out; agreed to; who applies; every other scoping question."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from tests.servers import certs
from tests.servers.threads import running
from tests.servers.web import Page
from wizard.domain import events as e
from wizard.domain.answers import Row
from wizard.domain.observation import Result, Verdict
from wizard.gui.context import Place
from wizard.gui.pages.checks import ChecksPage
from wizard.gui.pages.hosts_card import MOST_HOSTS, sort_out, tidy
from wizard.gui.pages.scope import ScopePage
from wizard.gui.shell import Shell
from wizard.jobs.runner import Progress
from wizard.session.deeds import looking
from wizard.session.session import Session


def scope(shell: Shell) -> ScopePage:
    shell.go(Place("scope"))
    assert isinstance(shell.page, ScopePage)
    return shell.page


PASTED = """https://app.example.com/login?x=1
api.example.com
API.EXAMPLE.COM.
http://admin@api.example.com:8443/path
192.0.2.7
[2001:db8::7]:8443
  hooks.example.com,  static.example.com
not_a_host
münchen.example
"""


def test_ten_lines_are_sorted_out_at_once() -> None:
    found = sort_out(PASTED, ())
    assert [row.get("host") for row in found.rows] == [
        "app.example.com",
        "api.example.com",
        "api.example.com:8443",
        "192.0.2.7",
        "[2001:db8::7]:8443",
        "hooks.example.com",
        "static.example.com",
        "xn--mnchen-3ya.example",
    ]
    assert (found.added, found.twice, found.refused) == (8, 1, ("not_a_host",))


def test_every_host_is_preset_as_public_because_a_no_makes_duties_not_applicable() -> None:
    found = sort_out("127.0.0.1:8443\n10.1.2.3\n[::1]\napp.localhost\napi.example.com", ())
    assert [row.get("public") for row in found.rows] == ["yes"] * 5


@given(st.text(max_size=200))
@settings(max_examples=200)
def test_whatever_is_pasted_nothing_is_lost_and_nothing_is_twice(text: str) -> None:
    found = sort_out(text, ())
    hosts = [row.get("host") for row in found.rows]
    assert len(hosts) == len(set(hosts)) == found.added
    again = sort_out("\n".join(hosts), found.rows)
    assert again.added == 0
    assert again.rows == found.rows


def test_what_was_there_keeps_its_other_cells() -> None:
    before = (Row((("host", "HTTPS://Api.Example.com/"), ("purpose", "api"), ("owner", "Dana"))),)
    assert tidy(before) == (Row((("host", "api.example.com"), ("purpose", "api"), ("owner", "Dana"))),)
    assert sort_out("api.example.com", before).added == 0


def test_pasted_hosts_are_recorded_agreed_to_and_asked_again_after_a_change(
    opened: Shell, session: Session, qtbot: QtBot
) -> None:
    page = scope(opened)
    assert page.hosts is not None
    assert not opened.foot.deed.isEnabled()
    assert not page.agreement.agreed.isVisible()
    page.hosts.paste.setText(PASTED)
    page.hosts.add_button.click()
    qtbot.waitUntil(lambda: len(session.assessment.scope.hosts) == 8)
    assert page.hosts.paste.text() == "not_a_host"
    assert "8 hosts added. 1 was there already." in page.hosts.said.text()
    qtbot.waitUntil(lambda: page.agreement.agreed.isVisible())
    assert opened.foot.deed.isEnabled()
    page.agreement.agreed.click()
    qtbot.waitUntil(lambda: session.assessment.scope.confirmed)
    qtbot.waitUntil(lambda: page.agreement.look.isVisible())
    page.hosts.paste.setText("new.example.com")
    page.hosts.add()
    qtbot.waitUntil(lambda: not session.assessment.scope.confirmed)
    qtbot.waitUntil(lambda: page.agreement.agreed.isVisible())


def test_a_look_that_was_stopped_can_begin_again_while_something_else_runs(
    opened: Shell, session: Session, say: Callable[[str, Any], None], qtbot: QtBot
) -> None:
    async def waits(_progress: Progress) -> None:
        await asyncio.sleep(60)

    with socket.create_server(("127.0.0.1", 0)) as silent:
        host = f"127.0.0.1:{silent.getsockname()[1]}"
        say("SCOPE-1", (Row((("host", host), ("public", "no"), ("private_network", "yes"))),))
        looking.confirm_scope(session, "Dana").result()
        page, work = scope(opened), opened.context.work
        work.start(
            lambda hear: session.runner.start(waits, "Something else", hear),
            then=lambda _none: None,
            failed=opened.say_fault,
        )
        page.agreement.look.click()
        qtbot.waitUntil(lambda: len(work.running) == 2)
        assert not page.agreement.look.isEnabled()
        work.stop(work.running[-1].job)
        qtbot.waitUntil(lambda: len(work.running) == 1)
        assert page.agreement.look.isEnabled()


def test_a_company_s_own_authority_opens_its_hosts_and_never_looks_public(
    opened: Shell,
    session: Session,
    say: Callable[[str, Any], None],
    choose: Callable[[Path], None],
    tmp_path: Path,
    qtbot: QtBot,
) -> None:
    with running(lambda _request: Page(200, (("Content-Type", "text/html"),), b"<html>")) as port:
        say("SCOPE-1", (Row((("host", f"localhost:{port}"), ("public", "no"), ("private_network", "yes"))),))
        looking.confirm_scope(session, "Dana").result()
        page = scope(opened)
        card = page.authority
        qtbot.waitUntil(lambda: page.agreement.look.isVisibleTo(page))
        assert "Only public authorities are trusted." in card._said.text()
        assert card.forget_button.isHidden()

        def seen() -> Result:
            before = session.assessment.observations.get(("certificate", f"localhost:{port}"))
            page._look((), ("certificate",))
            qtbot.waitUntil(
                lambda: (
                    session.assessment.observations.get(("certificate", f"localhost:{port}")) not in (None, before)
                    and not opened.context.work.running
                )
            )
            return session.assessment.observations["certificate", f"localhost:{port}"].result

        assert seen().verdict is Verdict.FAIL
        choose(certs.root_file())
        card.choose_button.click()
        qtbot.waitUntil(lambda: "Trusted too: CN=Test Root" in card._said.text())
        trusted = seen()
        assert trusted.verdict is Verdict.WARN
        assert "by your own authority only" in trusted.summary
        opened.go(Place("checks"))
        assert isinstance(opened.page, ChecksPage)
        opened.page.all_button.click()
        assert "your own, “root.pem”" in opened.page.targets._trusted.text()
        page = scope(opened)
        page.authority.forget_button.click()
        assert seen().verdict is Verdict.FAIL


def test_what_needs_more_consent_says_nothing_of_how_a_host_answers(opened: Shell, contradicted: Session) -> None:
    page = scope(opened)
    assert page.hosts is not None
    host = contradicted.assessment.scope.hosts[0].subject
    lines = {line.key: [cell.text for cell in line.cells] for line in page.hosts.looks.lines}
    hsts = contradicted.assessment.observations["hsts", host].result
    for check in ("host-control", "output-encoding"):
        mute = replace(hsts, check=check, verdict=Verdict.UNKNOWN, summary="Control of this host is not shown.")
        contradicted.record(e.Looked("more", host, (mute,))).result()
    page.hosts.show_session(contradicted)
    assert {line.key: [cell.text for cell in line.cells] for line in page.hosts.looks.lines} == lines
    assert "Answers." in lines[host][1]


def test_what_is_no_authority_is_said_and_not_trusted(
    opened: Shell, session: Session, tmp_path: Path, qtbot: QtBot
) -> None:
    page = scope(opened)
    assert opened.context.preferences is not None
    host, _key = certs.leaf()
    secret = tmp_path / "key.pem"
    secret.write_bytes(certs.pem(certs.root().certificate) + b"-----BEGIN PRIVATE KEY-----\nx\n")
    (tmp_path / "host.pem").write_bytes(certs.pem(host))
    (tmp_path / "half.pem").write_bytes(certs.pem(certs.root().certificate) + certs.pem(host))
    (tmp_path / "nothing.pem").write_bytes(b"\xff\x00" * 99)
    for name, said in (
        ("key.pem", "holds a private key"),
        ("host.pem", "is no certificate authority"),
        ("half.pem", "is no certificate authority"),
        ("nothing.pem", "is no certificate authority"),
        ("gone.pem", "cannot be read"),
    ):
        page.authority.show_session(opened.context)
        page.authority.take(tmp_path / name)
        qtbot.waitUntil(lambda said=said: said in page.authority._said.text())  # type: ignore[misc]
        assert opened.context.preferences.settings.authority == ""
    opened.context.preferences.change(authority=str(tmp_path / "gone.pem"))
    page.authority.show_session(opened.context)
    qtbot.waitUntil(lambda: "cannot be read" in page.authority._said.text())
    assert not page.authority.forget_button.isHidden()


def test_who_applies_is_saved_when_a_field_is_left(opened: Shell, session: Session, qtbot: QtBot) -> None:
    page = scope(opened)
    assert not page.who.isVisible()
    page._change_who.click()
    assert page.who.isVisible()
    page.who.place.setText("Utrecht")
    page.who.target.set_iso("2027-09-30")
    opened.go(Place("checks"))
    qtbot.waitUntil(lambda: session.assessment.described.place == "Utrecht")
    assert str(session.assessment.described.target) == "2027-09-30"


def test_a_question_that_is_not_asked_says_why(opened: Shell, session: Session, qtbot: QtBot) -> None:
    page = scope(opened)
    qtbot.waitUntil(lambda: page.is_whole)
    from wizard.domain.answers import Answer, AnswerState
    from wizard.session.deeds import answers

    answers.answer(session, Answer("SCOPE-2-rests", AnswerState.GIVEN, "nowhere")).result()
    card = page._asked["SCOPE-2"]
    qtbot.waitUntil(lambda: not card.widgets["SCOPE-2"].isVisibleTo(page))
    assert "No Apollo data rests anywhere." in card._reasons["SCOPE-2"].text()


@pytest.mark.slow
@pytest.mark.parametrize("text", ["A" * 5000, "\x00\u202e", "https://", "....", "a..b", "-x.example"])
def test_hostile_lines_are_refused_in_words(opened: Shell, session: Session, text: str) -> None:
    page = scope(opened)
    assert page.hosts is not None
    page.hosts.paste.setText(text)
    page.hosts.add()
    assert session.assessment.scope.hosts == ()
    assert "0 hosts added" in page.hosts.said.text() or not text.strip()


def test_a_requirement_that_is_asked_for_is_there_at_once(opened: Shell) -> None:
    opened.go(Place("checks"))
    opened.go(Place("scope", "", "SCOPE-9"))
    assert isinstance(opened.page, ScopePage)
    assert opened.page.is_whole


def test_an_answer_of_a_card_is_recorded(opened: Shell, session: Session, qtbot: QtBot) -> None:
    page = scope(opened)
    qtbot.waitUntil(lambda: page.is_whole)
    widget = page._asked["SCOPE-9"].widgets["SCOPE-9"]
    qtbot.keyClicks(widget.focusProxy(), "4.2.0")
    opened.go(Place("checks"))
    qtbot.waitUntil(lambda: "SCOPE-9" in session.assessment.answers)
    assert session.assessment.answers["SCOPE-9"].value == "4.2.0"


@pytest.mark.slow
def test_a_list_that_is_far_too_long_is_cut_and_says_so(opened: Shell, session: Session, qtbot: QtBot) -> None:
    page = scope(opened)
    assert page.hosts is not None
    page.hosts.paste.setText("\n".join(f"h{n}.example.com" for n in range(MOST_HOSTS + 3)))
    page.hosts.add()
    assert "3 stay above" in page.hosts.said.text()
    assert len(page.hosts.paste.text().split()) == 3
    qtbot.waitUntil(lambda: len(session.assessment.scope.hosts) == MOST_HOSTS)
